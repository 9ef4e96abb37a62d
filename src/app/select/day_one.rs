//! What changed since the handover.

use super::super::day_one::DayOne;
use super::super::state::State;
use crate::model::drift::{Change, Drift, Drifted};
use crate::model::finding::FindingKey;
use crate::model::session::Waiver;

/// The comparison with what was signed; `None` before a handover.
pub fn drift(state: &State) -> Option<Drift> {
    state.opened.as_ref()?.session.drift(state.now)
}

/// The rows that the screen lists.
pub fn rows(state: &State, screen: &DayOne) -> Vec<Drifted> {
    drift(state)
        .map_or_else(Vec::new, |drift| drift.lines)
        .into_iter()
        .filter(|d| screen.everything || !matches!(d.change, Change::Same | Change::NotLookedAt))
        .filter(|d| {
            screen
                .filter
                .lets(&format!("{} {}", d.key.check, d.key.subject))
        })
        .collect()
}

/// Their keys.
pub fn keys(state: &State, screen: &DayOne) -> Vec<FindingKey> {
    rows(state, screen).into_iter().map(|d| d.key).collect()
}

/// Waivers that lapse within two weeks, or did.
pub fn lapsing(state: &State) -> Vec<&Waiver> {
    let soon = state.now + jiff::SignedDuration::from_hours(14 * 24);
    state
        .opened
        .iter()
        .flat_map(|o| &o.session.waivers)
        .filter(|w| w.until < soon)
        .collect()
}
