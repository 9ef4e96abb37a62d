//! The list of sprints.

use super::super::home::{Home, HomeRow, Listing, SessionSummary};
use super::super::state::State;
use jiff::Timestamp;

/// The rows that the filter lets through, the practice range last. In presenter mode other clients are hidden.
pub fn rows(state: &State, home: &Home) -> Vec<HomeRow> {
    let mut rows: Vec<HomeRow> = sessions(state, home)
        .into_iter()
        .map(|s| HomeRow::Session(s.file.clone()))
        .collect();
    rows.push(HomeRow::Range);
    rows
}

/// The sessions behind them, in order.
pub fn sessions<'a>(state: &'a State, home: &Home) -> Vec<&'a SessionSummary> {
    let Listing::Ready(list) = &state.sessions else {
        return Vec::new();
    };
    let open = state.opened.as_ref().map(|o| &o.file);
    let mut list: Vec<&SessionSummary> = list
        .iter()
        .filter(|s| home.filter.lets(&text(s)))
        .filter(|s| !state.presenter || Some(&s.file) == open)
        .collect();
    list.sort_by_key(|s| (urgency(s, state.now), deadline(s, state.now)));
    list
}

/// What the filter looks at.
fn text(summary: &SessionSummary) -> String {
    let pause = summary
        .clock
        .pause()
        .map_or("", |pause| pause.cause.as_str());
    let next = summary.next.as_ref();
    let (what, owner) = next.map_or(("", ""), |n| (n.what.as_str(), n.owner.as_str()));
    format!(
        "{} {} {} {pause} {what} {owner}",
        summary.domain, summary.playbook, summary.phase
    )
}

/// Lower comes first: what needs somebody now, then work under way, what waits, what has not begun, what is done.
pub fn urgency(summary: &SessionSummary, now: Timestamp) -> u8 {
    let overdue = summary
        .next
        .as_ref()
        .and_then(|n| n.due)
        .is_some_and(|due| due < now);
    match (summary.handed_over, summary.clock.started) {
        _ if summary.problem.is_some() => 2,
        (Some(_), _) if summary.worse > 0 => 0,
        (Some(_), _) => 5,
        (None, Some(_)) if summary.clock.pause().is_some() => 3,
        (None, Some(_)) if summary.late > 0 || overdue || summary.blockers > 0 => 0,
        (None, Some(_)) => 1,
        (None, None) if summary.blockers > 0 => 1,
        (None, None) => 4,
    }
}

/// When its next gate is planned; a session without one comes last.
pub fn deadline(summary: &SessionSummary, now: Timestamp) -> Timestamp {
    let gate = summary.gate_ahead.as_ref();
    gate.and_then(|(_, hour)| summary.clock.wall(*hour, now))
        .unwrap_or(Timestamp::MAX)
}

/// The summary of a file.
pub fn summary<'a>(state: &'a State, file: &std::path::Path) -> Option<&'a SessionSummary> {
    match &state.sessions {
        Listing::Ready(list) => list.iter().find(|s| s.file == file),
        Listing::Loading | Listing::Failed(_) => None,
    }
}

/// How many sprints wait for the operator: blockers to fix, drift, or a problem with the file.
pub fn need_you(state: &State) -> usize {
    match &state.sessions {
        Listing::Ready(list) => list
            .iter()
            .filter(|s| s.problem.is_some() || s.worse > 0 || needs_work(s))
            .count(),
        Listing::Loading | Listing::Failed(_) => 0,
    }
}

fn needs_work(summary: &SessionSummary) -> bool {
    let open = summary.blockers > 0 || summary.late > 0;
    summary.handed_over.is_none() && open && summary.clock.pause().is_none()
}
