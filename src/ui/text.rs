//! Text on a grid: escaping, measuring, cutting and wrapping by what a terminal shows, never by bytes or `char`s.
//! It knows no styles and no widgets.

use std::borrow::Cow;

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use crate::model::text::{escape, is_harmless};

/// `raw` with everything escaped that could act on a terminal; borrowed when there is nothing to escape.
pub fn safe(raw: &str) -> Cow<'_, str> {
    if raw.chars().all(is_harmless) {
        Cow::Borrowed(raw)
    } else {
        Cow::Owned(escape(raw))
    }
}

/// Cells that `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` in at most `max` cells; what is cut off is marked by `mark` (one cell).
pub fn cut(text: &str, max: usize, mark: &str) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    let mut out = head(text, max.saturating_sub(width(mark)));
    if max >= width(mark) {
        out.push_str(mark);
    }
    out
}

/// Like [`cut`], but the end stays: for paths and long names whose last part tells them apart.
pub fn cut_start(text: &str, max: usize, mark: &str) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    let room = max.saturating_sub(width(mark));
    let mut taken = 0;
    let mut tail: Vec<&str> = Vec::new();
    for part in graphemes(text).into_iter().rev() {
        taken += width(part);
        if taken > room {
            break;
        }
        tail.push(part);
    }
    let mut out = if max >= width(mark) {
        mark.to_owned()
    } else {
        String::new()
    };
    out.extend(tail.into_iter().rev());
    out
}

/// `text` followed by spaces up to `cells`, cut when it is longer.
pub fn pad(text: &str, cells: usize, mark: &str) -> String {
    let mut out = cut(text, cells, mark);
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(width(&out))));
    out
}

/// As many whole words of a title as fit in `max` cells, without a loose end: `SSL and edge protection` becomes `SSL and
/// edge` or `SSL`. The first word is cut when even that is too long.
pub fn short(title: &str, max: usize) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut used = 0;
    for word in title.split_whitespace() {
        used += width(word) + usize::from(!words.is_empty());
        if used > max && !words.is_empty() {
            break;
        }
        words.push(word);
    }
    while words.len() > 1 && matches!(words.last(), Some(&"and" | &"&" | &"of" | &"to")) {
        words.pop();
    }
    words.join(" ")
}

/// Lines of at most `max` cells, broken between words; a word that is longer is broken where it must be. Line feeds
/// of the text stay. Never empty.
pub fn wrap(text: &str, max: usize) -> Vec<String> {
    let max = max.max(1);
    text.split('\n')
        .flat_map(|line| wrap_line(line, max))
        .collect()
}

fn wrap_line(line: &str, max: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in line.split_whitespace() {
        let needs = width(word);
        let gap = usize::from(used > 0);
        if used + gap + needs <= max {
            if let Some(last) = lines.last_mut() {
                last.extend(std::iter::repeat_n(' ', gap));
                last.push_str(word);
            }
            used += gap + needs;
            continue;
        }
        for piece in break_word(word, max) {
            used = width(&piece);
            match lines.last_mut() {
                Some(last) if last.is_empty() => *last = piece,
                _ => lines.push(piece),
            }
        }
    }
    lines
}

/// A word in pieces of at most `max` cells.
fn break_word(word: &str, max: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for part in graphemes(word) {
        let needs = width(part);
        if used + needs > max && used > 0 {
            pieces.push(String::new());
            used = 0;
        }
        if needs <= max
            && let Some(last) = pieces.last_mut()
        {
            last.push_str(part);
            used += needs;
        }
    }
    pieces
}

/// As much of the start of `text` as fits.
fn head(text: &str, max: usize) -> String {
    let mut used = 0;
    graphemes(text)
        .into_iter()
        .take_while(|part| {
            used += width(part);
            used <= max
        })
        .collect()
}

/// What a person sees as one character each.
fn graphemes(text: &str) -> Vec<&str> {
    let mut rest = text;
    Span::raw(text)
        .styled_graphemes(Style::new())
        .filter_map(|grapheme| {
            let at = rest.find(grapheme.symbol)?;
            let (_, from) = rest.split_at_checked(at)?;
            let (part, tail) = from.split_at_checked(grapheme.symbol.len())?;
            rest = tail;
            Some(part)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cutting_counts_cells() {
        assert_eq!(cut("portal.acme.example", 10, "…"), "portal.ac…");
        assert_eq!(cut("日本語", 6, "…"), "日本語");
        assert_eq!(cut("日本語", 5, "…"), "日本…");
        assert_eq!(cut("日本語", 4, "…"), "日…");
        assert_eq!(cut("abc", 0, "…"), "");
        assert_eq!(cut_start("/very/long/path.launch", 12, "…"), "…path.launch");
        assert_eq!(pad("ab", 4, "…"), "ab  ");
    }

    #[test]
    fn wrapping_keeps_words_together() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn short_titles_end_where_a_word_ends() {
        assert_eq!(short("SSL and edge protection", 12), "SSL and edge");
        assert_eq!(short("SSL and edge protection", 10), "SSL");
        assert_eq!(short("Email", 9), "Email");
        assert_eq!(short("Monitoring", 4), "Monitoring");
    }

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(safe("grüße"), Cow::Borrowed(_)));
        assert_eq!(safe("a\u{202e}b"), "a\\u{202e}b");
    }

    proptest! {
        #[test]
        fn nothing_gets_wider_than_asked(raw in "\\PC{0,60}", max in 1usize..40) {
            let text = safe(&raw);
            prop_assert!(width(&cut(&text, max, "…")) <= max);
            prop_assert!(width(&cut_start(&text, max, "…")) <= max);
            for line in wrap(&text, max) {
                prop_assert!(width(&line) <= max, "{line:?}");
            }
        }
    }
}
