//! `domain.status`: the registry holds nothing against the domain, its transfer lock is on, and the name servers on record are
//! the ones that the parent zone hands out (W02 W04).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::gap;
use crate::checks::dns::zone::{self, list, referral_evidence};
use crate::checks::evidence;
use crate::checks::evidence::registration::registration;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::{Evidence, Remedy};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::Delegation;
use crate::model::observation::rdap::{DomainObject, RdapGap, Registration};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

/// States in which the domain is out of the DNS or about to be lost (RFC 8056 §2, RFC 5731 §2.3, RFC 3915 §3).
const DEADLY: [(&str, &str); 5] = [
    ("client hold", "the registrar took it out of the DNS"),
    ("server hold", "the registry took it out of the DNS"),
    ("pending delete", "it is about to be deleted"),
    (
        "redemption period",
        "it was deleted and can only be bought back",
    ),
    ("pending restore", "it was deleted and is being bought back"),
];

/// States that forbid a transfer away.
const LOCKS: [&str; 4] = [
    "client transfer prohibited",
    "server transfer prohibited",
    "transfer prohibited",
    "locked",
];

/// What stays untold where nothing was learned.
const MISSING: &str = "how the registration stands";

/// The check.
pub struct Status;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    registration: Registration,
    /// Walked only where the registry told something to compare with.
    parent: Option<Delegation>,
}

impl Rule for Status {
    type Seen = Option<Seen>;

    const META: Meta = Meta {
        id: "domain.status",
        title: "The registration is active and locked, with the name servers that the parent zone has",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 8056 §2", "RFC 5731 §2.3", "RFC 9083 §5.3"],
        guide: include_str!("../../../assets/guides/domain.status.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::subject(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Self::Seen {
        let domain = HostName::parse(look.subject).ok()?;
        let registration = (*look.network.registration(&domain).await).clone();
        let parent = match registration.outcome {
            Ok(_) => Some((*look.network.delegation(&domain).await).clone()),
            Err(_) => None,
        };
        Some(Seen {
            registration,
            parent,
        })
    }

    fn judge(&self, seen: &Self::Seen, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a domain name", case.subject));
        };
        let object = match &seen.registration.outcome {
            Err(gap) => {
                let judgement = gap::judge(&seen.registration, gap, MISSING);
                return match gap {
                    RdapGap::PrivateSuffix(_) => judgement,
                    _ => judgement.remedy(look_yourself(case.subject)),
                };
            }
            Ok(object) => object,
        };
        let servers = Servers::of(object, seen.parent.as_ref());
        said(object, &servers, case)
            .detail("status", object.status.clone().unwrap_or_default())
            .detail(
                "nameservers",
                object.nameservers.clone().unwrap_or_default(),
            )
            .exhibit(states(object))
            .exhibit(servers.table(object))
            .evidence([registration(&seen.registration)])
            .evidence(parent_evidence(seen))
    }
}

