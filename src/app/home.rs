//! Home: every sprint, what it waits for, and the practice range.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::effect::Effect;
use super::screen::{Filter, Screen};
use super::select;
use super::state::State;
use super::update::open_file;
use crate::model::clock::Clock;
use crate::model::gate::GateVerdict;
use crate::model::next::Next;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Home {
    pub cursor: Cursor<HomeRow>,
    pub filter: Filter,
    /// The session that is being opened is followed to its next step.
    pub follow: bool,
}

/// What the cursor can stand on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HomeRow {
    Session(PathBuf),
    /// "practice range", always the last row.
    Range,
}

/// The sessions, as far as they are known.
#[derive(Debug, Clone, PartialEq)]
pub enum Listing {
    /// Being read; the first frame does not wait for it.
    Loading,
    Ready(Vec<SessionSummary>),
    /// What went wrong and what to try.
    Failed(String),
}

/// One line of the list, made by whoever reads the files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionSummary {
    pub file: PathBuf,
    pub domain: String,
    /// Id of its playbook.
    pub playbook: String,
    pub clock: Clock,
    pub gate: Option<GateVerdict>,
    /// Findings that block on their own.
    pub blockers: usize,
    /// What is to be done next.
    pub next: Option<Next>,
    /// Title of the phase that the clock is in.
    pub phase: String,
    /// The gate that is signed next, and its hour.
    pub gate_ahead: Option<(String, u32)>,
    /// Gates and workstreams that are late.
    pub late: usize,
    pub handed_over: Option<Timestamp>,
    /// Findings worse than at the handover.
    pub worse: usize,
    pub changed_at: Timestamp,
    /// Why it cannot be opened for writing, or at all.
    pub problem: Option<String>,
}

/// Enter: opens the sprint, or sets up the practice range.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let Some(Screen::Home(home)) = state.screen() else {
        return Vec::new();
    };
    let rows = select::home::rows(state, home);
    match home.cursor.current(&rows).cloned() {
        Some(HomeRow::Session(file)) => open_file(state, &file),
        Some(HomeRow::Range) => super::update::practise(state),
        None => Vec::new(),
    }
}
