//! What was proven by doing it: drills, the rotation list, and the client's journey. And what it keeps from holding.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::criterion::{CriterionState, assess};
use super::drill::{Drill, DrillEnd, DrillKind, WayBack};
use super::event::EventBody;
use super::exposed::{Exposed, Rotated};
use super::playbook::{Criterion, JourneyStep, Playbook, ProofKind};
use super::session::{Answer, Session};

/// The records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proofs {
    pub way_back: Option<WayBack>,
    /// In the order in which they were started.
    pub drills: Vec<Drill>,
    /// The rotation list, in the order in which it was written.
    pub exposed: Vec<Exposed>,
    /// What people saw, by the id of the step.
    pub journey: BTreeMap<String, Walked>,
}

/// What somebody saw at a step of the journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    pub yes: bool,
    pub by: String,
    pub saw: String,
    pub at: Timestamp,
}

/// Something that keeps a row from holding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    pub text: String,
    pub since: Timestamp,
}

/// Where a step of the journey stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepStanding {
    /// Nobody walked it yet.
    Ahead,
    Passed,
    /// A person said no, or a check does; with why.
    Fails(String),
    /// It waits for a check that did not tell yet; with what it says.
    Waits(String),
}

impl StepStanding {
    /// The word people and scripts read.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ahead => "not walked yet",
            Self::Passed => "passed",
            Self::Fails(_) => "fails",
            Self::Waits(_) => "waits for a check",
        }
    }

    /// Why it is not passed.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Fails(why) | Self::Waits(why) => Some(why),
            Self::Ahead | Self::Passed => None,
        }
    }
}

impl Proofs {
    /// The drill that runs.
    pub fn running(&self) -> Option<&Drill> {
        self.drills.iter().rfind(|drill| drill.end.is_none())
    }

    /// The latest drill of a kind.
    pub fn latest(&self, kind: DrillKind) -> Option<&Drill> {
        self.drills.iter().rfind(|drill| drill.kind == kind)
    }

    /// Entries of the rotation list that are not done.
    pub fn unrotated(&self) -> impl Iterator<Item = &Exposed> {
        self.exposed.iter().filter(|entry| entry.done.is_none())
    }

    /// What keeps a row from holding: secrets that are not rotated, and steps of the journey that somebody said no to.
    pub fn against(&self, playbook: &Playbook, criterion: &Criterion) -> Vec<Shortfall> {
        let asks = |ids: &[String]| criterion.questions.iter().any(|q| ids.contains(&q.id));
        let mut list = Vec::new();
        if asks(playbook.proven_by(ProofKind::Rotation)) {
            list.extend(self.unrotated().map(|entry| Shortfall {
                text: format!("exposed and not rotated: {} ({})", entry.name, entry.owner),
                since: entry.listed,
            }));
        }
        for step in &playbook.journey {
            let walked = self.journey.get(&step.id).filter(|walked| !walked.yes);
            if let Some(walked) = walked.filter(|_| asks(&step.questions)) {
                list.push(Shortfall {
                    text: said_no(step, walked),
                    since: walked.at,
                });
            }
        }
        list
    }
}

fn said_no(step: &JourneyStep, walked: &Walked) -> String {
    format!(
        "journey, “{}”: {} said no: {}",
        step.title, walked.by, walked.saw
    )
}

impl Session {
    /// Where a step of the journey stands: its checks hold, and a named person saw what must be seen.
    pub fn journey_step(
        &self,
        playbook: &Playbook,
        step: &JourneyStep,
        now: Timestamp,
    ) -> StepStanding {
        let walked = self.proofs.journey.get(&step.id);
        match walked {
            Some(walked) if !walked.yes => return StepStanding::Fails(said_no(step, walked)),
            None if step.look => return StepStanding::Ahead,
            _ => {}
        }
        if step.checks.is_empty() {
            return StepStanding::Passed;
        }
        let report = assess(&checked(step), self.facts(playbook, now));
        let looked = self.runs.iter().any(|run| run.finished.is_some());
        // A whole run that had no subject for these checks has nothing to say against the step.
        let silent = looked && report.checks.is_empty() && report.because.is_empty();
        let why = report.because.first().cloned();
        match report.state {
            CriterionState::Proven | CriterionState::Attested | CriterionState::Waived => {
                StepStanding::Passed
            }
            CriterionState::Failing => StepStanding::Fails(why.unwrap_or_default()),
            CriterionState::Open if silent => StepStanding::Passed,
            CriterionState::Open | CriterionState::Undetermined => {
                StepStanding::Waits(why.unwrap_or_else(|| "nobody looked yet".to_owned()))
            }
        }
    }

