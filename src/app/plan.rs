//! The plan: what must be in hand before hour 0, the red flags, and then, phase by phase, the steps and the gates.

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::gate::Gate;
use super::key::Key;
use super::screen::Screen;
use super::select;
use super::state::State;
use super::update::{self, forms, work};
use crate::model::finding::Finding;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanScreen {
    pub cursor: Cursor<PlanRow>,
}

/// A line that the cursor can stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanRow {
    /// Something to have access to, by the id of its question.
    Access(String),
    /// By id.
    Flag(String),
    /// A first check or something that a founder does alone, by id.
    Step(String),
    /// By id.
    Gate(String),
}

/// The line that the cursor is on.
pub(super) fn current(state: &State) -> Option<PlanRow> {
    match state.screen()? {
        Screen::Plan(s) => s.cursor.current(&select::plan::keys(state)).cloned(),
        _ => None,
    }
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    match (action, current(state)) {
        (Action::Answer, Some(PlanRow::Access(id))) => forms::answer(state, &id),
        (Action::Answer, Some(PlanRow::Flag(id))) => forms::flag(state, &id),
        (Action::Answer, Some(PlanRow::Step(id))) => ask(state, &id),
        (Action::Recheck, Some(PlanRow::Step(id))) => recheck(state, &id),
        _ => work::act(state, action, key),
    }
}

/// Enter: answers, shows what a step rests on, or goes to the gate.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    match current(state) {
        Some(PlanRow::Access(id)) => forms::answer(state, &id),
        Some(PlanRow::Flag(id)) => forms::flag(state, &id),
        Some(PlanRow::Gate(id)) => update::go(
            state,
            Screen::Gate(Gate {
                board: Some(id),
                ..Gate::default()
            }),
        ),
        Some(PlanRow::Step(id)) => rests_on(state, &id),
        None => Vec::new(),
    }
}

/// The findings of a step, the one that does not hold first; its question where there are none.
fn rests_on(state: &mut State, step: &str) -> Vec<Effect> {
    let findings = select::plan::findings(state, step);
    let title = select::plan::title(state, step);
    match findings.as_slice() {
        [] => ask(state, step),
        [only] => {
            let key = only.key();
            update::look_at(state, key)
        }
        many => {
            let keys: Vec<_> = many.iter().map(|f| f.key()).collect();
            update::choose_one_of(state, title, &keys)
        }
    }
}

/// The first question of a step that has no yes.
fn ask(state: &mut State, step: &str) -> Vec<Effect> {
    match select::plan::question(state, step) {
        Some(id) => forms::answer(state, &id),
        None => update::refused(state, "nothing was seen for this step yet: r looks"),
    }
}

/// Looks again at everything that a step rests on.
fn recheck(state: &mut State, step: &str) -> Vec<Effect> {
    let keys: Vec<_> = select::plan::findings(state, step)
        .into_iter()
        .map(Finding::key)
        .collect();
    work::start_run(state, keys)
}
