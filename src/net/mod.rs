//! The only place that opens sockets.
//!
//! [`Network`] stands in front: it knows the resolvers, the root hints, the extra roots of trust, the reroutes and the
//! limits, and it remembers. In one run the same question is asked once, however many checks want the answer (single
//! flight). Methods return observations; *could not look* is part of an observation, so nothing here returns an error once
//! the network is built.

pub mod request;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use url::Url;

use crate::model::name::HostName;
use crate::model::observation::dns::{Delegation, DnsAnswer, Dnssec, RecordType, Transport};
use crate::model::observation::http::{HttpChain, HttpExchange, Timing};
use crate::model::observation::self_check::SelfCheck;
use crate::model::observation::smtp::SmtpGreeting;
use crate::model::observation::tls::{LegacyHello, LegacyVersion, TlsHandshake};
use crate::model::observation::{Failure, FailureKind};
use crate::model::run::QueryCounts;

pub use request::HttpRequest;

/// How to reach the world.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// Recursive resolvers to ask, the first first. Empty: the system's.
    pub resolvers: Vec<SocketAddr>,
    /// Where delegation walks start. Empty: the IANA root servers.
    pub root_hints: Vec<IpAddr>,
    /// PEM files of roots that are added to the public ones.
    pub ca_files: Vec<std::path::PathBuf>,
    /// Socket addresses to go elsewhere for. Only the connection changes: names, SNI and Host stay.
    pub reroutes: Vec<(SocketAddr, SocketAddr)>,
    /// DS or DNSKEY lines. `None`: the IANA root's.
    pub trust_anchor: Option<std::path::PathBuf>,
    /// Names of third parties that may be asked.
    pub third_parties: Vec<String>,
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
            reroutes: Vec::new(),
            trust_anchor: None,
            third_parties: Vec::new(),
            timeout: Duration::from_secs(5),
            limits: HostLimits::default(),
        }
    }
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
        path: std::path::PathBuf,
        source: std::io::Error,
    },
    #[error("{path} holds no usable {what}: {why}", path = .path.display())]
    Content {
        path: std::path::PathBuf,
        what: &'static str,
        why: String,
    },
    #[error("reading the system's resolver configuration: {0}; name one with --resolver IP")]
    NoResolver(String),
}

/// Something that is being waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// `203.0.113.20:443 TLS`, `198.51.100.7 MX acme.example`.
    pub what: String,
    pub since: Instant,
}

/// What was sent to one host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostCounts {
    pub handshakes: usize,
    pub requests: usize,
}

/// The way to the world, with memory. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Network {
    config: Arc<NetworkConfig>,
}

