//! Everything that can happen to the cockpit: one closed list, so that it can be logged, compared and played again.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::home::SessionSummary;
use super::key::Key;
use super::new_session::Discovered;
use super::opened::SessionFile;
use super::range::RangeControl;
use super::screen::PaneHit;
use super::state::Size;
use super::vault::Vault;
use crate::model::attachment::{Attachment, FileState};
use crate::model::event::Event;
use crate::model::finding::{Finding, FindingKey};
use crate::model::intent::message::MessageKind;
use crate::model::progress::Progress;
use crate::model::sample::Sample;
use crate::model::sight::Sight;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Message {
    Key(Key),
    Paste(String),
    Mouse(Hit),
    Resize(Size),
    Focus(bool),
    /// Time went by. The only message that makes the clock on the screen move when nothing else happens.
    Tick,
    /// SIGTERM, SIGHUP, or Ctrl-C outside of raw mode.
    Interrupt,
    SessionsListed(Vec<SessionSummary>),
    SessionsFailed(String),
    SessionOpened(Box<SessionFile>),
    /// Which file, and why.
    SessionFailed {
        file: PathBuf,
        why: String,
    },
    /// Written: the events of that ticket as they stand in the file.
    Stored {
        ticket: u64,
        events: Vec<Event>,
    },
    StoreFailed {
        ticket: u64,
        why: String,
    },
    /// Another program wrote to the same file.
    Merged(Vec<Event>),
    Discovered(Discovered),
    Progress(Box<Progress>),
    /// A run could not be started.
    RunFailed(String),
    /// A step of the look at the world after the switch.
    Rehearsed(Box<Progress>),
    RehearsalFailed(String),
    /// How many bytes of a message are in memory, or why none.
    Brought {
        kind: MessageKind,
        result: Result<usize, String>,
    },
    Looked {
        finding: Box<Finding>,
        next: Option<Timestamp>,
    },
    /// One look of the watch over time, and when the next begins.
    Sighted {
        sight: Box<Sight>,
        next: Timestamp,
    },
    VigilFailed(String),
    /// All that is kept, after another program wrote to the same file.
    Sampled(Vec<Sample>),
    /// No look will come any more.
    WatchEnded(FindingKey),
    /// A file that is to show an answer, or why it cannot.
    Hashed {
        path: String,
        result: Result<Attachment, String>,
    },
    /// How the attached files stand now.
    FilesLooked(Vec<(Attachment, FileState)>),
    /// How the text got there (`through the terminal`), or why not.
    Copied(Result<String, String>),
    /// Where the file is, or why there is none.
    Written(Result<PathBuf, String>),
    VaultRead(Box<Vault>),
    VaultFailed(String),
    CredentialTested {
        name: String,
        result: Result<String, String>,
    },
    /// The practice range stands, and its session is open.
    RangeReady {
        control: Box<RangeControl>,
        session: Box<SessionFile>,
    },
    RangeFailed(String),
    Mended {
        fault: String,
        result: Result<(), String>,
    },
}

/// What the mouse pointed at, as the view says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hit {
    /// A hint in the footer.
    Action(Action),
    /// A row of a pane, counted in the whole list.
    Row { pane: PaneHit, row: usize },
    /// The wheel over a pane: rows down, negative is up.
    Scroll { pane: PaneHit, rows: i32 },
    /// A press beside an overlay.
    Outside,
}
