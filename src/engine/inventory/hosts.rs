//! From names to hosts that answer: resolved, told from what only a wildcard answers, with roles and reasons.

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::{StreamExt, stream};

use super::{Named, Search, labels};
use crate::checks::dns::told::aliases;
use crate::checks::dns::zone;
use crate::model::intent::{Host, Role};
use crate::model::inventory::{Discovery, FoundHost};
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordType};

/// Names that are asked for at once.
const AT_ONCE: usize = 12;

/// A name and what it resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    pub name: HostName,
    /// What its alias leads through; empty without one.
    pub targets: Vec<HostName>,
    pub addresses: Vec<IpAddr>,
    /// Why nothing is known.
    pub dark: Option<String>,
}

impl Resolved {
    fn answers(&self) -> bool {
        !self.addresses.is_empty() || !self.targets.is_empty()
    }

    /// Whether `self` is what the wildcard gives to any name.
    fn is_like(&self, wildcard: &Self) -> bool {
        self.targets.first() == wildcard.targets.first()
            && (!self.targets.is_empty() || self.addresses == wildcard.addresses)
    }
}

/// A host of the inventory, with what was seen of it.
pub(super) struct Listed {
    pub host: Host,
    pub resolved: Resolved,
}

/// What a name that nobody made resolves to, if it does.
pub(super) async fn wildcard(search: Search<'_>) -> Option<Resolved> {
    let name = zone::nobodys_name(search.domain);
    let resolved = one(search, name).await;
    if !resolved.answers() {
        return None;
    }
    search.note(format!(
        "a wildcard answers for any name below {}: only hosts that are named elsewhere, or lead elsewhere, are listed",
        search.domain
    ));
    Some(resolved)
}

/// Resolves each name.
pub(super) async fn resolve(search: Search<'_>, names: Vec<HostName>) -> Vec<Resolved> {
    let mut list: Vec<Resolved> = stream::iter(names)
        .map(|name| one(search, name))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

/// The hosts of the inventory: guessed names that answer by themselves, named ones that answer, and the domain. Told as
/// they are listed, in the order of the inventory.
pub(super) async fn list(
    search: Search<'_>,
    guessed: Vec<Resolved>,
    named: Named,
    wildcard: Option<&Resolved>,
) -> Vec<Listed> {
    let dark = guessed.iter().filter(|r| r.dark.is_some()).count();
    if dark > 0 {
        search.note(format!("{dark} names could not be asked for"));
    }
    let unknown: Vec<HostName> = named
        .keys()
        .filter(|name| guessed.iter().all(|r| r.name != **name))
        .cloned()
        .collect();
    let elsewhere = resolve(search, unknown).await;
    let mail_servers: BTreeSet<HostName> = named
        .iter()
        .filter(|(_, why)| why.iter().any(|w| w == super::mail::RECEIVES))
        .map(|(name, _)| name.clone())
        .collect();
    let mut hosts: Vec<(Listed, Vec<String>, Option<String>)> = Vec::new();
    for resolved in guessed.into_iter().chain(elsewhere) {
        let mut why = named.get(&resolved.name).cloned().unwrap_or_default();
        let is_domain = resolved.name == *search.domain;
        if !resolved.answers() && !is_domain {
            if let Some(said) = why.first() {
                search.note(format!(
                    "{}: {said}, but it does not resolve",
                    resolved.name
                ));
            }
            continue;
        }
        if why.is_empty() && !is_domain && wildcard.is_some_and(|w| resolved.is_like(w)) {
            continue;
        }
        why.insert(0, reason(&resolved));
        let (role, doubt) = labels::role(&resolved.name, search.domain, &mail_servers);
        let host = Host {
            name: resolved.name.clone(),
            role,
            address: Vec::new(),
            target: None,
            why: why.join("; "),
        };
        hosts.push((Listed { host, resolved }, why, doubt));
    }
    hosts.sort_by_key(|(listed, ..)| (labels::place(listed.host.role), listed.host.name.clone()));
    hosts
        .into_iter()
        .map(|(listed, why, doubt)| {
            search.tell(Discovery::Host(FoundHost {
                host: listed.host.clone(),
                addresses: listed.resolved.addresses.clone(),
                why,
                doubt: doubt.or_else(|| elsewhere_doubt(&listed, search.domain)),
            }));
            listed
        })
        .collect()
}

/// A host that is an alias out of the domain is often somebody else's service.
fn elsewhere_doubt(listed: &Listed, domain: &HostName) -> Option<String> {
    let target = listed.resolved.targets.first()?;
    (listed.host.role == Role::Other && !target.is_within(domain))
        .then(|| format!("run by somebody else, at {target}?"))
}

fn reason(resolved: &Resolved) -> String {
    match (resolved.targets.first(), &resolved.dark) {
        (Some(target), _) => format!("an alias of {target}"),
        (None, Some(_)) => "the domain itself".to_owned(),
        (None, None) if resolved.addresses.is_empty() => {
            "the domain itself, without an address".to_owned()
        }
        (None, None) => "it has an address".to_owned(),
    }
}

/// IPv6 is asked for only where there is no IPv4: the discovery wants to know what exists, not all of it.
async fn one(search: Search<'_>, name: HostName) -> Resolved {
    let mut answer = search.asker.ask(&name, RecordType::A).await;
    if answer.shape() == AnswerShape::NoData && aliases(&answer).len() < 2 {
        answer = search.asker.ask(&name, RecordType::Aaaa).await;
    }
    of(name, &answer)
}

fn of(name: HostName, answer: &DnsAnswer) -> Resolved {
    let mut addresses = answer.addresses();
    addresses.sort_unstable();
    Resolved {
        name,
        // Also where the alias ends at nothing: the record is there, and the checks must see it.
        targets: aliases(answer).into_iter().skip(1).collect(),
        addresses,
        dark: answer.is_unusable().then(|| answer.outcome_line()),
    }
}
