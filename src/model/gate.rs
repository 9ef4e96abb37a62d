//! Go or no-go. No percentages, no grades: the rows that block, by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criterion::{CriterionReport, CriterionState};

/// Whether to launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateVerdict {
    Go,
    NoGo,
    /// Nothing was seen to be broken, but not everything could be told.
    Undetermined,
}

impl GateVerdict {
    /// The word people and scripts read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo => "no-go",
            Self::Undetermined => "undetermined",
        }
    }
}

impl std::fmt::Display for GateVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// The gate as the JSON shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    pub verdict: GateVerdict,
    /// Rows that block, in the order of the playbook.
    pub blocking: Vec<String>,
    /// Rows on which nobody has answered yet; they block a session's gate and are only listed for a single run.
    pub open: Vec<String>,
}

/// Computes the gate from its rows. With `people`, a row that waits for a person's answer blocks.
pub fn decide(rows: &[CriterionReport], people: bool) -> GateReport {
    let blocking = |row: &&CriterionReport| match row.state {
        CriterionState::Failing | CriterionState::Undetermined => true,
        CriterionState::Open => people,
        CriterionState::Proven | CriterionState::Attested | CriterionState::Waived => false,
    };
    let ids = |rows: Vec<&CriterionReport>| {
        rows.into_iter()
            .map(|row| row.id.clone())
            .collect::<Vec<_>>()
    };
    let verdict = if rows.iter().any(|row| row.state == CriterionState::Failing) {
        GateVerdict::NoGo
    } else if rows
        .iter()
        .any(|row| row.state == CriterionState::Undetermined)
    {
        GateVerdict::Undetermined
    } else if people && rows.iter().any(|row| row.state == CriterionState::Open) {
        GateVerdict::NoGo
    } else if rows.iter().any(|row| row.state.settled()) {
        GateVerdict::Go
    } else {
        GateVerdict::Undetermined
    };
    GateReport {
        verdict,
        blocking: ids(rows.iter().filter(blocking).collect()),
        open: ids(rows
            .iter()
            .filter(|row| row.state == CriterionState::Open || !row.unanswered.is_empty())
            .collect()),
    }
}
