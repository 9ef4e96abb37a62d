//! What is wrong with a playbook, where, and what was probably meant.

use std::fmt;

use super::places::line_at;
use crate::model::text::{escape, nearest};

/// One problem: file, line, what, and the nearest valid word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PlaybookProblem {
    /// Empty when the text came from no file.
    pub file: String,
    /// Counted from 1.
    pub line: Option<usize>,
    /// A lowercase fragment.
    pub what: String,
    /// The nearest valid word.
    pub meant: Option<String>,
}

impl PlaybookProblem {
    /// A problem in line `line`.
    pub(super) fn at(line: Option<usize>, what: impl Into<String>) -> Self {
        Self {
            file: String::new(),
            line,
            what: what.into(),
            meant: None,
        }
    }

    /// Adds the nearest of `candidates` to the `wrong` word.
    pub(super) fn meaning<'a>(
        mut self,
        wrong: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.meant = nearest(wrong, candidates).map(str::to_owned);
        self
    }

    /// Says in which file it is.
    pub(super) fn in_file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// What the TOML reader says, with its line; for an unknown or misspelt key, the nearest one that exists.
    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        let said = error.message().lines().collect::<Vec<_>>().join("; ");
        let words: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
        let problem = Self::at(
            error.span().map(|span| line_at(text, span.start)),
            escape(&said),
        );
        match words.split_first() {
            Some((wrong, candidates)) if said.starts_with("unknown") => {
                problem.meaning(wrong, candidates.iter().copied())
            }
            _ => problem,
        }
    }
}

impl fmt::Display for PlaybookProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.is_empty(), self.line) {
            (false, Some(line)) => write!(f, "{}:{line}: ", escape(&self.file))?,
            (false, None) => write!(f, "{}: ", escape(&self.file))?,
            (true, Some(line)) => write!(f, "line {line}: ")?,
            (true, None) => {}
        }
        f.write_str(&self.what)?;
        match &self.meant {
            Some(word) => write!(f, "; did you mean `{word}`?"),
            None => Ok(()),
        }
    }
}
