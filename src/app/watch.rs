//! Watch: rows that are looked at again and again until they pass.

use super::cursor::Cursor;
use crate::model::finding::FindingKey;

/// State of the screen: the selected watch in full, the others as a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WatchScreen {
    pub cursor: Cursor<FindingKey>,
}
