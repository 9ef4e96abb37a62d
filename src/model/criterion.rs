//! The state of a scorecard row, computed from findings, answers and waivers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, FindingKey};
use super::playbook::{Criterion, Playbook, Question, glob_matches};
use super::proofs::{Proofs, Shortfall};
use super::session::{Answer, Waiver};
use super::verdict::{Severity, Verdict};

/// Evidence older than this does not pass a gate.
pub const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// How far the clocks of two computers may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// Where a row stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CriterionState {
    /// Every check was seen to pass.
    Proven,
    /// A named person answered, and no check contradicts.
    Attested,
    /// Accepted as it is, with a reason, a name and a date.
    Waived,
    /// Something was seen to be broken, or a person said no.
    Failing,
    /// Something could not be told, or its evidence is too old.
    Undetermined,
    /// Nobody looked or answered yet.
    Open,
}

impl CriterionState {
    /// The word people and scripts read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Attested => "attested",
            Self::Waived => "waived",
            Self::Failing => "failing",
            Self::Undetermined => "undetermined",
            Self::Open => "open",
        }
    }

    /// Whether the row lets a gate pass.
    pub const fn settled(self) -> bool {
        matches!(self, Self::Proven | Self::Attested | Self::Waived)
    }
}

impl std::fmt::Display for CriterionState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// A row as the JSON shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CriterionReport {
    pub id: String,
    pub state: CriterionState,
    /// Ids of the checks that served it in this run, sorted.
    pub checks: Vec<String>,
    /// Why it stands there, one line each, the gravest first.
    pub because: Vec<String>,
    /// Ids of questions that nobody answered yet.
    pub unanswered: Vec<String>,
}

/// Everything that a row is computed from.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub findings: &'a BTreeMap<FindingKey, Finding>,
    pub answers: &'a BTreeMap<String, Answer>,
    pub waivers: &'a [Waiver],
    pub now: Timestamp,
    /// When the intent last became another one; what was seen before that says nothing about it.
    pub changed: Option<Timestamp>,
    /// Everything that the latest whole run had to look at, if there was one: a check that is not in it has nothing to say
    /// about this intent.
    pub planned: Option<&'a BTreeSet<FindingKey>>,
    /// Whether questions to people count: in a session they do; in a single run nobody could have answered.
    pub people: bool,
    /// What was proven by doing it, and the playbook that says for which rows; a single run has neither.
    pub proofs: Option<(&'a Proofs, &'a Playbook)>,
    /// Whether reasons are told in a founder's words.
    pub plain: bool,
}

/// Every row of a playbook, in its order.
pub fn assess_all(playbook: &Playbook, facts: Facts<'_>) -> Vec<CriterionReport> {
    playbook
        .criteria
        .iter()
        .map(|criterion| assess(criterion, facts))
        .collect()
}

/// Computes the state of `criterion`.
///
/// What is seen to be broken comes first, then what could not be told, then what nobody looked at or answered; only a row
/// in which all of that is absent, or accepted by a waiver that still stands, is settled.
pub fn assess(criterion: &Criterion, facts: Facts<'_>) -> CriterionReport {
    let row = Row::of(criterion, facts);
    let waived = !row.accepted.is_empty() || row.open() && row.waiver;
    let state = if !row.broken.is_empty() {
        CriterionState::Failing
    } else if !row.unclear.is_empty() {
        CriterionState::Undetermined
    } else if waived {
        CriterionState::Waived
    } else if row.open() {
        CriterionState::Open
    } else if row.attested {
        CriterionState::Attested
    } else {
        CriterionState::Proven
    };
    let mut because = Vec::new();
    let unseen = row.unseen.into_iter().collect();
    for line in [row.broken, row.unclear, unseen, row.accepted]
        .into_iter()
        .flatten()
    {
        if !because.contains(&line) {
            because.push(line);
        }
    }
    CriterionReport {
        id: criterion.id.clone(),
        state,
        checks: row.checks,
        because,
        unanswered: row.unanswered,
    }
}

/// What the facts say about one row.
struct Row {
    /// Ids of the checks that gave findings, sorted.
    checks: Vec<String>,
    /// Seen to be broken or refused by a person, and not waived.
    broken: Vec<String>,
    /// Could not be told, or too old, and not waived.
    unclear: Vec<String>,
    /// Findings that hold and do not count any more; each has a line among `unclear`.
    stale: Vec<FindingKey>,
    /// Broken, refused or not told, but waived.
    accepted: Vec<String>,
    /// What nobody looked at.
    unseen: Option<String>,
    /// Ids of questions without an answer.
    unanswered: Vec<String>,
    /// Somebody answered yes.
    attested: bool,
    /// A waiver of this row stands.
    waiver: bool,
    /// Whether unanswered questions keep the row open.
    waits_for_people: bool,
    /// There is neither a finding nor an answer.
    untouched: bool,
}

