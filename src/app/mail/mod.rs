//! The page of mail: who sends and can prove it, the way that mail takes, what SPF costs, and the messages that must arrive.

mod forms;

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::key::Key;
use super::screen::Screen;
use super::select;
use super::state::State;
use super::update::{choose_one_of, forms as questions, good, look_at, problem, work};
use crate::model::finding::FindingKey;
use crate::model::intent::message::MessageKind;
use crate::model::text::escape_lines;
pub(super) use forms::{submit, takes};

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MailScreen {
    pub cursor: Cursor<MailRow>,
    /// The cell of a row of the table.
    pub column: MailColumn,
}

/// A row of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailRow {
    /// The domain itself.
    Domain,
    /// A sender, by its name in the intent.
    Sender(String),
    /// A sibling that sends nothing.
    Parked(String),
    /// A check of the way that mail takes.
    Transport(String),
    /// What the SPF record costs.
    Spf,
    Message(MessageKind),
    /// A rule of the large receivers, by its id.
    Rule(String),
}

/// A column of the table of senders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MailColumn {
    #[default]
    Spf,
    Dkim,
    Dmarc,
    Alignment,
}

impl MailColumn {
    /// From the left.
    pub const ALL: [Self; 4] = [Self::Spf, Self::Dkim, Self::Dmarc, Self::Alignment];

    /// The column to the right, or to the left; at the edge, the same.
    #[must_use]
    pub fn beside(self, to_the_right: bool) -> Self {
        let at = self as usize;
        let at = if to_the_right {
            at + 1
        } else {
            at.saturating_sub(1)
        };
        Self::ALL.get(at).copied().unwrap_or(self)
    }
}

impl MailRow {
    /// Whether it is one of the table.
    pub const fn has_cells(&self) -> bool {
        matches!(self, Self::Domain | Self::Sender(_) | Self::Parked(_))
    }
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    match action {
        Action::AddSender => forms::sender(state),
        Action::TestInbox => forms::inbox(state),
        Action::Outgoing => forms::outgoing(state),
        Action::Expect => forms::expect(state),
        Action::Bring => forms::bring(state),
        Action::Copy => match selected_address(state) {
            Some(address) => vec![Effect::Copy(escape_lines(&address))],
            None => work::act(state, action, key),
        },
        Action::Recheck => {
            let only = match state.screen() {
                Some(Screen::Mail(screen)) => select::mail::selected_keys(state, screen),
                _ => Vec::new(),
            };
            work::start_run(state, only)
        }
        _ => work::act(state, action, key),
    }
}

/// Left and right: to another cell.
pub(super) fn beside(state: &mut State, to_the_right: bool) {
    if let Some(Screen::Mail(screen)) = state.screens.last_mut() {
        screen.column = screen.column.beside(to_the_right);
    }
}

/// Enter: the finding behind the cell, or the choice between several.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let known: Vec<FindingKey> = match state.screen() {
        Some(Screen::Mail(screen)) => select::mail::selected_keys(state, screen),
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|key| select::finding(state, key).is_some())
    .collect();
    match known.as_slice() {
        [] => match select::mail::question(state) {
            Some(id) => questions::answer(state, &id),
            None => Vec::new(),
        },
        [only] => look_at(state, only.clone()),
        several => choose_one_of(state, "which finding?".to_owned(), several),
    }
}

/// The address to which the selected message is to be written.
pub(super) fn selected_address(state: &State) -> Option<String> {
    match select::mail::selected(state)? {
        MailRow::Message(kind) => select::mail::address(&select::mail::intent(state)?, kind),
        _ => None,
    }
}

/// A message that was brought is in memory, or could not be read.
pub(super) fn brought(
    state: &mut State,
    kind: MessageKind,
    result: Result<usize, String>,
) -> Vec<Effect> {
    let bytes = match result {
        Ok(bytes) => bytes,
        Err(why) => return problem(state, format!("the message was not taken: {why}")),
    };
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    opened.brought.insert(kind, bytes);
    let busy = opened.run.is_busy();
    let text = format!("the {} message is here, in memory only", kind.word());
    if busy {
        return good(
            state,
            format!("{text}: r looks at it once this run is over"),
        );
    }
    good(state, text);
    let key = select::mail::message_key(state, kind);
    work::start_run(state, vec![key])
}
