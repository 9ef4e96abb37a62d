//! What the discovery of a domain finds, item by item, while it looks.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::intent::{Host, Sender};

/// One step of a discovery, for whoever watches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Discovery {
    /// What is being looked at now.
    Looking(String),
    /// A host that answers.
    Host(FoundHost),
    /// A service or a setting that was recognised.
    Recognised(Recognised),
    /// A service that may send mail in the domain's name.
    Sender {
        sender: Sender,
        /// `SPF includes _spf.google.com`.
        why: String,
    },
    /// Something worth knowing that fills no field: a wildcard, a part that could not be looked at.
    Note(String),
}

/// A host, and why it is thought to belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundHost {
    pub host: Host,
    /// IPv4 first.
    pub addresses: Vec<IpAddr>,
    /// `named in the certificate`, `linked from the home page`; at least one.
    pub why: Vec<String>,
    /// A question to the operator, when the role is a guess.
    pub doubt: Option<String>,
}

/// A recognised service or setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    pub what: Part,
    /// Catalog id or URL, as it goes into the intent.
    pub value: String,
    /// Its name for people.
    pub name: String,
    /// `name servers ada.ns.cloudflare.com, bob.ns.cloudflare.com`.
    pub why: String,
}

/// The part of the intent that a recognised thing fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Canonical,
    DnsHost,
    Platform,
    Edge,
}
