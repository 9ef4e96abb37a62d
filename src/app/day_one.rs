//! Day one: what changed since the handover.

use super::cursor::Cursor;
use super::screen::Filter;
use crate::model::finding::FindingKey;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DayOne {
    pub cursor: Cursor<FindingKey>,
    pub filter: Filter,
    /// Also what is the same.
    pub everything: bool,
}
