//! Day one: what changed since the handover.

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::overlay::{Field, Form, FormPurpose, Overlay, Reader};
use super::screen::{Filter, Screen};
use super::select;
use super::select::day_one::Entry;
use super::state::State;
use super::update::{act, work};
use crate::model::fact::mark;
use crate::model::finding::FindingKey;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DayOne {
    pub cursor: Cursor<DayOneRow>,
    pub filter: Filter,
    /// Also what is the same.
    pub everything: bool,
}

/// A line that the cursor can stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayOneRow {
    Change(FindingKey),
    /// A waiver that ran out, by its row of the scorecard.
    Lapsed(String),
    /// A renewal, by its id.
    Soon(String),
    Woken(String),
    /// A line of the access map, by place.
    Place(String),
    /// A trouble of the runbook, by its id.
    Trouble(&'static str),
}

/// Enter: a finding is looked at, anything else is read.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let Some(entry) = current(state) else {
        return Vec::new();
    };
    match entry {
        Entry::Change(line) if line.now.is_some() => act::look_at(state, line.key),
        entry => {
            let lines = select::day_one::told(state, &entry);
            read(state, "day one", lines)
        }
    }
}

/// To the first row of another section.
pub(super) fn section(state: &mut State, forward: bool) {
    let Some(Screen::DayOne(screen)) = state.screen() else {
        return;
    };
    let parts = select::day_one::parts(state, screen);
    let keys = select::day_one::rows_of(&parts);
    let at = screen.cursor.index(&keys);
    let mut starts: Vec<usize> = Vec::new();
    let mut row = 0;
    for part in parts.iter().filter(|part| !part.entries.is_empty()) {
        starts.push(row);
        row += part.entries.len();
    }
    let to = match forward {
        true => starts.iter().find(|start| **start > at).or(starts.first()),
        false => starts
            .iter()
            .rev()
            .find(|start| **start < at)
            .or(starts.last()),
    };
    let (Some(to), page) = (to.copied(), select::page(state)) else {
        return;
    };
    if let Some(Screen::DayOne(screen)) = state.screens.last_mut() {
        screen.cursor.pick(&keys, to, page);
    }
}

/// The line that the cursor is on.
fn current(state: &State) -> Option<Entry> {
    match state.screen()? {
        Screen::DayOne(screen) => select::day_one::current(state, screen),
        _ => None,
    }
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Expected => expected(state),
        Action::Runbook => {
            let lines = select::text::runbook(state);
            read(state, "runbook", lines)
        }
        Action::Owners => {
            let lines = select::text::owners(state);
            read(state, "owners", lines)
        }
        _ => work::act(state, action, None),
    }
}

/// Asks why a change was meant: of these facts, and no other.
fn expected(state: &mut State) -> Vec<Effect> {
    let Some(finding) = select::selected_finding(state) else {
        return Vec::new();
    };
    let (key, fingerprint) = (finding.key(), mark(finding));
    let drifted = select::day_one::drift(state).map_or_else(Vec::new, |drift| drift.lines);
    let facts = drifted
        .iter()
        .filter(|line| line.key == key)
        .flat_map(|line| &line.facts);
    let mut intro = vec![format!(
        "{} · {}",
        select::item_of(&key),
        select::sentence(state, finding)
    )];
    intro.extend(facts.map(|fact| fact.text("→")));
    intro.push("when it becomes another one, it is a surprise again".to_owned());
    let form = Form::new(
        "this change was meant",
        FormPurpose::Meant { key, fingerprint },
        vec![
            Field::text("why", "moved to the new server, as planned", ""),
            Field::text("who says so", "name", &state.operator),
        ],
    )
    .intro(intro);
    state.overlay = Some(Overlay::Form(Box::new(form)));
    Vec::new()
}

fn read(state: &mut State, title: &str, lines: Vec<String>) -> Vec<Effect> {
    let slug = state
        .opened
        .as_ref()
        .map_or("launch-ready", |o| o.session.slug.as_str());
    state.overlay = Some(Overlay::Reader(Reader {
        title: title.to_owned(),
        lines,
        scroll: 0,
        file_name: format!("{slug}-{title}.txt"),
    }));
    Vec::new()
}
