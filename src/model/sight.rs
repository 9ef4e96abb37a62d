//! What one look of a watch over a whole session came to, as plain data: for the terminal, for scripts, for the cockpit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::availability::standing;
use super::finding::{Finding, FindingKey};
use super::observation::self_check::SelfCheck;
use super::sample::{ANSWERS, Sample, Seen};
use super::session::Session;
use super::verdict::Verdict;

/// One look.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sight {
    pub at: Timestamp,
    /// Why nothing that is seen from here can be believed now. Then there are neither samples nor turns.
    pub footing: Option<String>,
    pub self_check: SelfCheck,
    /// Since when nobody looked, when that is longer than it should be.
    pub gap: Option<Timestamp>,
    /// One for each check and subject, and one for each front door.
    pub samples: Vec<Sample>,
    /// What differs from before, seen twice.
    pub turns: Vec<Turn>,
    /// What the front doors said, by host.
    pub doors: BTreeMap<String, (Verdict, String)>,
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub key: FindingKey,
    /// `None`: seen for the first time.
    pub before: Option<Verdict>,
    pub now: Verdict,
    pub summary: String,
    /// What the check found; a front door has none.
    pub finding: Option<Box<Finding>>,
}

/// What was last told of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub verdict: Verdict,
    /// Empty for a front door.
    pub fingerprint: String,
}

/// What is known by row.
pub type Knowledge = BTreeMap<FindingKey, Known>;

impl Turn {
    /// Whether somebody should hear of it: it broke, or it holds again. What is seen for the first time is no news, but for a
    /// front door at which nobody answers.
    pub fn is_news(&self) -> bool {
        let broke = self.now == Verdict::Fail;
        match self.before {
            None => broke && self.is_door(),
            Some(Verdict::Fail) => self.now.holds(),
            Some(_) => broke,
        }
    }

    /// Whether it is about a front door, and no check.
    pub fn is_door(&self) -> bool {
        self.key.check.as_str() == ANSWERS
    }

    /// `DOWN: api.acme.example: nobody listens there`.
    pub fn words(&self) -> String {
        let word = match (self.now.holds(), self.is_door()) {
            (true, true) => "up again",
            (true, false) => "holds again",
            (false, true) => "DOWN",
            (false, false) => "BROKEN",
        };
        let check = if self.is_door() {
            String::new()
        } else {
            format!("{} ", self.key.check)
        };
        format!("{word}: {check}{}: {}", self.key.subject, self.summary)
    }
}

impl Sight {
    /// Verdicts of the checks in it, in the order of [`Verdict::ALL`].
    pub fn counts(&self) -> [(Verdict, usize); 6] {
        Verdict::ALL.map(|verdict| {
            let says = |s: &&Sample| match &s.seen {
                Seen::Stretch(stretch) => stretch.verdict == verdict,
                Seen::Sum(_) => false,
            };
            let checks = self
                .samples
                .iter()
                .filter(|s| s.key.check.as_str() != ANSWERS);
            (verdict, checks.filter(says).count())
        })
    }

    /// Front doors at which somebody answers.
    pub fn up(&self) -> usize {
        let holds = |(verdict, _): &&(Verdict, String)| *verdict == Verdict::Pass;
        self.doors.values().filter(holds).count()
    }
}

impl Known {
    /// What a finding says.
    pub fn of(finding: &Finding) -> Self {
        Self {
            verdict: finding.verdict,
            fingerprint: finding.fingerprint.clone(),
        }
    }

    /// What is known of a front door.
    pub const fn door(verdict: Verdict) -> Self {
        Self {
            verdict,
            fingerprint: String::new(),
        }
    }

    /// Whether a finding says something else. What could not be told says nothing.
    pub fn differs(&self, finding: &Finding) -> bool {
        !finding.verdict.undecided()
            && (self.verdict != finding.verdict || self.fingerprint != finding.fingerprint)
    }
}

/// What a session knows: its findings, and how the front doors stood by its samples.
pub fn knowledge(session: &Session, samples: &BTreeMap<FindingKey, Vec<Sample>>) -> Knowledge {
    let findings = session.findings.iter();
    let findings = findings.map(|(key, finding)| (key.clone(), Known::of(finding)));
    let doors = samples
        .iter()
        .filter(|(key, _)| key.check.as_str() == ANSWERS)
        .filter_map(|(key, samples)| {
            let stands = standing(samples).filter(|s| !s.verdict.undecided())?;
            Some((key.clone(), Known::door(stands.verdict)))
        });
    findings.chain(doors).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::answers;

    fn turn(before: Option<Verdict>, now: Verdict) -> Turn {
        Turn {
            key: answers("a.example"),
            before,
            now,
            summary: "why".into(),
            finding: None,
        }
    }

    #[test]
    fn news_is_what_broke_and_what_holds_again() {
        use Verdict::{Fail, Pass, Unknown, Warn};
        for (before, now, want) in [
            (Some(Pass), Fail, true),
            (Some(Fail), Pass, true),
            (Some(Fail), Warn, true),
            (Some(Unknown), Fail, true),
            (Some(Unknown), Pass, false),
            (Some(Fail), Unknown, false),
            (Some(Pass), Warn, false),
            (Some(Fail), Fail, false),
            (None, Fail, true),
            (None, Pass, false),
        ] {
            assert_eq!(turn(before, now).is_news(), want, "{before:?} {now}");
        }
        assert_eq!(turn(None, Verdict::Fail).words(), "DOWN: a.example: why");
        let mut check = turn(Some(Verdict::Fail), Verdict::Pass);
        check.key.check = "mail.spf".into();
        assert_eq!(check.words(), "holds again: mail.spf a.example: why");
    }
}
