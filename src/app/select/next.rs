//! The next best action of the open session.

use std::collections::BTreeSet;

use super::super::home::HomeRow;
use super::super::opened::WatchPhase;
use super::super::screen::Screen;
use super::super::state::{State, Words};
use crate::model::clock::ago;
use crate::model::finding::FindingKey;
use crate::model::next::{self, Next, Place};
use crate::model::standing::same_name;

/// What to do now; `None`: no session is open, its playbook is not known here, or nothing is left.
pub fn next(state: &State) -> Option<Next> {
    let opened = state.opened.as_ref()?;
    let waiting: BTreeSet<FindingKey> = opened
        .watches
        .iter()
        .filter(|(_, watch)| watch.phase == WatchPhase::Looking)
        .map(|(key, _)| key.clone())
        .collect();
    let mut next = next::next(state.playbook()?, &opened.session, state.now, &waiting)?;
    if let (Place::Finding(key), Words::Founder) = (&next.place, state.words)
        && let Some(finding) = opened.session.findings.get(key)
        && next.what.starts_with("fix: ")
    {
        next.what = format!("fix: {}", super::sentence(state, finding));
    }
    Some(next)
}

/// Why there is nowhere to go; `None`: there is.
pub fn why_not(state: &State) -> Option<&'static str> {
    if let Some(Screen::Home(home)) = state.screen() {
        let rows = super::home::rows(state, home);
        return match home.cursor.current(&rows) {
            Some(HomeRow::Session(_)) => None,
            _ => Some("pick a session first"),
        };
    }
    match (&state.opened, next(state)) {
        (None, _) => Some("open a session first"),
        (_, None) => Some("nothing is left to do here"),
        (_, Some(_)) => None,
    }
}

/// `you · due in 2 h`: who has it, and by when; empty when nobody was named.
pub fn who(state: &State, next: &Next) -> String {
    let name = match next.owner.as_str() {
        "" => return String::new(),
        name if same_name(name, &state.operator) => "you",
        name => name,
    };
    let Some(due) = next.due else {
        return name.to_owned();
    };
    let left = due.duration_since(state.now);
    if left.is_negative() {
        format!("{name} · {} overdue", ago(-left))
    } else {
        format!("{name} · due in {}", ago(left))
    }
}
