//! `dns.addresses`: every host of the intent resolves, to what the intent says, to public addresses. Whether the servers
//! behind the addresses answer is for the TLS and web checks.

mod repair;

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use self::repair::repair;
use super::told::{Told, aliases};
use super::{special, zone};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::intent::{Host, Intent, Role};
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordType};
use crate::model::verdict::{Confidence, Severity};
use crate::remedy::catalog::platform;

/// The check.
pub struct Addresses;

const META: Meta = Meta {
    id: "dns.addresses",
    title: "The host resolves to the intended public addresses",
    severity: Severity::Blocker,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 1034 §3.6", "RFC 6890 §2.2"],
    guide: include_str!("../../../assets/guides/dns.addresses.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    a: Told,
    aaaa: Told,
    /// A of the intended alias target, where the intent names one.
    target: Option<DnsAnswer>,
}

/// A of the alias target that the intent names for `host`, where it names one.
pub(super) async fn behind(look: Look<'_>, host: &HostName) -> Option<DnsAnswer> {
    let target = look.intent.host_named(host)?.target.as_ref()?;
    Some((*look.network.ask(target, RecordType::A).await).clone())
}

impl Rule for Addresses {
    type Seen = Option<Seen>;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let host = HostName::parse(look.subject).ok()?;
        let zone = zone::of(look.intent);
        let (a, aaaa, target) = futures_util::join!(
            Told::ask(look.network, &zone, &host, RecordType::A),
            Told::ask(look.network, &zone, &host, RecordType::Aaaa),
            behind(look, &host),
        );
        Some(Seen { a, aaaa, target })
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        let judgement = match (seen.a.best(), seen.aaaa.best()) {
            (Ok(a), Ok(aaaa)) => judge_answers(seen, a, Some(aaaa), case),
            // An address that is there is judged even if the other family could not be asked.
            (Ok(a), Err(_)) if !a.addresses().is_empty() => judge_answers(seen, a, None, case),
            (Err(why), _) | (_, Err(why)) => Judgement::unknown(format!(
                "could not learn the addresses of {}: {why}",
                case.subject
            ))
            .plainly(format!(
                "The address of {} could not be looked up, so nothing can be said about it.",
                case.subject
            ))
            .fact("not learned"),
        };
        judgement
            .evidence(seen.a.evidence())
            .evidence(seen.aaaa.evidence())
    }
}

