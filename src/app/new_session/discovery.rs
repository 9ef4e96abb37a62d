//! What the discovery of a domain tells while it looks. The driver feeds it from the engine.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::intent::{Host, Sender};

/// How far the discovery is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Discovery {
    #[default]
    NotAsked,
    Looking {
        since: Timestamp,
        /// `certificate of acme.example`.
        at: String,
    },
    Done,
    /// What went wrong; hosts can still be added by hand.
    Failed(String),
}

/// One step of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Discovered {
    /// What is being looked at now.
    Looking(String),
    Host(Box<FoundHost>),
    Fact(Fact),
    Sender(FoundSender),
    /// The domain that everything is about, when another one was typed (`www.acme.example` → `acme.example`).
    Apex(crate::model::name::HostName),
    Done,
    Failed(String),
}

/// A host, and why it is thought to belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundHost {
    pub host: Host,
    /// Addresses seen, for people.
    pub addresses: Vec<String>,
    /// `named in the certificate`, `linked from robots.txt`.
    pub why: Vec<String>,
    /// A question to the operator, when the role is a guess: `not production?`.
    pub doubt: Option<String>,
}

/// A recognised service or setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub kind: FactKind,
    /// Catalog id or URL, as it goes into the intent.
    pub value: String,
    /// Its name for people.
    pub name: String,
    /// `from the name servers`.
    pub why: String,
}

/// Which part of the intent a fact fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKind {
    Canonical,
    DnsHost,
    Platform,
    Edge,
}

impl FactKind {
    /// The words beside it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Canonical => "canonical address",
            Self::DnsHost => "DNS host",
            Self::Platform => "site on",
            Self::Edge => "edge",
        }
    }
}

/// A sender of mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSender {
    pub sender: Sender,
    /// `from SPF`.
    pub why: String,
}
