//! `dns.delegation`: the parent sends the world to servers that answer for the zone. It does not count them or compare
//! what they hold: that is for `dns.nameservers`, `dns.soa` and `dns.propagation`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::zone::{self, Standing, ZoneSeen, list, referral_evidence, server_title, standing};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::{Evidence, Remedy};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{
    DelegationFound, DnsAnswer, RecordData, RecordType, Transport,
};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

/// The check.
pub struct DelegationCheck;

const META: Meta = Meta {
    id: "dns.delegation",
    title: "The parent zone delegates to servers that all answer for the domain",
    severity: Severity::Blocker,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 1034 §4.2", "RFC 1123 §6.1.3.2", "RFC 7766 §5"],
    guide: include_str!("../../../assets/guides/dns.delegation.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    zone: ZoneSeen,
    /// A and AAAA of the name servers inside the zone, from the zone itself: what the glue must equal.
    hosts: Vec<DnsAnswer>,
}

impl Rule for DelegationCheck {
    type Seen = Seen;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::subject(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let seen = ZoneSeen::look(look).await;
        let origin = &seen.delegation.zone;
        let mut hosts = Vec::new();
        if let Ok(found) = &seen.delegation.outcome
            && let Some(server) = zone::authorities(look.network, origin).await.first()
        {
            for host in found
                .parent_ns
                .iter()
                .filter_map(|n| HostName::parse(n).ok())
            {
                if host.is_within(origin) {
                    for rtype in [RecordType::A, RecordType::Aaaa] {
                        let answer = look
                            .network
                            .ask_authority(*server, &host, rtype, Transport::Udp)
                            .await;
                        hosts.push((*answer).clone());
                    }
                }
            }
        }
        Seen { zone: seen, hosts }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let found = match seen.zone.found() {
            Ok(found) => found,
            Err(judgement) => return *judgement,
        };
        let referral = referral_evidence(&seen.zone.delegation, found);
        if found.absent || found.parent_ns.is_empty() {
            return nothing_delegated(case, found)
                .evidence([referral, evidence::dns(&seen.zone.soa)]);
        }
        let report = Report::of(found, &seen.hosts);
        report
            .judgement(case, found)
            .exhibit([table(found)])
            .detail("parent", found.parent_ns.clone())
            .detail("servers", report.servers.clone())
            .evidence([referral])
            .evidence(server_evidence(found))
    }
}

/// Everything that is to be said of the servers.
#[derive(Default)]
struct Report {
    good: usize,
    broken: Vec<String>,
    silent: Vec<String>,
    unseen: Vec<String>,
    /// Differences between what parent, zone and glue say.
    differences: Vec<String>,
    /// Holds, but worth a look.
    remarks: Vec<String>,
    /// `name address: how it stands`.
    servers: Vec<String>,
}

impl Report {
    fn of(found: &DelegationFound, hosts: &[DnsAnswer]) -> Self {
        let mut report = Self::default();
        for server in &found.servers {
            let title = server_title(server);
            let (list, said) = match standing(server) {
                Standing::Good => {
                    report.good += 1;
                    report.servers.push(format!("{title}: answers"));
                    continue;
                }
                Standing::Broken(how) => (&mut report.broken, how),
                Standing::Silent(how) => (&mut report.silent, how),
                Standing::Unseen(how) => (&mut report.unseen, how),
            };
            list.push(format!("{title}: {said}"));
            report.servers.push(format!("{title}: {said}"));
        }
        report.compare_sets(found);
        report.compare_glue(found, hosts);
        report
    }

    /// Parent NS set = child NS set, the same at every server (D05, D06).
    fn compare_sets(&mut self, found: &DelegationFound) {
        let parent: BTreeSet<&str> = found.parent_ns.iter().map(String::as_str).collect();
        let mut children: Vec<BTreeSet<&str>> = Vec::new();
        for server in found.servers.iter().filter(|s| s.is_authoritative()) {
            match server.ns.as_ref().map(|a| (names(a), a)) {
                Some((set, _)) if !set.is_empty() => children.push(set),
                Some((_, answer)) => {
                    self.unseen.push(format!(
                        "{}: NS {}",
                        server_title(server),
                        answer.outcome_line()
                    ));
                }
                None => {}
            }
        }
        children.sort();
        children.dedup();
        if children.len() > 1 {
            self.differences
                .push("the zone's servers do not agree on its NS records".to_owned());
        }
        let child: BTreeSet<&str> = children.into_iter().flatten().collect();
        if child.is_empty() {
            return;
        }
        let only_parent: Vec<&str> = parent.difference(&child).copied().collect();
        let only_child: Vec<&str> = child.difference(&parent).copied().collect();
        if !only_parent.is_empty() {
            self.differences
                .push(format!("{} only at the parent", list(&only_parent)));
        }
        if !only_child.is_empty() {
            self.differences
                .push(format!("{} only in the zone", list(&only_child)));
        }
    }

    /// Glue = the addresses that the zone itself gives (D10). A wrong glue address sends people astray; a missing one
    /// only costs a family.
    fn compare_glue(&mut self, found: &DelegationFound, hosts: &[DnsAnswer]) {
        for answer in hosts.iter().filter(|a| !a.is_unusable()) {
            let host = answer.name.as_str();
            let glue: BTreeSet<IpAddr> = found
                .glue
                .iter()
                .filter(|r| r.name == host && r.data.is(answer.rtype))
                .filter_map(|r| r.data.address())
                .collect();
            let real: BTreeSet<IpAddr> = answer.addresses().into_iter().collect();
            let has_glue = found.glue.iter().any(|r| r.name == host);
            if !has_glue {
                continue;
            }
            for address in glue.difference(&real) {
                self.differences.push(format!(
                    "glue gives {host} the address {address}, the zone does not"
                ));
            }
            for address in real.difference(&glue) {
                self.remarks
                    .push(format!("{host} has {address} too, which the glue lacks"));
            }
        }
    }

    fn judgement(&self, case: Case<'_>, found: &DelegationFound) -> Judgement {
        let zone = case.subject;
        let bad: Vec<&str> = self
            .broken
            .iter()
            .chain(&self.silent)
            .map(String::as_str)
            .collect();
        let confidence = if self.broken.is_empty() && self.differences.is_empty() {
            // Silence can also be a firewall on the way; that others answered makes it likely, not certain.
            Confidence::Likely
        } else {
            Confidence::Certain
        };
        if self.good == 0 && !bad.is_empty() && self.unseen.is_empty() {
            return Judgement::fail(format!("no delegated server answers for {zone}: {}", list(&bad)))
                .plainly(format!("None of the servers that should know {zone} does its work, so the domain is unreachable: site and mail."))
                .confidence(confidence)
                .remedy(repair(case, found, &bad));
        }
        let mut problems: Vec<&str> = bad.clone();
        problems.extend(self.differences.iter().map(String::as_str));
        if !problems.is_empty() {
            return Judgement::fail(format!("the delegation of {zone} is not sound: {}", list(&problems)))
                .severity(Severity::Fix)
                .plainly("The list of servers that the registrar hands out and the servers that really serve your domain do not match. Some visitors are sent the wrong way, some of the time.")
                .confidence(confidence)
                .remedy(repair(case, found, &bad));
        }
        if !self.unseen.is_empty() && !every_name_answers(found) {
            return Judgement::unknown(format!("could not look at every server of {zone}: {}", list(&self.unseen)))
                .plainly("Some of the servers of your domain could not be reached from this computer, so nothing can be said about them.");
        }
        let names = list(&found.parent_ns);
        let summary = format!(
            "{} servers answer for {zone} with authority, UDP and TCP: {names}",
            self.good
        );
        let judgement = if self.remarks.is_empty() {
            Judgement::pass(summary)
        } else {
            Judgement::warn(format!("{summary}; {}", list(&self.remarks)))
                .severity(Severity::Advice)
                .remedy(update_glue(case))
        };
        judgement
            .plainly("Every server that should know your domain knows it.")
            .fact(format!("{names} {}", list(&self.remarks)))
    }
}

/// Whether each name answers at one address at least: a family that this computer does not have is no gap then.
fn every_name_answers(found: &DelegationFound) -> bool {
    found.parent_ns.iter().all(|name| {
        found
            .servers
            .iter()
            .any(|s| s.name == *name && standing(s) == Standing::Good)
    })
}

fn names(answer: &DnsAnswer) -> BTreeSet<&str> {
    answer
        .records()
        .into_iter()
        .filter_map(|r| match &r.data {
            RecordData::Ns(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn server_evidence(found: &DelegationFound) -> Vec<Evidence> {
    found
        .servers
        .iter()
        .filter(|server| standing(server) != Standing::Good)
        .flat_map(|server| [&server.soa_udp, &server.soa_tcp].into_iter().flatten())
        .chain(found.servers.iter().filter_map(|server| server.ns.as_ref()))
        .map(evidence::dns)
        .collect()
}

fn nothing_delegated(case: Case<'_>, found: &DelegationFound) -> Judgement {
    let zone = case.subject;
    let parent = if found.parent.is_empty() {
        "the root"
    } else {
        &found.parent
    };
    Judgement::fail(format!("{parent} delegates nothing for {zone}: the domain does not exist in DNS"))
        .plainly(format!("{zone} is not connected to the internet's directory: it may have lapsed, be suspended, or never have had name servers entered."))
        .remedy(remedy::manual(
            META.id,
            [
                format!("Sign in at the registrar of {zone} and look at its state: lapsed and suspended domains lose their delegation."),
                "If it is registered and active, enter the name servers that your DNS host shows for the zone.".to_owned(),
                "Wait for the parent zone's next update (minutes to an hour), then check again.".to_owned(),
            ],
            "Enter the former name servers at the registrar again.",
        ))
}

/// Each delegated server, how it stands, and the NS set that it gives.
fn table(found: &DelegationFound) -> Exhibit {
    let rows = found.servers.iter().map(|server| {
        let (verdict, how) = match standing(server) {
            Standing::Good => (Verdict::Pass, "answers over UDP and TCP".to_owned()),
            Standing::Broken(how) | Standing::Silent(how) => (Verdict::Fail, how),
            Standing::Unseen(how) => (Verdict::Unknown, how),
        };
        let set: Vec<&str> = server.ns.iter().flat_map(names).collect();
        TableRow::judged(verdict, [server_title(server), how, set.join(", ")])
    });
    Exhibit::table(
        "the servers to which the parent delegates",
        &["server", "stands", "NS in its zone"],
        rows,
    )
}

fn repair(case: Case<'_>, found: &DelegationFound, bad: &[&str]) -> Remedy {
    let zone = case.subject;
    let place = remedy::place::console(case.intent);
    let mut steps = vec![format!(
        "Find out which servers are meant: {} shows the list for the zone {zone} in its settings.",
        place.name()
    )];
    if !bad.is_empty() {
        steps.push(format!(
            "A server that is no longer used: take it out of the list at the registrar and out of the zone's NS records. One that is still used: have its operator make it serve the zone, on port 53, UDP and TCP. It is about: {}.",
            list(bad)
        ));
    }
    steps.push(format!(
        "At the registrar of {zone}, set the name servers to exactly the meant list. The parent has {} now.",
        list(&found.parent_ns)
    ));
    steps.push(
        "In the zone, make the NS records at the apex the same list, on every server.".to_owned(),
    );
    steps.push("If a server's name lies inside the domain, its address at the registrar (host object, glue) must equal its A and AAAA records.".to_owned());
    remedy::manual(
        META.id,
        steps,
        format!(
            "Enter the former list at the registrar again: {}.",
            found.parent_ns.join(", ")
        ),
    )
}

fn update_glue(case: Case<'_>) -> Remedy {
    remedy::manual(
        META.id,
        [format!(
            "At the registrar of {}, open the host objects (glue, child name servers) and add the missing addresses.",
            case.subject
        )],
        "Remove the added addresses from the host objects again.",
    )
}

#[cfg(test)]
#[path = "delegation_tests.rs"]
mod tests;
