//! `dns.ipv6`: no AAAA, or one behind which the same site answers. A stale AAAA breaks a part of the visitors and, since
//! authorities prefer IPv6, the certificate.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::Url;

use super::special;
use super::told::Told;
use super::zone::{self, Standing, list, standing};
use crate::checks::evidence;
use crate::checks::page::Page;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::RecordType;
use crate::model::observation::http::{HttpExchange, HttpResponse};
use crate::model::verdict::{Confidence, Severity};
use crate::net::{HttpRequest, Network};
use crate::remedy::{self, records};

/// The check.
pub struct Ipv6;

/// Addresses that are visited.
const VISITED: usize = 2;

/// Share of the words that two pages must have in common to be the same site.
const ALIKE: f64 = 0.5;

const META: Meta = Meta {
    id: "dns.ipv6",
    title: "Over IPv6 the host shows the same site, or has no IPv6 address",
    severity: Severity::Blocker,
    intrusive: false,
    deadline_s: 45,
    version: 1,
    standards: &["RFC 3596 §2", "RFC 4291 §2.5.5"],
    guide: include_str!("../../../assets/guides/dns.ipv6.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    aaaa: Told,
    /// The home page over IPv4; asked only where there is an AAAA.
    v4: Option<HttpExchange>,
    v6: Vec<HttpExchange>,
    /// Whether anything at all answered over IPv6 in this run.
    v6_works_here: bool,
}

impl Rule for Ipv6 {
    type Seen = Option<Seen>;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let host = HostName::parse(look.subject).ok()?;
        let url = Url::parse(&format!("https://{host}/")).ok()?;
        let zone = zone::of(look.intent);
        let aaaa = Told::ask(look.network, &zone, &host, RecordType::Aaaa).await;
        let addresses = real_addresses(&aaaa);
        let mut seen = Seen {
            aaaa,
            v4: None,
            v6: Vec::new(),
            v6_works_here: false,
        };
        if addresses.is_empty() {
            return Some(seen);
        }
        let a = Told::ask(look.network, &zone, &host, RecordType::A).await;
        if let Some(v4) = a
            .best()
            .ok()
            .and_then(|answer| answer.addresses().first().copied())
        {
            seen.v4 = Some(visit(look.network, &url, v4).await);
        }
        for address in addresses
            .into_iter()
            .filter(|a| special::purpose(*a).is_none())
            .take(VISITED)
        {
            seen.v6.push(visit(look.network, &url, address).await);
        }
        seen.v6_works_here = seen.v6.iter().any(|e| e.outcome.is_ok())
            || servers_answer_over_v6(look.network, &zone).await;
        Some(seen)
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        judge_seen(seen, case)
            .evidence(seen.aaaa.evidence())
            .evidence(seen.v4.iter().chain(&seen.v6).map(evidence::http))
    }
}

async fn visit(network: &Network, url: &Url, address: IpAddr) -> HttpExchange {
    (*network
        .send(&HttpRequest::get(url.clone()).at(address))
        .await)
        .clone()
}

/// Whether a name server of the zone answered over IPv6: a proof that IPv6 works from here.
async fn servers_answer_over_v6(network: &Network, zone: &HostName) -> bool {
    network
        .delegation(zone)
        .await
        .outcome
        .as_ref()
        .is_ok_and(|found| {
            found.servers.iter().any(|s| {
                s.address.as_ref().is_ok_and(IpAddr::is_ipv6) && standing(s) == Standing::Good
            })
        })
}

/// AAAA that were published, not made up by a DNS64 resolver (trap 32).
fn real_addresses(aaaa: &Told) -> Vec<IpAddr> {
    aaaa.best().map_or_else(
        |_| Vec::new(),
        |answer| {
            answer
                .addresses()
                .into_iter()
                .filter(|a| !special::is_synthesised(*a))
                .collect()
        },
    )
}

