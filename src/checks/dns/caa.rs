//! `dns.caa`: no CAA, or a set that lets the authority issue which the host really uses. No other tool asks that: a set
//! without the platform's authority shows as a certificate that stays "pending" forever.

use serde::{Deserialize, Serialize};

use super::caa_set::{CaaSet, Permission};
use super::told::{Told, aliases};
use super::zone::{self, list};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::{Evidence, Remedy};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordType};
use crate::model::observation::tls::{Certificate, TlsHandshake};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity};
use crate::net::Network;
use crate::remedy::{
    self,
    catalog::{authority, platform},
    records,
};

/// The check.
pub struct CaaCheck;

const META: Meta = Meta {
    id: "dns.caa",
    title: "CAA lets the certificate authority of the host issue",
    severity: Severity::Blocker,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 8659 §3", "RFC 8659 §4"],
    guide: include_str!("../../../assets/guides/dns.caa.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// CAA at the host, its parent, and so on; ends at the first set, at the first answer that tells nothing, or at the TLD.
    climb: Vec<Told>,
    /// The certificate that the host shows now.
    shown: Option<TlsHandshake>,
}

impl Rule for CaaCheck {
    type Seen = Seen;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let Ok(host) = HostName::parse(look.subject) else {
            return Seen {
                climb: Vec::new(),
                shown: None,
            };
        };
        let zone = zone::of(look.intent);
        let (climb, shown) = futures_util::join!(
            climb(look.network, &zone, &host),
            shown(look.network, &zone, &host),
        );
        Seen { climb, shown }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let Some(last) = seen.climb.last() else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        let judgement = match last.best() {
            Err(why) => Judgement::unknown(format!("could not learn which CAA set applies to {}: {why}", case.subject))
                .plainly("Which certificate authorities your domain allows could not be looked up. An authority that gets no answer either will not issue.")
                .fact(format!("no usable CAA answer for {}", last.truth.name)),
            Ok(answer) if answer.shape() != AnswerShape::Records => {
                Judgement::pass(format!("no CAA record applies to {}: any authority may issue", case.subject))
                    .plainly("Any certificate authority may issue for this host; nothing stands in the way.")
            }
            Ok(answer) => judge_set(seen, answer, case),
        };
        judgement.evidence(all_evidence(seen))
    }
}

/// The set that applies is the nearest (RFC 8659 §3); names are asked one after the other until it is found.
async fn climb(network: &Network, zone: &HostName, host: &HostName) -> Vec<Told> {
    let mut asked = Vec::new();
    let mut next = Some(host.clone());
    while let Some(name) = next.take() {
        let told = Told::ask(network, zone, &name, RecordType::Caa).await;
        if told.best().is_ok_and(DnsAnswer::is_absent) {
            next = name.parent();
        }
        asked.push(told);
    }
    asked
}

/// What the host shows at its first address.
async fn shown(network: &Network, zone: &HostName, host: &HostName) -> Option<TlsHandshake> {
    for rtype in [RecordType::A, RecordType::Aaaa] {
        let told = Told::ask(network, zone, host, rtype).await;
        let first = told
            .best()
            .ok()
            .and_then(|answer| answer.addresses().into_iter().min());
        if let Some(address) = first {
            return Some((*network.handshake(host, address, 443).await).clone());
        }
    }
    None
}

fn judge_set(seen: &Seen, answer: &DnsAnswer, case: Case<'_>) -> Judgement {
    let set = CaaSet::of(answer);
    let owner = aliases(answer)
        .last()
        .map_or_else(|| answer.name.to_string(), ToString::to_string);
    let leaf = leaf(seen);
    let wildcard = leaf.is_some_and(|leaf| only_wildcard_names(leaf, case.subject));
    let allowed = set.permission(wildcard);
    let judgement = match &allowed {
        Permission::Everybody => Judgement::pass(format!(
            "the CAA set at {owner} restricts no authority"
        ))
        .plainly("Any certificate authority may issue for this host; nothing stands in the way."),
        Permission::Nobody(why) => excluded(
            case,
            &owner,
            &format!("allows no authority at all ({why})"),
            leaf,
            &set,
        ),
        Permission::Only(domains) => judge_domains(&owner, domains, leaf, &set, case),
    };
    judgement
        .detail("owner", owner)
        .detail("allowed", allowed.domains())
        .detail("issuer", leaf.map(organisation).map(|o| escape(&o)))
}

