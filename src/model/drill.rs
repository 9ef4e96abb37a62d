//! Drills: the way back that is written before a change, and how long it took to go it, or to deploy again.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::playbook::ProofKind;
use super::standing::same_name;

/// What is rehearsed against the clock.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DrillKind {
    /// A deploy is taken back, in at most ten minutes.
    Rollback,
    /// Somebody of the receiving team deploys by the written steps, in less than thirty minutes.
    Redeploy,
}

impl DrillKind {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Rollback, Self::Redeploy];

    /// The word people and scripts read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Redeploy => "redeploy",
        }
    }

    /// The time that it has.
    pub const fn limit(self) -> SignedDuration {
        match self {
            Self::Rollback => SignedDuration::from_mins(10),
            Self::Redeploy => SignedDuration::from_mins(30),
        }
    }

    /// `at most 10:00`, `under 30:00`.
    pub fn asks(self) -> String {
        let limit = stopwatch(self.limit());
        match self {
            Self::Rollback => format!("at most {limit}"),
            Self::Redeploy => format!("under {limit}"),
        }
    }

    /// Whether that was fast enough.
    pub fn is_within(self, took: SignedDuration) -> bool {
        match self {
            Self::Rollback => took <= self.limit(),
            Self::Redeploy => took < self.limit(),
        }
    }

    /// What it proves in a playbook.
    pub const fn proof(self) -> ProofKind {
        match self {
            Self::Rollback => ProofKind::Rollback,
            Self::Redeploy => ProofKind::Redeploy,
        }
    }
}

/// How to get back, written before the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    /// What is about to change.
    pub what: String,
    /// The deploy or commit that is gone back to.
    pub to: String,
    pub steps: String,
    pub by: String,
    pub at: Timestamp,
}

/// One drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    pub kind: DrillKind,
    /// Who held the clock.
    pub operator: String,
    pub started: Timestamp,
    pub end: Option<DrillEnd>,
}

/// How a drill ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillEnd {
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// Whether it worked, however long it took.
    pub worked: bool,
    pub note: String,
}

/// What a drill shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Running,
    /// It worked, within its time.
    InTime,
    /// It worked, and took too long.
    TooSlow,
    Failed,
    /// The operator did what the receiving team must do.
    ByOperator,
    /// The clock was set back meanwhile: nobody knows how long it took.
    Untold,
}

impl Outcome {
    /// The words people read.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::InTime => "in time",
            Self::TooSlow => "too slow",
            Self::Failed => "failed",
            Self::ByOperator => "done by the operator, not by the receiving team",
            Self::Untold => "the clock was set back: time unknown, drill again",
        }
    }

    /// The answer that it gives to a question; `None`: it gives none.
    pub const fn answer(self) -> Option<bool> {
        match self {
            Self::InTime => Some(true),
            Self::TooSlow | Self::Failed | Self::ByOperator => Some(false),
            Self::Running | Self::Untold => None,
        }
    }
}

impl Drill {
    /// How long it took, or takes by now. Never negative, whatever happened to the clock.
    pub fn took(&self, now: Timestamp) -> SignedDuration {
        let until = self.end.as_ref().map_or(now, |end| end.at);
        until.duration_since(self.started).max(SignedDuration::ZERO)
    }

    /// What it shows.
    pub fn outcome(&self) -> Outcome {
        let Some(end) = &self.end else {
            return Outcome::Running;
        };
        if !end.worked {
            Outcome::Failed
        } else if end.at < self.started {
            Outcome::Untold
        } else if self.kind == DrillKind::Redeploy && is_same_person(&end.by, &self.operator) {
            Outcome::ByOperator
        } else if self.kind.is_within(self.took(end.at)) {
            Outcome::InTime
        } else {
            Outcome::TooSlow
        }
    }

    /// What stands under an answer: minutes against the limit, when, and what was noted.
    pub fn evidence(&self, now: Timestamp) -> String {
        let note = self.end.as_ref().map_or("", |end| end.note.as_str());
        let dot = if note.is_empty() { "" } else { " · " };
        format!(
            "{} drill, {}: {} ({}), begun {}{dot}{note}",
            self.kind.word(),
            self.outcome().words(),
            stopwatch(self.took(now)),
            self.kind.asks(),
            self.started.strftime("%Y-%m-%d %H:%M UTC"),
        )
    }
}

/// Whether a name is the operator's, who may be known by an address: `Ada` is `ada@consult.example`.
pub fn is_same_person(name: &str, operator: &str) -> bool {
    let before_at = operator.split('@').next().unwrap_or(operator);
    same_name(name, operator) || same_name(name, before_at)
}

/// `3:12`, minutes and seconds, as on a stopwatch.
pub fn stopwatch(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
    }

    fn drill(kind: DrillKind, seconds: i64, worked: bool, by: &str) -> Drill {
        Drill {
            kind,
            operator: "ada@consult.example".into(),
            started: at(0),
            end: Some(DrillEnd {
                at: at(seconds),
                by: by.into(),
                worked,
                note: String::new(),
            }),
        }
    }

    #[test]
    fn the_limit_of_each_drill_is_kept_to_the_second() {
        use DrillKind::{Redeploy, Rollback};
        for (kind, seconds, worked, want) in [
            (Rollback, 0, true, Outcome::InTime),
            (Rollback, 600, true, Outcome::InTime),
            (Rollback, 601, true, Outcome::TooSlow),
            (Rollback, 60, false, Outcome::Failed),
            (Redeploy, 1_799, true, Outcome::InTime),
            (Redeploy, 1_800, true, Outcome::TooSlow),
            (Redeploy, 1_800, false, Outcome::Failed),
        ] {
            let drill = drill(kind, seconds, worked, "Robin");
            assert_eq!(drill.outcome(), want, "{kind:?} {seconds}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_gives_no_negative_minutes_and_no_proof() {
        let ended = drill(DrillKind::Rollback, -300, true, "Robin");
        assert_eq!(ended.took(at(50)), SignedDuration::ZERO);
        assert_eq!(ended.outcome(), Outcome::Untold);
        assert_eq!(ended.outcome().answer(), None);
        let running = Drill { end: None, ..ended };
        assert_eq!(running.took(at(-300)), SignedDuration::ZERO);
        assert_eq!(stopwatch(running.took(at(192))), "3:12");
        assert_eq!(stopwatch(SignedDuration::from_secs(-5)), "0:00");
    }

    #[test]
    fn a_redeploy_by_the_operator_proves_nothing() {
        for by in ["ada@consult.example", " Ada ", "ADA"] {
            let own = drill(DrillKind::Redeploy, 60, true, by);
            assert_eq!(own.outcome(), Outcome::ByOperator, "{by}");
            assert_eq!(own.outcome().answer(), Some(false));
        }
        let rollback = drill(DrillKind::Rollback, 60, true, "Ada");
        assert_eq!(rollback.outcome(), Outcome::InTime);
    }

    #[test]
    fn the_evidence_holds_the_minutes_against_the_limit() {
        let mut ended = drill(DrillKind::Rollback, 192, true, "Robin");
        assert_eq!(
            ended.evidence(at(192)),
            "rollback drill, in time: 3:12 (at most 10:00), begun 1970-01-12 13:46 UTC"
        );
        if let Some(end) = &mut ended.end {
            end.note = "the cache was cold".into();
        }
        assert!(ended.evidence(at(192)).ends_with(" · the cache was cold"));
    }
}
