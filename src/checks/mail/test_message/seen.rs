//! What is learnt of a test message and kept: result words, domains, selectors, times, the folder. No byte of the message, no
//! subject, no link, and no address but the test inbox's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::trust::Ignored;
use super::verify::Fate;
use crate::checks::mail::dmarc::discover::TreeWalk;
use crate::model::name::HostName;
use crate::model::observation::Failure;
use crate::model::observation::dns::DnsAnswer;
use crate::model::observation::message::{Folder, Submission};

/// What was seen of one expected message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestMessageSeen {
    pub at: Timestamp,
    /// The message that we handed over ourselves, or how far that came.
    #[serde(default)]
    pub handed: Option<Submission>,
    /// The last look into the inbox.
    #[serde(default)]
    pub look: Option<Looked>,
    /// `Err`: why there is no message to judge.
    pub message: Result<Facts, Gap>,
    /// An earlier run of the session judged this message; why this run has no newer one.
    #[serde(default)]
    pub recalled: Option<Gap>,
    /// Stands for what the intent says about the message and the inbox: facts that were read under another say nothing.
    #[serde(default)]
    pub asked: String,
}

/// A look into the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    pub source: String,
    pub at: Timestamp,
    /// Seconds of waiting and looking in all.
    pub waited_s: i64,
    /// How many messages were looked at; `Err`: it could not be read.
    pub outcome: Result<usize, Failure>,
}

/// Why there is no message to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// The intent names no message.
    NothingExpected,
    /// The intent names no test inbox, and no message was brought.
    NoInbox,
    /// The test inbox has no IMAP host: messages must be brought.
    NotBrought,
    NoInboxPassword,
    NoSubmissionPassword,
    /// Handing over a message needs the operator's authority.
    NotAuthorised,
    /// Nobody made the portal write yet, as far as the inbox shows.
    NotTriggered,
    InboxUnread,
    /// The submission server did not take ours.
    NotHanded,
    /// Taken over, and nobody can look where it arrived.
    HandedUnseen,
    /// Taken over, and not there after two minutes.
    NotArrived,
}

/// What one message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub source: String,
    pub found: Found,
    pub folder: Folder,
    pub arrived: Option<Timestamp>,
    /// Whether the end of it was left.
    pub cut: bool,
    pub author: Author,
    /// Of its Date field.
    pub date: Option<Timestamp>,
    /// Of its topmost Received field.
    pub received: Option<Timestamp>,
    /// Who receives the inbox's mail, when that is known.
    pub receiver: Option<String>,
    /// The authserv-ids that count.
    pub ids: Vec<String>,
    /// Whether the receiver said anything.
    pub told: bool,
    /// Whether some of what it said could not be read.
    pub told_cut: bool,
    pub results: Vec<ResultFacts>,
    pub ignored: Vec<Ignored>,
    pub signatures: Vec<SignatureFacts>,
    /// The walk of each domain that is compared, the author's first.
    pub walks: Vec<Walk>,
}

/// How a message was told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// The operator brought it.
    Brought,
    /// It is the one that we sent.
    Sent,
    /// The address that it went to bears the kind's tag.
    Tagged,
    /// By words of its subject, or by its From.
    Fitting,
}

/// Who wrote it, as far as From goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Of each address, in order.
    pub domains: Vec<HostName>,
    /// Header fields called From.
    pub fields: usize,
    /// Why From could not be read.
    pub problem: Option<String>,
    /// Whether the address is the one that the intent names; `None`: it names none.
    pub as_named: Option<bool>,
}

/// What the receiver says of one method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultFacts {
    /// `spf`, `dkim`, `dmarc`, `compauth`.
    pub method: String,
    pub result: String,
    pub domain: Option<HostName>,
    pub selector: Option<String>,
    /// What it adds, letters and digits alone: `p=REJECT`, `reason=100`.
    pub note: String,
}

/// One DKIM signature of the message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignatureFacts {
    pub domain: Option<HostName>,
    pub selector: String,
    pub algorithm: String,
    pub fate: Fate,
    /// What is published at the selector.
    pub key: Option<DnsAnswer>,
}

/// The DMARC records from a domain upwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    pub domain: HostName,
    pub walk: TreeWalk,
}

impl Facts {
    /// The domain that people see.
    pub fn home(&self) -> Option<&HostName> {
        self.author.domains.first()
    }

    /// What the receiver says of a method.
    pub fn of(&self, method: &str) -> impl Iterator<Item = &ResultFacts> {
        self.results.iter().filter(move |r| r.method == method)
    }
}
