//! The argument table. Help, completions and the manual page are views of it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Takes a client portal from "it loads on my laptop" to ready, with evidence.
#[derive(Debug, Parser)]
#[command(
    name = "launch-ready",
    version,
    about = "Takes a client portal from \"it loads on my laptop\" to ready, with evidence",
    after_help = "Examples:\n  launch-ready demo                  practise on a broken portal, offline\n  launch-ready check acme.example    look at a domain and say go or no-go\n  launch-ready                       the cockpit",
    disable_help_subcommand = true
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command takes. Each is also a key in the config file and an environment variable.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Recursive resolver to ask (repeatable; default: the system's)
    #[arg(long, global = true, value_name = "IP[:PORT]", env = "LAUNCH_READY_RESOLVER", value_delimiter = ',', value_parser = resolver)]
    pub resolver: Vec<SocketAddr>,
    /// Where delegation walks start (default: the IANA root servers)
    #[arg(
        long,
        global = true,
        value_name = "IP,…",
        env = "LAUNCH_READY_ROOT_HINTS",
        value_delimiter = ','
    )]
    pub root_hints: Vec<IpAddr>,
    /// DS or DNSKEY lines to trust (default: the IANA root's)
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "LAUNCH_READY_TRUST_ANCHOR"
    )]
    pub trust_anchor: Option<PathBuf>,
    /// PEM file of roots that are added to the public ones (repeatable)
    #[arg(
        long,
        global = true,
        value_name = "PEM",
        env = "LAUNCH_READY_CA_FILE",
        value_delimiter = ','
    )]
    pub ca_file: Vec<PathBuf>,
    /// Connect elsewhere for one address (repeatable)
    #[arg(long, global = true, value_name = "IP:PORT=IP:PORT", env = "LAUNCH_READY_REROUTE", value_delimiter = ',', value_parser = reroute)]
    pub reroute: Vec<(SocketAddr, SocketAddr)>,
    /// Configuration file
    #[arg(long, global = true, value_name = "FILE", env = "LAUNCH_READY_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where sessions are kept
    #[arg(long, global = true, value_name = "DIR", env = "LAUNCH_READY_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Write a log to this file
    #[arg(long, global = true, value_name = "FILE", env = "LAUNCH_READY_LOG")]
    pub log: Option<PathBuf>,
    /// Plain lines: no boxes, no spinners, ASCII signs
    #[arg(long, global = true, env = "LAUNCH_READY_PLAIN")]
    pub plain: bool,
    /// No colours (NO_COLOR works too)
    #[arg(long, global = true, env = "LAUNCH_READY_NO_COLOR")]
    pub no_color: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a session without the cockpit; prints its file
    #[command(after_help = "Example:\n  launch-ready new acme.example --playbook b2b-support")]
    New(New),
    /// Open the cockpit on one session
    #[command(after_help = "Example:\n  launch-ready open acme-example")]
    Open {
        /// Slug or file
        session: String,
    },
    /// The practice range, opened in the cockpit
    #[command(after_help = "Example:\n  launch-ready demo")]
    Demo {
        /// Which broken portal
        #[arg(long, default_value = "default")]
        scenario: String,
    },
    /// Run the checks, print, exit (0 go, 1 no-go, 2 usage, 3 could not tell)
    #[command(
        after_help = "Examples:\n  launch-ready check acme.example\n  launch-ready check acme.example --only 'mail.*' --format json"
    )]
    Check(Check),
    /// Look again and again until it passes
    #[command(after_help = "Example:\n  launch-ready watch acme.example --only mail.dmarc")]
    Watch(Watch),
    /// What changed since the handover, or since a run
    #[command(after_help = "Example:\n  launch-ready diff acme-example --since handover")]
    Diff(Diff),
    /// A session as a document
    #[command(
        after_help = "Example:\n  launch-ready report acme-example --format markdown --edition client -o report.md"
    )]
    Report(Report),
    /// The seal: whether the chain of events is intact, or where it breaks
    #[command(after_help = "Example:\n  launch-ready verify acme-example")]
    Verify {
        /// Slug, session file, or export
        session: String,
    },
    /// List, export, import, merge or remove sessions
    #[command(after_help = "Example:\n  launch-ready sessions list")]
    Sessions {
        #[command(subcommand)]
        action: SessionsAction,
    },
    /// Credentials in the OS keyring (or an encrypted file, or the environment)
    #[command(after_help = "Example:\n  launch-ready credentials set account-a")]
    Credentials {
        #[command(subcommand)]
        action: CredentialsAction,
    },
    /// The practice range without the cockpit
    #[command(after_help = "Example:\n  launch-ready range serve --scenario default --json")]
    Range {
        #[command(subcommand)]
        action: RangeAction,
    },
    /// The guide of a check, offline
    #[command(after_help = "Example:\n  launch-ready explain mail.dmarc")]
    Explain {
        /// Id of the check
        check: String,
    },
    /// Every check
    #[command(after_help = "Example:\n  launch-ready checks")]
    Checks {
        #[arg(long)]
        json: bool,
    },
    /// Every playbook, or a look at your own
    #[command(after_help = "Example:\n  launch-ready playbooks lint my-playbook.toml")]
    Playbooks {
        #[command(subcommand)]
        action: Option<PlaybooksAction>,
    },
    /// Terminal, network, resolver, port 25, keyring, data folder, clock
    #[command(after_help = "Example:\n  launch-ready doctor")]
    Doctor,
    /// The configuration and where each value comes from
    #[command(after_help = "Example:\n  launch-ready config show")]
    Config {
        #[command(subcommand)]
        action: ConfigAction,
    },
    /// The JSON Schema of `check --format json`
    #[command(after_help = "Example:\n  launch-ready schema > run.schema.json")]
    Schema,
    /// A completion script
    #[command(
        after_help = "Example:\n  launch-ready completions bash > /etc/bash_completion.d/launch-ready"
    )]
    Completions { shell: Shell },
    /// The manual page
    #[command(after_help = "Example:\n  launch-ready man | man -l -")]
    Man,
}

