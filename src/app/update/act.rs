//! What an action does on the screen in front. Whether it may was asked before.

use super::super::action::Action;
use super::super::cursor::Step;
use super::super::finding::FindingScreen;
use super::super::key::Key;
use super::super::overlay::{
    Choice, Confirm, Help, Overlay, Palette, Picker, PickerPurpose, Question,
};
use super::super::screen::{Filter, Screen};
use super::super::state::{Exit, State};
use super::super::{
    Effect, day_one, gate, guide, handover, home, mail, new_session, plan, proofs, rehearsal,
    select, sprint, vault, watch,
};
use super::{good, moving, session, work};
use crate::app::cursor::Cursor;
use crate::model::finding::FindingKey;
use crate::model::playbook::USUAL;

/// Does it.
pub(super) fn act(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    if let Some(step) = step_of(action) {
        moving::step(state, step);
        return Vec::new();
    }
    match action {
        Action::Quit => quit(state, key),
        Action::Back => back(state),
        Action::Help => {
            let context = select::context(state);
            state.overlay = Some(Overlay::Help(Help { context, scroll: 0 }));
            Vec::new()
        }
        Action::Palette => {
            state.overlay = Some(Overlay::Palette(Palette::default()));
            Vec::new()
        }
        Action::Words => {
            state.words = state.words.other();
            Vec::new()
        }
        Action::Presenter => presenter(state),
        Action::Undo => session::undo(state),
        Action::RetrySave => session::append(state, Vec::new()),
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        Action::Mouse => {
            state.terminal.mouse = !state.terminal.mouse;
            vec![Effect::Mouse(state.terminal.mouse)]
        }
        Action::CopyPane => vec![Effect::Copy(pane_text(state))],
        Action::SavePane => vec![Effect::WriteFile {
            name: select::text::file_name(state),
            text: pane_text(state),
        }],
        Action::Filter => {
            if let Some(filter) = state.screens.last_mut().and_then(Screen::filter_mut) {
                filter.editing = true;
            }
            Vec::new()
        }
        Action::Accept => {
            if let Some(filter) = state.screens.last_mut().and_then(Screen::filter_mut) {
                filter.editing = false;
            }
            Vec::new()
        }
        Action::NextPane | Action::PreviousPane
            if matches!(state.screen(), Some(Screen::Mail(_))) =>
        {
            mail::beside(state, action == Action::NextPane);
            Vec::new()
        }
        Action::NextPane => pane(state, sprint::Pane::next),
        Action::PreviousPane => pane(state, sprint::Pane::previous),
        _ => going(state, action, key),
    }
}

/// Actions that lead to another screen or write something out.
fn going(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    match action {
        Action::GoNext => super::super::next::go(state),
        Action::GoSprint => go(state, Screen::Sprint(sprint::Sprint::default())),
        Action::GoGate => {
            go(state, Screen::Gate(gate::Gate::default()));
            super::super::attach::look(state)
        }
        Action::LookAtFiles => {
            good(state, "looking at the attached files again");
            super::super::attach::look(state)
        }
        Action::GoPlan => go(state, Screen::Plan(plan::PlanScreen::default())),
        Action::GoHandover => go(state, Screen::Handover(handover::HandoverScreen::default())),
        Action::GoDayOne => go(state, Screen::DayOne(day_one::DayOne::default())),
        Action::GoRehearsal => rehearsal::begin(state),
        Action::GoMail => go(state, Screen::Mail(mail::MailScreen::default())),
        Action::GoProofs => go(state, Screen::Proofs(proofs::ProofsScreen::default())),
        Action::GoWatch => go(state, Screen::Watch(watch::WatchScreen::default())),
        Action::GoGuide => guide::begin(state),
        Action::GoVault => {
            state.vault.busy = true;
            go(state, Screen::Vault(vault::VaultScreen::default()));
            vec![Effect::ReadVault]
        }
        Action::Report => report(state),
        Action::Export => vec![Effect::Export],
        Action::NewSession => new_session::begin(state),
        Action::Practise => practise(state),
        Action::Import => super::forms::import(state),
        Action::Open => open(state),
        _ => on_screen(state, action, key),
    }
}

/// Actions of one kind of screen.
fn on_screen(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    match state.screen() {
        Some(Screen::NewSession(_)) => new_session::act(state, action),
        Some(Screen::Handover(_)) => handover::act(state, action),
        Some(Screen::DayOne(_)) => day_one::act(state, action),
        Some(Screen::Rehearsal(_)) => rehearsal::act(state, action),
        Some(Screen::Mail(_)) => mail::act(state, action, key),
        Some(Screen::Proofs(_)) => proofs::act(state, action),
        Some(Screen::Vault(_)) => vault::act(state, action, key),
        Some(Screen::Guide(_)) => guide::act(state, action),
        Some(Screen::Gate(_)) => gate::act(state, action, key),
        Some(Screen::Plan(_)) => plan::act(state, action, key),
        _ => work::act(state, action, key),
    }
}

/// Enter: what the row says.
fn open(state: &mut State) -> Vec<Effect> {
    match state.screen() {
        Some(Screen::Home(_)) => home::open(state),
        Some(Screen::Handover(_)) => handover::open(state),
        Some(Screen::Gate(_)) => gate::open(state),
        Some(Screen::Plan(_)) => plan::open(state),
        Some(Screen::Vault(_)) => vault::open(state),
        Some(Screen::Guide(_)) => guide::open(state),
        Some(Screen::Rehearsal(_)) => rehearsal::open(state),
        Some(Screen::Mail(_)) => mail::open(state),
        Some(Screen::Proofs(_)) => proofs::open(state),
        Some(Screen::Sprint(s)) if s.pane == sprint::Pane::Plan => {
            work::narrow(state);
            Vec::new()
        }
        _ => match select::selected_key(state) {
            Some(key) => look_at(state, key),
            None => Vec::new(),
        },
    }
}

