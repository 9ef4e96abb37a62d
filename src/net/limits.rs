//! Gentleness: how much at once, and how much in all, one run may do to one host. Keeps the counts of what was sent.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config::HostLimits;
use super::patience::Patience;
use crate::model::observation::{Failure, FailureKind};
use crate::model::run::QueryCounts;
use crate::model::text::escape;

/// Questions that one DNS server is sent at once.
const DNS_AT_ONCE: usize = 16;
/// Dialogues that one mail server is held in at once.
const SMTP_AT_ONCE: usize = 1;

/// What was sent to one host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostCounts {
    pub handshakes: usize,
    pub requests: usize,
}

/// Who is spoken to; each has its own limit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::net) enum Peer {
    /// A host, for TLS and HTTP.
    Host(String),
    /// A DNS server, by socket address.
    Dns(String),
    /// A mail server, by address.
    Smtp(String),
}

/// The limits and counts of one run.
pub(in crate::net) struct Limits {
    per_host: HostLimits,
    pub(in crate::net) patience: Patience,
    doors: Mutex<BTreeMap<Peer, Arc<Semaphore>>>,
    hosts: Mutex<BTreeMap<String, HostCounts>>,
    dns: AtomicUsize,
    tls: AtomicUsize,
    http: AtomicUsize,
    smtp: AtomicUsize,
    measurements: AtomicUsize,
}

impl Limits {
    /// `patience`: how long an origin may stay mute.
    pub(in crate::net) fn new(per_host: HostLimits, patience: Duration) -> Self {
        Self {
            per_host,
            patience: Patience::new(patience),
            doors: Mutex::default(),
            hosts: Mutex::default(),
            dns: AtomicUsize::default(),
            tls: AtomicUsize::default(),
            http: AtomicUsize::default(),
            smtp: AtomicUsize::default(),
            measurements: AtomicUsize::default(),
        }
    }

    /// Waits for a place at `peer`; the place is free again when the permit is dropped. `None` never happens in practice:
    /// no door is ever closed.
    pub(in crate::net) async fn enter(&self, peer: Peer) -> Option<OwnedSemaphorePermit> {
        let places = match peer {
            Peer::Host(_) => self.per_host.at_once.max(1),
            Peer::Dns(_) => DNS_AT_ONCE,
            Peer::Smtp(_) => SMTP_AT_ONCE,
        };
        let door = Arc::clone(
            lock(&self.doors)
                .entry(peer)
                .or_insert_with(|| Arc::new(Semaphore::new(places))),
        );
        door.acquire_owned().await.ok()
    }

    /// Takes one handshake out of the host's budget; refused also where https is mute there.
    pub(in crate::net) fn take_handshake(&self, host: &str) -> Result<(), Failure> {
        self.patience.permits(&format!("https://{host}"))?;
        let mut hosts = lock(&self.hosts);
        let counts = hosts.entry(host.to_owned()).or_default();
        if counts.handshakes >= self.per_host.handshakes {
            return Err(spent(host, self.per_host.handshakes, "handshakes"));
        }
        counts.handshakes += 1;
        self.tls.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Gives a handshake back for which no connection could even be tried: what never leaves this machine costs the host
    /// nothing.
    pub(in crate::net) fn give_handshake_back(&self, host: &str, failure: &Failure) {
        if failure.kind != FailureKind::Unreachable {
            return;
        }
        if let Some(counts) = lock(&self.hosts).get_mut(host) {
            counts.handshakes = counts.handshakes.saturating_sub(1);
            self.tls.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Takes one request out of the host's budget.
    pub(in crate::net) fn take_request(&self, host: &str) -> Result<(), Failure> {
        let mut hosts = lock(&self.hosts);
        let counts = hosts.entry(host.to_owned()).or_default();
        if counts.requests >= self.per_host.requests {
            return Err(spent(host, self.per_host.requests, "requests"));
        }
        counts.requests += 1;
        self.http.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Counts a DNS question that goes out.
    pub(in crate::net) fn count_dns(&self) {
        self.dns.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an SMTP dialogue that begins.
    pub(in crate::net) fn count_smtp(&self) {
        self.smtp.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes one of the `most` measurements from other places that a run may ask for; false when none is left.
    pub(in crate::net) fn take_measurement(&self, most: usize) -> bool {
        self.measurements.fetch_add(1, Ordering::Relaxed) < most
    }

    /// What was sent in all.
    pub(in crate::net) fn counts(&self) -> QueryCounts {
        QueryCounts {
            dns: self.dns.load(Ordering::Relaxed),
            tls: self.tls.load(Ordering::Relaxed),
            http: self.http.load(Ordering::Relaxed),
            smtp: self.smtp.load(Ordering::Relaxed),
        }
    }

    /// What was sent to each host.
    pub(in crate::net) fn host_counts(&self) -> BTreeMap<String, HostCounts> {
        lock(&self.hosts).clone()
    }
}

fn spent(host: &str, limit: usize, what: &str) -> Failure {
    Failure::new(
        FailureKind::Budget,
        format!(
            "{}: the {limit} {what} that one run may send to a host are used up",
            escape(host)
        ),
    )
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(12);

    #[test]
    fn a_budget_ends_with_a_failure_that_says_so() {
        let limits = Limits::new(
            HostLimits {
                at_once: 1,
                handshakes: 1,
                requests: 2,
            },
            PATIENCE,
        );
        assert_eq!(limits.take_handshake("a.example"), Ok(()));
        let failure = limits.take_handshake("a.example").unwrap_err();
        assert_eq!(failure.kind, FailureKind::Budget);
        assert!(failure.text.contains("a.example") && failure.text.contains("handshakes"));
        let refused = Failure::new(FailureKind::Refused, "x");
        limits.give_handshake_back("a.example", &refused);
        assert!(limits.take_handshake("a.example").is_err());
        let unreachable = Failure::new(FailureKind::Unreachable, "x");
        limits.give_handshake_back("a.example", &unreachable);
        assert_eq!(limits.take_handshake("a.example"), Ok(()));
        assert_eq!(limits.take_handshake("b.example"), Ok(()));
        assert_eq!(limits.take_request("a.example"), Ok(()));
        assert_eq!(limits.take_request("a.example"), Ok(()));
        assert!(limits.take_request("a.example").is_err());
        assert_eq!(limits.counts().tls, 2);
        assert_eq!(limits.counts().http, 2);
    }

    #[tokio::test]
    async fn the_door_lets_in_only_so_many() {
        let limits = Limits::new(
            HostLimits {
                at_once: 2,
                ..HostLimits::default()
            },
            PATIENCE,
        );
        let host = || Peer::Host("a.example".into());
        let first = limits.enter(host()).await;
        let _second = limits.enter(host()).await;
        let mut third = Box::pin(limits.enter(host()));
        assert!(futures_util::poll!(&mut third).is_pending());
        drop(first);
        assert!(third.await.is_some());
    }
}
