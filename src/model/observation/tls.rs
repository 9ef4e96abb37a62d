//! What TLS servers showed.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;
use crate::model::name::HostName;

/// One handshake with one address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TlsHandshake {
    /// The name sent as SNI and looked for in the certificate.
    pub host: HostName,
    pub address: IpAddr,
    pub port: u16,
    pub at: Timestamp,
    pub took_ms: u64,
    pub outcome: Result<TlsSession, Failure>,
}

impl TlsHandshake {
    /// What was agreed, when the handshake went through.
    pub fn session(&self) -> Option<&TlsSession> {
        self.outcome.as_ref().ok()
    }
}

/// What was agreed and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TlsSession {
    /// `TLSv1.3`.
    pub protocol: String,
    /// IANA name of the cipher suite.
    pub cipher: String,
    pub alpn: Option<String>,
    /// Key exchange group.
    pub group: Option<String>,
    /// As presented, leaf first.
    pub chain: Vec<Certificate>,
    /// Whether a path to a trusted root builds from what was sent, at the time of the handshake, for this name.
    pub verified: Result<(), ChainProblem>,
    /// Whether that path leads to a root that browsers have, not to one of the operator's own. `None`: there is no path.
    #[serde(default)]
    pub public: Option<bool>,
    /// Whether an OCSP response came with the handshake.
    pub stapled: bool,
    /// What that response says; the error says why it cannot be read.
    #[serde(default)]
    pub staple: Option<Result<Staple, String>>,
}

/// An OCSP response about the leaf (RFC 6960 §4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staple {
    pub status: Status,
    /// Whether it is about the serial number of the leaf that came with it.
    pub about_leaf: bool,
    /// Whether the issuer, or a responder that the issuer certified for it, signed it; the error says why not.
    pub signed: Result<(), String>,
    pub this_update: Timestamp,
    pub next_update: Option<Timestamp>,
    /// Hex ids of the logs whose SCTs it carries (RFC 6962 §3.3).
    #[serde(default)]
    pub sct_logs: Vec<String>,
}

/// What an authority says of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Good,
    Revoked(Timestamp),
    Unknown,
}

/// A revocation list, looked through for one certificate (RFC 5280 §5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevocationList {
    pub url: String,
    pub at: Timestamp,
    pub outcome: Result<ListReading, Failure>,
}

/// What a revocation list says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListReading {
    /// Whether the issuer of the certificate signed it, and whether it speaks of this kind of certificate; the error says
    /// why not.
    pub signed: Result<(), String>,
    pub this_update: Timestamp,
    pub next_update: Option<Timestamp>,
    pub entries: usize,
    /// When the certificate was revoked.
    pub revoked: Option<Timestamp>,
}

/// Why the chain proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "text")]
pub enum ChainProblem {
    Expired(String),
    NotYetValid(String),
    WrongName(String),
    /// No issuer among the sent certificates and the roots.
    UnknownIssuer(String),
    /// The leaf signed itself.
    SelfSigned(String),
    Revoked(String),
    BadSignature(String),
    /// A path builds, by keys or signatures that are too weak to prove anything.
    Weak(String),
    /// A path builds, but whether the server holds the certificate's key cannot be verified here.
    Unproven(String),
    Other(String),
}

impl ChainProblem {
    /// The library's words.
    pub fn text(&self) -> &str {
        match self {
            Self::Expired(t)
            | Self::NotYetValid(t)
            | Self::WrongName(t)
            | Self::UnknownIssuer(t)
            | Self::SelfSigned(t)
            | Self::Revoked(t)
            | Self::BadSignature(t)
            | Self::Weak(t)
            | Self::Unproven(t)
            | Self::Other(t) => t,
        }
    }
}

/// One certificate, read with a full parser. All text is as found: escape before showing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// Hex, upper case, colon-separated.
    pub serial: String,
    /// Hex SHA-256 of the DER.
    pub sha256: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// dNSName entries, lower case.
    pub dns_names: Vec<String>,
    pub ip_names: Vec<IpAddr>,
    pub key: PublicKey,
    /// `sha256WithRSAEncryption`.
    pub signature: String,
    pub is_ca: bool,
    /// Subject equals issuer and the signature verifies with its own key.
    pub self_signed: bool,
    /// Whether a trusted root bears the name of its issuer.
    #[serde(default)]
    pub below_root: bool,
    /// caIssuers URLs of the AIA extension.
    pub issuer_urls: Vec<String>,
    pub ocsp_urls: Vec<String>,
    pub must_staple: bool,
    /// Where its authority publishes revocation lists, over http.
    #[serde(default)]
    pub crl_urls: Vec<String>,
    /// SubjectPublicKeyInfo in base64, of authorities only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub spki: String,
    /// Embedded SCTs.
    pub scts: usize,
    /// Hex ids of the logs that they are from.
    #[serde(default)]
    pub sct_logs: Vec<String>,
    /// What could not be parsed, if anything.
    pub problem: Option<String>,
}

/// A public key's kind and size in bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// `RSA`, `EC`, `Ed25519`, or the OID.
    pub kind: String,
    pub bits: u32,
}

/// The answer to a raw ClientHello of one legacy version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegacyHello {
    pub host: HostName,
    pub address: IpAddr,
    pub version: LegacyVersion,
    pub at: Timestamp,
    pub reply: LegacyReply,
}

/// Versions that modern stacks no longer speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LegacyVersion {
    #[serde(rename = "SSLv3")]
    Ssl3,
    #[serde(rename = "TLSv1.0")]
    Tls10,
    #[serde(rename = "TLSv1.1")]
    Tls11,
}

impl LegacyVersion {
    /// The version number on the wire.
    pub const fn wire(self) -> u16 {
        match self {
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
        }
    }

    /// The name people know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ssl3 => "SSLv3",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
        }
    }
}

/// Alert, reset and silence are three different answers (trap 71).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegacyReply {
    /// A ServerHello with the asked version.
    Accepted,
    /// An alert, by its description number.
    Alert(u8),
    /// The server closed or reset the connection.
    Closed,
    /// A ServerHello with another version.
    OtherVersion(u16),
    /// Nothing can be said.
    Unknown(Failure),
}

/// The answer to a raw ClientHello of TLS 1.2 that asks one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TlsProbe {
    pub host: HostName,
    pub address: IpAddr,
    pub offer: Offer,
    pub at: Timestamp,
    pub reply: ProbeReply,
}

/// What a raw ClientHello offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// Nothing but suites that are broken: NULL, anonymous, export, RC4, 3DES, DES.
    Broken,
    /// Modern suites of TLS 1.2, and the extension that asks for SCTs (RFC 6962 §3.3.1).
    Timestamps,
    /// Suites that hold and are old: without forward secrecy, without authenticated encryption, or with finite-field DHE.
    Old,
}

/// Alert, reset and silence are three different answers (trap 71).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeReply {
    /// A ServerHello.
    Agreed {
        version: u16,
        suite: u16,
        /// Hex ids of the logs whose SCTs its extension carries.
        sct_logs: Vec<String>,
    },
    /// An alert, by its description number.
    Alert(u8),
    /// The server closed or reset the connection.
    Closed,
    /// Nothing can be said.
    Unknown(Failure),
}
