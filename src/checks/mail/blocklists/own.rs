//! What blocklists are asked about: the domain's own names and addresses. Those of a provider are the provider's.

use std::net::{IpAddr, Ipv4Addr};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::dns::zone;
use crate::checks::mail::mx::exchange::is_internal;
use crate::checks::mail::senders;
use crate::checks::mail::servers::{self, MailServer};
use crate::checks::mail::spf::term::{Mechanism, Qualifier, Term};
use crate::checks::mail::spf::tree::{Looked, SpfNode};
use crate::checks::mail::spf::walk::walk;
use crate::checks::rule::Look;
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::text::escape;
use crate::remedy::catalog::Block;

/// Addresses that are asked about.
pub const MOST_ADDRESSES: usize = 6;
/// Names that are asked about, the domain first.
pub const MOST_NAMES: usize = 4;
/// Addresses of a network in SPF beyond which it is not asked about one by one.
const MOST_OF_A_NETWORK: u32 = 4;

/// What is asked about, and what is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    pub addresses: Vec<IpAddr>,
    pub names: Vec<HostName>,
    /// Addresses that are not asked about, and need not be: one sentence each.
    pub left_out: Vec<String>,
    /// Where addresses may stand that could not be seen.
    pub unseen: Vec<String>,
}

/// Finds them: the domain, its mail hosts, and the addresses that send for it.
pub async fn look(look: Look<'_>) -> Own {
    let ((mx, mut servers), tree) =
        futures_util::join!(servers::look(look), walk(look.network, &look.intent.domain));
    let home = zone::of(look.intent);
    servers.retain(|server| server.name.is_within(&home));
    let named = look
        .intent
        .hosts
        .iter()
        .filter(|host| host.role == Role::Mail)
        .map(|host| host.name.clone())
        .filter(|name| servers.iter().all(|server| server.name != *name));
    let more = join_all(named.map(|name| servers::resolve(look, name))).await;
    servers.extend(more);
    // Their addresses may stand in the record by themselves.
    let others: Vec<HostName> = senders::includes(look.intent)
        .into_iter()
        .filter(|include| tree.nodes().iter().all(|node| node.domain != *include))
        .filter_map(|include| HostName::parse(&include).ok())
        .collect();
    let others = join_all(others.iter().map(|include| walk(look.network, include))).await;
    let mut own = own(look.intent, &servers, &tree, &others);
    if mx.is_unusable() {
        own.unseen.push(format!(
            "the MX records of {}: {}",
            look.intent.domain,
            escape(&mx.outcome_line())
        ));
    }
    own
}

/// Puts together what was found.
fn own(intent: &Intent, servers: &[MailServer], tree: &SpfNode, others: &[SpfNode]) -> Own {
    let home = zone::of(intent);
    let mut own = Own {
        names: vec![intent.domain.clone()],
        ..Own::default()
    };
    for server in servers {
        if !own.names.contains(&server.name) {
            own.names.push(server.name.clone());
        }
        match &server.addresses {
            Ok(addresses) => own.addresses.extend(addresses),
            Err(failure) => own.unseen.push(format!(
                "the addresses of {}: {}",
                server.name,
                escape(&failure.text)
            )),
        }
    }
    own.names.truncate(MOST_NAMES);
    let providers = providers(&home, tree, others);
    for node in tree.admitting() {
        if !is_home(&node.domain, &home) {
            continue;
        }
        match node.selection() {
            Some(_) => of_record(&mut own, node, &home, &providers),
            None => own
                .unseen
                .push(format!("the SPF record of {}", escape(&node.domain))),
        }
    }
    own.addresses.retain(|address| !is_internal(*address));
    let mut seen: Vec<IpAddr> = Vec::new();
    own.addresses.retain(|address| {
        let is_new = !seen.contains(address);
        seen.push(*address);
        is_new
    });
    if own.addresses.len() > MOST_ADDRESSES {
        own.left_out.push(format!(
            "{} more addresses",
            own.addresses.len() - MOST_ADDRESSES
        ));
        own.addresses.truncate(MOST_ADDRESSES);
    }
    own
}

fn is_home(domain: &str, home: &HostName) -> bool {
    HostName::parse(domain).is_ok_and(|name| name.is_within(home))
}

/// The networks of everybody whose record is included, with the name of the record.
fn providers(home: &HostName, tree: &SpfNode, others: &[SpfNode]) -> Vec<(Block, String)> {
    let foreign = tree
        .nodes()
        .into_iter()
        .chain(others.iter().flat_map(SpfNode::nodes))
        .filter(|node| !is_home(&node.domain, home));
    let mut blocks = Vec::new();
    for node in foreign {
        let Some((_, parsed)) = node.parsed() else {
            continue;
        };
        let networks = parsed.terms.iter().filter_map(network);
        blocks.extend(
            networks
                .filter_map(|text| Block::parse(&text))
                .map(|block| (block, node.domain.clone())),
        );
    }
    blocks
}

/// `address/length` of a term that lets a network in.
fn network(term: &Term) -> Option<String> {
    match term.directive()? {
        (Qualifier::Pass, Mechanism::Ip4 { network, prefix }) => {
            Some(format!("{network}/{prefix}"))
        }
        (Qualifier::Pass, Mechanism::Ip6 { network, prefix }) => {
            Some(format!("{network}/{prefix}"))
        }
        _ => None,
    }
}

