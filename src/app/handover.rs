//! Handover: the founder's questions, the checklist, owners, the access map, contacts, renewals, records, the receiver's
//! answers, signatures, and the moment itself.

mod forms;

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::gate;
use super::proofs;
use super::screen::Screen;
use super::select;
use super::state::State;
use super::update::{append, forms as common, work};
use crate::model::event::EventBody;

pub(super) use forms::submit;

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
    /// Somebody who is called, by name.
    Contact(String),
    AddContact,
    /// Something that ends, by its id.
    Renewal(String),
    AddRenewal,
    /// A record of the zone, by name and type.
    Record(String),
    /// A question to whoever takes over, by id.
    Quiz(String),
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
        (Action::Answer, Some(HandoverRow::Question(id))) => common::answer(state, &id),
        (Action::Answer, Some(HandoverRow::Quiz(id))) => forms::quiz(state, &id),
        (Action::AddAccess, row) => add(state, row.as_ref()),
        (Action::Sign, _) => gate::sign(state),
        (Action::HandOver, _) => common::hand_over(state),
        _ => work::act(state, action, None),
    }
}

/// Enter: does what the line is for.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    match current(state) {
        Some(HandoverRow::Question(id)) => common::answer(state, &id),
        Some(HandoverRow::Item(item)) => tick(state, item),
        Some(HandoverRow::Owner(_)) => common::assign(state),
        Some(HandoverRow::Access(place)) => forms::access(state, Some(&place)),
        Some(HandoverRow::Contact(name)) => forms::contact(state, Some(&name)),
        Some(HandoverRow::Renewal(id)) => forms::renewal(state, Some(&id)),
        Some(HandoverRow::Record(key)) => forms::purpose(state, &key),
        Some(HandoverRow::Quiz(id)) => forms::quiz(state, &id),
        row @ Some(HandoverRow::AddAccess | HandoverRow::AddContact | HandoverRow::AddRenewal) => {
            add(state, row.as_ref())
        }
        Some(HandoverRow::SignOff) => gate::sign(state),
        Some(HandoverRow::HandOver) => common::hand_over(state),
        None => Vec::new(),
    }
}

/// One more line of the list that the cursor is in; of the access map where lists grow by themselves.
fn add(state: &mut State, row: Option<&HandoverRow>) -> Vec<Effect> {
    match row {
        Some(HandoverRow::Contact(_) | HandoverRow::AddContact) => forms::contact(state, None),
        Some(HandoverRow::Renewal(_) | HandoverRow::AddRenewal) => forms::renewal(state, None),
        _ => forms::access(state, None),
    }
}

/// To the first line of the next section, or of the one before; from the end it goes on at the other.
pub(super) fn turn(state: &mut State, forward: bool) {
    let keys = select::handover::keys(state);
    let mut firsts: Vec<&HandoverRow> = Vec::new();
    for key in &keys {
        let section = select::handover::section(key);
        if firsts.last().map(|k| select::handover::section(k)) != Some(section) {
            firsts.push(key);
        }
    }
    let Some(now) = current(state) else { return };
    let of = |row: &HandoverRow| select::handover::section(row);
    let at = firsts.iter().position(|k| of(k) == of(&now)).unwrap_or(0);
    let n = firsts.len().max(1);
    let to = if forward { at + 1 } else { at + n - 1 } % n;
    let key = firsts.get(to).map(|key| (*key).clone());
    if let Some(Screen::Handover(screen)) = state.screens.last_mut() {
        screen.cursor.selected = key;
    }
}

/// Why nobody is named for the line that the cursor is on.
pub(super) fn why_no_owner(state: &State) -> &'static str {
    match current(state) {
        Some(HandoverRow::Quiz(_)) => {
            "only a gap has an owner: what whoever takes over does not know"
        }
        _ => "pick a row first",
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
