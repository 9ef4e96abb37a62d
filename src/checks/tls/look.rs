//! What every TLS rule looks at: all addresses of the host, one handshake each.

use std::net::IpAddr;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::dns::special;
use crate::checks::rule::Look;
use crate::checks::subject;
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::observation::tls::{Offer, ProbeReply, TlsHandshake, TlsProbe};
use crate::model::observation::{Failure, FailureKind};
use crate::model::verdict::Severity;

/// Addresses of one family that a run looks at.
const PER_FAMILY: usize = 2;
/// Addresses that get raw hellos: with two handshakes, six hellos of old versions and two of broken suites two of the host's
/// twelve are left for its pages.
const SAMPLED: usize = 2;

/// One handshake with each address of a host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostLook {
    /// All addresses that the name resolves to; those beyond the first of each family were not asked.
    pub addresses: Result<Vec<IpAddr>, Failure>,
    pub handshakes: Vec<TlsHandshake>,
}

/// Resolves the subject and shakes hands with its addresses, all at once.
pub async fn look(look: Look<'_>) -> HostLook {
    let Some(host) = subject::host_name(look.subject) else {
        let failure = Failure::new(FailureKind::NoAddress, "the subject is not a host name");
        return HostLook {
            addresses: Err(failure),
            handshakes: Vec::new(),
        };
    };
    let told = look.network.addresses(&host).await;
    let addresses = told.clone().map(|all| published(&all));
    let handshakes = shake(look, &host, &addresses).await;
    let stranded = |shake: &TlsHandshake| {
        let kind = shake.outcome.as_ref().err().map(|failure| failure.kind);
        kind == Some(FailureKind::Unreachable)
    };
    // A network without IPv4 reaches the host by what its resolver made up, and not otherwise.
    if told != addresses && handshakes.iter().all(stranded) {
        let handshakes = shake(look, &host, &told).await;
        return HostLook {
            addresses: told,
            handshakes,
        };
    }
    HostLook {
        addresses,
        handshakes,
    }
}

async fn shake(
    look: Look<'_>,
    host: &HostName,
    addresses: &Result<Vec<IpAddr>, Failure>,
) -> Vec<TlsHandshake> {
    let shakes = chosen(addresses.as_deref().unwrap_or_default(), PER_FAMILY)
        .into_iter()
        .map(|address| look.network.handshake(host, address, 443));
    join_all(shakes)
        .await
        .iter()
        .map(|shake| (**shake).clone())
        .collect()
}

/// The addresses without those that a DNS64 resolver made up (trap 32).
pub fn published(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let real = |address: &&IpAddr| !special::is_synthesised(**address);
    addresses.iter().filter(real).copied().collect()
}

/// Hellos of old suites to addresses where TLS itself refused ours: a server may speak nothing that our library does.
pub async fn old_hellos(look: Look<'_>, seen: &HostLook) -> Vec<TlsProbe> {
    let Some(host) = subject::host_name(look.subject) else {
        return Vec::new();
    };
    let refused = seen.handshakes.iter().filter(|shake| {
        let kind = shake.outcome.as_ref().err().map(|failure| failure.kind);
        kind == Some(FailureKind::Tls)
    });
    let hellos = refused
        .take(SAMPLED)
        .map(|shake| look.network.probe(&host, shake.address, Offer::Old));
    join_all(hellos)
        .await
        .iter()
        .map(|probe| (**probe).clone())
        .collect()
}

/// The old suite that an address agrees on, as the IANA numbers it.
pub fn old_suite(hellos: &[TlsProbe], address: IpAddr) -> Option<u16> {
    hellos
        .iter()
        .filter(|hello| hello.address == address && hello.offer == Offer::Old)
        .find_map(|hello| match hello.reply {
            ProbeReply::Agreed { suite, .. } => Some(suite),
            _ => None,
        })
}

/// The first `limit` addresses of each family, in their order.
pub fn chosen(addresses: &[IpAddr], limit: usize) -> Vec<IpAddr> {
    let of = |v4: bool| {
        addresses
            .iter()
            .copied()
            .filter(move |a| a.is_ipv4() == v4)
            .take(limit)
    };
    of(true).chain(of(false)).collect()
}

/// Addresses that get raw hellos too: those where a handshake went through or was refused by TLS itself. With more than two
/// only the first: four handshakes, three hellos of old versions and one of broken suites leave room for the host's pages.
pub fn sample(seen: &HostLook) -> Vec<IpAddr> {
    let spoke = |shake: &&TlsHandshake| {
        let kind = shake.outcome.as_ref().err().map(|failure| failure.kind);
        kind.is_none_or(|kind| kind == FailureKind::Tls)
    };
    let all: Vec<IpAddr> = seen
        .handshakes
        .iter()
        .filter(spoke)
        .map(|shake| shake.address)
        .collect();
    let places = if all.len() > SAMPLED { 1 } else { SAMPLED };
    all.into_iter().take(places).collect()
}

/// The look at the sampled addresses, and at those where nothing was seen.
pub fn sampled(seen: &HostLook) -> HostLook {
    let chosen = sample(seen);
    let of_interest =
        |shake: &&TlsHandshake| chosen.contains(&shake.address) || shake.outcome.is_err();
    routable(&HostLook {
        addresses: seen.addresses.clone(),
        handshakes: seen
            .handshakes
            .iter()
            .filter(of_interest)
            .cloned()
            .collect(),
    })
}

/// The look without IPv6 addresses that have no route from here, when other addresses were seen: what a certificate says can
/// be judged on these. (Whether *every* address answers cannot; that rule looks at all.)
pub fn routable(seen: &HostLook) -> HostLook {
    let stranded = |shake: &TlsHandshake| {
        let kind = shake.outcome.as_ref().err().map(|failure| failure.kind);
        shake.address.is_ipv6() && kind == Some(FailureKind::Unreachable)
    };
    let (left, kept): (Vec<TlsHandshake>, Vec<TlsHandshake>) =
        seen.handshakes.iter().cloned().partition(stranded);
    let handshakes = if kept.is_empty() { left } else { kept };
    HostLook {
        addresses: seen.addresses.clone(),
        handshakes,
    }
}

/// The severity of a failure on a host that clients do not use yet: to be fixed, never in the way of the launch.
pub fn severity(intent: &Intent, host: &str, on_production: Severity) -> Severity {
    match subject::role(intent, host) {
        Role::Staging => on_production.max(Severity::Fix),
        _ => on_production,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_are_asked() {
        let addresses: Vec<IpAddr> = [
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "2001:db8::1",
        ]
        .iter()
        .map(|a| a.parse().unwrap())
        .collect();
        assert_eq!(chosen(&addresses, 3).len(), 4);
        assert_eq!(chosen(&addresses, 1).len(), 2);
    }
}
