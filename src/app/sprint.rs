//! The sprint: plan, findings and the selected finding, side by side.

use super::cursor::Cursor;
use super::screen::Filter;
use crate::model::finding::FindingKey;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sprint {
    pub pane: Pane,
    /// In the list of findings and running checks.
    pub cursor: Cursor<FindingKey>,
    /// In the plan.
    pub plan: Cursor<PlanKey>,
    pub filter: Filter,
    /// Also what passes or does not apply.
    pub show_all: bool,
    /// Only the rows of this workstream, by id.
    pub workstream: Option<String>,
    /// Lines scrolled in the detail.
    pub scroll: usize,
    /// Blockers that turned up since the operator last moved, newest last.
    pub news: Vec<FindingKey>,
}

/// Narrowest screen on which the selected finding stands beside the list or below it.
pub const TWO_PANES: u16 = 78;

impl Sprint {
    /// Whether the selected finding is in sight on a screen of that width.
    pub fn shows_detail(&self, width: u16) -> bool {
        width >= TWO_PANES || self.pane == Pane::Detail
    }
}

/// Which pane has the keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pane {
    Plan,
    #[default]
    List,
    Detail,
}

impl Pane {
    /// The pane to the right, around the corner.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Plan => Self::List,
            Self::List => Self::Detail,
            Self::Detail => Self::Plan,
        }
    }

    /// The pane to the left, around the corner.
    #[must_use]
    pub const fn previous(self) -> Self {
        match self {
            Self::Plan => Self::Detail,
            Self::List => Self::Plan,
            Self::Detail => Self::List,
        }
    }
}

/// A line of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanKey {
    Phase(String),
    Workstream(String),
}
