//! Observations: facts with time and source, as plain data that can be stored and judged again.
//!
//! An observation never says whether something is good. *Could not look* is part of the data ([`Failure`]), so a rule can
//! never mistake silence for an answer.

pub mod dns;
pub mod glance;
pub mod http;
pub mod message;
pub mod places;
pub mod rdap;
pub mod self_check;
pub mod smtp;
pub mod tls;

use serde::{Deserialize, Serialize};

/// Why nothing could be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    pub kind: FailureKind,
    /// What was attempted, on what, and what came back: `asking 198.51.100.7 for acme.example MX: no answer in 3 s`.
    pub text: String,
}

impl Failure {
    /// A failure of `kind` described by `text`.
    pub fn new(kind: FailureKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}

/// The ways of not seeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// No answer in time.
    Timeout,
    /// The port is closed (TCP RST on connect, ICMP unreachable).
    Refused,
    /// The connection broke in the middle.
    Reset,
    /// No route, no network, or the address family is not available here.
    Unreachable,
    /// The name has no address to talk to.
    NoAddress,
    /// What came back is not the protocol, or is over a limit.
    Malformed,
    /// TLS could not be agreed (an alert, no shared version).
    Tls,
    /// The request budget of this host is used up.
    Budget,
    /// The run was stopped.
    Cancelled,
    /// Asking this party was not opted in to.
    NotAllowed,
}