fn said(object: &DomainObject, servers: &Servers, case: Case<'_>) -> Judgement {
    let domain = case.subject;
    let deadly: Vec<String> = DEADLY
        .iter()
        .filter(|(status, _)| object.has_status(status))
        .map(|(status, meaning)| format!("{status} ({meaning})"))
        .collect();
    if !deadly.is_empty() {
        return Judgement::fail(format!("the registry has {domain} as {}", list(&deadly)))
            .severity(Severity::Blocker)
            .plainly(format!("{domain} is shut off or about to be lost at the register of domains. Site and mail do not work, whatever else is right."))
            .remedy(release(domain));
    }
    if let Servers::Differ(only_registry, only_parent) = servers {
        let side = |names: &[String], place: &str| {
            (!names.is_empty()).then(|| format!("{} only {place}", list(names)))
        };
        let sides: Vec<String> = [
            side(only_registry, "at the registry"),
            side(only_parent, "in the parent zone"),
        ]
        .into_iter()
        .flatten()
        .collect();
        // The registry's public copy may lag behind its zone by some minutes.
        return Judgement::fail(format!(
            "the name servers on record for {domain} are not those of the parent zone: {}",
            sides.join("; ")
        ))
        .severity(Severity::Fix)
        .confidence(Confidence::Likely)
        .plainly("The register of domains names other servers than the ones that are in use. A change of the DNS host is half done, or was made by somebody else.")
        .remedy(settle(domain));
    }
    if object.has_status("inactive") {
        return Judgement::fail(format!(
            "the registry has {domain} as inactive: no name servers are entered"
        ))
        .plainly(format!(
            "{domain} is registered but not connected to any servers."
        ))
        .remedy(settle(domain));
    }
    let locked = LOCKS.iter().any(|lock| object.has_status(lock));
    if object.status.as_ref().is_none_or(Vec::is_empty) {
        return Judgement::unknown(format!("the registry tells no status of {domain}"))
            .plainly(
                "The register of domains does not publish whether this domain is locked or held.",
            )
            .remedy(look_yourself(domain));
    }
    if let Servers::Untold(why) = servers {
        let lock = if locked {
            ""
        } else {
            ", and no transfer lock is on"
        };
        return Judgement::unknown(format!(
            "nothing is held against {domain}{lock}, but its name servers could not be compared: {why}"
        ))
        .plainly("The registration is active. Whether its name servers are the ones in use could not be told.")
        .remedy(look_yourself(domain));
    }
    if object.has_status("pending transfer") {
        return Judgement::warn(format!("{domain} is being transferred to another registrar"))
            .plainly(format!("{domain} is moving to another registrar right now. If nobody of you ordered that, stop it today."))
            .remedy(stop_transfer(domain));
    }
    if !locked {
        return Judgement::warn(format!("no transfer lock is on for {domain}"))
            .plainly(format!("Nothing stops a move of {domain} to another registrar: whoever gets hold of its transfer code can take it away."))
            .remedy(lock(domain));
    }
    Judgement::pass(format!(
        "{domain} is active and locked against transfer, with the name servers of the parent zone"
    ))
    .plainly(format!(
        "{domain} is in good standing and protected from being moved away."
    ))
}

/// The name servers on record against those that the parent zone hands out.
enum Servers {
    Same,
    /// Only at the registry, only at the parent.
    Differ(Vec<String>, Vec<String>),
    Untold(String),
}

impl Servers {
    fn of(object: &DomainObject, parent: Option<&Delegation>) -> Self {
        let Some(recorded) = object
            .nameservers
            .as_ref()
            .filter(|names| !names.is_empty())
        else {
            return Self::Untold("the registry tells none".to_owned());
        };
        let found = match parent.map(|parent| &parent.outcome) {
            None => return Self::Untold("the parent zone was not asked".to_owned()),
            Some(Err(failure)) => return Self::Untold(failure.text.clone()),
            Some(Ok(found)) => found,
        };
        let recorded: BTreeSet<String> = recorded.iter().cloned().collect();
        let handed_out: BTreeSet<String> = found
            .parent_ns
            .iter()
            .map(|name| name.trim_end_matches('.').to_ascii_lowercase())
            .collect();
        if recorded == handed_out {
            return Self::Same;
        }
        Self::Differ(
            recorded.difference(&handed_out).cloned().collect(),
            handed_out.difference(&recorded).cloned().collect(),
        )
    }

    /// A line for each name; `None` where there is nothing to compare.
    fn table(&self, object: &DomainObject) -> Option<Exhibit> {
        let (only_registry, only_parent) = match self {
            Self::Untold(_) => return None,
            Self::Same => (&[][..], &[][..]),
            Self::Differ(registry, parent) => (registry.as_slice(), parent.as_slice()),
        };
        let recorded = object.nameservers.iter().flatten();
        let names: BTreeSet<&String> = recorded.chain(only_parent).collect();
        let rows = names.into_iter().map(|name| {
            let (verdict, registry, parent) = if only_registry.contains(name) {
                (Verdict::Fail, "yes", "no")
            } else if only_parent.contains(name) {
                (Verdict::Fail, "no", "yes")
            } else {
                (Verdict::Pass, "yes", "yes")
            };
            TableRow::judged(verdict, [name.as_str(), registry, parent])
        });
        Some(Exhibit::table(
            "name servers on record and in use",
            &["name server", "registry", "parent zone"],
            rows,
        ))
    }
}

