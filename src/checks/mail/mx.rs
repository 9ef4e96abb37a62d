//! `mail.mx`: mail to the domain finds a server, or the domain says plainly that it takes none.
//!
//! Looks at the DNS alone: whether port 25 answers from here says nothing about the records.

pub mod exchange;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::remedy::records;

use super::change::remedy;
use super::posture::mail_servers;
use exchange::{Exchange, Flaw, flaw};

/// Mail servers that are looked at.
const MOST: usize = 20;

/// Sane MX records.
pub struct Mx;

/// The MX records, the domain's own addresses, and each exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MxSeen {
    pub mx: DnsAnswer,
    /// A and AAAA of the domain: where mail goes without an MX (RFC 5321 §5.1).
    pub own: Vec<DnsAnswer>,
    pub exchanges: Vec<Exchange>,
}

impl Rule for Mx {
    type Seen = MxSeen;

    const META: Meta = Meta {
        id: "mail.mx",
        title: "Mail to the domain finds a server, or none is wanted",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 5321 §5.1", "RFC 7505 §3", "RFC 2181 §10.3"],
        guide: include_str!("../../../assets/guides/mail.mx.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> MxSeen {
        let domain = &look.intent.domain;
        let mx = look.network.ask(domain, RecordType::Mx).await;
        let servers = mail_servers(&mx);
        let mut seen = MxSeen {
            mx: (*mx).clone(),
            own: Vec::new(),
            exchanges: Vec::new(),
        };
        if servers.is_empty() {
            seen.own = addresses(look, domain).await;
        }
        for (_, name) in servers
            .into_iter()
            .filter(|(_, n)| !n.is_empty())
            .take(MOST)
        {
            let answers = match HostName::parse(&name) {
                Ok(host) => addresses(look, &host).await,
                Err(_) => Vec::new(),
            };
            seen.exchanges.push(Exchange { name, answers });
        }
        seen
    }

    fn judge(&self, seen: &MxSeen, case: Case<'_>) -> Judgement {
        let domain = case.subject;
        let judgement = if seen.mx.is_unusable() {
            Judgement::unknown(format!(
                "the MX records of {domain} could not be read: {}",
                escape(&seen.mx.outcome_line())
            ))
            .plainly("We could not look where mail to your domain goes.")
        } else {
            let servers = mail_servers(&seen.mx);
            let nulls = servers.iter().filter(|(_, n)| n.is_empty()).count();
            match (servers.len(), nulls) {
                (0, _) => without(seen, case),
                (1, 1) => null(case),
                (_, 0) => served(seen, &servers, case),
                _ => Judgement::fail(format!("{domain} has a null MX beside other MX records"))
                    .plainly("One entry says that your domain takes no mail, another says where it goes. Some senders believe the first.")
                    .remedy(remedy(
                        case.intent,
                        Mx::META.id,
                        ["Delete the null MX if the domain takes mail; delete the others if it does not."],
                        vec![records::delete(&case.intent.domain, RecordType::Mx, "0 .")],
                    )),
            }
        };
        let judgement = if seen.mx.is_unusable() {
            judgement
        } else {
            let servers = mail_servers(&seen.mx).into_iter();
            let records = servers.map(|(preference, name)| format!("{preference} {name}."));
            judgement.told(format!("MX {domain}"), records)
        };
        let shown = seen.exchanges.iter().flat_map(|e| e.answers.iter().take(1));
        judgement
            .evidence([evidence::dns(&seen.mx)])
            .evidence(shown.take(4).map(evidence::dns))
    }
}

async fn addresses(look: Look<'_>, host: &HostName) -> Vec<DnsAnswer> {
    let asked = [RecordType::A, RecordType::Aaaa];
    let answers = join_all(asked.iter().map(|rtype| look.network.ask(host, *rtype))).await;
    answers.iter().map(|answer| (**answer).clone()).collect()
}

/// No MX at all.
fn without(seen: &MxSeen, case: Case<'_>) -> Judgement {
    let domain = case.subject;
    let intent = case.intent;
    if let Some(host) = intent.host_of(Role::Mail) {
        return Judgement::fail(format!(
            "{domain} has no MX record, though {} is to take its mail",
            host.name
        ))
        .plainly("Mail to your domain does not reach your mail server: the signpost is missing.")
        .remedy(remedy(
            intent,
            Mx::META.id,
            ["Add the MX record."],
            vec![records::add(
                &intent.domain,
                RecordType::Mx,
                format!("10 {}.", host.name),
            )],
        ));
    }
    let has_address = seen.own.iter().any(|answer| !answer.addresses().is_empty());
    if !has_address || intent.is_sender() {
        return Judgement::pass(format!("{domain} takes no mail: it has no MX record"))
            .plainly("Your domain takes no mail, and nothing here says that it should.");
    }
    Judgement::warn(format!(
        "{domain} has no MX record, so senders try its web server (RFC 5321 §5.1)"
    ))
    .severity(Severity::Advice)
    .plainly("Mail to your domain goes to the web server and is lost after days. Say where it goes, or that none is wanted.")
    .remedy(null_remedy(intent))
}

/// The null MX alone.
fn null(case: Case<'_>) -> Judgement {
    match case.intent.host_of(Role::Mail) {
        Some(host) => Judgement::fail(format!(
            "{} refuses all mail (null MX), though {} is to take it",
            case.subject, host.name
        ))
        .plainly("Your domain tells the world that it takes no mail, but you want it to.")
        .remedy(remedy(
            case.intent,
            Mx::META.id,
            ["Replace the null MX by the mail server."],
            vec![records::replace(
                &case.intent.domain,
                RecordType::Mx,
                "0 .",
                format!("10 {}.", host.name),
            )],
        )),
        None => Judgement::pass(format!(
            "{} says that it takes no mail (null MX)",
            case.subject
        ))
        .plainly("Your domain says plainly that it takes no mail."),
    }
}

fn null_remedy(intent: &Intent) -> Remedy {
    remedy(
        intent,
        Mx::META.id,
        [
            "If the domain is to take mail, add the MX records of your mail provider instead of this one.",
        ],
        vec![records::add(&intent.domain, RecordType::Mx, "0 .")],
    )
}

fn served(seen: &MxSeen, servers: &[(u16, String)], case: Case<'_>) -> Judgement {
    let mut wrong = Vec::new();
    let mut unseen = Vec::new();
    let mut odd = Vec::new();
    let mut sane = 0;
    for exchange in &seen.exchanges {
        match flaw(exchange) {
            None => sane += 1,
            Some(Flaw::Wrong(text)) => wrong.push(text),
            Some(Flaw::Unseen(text)) => unseen.push(text),
            Some(Flaw::Odd(text)) => odd.push(text),
        }
    }
    let mut names: Vec<&str> = servers.iter().map(|(_, n)| n.as_str()).collect();
    names.sort_unstable();
    let total = names.len();
    names.dedup();
    if names.len() < total {
        odd.push("a mail server is listed twice".to_owned());
    }
    if sane == 0 && wrong.is_empty() && unseen.is_empty() {
        wrong.push("no record names a real mail server".to_owned());
    }
    let judgement = if let Some(first) = wrong.first() {
        Judgement::fail(format!("MX of {}: {first}", case.subject))
            .plainly("A signpost for mail to your domain points at a place that cannot take it, so some mail is lost or late.")
            .remedy(mend())
    } else if let Some(first) = unseen.first() {
        Judgement::unknown(format!("a mail server could not be looked up: {first}"))
            .plainly("We could not look up one of your mail servers.")
    } else if let Some(first) = odd.first() {
        Judgement::warn(format!("MX of {}: {first}", case.subject))
            .severity(Severity::Advice)
            .plainly("Mail to your domain finds its server; an entry beside it deserves a look.")
            .remedy(mend())
    } else {
        let listed: Vec<String> = names.iter().take(4).map(|n| escape(n)).collect();
        Judgement::pass(format!("mail goes to {}", listed.join(", ")))
            .plainly("Mail to your domain finds its server.")
    };
    judgement
        .detail(
            "servers",
            names.iter().map(|n| escape(n)).collect::<Vec<_>>(),
        )
        .detail("problems", wrong)
}

fn mend() -> Remedy {
    crate::remedy::manual(
        Mx::META.id,
        [
            "Compare the MX records with the list in your mail provider's domain settings, name by name.",
            "An MX names a host that has addresses of its own: never an IP address, never a name that is a CNAME.",
        ],
        "Put the old MX records back; mail servers try again for days, so nothing is lost meanwhile.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{
        address, answer, case, intent, mx, name, no_name, nothing, record, sending_intent, silent,
    };
    use super::*;
    use crate::model::intent::Host;
    use crate::model::observation::dns::{Rcode, RecordData};
    use crate::model::verdict::Verdict;

    fn seen(records: &[(u16, &str)], answers: &[DnsAnswer]) -> MxSeen {
        MxSeen {
            mx: mx("acme.example", records),
            own: vec![address("acme.example", "203.0.113.10")],
            exchanges: records
                .iter()
                .filter(|(_, n)| !n.is_empty())
                .map(|(_, name)| Exchange {
                    name: (*name).to_owned(),
                    answers: answers.to_vec(),
                })
                .collect(),
        }
    }

    #[test]
    fn worlds_and_verdicts() {
        let at = "mx.acme.example";
        let alias = answer(
            at,
            RecordType::A,
            Ok((
                Rcode::NoError,
                vec![record(at, RecordData::Cname("real.acme.example".into()))],
            )),
        );
        let none = vec![nothing(at, RecordType::A), nothing(at, RecordType::Aaaa)];
        for (world, want, words) in [
            (
                seen(&[(10, at)], &[address(at, "203.0.113.25")]),
                Verdict::Pass,
                "goes to",
            ),
            (seen(&[(0, "")], &[]), Verdict::Pass, "null MX"),
            (
                seen(&[(0, ""), (10, at)], &[address(at, "203.0.113.25")]),
                Verdict::Fail,
                "beside",
            ),
            (seen(&[(10, at)], &[alias]), Verdict::Fail, "CNAME"),
            (seen(&[(10, at)], &none), Verdict::Fail, "no address"),
            (
                seen(&[(10, at)], &[address(at, "10.0.0.1")]),
                Verdict::Fail,
                "internal",
            ),
            (
                seen(&[(10, at)], &[silent(at, RecordType::A)]),
                Verdict::Unknown,
                "no answer",
            ),
            (
                seen(&[(10, "203.0.113.25")], &[]),
                Verdict::Fail,
                "is an address",
            ),
            (
                seen(&[(10, "localhost")], &[]),
                Verdict::Fail,
                "own machine",
            ),
            (
                seen(&[(10, "x.msv1.invalid")], &[]),
                Verdict::Fail,
                "no record names",
            ),
            (seen(&[], &[]), Verdict::Warn, "web server"),
        ] {
            let judgement = Mx.judge(&world, case("acme.example", &intent()));
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert!(judgement.summary.contains(words), "{}", judgement.summary);
        }
    }

    #[test]
    fn no_record_is_judged_by_what_is_wanted() {
        let mut world = seen(&[], &[]);
        assert_eq!(
            Mx.judge(&world, case("acme.example", &sending_intent()))
                .verdict,
            Verdict::Pass
        );
        let mut receiving = intent();
        receiving.hosts.push(Host {
            name: name("mx.acme.example"),
            role: Role::Mail,
            address: Vec::new(),
            target: None,
            why: String::new(),
        });
        let judgement = Mx.judge(&world, case("acme.example", &receiving));
        assert_eq!(judgement.verdict, Verdict::Fail);
        assert_eq!(
            judgement.remedy.unwrap().records[0].value,
            "10 mx.acme.example."
        );
        world.own = vec![no_name("acme.example", RecordType::A)];
        assert_eq!(
            Mx.judge(&world, case("acme.example", &intent())).verdict,
            Verdict::Pass
        );
        world.mx = silent("acme.example", RecordType::Mx);
        assert_eq!(
            Mx.judge(&world, case("acme.example", &intent())).verdict,
            Verdict::Unknown
        );
    }

    #[test]
    fn a_token_beside_a_server_only_deserves_a_look() {
        let mut world = seen(&[(10, "mx.acme.example"), (32767, "ms1.msv1.invalid")], &[]);
        world.exchanges[0].answers = vec![address("mx.acme.example", "203.0.113.25")];
        assert_eq!(
            Mx.judge(&world, case("acme.example", &intent())).verdict,
            Verdict::Warn
        );
    }
}
