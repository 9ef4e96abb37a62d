//! Opening, saving, undoing. What a person enters is shown once it is in the file, and kept when it cannot be written.

use std::path::Path;

use super::super::action::Reason;
use super::super::day_one::DayOne;
use super::super::opened::{Opened, Pending, SessionFile, Unsaved};
use super::super::range::RangeControl;
use super::super::screen::Screen;
use super::super::sprint::Sprint;
use super::super::state::State;
use super::super::{Effect, select};
use super::{problem, work};
use crate::model::event::{Event, EventBody};

/// A session was read or made: shows it, and looks at once when nobody ever looked.
pub(super) fn opened(
    state: &mut State,
    file: SessionFile,
    range: Option<RangeControl>,
) -> Vec<Effect> {
    let created = matches!(state.screen(), Some(Screen::NewSession(new)) if new.creating);
    if created {
        state.draft = None;
    }
    let opened = Opened::new(file);
    let handed_over = opened.session.handed_over.is_some();
    let first_look = opened.session.runs.is_empty() && opened.read_only.is_none();
    state.opened = Some(Box::new(opened));
    state.range = range;
    state.overlay = None;
    state.screens.truncate(1);
    state.screens.push(if handed_over {
        Screen::DayOne(DayOne::default())
    } else {
        Screen::Sprint(Sprint::default())
    });
    let mut effects = if first_look {
        work::start_run(state, Vec::new())
    } else {
        Vec::new()
    };
    super::items::lapsed(state);
    effects.extend(super::super::next::arrived(state));
    effects
}

/// A session could not be opened: says so, and leaves everything as it was.
pub(super) fn failed(state: &mut State, file: &Path, why: &str) -> Vec<Effect> {
    if let Some(Screen::NewSession(new)) = state.screens.last_mut() {
        new.creating = false;
    }
    problem(state, format!("{}: {why}", file.display()))
}

/// Hands entries to the store, together with those that could not be written before.
pub(super) fn append(state: &mut State, bodies: Vec<EventBody>) -> Vec<Effect> {
    let Some(opened) = &mut state.opened else {
        return problem(state, "no session is open");
    };
    if let Some(why) = opened.read_only.clone() {
        return problem(state, format!("this session can only be read: {why}"));
    }
    let mut all = opened.unsaved.take().map_or_else(Vec::new, |u| u.bodies);
    all.extend(bodies);
    if all.is_empty() {
        return Vec::new();
    }
    let ticket = opened.next_ticket;
    opened.next_ticket += 1;
    opened.pending.push_back(Pending {
        ticket,
        bodies: all.clone(),
    });
    vec![Effect::Append {
        ticket,
        bodies: all,
    }]
}

/// The store wrote a ticket.
pub(super) fn stored(state: &mut State, ticket: u64, events: Vec<Event>) -> Vec<Effect> {
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    opened.pending.retain(|p| p.ticket != ticket);
    opened.take(events);
    Vec::new()
}

/// The store could not write a ticket: keeps what was in it and says what to do.
pub(super) fn store_failed(state: &mut State, ticket: u64, why: String) -> Vec<Effect> {
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    let Some(at) = opened.pending.iter().position(|p| p.ticket == ticket) else {
        return Vec::new();
    };
    let Some(lost) = opened.pending.remove(at) else {
        return Vec::new();
    };
    let mut bodies = opened.unsaved.take().map_or_else(Vec::new, |u| u.bodies);
    bodies.extend(lost.bodies);
    let text = format!("not saved: {why}. Nothing is lost yet: ctrl-s tries again");
    opened.unsaved = Some(Unsaved { bodies, why });
    problem(state, text)
}

/// Another program wrote to the file.
pub(super) fn merged(state: &mut State, events: Vec<Event>) -> Vec<Effect> {
    if let Some(opened) = &mut state.opened {
        opened.take(events);
    }
    Vec::new()
}

/// Takes the operator's last entry back.
pub(super) fn undo(state: &mut State) -> Vec<Effect> {
    let last = state
        .opened
        .as_ref()
        .and_then(|o| o.undoable(&state.operator))
        .map(|e| (e.id.clone(), e.body.kind()));
    let Some((event, kind)) = last else {
        return Vec::new();
    };
    super::good(state, format!("taken back: {}", kind.replace('-', " ")));
    append(state, vec![EventBody::Undone { event }])
}

/// Opens another session, or goes back to the one that is open.
pub(in crate::app) fn open_file(state: &mut State, file: &Path) -> Vec<Effect> {
    let same = state.opened.as_ref().filter(|o| o.file == file);
    if let Some(opened) = same {
        let handed_over = opened.session.handed_over.is_some();
        state.screens.truncate(1);
        return super::act::go(
            state,
            if handed_over {
                Screen::DayOne(DayOne::default())
            } else {
                Screen::Sprint(Sprint::default())
            },
        );
    }
    if let Some(summary) = select::home::summary(state, file)
        && let Some(why) = &summary.problem
    {
        state.toast(super::super::state::Tone::Plain, why.clone());
    }
    match close(state) {
        Ok(mut effects) => {
            effects.push(Effect::OpenSession(file.to_owned()));
            effects
        }
        Err(reason) => super::refused(state, reason.0),
    }
}

/// Leaves the open session. The store finishes what was handed to it; entries that it could not write keep it open.
pub(in crate::app) fn close(state: &mut State) -> Result<Vec<Effect>, Reason> {
    let Some(opened) = &state.opened else {
        return Ok(Vec::new());
    };
    if let Some(unsaved) = &opened.unsaved {
        return Reason::because(format!(
            "the open session has entries that are not saved ({}): ctrl-s first",
            unsaved.why
        ));
    }
    state.opened = None;
    state.range = None;
    Ok(vec![Effect::CloseSession])
}
