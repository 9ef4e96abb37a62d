//! A text to read, copy or write to a file: a brief for an engineer, the runbook, the owners.

/// A page of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub title: String,
    pub lines: Vec<String>,
    /// Lines scrolled.
    pub scroll: usize,
    /// Name of the file that it would be written to.
    pub file_name: String,
}
