//! Handover: owners, access map, the founder's questions, the checklist, signatures, and the moment itself.

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::gate;
use super::proofs;
use super::screen::Screen;
use super::select;
use super::state::State;
use super::update::{append, forms, work};
use crate::model::event::EventBody;

/// The sign-off of whoever takes the portal over.
pub const HANDOVER: &str = "handover";

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HandoverScreen {
    pub cursor: Cursor<HandoverRow>,
}

/// A line that the cursor can stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandoverRow {
    /// A founder's question, by id.
    Question(String),
    /// A line of the checklist, by id.
    Item(String),
    /// A row of the scorecard with its owner, by id.
    Owner(String),
    /// A line of the access map, by place.
    Access(String),
    AddAccess,
    SignOff,
    HandOver,
}

/// The line that the cursor is on.
pub(super) fn current(state: &State) -> Option<HandoverRow> {
    match state.screen()? {
        Screen::Handover(s) => s.cursor.current(&select::handover::keys(state)).cloned(),
        _ => None,
    }
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match (action, current(state)) {
        (Action::Tick, Some(HandoverRow::Item(item))) => tick(state, item),
        (Action::Answer, Some(HandoverRow::Question(id))) => forms::answer(state, &id),
        (Action::AddAccess, _) => forms::access(state, None),
        (Action::Sign, _) => gate::sign(state),
        (Action::HandOver, _) => forms::hand_over(state),
        _ => work::act(state, action, None),
    }
}

/// Enter: does what the line is for.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    match current(state) {
        Some(HandoverRow::Question(id)) => forms::answer(state, &id),
        Some(HandoverRow::Item(item)) => tick(state, item),
        Some(HandoverRow::Owner(_)) => forms::assign(state),
        Some(HandoverRow::Access(place)) => forms::access(state, Some(&place)),
        Some(HandoverRow::AddAccess) => forms::access(state, None),
        Some(HandoverRow::SignOff) => gate::sign(state),
        Some(HandoverRow::HandOver) => forms::hand_over(state),
        None => Vec::new(),
    }
}

fn tick(state: &mut State, item: String) -> Vec<Effect> {
    if let Some(effects) = proofs::instead_of_answer(state, &item) {
        return effects;
    }
    let ticked = state
        .opened
        .as_ref()
        .is_some_and(|o| o.session.ticked.contains(&item));
    append(
        state,
        vec![EventBody::Ticked {
            item,
            done: !ticked,
        }],
    )
}
