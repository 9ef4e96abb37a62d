//! A report as blocks, before it takes a format. Text in it is raw: whoever renders it escapes it.

/// A document: title and blocks, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub title: String,
    pub blocks: Vec<Block>,
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Section(String),
    Subsection(String),
    Paragraph(String),
    /// Label and value, one pair a line.
    Facts(Vec<(String, String)>),
    List(Vec<String>),
    /// A list in which the order matters.
    Steps(Vec<String>),
    /// Done or not, and what.
    Tasks(Vec<(bool, String)>),
    Table {
        head: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    /// Text that must stay as it is, line by line.
    Verbatim(String),
}

impl Block {
    /// A section's heading.
    pub fn section(title: &str) -> Self {
        Self::Section(title.to_owned())
    }

    /// A paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph(text.into())
    }

    /// A table with these column heads.
    pub fn table(head: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self::Table {
            head: head.iter().map(|cell| (*cell).to_owned()).collect(),
            rows,
        }
    }
}
