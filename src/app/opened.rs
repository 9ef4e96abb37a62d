//! The session that is open: its events, their fold, and what is on its way to the file.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rehearsal::Rehearsal;
use super::run::RunState;
use super::vigil::Vigil;
use crate::model::attachment::{Attachment, FileState};
use crate::model::event::{Event, EventBody};
use crate::model::finding::FindingKey;
use crate::model::intent::message::MessageKind;
use crate::model::sample::Sample;
use crate::model::session::Session;
use crate::model::verdict::Verdict;

/// An open session. What the screens show is `session`: only what the store has written.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    pub file: PathBuf,
    /// Why it can only be read: a newer format, another place's file.
    pub read_only: Option<String>,
    pub events: Vec<Event>,
    pub session: Session,
    /// On the way to the file, oldest first.
    pub pending: VecDeque<Pending>,
    /// What the store could not write; kept until it can.
    pub unsaved: Option<Unsaved>,
    pub next_ticket: u64,
    pub run: RunState,
    /// Watched until green, by row.
    pub watches: BTreeMap<FindingKey, Watching>,
    /// What watches measured, by row, oldest first.
    pub samples: BTreeMap<FindingKey, Vec<Sample>>,
    /// The watch over time, while it lasts.
    pub vigil: Option<Vigil>,
    /// The last look at the world after the switch.
    pub rehearsal: Option<Box<Rehearsal>>,
    /// Bytes of the messages that the operator brought; the messages themselves are the driver's, in memory only.
    pub brought: BTreeMap<MessageKind, usize>,
    /// How the attached files stood when they were looked at last.
    pub files: Vec<(Attachment, FileState)>,
}

/// Events that were handed to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub ticket: u64,
    pub bodies: Vec<EventBody>,
}

/// Events that could not be written, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsaved {
    pub bodies: Vec<EventBody>,
    pub why: String,
}

/// A session as the store read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    pub file: PathBuf,
    pub read_only: Option<String>,
    pub events: Vec<Event>,
    /// What watches measured, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
}

/// A row that is being watched until it passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watching {
    pub since: Timestamp,
    pub attempts: u32,
    pub last: Option<LastLook>,
    /// When the next look begins.
    pub next: Option<Timestamp>,
    pub phase: WatchPhase,
}

/// What the last look saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastLook {
    pub verdict: Verdict,
    pub summary: String,
    pub at: Timestamp,
    /// Since when it is the same.
    pub same_since: Timestamp,
}

/// How a watch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchPhase {
    Looking,
    Green,
    /// The time was over, or the operator stopped it.
    Stopped,
}

impl Opened {
    /// Folds a file that was read.
    pub fn new(file: SessionFile) -> Self {
        let mut opened = Self {
            session: Session::fold(&file.events),
            file: file.file,
            read_only: file.read_only,
            events: file.events,
            pending: VecDeque::new(),
            unsaved: None,
            next_ticket: 1,
            run: RunState::default(),
            watches: BTreeMap::new(),
            samples: BTreeMap::new(),
            vigil: None,
            rehearsal: None,
            brought: BTreeMap::new(),
            files: Vec::new(),
        };
        opened.keep(&file.samples);
        opened
    }

    /// Takes events that are in the file now. One that is known already (two programs, one file) changes nothing.
    pub fn take(&mut self, events: Vec<Event>) {
        let mut whole = false;
        for event in events {
            if self.events.iter().rev().any(|known| known.id == event.id) {
                continue;
            }
            whole |= matches!(event.body, EventBody::Undone { .. });
            if !whole {
                self.session.apply(&event);
            }
            self.events.push(event);
        }
        if whole {
            self.session = Session::fold(&self.events);
        }
    }

    /// The last event of `actor` that can be taken back: a person's entry, not yet undone.
    pub fn undoable(&self, actor: &str) -> Option<&Event> {
        let undone: Vec<&str> = self
            .events
            .iter()
            .filter_map(|e| match &e.body {
                EventBody::Undone { event } => Some(event.as_str()),
                _ => None,
            })
            .collect();
        self.events
            .iter()
            .rev()
            .find(|e| e.actor == actor && is_entry(&e.body) && !undone.contains(&e.id.as_str()))
    }

    /// Whether something is still on its way to the file.
    pub fn is_saving(&self) -> bool {
        !self.pending.is_empty()
    }
}

/// Whether an event is a person's entry that can be taken back. What was seen stays seen.
const fn is_entry(body: &EventBody) -> bool {
    !matches!(
        body,
        EventBody::Created { .. }
            | EventBody::RunStarted { .. }
            | EventBody::Found { .. }
            | EventBody::RunFinished { .. }
            | EventBody::Undone { .. }
    )
}
