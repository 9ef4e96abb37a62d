//! `mail.dmarc-reports`: the reports that the DMARC record asks for reach somebody.
//!
//! Receivers drop what they may not send without a word, so a silent mailbox looks like good news. Addresses are judged by what
//! the DNS says; no report is sent.

pub mod address;
pub mod destination;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::RecordType;
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy::{manual, records};

use super::change::{remedy, replace_txt};
use super::dmarc::discover::{Discovery, TreeWalk, climb};
use super::dmarc::mend::tidy;
use super::dmarc::record::{DmarcRecord, Psd, read};
use super::dmarc::{DmarcSeen, owner};
use super::posture::Sending;
use address::{Address, Kind};
use destination::{Destination, Standing, consent_name};

/// Hosts that are looked at.
const MOST: usize = 8;
/// Addresses that every sender of reports must serve (RFC 7489 §6.2 counted them; many stop there still).
const SERVED: usize = 2;

/// Reports reach somebody.
pub struct DmarcReports;

/// The DMARC record, and each host that its reports go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportsSeen {
    pub dmarc: DmarcSeen,
    /// From the policy domain to the top, asked where a host is not the policy domain itself.
    pub climb: Option<TreeWalk>,
    pub destinations: Vec<Destination>,
}

/// A record that applies, and the name at which it stands.
struct Applied {
    domain: HostName,
    record: DmarcRecord,
}

impl Applied {
    /// `None`: no record applies that could name an address of the owner's.
    fn of(walk: &TreeWalk, domain: &HostName) -> Option<Self> {
        let (domain, record) = match walk.discovery() {
            Discovery::Own(record) => (domain.clone(), record),
            Discovery::Inherited { from, record } if record.psd != Psd::Yes => {
                (HostName::parse(&from).ok()?, record)
            }
            _ => return None,
        };
        record.policy.is_some().then_some(Self { domain, record })
    }

    /// The record as it must be written, with a mailbox of its own domain where no address is left.
    fn tidy(&self) -> String {
        let text = tidy(&self.record);
        if read(&text).rua.is_empty() {
            return format!("{text}; rua=mailto:dmarc@{}", self.domain);
        }
        text
    }

    fn hosts(&self) -> Vec<HostName> {
        let uris = self.record.rua.iter().chain(&self.record.ruf);
        let mut hosts: Vec<HostName> = uris
            .filter_map(|uri| match Address::read(uri).kind {
                Kind::Mail { host, .. } => Some(host),
                _ => None,
            })
            .collect();
        hosts.sort();
        hosts.dedup();
        hosts.truncate(MOST);
        hosts
    }
}

impl Rule for DmarcReports {
    type Seen = ReportsSeen;

