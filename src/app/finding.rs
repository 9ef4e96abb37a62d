//! One finding: summary, evidence, why it matters, remedy, history.

use crate::model::finding::FindingKey;

/// State of the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingScreen {
    pub key: FindingKey,
    /// All evidence in full, not the first lines of each.
    pub all_evidence: bool,
    /// Lines scrolled.
    pub scroll: usize,
}
