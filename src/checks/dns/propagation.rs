//! `dns.propagation`: every authoritative server gives the intended answer, and the resolvers have it too. Authorities
//! first: while they differ no waiting helps. A resolver that lags is a matter of time, and the time is shown.

use std::net::SocketAddr;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::outlook;
use super::places::{self, Elsewhere};
use super::view::{Truth, View};
use super::zone::{self, list, unseen};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::{Evidence, Remedy};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType, Transport};
use crate::model::observation::places::Places;
use crate::model::third_party::PUBLIC_RESOLVERS;
use crate::model::verdict::Severity;
use crate::net::Network;
use crate::remedy::{self, catalog::resolver};

/// The check.
pub struct Propagation;

/// Servers that are asked.
const ASKED: usize = 8;

const META: Meta = Meta {
    id: "dns.propagation",
    title: "Every authoritative server and resolver gives the intended answer",
    severity: Severity::Fix,
    intrusive: false,
    deadline_s: 45,
    version: 1,
    standards: &["RFC 1034 §4.3.5", "RFC 2308 §5"],
    guide: include_str!("../../../assets/guides/dns.propagation.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Why the zone's servers are not known; empty when they are.
    pub(super) lost: String,
    pub(super) authorities: Vec<Asked>,
    pub(super) resolvers: Vec<Asked>,
    /// What other places see; `None` where none was to be asked.
    #[serde(default)]
    pub(super) places: Option<Places>,
}

/// What one server said of the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// `ns1.acme.example (198.51.100.11)`, `198.51.100.53`.
    pub title: String,
    /// The server's name; equal for its addresses.
    pub name: String,
    pub a: DnsAnswer,
    pub aaaa: DnsAnswer,
    /// Whether it hides names on its lists, so that a missing name there proves nothing.
    #[serde(default)]
    pub filters: bool,
}

impl Asked {
    /// What it says, or why that cannot be told.
    pub fn view(&self) -> Result<View, String> {
        let view = View::of(self)?;
        if self.filters && view.is_empty() {
            return Err("it filters names, so a missing one proves nothing".to_owned());
        }
        Ok(view)
    }
}

impl Rule for Propagation {
    type Seen = Option<Seen>;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let host = HostName::parse(look.subject).ok()?;
        let zone = zone::of(look.intent);
        let network = look.network;
        let (authorities, resolvers, places) = futures_util::join!(
            ask_authorities(network, &zone, &host),
            ask_resolvers(network, &host),
            places::ask(look, &host),
        );
        let (lost, authorities) = match authorities {
            Ok(asked) => (String::new(), asked),
            Err(why) => (why, Vec::new()),
        };
        Some(Seen {
            lost,
            authorities,
            resolvers,
            places,
        })
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        judge_seen(seen, case)
            .exhibit(outlook::exhibits(seen, case))
            .evidence(all_evidence(seen))
    }
}

/// Every delegated server's word; `Err` where the delegation could not be followed.
pub(super) async fn ask_authorities(
    network: &Network,
    zone: &HostName,
    host: &HostName,
) -> Result<Vec<Asked>, String> {
    let delegation = network.delegation(zone).await;
    let found = delegation.outcome.as_ref().map_err(|f| f.text.clone())?;
    let asked = found.servers.iter().take(ASKED).filter_map(|server| {
        let address = *server.address.as_ref().ok()?;
        Some(async move {
            let ask = |rtype| network.ask_authority(address, host, rtype, Transport::Udp);
            let (a, aaaa) = futures_util::join!(ask(RecordType::A), ask(RecordType::Aaaa));
            Asked {
                title: zone::server_title(server),
                name: server.name.clone(),
                a: (*a).clone(),
                aaaa: (*aaaa).clone(),
                filters: false,
            }
        })
    });
    Ok(join_all(asked).await)
}

