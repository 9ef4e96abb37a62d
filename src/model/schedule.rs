//! The sprint on the wall: when each phase, window and gate is planned now, and what of it is late.

use jiff::{SignedDuration, Timestamp};

use super::blocking::waits;
use super::board::boards;
use super::playbook::Playbook;
use super::session::Session;

/// A gate or a workstream whose time is over and which is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    pub title: String,
    /// A gate, not a workstream.
    pub is_gate: bool,
    /// Counted time since it should have been done.
    pub by: SignedDuration,
    /// What it waits for, in one line.
    pub waits_for: String,
}

/// What is late, the latest first. Nothing is before the start and after the handover.
pub fn late(playbook: &Playbook, session: &Session, now: Timestamp) -> Vec<Late> {
    if session.clock.started.is_none() || session.handed_over.is_some() {
        return Vec::new();
    }
    let elapsed = session.clock.elapsed(now);
    let over = |hour: u32| elapsed - SignedDuration::from_hours(i64::from(hour));
    let mut list: Vec<Late> = Vec::new();
    for board in boards(playbook, session, now) {
        let by = over(board.gate.hour);
        if !by.is_positive() || board.is_signed() {
            continue;
        }
        let row = board.rows.iter().find(|row| row.blocks.is_some());
        let signatures = || {
            let missing = board.gate.signatures.saturating_sub(board.signed.len());
            format!("{missing} more to sign")
        };
        let waits_for = match row {
            Some(row) => row_waits(playbook, session, &row.criterion.id, now)
                .unwrap_or_else(|| row.criterion.title.clone()),
            None => board.missing.first().cloned().unwrap_or_else(signatures),
        };
        list.push(Late {
            title: board.gate.title.clone(),
            is_gate: true,
            by,
            waits_for,
        });
    }
    let rows = session.rows(playbook, now);
    for work in &playbook.workstreams {
        let by = over(work.to);
        if !by.is_positive() {
            continue;
        }
        let mut open = playbook
            .criteria
            .iter()
            .zip(&rows)
            .filter(|(row, report)| row.workstream == work.id && !report.state.settled());
        let Some((row, report)) = open.next() else {
            continue;
        };
        let why = report.because.first().cloned();
        let waits_for = row_waits(playbook, session, &row.id, now)
            .or(why)
            .unwrap_or_else(|| row.title.clone());
        list.push(Late {
            title: work.title.clone(),
            is_gate: false,
            by,
            waits_for,
        });
    }
    list.sort_by_key(|late| std::cmp::Reverse(late.by));
    list
}

/// What a row, or a finding in it, was said to wait for.
fn row_waits(playbook: &Playbook, session: &Session, id: &str, now: Timestamp) -> Option<String> {
    let row = playbook.criterion(id)?;
    let named = |key: &&super::finding::FindingKey| row.names(key.check.as_str());
    let items = session.findings.keys().filter(named);
    let items = items.map(|key| format!("{} {}", key.check, key.subject));
    std::iter::once(id.to_owned())
        .chain(items)
        .filter_map(|item| waits(playbook, session, &item, now))
        .find(|waits| !waits.over)
        .map(|waits| waits.what)
}

/// The gate that is signed next: its title, and its hour. `None` after the last.
pub fn next_gate(playbook: &Playbook, session: &Session, now: Timestamp) -> Option<(String, u32)> {
    let boards = boards(playbook, session, now);
    let next = boards.iter().find(|board| !board.is_signed())?;
    Some((next.gate.title.clone(), next.gate.hour))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::EventBody;
    use crate::model::story::{Story, at, playbook};
    use crate::model::verdict::{Severity, Verdict};

    fn lines(story: &Story, hour: i64) -> Vec<String> {
        late(&playbook(), &story.session(), at(hour))
            .into_iter()
            .map(|late| format!("{} {} {}", late.title, late.by.as_hours(), late.waits_for))
            .collect()
    }

    #[test]
    fn what_is_late_says_by_how_much_and_for_what_it_waits() {
        let story = Story::started()
            .ran()
            .found("mail.spf", Verdict::Fail, Severity::Blocker);
        assert!(lines(&story, 8).is_empty());
        assert_eq!(lines(&story, 9), ["Audit closed 1 Mail"]);
        assert_eq!(
            lines(&story, 18),
            [
                "Audit closed 10 Mail",
                "Edge 6 not looked at yet: tls.*",
                "Email 2 mail.spf is fail"
            ]
        );
        let waits = story
            .clone()
            .owned("mail.spf acme.example", "registrar: the transfer");
        assert_eq!(lines(&waits, 18)[2], "Email 2 registrar: the transfer");
        assert_eq!(
            lines(&waits, 18)[0],
            "Audit closed 10 registrar: the transfer"
        );
        // A pause moves everything.
        let paused = story.at(2).then(EventBody::ClockPaused {
            cause: "client".into(),
        });
        assert!(lines(&paused, 30).is_empty());
        // Nothing is late before the start, nor after the handover.
        assert!(lines(&Story::default(), 90).is_empty());
    }

    #[test]
    fn the_next_gate_is_the_first_that_is_not_signed() {
        let gate = |story: &Story| next_gate(&playbook(), &story.session(), at(1)).map(|g| g.1);
        let story = Story::started();
        assert_eq!(gate(&story), Some(8));
        let story = story.signed("audit-closed", "Ada");
        assert_eq!(gate(&story), Some(36));
        let story = story.signed("go-live", "Ada").signed("go-live", "Bo");
        assert_eq!(gate(&story), None);
    }
}
