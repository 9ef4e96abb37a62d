//! Commands that have commands of their own.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum SessionsAction {
    /// Every session in the data folder
    List {
        #[arg(long)]
        json: bool,
    },
    /// Write a session to one file that can be mailed; to FILE.jsonl, as JSON lines that any program reads
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
