//! Short messages that go by themselves: in the lower right corner, above the footer, never over what is typed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use crate::ui::line;
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};

/// A message with its sign.
#[derive(Debug, Clone)]
pub struct Toast<'a> {
    pub sign: &'static str,
    pub role: Role,
    pub text: &'a str,
}

/// Widest toast.
const WIDTH: u16 = 56;
/// Most lines of all toasts together.
const MOST: u16 = 6;

/// Draws toasts, the newest at the bottom.
pub fn render(toasts: &[Toast<'_>], area: Rect, buf: &mut Buffer, theme: &Theme) {
    let width = WIDTH.min(area.width.saturating_sub(4));
    if width < 12 {
        return;
    }
    let lines: Vec<Line<'static>> = toasts
        .iter()
        .flat_map(|toast| {
            let head = vec![theme.span(toast.role, format!("{} ", toast.sign))];
            line::hanging(head, toast.text, usize::from(width) - 2, Role::Text, theme)
        })
        .collect();
    let height = u16::try_from(lines.len())
        .unwrap_or(MOST)
        .min(MOST)
        .min(area.height);
    let hidden = lines.len().saturating_sub(usize::from(height));
    let rect = Rect {
        x: area.right().saturating_sub(width + 1),
        y: area.bottom() - height,
        width,
        height,
    };
    let rect = rect.intersection(buf.area);
    Clear.render(rect, buf);
    for (cells, text) in paint::rows(rect).zip(lines.iter().skip(hidden)) {
        paint::line(
            buf,
            cells,
            &Line::from(theme.span(Role::Accent, theme.glyphs.quote)),
        );
        paint::line(
            buf,
            Rect {
                x: cells.x + 2.min(cells.width),
                width: cells.width.saturating_sub(2),
                ..cells
            },
            text,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn they_stand_in_the_corner() {
        let theme = testing::theme();
        let toasts = [
            Toast {
                sign: "✔",
                role: Role::Pass,
                text: "mail.dmarc is green: every server has the record",
            },
            Toast {
                sign: "✖",
                role: Role::Fail,
                text: "not saved: the disk is full",
            },
        ];
        insta::assert_snapshot!(testing::picture(&testing::buffer(44, 6, |area, buf| {
            render(&toasts, area, buf, &theme);
        })));
    }
}
