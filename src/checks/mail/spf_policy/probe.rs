//! The addresses of a declared sender whose `include:` is on no list: are they let in all the same?
//!
//! A record may hold the addresses themselves, or refuse what it includes. Only an evaluation of it tells.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::checks::mail::spf::ask::check_host;
use crate::checks::mail::spf::check_host::{Request, SpfResult};
use crate::checks::mail::spf::term::{Mechanism, Qualifier, Term};
use crate::checks::mail::spf::tree::{Looked, SpfNode};
use crate::checks::mail::spf::walk::walk;
use crate::model::name::HostName;
use crate::net::Network;

/// Addresses that are tried for one sender.
const MOST_SAMPLES: usize = 32;

/// What was tried for one sender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// The sender's own list.
    pub tree: SpfNode,
    pub samples: Vec<Sample>,
}

/// An address of the sender, and what a record says to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub domain: String,
    pub ip: IpAddr,
    pub result: SpfResult,
}

/// Whether a sender is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    In,
    Out,
    Unclear,
}

impl Probe {
    /// In when one domain lets in every address; unclear when one perhaps does.
    pub fn standing(&self) -> Standing {
        if self.tree.selection().is_none() {
            return Standing::Unclear;
        }
        let mut best = Standing::Out;
        for first in &self.samples {
            let mut here = self
                .samples
                .iter()
                .filter(|sample| sample.domain == first.domain)
                .map(|sample| sample.result);
            if here.clone().all(|result| result == SpfResult::Pass) {
                return Standing::In;
            }
            if here.all(|result| matches!(result, SpfResult::Pass | SpfResult::TempError)) {
                best = Standing::Unclear;
            }
        }
        best
    }
}

/// Tries the addresses behind `include` on the records of `domains`.
pub async fn probe(network: &Network, include: &HostName, domains: &[&HostName]) -> Probe {
    let tree = walk(network, include).await;
    let addresses = addresses(&tree);
    let mut samples = Vec::new();
    for domain in domains {
        for ip in &addresses {
            let request = Request {
                ip: *ip,
                domain: domain.to_string(),
                sender: format!("postmaster@{domain}"),
                helo: domain.to_string(),
                receiver: None,
                at: 0,
            };
            samples.push(Sample {
                domain: domain.to_string(),
                ip: *ip,
                result: check_host(network, &request).await.result,
            });
        }
    }
    Probe { tree, samples }
}

/// Addresses that the list lets in: both ends of every range, and what `a` leads to.
fn addresses(tree: &SpfNode) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = Vec::new();
    for node in tree.admitting() {
        let Some((_, parsed)) = node.parsed() else {
            continue;
        };
        for term in parsed.evaluated() {
            for ip in of_term(node, term) {
                if found.len() < MOST_SAMPLES && !found.contains(&ip) {
                    found.push(ip);
                }
            }
        }
    }
    found
}

fn of_term(node: &SpfNode, term: &Term) -> Vec<IpAddr> {
    match term.directive() {
        Some((Qualifier::Pass, Mechanism::Ip4 { network, prefix })) => {
            let hosts = u32::MAX.checked_shr(u32::from(*prefix)).unwrap_or(0);
            let first = u32::from(*network) & !hosts;
            vec![
                IpAddr::V4(Ipv4Addr::from(first)),
                IpAddr::V4(Ipv4Addr::from(first | hosts)),
            ]
        }
        Some((Qualifier::Pass, Mechanism::Ip6 { network, prefix })) => {
            let hosts = u128::MAX.checked_shr(u32::from(*prefix)).unwrap_or(0);
            let first = u128::from(*network) & !hosts;
            vec![
                IpAddr::V6(Ipv6Addr::from(first)),
                IpAddr::V6(Ipv6Addr::from(first | hosts)),
            ]
        }
        Some((Qualifier::Pass, Mechanism::A { .. })) => node
            .branches
            .iter()
            .filter(|branch| branch.term == term.text)
            .filter_map(|branch| match &branch.looked {
                Looked::Answers(answers) => Some(answers),
                _ => None,
            })
            .flatten()
            .flat_map(crate::model::observation::dns::DnsAnswer::addresses)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::worlds::{silent, txt};
    use crate::model::observation::dns::{DnsAnswer, RecordType};

    fn of(answer: DnsAnswer, results: &[(&str, SpfResult)]) -> Probe {
        Probe {
            tree: SpfNode {
                domain: "_spf.mailer.example".into(),
                answer: Some(answer),
                branches: Vec::new(),
            },
            samples: results
                .iter()
                .map(|(domain, result)| Sample {
                    domain: (*domain).to_owned(),
                    ip: "198.51.100.64".parse().unwrap(),
                    result: *result,
                })
                .collect(),
        }
    }

    #[test]
    fn one_domain_must_let_in_all() {
        use SpfResult::{Fail, Pass, TempError};
        for (results, want) in [
            (vec![("a.example", Pass), ("a.example", Pass)], Standing::In),
            (
                vec![("a.example", Pass), ("a.example", Fail)],
                Standing::Out,
            ),
            (
                vec![
                    ("a.example", Pass),
                    ("a.example", Fail),
                    ("b.example", Pass),
                ],
                Standing::In,
            ),
            (
                vec![("a.example", Pass), ("a.example", TempError)],
                Standing::Unclear,
            ),
            (
                vec![("a.example", Fail), ("a.example", TempError)],
                Standing::Out,
            ),
            (Vec::new(), Standing::Out),
        ] {
            let list = txt("_spf.mailer.example", &["v=spf1 ip4:198.51.100.64/28 -all"]);
            assert_eq!(of(list, &results).standing(), want, "{results:?}");
        }
        let unread = silent("_spf.mailer.example", RecordType::Txt);
        assert_eq!(of(unread, &[]).standing(), Standing::Unclear);
    }

    #[test]
    fn both_ends_of_a_range_are_tried_and_what_is_refused_is_not() {
        let list = txt(
            "_spf.mailer.example",
            &["v=spf1 -ip4:192.0.2.1 ip4:198.51.100.64/28 ip4:203.0.113.9 ip6:2001:db8::/127 -all"],
        );
        let found: Vec<String> = addresses(&of(list, &[]).tree)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            [
                "198.51.100.64",
                "198.51.100.79",
                "203.0.113.9",
                "2001:db8::",
                "2001:db8::1"
            ]
        );
    }
}