/// `new`
#[derive(Debug, Args)]
pub struct New {
    /// The domain
    pub domain: String,
    #[arg(long, value_name = "ID", default_value = "b2b-support")]
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
    /// You state the authority to run intrusive checks on this domain
    #[arg(long)]
    pub authorised: bool,
    /// Ask nobody but the client's own servers and the resolvers (default)
    #[arg(long, conflicts_with = "third_parties")]
    pub offline_third_parties: bool,
    /// Third parties that may be asked
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub third_parties: Vec<String>,
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
    /// What to wait for
    #[arg(long, value_enum, default_value_t = Until::Pass)]
    pub until: Until,
    /// Between two looks: 30s, 5m, 1h
    #[arg(long, default_value = "60s", value_parser = duration)]
    pub every: std::time::Duration,
    /// Give up after: 30s, 5m, 2h
    #[arg(long, default_value = "2h", value_parser = duration)]
    pub timeout: std::time::Duration,
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
    Pass,
}

#[derive(Debug, Subcommand)]
pub enum SessionsAction {
    /// Every session in the data folder
    List {
        #[arg(long)]
        json: bool,
    },
    /// Write a session to one file that can be mailed
    Export {
        session: String,
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Take a session file into the data folder
    Import { file: PathBuf },
    /// Bring the events of another copy in
    Merge { session: String, other: PathBuf },
    /// Remove a session for good
    Rm {
        session: String,
        /// Without asking
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum CredentialsAction {
    /// Store one; the value is read without echo, or from standard input
    Set {
        name: String,
        /// Of which session
        #[arg(long)]
        session: Option<String>,
    },
    /// Names, never values
    List {
        #[arg(long)]
        session: Option<String>,
    },
    /// Whether it can be read back
    Test {
        name: String,
        #[arg(long)]
        session: Option<String>,
    },
    /// Remove one
    Remove {
        name: String,
        #[arg(long)]
        session: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum RangeAction {
    /// Every fault, and the check that must see it
    List {
        #[arg(long)]
        json: bool,
    },
    /// Serve the range until stopped
    Serve {
        #[arg(long, default_value = "default")]
        scenario: String,
        /// The healthy portal with just this fault (repeatable)
        #[arg(long, value_name = "ID", conflicts_with = "scenario")]
        fault: Vec<String>,
        /// One JSON object on one line
        #[arg(long)]
        json: bool,
    },
    /// Mend a fault of a range that is being served
    Mend {
        id: String,
        /// As `range serve` printed it (default: the range that was served last)
        #[arg(long, env = "LAUNCH_READY_RANGE_CONTROL")]
        control: Option<String>,
    },
    /// Break it again
    Break {
        id: String,
        #[arg(long, env = "LAUNCH_READY_RANGE_CONTROL")]
        control: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum PlaybooksAction {
    /// Check your own playbook file
    Lint { file: PathBuf },
}

#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Print every value and where it comes from
    Show,
}

/// `IP` or `IP:PORT`, port 53 when none is given.
pub fn resolver(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    text.trim_matches(['[', ']'])
        .parse::<IpAddr>()
        .map(|ip| SocketAddr::new(ip, 53))
        .map_err(|_| "write an address like 1.1.1.1, 127.0.0.1:5353 or [::1]:53".to_owned())
}

/// `IP:PORT=IP:PORT`.
pub fn reroute(text: &str) -> Result<(SocketAddr, SocketAddr), String> {
    let wrong = || "write two socket addresses: 203.0.113.10:443=127.0.0.1:8443".to_owned();
    let (from, to) = text.split_once('=').ok_or_else(wrong)?;
    Ok((
        from.parse().map_err(|_| wrong())?,
        to.parse().map_err(|_| wrong())?,
    ))
}

/// `30s`, `5m`, `2h`, or seconds.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write a number and s, m or h: 30s, 5m, 2h".to_owned()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "write a number and s, m or h: 30s, 5m, 2h".to_owned())?;
    Ok(std::time::Duration::from_secs(
        number.saturating_mul(factor),
    ))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_table_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Arguments::command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                help.contains("launch-ready"),
                "{} has no example",
                command.get_name()
            );
        }
    }

    #[test]
    fn addresses_and_durations_read() {
        assert_eq!(resolver("192.0.2.1").unwrap().port(), 53);
        assert_eq!(resolver("[::1]:5353").unwrap().port(), 5353);
        assert!(resolver("dns.example").is_err());
        assert!(reroute("203.0.113.1:443=127.0.0.1:8443").is_ok());
        assert!(reroute("203.0.113.1=127.0.0.1").is_err());
        assert_eq!(duration("2h").unwrap().as_secs(), 7200);
        assert!(duration("2 days").is_err());
    }
}
