//! What the servers of a running range share: the state of the world, which can change while they serve, and the counters.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::change::{
    Changes, Conduct, HttpChange, PlaceChange, PostDoes, RegistrationChange, ServerDoes,
    SmtpChange, SmtpDoes, TlsChange,
};
use super::dns::answer::DnsWorld;
use super::http::places::Measurements;
use super::http::site::Sessions;
use super::post::Post;
use super::tls::authority::Authority;

/// The world as it is served at one moment.
pub struct State {
    /// Raised with every change.
    pub epoch: u64,
    pub dns: DnsWorld,
    pub tls: Vec<TlsChange>,
    /// Layers, see [`Changes`].
    pub http: Vec<Vec<HttpChange>>,
    pub smtp: Vec<SmtpChange>,
    pub post: Vec<PostDoes>,
    pub registrations: Vec<RegistrationChange>,
    pub places: Vec<PlaceChange>,
    /// Public addresses whose TCP port is closed.
    pub closed: BTreeSet<SocketAddr>,
    /// Public addresses where something else than HTTP speaks.
    pub strange: BTreeSet<SocketAddr>,
}

impl State {
    /// A state whose closed ports follow from its changes.
    pub fn new(epoch: u64, dns: DnsWorld, changes: Changes) -> Self {
        let Changes {
            tls,
            http,
            smtp,
            post,
            registrations,
            places,
            ..
        } = changes;
        let mut closed = BTreeSet::new();
        for rule in dns
            .servers
            .iter()
            .filter(|r| r.does == ServerDoes::NoTcp && r.names.is_empty())
        {
            closed.insert(SocketAddr::new(rule.address, 53));
        }
        for rule in tls.iter().filter(|r| r.does == Some(Conduct::Closed)) {
            let at = rule
                .address
                .map_or_else(|| dns.copies.addresses_of(&rule.host), |ip| vec![ip]);
            closed.extend(at.into_iter().map(|ip| SocketAddr::new(ip, 443)));
        }
        let mut strange = BTreeSet::new();
        for rule in http.iter().flatten().filter(|r| r.when.is_empty()) {
            let into = match rule.does {
                Some(Conduct::Closed) => &mut closed,
                Some(Conduct::NotHttp) => &mut strange,
                _ => continue,
            };
            let Some((scheme, host)) = whole_host(&rule.url) else {
                continue;
            };
            let port = if scheme == "http" { 80 } else { 443 };
            let at = rule
                .address
                .map_or_else(|| dns.copies.addresses_of(host), |ip| vec![ip]);
            into.extend(at.into_iter().map(|ip| SocketAddr::new(ip, port)));
        }
        for rule in smtp.iter().filter(|r| r.does == SmtpDoes::Closed) {
            closed.insert(SocketAddr::new(rule.address, 25));
        }
        Self {
            epoch,
            dns,
            tls,
            http,
            smtp,
            post: post.into_iter().map(|change| change.does).collect(),
            registrations,
            places,
            closed,
            strange,
        }
    }

    /// The TLS rules for a host name at an address, in order; without a name, those of every host.
    pub fn tls_rules(&self, host: &str, address: IpAddr) -> impl Iterator<Item = &TlsChange> {
        self.tls
            .iter()
            .filter(move |rule| host.is_empty() || rule.host.eq_ignore_ascii_case(host))
            .filter(move |rule| rule.address.is_none_or(|ip| ip == address))
    }
}

/// Scheme and host of `http://host/*`.
fn whole_host(url: &str) -> Option<(&str, &str)> {
    url.strip_suffix("/*")?.split_once("://")
}

/// Questions, handshakes and requests that were received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By `name TYPE`.
    pub dns: BTreeMap<String, usize>,
    /// By the host name that the client sent.
    pub handshakes: BTreeMap<String, usize>,
    /// By host name.
    pub requests: BTreeMap<String, usize>,
    /// Greetings, by address.
    pub smtp: BTreeMap<String, usize>,
}

/// What every server of one range knows.
pub struct Shared {
    state: watch::Sender<Arc<State>>,
    delay: AtomicU64,
    counts: Mutex<Counts>,
    /// Questions whose first datagram came, by server.
    first: Mutex<BTreeSet<(IpAddr, String)>>,
    pub authority: Authority,
    pub sessions: Sessions,
    pub measurements: Measurements,
    pub post: Post,
}

impl Shared {
    /// Shares a first state.
    pub fn new(state: State, authority: Authority) -> Self {
        Self {
            state: watch::Sender::new(Arc::new(state)),
            delay: AtomicU64::new(0),
            counts: Mutex::new(Counts::default()),
            first: Mutex::default(),
            authority,
            sessions: Sessions::default(),
            measurements: Measurements::default(),
            post: Post::default(),
        }
    }

    /// The world as it is now.
    pub fn now(&self) -> Arc<State> {
        self.state.borrow().clone()
    }

    /// Hears of changes.
    pub fn subscribe(&self) -> watch::Receiver<Arc<State>> {
        self.state.subscribe()
    }

    /// Replaces the world.
    pub fn replace(&self, state: State) {
        self.state.send_replace(Arc::new(state));
    }

    /// What every answer waits before it leaves.
    pub fn set_delay(&self, delay: Duration) {
        let micros = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.delay.store(micros, Ordering::Relaxed);
    }

    /// Waits as long as answers are to be delayed.
    pub async fn pause(&self) {
        let micros = self.delay.load(Ordering::Relaxed);
        if micros > 0 {
            tokio::time::sleep(Duration::from_micros(micros)).await;
        }
    }

    /// Whether this is the first of two equal questions to a server; the one after it is the second, and so on.
    pub fn is_first(&self, server: IpAddr, question: &str) -> bool {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (server, question.to_owned());
        if first.remove(&key) {
            return false;
        }
        first.insert(key)
    }

    /// The counters.
    pub fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
