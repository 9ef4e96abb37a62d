//! How to reach the world, as plain data, and why a network could not be set up. Reads and sends nothing.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::credentials::Credentials;
use super::future::Future;
use super::handed::Handed;
use super::message::Brought;
use crate::model::third_party::ThirdParty;

/// How to reach the world.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// Recursive resolvers to ask, the first first. Empty: the system's.
    pub resolvers: Vec<SocketAddr>,
    /// Where delegation walks start. Empty: the IANA root servers.
    pub root_hints: Vec<IpAddr>,
    /// PEM files of roots that are added to the public ones.
    pub ca_files: Vec<PathBuf>,
    /// PEM files of roots that are taken for public ones, as browsers have them: those of an internet of its own.
    pub public_ca_files: Vec<PathBuf>,
    /// Socket addresses to go elsewhere for. Only the connection changes: names, SNI and Host stay.
    pub reroutes: Vec<(SocketAddr, SocketAddr)>,
    /// DS or DNSKEY lines. `None`: the IANA root's.
    pub trust_anchor: Option<PathBuf>,
    /// What is assumed of the world after the switch; empty: it is looked at as it is.
    pub future: Future,
    /// Names of third parties that may be asked.
    pub third_parties: Vec<String>,
    /// The list of RDAP servers (RFC 9224).
    pub rdap_bootstrap: Url,
    /// The service that looks from many places, with a slash at the end.
    pub globalping: Url,
    /// Passwords that a run may use.
    pub credentials: Credentials,
    /// Messages that the operator brought.
    pub brought: Vec<Brought>,
    /// Messages that were handed over lately.
    pub handed: Handed,
    /// For one question or one connection.
    pub timeout: Duration,
    pub limits: HostLimits,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            resolvers: Vec::new(),
            root_hints: Vec::new(),
            ca_files: Vec::new(),
            public_ca_files: Vec::new(),
            reroutes: Vec::new(),
            trust_anchor: None,
            future: Future::default(),
            third_parties: Vec::new(),
            rdap_bootstrap: known("https://data.iana.org/rdap/dns.json"),
            globalping: known("https://api.globalping.io/"),
            credentials: Credentials::default(),
            brought: Vec::new(),
            handed: Handed::default(),
            timeout: Duration::from_secs(5),
            limits: HostLimits::default(),
        }
    }
}

impl NetworkConfig {
    /// Whether the operator lets this third party be asked.
    pub fn may_ask(&self, party: &ThirdParty) -> bool {
        party.is_among(&self.third_parties)
    }
}

/// Where a third party is known to be.
#[expect(clippy::expect_used, reason = "a constant that is a URL")]
fn known(url: &str) -> Url {
    Url::parse(url).expect("a URL")
}

/// What one run may do to one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostLimits {
    pub at_once: usize,
    pub handshakes: usize,
    pub requests: usize,
}

impl Default for HostLimits {
    fn default() -> Self {
        Self {
            at_once: 4,
            handshakes: 12,
            requests: 60,
        }
    }
}

/// Why a network could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum NetworkProblem {
    #[error("reading {path}: {source}", path = .path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path} holds no usable {what}: {why}", path = .path.display())]
    Content {
        path: PathBuf,
        what: &'static str,
        why: String,
    },
    #[error("reading the system's resolver configuration: {0}; name one with --resolver IP")]
    NoResolver(String),
    #[error("setting up TLS: {0}")]
    Tls(String),
}
