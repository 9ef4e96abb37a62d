//! `mail.reverse-dns`: the addresses of the domain's own mail servers have names that lead back to them (FCrDNS).
//!
//! Only servers below the domain, and the mail hosts of the intent, are the operator's: the addresses of a provider are the
//! provider's, and nothing is said of them.

mod pointer;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::dns::zone;
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::observation::dns::DnsAnswer;
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

use super::servers::{self, MailServer};
use pointer::{Pointer, look_up};

/// Addresses of one server that are looked at.
const MOST_ADDRESSES: usize = 4;
/// Answers that are kept as evidence, the worst first.
const SHOWN: usize = 4;

/// The check.
pub struct ReverseDns;

/// The MX records, the operator's own mail servers, and what their addresses are called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReverseSeen {
    pub mx: DnsAnswer,
    /// Every server that an MX record names.
    pub servers: Vec<MailServer>,
    /// The operator's own among them, and the mail hosts of the intent.
    pub own: Vec<MailServer>,
    pub pointers: Vec<Pointer>,
}

impl Rule for ReverseDns {
    type Seen = ReverseSeen;

    const META: Meta = Meta {
        id: "mail.reverse-dns",
        title: "The own mail servers' addresses have names that lead back to them",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 1912 §2.1", "RFC 8601 §3"],
        guide: include_str!("../../../assets/guides/mail.reverse-dns.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> ReverseSeen {
        let (mx, servers) = servers::look(look).await;
        let home = zone::of(look.intent);
        let mut own: Vec<MailServer> = servers
            .iter()
            .filter(|server| server.name.is_within(&home))
            .cloned()
            .collect();
        for name in mail_hosts(look.intent) {
            if own.iter().all(|server| server.name != *name) {
                own.push(servers::resolve(look, name.clone()).await);
            }
        }
        let mut addresses: Vec<_> = own
            .iter()
            .flat_map(|s| s.addresses.iter().flatten().take(MOST_ADDRESSES))
            .copied()
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        let pointers = join_all(addresses.into_iter().map(|address| look_up(look, address))).await;
        ReverseSeen {
            mx,
            servers,
            own,
            pointers: pointers.into_iter().flatten().collect(),
        }
    }

    fn judge(&self, seen: &ReverseSeen, case: Case<'_>) -> Judgement {
        let judgement = if seen.own.is_empty() {
            servers::nobody(&seen.mx, &seen.servers, case.intent)
                .unwrap_or_else(|| of_others(&seen.servers))
        } else {
            own(seen)
        };
        judgement.evidence([evidence::dns(&seen.mx)])
    }
}

/// Mail hosts that the operator named.
fn mail_hosts(intent: &Intent) -> impl Iterator<Item = &HostName> {
    intent
        .hosts
        .iter()
        .filter(|host| host.role == Role::Mail)
        .map(|host| &host.name)
}

fn of_others(servers: &[MailServer]) -> Judgement {
    let names: Vec<String> = servers.iter().map(|s| s.name.to_string()).collect();
    Judgement::not_applicable(format!(
        "mail is taken by {}, and the names of their addresses are their operator's",
        names.join(", ")
    ))
    .plainly("Your mail provider looks after the names of its servers.")
}

fn own(seen: &ReverseSeen) -> Judgement {
    let mut words: Vec<(Verdict, String, Option<&Pointer>)> = seen
        .own
        .iter()
        .filter_map(|server| Some((Verdict::Unknown, unseen(server)?, None)))
        .collect();
    words.extend(seen.pointers.iter().map(|pointer| {
        let (verdict, text) = pointer.judged();
        (
            verdict,
            format!("{}: {text}", pointer.address),
            Some(pointer),
        )
    }));
    words.sort_by_key(|(verdict, text, _)| (verdict.rank(), text.clone()));
    let Some(worst) = words.first().map(|(verdict, ..)| *verdict) else {
        return Judgement::unknown("no address of a mail server could be looked at");
    };
    let alike: Vec<String> = words
        .iter()
        .filter(|(verdict, ..)| *verdict == worst)
        .map(|(_, text, _)| text.clone())
        .collect();
    let judgement = Judgement::new(worst, alike.join("; "))
        .plainly(match worst {
            Verdict::Fail => "Your mail server has no name that leads back to it: large mailboxes refuse mail from such a server.",
            Verdict::Pass => "Your mail server's address has a name, and the name leads back to it.",
            _ => "We could not look up the name of your mail server's address.",
        })
        .detail("addresses", alike)
        .evidence(
            words
                .iter()
                .filter_map(|(_, _, pointer)| *pointer)
                .take(SHOWN)
                .map(|pointer| evidence::dns(&pointer.answer)),
        );
    match worst {
        Verdict::Fail => judgement.remedy(mend(seen)),
        _ => judgement,
    }
}

/// Why no address of a server is known.
fn unseen(server: &MailServer) -> Option<String> {
    match &server.addresses {
        Err(failure) => Some(format!("{}: {}", server.name, escape(&failure.text))),
        Ok(list) if list.is_empty() => Some(format!("{} has no public address", server.name)),
        Ok(_) => None,
    }
}

fn mend(seen: &ReverseSeen) -> Remedy {
    let owner = |pointer: &Pointer| {
        let has = |s: &&MailServer| s.addresses.iter().flatten().any(|a| *a == pointer.address);
        seen.own
            .iter()
            .find(has)
            .map_or_else(String::new, |s| s.name.to_string())
    };
    let entries: Vec<String> = seen
        .pointers
        .iter()
        .filter(|pointer| pointer.judged().0 == Verdict::Fail)
        .map(|pointer| format!("{} → {}", pointer.address, owner(pointer)))
        .collect();
    remedy::manual(
        ReverseDns::META.id,
        [
            "The name of an address is set by whoever rents the address to you, not at your DNS host: look for “reverse DNS” or “PTR” in the server's panel, or ask the support.".to_owned(),
            format!("Set it to the mail server's own name: {}.", entries.join(", ")),
            "That name must have an A (or AAAA) record with the same address. Let the server greet with it too.".to_owned(),
        ],
        "Set the former name again in the same place.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{case, intent, mx, name, silent};
    use super::pointer::samples::{pointer, unanswered};
    use super::*;
    use crate::model::observation::dns::RecordType;
    use crate::model::observation::{Failure, FailureKind};

    fn server(host: &str, addresses: &[&str]) -> MailServer {
        MailServer {
            name: name(host),
            addresses: Ok(addresses.iter().map(|a| a.parse().unwrap()).collect()),
        }
    }

    fn seen(pointers: Vec<Pointer>) -> ReverseSeen {
        let own = vec![server("mx.acme.example", &["203.0.113.25"])];
        ReverseSeen {
            mx: mx("acme.example", &[(10, "mx.acme.example")]),
            servers: own.clone(),
            own,
            pointers,
        }
    }

    #[test]
    fn worlds_and_verdicts() {
        let good = || pointer("203.0.113.25", &[("mx.acme.example", &["203.0.113.25"])]);
        let bad = || pointer("203.0.113.26", &[]);
        let mut lost = seen(vec![good()]);
        lost.own.push(MailServer {
            name: name("mx2.acme.example"),
            addresses: Err(Failure::new(FailureKind::Timeout, "no answer in 3 s")),
        });
        let mut elsewhere = seen(Vec::new());
        elsewhere.own.clear();
        elsewhere.servers = vec![server("mx.mailer.example", &["198.51.100.65"])];
        let mut blind = seen(Vec::new());
        (blind.own, blind.servers) = (Vec::new(), Vec::new());
        blind.mx = silent("acme.example", RecordType::Mx);
        for (world, want, words) in [
            (seen(vec![good()]), Verdict::Pass, "mx.acme.example"),
            (seen(vec![bad(), good()]), Verdict::Fail, "203.0.113.26"),
            (
                seen(vec![unanswered("203.0.113.25")]),
                Verdict::Unknown,
                "no answer",
            ),
            (lost, Verdict::Unknown, "mx2.acme.example"),
            (elsewhere, Verdict::NotApplicable, "mx.mailer.example"),
            (blind, Verdict::Unknown, "no answer"),
        ] {
            let judgement = ReverseDns.judge(&world, case("acme.example", &intent()));
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert!(judgement.summary.contains(words), "{}", judgement.summary);
        }
    }

    #[test]
    fn the_remedy_names_the_address_and_its_server() {
        let world = seen(vec![pointer("203.0.113.25", &[])]);
        let remedy = ReverseDns
            .judge(&world, case("acme.example", &intent()))
            .remedy
            .unwrap();
        assert!(
            remedy.steps[1].contains("203.0.113.25 → mx.acme.example"),
            "{:?}",
            remedy.steps
        );
    }
}
