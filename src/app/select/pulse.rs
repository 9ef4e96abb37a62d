//! What moves by itself: when the next tick is due, and whether one changed anything that can be seen.

use std::time::Duration;

use super::super::opened::WatchPhase;
use super::super::screen::Screen;
use super::super::state::State;
use crate::model::clock::counts_seconds;
use crate::model::exhibit::Exhibit;

/// Everything on the screen that follows from time alone. Equal pulses, equal screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    minute: i64,
    /// Counted only where seconds are shown.
    second: i64,
    spinner: usize,
    toasts: usize,
}

/// The pulse of a state.
pub fn pulse(state: &State) -> Pulse {
    let second = state.now.as_second();
    Pulse {
        minute: second.div_euclid(60),
        second: if shows_seconds(state) { second } else { 0 },
        spinner: state.spinner,
        toasts: state.toasts.len(),
    }
}

/// How long until time alone may change the screen.
pub fn next_tick(state: &State) -> Duration {
    if spins(state) {
        return Duration::from_millis(125);
    }
    let into_second = Duration::from_nanos(
        u64::try_from(state.now.subsec_nanosecond().max(0)).unwrap_or_default(),
    );
    if shows_seconds(state) || !state.toasts.is_empty() {
        return Duration::from_millis(1_005).saturating_sub(into_second);
    }
    let second = u64::try_from(state.now.as_second().rem_euclid(60)).unwrap_or_default();
    Duration::from_millis((60 - second) * 1_000 + 5).saturating_sub(into_second)
}

/// Whether something runs that a spinner stands for.
pub fn spins(state: &State) -> bool {
    state.terminal.motion && is_busy(state)
}

fn is_busy(state: &State) -> bool {
    let run = state.opened.as_ref().is_some_and(|o| o.run.is_busy());
    let discovery = matches!(
        state.screen(),
        Some(Screen::NewSession(new))
            if new.creating || matches!(new.discovery, super::super::new_session::Discovery::Looking { .. })
    );
    let mending = state.range.as_ref().is_some_and(|r| !r.mending.is_empty());
    run || discovery || mending || super::rehearsal::is_busy(state)
}

/// Whether the screen counts seconds: a run without spinner, a drill, or a watch or a countdown in sight.
fn shows_seconds(state: &State) -> bool {
    let watching = state.opened.as_ref().is_some_and(|o| {
        o.vigil.is_some() || o.watches.values().any(|w| w.phase == WatchPhase::Looking)
    });
    let in_sight = matches!(
        state.screen(),
        Some(Screen::Watch(_) | Screen::Guide(_) | Screen::Finding(_) | Screen::Mail(_))
    );
    let drill = super::proofs::running(state).is_some();
    is_busy(state) || drill || watching && in_sight || counts_down(state)
}

/// Whether a countdown of seconds is in sight: a row of an exhibit that may change within the hour.
fn counts_down(state: &State) -> bool {
    let shown = !state.presenter
        && match state.screen() {
            Some(Screen::Finding(_)) => true,
            Some(Screen::Sprint(sprint)) => sprint.shows_detail(state.size.width),
            _ => false,
        };
    shown
        && super::selected_finding(state).is_some_and(|finding| {
            let mut moments = finding.exhibits.iter().flat_map(Exhibit::moments);
            moments.any(|until| counts_seconds(until.duration_since(state.now)))
        })
}
