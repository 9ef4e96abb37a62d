//! A box over the screen. What is below is dimmed, so that the eye knows where the keys act.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use super::footer::{Footer, KeyHint};
use super::pane::{self, Edge, Pane};
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};

/// A titled box of a wanted size with its own keys in the last row.
#[derive(Debug, Clone, Copy)]
pub struct Overlay<'a> {
    pub title: &'a str,
    pub width: u16,
    /// Rows of content.
    pub height: u16,
    pub keys: &'a [KeyHint],
}

impl Overlay<'_> {
    /// Draws the box in the middle of `area`; the rectangle for its content is the caller's.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buf.area);
        buf.set_style(area, Style::reset().patch(theme.style(Role::Muted)));
        let keys = if self.keys.is_empty() { 0 } else { 2 };
        let frame = paint::centred(area, self.width, self.height.saturating_add(2 + keys));
        Clear.render(frame, buf);
        let inner = Pane {
            title: self.title,
            note: Vec::new(),
            focused: true,
            edge: Edge::Box,
        }
        .render(frame, buf, theme);
        if keys == 0 || inner.height < 3 {
            return inner;
        }
        Footer { hints: self.keys }.render(paint::row(inner, inner.height - 1), buf, theme);
        paint::inset(paint::trim(inner, 0, 2), 1)
    }
}

/// Lines in an overlay, scrolled, with a thumb when there are more than fit.
pub fn scrolled(buf: &mut Buffer, area: Rect, lines: &[Line<'_>], scroll: usize, theme: &Theme) {
    let scroll = paint::clamp_scroll(lines.len(), scroll, usize::from(area.height));
    paint::lines(buf, area, lines, scroll);
    let column = Rect {
        width: area.width.saturating_add(1),
        ..area
    };
    pane::scrollbar(column, buf, lines.len(), scroll, theme);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn the_screen_below_is_dimmed() {
        let theme = testing::theme();
        let keys = [KeyHint {
            keys: "esc".into(),
            label: "back".into(),
            off: None,
        }];
        insta::assert_snapshot!(testing::picture(&testing::buffer(36, 10, |area, buf| {
            for row in paint::rows(area) {
                paint::line(
                    buf,
                    row,
                    &Line::from(theme.span(Role::Fail, "below below below below below below")),
                );
            }
            let inner = Overlay {
                title: "sign",
                width: 26,
                height: 3,
                keys: &keys,
            }
            .render(area, buf, &theme);
            let lines: Vec<Line<'_>> = (0..9).map(|n| Line::from(format!("line {n}"))).collect();
            scrolled(buf, inner, &lines, 2, &theme);
        })));
    }
}
