//! Handover: owners, access map, the founder's questions, the checklist, signatures, and the moment itself.

use super::cursor::Cursor;

/// The sign-off of whoever takes the portal over.
pub const HANDOVER: &str = "handover";

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HandoverScreen {
    pub cursor: Cursor<HandoverRow>,
}

/// A line that the cursor can stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandoverRow {
    /// A founder's question, by id.
    Question(String),
    /// A line of the checklist, by id.
    Item(String),
    /// A row of the scorecard with its owner, by id.
    Owner(String),
    /// A line of the access map, by place.
    Access(String),
    AddAccess,
    SignOff,
    HandOver,
}
