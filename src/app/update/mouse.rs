//! What a click or the wheel does. What was under the pointer, the view says.

use super::super::cursor::Step;
use super::super::message::Hit;
use super::super::overlay::Overlay;
use super::super::screen::{PaneHit, Screen};
use super::super::sprint::Pane;
use super::super::state::State;
use super::super::{Action, Effect, select};
use super::{keys, moving, overlays};

/// Takes a click or a turn of the wheel.
pub(super) fn hit(state: &mut State, hit: &Hit) -> Vec<Effect> {
    match hit {
        Hit::Action(action) => keys::perform(state, *action, None),
        Hit::Outside => {
            if state.overlay.is_some() {
                overlays::act(state, Action::Back, None)
            } else {
                Vec::new()
            }
        }
        Hit::Scroll { pane, rows } => {
            focus(state, *pane);
            let action = if *rows < 0 { Action::Up } else { Action::Down };
            for _ in 0..rows.unsigned_abs().min(10) {
                if state.overlay.is_some() {
                    overlays::act(state, action, None);
                } else {
                    moving::step(state, if *rows < 0 { Step::Up } else { Step::Down });
                }
            }
            Vec::new()
        }
        Hit::Row { pane, row } => click(state, *pane, *row),
    }
}

/// A press on a row selects it; on the selected row it opens it.
fn click(state: &mut State, pane: PaneHit, row: usize) -> Vec<Effect> {
    let height = select::page(state);
    if let Some(overlay) = &mut state.overlay {
        let was_on = match overlay {
            Overlay::Palette(palette) => std::mem::replace(&mut palette.selected, row) == row,
            Overlay::Picker(picker) => {
                let ids = picker.ids();
                let again = picker.cursor.index(&ids) == row;
                picker.cursor.pick(&ids, row, height);
                again
            }
            Overlay::Help(_) | Overlay::Confirm(_) | Overlay::Form(_) | Overlay::Reader(_) => false,
        };
        return if was_on {
            overlays::act(state, Action::Accept, None)
        } else {
            Vec::new()
        };
    }
    focus(state, pane);
    if pick(state, row, height) {
        keys::perform(state, Action::Open, None)
    } else {
        Vec::new()
    }
}

fn focus(state: &mut State, pane: PaneHit) {
    if state.overlay.is_some() {
        return;
    }
    if let Some(Screen::Sprint(sprint)) = state.screens.last_mut() {
        sprint.pane = match pane {
            PaneHit::Main => Pane::List,
            PaneHit::Plan => Pane::Plan,
            PaneHit::Detail => Pane::Detail,
        };
    }
}

/// Selects a row of the screen; whether it was selected before.
fn pick(state: &mut State, row: usize, height: usize) -> bool {
    let Some(mut screen) = state.screens.pop() else {
        return false;
    };
    let again = match &mut screen {
        Screen::Home(s) => s.cursor.choose(&select::home::rows(state, s), row, height),
        Screen::Watch(s) => s.cursor.choose(&select::watch::keys(state), row, height),
        Screen::Plan(s) => s.cursor.choose(&select::plan::keys(state), row, height),
        Screen::Gate(s) => s.cursor.choose(&select::gate::keys(state, s), row, height),
        Screen::Handover(s) => s.cursor.choose(&select::handover::keys(state), row, height),
        Screen::DayOne(s) => s
            .cursor
            .choose(&select::day_one::keys(state, s), row, height),
        Screen::Rehearsal(s) => s
            .cursor
            .choose(&select::rehearsal::keys(state, s), row, height),
        Screen::Proofs(s) => s.cursor.choose(&select::proofs::keys(state), row, height),
        Screen::Mail(s) => s.cursor.choose(&select::mail::rows(state), row, height),
        Screen::Vault(s) => s.cursor.choose(&select::vault::names(state), row, height),
        Screen::Sprint(s) => match s.pane {
            Pane::Plan => s
                .plan
                .choose(&select::sprint::plan_keys(state), row, height),
            Pane::List => s
                .cursor
                .choose(&select::sprint::keys(state, s), row, height),
            Pane::Detail => false,
        },
        Screen::NewSession(new) => new.pick(&state.playbooks, row, height),
        Screen::Finding(_) | Screen::Guide(_) => false,
    };
    state.screens.push(screen);
    again
}
