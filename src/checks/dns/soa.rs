//! `dns.soa`: one SOA, the same on every server, so that all serve the same copy of the zone. Its timers are shown, never
//! judged: the recommendations disagree and the largest operators follow none of them (D13).

use std::collections::BTreeMap;

use serde_json::json;

use super::zone::{self, ZoneSeen, list, server_title, unseen};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::dns::{DelegationFound, DnsAnswer, RecordData, Soa, ZoneServer};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

/// The check.
pub struct SoaCheck;

const META: Meta = Meta {
    id: "dns.soa",
    title: "Every name server holds the same version of the zone",
    severity: Severity::Fix,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 1035 §3.3.13", "RFC 1982 §3.2", "RFC 2181 §6.1"],
    guide: include_str!("../../../assets/guides/dns.soa.md"),
};

impl Rule for SoaCheck {
    type Seen = ZoneSeen;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::subject(intent)
    }

    async fn observe(&self, look: Look<'_>) -> ZoneSeen {
        ZoneSeen::look(look).await
    }

    fn judge(&self, seen: &ZoneSeen, case: Case<'_>) -> Judgement {
        let found = match seen.found() {
            Ok(found) => found,
            Err(judgement) => return *judgement,
        };
        let copies = Copies::of(found);
        let judgement = match copies.said.first() {
            None => Judgement::unknown(format!(
                "no server gave the SOA of {}: {}",
                case.subject,
                list(&copies.missing)
            ))
            .plainly("No server could be asked for the version of your domain's records."),
            Some((_, first)) => copies
                .judgement(case, first)
                .detail("timers", timers(first)),
        };
        judgement
            .exhibit([table(found, &copies)])
            .detail(
                "serials",
                copies
                    .said
                    .iter()
                    .map(|(title, soa)| format!("{title} {}", soa.serial))
                    .collect::<Vec<_>>(),
            )
            .evidence(
                found
                    .servers
                    .iter()
                    .filter_map(usable_soa)
                    .map(evidence::dns),
            )
    }
}

/// The copies of the SOA.
struct Copies<'a> {
    /// Server and its SOA.
    said: Vec<(String, &'a Soa)>,
    /// Servers with more than one SOA.
    several: Vec<String>,
    /// Servers whose SOA could not be had.
    missing: Vec<String>,
}

impl<'a> Copies<'a> {
    fn of(found: &'a DelegationFound) -> Self {
        let mut copies = Self {
            said: Vec::new(),
            several: Vec::new(),
            missing: Vec::new(),
        };
        for server in &found.servers {
            let title = server_title(server);
            let Some(answer) = usable_soa(server) else {
                // A second address of a server that answered already may be out of this computer's reach.
                let family = server.soa_udp.as_ref().is_some_and(unseen)
                    && found
                        .servers
                        .iter()
                        .any(|s| s.name == server.name && usable_soa(s).is_some());
                if !family {
                    copies.missing.push(title);
                }
                continue;
            };
            let records = soas(answer);
            if records.len() > 1 {
                copies.several.push(title.clone());
            }
            copies
                .said
                .extend(records.into_iter().take(1).map(|soa| (title.clone(), soa)));
        }
        copies
    }

    fn judgement(&self, case: Case<'_>, first: &Soa) -> Judgement {
        let zone = case.subject;
        if !self.several.is_empty() {
            return Judgement::fail(format!("more than one SOA for {zone} at {}", list(&self.several)))
                .plainly("The zone's header record exists more than once. Programs may refuse the whole domain.")
                .remedy(repair(case));
        }
        let mut by_serial: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for (title, soa) in &self.said {
            by_serial.entry(soa.serial).or_default().push(title);
        }
        if by_serial.len() > 1 {
            return differing(case, &by_serial);
        }
        if !self.missing.is_empty() {
            return Judgement::unknown(format!(
                "serial {} where it could be asked; no SOA from {}",
                first.serial,
                list(&self.missing)
            ))
            .plainly("Not every server could be asked which version of your records it holds.")
            .fact(format!("no SOA from {}", list(&self.missing)));
        }
        let header = |soa: &Soa| (soa.mname.clone(), soa.rname.clone(), soa.minimum);
        if self
            .said
            .iter()
            .any(|(_, soa)| header(soa) != header(first))
        {
            return Judgement::warn(format!(
                "serial {} everywhere, but the servers differ in MNAME, RNAME or MINIMUM",
                first.serial
            ))
            .severity(Severity::Advice)
            .plainly("The servers agree on the version of your records, though not on every line of its header.")
            .fact("headers differ")
            .remedy(repair(case));
        }
        Judgement::pass(format!(
            "one SOA, serial {} on {} servers",
            first.serial,
            self.said.len()
        ))
        .plainly("All servers of your domain hold the same version of its records.")
        .fact("one serial everywhere")
    }
}

fn differing(case: Case<'_>, by_serial: &BTreeMap<u32, Vec<&str>>) -> Judgement {
    let newest = by_serial
        .keys()
        .copied()
        .reduce(|a, b| if is_newer(b, a) { b } else { a });
    let behind: Vec<String> = by_serial
        .iter()
        .filter(|(serial, _)| Some(**serial) != newest)
        .map(|(serial, servers)| format!("{} with {serial}", list(servers)))
        .collect();
    Judgement::fail(format!(
            "{} behind: {}; the newest serial is {}",
            if behind.len() == 1 { "a server is" } else { "servers are" },
            list(&behind),
            newest.unwrap_or_default()
        ))
        // Two questions a moment apart can straddle a change that is just being transferred.
        .confidence(Confidence::Likely)
        .plainly(format!(
            "Not all servers of {} have your latest changes: which visitors see them is a matter of chance.",
            case.subject
        ))
        .fact(format!("behind: {}", list(&by_serial.values().flatten().collect::<Vec<_>>())))
        .remedy(repair(case))
}

