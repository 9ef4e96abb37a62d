//! The founder's guide: one fix at a time, closed by the check itself.

use crate::model::finding::FindingKey;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GuideScreen {
    /// The fix that is shown.
    pub current: Option<FindingKey>,
    /// Put off, in this sitting.
    pub skipped: Vec<FindingKey>,
    /// Turned green in this sitting.
    pub closed: Vec<FindingKey>,
    /// How many there were when the guide began.
    pub total: usize,
    /// Lines scrolled.
    pub scroll: usize,
}
