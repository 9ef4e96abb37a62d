//! What mail servers said.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;
use super::tls::TlsSession;

/// A dialogue with one mail server: banner, EHLO, STARTTLS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmtpGreeting {
    /// The name that the MX record gives, sent as SNI and looked for in the certificate.
    pub host: String,
    pub address: IpAddr,
    pub at: Timestamp,
    pub took_ms: u64,
    /// Whether the connection was made: silence before it is another thing than silence after it.
    pub connected: bool,
    pub outcome: Result<SmtpBanner, Failure>,
}

impl SmtpGreeting {
    /// What was agreed, when the dialogue came to TLS.
    pub fn session(&self) -> Option<&TlsSession> {
        match self.outcome.as_ref().map(|banner| &banner.starttls) {
            Ok(StartTls::Agreed { session, .. }) => Some(session),
            _ => None,
        }
    }
}

/// What the server said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmtpBanner {
    /// Reply code of the banner: 220, 421, 554.
    pub code: u16,
    pub text: String,
    /// The answer to EHLO; `None`: the banner did not invite one.
    pub ehlo: Option<SmtpReply>,
    /// EHLO keywords, upper case; empty when EHLO was refused.
    pub extensions: Vec<String>,
    pub starttls: StartTls,
}

/// A reply, its lines joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpReply {
    pub code: u16,
    pub text: String,
}

/// How far the way to TLS led (RFC 3207).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartTls {
    /// It did not come to that: the banner or EHLO was no welcome.
    NotAsked,
    /// It is not among the extensions.
    NotOffered,
    /// Offered, then refused.
    Refused(SmtpReply),
    /// Offered, and no TLS came of it.
    Broken(Failure),
    Agreed {
        session: Box<TlsSession>,
        /// Of each certificate as presented, leaf first.
        prints: Vec<Prints>,
    },
}

/// Digests of a certificate and of its key, as TLSA records hold them (RFC 6698 §2.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prints {
    /// Of the certificate as a whole.
    pub whole: Digests,
    /// Of its SubjectPublicKeyInfo.
    pub key: Digests,
}

/// Hex, lower case; empty where there is nothing to digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    pub sha256: String,
    pub sha512: String,
}
