//! The screens: each lays out what the selectors give it. None of them changes anything.

mod comparison;
mod day_one;
mod finding;
mod gate;
mod guide;
mod handover;
pub mod home;
mod mail;
mod new_session;
mod plan;
mod proofs;
mod rehearsal;
pub mod rows;
mod sprint;
mod vault;
mod watch;

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::paint;
use crate::app::{Screen, State};

/// Draws what fills the terminal between status and footer.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &Screen) {
    let boxed =
        area.width >= sprint::THREE && matches!(screen, Screen::Sprint(_) | Screen::Finding(_));
    let area = if boxed { area } else { paint::inset(area, 1) };
    match screen {
        Screen::Home(home) => home::render(canvas, area, state, home),
        Screen::NewSession(new) => new_session::render(canvas, area, state, new),
        Screen::Sprint(sprint) => sprint::render(canvas, area, state, sprint),
        Screen::Finding(finding) => finding::render(canvas, area, state, finding),
        Screen::Watch(watch) => watch::render(canvas, area, state, watch),
        Screen::Gate(gate) => gate::render(canvas, area, state, gate),
        Screen::Plan(plan) => plan::render(canvas, area, state, plan),
        Screen::Handover(handover) => handover::render(canvas, area, state, handover),
        Screen::DayOne(day_one) => day_one::render(canvas, area, state, day_one),
        Screen::Rehearsal(rehearsal) => rehearsal::render(canvas, area, state, rehearsal),
        Screen::Proofs(proofs) => proofs::render(canvas, area, state, proofs),
        Screen::Mail(mail) => mail::render(canvas, area, state, mail),
        Screen::Vault(vault) => vault::render(canvas, area, state, vault),
        Screen::Guide(guide) => guide::render(canvas, area, state, guide),
    }
}