/// Each server and the header of its copy; behind is judged by the serial alone.
fn table(found: &DelegationFound, copies: &Copies<'_>) -> Exhibit {
    let newest = copies
        .said
        .iter()
        .map(|(_, soa)| soa.serial)
        .reduce(|a, b| if is_newer(b, a) { b } else { a });
    let rows = found.servers.iter().map(|server| {
        let title = server_title(server);
        match usable_soa(server).map(soas).unwrap_or_default().as_slice() {
            [] => {
                let why = match (&server.address, &server.soa_udp) {
                    (Err(failure), _) => failure.text.clone(),
                    (Ok(_), Some(answer)) => answer.outcome_line(),
                    (Ok(_), None) => "not asked".to_owned(),
                };
                TableRow::judged(Verdict::Unknown, [title, why, String::new()])
            }
            [soa, more @ ..] => {
                let holds = more.is_empty() && Some(soa.serial) == newest;
                let verdict = if holds { Verdict::Pass } else { Verdict::Fail };
                let serials: Vec<String> = std::iter::once(soa)
                    .chain(more)
                    .map(|soa| soa.serial.to_string())
                    .collect();
                TableRow::judged(verdict, [title, list(&serials), soa.mname.clone()])
            }
        }
    });
    Exhibit::table(
        "the zone's version at each server",
        &["server", "serial", "primary"],
        rows,
    )
}

/// Whether serial `a` comes after `b` (RFC 1982 §3.2).
fn is_newer(a: u32, b: u32) -> bool {
    let ahead = a.wrapping_sub(b);
    ahead != 0 && ahead < 1 << 31
}

fn usable_soa(server: &ZoneServer) -> Option<&DnsAnswer> {
    [&server.soa_udp, &server.soa_tcp]
        .into_iter()
        .flatten()
        .find(|answer| !soas(answer).is_empty())
}

fn soas(answer: &DnsAnswer) -> Vec<&Soa> {
    answer
        .records()
        .into_iter()
        .filter_map(|record| match &record.data {
            RecordData::Soa(soa) => Some(soa),
            _ => None,
        })
        .collect()
}

fn timers(soa: &Soa) -> serde_json::Value {
    json!({
        "refresh": soa.refresh,
        "retry": soa.retry,
        "expire": soa.expire,
        "minimum": soa.minimum,
    })
}

fn repair(case: Case<'_>) -> Remedy {
    let place = remedy::place::console(case.intent);
    remedy::manual(
        META.id,
        [
            "If a change was saved within the last minutes: wait for the transfer and check again.".to_owned(),
            format!("At {}, see whether the zone {} has one primary and whether its secondaries are told of changes (NOTIFY) and may transfer (AXFR, TCP 53).", place.name(), case.subject),
            "Raise the serial at the primary by one and save, so that the secondaries fetch the zone again.".to_owned(),
            "If the servers belong to two companies after a move: take the old ones out of the delegation.".to_owned(),
        ],
        "A serial is only ever raised; nothing needs to be taken back.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::dns::fixtures as make;
    use crate::model::observation::dns::{Delegation, RecordType};

    fn judge(delegation: Delegation) -> Judgement {
        let seen = ZoneSeen {
            soa: make::soa("acme.example", 7),
            delegation,
        };
        SoaCheck.judge(&seen, make::case("acme.example", &make::intent(&[])))
    }

    #[test]
    fn one_serial_everywhere_passes() {
        assert_eq!(judge(make::delegation(|_| {})).verdict, Verdict::Pass);
    }

    #[test]
    fn a_secondary_that_is_behind_is_named_in_serial_arithmetic() {
        let wrapped = judge(make::delegation(|f| {
            f.servers[0] = make::server("ns1.acme.example", "198.51.100.11", 3);
            f.servers[1] = make::server("ns2.acme.example", "198.51.100.12", u32::MAX);
        }));
        assert_eq!(wrapped.verdict, Verdict::Fail);
        assert!(
            wrapped.summary.contains("ns2.acme.example"),
            "{}",
            wrapped.summary
        );
        assert!(
            wrapped.summary.ends_with("serial is 3"),
            "{}",
            wrapped.summary
        );
        assert!(is_newer(1, 0) && !is_newer(0, 1) && !is_newer(5, 5) && is_newer(0, u32::MAX));
    }

    #[test]
    fn two_soa_records_fail() {
        let twice = judge(make::delegation(|f| {
            let mut answer = make::soa("acme.example", 7);
            if let Ok(message) = answer.outcome.as_mut() {
                let again = message.answers[0].clone();
                message.answers.push(again);
            }
            f.servers[0].soa_udp = Some(answer);
        }));
        assert_eq!(twice.verdict, Verdict::Fail);
    }

    #[test]
    fn a_silent_server_leaves_it_open() {
        let silent = || Some(make::timeout("acme.example", RecordType::Soa));
        let one = judge(make::delegation(|f| {
            f.servers[1].soa_udp = silent();
            f.servers[1].soa_tcp = silent();
        }));
        assert_eq!(one.verdict, Verdict::Unknown);
        assert_eq!(judge(make::lost()).verdict, Verdict::Unknown);
    }
}
