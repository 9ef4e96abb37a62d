//! The only place that opens sockets.
//!
//! [`Network`] stands in front: it knows the resolvers, the root hints, the extra roots of trust, the reroutes and the
//! limits, and it remembers. In one run the same question is asked once, however many checks want the answer (single
//! flight). Methods return observations; *could not look* is part of an observation, so nothing here returns an error once
//! the network is built.

mod config;
mod credentials;
mod dns;
mod endpoint;
mod footing;
mod future;
mod globalping;
mod handed;
mod hidden;
mod http;
mod imap;
mod limits;
mod memory;
mod message;
mod patience;
mod rdap;
mod reach;
pub mod request;
mod self_check;
mod smtp;
mod socket;
mod tls;
mod waits;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use url::Url;

use crate::model::name::HostName;
use crate::model::observation::dns::{Delegation, DnsAnswer, Dnssec, RecordType, Transport};
use crate::model::observation::glance::Glance;
use crate::model::observation::http::{HttpChain, HttpExchange, Timing};
use crate::model::observation::places::Places;
use crate::model::observation::rdap::Registration;
use crate::model::observation::self_check::SelfCheck;
use crate::model::observation::smtp::SmtpGreeting;
use crate::model::observation::tls::{
    Certificate, LegacyHello, LegacyVersion, Offer, RevocationList, TlsHandshake, TlsProbe,
};
use crate::model::observation::{Failure, FailureKind};
use crate::model::run::QueryCounts;
use crate::model::switch::Switch;
use crate::model::third_party::ThirdParty;

use dns::ask::{Mode, Question};
use dns::recursive;
use reach::{Ground, Reach};

pub use config::{HostLimits, NetworkConfig, NetworkProblem};
pub use credentials::Credentials;
pub use future::{Future, FutureProblem, MovedZone};
pub use handed::Handed;
pub use limits::HostCounts;
pub use message::{Brought, Search};
pub use request::HttpRequest;
pub use waits::Wait;

/// The way to the world, with memory. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Network {
    reach: Arc<Reach>,
}

impl Network {
    /// Reads the files that `config` names; sends nothing.
    pub fn new(config: NetworkConfig) -> Result<Self, NetworkProblem> {
        // One provider for the whole program; whoever came first installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ground = Arc::new(Ground::new(config)?);
        Ok(Self {
            reach: Arc::new(Reach::new(ground)),
        })
    }

