//! The argument table. Help, completions and the manual page are views of it.

mod actions;
mod commands;
mod values;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub use actions::{ConfigAction, CredentialsAction, PlaybooksAction, RangeAction, SessionsAction};
pub use commands::{
    Check, Diff, DiffFormat, Edition, LookFormat, New, Report, ReportFormat, RunFormat, Target,
    Until, Watch,
};
pub use values::{reroute, resolver};

use crate::model::playbook::USUAL;

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
    /// Write everything that happens in the cockpit to this file, but for secrets
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub record: Option<PathBuf>,
    /// Play a recorded file in the cockpit
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub replay: Option<PathBuf>,
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
    /// PEM file of roots that are taken for public ones: those of the practice range's internet (repeatable)
    #[arg(long, global = true, value_name = "PEM", hide = true)]
    pub public_ca_file: Vec<PathBuf>,
    /// Folder with a file for each credential, named like it: as container platforms mount secrets
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "LAUNCH_READY_CREDENTIALS_DIR",
        hide_short_help = true
    )]
    pub credentials_dir: Option<PathBuf>,
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
    #[command(
        after_help = "Examples:\n  launch-ready demo\n  launch-ready demo --scenario healthy --playbook ecommerce-handover"
    )]
    Demo {
        /// Which broken portal
        #[arg(long, default_value = "default")]
        scenario: String,
        /// Which built-in playbook it is held against
        #[arg(long, value_name = "ID", default_value = USUAL)]
        playbook: String,
    },
    /// Run the checks, print, exit (0 go, 1 no-go, 2 usage, 3 could not tell)
    #[command(
        after_help = "Examples:\n  launch-ready check acme.example\n  launch-ready check acme.example --only 'mail.*' --format json\n  launch-ready check acme.example --as-if www.acme.example=203.0.113.40\n  launch-ready check acme.example --as-if-ns ns1.newhost.example --as-if-ns ns2.newhost.example"
    )]
    Check(Check),
    /// Look again and again: until it passes, or for good
    #[command(
        after_help = "Examples:\n  launch-ready watch acme-example --notify ops-hook\n  launch-ready watch acme.example --only mail.dmarc\n  launch-ready watch acme.example --only 'tls.*' --as-if www.acme.example=203.0.113.40"
    )]
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
        /// A head hash that was kept elsewhere: in a report, in a mail
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::values::duration;
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
