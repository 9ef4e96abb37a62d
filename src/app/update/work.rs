//! What is done with a finding, on every screen that shows one: look again, watch, copy, waive, mend, assign.

use super::super::action::Action;
use super::super::cursor::Cursor;
use super::super::key::Key;
use super::super::opened::{WatchPhase, Watching};
use super::super::overlay::{Choice, Confirm, Overlay, Picker, PickerPurpose, Question};
use super::super::run::RunPhase;
use super::super::screen::Screen;
use super::super::sprint::PlanKey;
use super::super::state::State;
use super::super::{Effect, select, vigil};
use super::{append, forms, good, refused};
use crate::model::board::access_missing;
use crate::model::event::EventBody;
use crate::model::finding::{Finding, FindingKey};
use crate::model::text::escape_lines;
use crate::model::third_party;
use crate::remedy::place;

/// Does it to the row that the operator is on.
pub(in crate::app) fn act(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    match action {
        Action::Recheck => {
            let only = select::selected_key(state).into_iter().collect();
            start_run(state, only)
        }
        Action::RecheckAll => start_run(state, Vec::new()),
        Action::StopRun => {
            if let Some(opened) = &mut state.opened {
                opened.run.phase = RunPhase::Stopping;
            }
            vec![Effect::StopRun]
        }
        Action::Watch => match select::selected_key(state) {
            Some(key) => {
                good(
                    state,
                    "watching: you can go on, it tells when it turns green",
                );
                start_watch(state, key)
            }
            None => Vec::new(),
        },
        Action::StopWatch => stop_watch(state),
        Action::WatchAll => vigil::toggle(state),
        Action::Copy => copy(state),
        Action::CopyCommand => copy_commands(state),
        Action::Evidence => {
            if let Some(Screen::Finding(s)) = state.screens.last_mut() {
                s.all_evidence = !s.all_evidence;
            }
            Vec::new()
        }
        Action::ShowAll => {
            match state.screens.last_mut() {
                Some(Screen::Sprint(s)) => s.show_all = !s.show_all,
                Some(Screen::DayOne(s)) => s.everything = !s.everything,
                _ => {}
            }
            Vec::new()
        }
        Action::Mend => mend(state),
        Action::Waive => waive(state),
        Action::WithdrawWaiver => withdraw(state, key),
        Action::Owner => forms::assign(state),
        Action::WaitsFor => super::items::waits_for(state),
        Action::Note => forms::note(state),
        Action::PauseClock => clock(state),
        Action::ThirdParties => third_parties(state),
        _ => Vec::new(),
    }
}

/// Runs the checks of the playbook, all or only some rows.
pub(in crate::app) fn start_run(state: &mut State, only: Vec<FindingKey>) -> Vec<Effect> {
    let Some(request) = select::intent::run_request(state, only) else {
        return refused(state, "this session has no playbook that is known here");
    };
    let now = state.now;
    if let Some(opened) = &mut state.opened {
        opened.run.ask(request.only.is_empty(), now);
    }
    vec![Effect::StartRun(Box::new(request))]
}

/// Looks at rows again: in a run of their own, or by watching them while another run is under way.
pub(super) fn look_again(state: &mut State, keys: Vec<FindingKey>) -> Vec<Effect> {
    let busy = state.opened.as_ref().is_some_and(|o| o.run.is_busy());
    if keys.is_empty() {
        Vec::new()
    } else if busy {
        keys.into_iter()
            .flat_map(|key| start_watch(state, key))
            .collect()
    } else {
        start_run(state, keys)
    }
}

/// Watches a row until it passes.
pub(in crate::app) fn start_watch(state: &mut State, key: FindingKey) -> Vec<Effect> {
    let Some(request) = select::intent::watch_request(state, &key) else {
        return Vec::new();
    };
    let now = state.now;
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    let running = opened
        .watches
        .get(&key)
        .is_some_and(|w| w.phase == WatchPhase::Looking);
    if running {
        return Vec::new();
    }
    opened.watches.insert(
        key,
        Watching {
            since: now,
            attempts: 0,
            last: None,
            next: None,
            phase: WatchPhase::Looking,
        },
    );
    vec![Effect::StartWatch(Box::new(request))]
}

fn stop_watch(state: &mut State) -> Vec<Effect> {
    let Some(key) = select::selected_key(state) else {
        return Vec::new();
    };
    if let Some(watch) = state.opened.as_mut().and_then(|o| o.watches.get_mut(&key)) {
        watch.phase = WatchPhase::Stopped;
        watch.next = None;
    }
    vec![Effect::StopWatch(key)]
}

fn copy(state: &State) -> Vec<Effect> {
    vec![Effect::Copy(escape_lines(&fix(state)))]
}

/// The fix of the selected finding, each value as the record editor of this DNS host wants it typed.
fn fix(state: &State) -> String {
    let finding = select::selected_finding(state);
    let Some(remedy) = finding.and_then(|f| f.remedy.as_ref()) else {
        return String::new();
    };
    let intent = state.opened.as_ref().and_then(|o| o.session.intent());
    let place = intent.as_ref().map(place::console);
    remedy.clipboard(|record| match &place {
        Some(place) => place.value_field(&record.rtype, &record.value),
        None => record.value.clone(),
    })
}

fn copy_commands(state: &State) -> Vec<Effect> {
    let lines: Vec<&str> = select::selected_finding(state)
        .map(|f| f.evidence.iter().map(|e| e.repeat.as_str()).collect())
        .unwrap_or_default();
    let mut told: Vec<&str> = Vec::new();
    for line in lines {
        if !line.is_empty() && !told.contains(&line) {
            told.push(line);
        }
    }
    vec![Effect::Copy(escape_lines(&told.join("\n")))]
}

