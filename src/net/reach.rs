//! What every question needs on its way: the unchanging ground (addresses, routes, trust) and the memory of one run.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use url::Url;

use super::config::{NetworkConfig, NetworkProblem};
use super::dns::anchor::{self, Anchor};
use super::dns::ask::{Asked, Question};
use super::dns::walk::Cuts;
use super::dns::{recursive, root_hints};
use super::footing::Footing;
use super::globalping::Recent;
use super::http::pool::Pool;
use super::limits::Limits;
use super::memory::Memory;
use super::request::HttpRequest;
use super::socket::Routes;
use super::tls::revocation::Wanted;
use super::tls::roots::Trust;
use super::waits::Waits;
use crate::model::name::HostName;
use crate::model::observation::dns::{Delegation, Dnssec};
use crate::model::observation::http::{HttpExchange, Timing};
use crate::model::observation::places::Places;
use crate::model::observation::rdap::Registration;
use crate::model::observation::self_check::SelfCheck;
use crate::model::observation::smtp::SmtpGreeting;
use crate::model::observation::tls::{
    LegacyHello, LegacyVersion, Offer, RevocationList, TlsHandshake, TlsProbe,
};

/// What does not change between runs.
pub(in crate::net) struct Ground {
    pub(in crate::net) config: NetworkConfig,
    pub(in crate::net) resolvers: Vec<SocketAddr>,
    pub(in crate::net) root_hints: Vec<IpAddr>,
    pub(in crate::net) routes: Routes,
    pub(in crate::net) trust: Trust,
    pub(in crate::net) anchors: Vec<Anchor>,
    /// What was seen lately from other places: the one thing that runs share.
    pub(in crate::net) seen_from: Recent,
}

impl Ground {
    /// Reads the files that `config` names, and the system's resolvers when it names none.
    pub(in crate::net) fn new(config: NetworkConfig) -> Result<Self, NetworkProblem> {
        let resolvers = if config.resolvers.is_empty() {
            recursive::of_the_system().map_err(NetworkProblem::NoResolver)?
        } else {
            config.resolvers.clone()
        };
        let root_hints = if config.root_hints.is_empty() {
            root_hints::iana()
        } else {
            config.root_hints.clone()
        };
        let anchors = match &config.trust_anchor {
            Some(path) => anchor::read(path)?,
            None => Vec::new(),
        };
        Ok(Self {
            resolvers,
            root_hints,
            routes: Routes::new(&config.reroutes),
            trust: Trust::new(&config)?,
            anchors,
            seen_from: Recent::default(),
            config,
        })
    }
}

/// One run's way to the world.
pub(in crate::net) struct Reach {
    pub(in crate::net) ground: Arc<Ground>,
    pub(in crate::net) waits: Waits,
    pub(in crate::net) limits: Limits,
    pub(in crate::net) footing: Footing,
    pub(in crate::net) pool: Pool,
    /// Index of the resolver that answered last.
    pub(in crate::net) preferred: AtomicUsize,
    pub(in crate::net) cuts: Cuts,
    pub(in crate::net) questions: Memory<Question, Asked>,
    pub(in crate::net) delegations: Memory<HostName, Delegation>,
    pub(in crate::net) dnssec: Memory<HostName, Dnssec>,
    pub(in crate::net) handshakes: Memory<(HostName, IpAddr, u16), TlsHandshake>,
    pub(in crate::net) hellos: Memory<(HostName, IpAddr, LegacyVersion), LegacyHello>,
    pub(in crate::net) probes: Memory<(HostName, IpAddr, Offer), TlsProbe>,
    pub(in crate::net) lists: Memory<Wanted, RevocationList>,
    pub(in crate::net) exchanges: Memory<HttpRequest, HttpExchange>,
    pub(in crate::net) timings: Memory<(Url, usize), Timing>,
    pub(in crate::net) registrations: Memory<HostName, Registration>,
    pub(in crate::net) places: Memory<HostName, Places>,
    pub(in crate::net) greetings: Memory<(String, IpAddr), SmtpGreeting>,
    pub(in crate::net) self_check: Memory<(), SelfCheck>,
}

/// How long an origin may stay mute: two whole waits, and half of one for the moments between them.
fn patience(timeout: Duration) -> Duration {
    timeout * 5 / 2
}

impl Reach {
    /// With nothing remembered and nothing sent.
    pub(in crate::net) fn new(ground: Arc<Ground>) -> Self {
        Self {
            limits: Limits::new(ground.config.limits, patience(ground.config.timeout)),
            cuts: Cuts::new(ground.config.future.zone.as_ref()),
            ground,
            waits: Waits::default(),
            footing: Footing::default(),
            pool: Pool::default(),
            preferred: AtomicUsize::default(),
            questions: Memory::default(),
            delegations: Memory::default(),
            dnssec: Memory::default(),
            handshakes: Memory::default(),
            hellos: Memory::default(),
            probes: Memory::default(),
            lists: Memory::default(),
            exchanges: Memory::default(),
            timings: Memory::default(),
            registrations: Memory::default(),
            places: Memory::default(),
            greetings: Memory::default(),
            self_check: Memory::default(),
        }
    }

    /// For one question or one connection.
    pub(in crate::net) fn timeout(&self) -> Duration {
        self.ground.config.timeout
    }

    /// Forgets what saw nothing; true when there was any.
    pub(in crate::net) fn forget_failures(&self) -> bool {
        self.pool.forget_failures();
        [
            self.questions.forget_failures(),
            self.delegations.forget_failures(),
            self.dnssec.forget_failures(),
            self.handshakes.forget_failures(),
            self.hellos.forget_failures(),
            self.probes.forget_failures(),
            self.lists.forget_failures(),
            self.exchanges.forget_failures(),
            self.timings.forget_failures(),
            self.registrations.forget_failures(),
            self.greetings.forget_failures(),
            self.self_check.forget_failures(),
        ]
        .contains(&true)
    }
}