    /// The same network with an empty memory, so that the next questions are asked afresh. Counts start at zero.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self {
            reach: Arc::new(Reach::new(Arc::clone(&self.reach.ground))),
        }
    }

    /// A network that may also ask these third parties. Memory is shared where nothing is added.
    pub fn asking(&self, third_parties: &[String]) -> Result<Self, NetworkProblem> {
        let mut config = self.config().clone();
        for name in third_parties {
            if !config.third_parties.contains(name) {
                config.third_parties.push(name.clone());
            }
        }
        if config.third_parties == self.config().third_parties {
            return Ok(self.clone());
        }
        Self::new(config)
    }

    /// A network that may also use these passwords. Its memory is empty.
    pub fn with_credentials(&self, credentials: Credentials) -> Result<Self, NetworkProblem> {
        Self::new(NetworkConfig {
            credentials,
            ..self.config().clone()
        })
    }

    /// A network that looks at the world after `switch`: everything else stays as it is. `zone` is what new servers serve.
    pub async fn after(&self, switch: &Switch, zone: HostName) -> Result<Self, FutureProblem> {
        let future = Future::of(switch, zone, self).await?;
        let config = NetworkConfig {
            future,
            ..self.config().clone()
        };
        Ok(Self::new(config)?)
    }

    /// Forgets the observations that saw nothing, so that they are looked for again. False when there were none.
    pub fn forget_failures(&self) -> bool {
        self.reach.forget_failures()
    }

    /// What it was built with.
    pub fn config(&self) -> &NetworkConfig {
        &self.reach.ground.config
    }

    /// What was really sent so far.
    pub fn counts(&self) -> QueryCounts {
        self.reach.limits.counts()
    }

    /// What was sent to each host so far.
    pub fn host_counts(&self) -> BTreeMap<String, HostCounts> {
        self.reach.limits.host_counts()
    }

    /// What is being waited for right now, the oldest first.
    pub fn waiting(&self) -> Vec<Wait> {
        self.reach.waits.open()
    }

    /// The recursive resolvers in use, the first first.
    pub fn resolvers(&self) -> Vec<SocketAddr> {
        self.reach.ground.resolvers.clone()
    }

    /// Asks the resolvers with recursion, the first that answers (RD=1, EDNS, DO=1, CD=0; TCP after TC).
    pub async fn ask(&self, name: &HostName, rtype: RecordType) -> Arc<DnsAnswer> {
        let asked = recursive::ask_any(&self.reach, name, rtype, Mode::Recursive).await;
        Arc::clone(&asked.answer)
    }

    /// [`Self::ask`] with checking disabled (CD=1).
    pub async fn ask_unchecked(&self, name: &HostName, rtype: RecordType) -> Arc<DnsAnswer> {
        let asked = recursive::ask_any(&self.reach, name, rtype, Mode::Unchecked).await;
        Arc::clone(&asked.answer)
    }

    /// Asks one recursive resolver.
    pub async fn ask_resolver(
        &self,
        resolver: SocketAddr,
        name: &HostName,
        rtype: RecordType,
    ) -> Arc<DnsAnswer> {
        let asked =
            recursive::ask_resolver(&self.reach, resolver, name, rtype, Mode::Recursive).await;
        Arc::clone(&asked.answer)
    }

    /// Asks one authoritative server on port 53 without recursion (RD=0). A truncated UDP answer is asked again over TCP.
    pub async fn ask_authority(
        &self,
        server: IpAddr,
        name: &HostName,
        rtype: RecordType,
        transport: Transport,
    ) -> Arc<DnsAnswer> {
        let question = Question {
            server: SocketAddr::new(server, 53),
            name: name.clone(),
            rtype,
            mode: Mode::Authority,
            transport,
        };
        Arc::clone(&dns::ask::ask(&self.reach, question).await.answer)
    }

    /// Walks from the root hints to `zone` and asks each of its servers.
    pub async fn delegation(&self, zone: &HostName) -> Arc<Delegation> {
        let (reach, asked) = (Arc::clone(&self.reach), zone.clone());
        self.reach
            .delegations
            .recall(zone.clone(), || dns::delegation::look(reach, asked))
            .await
    }

    /// DS, DNSKEY and signatures of `zone`, verified.
    pub async fn dnssec(&self, zone: &HostName) -> Arc<Dnssec> {
        let (reach, asked) = (Arc::clone(&self.reach), zone.clone());
        self.reach
            .dnssec
            .recall(zone.clone(), || dns::dnssec::look(reach, asked))
            .await
    }

    /// Addresses of `host` through the resolver, IPv4 first. `Ok` and empty: proven that there are none.
    pub async fn addresses(&self, host: &HostName) -> Result<Vec<IpAddr>, Failure> {
        recursive::addresses(&self.reach, host).await
    }

    /// One handshake with one address; the chain is kept even when it is bad.
    pub async fn handshake(
        &self,
        host: &HostName,
        address: IpAddr,
        port: u16,
    ) -> Arc<TlsHandshake> {
        let (reach, name) = (Arc::clone(&self.reach), host.clone());
        self.reach
            .handshakes
            .recall((host.clone(), address, port), || {
                tls::handshake::shake(reach, name, address, port)
            })
            .await
    }

    /// A raw ClientHello of a version that rustls does not speak, to port 443.
    pub async fn legacy_hello(
        &self,
        host: &HostName,
        address: IpAddr,
        version: LegacyVersion,
    ) -> Arc<LegacyHello> {
        let (reach, name) = (Arc::clone(&self.reach), host.clone());
        self.reach
            .hellos
            .recall((host.clone(), address, version), || {
                tls::legacy::hello(reach, name, address, version)
            })
            .await
    }

    /// A raw ClientHello of TLS 1.2 with such an offer, to port 443.
    pub async fn probe(&self, host: &HostName, address: IpAddr, offer: Offer) -> Arc<TlsProbe> {
        let (reach, name) = (Arc::clone(&self.reach), host.clone());
        self.reach
            .probes
            .recall((host.clone(), address, offer), || {
                tls::probe::probe(reach, name, address, offer)
            })
            .await
    }

    /// Fetches the revocation list at `url` and looks for `leaf` in it; only where the third party `revocation` may be asked.
    pub async fn revocation_list(
        &self,
        url: &str,
        leaf: &Certificate,
        issuer: &Certificate,
    ) -> Arc<RevocationList> {
        let wanted = tls::revocation::Wanted::new(url, leaf, issuer);
        let (reach, asked) = (Arc::clone(&self.reach), wanted.clone());
        self.reach
            .lists
            .recall(wanted, || tls::revocation::look(reach, asked))
            .await
    }

    /// Whether the operator lets this third party be asked.
    pub fn may_ask(&self, party: &ThirdParty) -> bool {
        self.config().may_ask(party)
    }

    /// GET, no redirect followed.
    pub async fn get(&self, url: &Url) -> Arc<HttpExchange> {
        self.send(&HttpRequest::get(url.clone())).await
    }

    /// Sends one request, no redirect followed. Certificates that do not verify are noted, not refused: no credential
    /// may ever be put into such a request.
    pub async fn send(&self, request: &HttpRequest) -> Arc<HttpExchange> {
        http::follow::hop(&self.reach, request.clone()).await
    }

    /// GET, following up to ten redirects, every hop kept.
    pub async fn follow(&self, url: &Url) -> Arc<HttpChain> {
        Arc::new(http::follow::follow(&self.reach, url).await)
    }

    /// One cold request and `warm` more on the same connection, each due at a fixed interval.
    pub async fn time_requests(&self, url: &Url, warm: usize) -> Arc<Timing> {
        let (reach, asked) = (Arc::clone(&self.reach), url.clone());
        self.reach
            .timings
            .recall((url.clone(), warm), || {
                http::timing::time(reach, asked, warm)
            })
            .await
    }

    /// One timed request to `url` on a connection of its own, never remembered.
    pub async fn glance(&self, url: &Url) -> Glance {
        http::glance::glance(&self.reach, url).await
    }

    /// Posts `json` to a hook of the operator's own and gives the status. It goes out over https to whom the certificate is
    /// verified to be of, or over plain http to this computer; elsewhere it is refused. What went wrong is told by its kind
    /// alone: the path of a hook is often a secret.
    pub async fn post_notice(&self, hook: &Url, json: String) -> Result<u16, FailureKind> {
        let mut request = HttpRequest::post_json(hook.clone(), json);
        request.only_trusted = !is_loopback(hook);
        let sent = self.fresh().send(&request).await;
        match &sent.outcome {
            Ok(response) => Ok(response.status),
            Err(failure) => Err(failure.kind),
        }
    }

    /// What the registry says of a registrable domain, where asking it was opted in to.
    pub async fn registration(&self, domain: &HostName) -> Arc<Registration> {
        let (reach, asked) = (Arc::clone(&self.reach), domain.clone());
        self.reach
            .registrations
            .recall(domain.clone(), || rdap::look(reach, asked))
            .await
    }

    /// The addresses of `name` as many places in the world see them, where asking for that was opted in to. What was seen
    /// from there a few minutes ago is given again, also by a [`Self::fresh`] network.
    pub async fn places(&self, name: &HostName) -> Arc<Places> {
        let (reach, asked) = (Arc::clone(&self.reach), name.clone());
        self.reach
            .places
            .recall(name.clone(), || globalping::look(reach, asked))
            .await
    }

    /// Banner, EHLO and STARTTLS on port 25.
    pub async fn smtp_greeting(&self, host: &str, address: IpAddr) -> Arc<SmtpGreeting> {
        let (reach, name) = (Arc::clone(&self.reach), host.to_owned());
        self.reach
            .greetings
            .recall((host.to_owned(), address), || {
                smtp::greet(reach, name, address)
            })
            .await
    }

    /// Looks at the tool's own footing: network there, resolver honest, clock sane.
    pub async fn self_check(&self) -> Arc<SelfCheck> {
        let reach = Arc::clone(&self.reach);
        self.reach
            .self_check
            .recall((), || self_check::look(reach))
            .await
    }
}

/// Whether a URL leads to this computer by its address.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(_)) | None => false,
    }
}
