//! A place with nothing in it: what will stand here, and what to do about it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::theme::{Role, Theme};
use crate::ui::{line, paint};

/// A headline and what to do next.
#[derive(Debug, Clone, Copy)]
pub struct Empty<'a> {
    pub headline: &'a str,
    pub next: &'a str,
}

impl Empty<'_> {
    /// Draws both near the upper third of the area.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let inner = paint::inset(area, 2);
        let width = usize::from(inner.width);
        let mut lines = line::paragraph(self.headline, 0, width, Role::Text, theme);
        lines.extend(line::paragraph(self.next, 0, width, Role::Muted, theme));
        let top = area
            .height
            .saturating_sub(u16::try_from(lines.len()).unwrap_or(u16::MAX))
            / 3;
        paint::lines(buf, paint::trim(inner, top, 0), &lines, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn it_says_what_to_do() {
        let theme = testing::theme();
        let empty = Empty {
            headline: "No session yet.",
            next: "n starts one; the range below needs no domain.",
        };
        insta::assert_snapshot!(testing::picture(
            &testing::buffer(34, 6, |area, buf| empty.render(area, buf, &theme))
        ));
    }
}
