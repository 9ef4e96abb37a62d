//! How a finding is judged: verdict, severity and confidence, three axes that never mix.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a check says about one subject.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The rule holds, and was seen to hold.
    Pass,
    /// The rule holds, with something to look at.
    Warn,
    /// The rule was seen to be broken.
    Fail,
    /// Could not look: timeout, refusal, challenge page. Never a pass and never a fail.
    Unknown,
    /// Something is missing first: a credential, an answer, the authority to test.
    Blocked,
    /// The rule does not apply to this subject, and the finding says why.
    NotApplicable,
}

impl Verdict {
    /// Every verdict, in the order of the JSON `counts`.
    pub const ALL: [Self; 6] = [
        Self::Pass,
        Self::Warn,
        Self::Fail,
        Self::Unknown,
        Self::Blocked,
        Self::NotApplicable,
    ];

    /// The word people and scripts read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// Whether the rule was seen to hold (or need not).
    pub const fn holds(self) -> bool {
        matches!(self, Self::Pass | Self::Warn | Self::NotApplicable)
    }

    /// Whether nothing can be said yet.
    pub const fn undecided(self) -> bool {
        matches!(self, Self::Unknown | Self::Blocked)
    }

    /// Lower comes first on a screen: what fails, then what could not be told, then the rest.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Fail => 0,
            Self::Warn => 1,
            Self::Unknown => 2,
            Self::Blocked => 3,
            Self::Pass => 4,
            Self::NotApplicable => 5,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How grave a failure is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Do not launch.
    Blocker,
    /// To be fixed inside the 48 hours.
    Fix,
    /// Worth doing, blocks nothing.
    Advice,
    /// A fact for the others.
    Info,
}

impl Severity {
    /// The word people and scripts read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blocker => "blocker",
            Self::Fix => "fix",
            Self::Advice => "advice",
            Self::Info => "info",
        }
    }

    /// Whether a failure of this severity keeps its criterion from being proven.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Blocker | Self::Fix)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How sure the check is of what it says. A guess is never a blocker.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Seen directly.
    Certain,
    /// Seen through something that may mislead.
    Likely,
    /// Inferred.
    Guess,
}

impl Confidence {
    /// The word people and scripts read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Guess => "guess",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
