//! Waivers that do not stand any more, and findings that are accepted.

use jiff::{SignedDuration, Timestamp};

use super::criterion::{CriterionState, assess};
use super::finding::Finding;
use super::playbook::Playbook;
use super::record::Waiver;
use super::session::Session;

/// Longer than this needs more than a word as its reason.
pub const LONG: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How many characters the reason of a long waiver has at least.
pub const LONG_REASON: usize = 20;

/// Why a waiver does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// Its day came.
    Over,
    /// What it accepted is another fact now.
    Changed,
}

impl Lapse {
    /// For people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Over => "its day came",
            Self::Changed => "the fact changed",
        }
    }
}

/// Waivers that lapsed while their row still needs one, in the order in which they were given.
pub fn lapsed<'a>(
    playbook: &Playbook,
    session: &'a Session,
    now: Timestamp,
) -> Vec<(&'a Waiver, Lapse)> {
    let needed = |waiver: &&Waiver| {
        let row = playbook.criterion(&waiver.criterion);
        row.is_some_and(|row| !assess(row, session.facts(playbook, now)).state.settled())
    };
    session
        .waivers
        .iter()
        .filter(needed)
        .filter_map(|waiver| Some((waiver, lapse(playbook, session, waiver, now)?)))
        .collect()
}

/// Why a waiver does not cover its row now; `None`: it may.
fn lapse(playbook: &Playbook, session: &Session, waiver: &Waiver, now: Timestamp) -> Option<Lapse> {
    if now >= waiver.until {
        return Some(Lapse::Over);
    }
    let row = playbook.criterion(&waiver.criterion)?;
    if waiver.fingerprints.is_empty()
        || assess(row, session.facts(playbook, now)).state != CriterionState::Failing
    {
        return None;
    }
    let mut findings = session.findings.values();
    let stands = findings.any(|finding| {
        row.names(finding.check.as_str()) && waiver.fingerprints.contains(&finding.fingerprint)
    });
    (!stands).then_some(Lapse::Changed)
}

/// Whether the fact behind a finding was accepted in every row that it would break, and still is.
pub fn is_waived(
    playbook: &Playbook,
    session: &Session,
    finding: &Finding,
    now: Timestamp,
) -> bool {
    let mut rows = playbook
        .criteria
        .iter()
        .filter(|row| row.names(finding.check.as_str()))
        .peekable();
    rows.peek().is_some()
        && rows.all(|row| {
            let mut waivers = session.waivers.iter();
            waivers.any(|waiver| {
                waiver.covers_row(&row.id, now)
                    && waiver.fingerprints.contains(&finding.fingerprint)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::story::{Story, at, playbook};
    use crate::model::verdict::{Severity, Verdict};

    fn lapses(story: &Story, hour: i64) -> Vec<(String, Lapse)> {
        lapsed(&playbook(), &story.session(), at(hour))
            .into_iter()
            .map(|(waiver, lapse)| (waiver.criterion.clone(), lapse))
            .collect()
    }

    #[test]
    fn a_waiver_lapses_on_its_day_and_when_the_fact_changes_and_not_when_the_row_holds() {
        let story = Story::started()
            .found("mail.spf", Verdict::Fail, Severity::Blocker)
            .waived("mail", 6);
        assert!(lapses(&story, 5).is_empty());
        assert_eq!(lapses(&story, 6), [("mail".into(), Lapse::Over)]);
        let changed = story.clone().found_as("mail.spf", "two records");
        assert_eq!(lapses(&changed, 5), [("mail".into(), Lapse::Changed)]);
        let fixed = story.found("mail.spf", Verdict::Pass, Severity::Blocker);
        assert!(lapses(&fixed, 7).is_empty());
    }

    #[test]
    fn a_finding_is_accepted_in_every_row_or_not_at_all() {
        let story = Story::started().found("mail.spf", Verdict::Fail, Severity::Blocker);
        let waived = |story: &Story| {
            let session = story.session();
            session
                .findings
                .values()
                .all(|f| is_waived(&playbook(), &session, f, at(1)))
        };
        assert!(!waived(&story));
        assert!(waived(&story.waived("mail", 6)));
    }
}
