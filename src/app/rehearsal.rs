//! Before the switch: what the checks will see after it, beside what they see today. Kept in no session.

use std::collections::BTreeMap;

use super::action::Action;
use super::cursor::Cursor;
use super::effect::{Effect, RehearsalRequest};
use super::overlay::{Form, Overlay, Reader};
use super::run::{RunPhase, RunState};
use super::screen::{Filter, Screen};
use super::select;
use super::state::State;
use super::update::{act, forms, good, problem};
use crate::model::finding::{Finding, FindingKey};
use crate::model::progress::Progress;
use crate::model::switch::{Switch, listed, moved_host, new_server};

/// A look at the world after the switch.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsal {
    pub switch: Switch,
    pub run: RunState,
    pub findings: BTreeMap<FindingKey, Finding>,
    /// Why there was none.
    pub problem: Option<String>,
}

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RehearsalScreen {
    pub cursor: Cursor<FindingKey>,
    pub filter: Filter,
    /// Also what will be as it is today.
    pub everything: bool,
}

/// Shows the screen; asks what the switch changes when nobody said so yet.
pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    let effects = act::go(state, Screen::Rehearsal(RehearsalScreen::default()));
    if select::rehearsal::current(state).is_none() {
        return forms::assume(state);
    }
    effects
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Assume => forms::assume(state),
        Action::Rehearse => match select::rehearsal::current(state) {
            Some(rehearsal) => start(state, rehearsal.switch.clone()),
            None => forms::assume(state),
        },
        Action::StopRehearsal => {
            if let Some(rehearsal) = current(state) {
                rehearsal.run.phase = RunPhase::Stopping;
            }
            vec![Effect::StopRehearsal]
        }
        Action::ShowAll => {
            if let Some(Screen::Rehearsal(screen)) = state.screens.last_mut() {
                screen.everything = !screen.everything;
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Enter: everything about the row as it will be.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let Some(row) = select::rehearsal::selected(state) else {
        return Vec::new();
    };
    let slug = state
        .opened
        .as_ref()
        .map_or("launch-ready", |o| o.session.slug.as_str());
    state.overlay = Some(Overlay::Reader(Reader {
        title: "after the switch".to_owned(),
        lines: select::rehearsal::text(state, &row),
        scroll: 0,
        file_name: format!("{slug}-after-the-switch.txt"),
    }));
    Vec::new()
}

/// The form was saved: looks, or says which field is wrong.
pub(super) fn assumed(state: &mut State, form: &mut Form) -> Option<Vec<Effect>> {
    let hosts = listed(&form.value(0), moved_host);
    let servers = listed(&form.value(1), new_server);
    let mut wrong = |field: usize, why: String| {
        if let Some(field) = form.fields.get_mut(field) {
            field.problem = Some(why);
        }
        None
    };
    match (hosts, servers) {
        (Err(why), _) => wrong(0, why),
        (_, Err(why)) => wrong(1, why),
        (Ok(hosts), Ok(servers)) if hosts.is_empty() && servers.is_empty() => {
            wrong(0, "name a host or a server that changes".to_owned())
        }
        (Ok(hosts), Ok(servers)) => Some(start(state, Switch { hosts, servers })),
    }
}

/// One step of the look.
pub(super) fn progress(state: &mut State, step: &Progress) -> Vec<Effect> {
    let now = state.now;
    let Some(rehearsal) = current(state) else {
        return Vec::new();
    };
    rehearsal.run.apply(step, now);
    match step {
        Progress::Finished(finding) => {
            rehearsal
                .findings
                .insert(finding.key(), (**finding).clone());
            Vec::new()
        }
        Progress::Ended {
            cancelled: false, ..
        } if !matches!(state.screen(), Some(Screen::Rehearsal(_))) => {
            good(state, "the look at the world after the switch is done")
        }
        _ => Vec::new(),
    }
}

/// There will be no look: says why.
pub(super) fn failed(state: &mut State, why: String) -> Vec<Effect> {
    if let Some(rehearsal) = current(state) {
        rehearsal.run.phase = RunPhase::Stopped;
        rehearsal.problem = Some(why.clone());
    }
    problem(state, why)
}

fn current(state: &mut State) -> Option<&mut Rehearsal> {
    state.opened.as_mut()?.rehearsal.as_deref_mut()
}

fn start(state: &mut State, switch: Switch) -> Vec<Effect> {
    let now = state.now;
    let Some(mut run) = select::intent::run_request(state, Vec::new()) else {
        return problem(state, "this session has no playbook that is known here");
    };
    switch.adapt(&mut run.intent);
    // What was kept is about today.
    run.kept.clear();
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    let mut rehearsal = Rehearsal {
        switch: switch.clone(),
        run: RunState::default(),
        findings: BTreeMap::new(),
        problem: None,
    };
    rehearsal.run.ask(true, now);
    opened.rehearsal = Some(Box::new(rehearsal));
    vec![Effect::StartRehearsal(Box::new(RehearsalRequest {
        run,
        switch,
    }))]
}