    const META: Meta = Meta {
        id: "mail.dmarc-reports",
        title: "DMARC reports are asked for and reach somebody",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9990 §3.2.3", "RFC 9989 §4.7"],
        guide: include_str!("../../../assets/guides/mail.dmarc-reports.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> ReportsSeen {
        let dmarc = super::dmarc::look(look).await;
        let mut seen = ReportsSeen {
            dmarc,
            climb: None,
            destinations: Vec::new(),
        };
        let Some(applied) = Applied::of(&seen.dmarc.walk, &look.intent.domain) else {
            return seen;
        };
        let hosts = applied.hosts();
        if hosts.iter().any(|host| *host != applied.domain) {
            seen.climb = Some(climb(look.network, &applied.domain).await);
        }
        let looks = hosts
            .iter()
            .map(|host| destination::look(look.network, &applied.domain, host));
        seen.destinations = join_all(looks).await;
        seen
    }

    fn judge(&self, seen: &ReportsSeen, case: Case<'_>) -> Judgement {
        let sending = seen.dmarc.sending(case.intent);
        let walk = &seen.dmarc.walk;
        let judgement = match (walk.discovery(), Applied::of(walk, &case.intent.domain)) {
            (Discovery::Unclear(why), _) => Judgement::unknown(format!(
                "the DMARC record of {} could not be read: {why}",
                case.subject
            ))
            .plainly("We could not look where reports about mail in your name go."),
            (_, Some(applied)) if applied.record.rua.is_empty() => nowhere(&applied, sending, case),
            (_, Some(applied)) => Reports::of(&applied, seen).judge(case),
            (_, None) => sending
                .missing(format!(
                    "no DMARC record of {} applies, so nobody reports",
                    case.subject
                ))
                .plainly("Nobody tells you who sends mail in your name.")
                .remedy(remedy(
                    case.intent,
                    Self::META.id,
                    ["Publish the record that `mail.dmarc` shows."],
                    Vec::new(),
                )),
        };
        let consents = seen.destinations.iter().filter_map(|d| d.consent.as_ref());
        judgement
            .evidence(walk.answers.iter().map(evidence::dns))
            .evidence(seen.destinations.iter().map(|d| evidence::dns(&d.mx)))
            .evidence(consents.map(evidence::dns))
    }
}

/// No `rua=`. A domain that sends nothing and says so needs no reports.
fn nowhere(applied: &Applied, sending: Sending, case: Case<'_>) -> Judgement {
    if !sending.is_yes() {
        return Judgement::pass(format!(
            "{} sends no mail and asks for no reports",
            case.subject
        ))
        .plainly("This domain sends no mail, so there is nothing to report to you.");
    }
    Judgement::fail(format!(
        "the DMARC record of {} asks nobody for reports: there is no `rua=`",
        case.subject
    ))
    .plainly("You will not learn who sends mail in your name, nor whether your own mail passes, before clients complain.")
    .detail("record", escape(&applied.record.text))
    .remedy(remedy(
        case.intent,
        DmarcReports::META.id,
        ["Take a mailbox that somebody reads, or the address that a reporting service gives you."],
        vec![replace_txt(
            &owner(&applied.domain),
            &applied.record.text,
            applied.tidy(),
        )],
    ))
}

/// One address with what becomes of its reports.
struct Fate {
    address: Address,
    standing: Standing,
}

/// All addresses of a record.
struct Reports<'a> {
    applied: &'a Applied,
    rua: Vec<Fate>,
    ruf: Vec<Fate>,
}

impl<'a> Reports<'a> {
    fn of(applied: &'a Applied, seen: &ReportsSeen) -> Self {
        let fate = |uri: &String| {
            let address = Address::read(uri);
            let standing = match (&address.kind, address.flaw()) {
                (_, Some(flaw)) => Standing::Lost(flaw),
                (Kind::Mail { host, .. }, None) => seen
                    .destinations
                    .iter()
                    .find(|destination| destination.host == *host)
                    .map_or_else(
                        || Standing::Unclear(format!("{host} was not looked at")),
                        |destination| destination.standing(seen.climb.as_ref()),
                    ),
                (_, None) => Standing::Heard,
            };
            Fate { address, standing }
        };
        Self {
            applied,
            rua: applied.record.rua.iter().map(fate).collect(),
            ruf: applied.record.ruf.iter().map(fate).collect(),
        }
    }

    fn judge(&self, case: Case<'_>) -> Judgement {
        let lost = self.lost(&self.rua);
        let unclear = self.rua.iter().chain(&self.ruf).find_map(|fate| {
            let Standing::Unclear(why) = &fate.standing else {
                return None;
            };
            Some(why)
        });
        let notes = self.notes();
        let judgement = if lost.len() == self.rua.len() {
            Judgement::fail(format!(
                "no DMARC report of {} reaches anybody: {}",
                case.subject,
                lost.join("; ")
            ))
            .plainly("You ask for reports about mail in your name, but in a way that makes receivers drop them without a word.")
        } else if let Some(why) = unclear {
            Judgement::unknown(format!(
                "whether the DMARC reports of {} arrive could not be told: {why}",
                case.subject
            ))
            .plainly("We could not look whether the address for reports agrees to get them.")
        } else if !lost.is_empty() {
            Judgement::warn(format!(
                "some DMARC reports of {} are dropped: {}",
                case.subject,
                lost.join("; ")
            ))
            .plainly("One of the addresses for reports about mail in your name gets none.")
        } else if !notes.is_empty() {
            Judgement::warn(format!(
                "DMARC reports of {} arrive, but {}",
                case.subject,
                notes.join("; ")
            ))
            .severity(Severity::Advice)
            .plainly("Reports about mail in your name arrive; a detail in their addresses deserves a look.")
        } else {
            let hosts: Vec<String> = self
                .applied
                .hosts()
                .iter()
                .map(ToString::to_string)
                .collect();
            return self.with_details(
                Judgement::pass(format!("DMARC reports go to {}", hosts.join(", ")))
                    .plainly("Receivers tell you who sends mail in your name."),
            );
        };
        let judgement = self.with_details(judgement);
        if judgement.verdict == Verdict::Unknown {
            return judgement;
        }
        judgement.remedy(self.remedy(case))
    }

