//! A titled part of the screen: a box where there is room, a rule above it where there is not. It draws its frame and
//! says what is left inside.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Widget};

use crate::ui::theme::{Role, Theme};
use crate::ui::{line, paint};

/// How a pane is set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// A box around it.
    Box,
    /// One rule above it.
    Rule,
}

/// Title, a note at the right end, and whether the keys act here.
#[derive(Debug, Clone)]
pub struct Pane<'a> {
    pub title: &'a str,
    pub note: Vec<Span<'static>>,
    pub focused: bool,
    pub edge: Edge,
}

impl Pane<'_> {
    /// Draws the frame; the rectangle inside is the caller's.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buf.area);
        let border = theme.style(if self.focused {
            Role::BorderFocus
        } else {
            Role::Border
        });
        match self.edge {
            Edge::Box => {
                Block::new()
                    .borders(Borders::ALL)
                    .border_set(theme.glyphs.border)
                    .border_style(border)
                    .render(area, buf);
                let head = paint::inset(paint::row(area, 0), 2);
                paint::line(buf, head, &self.head(head.width, theme));
                paint::inset(paint::trim(area, 1, 1), 1)
            }
            Edge::Rule => {
                let head = paint::row(area, 0);
                let rule = theme.glyphs.rule.repeat(usize::from(head.width));
                paint::line(buf, head, &Line::styled(rule, border));
                let head = paint::inset(head, 1);
                paint::line(buf, head, &self.head(head.width, theme));
                paint::trim(area, 1, 0)
            }
        }
    }

    /// ` title ───── note `, the gap in the frame's own line.
    fn head(&self, width: u16, theme: &Theme) -> Line<'static> {
        let width = usize::from(width);
        let border = theme.style(if self.focused {
            Role::BorderFocus
        } else {
            Role::Border
        });
        let role = if self.focused {
            Role::Title
        } else {
            Role::Text
        };
        let mut note = self.note.clone();
        if !note.is_empty() {
            note.insert(0, Span::raw(" "));
            note.push(Span::raw(" "));
        }
        let note = line::cut_spans(note, width, theme);
        let taken = line::spans_width(&note);
        let mut spans = if self.title.is_empty() {
            Vec::new()
        } else {
            let title = theme.span(role, format!(" {} ", self.title));
            line::cut_spans(vec![title], width.saturating_sub(taken + 1), theme)
        };
        let gap = width.saturating_sub(line::spans_width(&spans) + taken);
        spans.push(Span::styled(theme.glyphs.rule.repeat(gap), border));
        spans.extend(note);
        Line::from(spans)
    }
}

/// A thumb in the last column of `area`: which part of `len` rows is shown, from `first` on. Nothing when all are.
pub fn scrollbar(area: Rect, buf: &mut Buffer, len: usize, first: usize, theme: &Theme) {
    let height = usize::from(area.height);
    if len <= height || height == 0 || area.width == 0 {
        return;
    }
    let thumb = (height * height / len).clamp(1, height);
    let top = first * (height - thumb) / (len - height).max(1);
    let column = Rect {
        x: area.right() - 1,
        width: 1,
        ..area
    };
    let thumb_line = Line::from(Span::styled(theme.glyphs.thumb, theme.style(Role::Accent)));
    for row in paint::rows(column).skip(top).take(thumb) {
        paint::line(buf, row, &thumb_line);
    }
}

/// The column in which a pane's scrollbar stands, given its whole area and what is inside.
pub fn track(area: Rect, inner: Rect) -> Rect {
    Rect {
        x: area.right().saturating_sub(1),
        width: area.width.min(1),
        y: inner.y,
        height: inner.height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn draw(width: u16, height: u16, edge: Edge, focused: bool) -> String {
        let theme = testing::theme();
        testing::picture(&testing::buffer(width, height, |area, buf| {
            let note = vec![theme.span(Role::Fail, "3 blockers")];
            let inner = Pane {
                title: "blockers first",
                note,
                focused,
                edge,
            }
            .render(area, buf, &theme);
            scrollbar(track(area, inner), buf, 30, 10, &theme);
        }))
    }

    #[test]
    fn a_box_where_there_is_room() {
        insta::assert_snapshot!(draw(40, 8, Edge::Box, true));
    }

    #[test]
    fn a_rule_where_there_is_not() {
        insta::assert_snapshot!(draw(24, 4, Edge::Rule, false));
    }
}