fn mend(state: &mut State) -> Vec<Effect> {
    let check = select::selected_key(state).map(|key| key.check);
    let Some(range) = &mut state.range else {
        return Vec::new();
    };
    let Some(id) = check.and_then(|c| range.fault_of(&c)).map(|f| f.id.clone()) else {
        return Vec::new();
    };
    range.mending.insert(id.clone());
    vec![Effect::Mend { fault: id }]
}

/// Waives the row of the scorecard that is selected, or the one that the finding breaks; asks which when there are more.
fn waive(state: &mut State) -> Vec<Effect> {
    if let Some(criterion) = select::selected_criterion(state).map(|c| c.id.clone()) {
        return forms::waive(state, &criterion, None);
    }
    let Some(key) = select::selected_key(state) else {
        return Vec::new();
    };
    let rows: Vec<Choice> = select::criteria_of(state, &key)
        .iter()
        .map(|c| Choice {
            id: c.id.clone(),
            label: c.title.clone(),
            note: c.id.clone(),
        })
        .collect();
    if let [only] = rows.as_slice() {
        return forms::waive(state, &only.id, Some(&key));
    }
    state.overlay = Some(Overlay::Picker(Picker {
        title: "waive it in which row?".to_owned(),
        choices: rows,
        cursor: Cursor::default(),
        purpose: PickerPurpose::WaiveRow(key),
    }));
    Vec::new()
}

fn withdraw(state: &mut State, key: Option<Key>) -> Vec<Effect> {
    let Some(criterion) = select::selected_criterion(state) else {
        return Vec::new();
    };
    let question = Question::WithdrawWaiver(criterion.id.clone());
    let text = vec![format!("“{}” counts as it is again.", criterion.title)];
    state.overlay = Some(Overlay::Confirm(Confirm::new(
        question,
        text,
        "take the waiver back",
        key,
    )));
    Vec::new()
}

/// Starts, pauses (with the cause) or resumes the clock.
fn clock(state: &mut State) -> Vec<Effect> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let clock = &opened.session.clock;
    match (clock.started, clock.pause()) {
        (None, _) => start_clock(state),
        (Some(_), Some(_)) => append(state, vec![EventBody::ClockResumed]),
        (Some(_), None) => forms::pause(state),
    }
}

/// Starts the clock when access is complete; asks for the reason when it is not.
fn start_clock(state: &mut State) -> Vec<Effect> {
    let missing: Vec<String> = match (state.playbook(), &state.opened) {
        (Some(playbook), Some(opened)) => access_missing(playbook, &opened.session)
            .into_iter()
            .map(|question| select::plan::words(state, question).to_owned())
            .collect(),
        _ => Vec::new(),
    };
    if missing.is_empty() {
        append(state, vec![EventBody::ClockStarted])
    } else {
        forms::start_clock(state, &missing)
    }
}

/// Asks which third party may be asked, or not any more.
fn third_parties(state: &mut State) -> Vec<Effect> {
    let allowed = state
        .opened
        .as_ref()
        .map(|o| o.session.third_parties.clone())
        .unwrap_or_default();
    let choices = third_party::ALL
        .iter()
        .map(|party| Choice {
            id: party.name.to_owned(),
            label: if party.is_among(&allowed) {
                format!("{} (allowed)", party.name)
            } else {
                party.name.to_owned()
            },
            note: format!(
                "gets {}; asked {}",
                party.sent,
                party.asked.replace('`', "")
            ),
        })
        .collect();
    state.overlay = Some(Overlay::Picker(Picker {
        title: "who else may be asked?".to_owned(),
        choices,
        cursor: Cursor::default(),
        purpose: PickerPurpose::ThirdParty,
    }));
    Vec::new()
}

/// Allows a third party, or takes that back.
pub(super) fn allow(state: &mut State, name: &str) -> Vec<Effect> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let mut names = opened.session.third_parties.clone();
    if names.iter().any(|known| known == name) {
        names.retain(|known| known != name);
        good(state, format!("{name} is not asked any more"));
    } else {
        names.push(name.to_owned());
        good(state, format!("{name} is asked from the next run on"));
    }
    append(state, vec![EventBody::ThirdPartiesAllowed { names }])
}

/// Enter in the plan: only the work of that line, or all again.
pub(super) fn narrow(state: &mut State) {
    let plan = select::sprint::plan_keys(state);
    let Some(Screen::Sprint(sprint)) = state.screens.last_mut() else {
        return;
    };
    let wanted = match sprint.plan.current(&plan) {
        Some(PlanKey::Workstream(id)) => Some(id.clone()),
        Some(PlanKey::Phase(_)) | None => None,
    };
    sprint.workstream = if sprint.workstream == wanted {
        None
    } else {
        wanted
    };
    sprint.cursor = Cursor::default();
    sprint.pane = super::super::sprint::Pane::List;
}

/// The facts of a row that a waiver would accept: what fails and counts, and what could not be told.
pub(super) fn acceptable<'a>(state: &'a State, criterion: &str) -> Vec<&'a Finding> {
    let Some(playbook) = state.playbook() else {
        return Vec::new();
    };
    let row = playbook.criteria.iter().find(|c| c.id == criterion);
    row.map_or_else(Vec::new, |row| {
        select::gate::findings(state, row)
            .into_iter()
            .filter(|f| {
                f.verdict == crate::model::verdict::Verdict::Fail && f.severity.counts()
                    || f.verdict.undecided() && f.severity != crate::model::verdict::Severity::Info
            })
            .collect()
    })
}
