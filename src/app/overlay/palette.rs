//! The palette: every action, session and finding by a few letters.

use super::super::action::{Action, Reason};
use super::super::input::Input;
use crate::model::finding::FindingKey;

/// A search over everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Palette {
    pub input: Input,
    /// Number of the selected entry among those that match.
    pub selected: usize,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub label: String,
    /// The key, the session's state, the finding's verdict.
    pub note: String,
    pub target: Target,
    /// Why it does not work now.
    pub refused: Option<Reason>,
}

/// What an entry leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Action(Action),
    Session(std::path::PathBuf),
    Finding(FindingKey),
}

/// How well `typed` matches `label`: all its letters in order, better at the starts of words and side by side,
/// best as the start of a word.
/// `None` when it does not match; higher is better.
pub fn score(typed: &str, label: &str) -> Option<i32> {
    let mut total = 0;
    let mut previous_hit = false;
    let mut previous = ' ';
    let mut wanted = typed
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .peekable();
    for (at, c) in label.chars().flat_map(char::to_lowercase).enumerate() {
        let hit = wanted.peek() == Some(&c);
        if hit {
            wanted.next();
            total += 1;
            total += if previous_hit { 4 } else { 0 };
            total += if previous.is_alphanumeric() { 0 } else { 6 };
            total += if at == 0 { 2 } else { 0 };
        }
        previous_hit = hit;
        previous = c;
    }
    let piece = typed.to_lowercase();
    let whole = !piece.is_empty()
        && label
            .to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word.starts_with(&piece));
    wanted
        .peek()
        .is_none()
        .then_some(total + if whole { 40 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_of_words_beat_letters_inside() {
        assert!(score("rc", "re-check") > score("rc", "source"));
        assert!(score("gate", "scorecard and gate") > score("gate", "go again to email"));
        assert_eq!(score("xyz", "gate"), None);
        assert!(score("", "gate").is_some());
        assert!(score("DM", "mail.dmarc").is_some());
    }
}
