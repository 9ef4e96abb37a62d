//! How many blockers were open when: steps over the sprint, from the events alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::event::{Event, EventBody};
use super::finding::Finding;
use super::playbook::Playbook;
use super::session::standing;

/// From this moment on, so many blockers were open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub at: Timestamp,
    pub open: usize,
}

/// The steps, oldest first, each another number than the one before.
///
/// Open is what blocks on its own and is not accepted: a failing check of severity blocker, a row's question that was
/// answered with no, a red flag that holds. What was taken back counts as never said.
pub fn burndown(playbook: &Playbook, events: &[Event], now: Timestamp) -> Vec<Step> {
    let mut count = Count::default();
    let mut steps: Vec<Step> = Vec::new();
    let mut before: Option<Timestamp> = None;
    for event in standing(events) {
        // Events of a clock that was set back stand where the others left off.
        let at = before
            .map_or(event.at, |before| before.max(event.at))
            .min(now);
        if let Some(before) = before {
            count.lapses(playbook, before, at, &mut steps);
        }
        if count.take(&event.body, at) {
            push(&mut steps, at, count.open(playbook, at));
        }
        before = Some(at);
    }
    if let Some(before) = before {
        count.lapses(playbook, before, now, &mut steps);
    }
    steps
}

fn push(steps: &mut Vec<Step>, at: Timestamp, open: usize) {
    if steps.last().is_some_and(|last| last.at == at) {
        steps.pop();
    }
    if steps.last().is_none_or(|last| last.open != open) {
        steps.push(Step { at, open });
    }
}

/// How many were open at a moment.
pub fn open_at(steps: &[Step], at: Timestamp) -> usize {
    let past = steps.partition_point(|step| step.at <= at);
    past.checked_sub(1)
        .and_then(|last| steps.get(last))
        .map_or(0, |step| step.open)
}

type Key<'a> = (&'a str, &'a str);

/// A waiver as far as it counts here.
struct Accepted<'a> {
    until: Timestamp,
    fingerprints: &'a [String],
    at: Timestamp,
}

#[derive(Default)]
struct Count<'a> {
    /// Findings that block on their own.
    blockers: BTreeMap<Key<'a>, &'a Finding>,
    answers: BTreeMap<&'a str, (bool, Timestamp)>,
    waivers: BTreeMap<&'a str, Accepted<'a>>,
    planned: BTreeMap<&'a str, BTreeSet<Key<'a>>>,
    seen: BTreeMap<&'a str, BTreeSet<Key<'a>>>,
}

impl<'a> Count<'a> {
    /// Takes an event; whether it may change the number.
    fn take(&mut self, body: &'a EventBody, at: Timestamp) -> bool {
        match body {
            EventBody::Found { run, finding } => {
                let key = (finding.check.as_str(), finding.subject.as_str());
                self.seen.entry(run).or_default().insert(key);
                if finding.blocks() {
                    self.blockers.insert(key, finding);
                } else {
                    self.blockers.remove(&key);
                }
            }
            EventBody::RunPlanned { run, keys } => {
                let keys = keys
                    .iter()
                    .map(|key| (key.check.as_str(), key.subject.as_str()));
                self.planned.insert(run, keys.collect());
                return false;
            }
            EventBody::RunFinished { run, .. } => {
                // A whole run that saw everything drops what is gone.
                if let (Some(planned), Some(seen)) =
                    (self.planned.get(run.as_str()), self.seen.get(run.as_str()))
                    && planned.is_subset(seen)
                {
                    self.blockers.retain(|key, _| planned.contains(key));
                }
            }
            EventBody::Answered { question, yes, .. } => {
                self.answers.insert(question, (*yes, at));
            }
            EventBody::Waived {
                criterion,
                until,
                fingerprints,
                ..
            } => {
                let accepted = Accepted {
                    until: *until,
                    fingerprints,
                    at,
                };
                self.waivers.insert(criterion, accepted);
            }
            EventBody::WaiverWithdrawn { criterion } => {
                self.waivers.remove(criterion.as_str());
            }
            _ => return false,
        }
        true
    }

    /// Steps of the waivers whose day came after `from` and not after `to`.
    fn lapses(&self, playbook: &Playbook, from: Timestamp, to: Timestamp, steps: &mut Vec<Step>) {
        let ends = self.waivers.values().map(|waiver| waiver.until);
        let mut ends: Vec<Timestamp> = ends.filter(|until| from < *until && *until <= to).collect();
        ends.sort_unstable();
        for at in ends {
            push(steps, at, self.open(playbook, at));
        }
    }

    fn open(&self, playbook: &Playbook, at: Timestamp) -> usize {
        let stands = |row: &str| self.waivers.get(row).filter(|waiver| at < waiver.until);
        let findings = self.blockers.values().filter(|finding| {
            let mut rows = playbook
                .criteria
                .iter()
                .filter(|row| row.names(finding.check.as_str()))
                .peekable();
            let accepted = rows.peek().is_some()
                && rows.all(|row| {
                    stands(&row.id).is_some_and(|w| w.fingerprints.contains(&finding.fingerprint))
                });
            !accepted
        });
        let refused = playbook.criteria.iter().flat_map(|row| {
            row.questions.iter().filter(|question| {
                let said = self.answers.get(question.id.as_str());
                said.is_some_and(|(yes, said)| {
                    !yes && stands(&row.id).is_none_or(|waiver| *said > waiver.at)
                })
            })
        });
        let flags = playbook.red_flags.iter().filter(|flag| {
            let said = self.answers.get(flag.id.as_str());
            said.is_some_and(|(yes, _)| *yes) && stands(&flag.id).is_none()
        });
        findings.count() + refused.count() + flags.count()
    }
}

#[cfg(test)]
#[path = "burndown_tests.rs"]
mod tests;
