//! `dns.nameservers`: enough name servers, each with an address of its own. Whether they answer is for `dns.delegation`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::zone::{self, ZoneSeen, list, referral_evidence};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::{DelegationFound, DnsAnswer, RecordData, RecordType};
use crate::model::verdict::Severity;
use crate::remedy;

/// The check.
pub struct NameServers;

/// RFC 1034 §4.1 asks for at least two.
const ENOUGH: usize = 2;

const META: Meta = Meta {
    id: "dns.nameservers",
    title: "At least two name servers, distinct and resolvable",
    severity: Severity::Fix,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 1034 §4.1", "RFC 2181 §10.3", "RFC 2182 §3.1"],
    guide: include_str!("../../../assets/guides/dns.nameservers.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    zone: ZoneSeen,
    /// Whether each name of the parent's list is an alias.
    aliases: Vec<DnsAnswer>,
}

impl Rule for NameServers {
    type Seen = Seen;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::subject(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let zone = ZoneSeen::look(look).await;
        let names: Vec<HostName> = zone
            .delegation
            .outcome
            .iter()
            .flat_map(|found| &found.parent_ns)
            .filter_map(|name| HostName::parse(name).ok())
            .collect();
        let mut aliases = Vec::new();
        for name in names {
            let answer = zone::truth(
                look.network,
                &zone.delegation.zone,
                &name,
                RecordType::Cname,
            );
            aliases.push((*answer.await).clone());
        }
        Seen { zone, aliases }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let found = match seen.zone.found() {
            Ok(found) => found,
            Err(judgement) => return *judgement,
        };
        let referral = referral_evidence(&seen.zone.delegation, found);
        if found.absent || found.parent_ns.is_empty() {
            return Judgement::unknown(format!(
                "the parent delegates nothing for {}, so there are no name servers to look at",
                case.subject
            ))
            .plainly("The domain is not connected, so its servers cannot be looked at. See the delegation first.")
            .evidence([referral]);
        }
        let (problems, unseen) = look_at(found, &seen.aliases);
        let child = child_names(found);
        let judgement = if !problems.is_empty() {
            Judgement::fail(format!("the name servers of {}: {}", case.subject, list(&problems)))
                .plainly("Your domain hangs on too few or faulty servers: one breakdown, and site and mail are gone.")
                .remedy(repair(case, found))
        } else if !unseen.is_empty() {
            Judgement::unknown(format!(
                "could not resolve every name server of {}: {}",
                case.subject,
                list(&unseen)
            ))
            .plainly(
                "The addresses of some of your domain's servers could not be looked up from here.",
            )
        } else {
            Judgement::pass(format!(
                "{} name servers with addresses of their own: {}",
                found.parent_ns.len(),
                list(&found.parent_ns)
            ))
            .plainly("Your domain is served by more than one server, as it should be.")
        };
        judgement
            .told(format!("NS {}", case.subject), found.parent_ns.clone())
            .detail("parent", found.parent_ns.clone())
            .detail(
                "zone",
                child.into_iter().map(str::to_owned).collect::<Vec<_>>(),
            )
            .evidence([referral])
            .evidence(
                found
                    .servers
                    .iter()
                    .filter_map(|s| s.ns.as_ref())
                    .map(evidence::dns),
            )
    }
}

/// What is wrong (D02, D04, D08, D09), and what could not be seen.
fn look_at(found: &DelegationFound, answers: &[DnsAnswer]) -> (Vec<String>, Vec<String>) {
    let (mut problems, mut unseen) = (Vec::new(), Vec::new());
    if found.parent_ns.len() < ENOUGH {
        problems.push(format!("only {} at the parent", list(&found.parent_ns)));
    }
    let child = child_names(found);
    if !child.is_empty() && child.len() < ENOUGH {
        let names: Vec<&str> = child.into_iter().collect();
        problems.push(format!("only {} in the zone", list(&names)));
    }
    let mut holders: BTreeMap<IpAddr, BTreeSet<&str>> = BTreeMap::new();
    let mut aliases: BTreeSet<&str> = BTreeSet::new();
    for answer in answers {
        if is_alias(answer) {
            aliases.insert(answer.name.as_str());
        } else if answer.is_unusable() {
            unseen.push(format!(
                "whether {} is an alias: {}",
                answer.name,
                answer.outcome_line()
            ));
        }
    }
    for server in &found.servers {
        if server.is_cname {
            aliases.insert(&server.name);
        }
        match &server.address {
            Ok(address) => {
                holders.entry(*address).or_default().insert(&server.name);
            }
            Err(failure) if failure.kind == FailureKind::NoAddress => {
                problems.push(format!("{} has no address", server.name));
            }
            Err(failure) => unseen.push(format!("{}: {}", server.name, failure.text)),
        }
    }
    problems.extend(aliases.into_iter().map(|name| format!("{name} is a CNAME")));
    for (address, names) in holders.into_iter().filter(|(_, names)| names.len() > 1) {
        let names: Vec<&str> = names.into_iter().collect();
        problems.push(format!("{} share the address {address}", list(&names)));
    }
    (problems, unseen)
}

fn is_alias(answer: &DnsAnswer) -> bool {
    answer.message().is_some_and(|message| {
        message
            .answers
            .iter()
            .any(|r| r.name == answer.name.as_str() && matches!(r.data, RecordData::Cname(_)))
    })
}

fn child_names(found: &DelegationFound) -> BTreeSet<&str> {
    found
        .servers
        .iter()
        .filter_map(|server| server.ns.as_ref())
        .flat_map(|answer| answer.records())
        .filter_map(|record| match &record.data {
            RecordData::Ns(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn repair(case: Case<'_>, found: &DelegationFound) -> Remedy {
    let place = remedy::place::console(case.intent);
    remedy::manual(
        META.id,
        [
            format!("Look up at {} which name servers it gives the zone {}: there are two at least.", place.name(), case.subject),
            format!("At the registrar of {}, enter all of them, each by its own host name (never an alias), and no other.", case.subject),
            "If a name server's name does not resolve: give it an A record, or take it out of the list.".to_owned(),
            "If two names lead to one machine: ask for a second machine, or move the zone to a DNS host with several.".to_owned(),
        ],
        format!("Enter the former list at the registrar again: {}.", found.parent_ns.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::dns::fixtures as make;
    use crate::model::observation::Failure;
    use crate::model::observation::dns::Delegation;
    use crate::model::verdict::Verdict;

    fn judge_with(delegation: Delegation, aliases: Vec<DnsAnswer>) -> Verdict {
        let zone = ZoneSeen {
            soa: make::soa("acme.example", 7),
            delegation,
        };
        let seen = Seen { zone, aliases };
        NameServers
            .judge(&seen, make::case("acme.example", &make::intent(&[])))
            .verdict
    }

    fn judge(delegation: Delegation) -> Verdict {
        judge_with(delegation, Vec::new())
    }

    fn changed(change: impl FnOnce(&mut DelegationFound)) -> Verdict {
        judge(make::delegation(change))
    }

    #[test]
    fn two_good_servers_pass() {
        assert_eq!(changed(|_| {}), Verdict::Pass);
    }

    #[test]
    fn each_fault_fails() {
        assert_eq!(changed(|f| f.parent_ns.truncate(1)), Verdict::Fail);
        assert_eq!(changed(|f| f.servers[1].is_cname = true), Verdict::Fail);
        assert_eq!(
            changed(|f| f.servers[1].address = Ok(make::ip("198.51.100.11"))),
            Verdict::Fail
        );
        let nowhere = || Err(Failure::new(FailureKind::NoAddress, "NXDOMAIN"));
        assert_eq!(changed(|f| f.servers[1].address = nowhere()), Verdict::Fail);
        let one = || Some(make::ns("acme.example", &["ns1.acme.example"]));
        assert_eq!(
            changed(|f| f.servers.iter_mut().for_each(|s| s.ns = one())),
            Verdict::Fail
        );
    }

    #[test]
    fn an_alias_is_seen_in_the_zone_itself() {
        let name = "ns1.acme.example";
        let answer = make::reply(
            name,
            RecordType::Cname,
            vec![make::cname(name, "x.host.example")],
        );
        assert_eq!(
            judge_with(make::delegation(|_| {}), vec![answer]),
            Verdict::Fail
        );
        let dark = make::timeout(name, RecordType::Cname);
        assert_eq!(
            judge_with(make::delegation(|_| {}), vec![dark]),
            Verdict::Unknown
        );
    }

    #[test]
    fn what_could_not_be_resolved_is_unknown() {
        let silent = || Err(Failure::new(FailureKind::Timeout, "no answer in 5 s"));
        assert_eq!(
            changed(|f| f.servers[1].address = silent()),
            Verdict::Unknown
        );
        assert_eq!(judge(make::lost()), Verdict::Unknown);
    }
}