async fn ask_resolvers(network: &Network, host: &HostName) -> Vec<Asked> {
    let own = network.resolvers().into_iter().take(ASKED);
    let public = public_resolvers(&network.config().third_parties);
    let asked = own
        .map(|address| (address.ip().to_string(), address, false))
        .chain(public)
        .map(|(title, resolver, filters)| async move {
            let ask = |rtype| network.ask_resolver(resolver, host, rtype);
            let (a, aaaa) = futures_util::join!(ask(RecordType::A), ask(RecordType::Aaaa));
            Asked {
                title,
                name: resolver.to_string(),
                a: (*a).clone(),
                aaaa: (*aaaa).clone(),
                filters,
            }
        });
    join_all(asked).await
}

/// Title, address and whether it filters, of each public resolver that the operator lets be asked.
fn public_resolvers(allowed: &[String]) -> Vec<(String, SocketAddr, bool)> {
    let every_one = PUBLIC_RESOLVERS.is_among(allowed);
    resolver::all()
        .iter()
        .filter(|public| every_one || allowed.contains(&public.id))
        .filter_map(|public| {
            let address = *public.addresses.first()?;
            let title = format!("{} ({address})", public.title);
            Some((title, SocketAddr::new(address, 53), public.filters))
        })
        .collect()
}

fn judge_seen(seen: &Seen, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let (views, dark) = heard(&seen.authorities);
    if views.is_empty() {
        return none_heard(host, &seen.lost, &dark);
    }
    let truth = match Truth::of(outlook::intended(case), &views) {
        Ok(truth) => truth,
        Err(difference) => {
            return Judgement::fail(format!("{host}: {difference}"))
                .plainly(format!("The servers of your domain do not agree on one answer for {host}: where visitors land is a matter of chance."))
                .remedy(repair(case));
        }
    };
    let wrong: Vec<String> = views
        .iter()
        .filter(|v| !truth.holds(v))
        .map(ToString::to_string)
        .collect();
    if !wrong.is_empty() {
        return Judgement::fail(format!("{host} should be {truth}, but {}", list(&wrong)))
            .plainly(format!(
                "Not every server of your domain gives the right answer for {host}."
            ))
            .remedy(repair(case));
    }
    if !dark.is_empty() {
        return Judgement::unknown(format!(
            "{host} is {truth} where it could be asked; not told by {}",
            list(&dark)
        ))
        .plainly("Not every server of your domain could be asked.")
        .fact(format!("{truth}, some authorities dark"));
    }
    judge_resolvers(seen, &truth, views.len(), case)
}

/// What the servers that answered say, and why the others did not.
pub(super) fn heard(authorities: &[Asked]) -> (Vec<View>, Vec<String>) {
    let (mut views, mut dark) = (Vec::new(), Vec::new());
    for asked in authorities {
        match View::of(asked) {
            Ok(view) => views.push(view),
            // Another address of a server that answered may be out of this computer's reach.
            Err(_)
                if unseen(&asked.a)
                    && authorities
                        .iter()
                        .any(|o| o.name == asked.name && View::of(o).is_ok()) => {}
            Err(why) => dark.push(format!("{}: {why}", asked.title)),
        }
    }
    (views, dark)
}

/// The judgement where nobody answered with authority. `lost`: why the servers are not known.
pub(super) fn none_heard(host: &str, lost: &str, dark: &[String]) -> Judgement {
    let why = if lost.is_empty() {
        list(dark)
    } else {
        lost.to_owned()
    };
    Judgement::unknown(format!(
        "no authoritative server could be asked for {host}: {why}"
    ))
    .plainly("The servers that know the right answer could not be asked.")
    .fact("no authority answered")
}

