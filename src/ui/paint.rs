//! Putting lines on cells without ever leaving the buffer: a frame may be of any size, zero included.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// One line at the top of `area`.
pub fn line(buf: &mut Buffer, area: Rect, line: &Line<'_>) {
    let area = area.intersection(buf.area);
    if area.width > 0 && area.height > 0 {
        buf.set_line(area.x, area.y, line, area.width);
    }
}

/// Lines from the top of `area` downwards, the first `skip` left out.
pub fn lines(buf: &mut Buffer, area: Rect, list: &[Line<'_>], skip: usize) {
    for (row, text) in rows(area).zip(list.iter().skip(skip)) {
        line(buf, row, text);
    }
}

/// Each row of `area`, one cell high.
pub fn rows(area: Rect) -> impl Iterator<Item = Rect> {
    (area.y..area.bottom()).map(move |y| Rect {
        y,
        height: 1,
        ..area
    })
}

/// The row `at` of `area`, empty when it is outside.
pub fn row(area: Rect, at: u16) -> Rect {
    if at < area.height {
        Rect {
            y: area.y + at,
            height: 1,
            ..area
        }
    } else {
        Rect { height: 0, ..area }
    }
}

/// `area` without `top` rows above and `bottom` rows below.
pub fn trim(area: Rect, top: u16, bottom: u16) -> Rect {
    let top = top.min(area.height);
    let bottom = bottom.min(area.height - top);
    Rect {
        y: area.y + top,
        height: area.height - top - bottom,
        ..area
    }
}

/// `area` without a margin of `cells` at the left and at the right.
pub fn inset(area: Rect, cells: u16) -> Rect {
    let cells = cells.min(area.width / 2);
    Rect {
        x: area.x + cells,
        width: area.width - 2 * cells,
        ..area
    }
}

/// A rectangle in the middle of `area`, at most that large.
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// How far a text of `len` lines can be scrolled in `height` rows.
pub fn clamp_scroll(len: usize, scroll: usize, height: usize) -> usize {
    scroll.min(len.saturating_sub(height))
}

/// What stands in `area`, a line a row.
pub fn text(buf: &Buffer, area: Rect) -> String {
    let area = area.intersection(buf.area);
    let row = |y| (area.left()..area.right()).filter_map(move |x| buf.cell((x, y)));
    let lines =
        (area.top()..area.bottom()).map(|y| row(y).map(ratatui::buffer::Cell::symbol).collect());
    lines.collect::<Vec<String>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_painted_outside() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 4, 2));
        lines(
            &mut buf,
            Rect::new(2, 1, 9, 9),
            &[Line::from("abcdef"), Line::from("x")],
            0,
        );
        assert_eq!(buf, Buffer::with_lines(["    ", "  ab"]));
        line(&mut buf, Rect::new(9, 9, 1, 1), &Line::from("x"));
    }

    #[test]
    fn rectangles_stay_inside() {
        let area = Rect::new(3, 3, 5, 2);
        assert_eq!(trim(area, 9, 9).height, 0);
        assert_eq!(inset(area, 9).width, 1);
        assert_eq!(centred(area, 80, 24), area);
        assert_eq!(row(area, 2).height, 0);
    }
}
