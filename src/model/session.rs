//! A session: one sprint for one client, as the fold of its events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::clock::{Clock, Pause};
use super::event::{Event, EventBody};
use super::expected::Meant;
use super::finding::{Finding, FindingKey, KEPT, Kept};
use super::intent::Intent;
use super::name::HostName;
use super::pack::{Pack, record_access};
use super::proofs::Proofs;
use super::run::QueryCounts;

pub use super::record::{
    Access, Answer, Authority, Handover, Note, Owner, RunRecord, SignOff, Waiver,
};

/// The state after all events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Session {
    pub slug: String,
    pub domain: String,
    pub playbook: String,
    pub created: Option<Timestamp>,
    pub intent: Option<Intent>,
    /// When the intent last became another one; older findings say nothing about it.
    pub intent_changed: Option<Timestamp>,
    pub authority: Vec<Authority>,
    /// Names of third parties that may be asked.
    pub third_parties: Vec<String>,
    pub clock: Clock,
    /// The latest finding of each check and subject.
    pub findings: BTreeMap<FindingKey, Finding>,
    /// Earlier findings of each key, oldest first, only where something changed.
    pub history: BTreeMap<FindingKey, Vec<Finding>>,
    pub runs: Vec<RunRecord>,
    /// By question id.
    pub answers: BTreeMap<String, Answer>,
    pub waivers: Vec<Waiver>,
    /// By row or item id.
    pub owners: BTreeMap<String, Owner>,
    pub notes: Vec<Note>,
    pub ticked: BTreeSet<String>,
    pub access: Vec<Access>,
    /// Contacts, planned renewals, purposes of records.
    pub pack: Pack,
    pub sign_offs: Vec<SignOff>,
    pub handed_over: Option<Handover>,
    /// Changes since then that somebody said were meant.
    pub meant: Vec<Meant>,
    /// Drills, the rotation list and the client's journey.
    pub proofs: Proofs,
    /// Set when the session is about the practice range.
    pub practice: Option<Practice>,
}

/// The practice range that a session is about, so that it can be set up again as it was left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Practice {
    pub scenario: String,
    /// Ids of the faults that were mended.
    pub mended: BTreeSet<String>,
}

