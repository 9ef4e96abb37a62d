//! A list with one selected row. Rows come as lines; where the list is scrolled to is the caller's, corrected only when
//! the selected row would be out of sight.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::ui::paint;
use crate::ui::theme::{Role, Theme};

/// How many rows, which is selected, which is the first on the screen, and whether the keys act here.
#[derive(Debug, Clone, Copy, Default)]
pub struct List {
    pub len: usize,
    pub selected: Option<usize>,
    pub first: usize,
    pub focused: bool,
}

/// Cells before each row, for the cursor.
pub const MARGIN: u16 = 2;

impl List {
    /// The rows that are shown in `height`.
    pub fn shown(&self, height: u16) -> Range<usize> {
        let height = usize::from(height);
        let mut first = self.first.min(self.len.saturating_sub(height));
        if let Some(selected) = self.selected.filter(|at| *at < self.len) {
            first = first
                .min(selected)
                .max((selected + 1).saturating_sub(height));
        }
        first..(first + height).min(self.len)
    }

    /// Draws the rows that are shown; `row` gives the text of each for the width that is left.
    pub fn render(
        &self,
        area: Rect,
        buf: &mut Buffer,
        theme: &Theme,
        row: impl Fn(usize, usize) -> Line<'static>,
    ) {
        let area = area.intersection(buf.area);
        let width = usize::from(area.width.saturating_sub(MARGIN + 1));
        for (at, cells) in self.shown(area.height).zip(paint::rows(area)) {
            let selected = self.selected == Some(at);
            let cursor = if selected { theme.glyphs.cursor } else { " " };
            let mut spans = vec![theme.span(Role::Accent, cursor), Span::raw(" ")];
            spans.extend(row(at, width).spans);
            paint::line(buf, cells, &Line::from(spans));
            if selected && self.focused {
                buf.set_style(cells, Style::reset().patch(theme.style(Role::Selection)));
            } else if selected {
                buf.set_style(cells, theme.style(Role::SelectionAway));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn draw(selected: Option<usize>, focused: bool) -> String {
        let theme = testing::theme();
        let list = List {
            len: 9,
            selected,
            first: 3,
            focused,
        };
        testing::picture(&testing::buffer(20, 4, |area, buf| {
            list.render(area, buf, &theme, |at, width| {
                Line::from(vec![
                    theme.span(Role::Fail, "X "),
                    theme.span(Role::Text, format!("row {at} of {width}")),
                ])
            });
        }))
    }

    #[test]
    fn the_selected_row_is_reversed_where_the_keys_act() {
        insta::assert_snapshot!(draw(Some(5), true));
    }

    #[test]
    fn elsewhere_it_keeps_its_mark() {
        insta::assert_snapshot!(draw(Some(3), false));
    }

    #[test]
    fn the_selected_row_is_always_shown() {
        for len in 0..20 {
            for height in 1..8 {
                for selected in 0..len {
                    for first in 0..25 {
                        let shown = List {
                            len,
                            selected: Some(selected),
                            first,
                            focused: true,
                        }
                        .shown(height);
                        assert!(shown.contains(&selected) && shown.end <= len);
                    }
                }
            }
        }
    }
}
