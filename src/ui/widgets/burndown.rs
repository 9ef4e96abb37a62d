//! Open blockers over the sprint: the steps, the straight way to the gate, and where the clock stood.
//!
//! ```text
//!  7 ⡏⠉⠉⠑⠢⡀⠀⠀
//!    ⡇⠀░░░⠈⠑⢄
//!  0 ⡇⠀░░░⠀⠀⠀⠑
//!    Fri 00:00      Sun 03:00
//! ```

use jiff::{SignedDuration, Timestamp};
use ratatui::text::{Line, Span};

use crate::model::burndown::Chart;
use crate::ui::theme::{Role, Theme};

/// Dots of a cell, from the top: left column, right column.
const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// What stands in a cell.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    steps: u32,
    ideal: u32,
    stood: bool,
}

/// The chart in `rows` lines of `cells` cells, without labels.
pub fn lines(chart: &Chart, cells: usize, rows: usize, theme: &Theme) -> Vec<Line<'static>> {
    plot(chart, cells, rows)
        .into_iter()
        .map(|row| {
            let spans: Vec<Span<'static>> = row.into_iter().map(|cell| span(cell, theme)).collect();
            Line::from(spans)
        })
        .collect()
}

fn span(cell: Cell, theme: &Theme) -> Span<'static> {
    let role = if cell.steps > 0 {
        Role::Fail
    } else if cell.ideal > 0 {
        Role::Muted
    } else {
        Role::Border
    };
    let glyphs = &theme.glyphs.chart;
    let sign = match (glyphs.braille, cell.steps, cell.ideal, cell.stood) {
        (_, 0, 0, true) => glyphs.stood.to_owned(),
        (_, 0, 0, false) => " ".to_owned(),
        (false, 0, ..) => glyphs.ideal.to_owned(),
        (false, ..) => glyphs.step.to_owned(),
        (true, steps, ideal, _) => {
            let dots = if steps > 0 { steps } else { ideal };
            char::from_u32(0x2800 + dots).unwrap_or(' ').to_string()
        }
    };
    theme.span(role, sign)
}

fn plot(chart: &Chart, cells: usize, rows: usize) -> Vec<Vec<Cell>> {
    let mut grid = vec![vec![Cell::default(); cells]; rows];
    let most = chart.peak().map_or(1, |(_, open)| open).max(1);
    let (wide, high) = (cells * 2, rows * 4);
    let span = chart
        .to
        .duration_since(chart.from)
        .max(SignedDuration::from_secs(1));
    let moment = |x: usize| -> Timestamp {
        let part = i64::try_from(x).unwrap_or(0) * 2 + 1;
        let all = i64::try_from(wide.max(1)).unwrap_or(1) * 2;
        let seconds = i128::from(span.as_secs()) * i128::from(part) / i128::from(all);
        let seconds = i64::try_from(seconds).unwrap_or(0);
        chart
            .from
            .checked_add(SignedDuration::from_secs(seconds))
            .unwrap_or(chart.to)
    };
    // Rows of dots from the top; the lowest is zero.
    let level = |open: f64| -> usize {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both are the small sizes of a terminal, and never below zero"
        )]
        let up = (open.max(0.0) / most as f64 * (high.max(1) - 1) as f64).round() as usize;
        (high.max(1) - 1).saturating_sub(up)
    };
    let mut set = |x: usize, y: usize, ideal: bool| {
        let Some(cell) = grid.get_mut(y / 4).and_then(|row| row.get_mut(x / 2)) else {
            return;
        };
        let bit = DOTS
            .get(y % 4)
            .and_then(|pair| pair.get(x % 2))
            .copied()
            .unwrap_or(0);
        if ideal {
            cell.ideal |= bit;
        } else {
            cell.steps |= bit;
        }
    };
    let mut before: Option<usize> = None;
    for x in 0..wide {
        let at = moment(x);
        if at <= chart.now {
            let open = u32::try_from(chart.open_at(at)).unwrap_or(u32::MAX);
            let y = level(f64::from(open));
            let from = before.unwrap_or(y);
            for y in from.min(y)..=from.max(y) {
                set(x, y, false);
            }
            before = Some(y);
        }
        if let Some(open) = chart.ideal(at).filter(|_| x % 2 == 0) {
            set(x, level(open), true);
        }
    }
    for (n, cell) in (0..cells).map(|cell| (cell, moment(cell * 2))) {
        let stood = chart
            .stood
            .iter()
            .any(|(from, to)| *from <= cell && cell < *to);
        for row in &mut grid {
            if let Some(cell) = row.get_mut(n) {
                cell.stood = stood;
            }
        }
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::burndown::Step;
    use crate::ui::{paint, testing};

    fn chart() -> Chart {
        let at = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let step = |hours, open| Step {
            at: at(hours),
            open,
        };
        Chart {
            steps: vec![step(1, 3), step(2, 7), step(10, 5), step(18, 2)],
            from: at(0),
            to: at(54),
            now: at(30),
            stood: vec![(at(20), at(26))],
            goal: Some(("Fix closed".into(), at(30))),
        }
    }

    fn draw(chart: &Chart, theme: &Theme, height: u16) -> String {
        testing::picture(&testing::buffer(30, height, |area, buf| {
            let lines = lines(chart, 30, usize::from(height), theme);
            paint::lines(buf, area, &lines, 0);
        }))
    }

    #[test]
    fn steps_the_way_to_the_gate_and_the_pause() {
        insta::assert_snapshot!(draw(&chart(), &testing::theme(), 4));
    }

    #[test]
    fn the_same_without_unicode_and_in_one_row() {
        let mut plain = testing::theme();
        plain.glyphs = &crate::ui::glyphs::ASCII;
        let picture = draw(&chart(), &plain, 4);
        assert!(picture.is_ascii(), "{picture}");
        insta::assert_snapshot!(format!(
            "{picture}\n{}",
            draw(&chart(), &testing::theme(), 1)
        ));
    }

    #[test]
    fn nothing_to_draw_is_drawn_as_nothing_that_breaks() {
        let mut empty = chart();
        (empty.steps, empty.goal, empty.to) = (Vec::new(), None, empty.from);
        assert!(lines(&empty, 0, 0, &testing::theme()).is_empty());
        assert_eq!(lines(&empty, 10, 2, &testing::theme()).len(), 2);
    }
}
