//! The hints at the bottom, and the help: views of the keymap, with what works now.

use super::super::action::{Action, Reason};
use super::super::enabled::{enabled, is_relevant};
use super::super::key::Key;
use super::super::keymap::Context;
use super::super::state::State;

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The first key; the others are in the help.
    pub key: Key,
    pub label: String,
    pub action: Action,
    /// Why it does not work now: shown dimmed, said when pressed.
    pub refused: Option<Reason>,
}

/// The hints of the footer, the most wanted first; a view shows as many as fit and says where the rest is.
pub fn hints(state: &State) -> Vec<Hint> {
    let mut ranked: Vec<((u8, u8), Hint)> = state
        .keymap
        .in_context(super::context(state))
        .into_iter()
        .filter(|b| b.hint > 0 && is_relevant(state, b.action))
        .filter_map(|b| {
            let hint = Hint {
                key: *b.keys.first()?,
                label: label(state, b.action, b.label),
                action: b.action,
                refused: enabled(state, b.action).err(),
            };
            Some((rank(state, b.action, b.hint), hint))
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, hint)| hint).collect()
}

/// Where a hint stands. The guide is a founder's way through all of it. While the audit lasts, looking at the world after the switch comes before what decides a finding:
/// that is when it can still change the plan.
fn rank(state: &State, action: Action, hint: u8) -> (u8, u8) {
    let audit = action == Action::GoRehearsal
        && super::sprint::next_gate(state).is_some_and(|(phase, _)| phase.id == "audit");
    let guide = action == Action::GoGuide && state.words == super::super::state::Words::Founder;
    match (guide, audit) {
        (true, _) => (1, 1),
        (_, true) => (5, 1),
        _ => (hint, 0),
    }
}

/// A heading of the help and the lines under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpGroup {
    pub title: String,
    pub lines: Vec<HelpLine>,
}

/// A line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLine {
    pub keys: Vec<Key>,
    pub label: String,
    pub refused: Option<Reason>,
}

/// Every key that holds in a context, in groups.
pub fn help(state: &State, context: Context) -> Vec<HelpGroup> {
    let mut groups: Vec<HelpGroup> = Vec::new();
    for binding in state.keymap.in_context(context) {
        if binding.keys.is_empty() || !is_relevant(state, binding.action) {
            continue;
        }
        let line = HelpLine {
            keys: binding.keys,
            label: label(state, binding.action, binding.label),
            refused: enabled(state, binding.action).err(),
        };
        match groups.iter_mut().find(|g| g.title == binding.group) {
            Some(group) => group.lines.push(line),
            None => groups.push(HelpGroup {
                title: binding.group,
                lines: vec![line],
            }),
        }
    }
    groups
}

/// A label that says what the key does now, where that changes.
fn label(state: &State, action: Action, label: String) -> String {
    use super::super::state::Words;
    let opened = state.opened.as_ref();
    match action {
        Action::Words if state.words == Words::Founder => "engineer's words".to_owned(),
        Action::PauseClock => opened.map_or(label, |o| {
            let clock = &o.session.clock;
            match (clock.started, clock.pause()) {
                (None, _) => "start the clock".to_owned(),
                (Some(_), Some(_)) => "resume the clock".to_owned(),
                (Some(_), None) => "pause the clock".to_owned(),
            }
        }),
        Action::Open => guide_label(state).map_or(label, str::to_owned),
        _ => label,
    }
}

/// What Enter does in the guide.
fn guide_label(state: &State) -> Option<&'static str> {
    use super::super::guide::Task;
    let Some(super::super::Screen::Guide(guide)) = state.screen() else {
        return None;
    };
    match guide.current.as_ref()? {
        Task::Flag(_) | Task::Question(_) => Some("answer"),
        Task::Gate if super::guide::tasks(state).len() > 1 => Some("what was put off"),
        Task::Gate => Some("the gate"),
        Task::Fix(_) | Task::Look(_) => super::guide::is_closed(guide).then_some("next"),
    }
}
