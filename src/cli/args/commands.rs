//! Arguments of the commands that look at a portal or a session.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::duration;
use crate::cli::third_party::help;
use crate::model::name::HostName;
use crate::model::playbook::USUAL;
use crate::model::switch::{Switch, moved_host, new_server};

/// `new`
#[derive(Debug, Args)]
pub struct New {
    /// The domain
    pub domain: String,
    #[arg(long, value_name = "ID", default_value = USUAL)]
    pub playbook: String,
    /// Where to write the session
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
    /// The intent as TOML; what is absent is proposed from what is found
    #[arg(long, value_name = "FILE")]
    pub intent: Option<PathBuf>,
}

/// What to look at and how: shared by `check` and `watch`.
#[derive(Debug, Args)]
pub struct Target {
    /// A domain, or a session (slug or file)
    #[arg(value_name = "DOMAIN|SESSION")]
    pub target: String,
    /// Only these checks (globs over ids)
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Not these checks (globs over ids)
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Adds a host to the inventory (repeatable; roles: apex www app api portal mail staging other)
    #[arg(long, value_name = "NAME[=ROLE]")]
    pub host: Vec<String>,
    /// The intent as TOML; what is absent is proposed from what is found
    #[arg(long, value_name = "FILE")]
    pub intent: Option<PathBuf>,
    /// Look as if HOST had this address already: before the switch (repeatable: all the addresses it will have)
    #[arg(long, value_name = "HOST=IP", value_parser = moved_host)]
    pub as_if: Vec<(HostName, IpAddr)>,
    /// Look as if the domain were served by this name server already (repeatable: all that the registrar will name)
    #[arg(long, value_name = "NAME[=IP]", value_parser = new_server)]
    pub as_if_ns: Vec<(HostName, Option<IpAddr>)>,
    /// A real message that the portal sent, as its whole source, for mail.test-message (repeatable; `-`: standard input; kinds:
    /// test reset invite sign-up notification receipt)
    #[arg(long, value_name = "KIND=FILE")]
    pub message: Vec<String>,
    /// You state the authority to run intrusive checks on this domain
    #[arg(long)]
    pub authorised: bool,
    /// Ask nobody but the client's own servers and the resolvers (default)
    #[arg(long, conflicts_with = "third_parties")]
    pub offline_third_parties: bool,
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', help = "Third parties that may be asked", long_help = help())]
    pub third_parties: Vec<String>,
}

impl Target {
    /// What the run assumes to be different.
    pub fn switch(&self) -> Switch {
        Switch {
            hosts: self.as_if.clone(),
            servers: self.as_if_ns.clone(),
        }
    }
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub target: Target,
    #[arg(long, value_name = "ID")]
    pub playbook: Option<String>,
    #[arg(long, value_enum, default_value_t = RunFormat::Text)]
    pub format: RunFormat,
}

/// `watch`
#[derive(Debug, Args)]
pub struct Watch {
    #[command(flatten)]
    pub target: Target,
    /// When to stop looking (default: `pass`; for a whole session `stopped`)
    #[arg(long, value_enum)]
    pub until: Option<Until>,
    /// Between two looks: 30s, 5m, 1h (default: 60s; for a whole session 15m, a tenth more or less)
    #[arg(long, value_parser = duration)]
    pub every: Option<std::time::Duration>,
    /// Stop after: 30s, 5m, 2h (default: 2h; for a whole session never)
    #[arg(long, value_parser = duration)]
    pub timeout: Option<std::time::Duration>,
    /// Tell changes to a web hook too: its URL (https, or http to 127.0.0.1), or better the name of a credential that holds it
    #[arg(
        long,
        value_name = "NAME|URL",
        env = "LAUNCH_READY_NOTIFY",
        hide_env_values = true
    )]
    pub notify: Option<String>,
    /// `json`: one object a look, on one line
    #[arg(long, value_enum, default_value_t = LookFormat::Text)]
    pub format: LookFormat,
}

/// How looks are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LookFormat {
    Text,
    #[value(alias = "jsonl")]
    Json,
}

/// `diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// Slug or file
    pub session: String,
    /// `handover`, or the id of a run
    #[arg(long, default_value = "handover")]
    pub since: String,
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub format: DiffFormat,
}

/// `report`
#[derive(Debug, Args)]
pub struct Report {
    /// Slug or file
    pub session: String,
    #[arg(long, value_enum, default_value_t = ReportFormat::Markdown)]
    pub format: ReportFormat,
    #[arg(long, value_enum, default_value_t = Edition::Client)]
    pub edition: Edition,
    /// Where to write it (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RunFormat {
    Text,
    Json,
    Jsonl,
    Markdown,
    Junit,
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Markdown,
    /// One page, no scripts, prints well
    Html,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Edition {
    /// What the client gets
    Client,
    /// With notes and all evidence
    Internal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Until {
    /// Everything that is looked at passes
    Pass,
    /// Ctrl-C, or the end of the time
    Stopped,
}
