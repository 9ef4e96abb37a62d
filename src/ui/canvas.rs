//! What a screen draws on: cells, the theme, and a note of what stands where, so that the mouse is answered by the same
//! code that draws and can never point at something else.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::Theme;
use crate::app::Action;
use crate::app::message::Hit;
use crate::app::screen::PaneHit;

/// Cells, theme, and what stands where.
pub struct Canvas<'a> {
    pub buf: &'a mut Buffer,
    pub theme: &'a Theme,
    regions: Vec<(Rect, Region)>,
}

/// What stands somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// A hint of the footer.
    Action(Action),
    /// Rows of a list, the topmost being `first` of `len`.
    Rows {
        pane: PaneHit,
        first: usize,
        len: usize,
    },
    /// Text that scrolls.
    Text(PaneHit),
    /// Nothing that can be pressed; beside an overlay.
    Outside,
}

/// What the mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    Press,
    /// Rows down; negative is up.
    Wheel(i32),
}

impl<'a> Canvas<'a> {
    /// An empty one.
    pub fn new(buf: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self {
            buf,
            theme,
            regions: Vec::new(),
        }
    }

    /// Notes what stands in `area`, above what was noted before.
    pub fn note(&mut self, area: Rect, region: Region) {
        self.regions.push((area, region));
    }

    /// What a gesture at a cell means.
    pub fn hit(&self, column: u16, row: u16, gesture: Gesture) -> Option<Hit> {
        let at = Position::new(column, row);
        let (area, region) = self
            .regions
            .iter()
            .rev()
            .find(|(area, _)| area.contains(at))?;
        match (*region, gesture) {
            (Region::Action(action), Gesture::Press) => Some(Hit::Action(action)),
            (Region::Outside, Gesture::Press) => Some(Hit::Outside),
            (Region::Rows { pane, first, len }, Gesture::Press) => {
                let row = first + usize::from(row - area.y);
                (row < len).then_some(Hit::Row { pane, row })
            }
            (Region::Rows { pane, .. } | Region::Text(pane), Gesture::Wheel(rows)) => {
                Some(Hit::Scroll { pane, rows })
            }
            (Region::Text(_), Gesture::Press)
            | (Region::Action(_) | Region::Outside, Gesture::Wheel(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_on_top_is_hit() {
        let theme = Theme::default();
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 10));
        let mut canvas = Canvas::new(&mut buf, &theme);
        canvas.note(
            Rect::new(0, 0, 10, 10),
            Region::Rows {
                pane: PaneHit::Main,
                first: 5,
                len: 8,
            },
        );
        canvas.note(Rect::new(0, 0, 10, 1), Region::Action(Action::Help));
        assert_eq!(
            canvas.hit(3, 0, Gesture::Press),
            Some(Hit::Action(Action::Help))
        );
        assert_eq!(canvas.hit(3, 0, Gesture::Wheel(1)), None);
        assert_eq!(
            canvas.hit(3, 2, Gesture::Press),
            Some(Hit::Row {
                pane: PaneHit::Main,
                row: 7
            })
        );
        assert_eq!(canvas.hit(3, 3, Gesture::Press), None);
        assert_eq!(
            canvas.hit(3, 3, Gesture::Wheel(-3)),
            Some(Hit::Scroll {
                pane: PaneHit::Main,
                rows: -3
            })
        );
        assert_eq!(canvas.hit(30, 3, Gesture::Press), None);
    }
}