fn judge_answers(
    seen: &Seen,
    a: &DnsAnswer,
    aaaa: Option<&DnsAnswer>,
    case: Case<'_>,
) -> Judgement {
    let mut found: BTreeSet<IpAddr> = a.addresses().into_iter().collect();
    found.extend(
        aaaa.into_iter()
            .flat_map(DnsAnswer::addresses)
            .filter(|address| !special::is_synthesised(*address)),
    );
    let host = case
        .intent
        .hosts
        .iter()
        .find(|h| h.name.as_str() == case.subject);
    let listed = words(&found);
    let judgement = if found.is_empty() {
        nowhere(a, case)
    } else if let Some(hidden) = not_public(&found, host) {
        hidden.remedy(repair(case, &found))
    } else {
        match host.map(|host| expected(host, seen.target.as_ref(), a, &found, case.intent)) {
            None | Some(Expectation::Met) => {
                Judgement::pass(format!("{} resolves to {listed}", case.subject))
                    .plainly(format!("{} leads to the right place.", case.subject))
            }
            Some(Expectation::Hidden(edge)) => {
                Judgement::pass(format!("{} resolves to {listed}, addresses of the edge {edge} in front of it", case.subject))
                    .confidence(Confidence::Likely)
                    .plainly(format!("{} leads to {edge}, which stands in front of the site.", case.subject))
            }
            Some(Expectation::Extra(more)) => Judgement::warn(format!(
                "{} resolves as intended, and to {more}, which the intent does not name",
                case.subject
            ))
            .severity(Severity::Advice)
            .plainly(format!("{} also leads to a second place that nobody named. If it is a leftover, some visitors land there.", case.subject))
            .remedy(repair(case, &found)),
            Some(Expectation::Missed(want)) => Judgement::fail(format!(
                "{} resolves to {listed}, the intent says {want}",
                case.subject
            ))
            .plainly(format!("{} leads somewhere else than it should.", case.subject))
            .remedy(repair(case, &found)),
            Some(Expectation::Untold(why)) => Judgement::unknown(format!(
                "{} resolves to {listed}; whether that is what is meant could not be told: {why}",
                case.subject
            ))
            .plainly(format!("{} leads somewhere, but whether it is the right place could not be told.", case.subject)),
        }
    };
    told(judgement, a, aaaa, case)
        .detail(
            "addresses",
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
        .detail(
            "aliases",
            aliases(a)
                .iter()
                .skip(1)
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        )
}

/// The facts: where an alias leads out of the zone, that it leads there; else the addresses. What stands behind an alias of
/// others, or behind the edge, moves by itself.
fn told(
    judgement: Judgement,
    a: &DnsAnswer,
    aaaa: Option<&DnsAnswer>,
    case: Case<'_>,
) -> Judgement {
    let host = case.subject;
    let zone = zone::of(case.intent);
    let alias = aliases(a).into_iter().nth(1);
    let outside = alias.as_ref().filter(|name| !name.is_within(&zone));
    let judgement = judgement.told(
        format!("CNAME {host}"),
        alias.iter().map(ToString::to_string),
    );
    let edge = case.intent.edge.as_deref().and_then(platform::edge);
    let addresses = |answer: &DnsAnswer| -> Vec<String> {
        let all = answer.addresses();
        let list = all.iter().filter(|a| !special::is_synthesised(**a));
        let words = list.map(|address| match edge {
            Some(edge) if edge.blocks.iter().any(|b| b.holds(*address)) => edge.title.clone(),
            _ => address.to_string(),
        });
        words.collect()
    };
    let family = |judgement: Judgement, kind: &str, answer: Option<&DnsAnswer>| match answer {
        Some(answer) if outside.is_none() => {
            judgement.told(format!("{kind} {host}"), addresses(answer))
        }
        _ => judgement,
    };
    family(family(judgement, "A", Some(a)), "AAAA", aaaa)
}

/// How what was found stands to the intent.
pub(super) enum Expectation {
    Met,
    /// All addresses belong to the edge that the intent names; what is behind cannot be seen in DNS.
    Hidden(&'static str),
    /// The intended ones and others, of a family that the intent does not speak of.
    Extra(String),
    Missed(String),
    Untold(String),
}

/// Compares what was found with what the intent says; `behind` is A of the intended alias target.
pub(super) fn expected(
    host: &Host,
    behind: Option<&DnsAnswer>,
    a: &DnsAnswer,
    found: &BTreeSet<IpAddr>,
    intent: &Intent,
) -> Expectation {
    if host.address.is_empty() && host.target.is_none() {
        return Expectation::Met;
    }
    if let Some(edge) = intent.edge.as_deref().and_then(platform::edge)
        && found
            .iter()
            .all(|address| edge.blocks.iter().any(|b| b.holds(*address)))
        && !edge.blocks.is_empty()
    {
        return Expectation::Hidden(&edge.title);
    }
    if !host.address.is_empty() {
        let want: BTreeSet<IpAddr> = host.address.iter().copied().collect();
        let spoken = |address: &IpAddr| want.iter().any(|w| w.is_ipv4() == address.is_ipv4());
        let (same_family, other): (BTreeSet<IpAddr>, BTreeSet<IpAddr>) =
            found.iter().copied().partition(spoken);
        return match (same_family == want, other.is_empty()) {
            (true, true) => Expectation::Met,
            (true, false) => Expectation::Extra(words(&other)),
            (false, _) => Expectation::Missed(words(&want)),
        };
    }
    let Some(target) = &host.target else {
        return Expectation::Met;
    };
    if aliases(a).contains(target) {
        return Expectation::Met;
    }
    // Flattened (ALIAS, ANAME): no alias is visible, so the addresses are compared (trap 33).
    match behind {
        Some(answer) if answer.shape() == AnswerShape::Records => {
            let behind: BTreeSet<IpAddr> = answer.addresses().into_iter().collect();
            let v4: BTreeSet<IpAddr> = found.iter().copied().filter(IpAddr::is_ipv4).collect();
            match !v4.is_empty() && v4.is_subset(&behind) {
                true => Expectation::Met,
                false => Expectation::Missed(format!("{target} ({})", words(&behind))),
            }
        }
        Some(answer) if answer.is_absent() => Expectation::Missed(target.to_string()),
        Some(answer) => Expectation::Untold(answer.outcome_line()),
        None => Expectation::Untold(format!("{target} was not looked up")),
    }
}

fn nowhere(a: &DnsAnswer, case: Case<'_>) -> Judgement {
    let chain = aliases(a);
    let end = chain.last().map_or(case.subject, HostName::as_str);
    let summary = match (chain.len() > 1, a.shape() == AnswerShape::NoName) {
        (true, true) => format!(
            "{} is an alias that ends at {end}, which does not exist",
            case.subject
        ),
        (true, false) => format!(
            "{} is an alias that ends at {end}, which has no address",
            case.subject
        ),
        (false, true) => format!("{} does not exist", case.subject),
        (false, false) => format!("{} exists but has no address", case.subject),
    };
    Judgement::fail(summary)
        .plainly(format!(
            "{} leads nowhere: whoever opens it gets an error.",
            case.subject
        ))
        .remedy(repair(case, &BTreeSet::new()))
}

/// A judgement if an address is not public. Only a staging host whose intent names it may have one.
fn not_public(found: &BTreeSet<IpAddr>, host: Option<&Host>) -> Option<Judgement> {
    let hidden: Vec<String> = found
        .iter()
        .filter_map(|address| {
            special::purpose(*address).map(|purpose| format!("{address} ({purpose})"))
        })
        .collect();
    if hidden.is_empty() {
        return None;
    }
    let summary = format!("not reachable from the internet: {}", zone::list(&hidden));
    let plain = "The name leads to an address that only works inside a private network, so clients cannot reach it.";
    let meant = host.is_some_and(|host| {
        host.role == Role::Staging && found.iter().all(|address| host.address.contains(address))
    });
    Some(match meant {
        true => Judgement::warn(summary)
            .severity(Severity::Advice)
            .plainly(plain),
        false => Judgement::fail(summary).plainly(plain),
    })
}

fn words(addresses: &BTreeSet<IpAddr>) -> String {
    zone::list(
        &addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
    )
}

#[cfg(test)]
#[path = "addresses_tests.rs"]
mod tests;
