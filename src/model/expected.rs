//! What of a drift is no surprise: a renewal, a waiver that ran out on its day, and what somebody said was meant.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::criterion::FRESH;
use super::drift::{Change, Drift, Drifted, compare};
use super::fact::mark;
use super::finding::{Finding, FindingKey};
use super::observation::self_check::SelfCheck;
use super::session::{RunRecord, Session};

/// Why a change is no surprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A later date, and nothing else but the key.
    Renewed,
    Said {
        by: String,
        /// Empty where nobody was asked for it.
        why: String,
        at: Timestamp,
    },
}

impl Expected {
    /// In words.
    pub fn text(&self) -> String {
        match self {
            Self::Renewed => "renewed".to_owned(),
            Self::Said { by, why, .. } if why.is_empty() => format!("meant, says {by}"),
            Self::Said { by, why, .. } => format!("meant, says {by}: {why}"),
        }
    }
}

/// A change that somebody said was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    pub key: FindingKey,
    /// [`mark`] of what was seen.
    pub fingerprint: String,
    pub why: String,
    pub by: String,
    pub at: Timestamp,
}

/// A waiver that ran out on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapsed {
    pub criterion: String,
    pub by: String,
    pub until: Timestamp,
}

/// The key of `details` under which a check says that port 25 is `closed` on the way out.
pub const PORT_25: &str = "port_25";

/// How notes began that said so, before there was a word of its own for it.
pub const NOTED: &str = "meant: ";

impl Session {
    /// What differs from what was signed at the handover; `None` before it. Nothing counts as the same that was not looked
    /// at since, or not for a day.
    pub fn drift(&self, now: Timestamp) -> Option<Drift> {
        let signed = self.handed_over.as_ref()?;
        let then = self.runs.iter().find(|r| r.id == signed.run);
        let mut lines = self.against(&signed.findings);
        for line in &mut lines {
            let seen = line.now.as_ref().map(|f| f.at);
            let old = seen.is_some_and(|at| at <= signed.at || now.duration_since(at) > FRESH);
            if line.change == Change::Same && old {
                line.change = Change::NotLookedAt;
            }
        }
        lines.sort_by(|a, b| (a.change, &a.key).cmp(&(b.change, &b.key)));
        let lapsed = self
            .waivers
            .iter()
            .filter(|w| w.until <= now && w.until > signed.at)
            .map(|w| Lapsed {
                criterion: w.criterion.clone(),
                by: w.by.clone(),
                until: w.until,
            });
        Some(Drift {
            since: signed.at,
            rules_then: then.map(|r| r.rules),
            rules_now: self.runs.last().map(|r| r.rules),
            footing: self.footing(then, &lines),
            lines,
            lapsed: lapsed.collect(),
        })
    }

    /// The latest findings against others, with what people said of the differences.
    pub fn against(&self, before: &BTreeMap<FindingKey, Finding>) -> Vec<Drifted> {
        let mut lines = compare(before, &self.findings);
        for line in lines.iter_mut().filter(|line| line.change.is_of_the_site()) {
            line.expected = self.said(line).or_else(|| line.expected.take());
        }
        lines
    }

    /// Who said that it was meant.
    fn said(&self, line: &Drifted) -> Option<Expected> {
        let now = line.now.as_ref()?;
        let mark = mark(now);
        let meant = self.meant.iter().rev();
        let said = meant
            .filter(|m| m.key == line.key && m.fingerprint == mark)
            .map(|m| (&m.by, m.why.as_str(), m.at))
            .next();
        let noted = || {
            let item = format!("{} {}", line.key.check, line.key.subject);
            let is_it = |text: &str| text.strip_prefix(NOTED) == Some(now.fingerprint.as_str());
            let note = self.notes.iter().find(|n| n.item == item && is_it(&n.text));
            note.map(|note| (&note.by, "", note.at))
        };
        let (by, why, at) = said.or_else(noted)?;
        Some(Expected::Said {
            by: by.clone(),
            why: why.to_owned(),
            at,
        })
    }

    /// How the place that the latest run looked from differs from that of the signed run.
    fn footing(&self, then: Option<&RunRecord>, lines: &[Drifted]) -> Vec<String> {
        let checked = |run: &RunRecord| run.self_check.clone();
        let then = then.and_then(checked);
        let now = self.runs.iter().rev().find_map(checked);
        let (Some(mut then), Some(mut now)) = (then, now) else {
            return Vec::new();
        };
        // Nobody knocks at port 25 before a check has to.
        for line in lines.iter().filter(|l| l.change == Change::CouldNotCheck) {
            let closed = line.now.as_ref().and_then(|f| f.details.get(PORT_25));
            if closed.is_some() {
                "closed".clone_into(&mut now.port_25);
                "open".clone_into(&mut then.port_25);
            }
        }
        differences(&then, &now)
    }
}

fn differences(then: &SelfCheck, now: &SelfCheck) -> Vec<String> {
    let mut list = Vec::new();
    if now.network != "up" && now.network != then.network {
        list.push(format!(
            "the network from here is {}; it was {} at sign-off",
            now.network, then.network
        ));
    }
    if now.resolver != "honest" && now.resolver != then.resolver {
        list.push(format!(
            "the resolver here is {}; it was {} at sign-off",
            now.resolver, then.resolver
        ));
    }
    if now.port_25 == "closed" && then.port_25 != "closed" {
        let was = match then.port_25.as_str() {
            "open" => "open",
            _ => "not tested",
        };
        list.push(format!(
            "port 25 is closed from here; it was {was} at sign-off"
        ));
    }
    list
}

#[cfg(test)]
#[path = "expected_tests.rs"]
mod tests;