fn judge_domains(
    owner: &str,
    domains: &[String],
    leaf: Option<&Certificate>,
    set: &CaaSet,
    case: Case<'_>,
) -> Judgement {
    let names = list(domains);
    // What the platform orders from, when it is known: renewal depends on it, whatever certificate is shown today.
    if let Some((title, cas)) = orders_from(case.intent)
        && !cas.iter().any(|ca| domains.contains(ca))
    {
        return excluded(
            case,
            owner,
            &format!(
                "allows {names}, not {} from which {title} orders",
                list(cas)
            ),
            leaf,
            set,
        )
        .confidence(Confidence::Likely);
    }
    let Some(leaf) = leaf else {
        return Judgement::unknown(format!(
            "the CAA set at {owner} allows {names}; no certificate was seen at {} to compare it with",
            case.subject
        ))
        .plainly("Your domain names who may issue certificates, but no certificate could be seen to compare it with.");
    };
    let issuer = organisation(leaf);
    match issues(&issuer, leaf, domains) {
        Some((true, sure)) => Judgement::pass(format!("the CAA set at {owner} allows {names}, and {} issued", escape(&issuer)))
            .confidence(sure)
            .plainly("The company that issues your certificate is allowed to, so renewals will work."),
        Some((false, sure)) => {
            let how = format!("allows {names}, not {}, which issued the certificate", escape(&issuer));
            excluded(case, owner, &how, Some(leaf), set).confidence(sure)
        }
        None => Judgement::unknown(format!(
            "the CAA set at {owner} allows {names}; whether {} goes by one of these names is not known",
            escape(&issuer)
        ))
        .plainly("Your domain names who may issue certificates. Whether that is the issuer of yours could not be told."),
    }
}

/// Whether the issuer of `leaf` is meant by one of `domains`, and how sure that is. `None`: nothing tells.
fn issues(issuer: &str, leaf: &Certificate, domains: &[String]) -> Option<(bool, Confidence)> {
    if let Some(known) = authority::of_organisation(issuer) {
        let named = domains.iter().any(|d| known.domains.contains(d));
        return Some((named, Confidence::Certain));
    }
    // An authority that is in no catalogue: its certificates name its own servers, and its CAA name is one of its domains.
    let homes: Vec<HostName> = leaf
        .issuer_urls
        .iter()
        .chain(&leaf.ocsp_urls)
        .filter_map(|u| {
            HostName::parse(url::Url::parse(u).ok()?.host_str()?)
                .ok()?
                .registrable()
        })
        .collect();
    let own = letters(issuer);
    let meant = |domain: &String| {
        let label = domain.split('.').next().unwrap_or_default();
        let at_home = HostName::parse(domain)
            .ok()
            .and_then(|d| d.registrable())
            .is_some_and(|d| homes.contains(&d));
        at_home || (!own.is_empty() && letters(label) == own)
    };
    if domains.iter().any(meant) {
        return Some((true, Confidence::Likely));
    }
    let others = domains.iter().all(|d| authority::of_domain(d).is_some());
    (others || !homes.is_empty()).then_some((false, Confidence::Likely))
}

