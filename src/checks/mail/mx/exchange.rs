//! One mail server that an MX names: is it a host that can take mail?

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::observation::dns::DnsAnswer;
use crate::model::text::escape;

/// A mail server's name and its A and AAAA answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub name: String,
    pub answers: Vec<DnsAnswer>,
}

/// What is wrong with one exchange.
pub enum Flaw {
    Wrong(String),
    Unseen(String),
    Odd(String),
}

/// The first flaw, none when it is sane.
pub fn flaw(exchange: &Exchange) -> Option<Flaw> {
    let name = escape(&exchange.name);
    if exchange.name.ends_with(".msv1.invalid") {
        return Some(Flaw::Odd(format!(
            "`{name}` is a verification token, no mail server"
        )));
    }
    if exchange.name.parse::<IpAddr>().is_ok() {
        return Some(Flaw::Wrong(format!(
            "`{name}` is an address; an MX must name a host"
        )));
    }
    if exchange.name == "localhost" || exchange.name.ends_with(".localhost") {
        return Some(Flaw::Wrong(format!(
            "`{name}` is every sender's own machine"
        )));
    }
    if exchange.answers.is_empty() {
        return Some(Flaw::Wrong(format!("`{name}` is no host name")));
    }
    let alias = exchange.answers.iter().find_map(|answer| {
        let chain = answer.message()?.chain(&answer.name);
        chain.get(1).map(ToString::to_string)
    });
    if let Some(target) = alias {
        return Some(Flaw::Wrong(format!(
            "`{name}` is a CNAME to {target}; an MX must not be one (RFC 2181 §10.3)"
        )));
    }
    let found: Vec<IpAddr> = exchange
        .answers
        .iter()
        .flat_map(DnsAnswer::addresses)
        .collect();
    if let Some(inside) = found.iter().find(|ip| is_internal(**ip)) {
        return Some(Flaw::Wrong(format!(
            "`{name}` has the internal address {inside}"
        )));
    }
    if !found.is_empty() {
        return None;
    }
    let blind = exchange.answers.iter().find(|answer| answer.is_unusable());
    Some(match blind {
        Some(answer) => Flaw::Unseen(format!("{name}: {}", escape(&answer.outcome_line()))),
        None => Flaw::Wrong(format!("`{name}` has no address")),
    })
}

/// Addresses that nobody outside can reach (RFC 6890). Documentation ranges count as public.
pub fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.to_ipv4_mapped().is_some()
        }
    }
}