impl Session {
    /// Folds events, in order. Undone events are skipped; undoing an undo brings its event back. The creation stays.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut session = Self::default();
        for event in standing(events) {
            session.apply(event);
        }
        session
    }

    /// Applies one more event. An `Undone` needs a whole [`Self::fold`]; here it changes nothing.
    #[expect(
        clippy::too_many_lines,
        reason = "one short arm an event: the fold is read from top to bottom"
    )]
    pub fn apply(&mut self, event: &Event) {
        let (at, by) = (event.at, event.actor.clone());
        match event.body.clone() {
            EventBody::Created {
                slug,
                domain,
                playbook,
            } => {
                (self.slug, self.domain, self.playbook, self.created) =
                    (slug, domain, playbook, Some(at));
                self.pack.operator = by;
            }
            EventBody::PlaybookChosen { playbook } => self.playbook = playbook,
            EventBody::IntentConfirmed { intent } => {
                if self.intent.as_ref() != Some(&*intent) {
                    self.intent_changed = Some(at);
                }
                self.intent = Some(*intent);
            }
            EventBody::AuthorityStated { statement, hosts } => {
                self.authority.push(Authority {
                    statement,
                    hosts,
                    by,
                    at,
                });
            }
            EventBody::ThirdPartiesAllowed { names } => self.third_parties = names,
            EventBody::ClockStarted => self.clock.started = self.clock.started.or(Some(at)),
            EventBody::ClockPaused { cause } => self.pause(at, cause),
            EventBody::ClockResumed => self.resume(at),
            EventBody::RunStarted { run, rules } => self.runs.push(RunRecord {
                id: run,
                rules,
                started: at,
                finished: None,
                took_ms: 0,
                self_check: None,
                queries: QueryCounts::default(),
                seen: BTreeSet::new(),
                planned: None,
            }),
            EventBody::RunPlanned { run, keys } => {
                if let Some(record) = self.runs.iter_mut().find(|r| r.id == run) {
                    record.planned = Some(keys.into_iter().collect());
                }
            }
            EventBody::Found { run, finding } => self.found(&run, *finding),
            EventBody::RunFinished {
                run,
                self_check,
                queries,
                took_ms,
            } => {
                if let Some(record) = self.runs.iter_mut().find(|r| r.id == run) {
                    record.finished = Some(at);
                    record.took_ms = took_ms;
                    record.self_check = Some(self_check);
                    record.queries = queries;
                }
                self.drop_gone(&run);
            }
            EventBody::Answered {
                question,
                yes,
                by,
                evidence,
                attachments,
            } => {
                self.answers.insert(
                    question,
                    Answer {
                        yes,
                        by,
                        evidence,
                        attachments,
                        at,
                    },
                );
            }
            EventBody::Waived {
                criterion,
                reason,
                by,
                until,
                compensating,
                fingerprints,
            } => {
                self.waivers.retain(|w| w.criterion != criterion);
                self.waivers.push(Waiver {
                    criterion,
                    reason,
                    by,
                    until,
                    compensating,
                    fingerprints,
                    at,
                });
            }
            EventBody::WaiverWithdrawn { criterion } => {
                self.waivers.retain(|w| w.criterion != criterion);
            }
            EventBody::Assigned {
                item,
                owner: name,
                due,
                blocked_by,
            } => {
                if name.is_empty() {
                    self.owners.remove(&item);
                } else {
                    let owner = Owner {
                        name,
                        due,
                        blocked_by,
                    };
                    self.owners.insert(item, owner);
                }
            }
            EventBody::Noted { item, text } => self.notes.push(Note { item, text, by, at }),
            EventBody::Ticked { item, done: true } => {
                self.ticked.insert(item);
            }
            EventBody::Ticked { item, done: false } => {
                self.ticked.remove(&item);
            }
            EventBody::AccessRecorded {
                place,
                who,
                how,
                owner,
                second_factor,
                recovery,
            } => {
                let line = Access {
                    place,
                    who,
                    how,
                    owner,
                    second_factor,
                    recovery,
                };
                record_access(&mut self.access, line);
            }
            body @ (EventBody::ContactNamed { .. }
            | EventBody::RenewalPlanned { .. }
            | EventBody::PurposeNoted { .. }) => self.pack.apply(body),
            EventBody::SignedOff { gate, by, role } => {
                let findings = self.findings.iter();
                let facts = findings
                    .map(|(key, finding)| (key.clone(), finding.fingerprint.clone()))
                    .collect();
                self.sign_offs.push(SignOff {
                    gate,
                    by,
                    role,
                    at,
                    facts,
                });
            }
            EventBody::HandedOver { run, to } => {
                self.handed_over = Some(Handover {
                    run,
                    to,
                    at,
                    findings: self.findings.clone(),
                });
            }
            EventBody::ChangeExpected {
                key,
                fingerprint,
                why,
                by,
            } => self.meant.push(Meant {
                key,
                fingerprint,
                why,
                by,
                at,
            }),
            EventBody::PracticeStarted { scenario } => {
                self.practice = Some(Practice {
                    scenario,
                    mended: BTreeSet::new(),
                });
            }
            EventBody::PracticeMended { fault } => {
                if let Some(practice) = &mut self.practice {
                    practice.mended.insert(fault);
                }
            }
            EventBody::Undone { .. } => {}
            proof @ (EventBody::WayBackWritten { .. }
            | EventBody::DrillStarted { .. }
            | EventBody::DrillEnded { .. }
            | EventBody::SecretListed { .. }
            | EventBody::SecretRotated { .. }
            | EventBody::JourneyWalked { .. }) => self.prove(proof, at, by),
        }
    }

    /// The intent, or what is known without one.
    pub fn intent(&self) -> Option<Intent> {
        self.intent
            .clone()
            .or_else(|| HostName::parse(&self.domain).ok().map(Intent::of))
    }

    /// What checks kept, by row, the latest of each: for the runs that follow. A finding that could not look keeps nothing and
    /// takes nothing away.
    pub fn kept(&self) -> Kept {
        let earlier = self.history.iter();
        let all = earlier
            .flat_map(|(key, findings)| findings.iter().map(move |finding| (key, finding)))
            .chain(&self.findings);
        all.filter_map(|(key, finding)| Some((key.clone(), finding.details.get(KEPT)?.clone())))
            .collect()
    }

    /// Findings, gravest first.
    pub fn ranked(&self) -> Vec<&Finding> {
        let mut list: Vec<&Finding> = self.findings.values().collect();
        list.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.key().cmp(&b.key())));
        list
    }

    /// The state as if these were its latest findings: for a run whose events could not be kept.
    #[must_use]
    pub fn with_findings(&self, findings: &[Finding]) -> Self {
        let mut state = self.clone();
        state
            .findings
            .extend(findings.iter().map(|f| (f.key(), f.clone())));
        state
    }

    /// After a whole run that saw everything it planned to see, findings of subjects that are gone are dropped. A run that
    /// was narrowed or cut short drops nothing: what it did not see may still be there.
    fn drop_gone(&mut self, run: &str) {
        let Some(record) = self.runs.iter().find(|r| r.id == run) else {
            return;
        };
        let Some(planned) = &record.planned else {
            return;
        };
        if !planned.is_subset(&record.seen) {
            return;
        }
        let gone: Vec<FindingKey> = self
            .findings
            .keys()
            .filter(|key| !planned.contains(key))
            .cloned()
            .collect();
        for key in gone {
            if let Some(finding) = self.findings.remove(&key) {
                self.history.entry(key).or_default().push(finding);
            }
        }
    }

    fn pause(&mut self, at: Timestamp, cause: String) {
        if self.clock.started.is_some() && self.clock.pause().is_none() {
            self.clock.pauses.push(Pause {
                from: at,
                to: None,
                cause,
            });
        }
    }

    fn resume(&mut self, at: Timestamp) {
        if let Some(pause) = self.clock.pauses.last_mut().filter(|p| p.to.is_none()) {
            pause.to = Some(at);
        }
    }

    fn found(&mut self, run: &str, finding: Finding) {
        let key = finding.key();
        if let Some(record) = self.runs.iter_mut().find(|r| r.id == run) {
            record.seen.insert(key.clone());
        }
        let Some(before) = self.findings.insert(key.clone(), finding) else {
            return;
        };
        let changed = self
            .findings
            .get(&key)
            .is_some_and(|now| now.fingerprint != before.fingerprint);
        if changed {
            self.history.entry(key).or_default().push(before);
        }
    }
}

/// The events that were not taken back, in order.
pub fn standing<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<&'a Event> {
    let mut events: Vec<&Event> = events.into_iter().collect();
    let mut undone: BTreeSet<&str> = BTreeSet::new();
    for event in events.iter().rev() {
        if let EventBody::Undone { event: target } = &event.body
            && !undone.contains(event.id.as_str())
        {
            undone.insert(target);
        }
    }
    events.retain(|event| {
        matches!(event.body, EventBody::Created { .. }) || !undone.contains(event.id.as_str())
    });
    events
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
