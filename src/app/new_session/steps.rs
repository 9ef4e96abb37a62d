//! From one question of a new session to the next, and what each key does in between.

use super::super::action::Action;
use super::super::cursor::Cursor;
use super::super::effect::Effect;
use super::super::screen::Screen;
use super::super::state::State;
use super::super::update::{self, forms, refused};
use super::rows::by_hand;
use super::{Discovered, Discovery, FactRow, NewSession, SenderRow, Step};
use crate::app::select::intent::{domain, first_events, is_no, is_yes, role_of};
use crate::model::inventory;
use crate::model::name::{NameProblem, parse_domain_input};

/// The screen, when it is in front.
pub(super) fn screen(state: &mut State) -> Option<&mut NewSession> {
    match state.screens.last_mut() {
        Some(Screen::NewSession(new)) => Some(new),
        _ => None,
    }
}

/// Begins, or goes on where the last one was left.
pub(in crate::app) fn begin(state: &mut State) -> Vec<Effect> {
    if matches!(state.screen(), Some(Screen::NewSession(_))) {
        return Vec::new();
    }
    let new = state.draft.take().unwrap_or_default();
    state.screens.truncate(1);
    state.screens.push(Screen::NewSession(new));
    Vec::new()
}

/// Esc: the question before; from the first one out, with everything kept for the next time.
pub(in crate::app) fn back(state: &mut State) -> Vec<Effect> {
    if let Some(new) = screen(state)
        && let Some(step) = new.step.previous()
    {
        new.step = step;
        return Vec::new();
    }
    let looking =
        screen(state).is_some_and(|new| matches!(new.discovery, Discovery::Looking { .. }));
    if let Some(Screen::NewSession(new)) = state.screens.pop() {
        state.draft = Some(new);
    }
    let mut effects = vec![Effect::ListSessions];
    if looking {
        effects.push(Effect::StopDiscovery);
    }
    effects
}

