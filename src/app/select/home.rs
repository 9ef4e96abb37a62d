//! The list of sprints.

use super::super::home::{Home, HomeRow, Listing, SessionSummary};
use super::super::state::State;

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
    list.iter()
        .filter(|s| home.filter.lets(&format!("{} {}", s.domain, s.playbook)))
        .filter(|s| !state.presenter || Some(&s.file) == open)
        .collect()
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
    summary.handed_over.is_none() && summary.blockers > 0 && summary.clock.pause().is_none()
}
