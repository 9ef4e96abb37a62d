//! What stands on a screen that is too small for anything else. Keys still work.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::theme::{Role, Theme};
use crate::ui::{line, paint};

/// The smallest screen that everything fits on.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Whether `area` is too small.
pub const fn is_too_small(area: Rect) -> bool {
    area.width < SMALLEST.0 || area.height < SMALLEST.1
}

/// Draws the card; `quit` is the key that leaves.
pub fn render(area: Rect, buf: &mut Buffer, quit: &str, theme: &Theme) {
    let width = usize::from(area.width);
    let text = format!(
        "This needs {}×{}, here are {}×{}. Make the window larger{}",
        SMALLEST.0,
        SMALLEST.1,
        area.width,
        area.height,
        if quit.is_empty() {
            ".".to_owned()
        } else {
            format!(", or {quit} leaves. Nothing is lost.")
        }
    );
    let lines = line::paragraph(
        &text.replace('×', if theme.glyphs.dot == "·" { "×" } else { "x" }),
        0,
        width,
        Role::Text,
        theme,
    );
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    paint::lines(buf, paint::centred(area, area.width, height), &lines, 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn it_says_how_large_and_how_to_leave() {
        let theme = testing::theme();
        insta::assert_snapshot!(testing::plain(&testing::buffer(48, 6, |area, buf| render(
            area, buf, "ctrl-c", &theme
        ))));
    }

    #[test]
    fn it_fits_anywhere() {
        for (width, height) in [(0, 0), (1, 1), (3, 40), (59, 1)] {
            testing::buffer(width, height, |area, buf| {
                render(area, buf, "q", &testing::theme());
            });
        }
    }
}