/// Letters and digits alone, lower case: `Range CA` and `range-ca` are the same.
fn letters(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

fn excluded(
    case: Case<'_>,
    owner: &str,
    how: &str,
    leaf: Option<&Certificate>,
    set: &CaaSet,
) -> Judgement {
    Judgement::fail(format!("the CAA set at {owner} {how}"))
        .plainly("Your domain forbids the company that should issue its certificate. The next renewal fails, and browsers will then warn every visitor.")
        .remedy(repair(case, owner, leaf, set))
}

fn repair(case: Case<'_>, owner: &str, leaf: Option<&Certificate>, set: &CaaSet) -> Remedy {
    let known = leaf
        .map(organisation)
        .and_then(|o| authority::of_organisation(&o))
        .map(|a| a.domains.clone());
    let wanted = orders_from(case.intent)
        .map(|(_, cas)| cas.to_vec())
        .or(known);
    let (Ok(name), Some(first)) = (
        HostName::parse(owner),
        wanted.and_then(|w| w.into_iter().next()),
    ) else {
        return remedy::manual(
            META.id,
            [
                "Ask the hosting platform which CAA value its certificate authority needs (a domain such as letsencrypt.org).".to_owned(),
                format!("Add a CAA record at {owner}: flags 0, tag issue, that value. Keep the others."),
            ],
            "Delete the added CAA record again.",
        );
    };
    if !name.is_within(&zone::of(case.intent)) {
        return remedy::manual(
            META.id,
            [format!(
                "The set stands at {owner}, the target of an alias, outside of your domain. Ask its operator to allow {first}, or replace the alias by A records."
            )],
            "Put the alias back.",
        );
    }
    let mut changes = vec![records::add(
        &name,
        RecordType::Caa,
        format!("0 issue \"{first}\""),
    )];
    if let Some(nobody) = set.closing_record() {
        changes.insert(0, records::delete(&name, RecordType::Caa, nobody));
    }
    remedy::change(case.intent, META.id, changes)
}

/// Name and CAA domains of the platform or edge that orders the certificate, when the intent names one that is known.
fn orders_from(intent: &Intent) -> Option<(&'static str, &'static [String])> {
    let edge = intent
        .edge
        .as_deref()
        .and_then(platform::edge)
        .map(|e| (e.title.as_str(), e.cas.as_slice()));
    let host = intent
        .platform
        .as_deref()
        .and_then(platform::platform)
        .map(|p| (p.title.as_str(), p.cas.as_slice()));
    edge.into_iter()
        .chain(host)
        .find(|(_, cas)| !cas.is_empty())
}

fn leaf(seen: &Seen) -> Option<&Certificate> {
    seen.shown.as_ref()?.session()?.chain.first()
}

/// Whether the certificate covers `host` by a wildcard only, so that `issuewild` decides.
fn only_wildcard_names(leaf: &Certificate, host: &str) -> bool {
    let parent = host.split_once('.').map_or("", |(_, rest)| rest);
    !leaf.dns_names.iter().any(|n| n == host)
        && leaf
            .dns_names
            .iter()
            .any(|n| n.strip_prefix("*.") == Some(parent))
}

/// The O of the issuer, else its CN, else all of it.
fn organisation(leaf: &Certificate) -> String {
    attribute(&leaf.issuer, "O=")
        .or_else(|| attribute(&leaf.issuer, "CN="))
        .unwrap_or(&leaf.issuer)
        .to_owned()
}

/// The value of an attribute in a printed name; it ends where the next attribute begins, not at a comma of its own.
fn attribute<'a>(name: &'a str, key: &str) -> Option<&'a str> {
    let start = if name.starts_with(key) {
        0
    } else {
        name.find(&format!(", {key}"))? + 2
    };
    let value = name.get(start + key.len()..)?;
    let end = value
        .match_indices(", ")
        .find(|(at, _)| {
            let next = value.get(at + 2..).unwrap_or_default();
            next.split_once('=').is_some_and(|(k, _)| {
                !k.is_empty()
                    && k.len() <= 12
                    && k.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
            })
        })
        .map_or(value.len(), |(at, _)| at);
    value.get(..end)
}

fn all_evidence(seen: &Seen) -> Vec<Evidence> {
    let mut list: Vec<Evidence> = seen
        .climb
        .iter()
        .filter_map(|told| told.best().ok())
        .map(evidence::dns)
        .collect();
    if let Some(told) = seen.climb.last().filter(|told| told.best().is_err()) {
        list.extend(told.evidence());
    }
    list.extend(seen.shown.as_ref().map(evidence::tls));
    list
}

#[cfg(test)]
#[path = "caa_tests.rs"]
mod tests;
