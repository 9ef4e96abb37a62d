//! The last row: what the keys do now. It shows what it is given in order of rank; the way to all keys always stays. A
//! key that does nothing now stays dimmed, and says why where there is room.

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

/// A hint that fits: its number, its cells, and whether its reason fits too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub hint: usize,
    pub cells: Range<usize>,
    pub reason: bool,
}

const GAP: usize = 3;

impl Footer<'_> {
    /// Which hints fit in `width` cells, and where each stands.
    pub fn places(&self, width: usize) -> Vec<Place> {
        let Some((last, others)) = self.hints.split_last() else {
            return Vec::new();
        };
        let mut left = width.saturating_sub(needs(last));
        let mut chosen: Vec<(usize, &KeyHint)> = Vec::new();
        for (index, hint) in others.iter().enumerate() {
            let cells = needs(hint) + GAP;
            if cells <= left {
                left -= cells;
                chosen.push((index, hint));
            }
        }
        chosen.push((others.len(), last));
        let mut at = 0;
        let mut places = Vec::new();
        for (index, hint) in chosen {
            let extra = reason(hint).map_or(0, |why| text::width(&text::safe(&why)));
            let told = extra > 0 && extra <= left;
            left -= if told { extra } else { 0 };
            let end = at + needs(hint) + if told { extra } else { 0 };
            places.push(Place {
                hint: index,
                cells: at..end,
                reason: told,
            });
            at = end + GAP;
        }
        places
    }

    /// Draws the row.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let inner = paint::inset(paint::row(area, 0), 1);
        let mut spans: Vec<Span<'static>> = Vec::new();
        for place in self.places(usize::from(inner.width)) {
            let Some(hint) = self.hints.get(place.hint) else {
                continue;
            };
            if !spans.is_empty() {
                spans.push(Span::raw(" ".repeat(GAP)));
            }
            spans.extend(shown(hint, place.reason, theme));
        }
        paint::line(buf, inner, &Line::from(spans));
    }
}

fn shown(hint: &KeyHint, with_reason: bool, theme: &Theme) -> Vec<Span<'static>> {
    let label = format!(" {}", hint.label);
    if hint.off.is_none() {
        return vec![
            theme.span(Role::Key, &hint.keys),
            theme.span(Role::Text, label),
        ];
    }
    let why = reason(hint).filter(|_| with_reason).unwrap_or_default();
    vec![theme.span(Role::Muted, format!("{}{label}{why}", hint.keys))]
}

fn reason(hint: &KeyHint) -> Option<String> {
    hint.off.as_ref().map(|why| format!(" ({why})"))
}

fn needs(hint: &KeyHint) -> usize {
    text::width(&text::safe(&hint.keys)) + 1 + text::width(&text::safe(&hint.label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn hints() -> Vec<KeyHint> {
        let on = |keys: &str, label: &str| KeyHint {
            keys: keys.into(),
            label: label.into(),
            off: None,
        };
        vec![
            on("enter", "open"),
            on("r", "re-check"),
            KeyHint {
                keys: "s".into(),
                label: "sign".into(),
                off: Some("two rows block".into()),
            },
            on("w", "watch"),
            on("x", "waive"),
            on("g", "gate"),
            on("?", "keys"),
        ]
    }

    fn draw(width: u16) -> String {
        let theme = testing::theme();
        let hints = hints();
        testing::picture(&testing::buffer(width, 1, |area, buf| {
            Footer { hints: &hints }.render(area, buf, &theme);
        }))
    }

    #[test]
    fn wide_and_narrow() {
        insta::assert_snapshot!(draw(90));
        insta::assert_snapshot!(draw(70));
        insta::assert_snapshot!(draw(40));
    }

    #[test]
    fn the_way_to_all_keys_always_stays() {
        let hints = hints();
        for width in 0..100 {
            let places = Footer { hints: &hints }.places(width);
            assert_eq!(places.last().unwrap().hint, hints.len() - 1);
        }
        assert!(Footer { hints: &[] }.places(9).is_empty());
    }
}