/// What the keys of the questions do.
pub(in crate::app) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Next => next(state),
        Action::StartNow => forms::start_clock(state, &[]),
        Action::AddHost => forms::add_host(state),
        Action::AddSender => forms::add_sender(state),
        Action::ToggleKeep => {
            if let Some(new) = screen(state) {
                new.toggle();
            }
            Vec::new()
        }
        Action::Role => {
            if let Some(new) = screen(state) {
                new.cycle_role();
            }
            Vec::new()
        }
        Action::SendsMail => {
            if let Some(new) = screen(state) {
                new.sends_mail = match new.sends_mail {
                    None => Some(true),
                    Some(true) => Some(false),
                    Some(false) => None,
                };
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Enter: to the next question, when this one is answered.
fn next(state: &mut State) -> Vec<Effect> {
    let playbooks: Vec<String> = state.playbooks.iter().map(|p| p.id.clone()).collect();
    let Some(new) = screen(state) else {
        return Vec::new();
    };
    match new.step {
        Step::Domain => return look_up(state),
        Step::Inventory if !new.hosts.iter().any(|h| h.keep) => {
            return refused(state, "keep at least one host, or add one with a");
        }
        Step::Playbook if new.playbook_cursor.current(&playbooks).is_none() => {
            return refused(state, "there is no playbook to run");
        }
        Step::Authority if !is_yes(new.authority.text()) && !is_no(new.authority.text()) => {
            new.authority_problem =
                Some("type yes, or no to go on without the checks that need it".to_owned());
            return Vec::new();
        }
        Step::Start => return create(state, None),
        Step::Inventory | Step::Senders | Step::Playbook | Step::Authority => {}
    }
    if let Some(step) = new.step.next() {
        new.step = step;
    }
    Vec::new()
}

/// Leaves the first question: a new domain is looked up, the same one is not asked again.
fn look_up(state: &mut State) -> Vec<Effect> {
    let now = state.now;
    let Some(new) = screen(state) else {
        return Vec::new();
    };
    let input = match parse_domain_input(new.domain.text()) {
        Ok(input) => input,
        Err(problem) => {
            new.problem = Some(problem.to_string());
            return Vec::new();
        }
    };
    let before = domain(new);
    new.parsed = Some(input);
    new.step = Step::Inventory;
    let about = domain(new);
    let known = before == about && new.discovery != Discovery::NotAsked;
    let Some(about) = about.filter(|_| !known) else {
        return Vec::new();
    };
    forget(new);
    new.discovery = Discovery::Looking {
        since: now,
        at: about.to_string(),
    };
    let typed = new.parsed.as_ref().map(|p| p.name.clone());
    if let Some(typed) = typed.filter(|t| *t != about) {
        let role = role_of(&typed, &about);
        new.hosts.push(by_hand(typed, role));
    }
    vec![Effect::Discover(about)]
}

fn forget(new: &mut NewSession) {
    new.hosts.clear();
    new.facts.clear();
    new.senders.clear();
    new.remarks.clear();
    new.sends_mail = None;
    new.host_cursor = Cursor::default();
    new.fact_cursor = Cursor::default();
}

/// Writes the session. The clock runs when somebody says why it need not wait for access.
pub(in crate::app) fn create(state: &mut State, start: Option<&str>) -> Vec<Effect> {
    let playbooks: Vec<String> = state.playbooks.iter().map(|p| p.id.clone()).collect();
    let Some(new) = screen(state) else {
        return Vec::new();
    };
    if new.creating {
        return Vec::new();
    }
    let playbook = new.playbook_cursor.current(&playbooks).cloned();
    let events = playbook.and_then(|id| first_events(new, &id, start));
    let Some((domain, bodies)) = events else {
        return Vec::new();
    };
    let mut effects = match update::close(state) {
        Ok(effects) => effects,
        Err(reason) => return refused(state, reason.0),
    };
    if let Some(new) = screen(state) {
        new.creating = true;
    }
    effects.extend([
        Effect::StopDiscovery,
        Effect::CreateSession { domain, bodies },
    ]);
    effects
}

/// The text of the first question changed: says at once what is wrong with it, but not before something is there.
pub(in crate::app) fn typed(new: &mut NewSession) {
    if new.step == Step::Authority {
        new.authority_problem = None;
        return;
    }
    (new.parsed, new.problem) = match parse_domain_input(new.domain.text()) {
        Ok(input) => (Some(input), None),
        Err(NameProblem::Empty) => (None, None),
        Err(problem) => (None, Some(problem.to_string())),
    };
}

/// One step of the discovery.
pub(in crate::app) fn discovered(state: &mut State, step: Discovered) {
    let now = state.now;
    let in_front = state.screens.iter_mut().rev().find_map(|s| match s {
        Screen::NewSession(new) => Some(&mut **new),
        _ => None,
    });
    let Some(new) = in_front.or(state.draft.as_deref_mut()) else {
        return;
    };
    match step {
        Discovered::Done => new.discovery = Discovery::Done,
        Discovered::Failed(why) => new.discovery = Discovery::Failed(why),
        Discovered::Found(inventory::Discovery::Looking(at)) => {
            let since = match &new.discovery {
                Discovery::Looking { since, .. } => *since,
                _ => now,
            };
            new.discovery = Discovery::Looking { since, at };
        }
        Discovered::Found(inventory::Discovery::Host(found)) => new.found_host(found),
        Discovered::Found(inventory::Discovery::Recognised(fact)) => {
            match new.facts.iter_mut().find(|r| r.fact.what == fact.what) {
                Some(row) => row.fact = fact,
                None => new.facts.push(FactRow { fact, keep: true }),
            }
        }
        Discovered::Found(inventory::Discovery::Sender { sender, why }) => {
            match new
                .senders
                .iter_mut()
                .find(|r| r.sender.name == sender.name)
            {
                Some(row) => (row.sender, row.why) = (sender, why),
                None => new.senders.push(SenderRow {
                    sender,
                    why,
                    keep: true,
                    added: false,
                }),
            }
        }
        Discovered::Found(inventory::Discovery::Note(note)) => {
            if !new.remarks.contains(&note) {
                new.remarks.push(note);
            }
        }
    }
}