fn judge_seen(seen: &Seen, case: Case<'_>) -> Judgement {
    let host = case.subject;
    if let Err(why) = seen.aaaa.best() {
        return Judgement::unknown(format!(
            "could not learn whether {host} has an AAAA record: {why}"
        ))
        .plainly("Whether the host has a second kind of address could not be looked up.")
        .fact("AAAA not learned");
    }
    let addresses = real_addresses(&seen.aaaa);
    if addresses.is_empty() {
        return Judgement::pass(format!("{host} has no AAAA record: IPv4 only")).plainly(
            "The host has one kind of address only, so there is nothing that could differ.",
        );
    }
    let hidden: Vec<String> = addresses
        .iter()
        .filter_map(|a| special::purpose(*a).map(|purpose| format!("{a} ({purpose})")))
        .collect();
    if !hidden.is_empty() {
        return Judgement::fail(format!("AAAA that nobody can reach: {}", list(&hidden)))
            .plainly("One of the host's addresses cannot exist on the internet. Some visitors get nothing.")
            .remedy(repair(case, &addresses));
    }
    let (mut dead, mut unseen, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for exchange in &seen.v6 {
        let at = exchange.address.map_or_else(String::new, |a| a.to_string());
        match (
            &exchange.outcome,
            seen.v4.as_ref().and_then(HttpExchange::response),
        ) {
            (Err(failure), _) => match failure.kind {
                FailureKind::Refused
                | FailureKind::Reset
                | FailureKind::Tls
                | FailureKind::Malformed => dead.push(format!("{at}: {}", failure.text)),
                // Silence counts only where IPv6 is known to work from here; else it may be this side's.
                FailureKind::Timeout if seen.v6_works_here => {
                    dead.push(format!("{at}: {}", failure.text));
                }
                _ => unseen.push(format!("{at}: {}", failure.text)),
            },
            (Ok(six), Some(four)) => {
                other.extend(difference(four, six).map(|how| format!("{at}: {how}")));
            }
            (Ok(_), None) => unseen.push(format!(
                "{at} answers, but IPv4 did not, so there is nothing to compare with"
            )),
        }
    }
    let listed = list(
        &addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
    );
    if !dead.is_empty() {
        return Judgement::fail(format!("{host} has AAAA {listed}, but the site does not answer there: {}", list(&dead)))
            .plainly("Visitors with a modern connection are sent to an address where nothing answers. It also stops certificates from being renewed.")
            .fact(format!("dead {listed}"))
            .remedy(repair(case, &addresses));
    }
    if !other.is_empty() {
        return Judgement::fail(format!(
            "{host} shows something else over IPv6: {}",
            list(&other)
        ))
        .severity(Severity::Fix)
        .confidence(Confidence::Likely)
        .plainly("Visitors with a modern connection see another site than everybody else.")
        .fact(format!("another site at {listed}"))
        .remedy(repair(case, &addresses));
    }
    if !unseen.is_empty() || seen.v6.is_empty() {
        return Judgement::unknown(format!("could not compare {host} over IPv6: {}", list(&unseen)))
            .plainly("This computer could not visit the site over IPv6, so whether it works there is not known. Try from a network with IPv6.")
            .fact(format!("could not visit {listed}"));
    }
    Judgement::pass(format!("{host} shows the same site at {listed}"))
        .plainly("The site is the same over both kinds of address.")
}

/// How two answers differ: status class, where they lead, what the page says.
fn difference(four: &HttpResponse, six: &HttpResponse) -> Option<String> {
    if four.status / 100 != six.status / 100 {
        return Some(format!("status {} instead of {}", six.status, four.status));
    }
    if four.certificate_ok == Some(true) && six.certificate_ok == Some(false) {
        return Some("a certificate that does not verify".to_owned());
    }
    if let (Some(a), Some(b)) = (four.header("location"), six.header("location"))
        && place(a) != place(b)
    {
        return Some("a redirect to somewhere else".to_owned());
    }
    (four.is_html() && six.is_html() && alike(&four.body, &six.body) < ALIKE)
        .then(|| "a page with other words".to_owned())
}

/// Where a `Location` leads, without its query: sign-in redirects carry a new nonce there every time.
fn place(location: &str) -> &str {
    location.split(['?', '#']).next().unwrap_or_default()
}

/// Share of the words that two pages have in common: of their titles and of what people read, since mark-up is much the same
/// everywhere; of the mark-up too where neither says anything. 1 when there are no words at all.
fn alike(one: &str, two: &str) -> f64 {
    let said = |body: &str| {
        let page = Page::read(body);
        words(&format!("{} {}", page.title, page.text))
    };
    share(&said(one), &said(two))
        .or_else(|| share(&words(one), &words(two)))
        .unwrap_or(1.0)
}

/// `None` where there are no words.
fn share(one: &BTreeSet<String>, two: &BTreeSet<String>) -> Option<f64> {
    let all = one.union(two).count();
    (all > 0).then(|| one.intersection(two).count() as f64 / all as f64)
}

fn words(text: &str) -> BTreeSet<String> {
    // Short words and anything with a digit (nonces, times, versions) say nothing.
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.chars().count() > 3 && w.chars().all(char::is_alphabetic))
        .map(str::to_lowercase)
        .collect()
}

fn repair(case: Case<'_>, addresses: &[IpAddr]) -> Remedy {
    let Ok(name) = HostName::parse(case.subject) else {
        return remedy::manual(META.id, ["Delete the AAAA record."], "Add it again.");
    };
    let changes = addresses
        .iter()
        .map(|address| records::delete(&name, RecordType::Aaaa, address.to_string()))
        .collect();
    let mut remedy = remedy::change(case.intent, META.id, changes);
    remedy.steps.push("If the platform offers IPv6 and you want it: add the AAAA that the platform shows now, instead.".to_owned());
    remedy
}

#[cfg(test)]
#[path = "ipv6_tests.rs"]
mod tests;
