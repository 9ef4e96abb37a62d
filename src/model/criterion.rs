//! The state of a scorecard row, computed from findings, answers and waivers.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, FindingKey};
use super::playbook::Criterion;
use super::session::{Answer, Waiver};
use super::verdict::Verdict;

/// Evidence older than this does not pass a gate.
pub const FRESH: SignedDuration = SignedDuration::from_hours(24);

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
    /// Whether questions to people count: in a session they do; in a single run nobody could have answered.
    pub people: bool,
}

/// Computes the state of `criterion`.
pub fn assess(criterion: &Criterion, facts: Facts<'_>) -> CriterionReport {
    let findings: Vec<&Finding> = facts
        .findings
        .values()
        .filter(|f| criterion.names(f.check.as_str()))
        .collect();
    let mut checks: Vec<String> = findings.iter().map(|f| f.check.0.clone()).collect();
    checks.dedup();
    let failing: Vec<&Finding> = findings
        .iter()
        .copied()
        .filter(|f| f.verdict == Verdict::Fail && f.severity.counts())
        .collect();
    let undecided: Vec<&Finding> = findings
        .iter()
        .copied()
        .filter(|f| f.verdict.undecided())
        .collect();
    let stale: Vec<&Finding> = findings
        .iter()
        .copied()
        .filter(|f| f.verdict.holds() && facts.now.duration_since(f.at) > FRESH)
        .collect();
    let answered = |id: &str| facts.answers.get(id);
    let refused: Vec<&Answer> = criterion
        .questions
        .iter()
        .filter_map(|q| answered(&q.id))
        .filter(|a| !a.yes)
        .collect();
    let unanswered: Vec<String> = criterion
        .questions
        .iter()
        .filter(|q| answered(&q.id).is_none())
        .map(|q| q.id.clone())
        .collect();
    let attested = criterion.questions.len() > unanswered.len();
    let waived = |list: &[&Finding]| list.iter().all(|f| covering(criterion, f, facts).is_some());
    let open = findings.is_empty() && !criterion.checks.is_empty()
        || facts.people && !unanswered.is_empty();

    let mut because: Vec<String> = Vec::new();
    because.extend(failing.iter().map(|f| f.summary.clone()));
    because.extend(refused.iter().map(|a| format!("{} said no", a.by)));
    because.extend(undecided.iter().map(|f| f.summary.clone()));
    because.extend(
        stale
            .iter()
            .map(|f| format!("{} is older than 24 h: check again", f.check)),
    );
    because.dedup();

    let bad = !failing.is_empty() || !refused.is_empty();
    let unclear = !undecided.is_empty() || !stale.is_empty();
    let row_waiver = facts
        .waivers
        .iter()
        .any(|w| w.covers_row(&criterion.id, facts.now));
    let everything_waived = (bad || unclear)
        && refused.is_empty()
        && stale.is_empty()
        && waived(&failing)
        && waived(&undecided);
    let state = if everything_waived && !open || open && !bad && !unclear && row_waiver {
        CriterionState::Waived
    } else if bad && !(waived(&failing) && refused.is_empty()) {
        CriterionState::Failing
    } else if unclear || bad && open {
        CriterionState::Undetermined
    } else if open {
        CriterionState::Open
    } else if attested {
        CriterionState::Attested
    } else {
        CriterionState::Proven
    };
    CriterionReport {
        id: criterion.id.clone(),
        state,
        checks,
        because,
        unanswered,
    }
}

/// The waiver that covers `finding` in this row: same row, not over, and the fact is still the one that was waived.
fn covering<'a>(criterion: &Criterion, finding: &Finding, facts: Facts<'a>) -> Option<&'a Waiver> {
    facts.waivers.iter().find(|waiver| {
        waiver.criterion == criterion.id
            && facts.now < waiver.until
            && waiver.fingerprints.contains(&finding.fingerprint)
    })
}