/// Adds the addresses that a record of the domain's own lets in.
fn of_record(own: &mut Own, node: &SpfNode, home: &HostName, providers: &[(Block, String)]) {
    let Some((_, parsed)) = node.parsed() else {
        return;
    };
    let mut found: Vec<IpAddr> = Vec::new();
    for term in &parsed.terms {
        match term.directive() {
            Some((Qualifier::Pass, Mechanism::Ip4 { network, prefix })) => {
                match of_network(*network, *prefix) {
                    Some(addresses) => found.extend(addresses),
                    None => own.left_out.push(format!(
                        "the addresses of {network}/{prefix}, which are too many"
                    )),
                }
            }
            Some((Qualifier::Pass, Mechanism::Ip6 { network, prefix })) if *prefix == 128 => {
                found.push(IpAddr::V6(*network));
            }
            Some((Qualifier::Pass, Mechanism::Ip6 { network, prefix })) => own.left_out.push(
                format!("the addresses of {network}/{prefix}, which are too many"),
            ),
            _ => {}
        }
    }
    for branch in &node.branches {
        let Looked::Answers(answers) = &branch.looked else {
            continue;
        };
        let lets_in = parsed.terms.iter().any(|term| {
            term.text == branch.term
                && matches!(
                    term.directive(),
                    Some((Qualifier::Pass, Mechanism::A { .. }))
                )
        });
        for answer in answers.iter().filter(|_| lets_in) {
            if !answer.name.is_within(home) {
                continue;
            }
            if answer.is_unusable() {
                own.unseen.push(format!("the addresses of {}", answer.name));
            }
            found.extend(answer.addresses());
        }
    }
    for address in found {
        match providers.iter().find(|(block, _)| block.holds(address)) {
            Some((_, whose)) => own
                .left_out
                .push(format!("{address}, which is one of {}", escape(whose))),
            None => own.addresses.push(address),
        }
    }
}

/// Every address of a small network.
fn of_network(network: Ipv4Addr, prefix: u8) -> Option<Vec<IpAddr>> {
    let count = 1u32.checked_shl(32u32.checked_sub(u32::from(prefix))?)?;
    let first = u32::from(network) & !(count - 1);
    (count <= MOST_OF_A_NETWORK).then(|| {
        (first..first.saturating_add(count))
            .map(|bits| IpAddr::V4(bits.into()))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::spf::tree::Branch;
    use crate::checks::mail::worlds::{address, name, sending_intent, silent, txt};
    use crate::model::observation::dns::{DnsAnswer, RecordType};
    use crate::model::observation::{Failure, FailureKind};

    fn node(answer: DnsAnswer, branches: Vec<Branch>) -> SpfNode {
        SpfNode {
            domain: answer.name.to_string(),
            answer: Some(answer),
            branches,
        }
    }

    fn server(host: &str, addresses: &[&str]) -> MailServer {
        MailServer {
            name: name(host),
            addresses: Ok(addresses.iter().map(|a| a.parse().unwrap()).collect()),
        }
    }

    fn texts(own: &Own) -> Vec<String> {
        own.addresses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn addresses_are_those_that_nobody_else_s_record_holds() {
        let mailer = node(
            txt("_spf.mailer.example", &["v=spf1 ip4:198.51.100.64/28 -all"]),
            Vec::new(),
        );
        let record = "v=spf1 a ip4:203.0.113.26 ip4:198.51.100.70 ip4:203.0.113.128/25 \
                      ip6:2001:db8::25 -ip4:203.0.113.99 include:_spf.mailer.example -all";
        let tree = node(
            txt("acme.example", &[record]),
            vec![
                Branch {
                    term: "a".into(),
                    looked: Looked::Answers(vec![address("acme.example", "203.0.113.10")]),
                },
                Branch {
                    term: "include:_spf.mailer.example".into(),
                    looked: Looked::Record(Box::new(mailer.clone())),
                },
            ],
        );
        let servers = [server("mx.acme.example", &["203.0.113.25", "203.0.113.26"])];
        let all = own(&sending_intent(), &servers, &tree, &[]);
        assert_eq!(
            texts(&all),
            [
                "203.0.113.25",
                "203.0.113.26",
                "2001:db8::25",
                "203.0.113.10"
            ]
        );
        assert_eq!(all.names, [name("acme.example"), name("mx.acme.example")]);
        assert_eq!(all.left_out.len(), 2, "{:?}", all.left_out);
        assert!(all.left_out[1].contains("_spf.mailer.example"));
        let copied = node(
            txt("acme.example", &["v=spf1 ip4:198.51.100.70 -all"]),
            Vec::new(),
        );
        let none = own(&sending_intent(), &[], &copied, &[mailer]);
        assert!(none.addresses.is_empty(), "{none:?}");
    }

    #[test]
    fn what_could_not_be_seen_is_not_taken_for_nothing() {
        let tree = node(silent("acme.example", RecordType::Txt), Vec::new());
        let mut lost = server("mx.acme.example", &[]);
        lost.addresses = Err(Failure::new(FailureKind::Timeout, "no answer in 3 s"));
        let own = own(&sending_intent(), &[lost], &tree, &[]);
        assert_eq!(own.unseen.len(), 2, "{:?}", own.unseen);
    }

    #[test]
    fn a_small_network_is_asked_about_whole() {
        let of = |prefix| of_network("203.0.113.9".parse().unwrap(), prefix).map(|a| a.len());
        assert_eq!(
            [of(32), of(31), of(30), of(29), of(0)],
            [Some(1), Some(2), Some(4), None, None]
        );
    }
}
