//! The 48 hours as a line: what is past, where we are, and where the phases meet.

use ratatui::text::Span;

use crate::ui::theme::{Role, Theme};

/// Hours, and the hours at which phases meet.
#[derive(Debug, Clone, Copy)]
pub struct Timeline<'a> {
    pub total: u32,
    /// Minutes that count so far.
    pub elapsed: i64,
    pub edges: &'a [u32],
}

impl Timeline<'_> {
    /// `━━━━┿━━━━●──┼─────` in `cells` cells.
    pub fn spans(&self, cells: usize, theme: &Theme) -> Vec<Span<'static>> {
        if cells == 0 {
            return Vec::new();
        }
        let glyphs = &theme.glyphs.timeline;
        let now = self.cell_of(self.elapsed, cells);
        let edge = |cell: usize| {
            self.edges.iter().any(|hour| {
                self.cell_of(i64::from(*hour) * 60, cells) == cell && cell > 0 && cell + 1 < cells
            })
        };
        let past: String = (0..now)
            .map(|c| {
                if edge(c) {
                    glyphs.past_edge
                } else {
                    glyphs.past
                }
            })
            .collect();
        let ahead: String = (now + 1..cells)
            .map(|c| {
                if edge(c) {
                    glyphs.ahead_edge
                } else {
                    glyphs.ahead
                }
            })
            .collect();
        let over = self.elapsed >= i64::from(self.total) * 60;
        let (behind, here) = if over {
            (Role::Fail, Role::Fail)
        } else {
            (Role::Accent, Role::Strong)
        };
        vec![
            theme.span(behind, past),
            theme.span(here, glyphs.now),
            theme.span(Role::Border, ahead),
        ]
    }

    /// The cell in which a minute falls.
    fn cell_of(&self, minute: i64, cells: usize) -> usize {
        let total = u128::from(self.total.max(1)) * 60;
        let minute = u128::try_from(minute).unwrap_or(0).min(total);
        usize::try_from(minute * (cells as u128) / total)
            .unwrap_or(0)
            .min(cells - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(hours: i64, cells: usize) -> String {
        let line = Timeline {
            total: 48,
            elapsed: hours * 60,
            edges: &[8, 24, 36],
        };
        line.spans(cells, &Theme::default())
            .iter()
            .map(|s| s.content.to_string())
            .collect()
    }

    #[test]
    fn the_line_follows_the_clock() {
        assert_eq!(drawn(0, 24), "●───┼───────┼─────┼─────");
        assert_eq!(drawn(21, 24), "━━━━┿━━━━━●─┼─────┼─────");
        assert_eq!(drawn(24, 24), "━━━━┿━━━━━━━●─────┼─────");
        assert_eq!(drawn(60, 24), "━━━━┿━━━━━━━┿━━━━━┿━━━━●");
        assert_eq!(drawn(-3, 8), "●┼──┼─┼─");
        assert_eq!(drawn(5, 1), "●");
        assert_eq!(drawn(5, 0), "");
    }
}
