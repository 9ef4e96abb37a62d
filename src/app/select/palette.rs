//! What the palette offers for what was typed.

use super::super::enabled::{enabled, is_relevant};
use super::super::home::Listing;
use super::super::overlay::palette::{Entry, Palette, Target, score};
use super::super::state::State;
use super::{item_of, title_of};

/// The entries that match, best first.
pub fn entries(state: &State, palette: &Palette) -> Vec<Entry> {
    let typed = palette.input.text().trim();
    let mut matches: Vec<(i32, Entry)> = all(state)
        .into_iter()
        .filter_map(|entry| score(typed, &entry.label).map(|s| (s, entry)))
        .collect();
    matches.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    matches.into_iter().map(|(_, entry)| entry).collect()
}

fn all(state: &State) -> Vec<Entry> {
    let mut list = actions(state);
    list.extend(findings(state));
    list.extend(sessions(state));
    list
}

/// Actions of the screen below, each once, those that work first.
fn actions(state: &State) -> Vec<Entry> {
    let context = state
        .screen()
        .map_or(super::super::Context::Global, super::super::Screen::context);
    let mut list: Vec<Entry> = Vec::new();
    for binding in state.keymap.in_context(context) {
        let target = Target::Action(binding.action);
        if list.iter().any(|e| e.target == target) || !is_relevant(state, binding.action) {
            continue;
        }
        let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
        list.push(Entry {
            label: binding.label,
            note: keys.join(" "),
            refused: enabled(state, binding.action).err(),
            target,
        });
    }
    list.sort_by_key(|e| e.refused.is_some());
    list
}

fn findings(state: &State) -> Vec<Entry> {
    state
        .opened
        .iter()
        .flat_map(|o| o.session.ranked())
        .map(|f| Entry {
            label: format!("{} · {}", item_of(&f.key()), title_of(state, &f.key())),
            note: f.verdict.word().to_owned(),
            target: Target::Finding(f.key()),
            refused: None,
        })
        .collect()
}

fn sessions(state: &State) -> Vec<Entry> {
    match &state.sessions {
        Listing::Ready(list) if !state.presenter => list
            .iter()
            .map(|s| Entry {
                label: s.domain.clone(),
                note: s.playbook.clone(),
                target: Target::Session(s.file.clone()),
                refused: None,
            })
            .collect(),
        Listing::Ready(_) | Listing::Loading | Listing::Failed(_) => Vec::new(),
    }
}