/// Each status with what it means here.
fn states(object: &DomainObject) -> Option<Exhibit> {
    let told = object.status.as_ref().filter(|list| !list.is_empty())?;
    let rows = told.iter().map(|status| {
        let one = DomainObject {
            status: Some(vec![status.clone()]),
            ..DomainObject::default()
        };
        let deadly = DEADLY.iter().find(|(word, _)| one.has_status(word));
        match deadly {
            Some((_, meaning)) => TableRow::judged(Verdict::Fail, [status.as_str(), meaning]),
            None if LOCKS.iter().any(|lock| one.has_status(lock)) => {
                TableRow::judged(Verdict::Pass, [status.as_str(), "transfer lock"])
            }
            None => TableRow::told([status.as_str(), ""]),
        }
    });
    Some(Exhibit::table(
        "status at the registry",
        &["status", "meaning"],
        rows,
    ))
}

fn parent_evidence(seen: &Seen) -> Option<Evidence> {
    let delegation = seen.parent.as_ref()?;
    Some(match &delegation.outcome {
        Ok(found) => referral_evidence(delegation, found),
        Err(failure) => evidence::note(delegation.at, &failure.text),
    })
}

fn release(domain: &str) -> Remedy {
    remedy::manual(
        Status::META.id,
        [
            format!("Sign in at the registrar of {domain} and read why it is held: an unpaid renewal, an owner's address that was never confirmed, or a complaint."),
            "Do what it asks: pay, confirm the owner's mail address, or answer the complaint. For a deleted domain, order its restoration at once; the time for it is about a month.".to_owned(),
            "A hold by the registry itself is lifted by the registry only: let the registrar's support open that case.".to_owned(),
        ],
        "Nothing of this needs undoing.",
    )
}

fn settle(domain: &str) -> Remedy {
    remedy::manual(
        Status::META.id,
        [
            format!("Sign in at the registrar of {domain} and compare its name servers with the list that your DNS host shows for the zone."),
            "Enter exactly that list and save. If it is there already, wait for the registry's next update (minutes to an hour) and check again.".to_owned(),
            "If somebody changed it whom you do not know, change the registrar's password and ask its support to lock the domain.".to_owned(),
        ],
        "Enter the former list again; it stands in the evidence.",
    )
}

fn lock(domain: &str) -> Remedy {
    remedy::manual(
        Status::META.id,
        [
            format!("Sign in at the registrar of {domain} and switch the transfer lock (registrar lock, domain lock) on."),
            "A registry may have no such lock, or a move may be planned: then accept this row with that reason.".to_owned(),
        ],
        "Switch the transfer lock off again, at the same place.",
    )
}

fn stop_transfer(domain: &str) -> Remedy {
    remedy::manual(
        Status::META.id,
        [
            format!("Ask everybody who can sign in at the registrar whether the transfer of {domain} was ordered."),
            "If it was not, refuse it at the registrar now (it goes through by itself after five days), change the password, and switch the transfer lock on.".to_owned(),
        ],
        "A refused transfer can be ordered again.",
    )
}

fn look_yourself(domain: &str) -> Remedy {
    remedy::manual(
        Status::META.id,
        [
            format!(
                "Allow the question with `--third-parties {}` (T in the sprint), where the registry answers it.",
                crate::model::third_party::RDAP.name
            ),
            format!(
                "Or sign in at the registrar of {domain} and look: the domain is active, the transfer lock is on, and the name servers are those of your DNS host."
            ),
        ],
        "Looking changes nothing.",
    )
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
