//! Keys as the screen shows them: views of the one table of keys, with the reason where one does not work now.

use super::widgets::footer::KeyHint;
use super::widgets::help::Group;
use crate::app::key::Key;
use crate::app::select::footer;
use crate::app::{Action, Context, State};

/// The footer of what has the keys now, the most wanted first, with the action behind each.
pub fn of(state: &State) -> Vec<(Action, KeyHint)> {
    footer::hints(state)
        .into_iter()
        .map(|hint| {
            let shown = KeyHint {
                keys: hint.key.to_string(),
                label: hint.label,
                off: hint.refused.map(|reason| reason.0),
            };
            (hint.action, shown)
        })
        .collect()
}

/// Every key of a context under the headings of the table.
pub fn groups(state: &State, context: Context) -> Vec<Group> {
    footer::help(state, context)
        .into_iter()
        .map(|group| Group {
            title: group.title,
            keys: group
                .lines
                .into_iter()
                .map(|line| KeyHint {
                    keys: line
                        .keys
                        .iter()
                        .map(Key::to_string)
                        .collect::<Vec<_>>()
                        .join(" "),
                    label: line.label,
                    off: line.refused.map(|reason| reason.0),
                })
                .collect(),
        })
        .collect()
}

/// The first key of an action, to be named in a sentence.
pub fn key(state: &State, context: Context, action: Action) -> String {
    state
        .keymap
        .key_of(context, action)
        .map(|key| key.to_string())
        .unwrap_or_default()
}