impl Row {
    fn of(criterion: &Criterion, facts: Facts<'_>) -> Self {
        let findings: Vec<&Finding> = facts
            .findings
            .values()
            .filter(|finding| criterion.names(finding.check.as_str()))
            .collect();
        let mut checks: Vec<String> = findings.iter().map(|f| f.check.0.clone()).collect();
        checks.sort();
        checks.dedup();
        let mut row = Self {
            unseen: unseen(criterion, &checks, facts),
            checks,
            broken: Vec::new(),
            unclear: Vec::new(),
            stale: Vec::new(),
            accepted: Vec::new(),
            unanswered: Vec::new(),
            attested: false,
            waiver: standing(criterion, facts).next().is_some(),
            waits_for_people: facts.people,
            untouched: findings.is_empty(),
        };
        for finding in findings {
            row.add_finding(criterion, finding, facts);
        }
        for question in &criterion.questions {
            match facts.answers.get(&question.id) {
                Some(answer) => row.add_answer(criterion, question, answer, facts),
                None => row.unanswered.push(question.id.clone()),
            }
        }
        let shortfalls = facts
            .proofs
            .map(|(proofs, playbook)| proofs.against(playbook, criterion));
        for shortfall in shortfalls.into_iter().flatten() {
            row.add_shortfall(criterion, shortfall, facts);
        }
        row
    }

    fn add_shortfall(&mut self, criterion: &Criterion, short: Shortfall, facts: Facts<'_>) {
        self.untouched = false;
        if standing(criterion, facts).any(|waiver| short.since <= waiver.at) {
            self.accepted.push(short.text);
        } else {
            self.broken.push(short.text);
        }
    }

    fn add_finding(&mut self, criterion: &Criterion, finding: &Finding, facts: Facts<'_>) {
        let broken = finding.verdict == Verdict::Fail && finding.severity.counts();
        let untold = finding.verdict.undecided() && finding.severity != Severity::Info;
        if broken || untold {
            let covered = standing(criterion, facts)
                .any(|waiver| waiver.fingerprints.contains(&finding.fingerprint));
            let list = match (covered, broken) {
                (true, _) => &mut self.accepted,
                (false, true) => &mut self.broken,
                (false, false) => &mut self.unclear,
            };
            list.push(match finding.plain.as_str() {
                plain if facts.plain && !plain.is_empty() => plain.to_owned(),
                _ => finding.summary.clone(),
            });
        } else if let Some(why) = unfit(finding, facts) {
            self.unclear.push(why);
            self.stale.push(finding.key());
        }
    }

    fn add_answer(
        &mut self,
        criterion: &Criterion,
        question: &Question,
        answer: &Answer,
        facts: Facts<'_>,
    ) {
        self.untouched = false;
        if answer.yes {
            let age = facts.now.duration_since(answer.at);
            match question.good_for_days {
                Some(days) if age > SignedDuration::from_hours(i64::from(days) * 24) => {
                    self.unclear.push(format!(
                        "what {} said is older than {days} days: ask again",
                        answer.by
                    ));
                }
                _ => self.attested = true,
            }
            return;
        }
        let said = format!("{} said no", answer.by);
        if standing(criterion, facts).any(|waiver| answer.at <= waiver.at) {
            self.accepted.push(said);
        } else {
            self.broken.push(said);
        }
    }

    fn open(&self) -> bool {
        self.untouched
            || self.unseen.is_some()
            || self.waits_for_people && !self.unanswered.is_empty()
    }
}

/// Checks that the row names and that nobody looked at. A session's gate needs every one of them, but for those that a whole
/// run had no subject for; a single run may have been narrowed to some, and is judged by those.
fn unseen(criterion: &Criterion, checks: &[String], facts: Facts<'_>) -> Option<String> {
    if !facts.people {
        return None;
    }
    let has_subject = |glob: &str| {
        facts.planned.is_none_or(|plan| {
            plan.iter()
                .any(|key| glob_matches(glob, key.check.as_str()))
        })
    };
    let missing: Vec<&str> = criterion
        .checks
        .iter()
        .filter(|glob| !checks.iter().any(|id| glob_matches(glob, id)))
        .filter(|glob| has_subject(glob))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        None
    } else if facts.plain {
        Some("not everything was looked at yet".to_owned())
    } else {
        Some(format!("not looked at yet: {}", missing.join(", ")))
    }
}

/// What of a row nobody looked at: checks without a finding. Questions do not count, they may be asked later.
pub fn not_looked_at(criterion: &Criterion, facts: Facts<'_>) -> Option<String> {
    let row = Row::of(criterion, facts);
    row.unseen
}

/// Findings of a row that hold and do not count any more, when nothing else keeps the row from being settled.
pub fn only_stale(criterion: &Criterion, facts: Facts<'_>) -> Vec<FindingKey> {
    let row = Row::of(criterion, facts);
    let accepted = !row.open() || row.waiver;
    if row.broken.is_empty() && row.unclear.len() == row.stale.len() && accepted {
        row.stale
    } else {
        Vec::new()
    }
}

/// Why a finding that holds does not count: it is too old, from before the intent changed, or from the future.
fn unfit(finding: &Finding, facts: Facts<'_>) -> Option<String> {
    let age = facts.now.duration_since(finding.at);
    let why = if age > FRESH {
        "is older than 24 h: check again"
    } else if facts.changed.is_some_and(|changed| finding.at < changed) {
        "is from before the intent changed: check again"
    } else if age < -SKEW {
        "is dated in the future: set the clock, and check again"
    } else {
        return None;
    };
    Some(match facts.plain {
        true => "what was seen is too old to count: check again".to_owned(),
        false => format!("{} {why}", finding.check),
    })
}

/// Waivers of this row that are not over.
fn standing<'a>(criterion: &Criterion, facts: Facts<'a>) -> impl Iterator<Item = &'a Waiver> {
    facts
        .waivers
        .iter()
        .filter(move |waiver| waiver.covers_row(&criterion.id, facts.now))
}

#[cfg(test)]
#[path = "criterion_tests.rs"]
mod tests;