/// Sets up the practice range.
pub(in crate::app) fn practise(state: &mut State) -> Vec<Effect> {
    let scenario = "default".to_owned();
    let playbook = USUAL.to_owned();
    match session::close(state) {
        Ok(mut effects) => {
            good(state, "setting up the practice range");
            effects.push(Effect::StartRange { scenario, playbook });
            effects
        }
        Err(reason) => super::refused(state, reason.0),
    }
}

/// Shows a finding.
pub(in crate::app) fn look_at(state: &mut State, key: FindingKey) -> Vec<Effect> {
    if matches!(state.screen(), Some(Screen::Finding(s)) if s.key == key) {
        return Vec::new();
    }
    state.screens.push(Screen::Finding(FindingScreen {
        key,
        all_evidence: false,
        scroll: 0,
    }));
    Vec::new()
}

/// Asks which of several findings is meant.
pub(in crate::app) fn choose_one_of(
    state: &mut State,
    title: String,
    keys: &[FindingKey],
) -> Vec<Effect> {
    let choices = keys
        .iter()
        .filter_map(|key| {
            let finding = select::finding(state, key)?;
            Some(Choice {
                id: select::item_of(key),
                label: select::item_of(key),
                note: format!("{} · {}", finding.verdict, select::sentence(state, finding)),
            })
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

/// Goes to a screen: back to it where it is below, else on top.
pub(in crate::app) fn go(state: &mut State, screen: Screen) -> Vec<Effect> {
    let below = state
        .screens
        .iter()
        .position(|s| std::mem::discriminant(s) == std::mem::discriminant(&screen));
    match below {
        Some(at) => state.screens.truncate(at + 1),
        None => state.screens.push(screen),
    }
    Vec::new()
}

/// Esc: one step back. On the first screen there is nowhere to go, and it says how to leave.
fn back(state: &mut State) -> Vec<Effect> {
    if let Some(filter) = state.screens.last_mut().and_then(Screen::filter_mut)
        && (filter.editing || filter.is_on())
    {
        *filter = Filter::default();
        return Vec::new();
    }
    match state.screens.last_mut() {
        Some(Screen::NewSession(_)) => return new_session::back(state),
        Some(Screen::Sprint(sprint)) if sprint.workstream.is_some() => {
            sprint.workstream = None;
            return Vec::new();
        }
        _ => {}
    }
    if state.screens.len() > 1 {
        state.screens.pop();
        return arrive(state);
    }
    good(state, "this is home: q quits, nothing is lost")
}

/// Home shows the sessions as they are now.
pub(in crate::app) fn arrive(state: &State) -> Vec<Effect> {
    match state.screen() {
        Some(Screen::Home(_)) => vec![Effect::ListSessions],
        _ => Vec::new(),
    }
}

fn quit(state: &mut State, key: Option<Key>) -> Vec<Effect> {
    let unsaved = state.opened.as_ref().and_then(|o| o.unsaved.as_ref());
    let Some(unsaved) = unsaved else {
        return super::leave(state, Exit::Quit);
    };
    let text = vec![
        format!(
            "{} entries could not be saved: {}",
            unsaved.bodies.len(),
            unsaved.why
        ),
        "They are lost if you leave now. ctrl-s tries again.".to_owned(),
    ];
    state.overlay = Some(Overlay::Confirm(Confirm::new(
        Question::QuitUnsaved,
        text,
        "leave and lose them",
        key,
    )));
    Vec::new()
}

fn presenter(state: &mut State) -> Vec<Effect> {
    state.presenter = !state.presenter;
    let text = if state.presenter {
        "presenter mode: other clients and raw evidence are hidden"
    } else {
        "presenter mode is off"
    };
    good(state, text)
}

fn pane(state: &mut State, to: fn(sprint::Pane) -> sprint::Pane) -> Vec<Effect> {
    match state.screens.last_mut() {
        Some(Screen::Sprint(s)) => s.pane = to(s.pane),
        Some(Screen::Gate(_)) => gate::turn(state, to(sprint::Pane::Plan) == sprint::Pane::List),
        _ => {}
    }
    Vec::new()
}

fn pane_text(state: &State) -> String {
    let mut text = crate::model::text::escape_lines(&select::text::pane(state).join("\n"));
    text.push('\n');
    text
}

fn report(state: &mut State) -> Vec<Effect> {
    let choice = |id: &str, label: &str, note: &str| Choice {
        id: id.to_owned(),
        label: label.to_owned(),
        note: note.to_owned(),
    };
    state.overlay = Some(Overlay::Picker(Picker {
        title: "write a report".to_owned(),
        choices: vec![
            choice(
                "html client",
                "page for the client",
                "HTML, one file, opens offline",
            ),
            choice("markdown client", "text for the client", "Markdown"),
            choice(
                "markdown internal",
                "text with everything",
                "Markdown, raw evidence included",
            ),
            choice("json internal", "data for programs", "JSON"),
        ],
        cursor: Cursor::default(),
        purpose: PickerPurpose::ReportFormat,
    }));
    Vec::new()
}

pub(super) const fn step_of(action: Action) -> Option<Step> {
    match action {
        Action::Up => Some(Step::Up),
        Action::Down => Some(Step::Down),
        Action::PageUp => Some(Step::PageUp),
        Action::PageDown => Some(Step::PageDown),
        Action::First => Some(Step::First),
        Action::Last => Some(Step::Last),
        _ => None,
    }
}