    fn with_details(&self, judgement: Judgement) -> Judgement {
        let shown = |fates: &[Fate]| {
            fates
                .iter()
                .map(|fate| fate.address.text.clone())
                .collect::<Vec<_>>()
        };
        judgement
            .detail("record", escape(&self.applied.record.text))
            .detail("rua", shown(&self.rua))
            .detail("ruf", shown(&self.ruf))
    }

    /// Why addresses get no reports.
    fn lost(&self, fates: &[Fate]) -> Vec<String> {
        fates
            .iter()
            .filter_map(|fate| match (&fate.standing, &fate.address.kind) {
                (Standing::Lost(why), _) => Some(why.clone()),
                (Standing::Unauthorised, Kind::Mail { host, .. }) => Some(format!(
                    "{host} does not agree to get reports of {}",
                    self.applied.domain
                )),
                _ => None,
            })
            .collect()
    }

    /// What does no harm to the reports that count.
    fn notes(&self) -> Vec<String> {
        let all = || self.rua.iter().chain(&self.ruf);
        let mut notes: Vec<String> = all()
            .filter(|fate| matches!(fate.address.kind, Kind::Mail { sized: true, .. }))
            .map(|fate| {
                format!(
                    "the size limit in `{}` is no longer part of DMARC",
                    fate.address.text
                )
            })
            .collect();
        notes.extend(all().filter_map(|fate| match &fate.standing {
            Standing::Doubtful(why) | Standing::Divided(why) => Some(why.clone()),
            _ => None,
        }));
        let lost = self.lost(&self.ruf);
        notes.extend(lost.iter().map(|why| format!("in `ruf=`, {why}")));
        if self.rua.len() > SERVED {
            notes.push(format!(
                "`rua=` names {} addresses, and some senders serve the first {SERVED} only",
                self.rua.len()
            ));
        }
        notes
    }

    /// Hosts that must agree first.
    fn silent_hosts(&self) -> Vec<&HostName> {
        let silent =
            |fate: &&Fate| matches!(fate.standing, Standing::Unauthorised | Standing::Divided(_));
        let fates = self.rua.iter().chain(&self.ruf).filter(silent);
        let mut hosts: Vec<&HostName> = fates
            .filter_map(|fate| match &fate.address.kind {
                Kind::Mail { host, .. } => Some(host),
                _ => None,
            })
            .collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    fn remedy(&self, case: Case<'_>) -> Remedy {
        let silent = self.silent_hosts();
        let new = self.applied.tidy();
        if silent.is_empty() {
            let changes = if new == self.applied.record.text {
                Vec::new()
            } else {
                let name = owner(&self.applied.domain);
                vec![replace_txt(&name, &self.applied.record.text, new)]
            };
            return remedy(
                case.intent,
                DmarcReports::META.id,
                [
                    "Name a mailbox that takes mail and that somebody reads, as `mailto:` and the address.",
                ],
                changes,
            );
        }
        let mut steps: Vec<String> = silent
            .iter()
            .map(|host| {
                format!(
                    "Let the record below be published in the zone of {host} by whoever runs it; reporting services do it when you add the domain {} there.",
                    self.applied.domain
                )
            })
            .collect();
        steps.push(format!(
            "Or take an address of your own, such as mailto:dmarc@{}: that needs nobody's consent.",
            self.applied.domain
        ));
        let mut made = manual(
            DmarcReports::META.id,
            steps,
            "Delete the record again; reports stop, and nothing else changes.",
        );
        made.records = silent
            .iter()
            .filter_map(|host| consent_name(&self.applied.domain, host))
            .map(|name| records::add(&name, RecordType::Txt, "v=DMARC1;"))
            .collect();
        made
    }
}

#[cfg(test)]
mod tests;
