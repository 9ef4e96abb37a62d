//! Scorecard and gate: every row with its state, and the signatures under them.

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::key::Key;
use super::overlay::{Choice, Overlay, Picker, PickerPurpose};
use super::screen::{Filter, Screen};
use super::state::State;
use super::update::{forms, work};
use super::{select, update};
use crate::model::finding::Finding;

/// The gate that is signed before a launch.
pub const GO_LIVE: &str = "go-live";

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gate {
    /// On a row of the playbook, by id.
    pub cursor: Cursor<String>,
    pub filter: Filter,
    /// The gate whose killer rows are shown, by id; absent: the whole scorecard.
    pub board: Option<String>,
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    match action {
        Action::Answer => answer(state),
        Action::Sign => sign(state),
        Action::Changed => changed(state),
        Action::Recheck => recheck(state),
        _ => work::act(state, action, key),
    }
}

/// The next board to the right or to the left: the whole scorecard, then the gates by their hours, around the corner.
pub(super) fn turn(state: &mut State, forward: bool) {
    let gates: Vec<Option<String>> = std::iter::once(None)
        .chain(
            state
                .playbook()
                .into_iter()
                .flat_map(|p| p.gates.iter().map(|g| Some(g.id.clone()))),
        )
        .collect();
    if let Some(Screen::Gate(screen)) = state.screens.last_mut() {
        let at = gates.iter().position(|g| *g == screen.board).unwrap_or(0);
        let step = if forward { 1 } else { gates.len() - 1 };
        screen.board = gates.get((at + step) % gates.len()).cloned().flatten();
        screen.cursor = Cursor::default();
    }
}

/// Enter: the findings that the row rests on, or its question when it rests on none.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let Some(criterion) = select::selected_criterion(state) else {
        return Vec::new();
    };
    let title = criterion.title.clone();
    let findings = select::gate::findings(state, criterion);
    match findings.as_slice() {
        [] if criterion.questions.is_empty() => {
            update::refused(state, "nothing was seen for this row yet: r looks")
        }
        [] => answer(state),
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

/// Asks the row's question; which one, when there are more.
fn answer(state: &mut State) -> Vec<Effect> {
    let Some(criterion) = select::selected_criterion(state) else {
        return Vec::new();
    };
    let questions = select::gate::questions(state, criterion);
    let open = questions.iter().find(|(_, answer)| answer.is_none());
    let cursor = open.map_or_else(Cursor::default, |(q, _)| Cursor::on(q.id.clone()));
    let choices: Vec<Choice> = questions
        .into_iter()
        .map(|(question, answer)| Choice {
            id: question.id.clone(),
            label: select::plan::words(state, question).to_owned(),
            note: answer.map_or_else(
                || "nobody answered".to_owned(),
                |a| format!("{} · {}", if a.yes { "yes" } else { "no" }, a.by),
            ),
        })
        .collect();
    match choices.as_slice() {
        [] => Vec::new(),
        [only] => forms::answer(state, &only.id.clone()),
        _ => {
            state.overlay = Some(Overlay::Picker(Picker {
                title: "which question?".to_owned(),
                choices,
                cursor,
                purpose: PickerPurpose::AnswerQuestion,
            }));
            Vec::new()
        }
    }
}

/// A name under the gate; where old evidence is all that keeps it shut, that is looked at again first.
pub(super) fn sign(state: &mut State) -> Vec<Effect> {
    let old = select::gate::stale(state);
    if old.is_empty() {
        let gate = select::gate::to_sign(state);
        return forms::sign(state, &gate);
    }
    let effects = work::start_run(state, old);
    update::good(
        state,
        "only old evidence keeps it shut: looking again, then s signs",
    );
    effects
}

/// What was found to be different since the latest signature.
fn changed(state: &mut State) -> Vec<Effect> {
    let Some(board) = select::gate::board(state) else {
        return Vec::new();
    };
    let title = format!("changed before “{}”", board.gate.title.to_lowercase());
    let session = state.opened.as_ref().map(|opened| &opened.session);
    let choices = board
        .changed
        .iter()
        .map(|key| Choice {
            id: select::item_of(key),
            label: select::item_of(key),
            note: session.and_then(|s| s.findings.get(key)).map_or_else(
                || "is not looked at any more".to_owned(),
                |f| format!("{} · {}", f.verdict, select::sentence(state, f)),
            ),
        })
        .collect();
    state.overlay = Some(Overlay::Picker(Picker {
        title,
        choices,
        cursor: Cursor::default(),
        purpose: PickerPurpose::Finding,
    }));
    Vec::new()
}

/// Looks again at everything that the row rests on.
fn recheck(state: &mut State) -> Vec<Effect> {
    let Some(criterion) = select::selected_criterion(state) else {
        return Vec::new();
    };
    let keys: Vec<_> = select::gate::findings(state, criterion)
        .into_iter()
        .map(Finding::key)
        .collect();
    if keys.is_empty() && criterion.checks.is_empty() {
        return update::refused(state, "no check serves this row: a answers it");
    }
    work::start_run(state, keys)
}
