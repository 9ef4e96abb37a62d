//! Selectors: pure functions from the state to what a screen shows. A view adds layout and colour, nothing else.

pub mod attach;
pub mod day_one;
pub mod footer;
pub mod gate;
pub mod guide;
pub mod handover;
pub mod header;
pub mod home;
pub mod intent;
pub mod mail;
pub mod next;
pub mod palette;
pub mod plan;
pub mod proofs;
pub mod pulse;
pub mod rehearsal;
pub mod sprint;
pub mod text;
pub mod vault;
pub mod watch;

use super::keymap::Context;
use super::screen::Screen;
use super::state::{State, Words};
use crate::model::blocking::{self, Waits};
use crate::model::finding::{Finding, FindingKey};
use crate::model::playbook::Criterion;

/// Whose keys hold now: those of the overlay, else of the screen.
pub fn context(state: &State) -> Context {
    match (&state.overlay, state.screen()) {
        (Some(overlay), _) => overlay.context(),
        (None, Some(screen)) => screen.context(),
        (None, None) => Context::Global,
    }
}

/// About how many rows a list shows: paging and scrolling go by it.
pub fn page(state: &State) -> usize {
    let height = usize::from(state.size.height);
    let narrow = state.size.width < 120;
    match state.screen() {
        Some(Screen::Sprint(_)) if narrow => (height.saturating_sub(6) / 2).max(1),
        _ => height.saturating_sub(6).max(1),
    }
}

/// The row of findings that the operator is on, whatever the screen.
pub fn selected_key(state: &State) -> Option<FindingKey> {
    match state.screen()? {
        Screen::Sprint(s) => s.cursor.current(&sprint::keys(state, s)).cloned(),
        Screen::Finding(s) => Some(s.key.clone()),
        Screen::Watch(s) => s.cursor.current(&watch::keys(state)).cloned(),
        Screen::DayOne(s) => s.cursor.current(&day_one::keys(state, s)).cloned(),
        Screen::Guide(s) => s.current.clone(),
        Screen::Mail(s) => mail::selected_keys(state, s).into_iter().next(),
        Screen::Home(_)
        | Screen::NewSession(_)
        | Screen::Gate(_)
        | Screen::Plan(_)
        | Screen::Handover(_)
        | Screen::Rehearsal(_)
        | Screen::Proofs(_)
        | Screen::Vault(_) => None,
    }
}

/// The finding of that row, once there is one.
pub fn selected_finding(state: &State) -> Option<&Finding> {
    finding(state, &selected_key(state)?)
}

/// The latest finding of a row.
pub fn finding<'a>(state: &'a State, key: &FindingKey) -> Option<&'a Finding> {
    state.opened.as_ref()?.session.findings.get(key)
}

/// The row of the scorecard that the operator is on.
pub fn selected_criterion(state: &State) -> Option<&Criterion> {
    let id = match state.screen()? {
        Screen::Gate(s) => s.cursor.current(&gate::keys(state, s)).cloned()?,
        Screen::Handover(s) => match s.cursor.current(&handover::keys(state))? {
            super::handover::HandoverRow::Owner(id) => id.clone(),
            _ => return None,
        },
        _ => return None,
    };
    state.playbook()?.criteria.iter().find(|c| c.id == id)
}

/// The rows of the scorecard that rest on a check.
pub fn criteria_of<'a>(state: &'a State, key: &FindingKey) -> Vec<&'a Criterion> {
    state.playbook().map_or_else(Vec::new, |playbook| {
        playbook
            .criteria
            .iter()
            .filter(|c| c.names(key.check.as_str()))
            .collect()
    })
}

/// Under which name owners and notes of a finding are kept.
pub fn item_of(key: &FindingKey) -> String {
    format!("{} {}", key.check, key.subject)
}

/// What an item waits for, when somebody said so.
pub fn waits(state: &State, item: &str) -> Option<Waits> {
    let session = &state.opened.as_ref()?.session;
    blocking::waits(state.playbook()?, session, item, state.now)
}

/// What owners and notes are about now, and its name for people.
pub fn selected_item(state: &State) -> Option<(String, String)> {
    if let Some(criterion) = selected_criterion(state) {
        return Some((criterion.id.clone(), criterion.title.clone()));
    }
    if let Some(Screen::Plan(_)) = state.screen() {
        return plan::item(state);
    }
    let key = selected_key(state)?;
    Some((item_of(&key), title_of(state, &key)))
}

/// What a row is called: the sentence that is true when its check passes, or the id of the check.
pub fn title_of(state: &State, key: &FindingKey) -> String {
    state
        .guides
        .of(&key.check)
        .map_or_else(|| key.check.to_string(), |guide| guide.title.clone())
}

/// The sentence of a finding in the words that are asked for.
pub fn sentence<'a>(state: &State, finding: &'a Finding) -> &'a str {
    match state.words {
        Words::Founder if !finding.plain.is_empty() => &finding.plain,
        Words::Founder | Words::Engineer => &finding.summary,
    }
}
