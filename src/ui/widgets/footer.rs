//! The last row: what the keys do now. It shows what it is given in order of rank; the way to all keys always stays.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::ui::theme::{Role, Theme};
use crate::ui::{paint, text};

/// One key and what it does; `off` says why it does nothing now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHint {
    pub keys: String,
    pub label: String,
    pub off: Option<String>,
}

/// Hints, the most wanted first; the last one always stays.
#[derive(Debug, Clone, Copy)]
pub struct Footer<'a> {
    pub hints: &'a [KeyHint],
}

const GAP: usize = 3;

impl Footer<'_> {
    /// Which hints fit in `width` cells, and where each stands.
    pub fn places(&self, width: usize) -> Vec<(usize, Range<usize>)> {
        let Some((last, others)) = self.hints.split_last() else { return Vec::new() };
        let reserved = needs(last) + GAP;
        let mut places = Vec::new();
        let mut at = 0;
        for (index, hint) in others.iter().enumerate() {
            let end = at + needs(hint);
            if end + reserved > width {
                continue;
            }
            places.push((index, at..end));
            at = end + GAP;
        }
        places.push((others.len(), at..(at + needs(last)).min(width.max(at))));
        places
    }

    /// Draws the row.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let inner = paint::inset(paint::row(area, 0), 1);
        let mut spans: Vec<Span<'static>> = Vec::new();
        for (index, _) in self.places(usize::from(inner.width)) {
            let Some(hint) = self.hints.get(index) else { continue };
            if !spans.is_empty() {
                spans.push(Span::raw(" ".repeat(GAP)));
            }
            spans.extend(shown(hint, theme));
        }
        paint::line(buf, inner, &Line::from(spans));
    }
}

fn shown(hint: &KeyHint, theme: &Theme) -> Vec<Span<'static>> {
    match &hint.off {
        None => vec![theme.span(Role::Key, &hint.keys), theme.span(Role::Text, format!(" {}", hint.label))],
        Some(_) => vec![theme.span(Role::Muted, words(hint))],
    }
}

fn words(hint: &KeyHint) -> String {
    match &hint.off {
        None => format!("{} {}", hint.keys, hint.label),
        Some(why) => format!("{} {} ({why})", hint.keys, hint.label),
    }
}

fn needs(hint: &KeyHint) -> usize {
    text::width(&text::safe(&words(hint)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn hints() -> Vec<KeyHint> {
        let on = |keys: &str, label: &str| KeyHint { keys: keys.into(), label: label.into(), off: None };
        vec![
            on("enter", "open"),
            on("r", "re-check"),
            KeyHint { keys: "s".into(), label: "sign".into(), off: Some("two rows block".into()) },
            on("w", "watch"),
            on("x", "waive"),
            on("g", "gate"),
            on("?", "keys"),
        ]
    }

    fn draw(width: u16) -> String {
        let theme = testing::theme();
        let hints = hints();
        testing::picture(&testing::buffer(width, 1, |area, buf| Footer { hints: &hints }.render(area, buf, &theme)))
    }

    #[test]
    fn wide_and_narrow() {
        insta::assert_snapshot!(draw(90));
        insta::assert_snapshot!(draw(40));
    }

    #[test]
    fn the_way_to_all_keys_always_stays() {
        let hints = hints();
        for width in 0..100 {
            let places = Footer { hints: &hints }.places(width);
            assert_eq!(places.last().unwrap().0, hints.len() - 1);
        }
        assert!(Footer { hints: &[] }.places(9).is_empty());
    }
}
