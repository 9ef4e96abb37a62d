//! The next best action: one key goes to where it is done. It never does it by itself.

use super::cursor::Cursor;
use super::day_one::DayOne;
use super::effect::Effect;
use super::gate::Gate;
use super::handover::HandoverScreen;
use super::plan::{PlanRow, PlanScreen};
use super::screen::Screen;
use super::select;
use super::sprint::Sprint;
use super::state::State;
use super::update::{self, good};
use crate::model::next::Place;

/// Goes there; at home, opens the session of the row first.
pub(super) fn go(state: &mut State) -> Vec<Effect> {
    if let Some(Screen::Home(_)) = state.screen() {
        if let Some(Screen::Home(home)) = state.screens.first_mut() {
            home.follow = true;
        }
        let mut effects = super::home::open(state);
        // A session that is open already is there at once.
        if state.opened.is_some() && state.screens.len() > 1 {
            effects.extend(arrived(state));
        }
        return effects;
    }
    let Some(next) = select::next::next(state) else {
        return Vec::new();
    };
    to(state, next.place)
}

/// A session was opened: on to its next step, when that was asked for.
pub(super) fn arrived(state: &mut State) -> Vec<Effect> {
    let asked = match state.screens.first_mut() {
        Some(Screen::Home(home)) => std::mem::take(&mut home.follow),
        _ => false,
    };
    match select::next::next(state) {
        Some(next) if asked => to(state, next.place),
        _ => Vec::new(),
    }
}

fn to(state: &mut State, place: Place) -> Vec<Effect> {
    match place {
        Place::Access(id) => plan(state, Some(PlanRow::Access(id))),
        Place::Flag(id) => plan(state, Some(PlanRow::Flag(id))),
        Place::Clock => {
            plan(state, None);
            good(state, "t starts the clock, or lets it go on")
        }
        Place::Run => {
            update::go(state, Screen::Sprint(Sprint::default()));
            good(state, "R checks everything")
        }
        Place::Finding(key) => update::look_at(state, key),
        Place::Gate(gate, row) => {
            update::go(state, Screen::Gate(Gate::default()));
            let known = state.playbook().is_some_and(|p| p.gate(&gate).is_some());
            if let Some(Screen::Gate(screen)) = state.screens.last_mut() {
                *screen = Gate {
                    board: known.then_some(gate),
                    cursor: row.map_or_else(Cursor::default, Cursor::on),
                    ..Gate::default()
                };
            }
            super::attach::look(state)
        }
        Place::Handover => update::go(state, Screen::Handover(HandoverScreen::default())),
        Place::DayOne => update::go(state, Screen::DayOne(DayOne::default())),
    }
}

/// To the plan; a second time, the line is opened.
fn plan(state: &mut State, row: Option<PlanRow>) -> Vec<Effect> {
    if row.is_some() && super::plan::current(state) == row {
        return super::plan::open(state);
    }
    update::go(state, Screen::Plan(PlanScreen::default()));
    if let (Some(Screen::Plan(screen)), Some(row)) = (state.screens.last_mut(), row) {
        screen.cursor = Cursor::on(row);
    }
    Vec::new()
}
