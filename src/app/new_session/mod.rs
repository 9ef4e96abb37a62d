//! A new session, one question a step. Esc steps back and loses nothing.

pub mod discovery;
mod rows;
mod steps;

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::input::Input;
use crate::model::intent::Sender;
pub use crate::model::inventory::{FoundHost, Part, Recognised};
use crate::model::name::{DomainInput, HostName};
pub use discovery::{Discovered, Discovery};
pub(super) use rows::{add_host, add_sender, sender_in};
pub(super) use steps::{act, back, begin, create, discovered, typed};

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewSession {
    pub step: Step,
    /// As typed.
    pub domain: Input,
    /// What was understood, once there is something.
    pub parsed: Option<DomainInput>,
    /// Why it is no domain, as long as it is none. Not shown while nothing is typed.
    pub problem: Option<String>,
    pub discovery: Discovery,
    pub hosts: Vec<HostRow>,
    pub host_cursor: Cursor<HostName>,
    pub facts: Vec<FactRow>,
    pub senders: Vec<SenderRow>,
    /// Worth knowing, without a place in the intent.
    pub remarks: Vec<String>,
    /// Rows of facts and senders.
    pub fact_cursor: Cursor<FactKey>,
    /// `None`: as the senders say.
    pub sends_mail: Option<bool>,
    pub playbook_cursor: Cursor<String>,
    /// "yes", typed.
    pub authority: Input,
    /// Set when the step was left without a yes.
    pub authority_problem: Option<String>,
    /// The file is being written.
    pub creating: bool,
}

/// The questions, in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    #[default]
    Domain,
    Inventory,
    Senders,
    Playbook,
    Authority,
    Start,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Domain,
        Self::Inventory,
        Self::Senders,
        Self::Playbook,
        Self::Authority,
        Self::Start,
    ];

    /// Counted from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The word beside the number.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Inventory => "inventory",
            Self::Senders => "mail and services",
            Self::Playbook => "playbook",
            Self::Authority => "authority",
            Self::Start => "start",
        }
    }

    /// The question after this one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// The question before this one.
    pub fn previous(self) -> Option<Self> {
        Self::ALL.get((self as usize).checked_sub(1)?).copied()
    }
}

/// A host that was found or added.
#[derive(Debug, Clone, PartialEq)]
pub struct HostRow {
    pub found: FoundHost,
    pub keep: bool,
    /// Typed by the operator.
    pub added: bool,
}

/// A recognised service or setting.
#[derive(Debug, Clone, PartialEq)]
pub struct FactRow {
    pub fact: Recognised,
    pub keep: bool,
}

/// A sender of mail.
#[derive(Debug, Clone, PartialEq)]
pub struct SenderRow {
    pub sender: Sender,
    /// `SPF includes _spf.google.com`.
    pub why: String,
    pub keep: bool,
    pub added: bool,
}

/// A row of the third step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactKey {
    Fact(Part),
    Sender(String),
}
