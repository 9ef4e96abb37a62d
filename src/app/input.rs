//! A line of text that is being typed. The cursor moves by what a person sees as one character; what is pasted can never
//! carry a control character into the program.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroize;

use super::key::{Code, Key};
use crate::model::text::is_harmless;

/// Longest line, in characters: more is a mistake of the clipboard.
const LIMIT: usize = 4_000;

/// A line editor. A masked one shows dots, prints nothing in a log, and is wiped when it goes.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Input {
    text: String,
    /// Byte offset, always on a boundary of graphemes.
    cursor: usize,
    masked: bool,
}

impl Input {
    /// An input with text in it, the cursor at its end.
    pub fn with(text: impl Into<String>) -> Self {
        let text = clean(&text.into());
        Self {
            cursor: text.len(),
            text,
            masked: false,
        }
    }

    /// An empty input for a secret.
    pub fn masked() -> Self {
        Self {
            text: String::with_capacity(256),
            cursor: 0,
            masked: true,
        }
    }

    /// What was typed. For a masked input this is the secret itself: never for a screen.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a screen may show: the text, or a dot for each character of a secret.
    pub fn shown(&self) -> String {
        if self.masked {
            "•".repeat(self.text.graphemes(true).count())
        } else {
            self.text.clone()
        }
    }

    /// How many graphemes stand before the cursor.
    pub fn cursor(&self) -> usize {
        self.before().graphemes(true).count()
    }

    /// What [`Self::shown`] has before the cursor.
    pub fn shown_before(&self) -> String {
        if self.masked {
            "•".repeat(self.cursor())
        } else {
            self.before().to_owned()
        }
    }

    /// Whether it holds a secret.
    pub const fn is_masked(&self) -> bool {
        self.masked
    }

    /// Whether nothing but white space is in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Edits by a key; `false` when the key is none of an editor's.
    pub fn press(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.paste(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        match (key.code, key.ctrl, key.alt) {
            (Code::Left, false, false) => self.cursor = self.previous(),
            (Code::Right, false, false) => self.cursor = self.following(),
            (Code::Home, _, _) | (Code::Char('a'), true, false) => self.cursor = 0,
            (Code::End, _, _) | (Code::Char('e'), true, false) => self.cursor = self.text.len(),
            (Code::Backspace, false, false) | (Code::Char('h'), true, false) => {
                self.remove(self.previous(), self.cursor);
            }
            (Code::Delete, _, _) => self.remove(self.cursor, self.following()),
            (Code::Char('u'), true, false) => self.remove(0, self.cursor),
            (Code::Char('w'), true, false) | (Code::Backspace, _, _) => {
                self.remove(self.word_start(), self.cursor);
            }
            _ => return false,
        }
        true
    }

    /// Inserts pasted text as one line: line breaks and tabs become spaces, what cannot be shown is left out.
    pub fn paste(&mut self, text: &str) {
        let room = LIMIT.saturating_sub(self.text.chars().count());
        let line: String = clean(text).chars().take(room).collect();
        let mut next = String::with_capacity(self.text.len() + line.len());
        next.push_str(self.before());
        next.push_str(&line);
        let cursor = next.len();
        next.push_str(self.after());
        self.replace(next);
        // A combining character may have joined the grapheme behind it.
        self.cursor = self.boundary_from(cursor);
    }

    /// Empties it and gives what was in it.
    pub fn take(&mut self) -> String {
        self.cursor = 0;
        std::mem::take(&mut self.text)
    }

    fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    fn previous(&self) -> usize {
        self.before()
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn following(&self) -> usize {
        self.cursor + self.after().graphemes(true).next().map_or(0, str::len)
    }

    fn word_start(&self) -> usize {
        let trimmed = self.before().trim_end();
        trimmed
            .rfind(char::is_whitespace)
            .and_then(|at| trimmed.get(at..)?.chars().next().map(|c| at + c.len_utf8()))
            .unwrap_or(0)
    }

    fn boundary_from(&self, at: usize) -> usize {
        self.text
            .grapheme_indices(true)
            .map(|(start, _)| start)
            .find(|start| *start >= at)
            .unwrap_or(self.text.len())
    }

    fn remove(&mut self, from: usize, to: usize) {
        let next = [self.text.get(..from), self.text.get(to..)]
            .into_iter()
            .flatten()
            .collect();
        self.replace(next);
        self.cursor = self.boundary_from(from);
    }

    fn replace(&mut self, next: String) {
        let mut old = std::mem::replace(&mut self.text, next);
        if self.masked {
            old.zeroize();
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if self.masked {
            self.text.zeroize();
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.masked {
            f.write_str("Input(masked)")
        } else {
            write!(f, "Input({:?} at {})", self.text, self.cursor)
        }
    }
}

fn clean(text: &str) -> String {
    text.trim_end_matches(['\r', '\n'])
        .replace("\r\n", " ")
        .chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| is_harmless(*c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Input {
        let mut input = Input::default();
        text.chars().for_each(|c| {
            input.press(Key::char(c));
        });
        input
    }

    #[test]
    fn the_cursor_moves_by_what_is_seen() {
        let mut input = typed("ae\u{301}日");
        assert_eq!(input.cursor(), 3);
        input.press(Key::plain(Code::Left));
        input.press(Key::plain(Code::Backspace));
        assert_eq!(input.text(), "a日");
        input.press(Key::plain(Code::Delete));
        assert_eq!(input.text(), "a");
    }

    #[test]
    fn words_and_lines_go_at_once() {
        let mut input = typed("one two  ");
        input.press(Key::ctrl('w'));
        assert_eq!(input.text(), "one ");
        input.press(Key::ctrl('u'));
        assert_eq!(input.text(), "");
    }

    #[test]
    fn a_paste_brings_no_control_character() {
        let mut input = typed("x");
        input.press(Key::plain(Code::Home));
        input.paste("a\x1b]52;c;eA==\x07\u{202e}b\r\nc\n");
        assert_eq!(input.text(), "a]52;c;eA==b cx");
        assert_eq!(input.shown_before(), "a]52;c;eA==b c");
    }

    #[test]
    fn a_masked_input_shows_and_logs_nothing() {
        let mut input = Input::masked();
        input.paste("hunter2");
        assert_eq!(input.shown(), "•••••••");
        assert!(!format!("{input:?}").contains("hunter2"));
        assert_eq!(input.take(), "hunter2");
        assert_eq!(input.text(), "");
    }

    #[test]
    fn a_line_has_an_end() {
        let mut input = Input::default();
        input.paste(&"a".repeat(LIMIT + 10));
        assert_eq!(input.text().len(), LIMIT);
    }

    #[test]
    fn keys_of_no_editor_are_left_to_others() {
        let mut input = typed("a");
        assert!(!input.press(Key::plain(Code::Enter)));
        assert!(!input.press(Key::ctrl('p')));
        assert_eq!(input.text(), "a");
    }
}
