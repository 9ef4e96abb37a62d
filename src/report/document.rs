//! A report as blocks, before it takes a format. Text in it is raw: whoever renders it escapes it.

use std::borrow::Cow;

use crate::model::availability::Cell;
use crate::model::burndown;

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
    /// Open blockers over the sprint: a picture where the format has pictures.
    Burndown(Box<burndown::Chart>),
    /// Text that must stay as it is, line by line.
    Verbatim(String),
    Chart(Chart),
}

/// How a front door was, and how fast, in equal steps of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub title: String,
    /// Oldest first, each with the median of its answers in milliseconds.
    pub cells: Vec<(Cell, Option<u32>)>,
}

impl Chart {
    /// Whether anything was seen in it.
    pub fn says_anything(&self) -> bool {
        self.cells.iter().any(|(cell, _)| *cell != Cell::Unseen)
    }

    /// The slowest median, in milliseconds: the height of the scale.
    pub fn top(&self) -> Option<u32> {
        self.cells.iter().filter_map(|(_, ms)| *ms).max()
    }

    /// What the picture shows, in a sentence.
    pub fn words(&self) -> String {
        let count =
            |wanted: fn(&Cell) -> bool| self.cells.iter().filter(|(cell, _)| wanted(cell)).count();
        let top = self
            .top()
            .map_or_else(String::new, |ms| format!("; the slowest median is {ms} ms"));
        format!(
            "{}: {} up, {} partly down or down, {} not looked at{top}",
            self.title,
            count(|cell| *cell == Cell::Up),
            count(|cell| matches!(cell, Cell::Down | Cell::Partly)),
            count(|cell| *cell == Cell::Unseen),
        )
    }
}

/// How much of one text a document for people shows, in characters. All of it is in the session file.
const MOST: usize = 4_000;

/// `raw` up to [`MOST`] characters, with a note of how much was left out.
pub(super) fn cut(raw: &str) -> Cow<'_, str> {
    let Some((end, _)) = raw.char_indices().nth(MOST) else {
        return Cow::Borrowed(raw);
    };
    let (shown, rest) = raw.split_at(end);
    Cow::Owned(format!(
        "{shown}… [{} more characters]",
        rest.chars().count()
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_and_counted() {
        let long = "ü".repeat(MOST);
        assert_eq!(cut(&long), long);
        let cut = cut(&(long.clone() + "abc")).into_owned();
        assert_eq!(cut, long + "… [3 more characters]");
    }
}
