//! What every TLS rule looks at: all addresses of the host, one handshake each.

use std::net::IpAddr;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::dns::special;
use crate::checks::rule::Look;
use crate::checks::subject;
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::observation::tls::{LegacyVersion, Offer, ProbeReply, TlsHandshake, TlsProbe};
use crate::model::observation::{Failure, FailureKind};
use crate::model::verdict::Severity;

/// Addresses of one family that a run looks at.
pub const PER_FAMILY: usize = 2;
/// Handshakes and raw hellos of this family that a host gets: two of its twelve are left for its pages.
const ROOM: usize = 10;

/// The version that a hello of old suites asks for.
const TLS12: u16 = 0x0303;

/// Addresses that refused our handshake and are greeted with old suites: no page is asked of them, so there is room for them.
const OLD_HELLOS: usize = 2;
/// The versions that must be refused (RFC 8996, RFC 7568), oldest first.
pub const LEGACY: [LegacyVersion; 3] = [
    LegacyVersion::Ssl3,
    LegacyVersion::Tls10,
    LegacyVersion::Tls11,
];
/// A server answers a hello of TLS 1.1 with the newest old version that it has: the one to ask for where only one may be.
pub const NEWEST_LEGACY: [LegacyVersion; 1] = [LegacyVersion::Tls11];

/// One handshake with each address of a host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostLook {
    /// All addresses that the name resolves to; those beyond the first two of each family were not asked.
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
        .take(OLD_HELLOS)
        .map(|shake| look.network.probe(&host, shake.address, Offer::Old));
    join_all(hellos)
        .await
        .iter()
        .map(|probe| (**probe).clone())
        .collect()
}

/// The old suite that an address agrees on in TLS 1.2, as the IANA numbers it. One that answers with an older version is lost
/// to browsers, whatever its suite.
pub fn old_suite(hellos: &[TlsProbe], address: IpAddr) -> Option<u16> {
    hellos
        .iter()
        .filter(|hello| hello.address == address && hello.offer == Offer::Old)
        .find_map(|hello| match hello.reply {
            ProbeReply::Agreed {
                version: TLS12,
                suite,
                ..
            } => Some(suite),
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

/// The raw hellos of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub address: IpAddr,
    /// Old versions to greet it with.
    pub versions: &'static [LegacyVersion],
    /// Whether broken suites are offered to it.
    pub broken: bool,
}

/// How the raw hellos are shared out among the addresses where a handshake went through or was refused by TLS itself, the
/// first of each family first. One gets all; the others what is left of the host's handshakes.
pub fn shares(seen: &HostLook) -> Vec<Share> {
    let (mut spoke, mut spent): (Vec<(usize, IpAddr)>, usize) = (Vec::new(), 0);
    for shake in &seen.handshakes {
        let kind = shake.outcome.as_ref().err().map(|failure| failure.kind);
        // What never left this machine was not spent.
        spent += usize::from(kind != Some(FailureKind::Unreachable));
        if kind.is_none_or(|kind| kind == FailureKind::Tls) {
            let family = shake.address.is_ipv4();
            let place = spoke.iter().filter(|(_, a)| a.is_ipv4() == family).count();
            spoke.push((place, shake.address));
        }
    }
    spoke.sort_by_key(|(place, address)| (*place, address.is_ipv6()));
    let mut left = ROOM.saturating_sub(spent);
    let mut shares = Vec::new();
    for (_, address) in spoke {
        let (versions, broken): (&'static [LegacyVersion], bool) = match left {
            0 => break,
            1 => (&NEWEST_LEGACY, false),
            2 | 3 => (&NEWEST_LEGACY, true),
            _ => (&LEGACY, true),
        };
        left -= versions.len() + usize::from(broken);
        shares.push(Share {
            address,
            versions,
            broken,
        });
    }
    shares
}

/// The look at the addresses that got such hellos, and at those where nothing was seen.
pub fn greeted(seen: &HostLook, of_interest: impl Fn(&Share) -> bool) -> HostLook {
    let shares = shares(seen);
    let greeted = |shake: &&TlsHandshake| {
        let mut of_address = shares.iter().filter(|s| s.address == shake.address);
        of_address.any(&of_interest) || shake.outcome.is_err()
    };
    routable(&HostLook {
        addresses: seen.addresses.clone(),
        handshakes: seen.handshakes.iter().filter(greeted).cloned().collect(),
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

    #[test]
    fn hellos_are_shared_out_within_ten_handshakes_the_first_of_each_family_first() {
        use super::super::samples::{leaf, session, shake, timeout};
        let good = || Ok(session(vec![leaf()], Ok(())));
        let stranded = || Err(Failure::new(FailureKind::Unreachable, "no route"));
        let shared = |outcomes: [Option<Result<_, Failure>>; 4]| {
            let addresses = ["203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2"];
            let handshakes: Vec<TlsHandshake> = addresses
                .into_iter()
                .zip(outcomes)
                .filter_map(|(address, outcome)| Some(shake(address, outcome?)))
                .collect();
            let seen = HostLook {
                addresses: Ok(handshakes.iter().map(|s| s.address).collect()),
                handshakes,
            };
            let spent = seen.handshakes.iter().filter(|shake| {
                let kind = shake.outcome.as_ref().err().map(|failure| failure.kind);
                kind != Some(FailureKind::Unreachable)
            });
            let shares = shares(&seen);
            let hellos: usize = shares
                .iter()
                .map(|share| share.versions.len() + usize::from(share.broken))
                .sum();
            assert!(spent.count() + hellos <= ROOM);
            shares
                .into_iter()
                .map(|share| {
                    (
                        share.address.to_string(),
                        share.versions.len(),
                        share.broken,
                    )
                })
                .collect::<Vec<_>>()
        };
        let want = |list: &[(&str, usize, bool)]| {
            list.iter()
                .map(|(address, versions, broken)| ((*address).to_owned(), *versions, *broken))
                .collect::<Vec<_>>()
        };
        let (a, b, c) = ("203.0.113.1", "203.0.113.2", "2001:db8::1");
        assert_eq!(
            shared([Some(good()), None, None, None]),
            want(&[(a, 3, true)])
        );
        assert_eq!(
            shared([Some(good()), Some(good()), None, None]),
            want(&[(a, 3, true), (b, 3, true)])
        );
        assert_eq!(
            shared([Some(good()), Some(good()), Some(good()), None]),
            want(&[(a, 3, true), (c, 1, true), (b, 1, false)])
        );
        assert_eq!(
            shared([Some(good()), Some(good()), Some(good()), Some(good())]),
            want(&[(a, 3, true), (c, 1, true)])
        );
        assert_eq!(
            shared([
                Some(good()),
                Some(good()),
                Some(stranded()),
                Some(stranded())
            ]),
            want(&[(a, 3, true), (b, 3, true)])
        );
        assert_eq!(
            shared([
                Some(good()),
                Some(good()),
                Some(Err(timeout())),
                Some(Err(timeout()))
            ]),
            want(&[(a, 3, true), (b, 1, true)])
        );
    }
}