fn judge_resolvers(seen: &Seen, truth: &Truth, authorities: usize, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let (mut right, mut lagging, mut dark) = (0, Vec::new(), Vec::new());
    for asked in &seen.resolvers {
        match asked.view() {
            Ok(view) if truth.holds(&view) => right += 1,
            Ok(view) => lagging.push(view.to_string()),
            Err(why) => dark.push(format!("{}: {why}", asked.title)),
        }
    }
    let elsewhere = Elsewhere::of(seen.places.as_ref(), truth, case.now);
    let far = elsewhere.clause();
    let asked = seen.resolvers.len();
    let all = format!("{authorities} authoritative servers say {truth}");
    if !lagging.is_empty() {
        return Judgement::warn(format!(
            "{all}; {right} of {asked} resolvers have it; {} from an earlier time{far}",
            list(&lagging)
        ))
        .severity(Severity::Info)
        .plainly("Your change is made, but some networks still remember the old answer. It goes away by itself.")
        .fact(format!("{truth}, resolvers lag"))
        .remedy(wait());
    }
    if asked > 0 && right == 0 {
        return Judgement::unknown(format!(
            "{all}; no resolver gave an answer: {}{far}",
            list(&dark)
        ))
            .plainly("Your domain's own servers are right, but none of the networks that were asked could look it up.")
            .fact(format!("{truth}, resolvers dark"));
    }
    if !elsewhere.other.is_empty() {
        return Judgement::warn(format!("{all}; {right} of {asked} resolvers have it{far}"))
            .severity(Severity::Info)
            .plainly("Your change is made, but some places in the world still get another answer. If it is the old one, it goes away by itself.")
            .fact(format!("{truth}, other places differ"))
            .remedy(wait_elsewhere());
    }
    if !dark.is_empty() {
        return Judgement::warn(format!(
            "{all}; {right} of {asked} resolvers have it; not told by {}{far}",
            list(&dark)
        ))
        .severity(Severity::Info)
        .plainly("Your change is visible wherever an answer came; one directory did not answer.")
        .fact(format!("{truth}, a resolver dark"))
        .remedy(remedy::manual(
            META.id,
            ["Check again in a few minutes; a resolver that stays silent is not yours to mend."],
            "Nothing is changed.",
        ));
    }
    Judgement::pass(format!(
        "{all}, and so do {right} of {asked} resolvers{far}"
    ))
    .plainly(format!(
        "Everybody who asks for {host} gets the right answer."
    ))
    .fact(truth.to_string())
}

fn repair(case: Case<'_>) -> Remedy {
    let place = remedy::place::console(case.intent);
    remedy::manual(
        META.id,
        [
            place.open(),
            format!("Look that `{}` holds the intended record once, and nothing else.", place.name_field(case.subject)),
            "If the servers belong to two companies (a half-finished move): make both zones equal, or finish the move at the registrar.".to_owned(),
            "If one server is behind: see the zone's serial (dns.soa) and its transfers.".to_owned(),
        ],
        "In the same editor: put the former record back; it stands in the evidence.",
    )
}

fn wait() -> Remedy {
    remedy::manual(
        META.id,
        [
            "Wait: the table shows until when each resolver keeps its old answer; nothing else needs to be done.".to_owned(),
            "Public resolvers can be told to forget: dns.google/cache and 1.1.1.1/purge-cache, for this name and type.".to_owned(),
            "Keep the old server running until then.".to_owned(),
        ],
        "Nothing is changed.",
    )
}

fn wait_elsewhere() -> Remedy {
    remedy::manual(
        META.id,
        [
            "Wait: the table shows until when each place keeps its answer; nothing else needs to be done.",
            "A place that goes on saying so when its time is over gets an answer made for it (a zone that answers by region): then nothing is late.",
            "Keep the old server running until then.",
        ],
        "Nothing is changed.",
    )
}

fn all_evidence(seen: &Seen) -> Vec<Evidence> {
    seen.authorities
        .iter()
        .chain(&seen.resolvers)
        .flat_map(|asked| {
            let six = (!asked.aaaa.addresses().is_empty()).then(|| evidence::dns(&asked.aaaa));
            std::iter::once(evidence::dns(&asked.a)).chain(six)
        })
        .chain(seen.places.as_ref().map(evidence::places::places))
        .collect()
}

#[cfg(test)]
#[path = "propagation_tests.rs"]
mod tests;
