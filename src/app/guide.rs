//! The founder's guide: one task at a time, from the red flags over each fix and each question to the gate. What a check
//! can see is closed by the check itself, and by nobody's tick.

use jiff::Timestamp;

use super::action::{Action, Reason};
use super::effect::Effect;
use super::gate::Gate;
use super::overlay::{Overlay, Reader};
use super::screen::Screen;
use super::select;
use super::state::{State, Words};
use super::update::{forms, go, look_at, work};
use crate::model::finding::FindingKey;
use crate::model::gate::GateVerdict;

/// How long a fix that is done stays in sight before the next one comes by itself, in seconds.
const PAUSE: i64 = 3;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Whether a red flag holds, by id.
    Flag(String),
    /// Something that fails.
    Fix(FindingKey),
    /// Something that could not be seen.
    Look(FindingKey),
    /// What only a person knows, by id.
    Question(String),
    /// Whether all of that is enough.
    Gate,
}

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GuideScreen {
    /// The task that is shown.
    pub current: Option<Task>,
    /// Put off, in this sitting.
    pub skipped: Vec<Task>,
    /// Turned green in this sitting.
    pub closed: Vec<FindingKey>,
    /// When the one that is shown did.
    pub closed_at: Option<Timestamp>,
    /// How many fixes there were when the guide began.
    pub total: usize,
    /// Lines scrolled.
    pub scroll: usize,
}

/// Begins in the founder's words with the first task.
pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    state.words = Words::Founder;
    let total = select::guide::todo(state).len() + select::guide::unseen(state).len();
    let effects = go(
        state,
        Screen::Guide(GuideScreen {
            total,
            ..GuideScreen::default()
        }),
    );
    match select::guide::current(state) {
        Some(_) => effects,
        None => next(state),
    }
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match (action, select::guide::current(state).cloned()) {
        (Action::Answer, Some(Task::Flag(id))) => forms::flag(state, &id),
        (Action::Answer, Some(Task::Question(id))) => forms::answer(state, &id),
        (Action::Skip, Some(Task::Flag(id) | Task::Question(id))) => forms::skip(state, id),
        (Action::Skip, Some(Task::Fix(key) | Task::Look(key))) => {
            forms::skip(state, select::item_of(&key))
        }
        (Action::Brief, Some(Task::Fix(key) | Task::Look(key))) => {
            let lines = select::text::brief(state, &key);
            read(state, lines, format!("{}-brief.txt", key.check))
        }
        (Action::Brief, Some(Task::Gate)) => {
            let lines = select::text::flags(state);
            read(state, lines, "red-flags-brief.txt".to_owned())
        }
        _ => work::act(state, action, None),
    }
}

fn read(state: &mut State, lines: Vec<String>, file_name: String) -> Vec<Effect> {
    state.overlay = Some(Overlay::Reader(Reader {
        title: "brief for an engineer".to_owned(),
        lines,
        scroll: 0,
        file_name,
    }));
    Vec::new()
}

/// Why an action of this screen does nothing now.
pub(super) fn enabled(state: &State, action: Action) -> Result<(), Reason> {
    let current = select::guide::current(state);
    match (action, current) {
        (_, None) => Reason::because("there is no task to do that with"),
        (Action::Answer, Some(Task::Flag(_) | Task::Question(_))) => Ok(()),
        (Action::Answer, _) => Reason::because("the check sees by itself whether this is done"),
        (Action::Skip, Some(Task::Gate)) => {
            Reason::because("this is the last task: nothing comes after it")
        }
        (Action::Brief, Some(Task::Flag(_) | Task::Question(_))) => {
            Reason::because("a question needs an answer, not an engineer")
        }
        (Action::Brief, Some(Task::Gate)) if select::guide::flags_up(state).is_empty() => {
            Reason::because("no red flag is up: there is nothing to ask an engineer for")
        }
        _ => Ok(()),
    }
}

/// Enter: answers, goes on once a fix is green, looks closer at it before that; at the gate, to what was put off, else to
/// the gate itself.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let Some(Screen::Guide(guide)) = state.screen() else {
        return Vec::new();
    };
    match guide.current.clone() {
        Some(Task::Flag(_) | Task::Question(_)) => act(state, Action::Answer),
        Some(Task::Fix(_) | Task::Look(_)) if select::guide::is_closed(guide) => next(state),
        Some(Task::Fix(key) | Task::Look(key)) => look_at(state, key),
        Some(Task::Gate) if select::guide::tasks(state).len() > 1 => {
            if let Some(Screen::Guide(guide)) = state.screens.last_mut() {
                guide.skipped.clear();
            }
            next(state)
        }
        Some(Task::Gate) => go(state, Screen::Gate(Gate::default())),
        None => next(state),
    }
}

/// The task that is shown was put off: goes to the next.
pub(super) fn skipped(state: &mut State) -> Vec<Effect> {
    if let Some(Screen::Guide(guide)) = state.screens.last_mut()
        && let Some(task) = guide.current.clone()
    {
        guide.skipped.retain(|t| *t != task);
        guide.skipped.push(task);
    }
    next(state)
}

/// A row turned green: closes its fix.
pub(super) fn closed(state: &mut State, key: &FindingKey) {
    let now = state.now;
    for screen in &mut state.screens {
        if let Screen::Guide(guide) = screen
            && !guide.closed.contains(key)
        {
            if select::guide::current_key(guide) == Some(key) {
                guide.closed_at = Some(now);
            }
            guide.closed.push(key.clone());
        }
    }
}

/// Goes on by itself from what is answered, and some seconds after a fix was seen to hold.
pub(super) fn settle(state: &mut State) -> Vec<Effect> {
    let Some(Screen::Guide(guide)) = state.screen().filter(|_| state.overlay.is_none()) else {
        return Vec::new();
    };
    match guide.current.clone() {
        Some(task @ (Task::Flag(_) | Task::Question(_)))
            if !select::guide::is_open(state, &task) =>
        {
            next(state)
        }
        Some(Task::Fix(_) | Task::Look(_)) if select::guide::is_closed(guide) => {
            let over = |at: Timestamp| state.now.duration_since(at).as_secs() >= PAUSE;
            match guide.closed_at.is_none_or(over) {
                true => next(state),
                false => Vec::new(),
            }
        }
        Some(Task::Fix(key) | Task::Look(key)) if holds(state, &key) => {
            closed(state, &key);
            Vec::new()
        }
        // Accepted as it is, or not looked for any more.
        Some(Task::Fix(key) | Task::Look(key)) if !select::guide::is_left(state, &key) => {
            next(state)
        }
        Some(Task::Gate) if select::guide::next(state, guide) != Task::Gate => next(state),
        _ => Vec::new(),
    }
}

/// Whether a look from elsewhere, a whole run for one, saw that a fix is done.
fn holds(state: &State, key: &FindingKey) -> bool {
    select::finding(state, key).is_some_and(|finding| finding.verdict.holds())
}

/// Whether the portal may go live.
pub fn is_go(state: &State) -> bool {
    select::gate::report(state).is_some_and(|report| report.verdict == GateVerdict::Go)
}

/// Shows the next task, and watches what it is about.
fn next(state: &mut State) -> Vec<Effect> {
    let Some(Screen::Guide(guide)) = state.screen() else {
        return Vec::new();
    };
    let task = select::guide::next(state, guide);
    if let Some(Screen::Guide(guide)) = state.screens.last_mut() {
        guide.current = Some(task.clone());
        guide.closed_at = None;
        guide.scroll = 0;
    }
    match task {
        Task::Fix(key) | Task::Look(key) => work::start_watch(state, key),
        _ => Vec::new(),
    }
}
