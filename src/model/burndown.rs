//! How many blockers were open when: steps over the sprint, from the events alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::clock::SPRINT;
use super::event::{Event, EventBody};
use super::finding::Finding;
use super::playbook::{Asks, Playbook};
use super::session::{Session, standing};

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
    let before = steps.last().map_or(0, |last| last.open);
    if before != open {
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

/// The steps over the planned hours of a sprint, on the wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub steps: Vec<Step>,
    /// Hour 0 and the last hour, as planned now.
    pub from: Timestamp,
    pub to: Timestamp,
    pub now: Timestamp,
    /// When the clock stood still.
    pub stood: Vec<(Timestamp, Timestamp)>,
    /// When none may be open any more: the first gate that asks for what is settled. Its title, and its moment.
    pub goal: Option<(String, Timestamp)>,
}

/// The chart of a sprint whose clock was started.
pub fn chart(
    playbook: &Playbook,
    session: &Session,
    events: &[Event],
    now: Timestamp,
) -> Option<Chart> {
    let clock = &session.clock;
    let hours = u32::try_from(SPRINT.as_hours()).unwrap_or(48);
    let end = clock.wall(hours, now)?;
    // After the handover time goes on; the sprint does not.
    let now = session
        .handed_over
        .as_ref()
        .map_or(now, |over| over.at.min(now));
    let goal = playbook
        .gates
        .iter()
        .find(|gate| gate.asks == Asks::Settled);
    Some(Chart {
        steps: burndown(playbook, events, now),
        from: clock.started?,
        to: end.max(now),
        now,
        stood: clock.stood(now),
        goal: goal.and_then(|gate| Some((gate.title.clone(), clock.wall(gate.hour, now)?))),
    })
}

impl Chart {
    /// How many were open at a moment.
    pub fn open_at(&self, at: Timestamp) -> usize {
        open_at(&self.steps, at)
    }

    /// How many are open now.
    pub fn open(&self) -> usize {
        self.open_at(self.now)
    }

    /// The most that were open since hour 0, and when first.
    pub fn peak(&self) -> Option<(Timestamp, usize)> {
        let inside = self
            .steps
            .iter()
            .filter(|step| step.at > self.from && step.at <= self.now);
        let first = Step {
            at: self.from,
            open: self.open_at(self.from),
        };
        let most = std::iter::once(&first)
            .chain(inside)
            .fold(
                first,
                |most, step| {
                    if step.open > most.open { *step } else { most }
                },
            );
        (most.open > 0).then_some((most.at, most.open))
    }

    /// How many would be open at a moment on the straight way from the peak to the goal; `None` outside of it.
    pub fn ideal(&self, at: Timestamp) -> Option<f64> {
        let (top, most) = self.peak()?;
        let goal = self.goal.as_ref()?.1;
        if at < top || at > goal || top >= goal {
            return None;
        }
        let left = goal.duration_since(at).as_secs_f64() / goal.duration_since(top).as_secs_f64();
        Some(f64::from(u32::try_from(most).unwrap_or(u32::MAX)) * left)
    }
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
