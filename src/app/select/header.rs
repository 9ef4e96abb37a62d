//! The status line: where am I, how much time is left, what blocks.

use jiff::SignedDuration;

use super::super::run::RunPhase;
use super::super::state::State;
use super::sprint::{Counts, counts, next_gate};
use crate::model::gate::GateVerdict;

/// What the status line says about the open session.
#[derive(Debug, Clone, PartialEq)]
pub struct Header<'a> {
    pub domain: &'a str,
    pub playbook: &'a str,
    /// `None` before the clock started.
    pub elapsed: Option<SignedDuration>,
    /// Who or what the clock waits for.
    pub paused: Option<&'a str>,
    /// Title of the phase, and the time until it ends.
    pub phase: Option<(&'a str, SignedDuration)>,
    pub gate: Option<GateVerdict>,
    pub counts: Counts,
    /// Finished and planned checks while a run lasts.
    pub run: Option<(usize, usize)>,
    /// What could not be saved, why it is only read, what the tool found wrong with its own footing.
    pub warning: Option<String>,
    pub saving: bool,
}

/// The status line of the open session.
pub fn header(state: &State) -> Option<Header<'_>> {
    let opened = state.opened.as_ref()?;
    let session = &opened.session;
    let clock = &session.clock;
    Some(Header {
        domain: &session.domain,
        playbook: &session.playbook,
        elapsed: clock.started.map(|_| clock.elapsed(state.now)),
        paused: clock.pause().map(|p| p.cause.as_str()),
        phase: next_gate(state).map(|(phase, left)| (phase.title.as_str(), left)),
        gate: super::gate::report(state).map(|g| g.verdict),
        counts: counts(state),
        run: (opened.run.is_busy() && opened.run.phase != RunPhase::Asked)
            .then_some((opened.run.finished, opened.run.total)),
        warning: warning(state),
        saving: opened.is_saving(),
    })
}

fn warning(state: &State) -> Option<String> {
    let opened = state.opened.as_ref()?;
    if let Some(unsaved) = &opened.unsaved {
        let n = unsaved.bodies.len();
        return Some(format!(
            "{n} entries are not saved ({}): ctrl-s tries again",
            unsaved.why
        ));
    }
    if let Some(why) = &opened.read_only {
        return Some(format!("read only: {why}"));
    }
    let own = opened.run.self_check.as_ref().or_else(|| {
        opened
            .session
            .runs
            .last()
            .and_then(|run| run.self_check.as_ref())
    });
    own.and_then(|check| check.problems.first().cloned())
}