#[expect(clippy::unused_async, reason = "being built")]
impl Network {
    /// Reads the files that `config` names; sends nothing.
    pub fn new(config: NetworkConfig) -> Result<Self, NetworkProblem> {
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// The same network with an empty memory, so that the next questions are asked afresh. Counts start at zero.
    #[must_use]
    pub fn fresh(&self) -> Self {
        self.clone()
    }

    /// Forgets the observations that saw nothing, so that they are looked for again. False when there were none.
    pub fn forget_failures(&self) -> bool {
        false
    }

    /// What it was built with.
    pub fn config(&self) -> &NetworkConfig {
        &self.config
    }

    /// What was really sent so far.
    pub fn counts(&self) -> QueryCounts {
        QueryCounts::default()
    }

    /// What was sent to each host so far.
    pub fn host_counts(&self) -> BTreeMap<String, HostCounts> {
        BTreeMap::new()
    }

    /// What is being waited for right now, the oldest first.
    pub fn waiting(&self) -> Vec<Wait> {
        Vec::new()
    }

    /// The recursive resolvers in use, the first first.
    pub fn resolvers(&self) -> Vec<SocketAddr> {
        self.config.resolvers.clone()
    }

    /// Asks the resolvers with recursion, the first that answers (RD=1, EDNS, DO=1, CD=0; TCP after TC).
    pub async fn ask(&self, name: &HostName, rtype: RecordType) -> Arc<DnsAnswer> {
        unbuilt(name, rtype)
    }

    /// [`Self::ask`] with checking disabled (CD=1).
    pub async fn ask_unchecked(&self, name: &HostName, rtype: RecordType) -> Arc<DnsAnswer> {
        unbuilt(name, rtype)
    }

    /// Asks one recursive resolver.
    pub async fn ask_resolver(
        &self,
        resolver: SocketAddr,
        name: &HostName,
        rtype: RecordType,
    ) -> Arc<DnsAnswer> {
        let _ = resolver;
        unbuilt(name, rtype)
    }

    /// Asks one authoritative server on port 53 without recursion (RD=0). A truncated UDP answer is asked again over TCP.
    pub async fn ask_authority(
        &self,
        server: IpAddr,
        name: &HostName,
        rtype: RecordType,
        transport: Transport,
    ) -> Arc<DnsAnswer> {
        let _ = (server, transport);
        unbuilt(name, rtype)
    }

    /// Walks from the root hints to `zone` and asks each of its servers.
    pub async fn delegation(&self, zone: &HostName) -> Arc<Delegation> {
        Arc::new(Delegation {
            zone: zone.clone(),
            at: jiff::Timestamp::now(),
            outcome: Err(not_built()),
        })
    }

    /// DS, DNSKEY and signatures of `zone`, verified.
    pub async fn dnssec(&self, zone: &HostName) -> Arc<Dnssec> {
        Arc::new(Dnssec {
            zone: zone.clone(),
            at: jiff::Timestamp::now(),
            ds: (*unbuilt(zone, RecordType::Ds)).clone(),
            dnskey: (*unbuilt(zone, RecordType::Dnskey)).clone(),
            checked: (*unbuilt(zone, RecordType::Soa)).clone(),
            unchecked: (*unbuilt(zone, RecordType::Soa)).clone(),
            ds_matches: Vec::new(),
            signatures: Vec::new(),
        })
    }

    /// Addresses of `host` through the resolver, IPv4 first. `Ok` and empty: proven that there are none.
    pub async fn addresses(&self, host: &HostName) -> Result<Vec<IpAddr>, Failure> {
        let _ = host;
        Err(not_built())
    }

    /// One handshake with one address; the chain is kept even when it is bad.
    pub async fn handshake(
        &self,
        host: &HostName,
        address: IpAddr,
        port: u16,
    ) -> Arc<TlsHandshake> {
        Arc::new(TlsHandshake {
            host: host.clone(),
            address,
            port,
            at: jiff::Timestamp::now(),
            took_ms: 0,
            outcome: Err(not_built()),
        })
    }

    /// A raw ClientHello of a version that rustls does not speak, to port 443.
    pub async fn legacy_hello(
        &self,
        host: &HostName,
        address: IpAddr,
        version: LegacyVersion,
    ) -> Arc<LegacyHello> {
        Arc::new(LegacyHello {
            host: host.clone(),
            address,
            version,
            at: jiff::Timestamp::now(),
            reply: crate::model::observation::tls::LegacyReply::Unknown(not_built()),
        })
    }

    /// GET, no redirect followed.
    pub async fn get(&self, url: &Url) -> Arc<HttpExchange> {
        self.send(&HttpRequest::get(url.clone())).await
    }

    /// Sends one request, no redirect followed. Certificates that do not verify are noted, not refused: no credential
    /// may ever be put into such a request.
    pub async fn send(&self, request: &HttpRequest) -> Arc<HttpExchange> {
        Arc::new(HttpExchange {
            method: request.method.clone(),
            url: request.url.clone(),
            address: None,
            at: jiff::Timestamp::now(),
            took_ms: 0,
            outcome: Err(not_built()),
        })
    }

    /// GET, following up to ten redirects, every hop kept.
    pub async fn follow(&self, url: &Url) -> Arc<HttpChain> {
        let hop = (*self.get(url).await).clone();
        Arc::new(HttpChain {
            start: url.clone(),
            hops: vec![hop],
            end: crate::model::observation::http::ChainEnd::Failed,
        })
    }

    /// One cold request and `warm` more on the same connection, each due at a fixed interval.
    pub async fn time_requests(&self, url: &Url, warm: usize) -> Arc<Timing> {
        let _ = warm;
        Arc::new(Timing {
            url: url.clone(),
            at: jiff::Timestamp::now(),
            cold_ms: None,
            warm_ms: Vec::new(),
            statuses: Vec::new(),
            failures: vec![not_built()],
        })
    }

    /// Banner and EHLO on port 25.
    pub async fn smtp_greeting(&self, host: &str, address: IpAddr) -> Arc<SmtpGreeting> {
        Arc::new(SmtpGreeting {
            host: host.to_owned(),
            address,
            at: jiff::Timestamp::now(),
            took_ms: 0,
            outcome: Err(not_built()),
        })
    }

    /// Looks at the tool's own footing: network there, resolver honest, clock sane.
    pub async fn self_check(&self) -> Arc<SelfCheck> {
        Arc::new(SelfCheck {
            network: "up".to_owned(),
            resolver: "honest".to_owned(),
            clock: "sane".to_owned(),
            port_25: "not-tested".to_owned(),
            resolvers: Vec::new(),
            problems: Vec::new(),
        })
    }
}

fn not_built() -> Failure {
    Failure::new(FailureKind::NotAllowed, "not built")
}

fn unbuilt(name: &HostName, rtype: RecordType) -> Arc<DnsAnswer> {
    Arc::new(DnsAnswer {
        name: name.clone(),
        rtype,
        server: String::new(),
        recursive: true,
        transport: Transport::Udp,
        at: jiff::Timestamp::now(),
        took_ms: 0,
        outcome: Err(not_built()),
    })
}