    /// The step of the journey that is walked now: the first that needs a person and has no word of one.
    pub fn journey_now<'a>(&self, playbook: &'a Playbook) -> Option<&'a JourneyStep> {
        let mut steps = playbook.journey.iter();
        steps.find(|step| step.look && !self.proofs.journey.contains_key(&step.id))
    }

    /// Keeps what was proven by doing it. Any other event changes nothing.
    pub(super) fn prove(&mut self, body: EventBody, at: Timestamp, actor: String) {
        match body {
            EventBody::WayBackWritten {
                what,
                to,
                steps,
                by,
            } => {
                self.proofs.way_back = Some(WayBack {
                    what,
                    to,
                    steps,
                    by,
                    at,
                });
            }
            // A key pressed twice starts one drill.
            EventBody::DrillStarted { drill }
                if self.proofs.running().is_none_or(|d| d.kind != drill) =>
            {
                self.proofs.drills.push(Drill {
                    kind: drill,
                    operator: actor,
                    started: at,
                    end: None,
                });
            }
            EventBody::DrillEnded {
                drill,
                by,
                worked,
                note,
                questions,
                items,
            } => {
                let end = DrillEnd {
                    at,
                    by,
                    worked,
                    note,
                };
                self.end_drill(drill, end, questions, items);
            }
            EventBody::SecretListed {
                name,
                opens,
                seen,
                owner,
                due,
            } => {
                let list = &mut self.proofs.exposed;
                let before = list.iter().position(|entry| entry.name == name);
                let open = before.and_then(|at| list.get(at).filter(|e| e.done.is_none()));
                let entry = Exposed {
                    listed: open.map_or(at, |entry| entry.listed),
                    name,
                    opens,
                    seen,
                    owner,
                    due,
                    done: None,
                };
                match before.and_then(|at| list.get_mut(at)) {
                    Some(known) => *known = entry,
                    None => list.push(entry),
                }
            }
            EventBody::SecretRotated { name, by, shown } => {
                let mut list = self.proofs.exposed.iter_mut();
                if let Some(entry) = list.find(|entry| entry.name == name) {
                    entry.done = Some(Rotated { at, by, shown });
                }
            }
            EventBody::JourneyWalked { step, yes, by, saw } => {
                let walked = Walked { yes, by, saw, at };
                self.proofs.journey.insert(step, walked);
            }
            _ => {}
        }
    }

    /// Ends the drill that runs, and answers with it the questions and lines that it proves.
    fn end_drill(
        &mut self,
        kind: DrillKind,
        end: DrillEnd,
        questions: Vec<String>,
        items: Vec<String>,
    ) {
        let mut drills = self.proofs.drills.iter_mut();
        let Some(drill) = drills.rfind(|d| d.kind == kind && d.end.is_none()) else {
            return;
        };
        let (at, by) = (end.at, end.by.clone());
        drill.end = Some(end);
        let evidence = drill.evidence(at);
        let Some(yes) = drill.outcome().answer() else {
            return;
        };
        for question in questions {
            let answer = Answer {
                yes,
                by: by.clone(),
                evidence: evidence.clone(),
                attachments: Vec::new(),
                at,
            };
            self.answers.insert(question, answer);
        }
        for item in items {
            if yes {
                self.ticked.insert(item);
            } else {
                self.ticked.remove(&item);
            }
        }
    }
}

/// A row of the checks of a step.
fn checked(step: &JourneyStep) -> Criterion {
    Criterion {
        id: step.id.clone(),
        title: String::new(),
        plain: String::new(),
        passes: String::new(),
        breaks: String::new(),
        workstream: String::new(),
        gates: Vec::new(),
        checks: step.checks.clone(),
        questions: Vec::new(),
    }
}

#[cfg(test)]
#[path = "proofs_tests.rs"]
mod tests;
