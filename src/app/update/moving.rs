//! Moving in lists and texts.

use super::super::cursor::Step;
use super::super::screen::Screen;
use super::super::select;
use super::super::sprint::Pane;
use super::super::state::State;

/// Moves in the list or the text that has the keys.
pub(super) fn step(state: &mut State, step: Step) {
    let page = select::page(state);
    let Some(mut screen) = state.screens.pop() else {
        return;
    };
    match &mut screen {
        Screen::Home(s) => s.cursor.step(&select::home::rows(state, s), step, page),
        Screen::NewSession(new) => new.step_cursor(&state.playbooks, step, page),
        Screen::Finding(s) => scroll(&mut s.scroll, step, page),
        Screen::Watch(s) => s.cursor.step(&select::watch::keys(state), step, page),
        Screen::Gate(s) => s.cursor.step(&select::gate::keys(state, s), step, page),
        Screen::Plan(s) => s.cursor.step(&select::plan::keys(state), step, page),
        Screen::Handover(s) => s.cursor.step(&select::handover::keys(state), step, page),
        Screen::DayOne(s) => s.cursor.step(&select::day_one::keys(state, s), step, page),
        Screen::Rehearsal(s) => s
            .cursor
            .step(&select::rehearsal::keys(state, s), step, page),
        Screen::Proofs(s) => s.cursor.step(&select::proofs::keys(state), step, page),
        Screen::Mail(s) => s.cursor.step(&select::mail::rows(state), step, page),
        Screen::Vault(s) => s.cursor.step(&select::vault::names(state), step, page),
        Screen::Guide(s) => scroll(&mut s.scroll, step, page),
        Screen::Sprint(s) => {
            s.news.clear();
            match s.pane {
                Pane::Plan => s.plan.step(&select::sprint::plan_keys(state), step, page),
                Pane::Detail => scroll(&mut s.scroll, step, page),
                Pane::List => {
                    s.cursor.step(&select::sprint::keys(state, s), step, page);
                    s.scroll = 0;
                }
            }
        }
    }
    state.screens.push(screen);
}

/// Scrolls a text; the view stops at its end.
pub(super) fn scroll(at: &mut usize, step: Step, page: usize) {
    *at = match step {
        Step::Up => at.saturating_sub(1),
        Step::Down => at.saturating_add(1),
        Step::PageUp => at.saturating_sub(page),
        Step::PageDown => at.saturating_add(page),
        Step::First => 0,
        Step::Last => usize::from(u16::MAX),
    };
}
