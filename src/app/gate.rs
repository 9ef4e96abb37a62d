//! Scorecard and gate: every row with its state, and the signatures under them.

use super::cursor::Cursor;
use super::screen::Filter;

/// The gate that is signed before a launch.
pub const GO_LIVE: &str = "go-live";

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gate {
    /// On a row of the playbook, by id.
    pub cursor: Cursor<String>,
    pub filter: Filter,
    /// The row that is open, with its findings and questions below it.
    pub open: Option<String>,
}
