//! What the cockpit wants done. The driver does it and answers with messages; nothing here does anything.

use std::path::PathBuf;

use super::state::Exit;
use super::vault::Secret;
use crate::model::attachment::Attachment;
use crate::model::event::EventBody;
use crate::model::finding::{FindingKey, Kept};
use crate::model::intent::Intent;
use crate::model::intent::message::MessageKind;
use crate::model::name::HostName;
use crate::model::sample::Sample;
use crate::model::sight::Knowledge;
use crate::model::switch::Switch;

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    ListSessions,
    OpenSession(PathBuf),
    /// A new file with these first events.
    CreateSession {
        domain: HostName,
        bodies: Vec<EventBody>,
    },
    ImportSession(PathBuf),
    /// The session is left; its runs and watches end.
    CloseSession,
    /// To the session's file, answered by `Stored` or `StoreFailed` with the ticket.
    Append {
        ticket: u64,
        bodies: Vec<EventBody>,
    },
    Discover(HostName),
    StopDiscovery,
    StartRun(Box<RunRequest>),
    StopRun,
    /// Looks at the world after the switch; answered by `Rehearsed` or `RehearsalFailed`.
    StartRehearsal(Box<RehearsalRequest>),
    StopRehearsal,
    /// A message for the runs to come, kept in memory only; answered by `Brought`.
    BringMessage(Bringing),
    /// Reads a file for its hash, by the path as typed; answered by `Hashed`.
    HashFile(String),
    /// Reads attached files again; answered by `FilesLooked`.
    LookAtFiles(Vec<Attachment>),
    StartWatch(Box<WatchRequest>),
    StopWatch(FindingKey),
    /// Looks at everything on a schedule; answered by `Sighted` or `VigilFailed`.
    StartVigil(Box<VigilRequest>),
    StopVigil,
    /// To the session's file, beside its events.
    KeepSamples(Vec<Sample>),
    /// Already escaped by the rules of a clipboard.
    Copy(String),
    WriteFile {
        name: String,
        text: String,
    },
    Report {
        format: String,
        edition: String,
    },
    Export,
    /// Opens the practice range and a session on it.
    StartRange {
        scenario: String,
        /// By id, a built-in one.
        playbook: String,
    },
    Mend {
        fault: String,
    },
    ReadVault,
    StoreSecret {
        name: String,
        secret: Secret,
    },
    TestCredential(String),
    RemoveCredential(String),
    /// The bell, and a desktop notification where the terminal does them.
    Notify(String),
    Mouse(bool),
    Redraw,
    Suspend,
    /// After everything on its way to a file is written.
    Quit(Exit),
}

/// A run of the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRequest {
    pub intent: Intent,
    /// Globs over check ids that the playbook names.
    pub checks: Vec<String>,
    /// Only these rows; empty: all.
    pub only: Vec<FindingKey>,
    /// Whether the authority to test intrusively is on record.
    pub authorised: bool,
    /// Names of third parties that may be asked.
    pub third_parties: Vec<String>,
    /// What earlier runs kept.
    pub kept: Kept,
}

/// A run about the world after the switch.
#[derive(Debug, Clone, PartialEq)]
pub struct RehearsalRequest {
    /// Its intent is that after the switch.
    pub run: RunRequest,
    pub switch: Switch,
}

/// A message that the operator brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Bringing {
    Text { kind: MessageKind, text: Secret },
    File { kind: MessageKind, file: PathBuf },
}

/// A watch over time.
#[derive(Debug, Clone, PartialEq)]
pub struct VigilRequest {
    pub run: RunRequest,
    /// What the session has seen so far.
    pub known: Knowledge,
}

/// A watch over one row.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchRequest {
    pub key: FindingKey,
    pub intent: Intent,
    pub authorised: bool,
    /// Names of third parties that may be asked.
    pub third_parties: Vec<String>,
    /// What earlier runs kept.
    pub kept: Kept,
}
