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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, state: CriterionState, unanswered: &[&str]) -> CriterionReport {
        CriterionReport {
            id: id.to_owned(),
            state,
            checks: Vec::new(),
            because: Vec::new(),
            unanswered: unanswered.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn every_mix_of_rows_has_its_verdict() {
        use CriterionState::{Attested, Failing, Open, Proven, Undetermined, Waived};
        use GateVerdict::{Go, NoGo, Undetermined as Unclear};
        for (states, session, single) in [
            (&[Proven, Attested, Waived][..], Go, Go),
            (&[Proven, Failing][..], NoGo, NoGo),
            (&[Failing, Undetermined][..], NoGo, NoGo),
            (&[Proven, Undetermined][..], Unclear, Unclear),
            (&[Proven, Open][..], NoGo, Go),
            (&[Open, Open][..], NoGo, Unclear),
            (&[][..], Unclear, Unclear),
        ] {
            let rows: Vec<CriterionReport> =
                states.iter().map(|state| row("r", *state, &[])).collect();
            assert_eq!(decide(&rows, true).verdict, session, "{states:?}");
            assert_eq!(decide(&rows, false).verdict, single, "{states:?}");
        }
    }

    #[test]
    fn rows_that_block_and_rows_that_wait_are_named() {
        use CriterionState::{Failing, Open, Proven, Undetermined};
        let rows = [
            row("a", Proven, &[]),
            row("b", Failing, &[]),
            row("c", Open, &["q"]),
            row("d", Undetermined, &["p"]),
        ];
        assert_eq!(decide(&rows, true).blocking, ["b", "c", "d"]);
        assert_eq!(decide(&rows, false).blocking, ["b", "d"]);
        assert_eq!(decide(&rows, false).open, ["c", "d"]);
    }
}
