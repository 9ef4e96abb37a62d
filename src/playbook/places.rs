//! Where in the text a value stands, so that a problem can name its line.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a playbook with the positions of its values.
pub(super) struct Places<'a> {
    text: &'a str,
    root: Option<Spanned<DeTable<'a>>>,
}

impl<'a> Places<'a> {
    /// Reads the positions; a text that is no TOML has none.
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            root: DeTable::parse(text).ok(),
        }
    }

    /// The line of the value at the end of `path`: keys, and positions in lists. If it is not there, the line of the
    /// nearest thing around it.
    pub(super) fn line(&self, path: &[Step]) -> Option<usize> {
        let root = self.root.as_ref()?;
        let (first, rest) = path.split_first()?;
        let Step::Key(key) = first else { return None };
        let mut value = root.get_ref().get(*key)?;
        for step in rest {
            let next = match (value.get_ref(), step) {
                (DeValue::Table(table), Step::Key(key)) => table.get(*key),
                (DeValue::Array(list), Step::Item(position)) => list.get(*position),
                _ => None,
            };
            match next {
                Some(next) => value = next,
                None => break,
            }
        }
        Some(line_at(self.text, value.span().start))
    }
}

/// One step of a path into the text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Key(&'static str),
    Item(usize),
}

/// The line of a byte position, counted from 1.
pub(super) fn line_at(text: &str, position: usize) -> usize {
    let head = text.as_bytes().get(..position).unwrap_or(text.as_bytes());
    head.split(|byte| *byte == b'\n').count()
}
