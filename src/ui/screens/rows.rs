//! What screens with lists share: rows with their hit areas, lists in sections, scrolled text, the line of a filter.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::cursor::Cursor;
use crate::app::screen::{Filter, PaneHit};
use crate::ui::canvas::{Canvas, Region};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::list::{List, MARGIN};
use crate::ui::widgets::pane::scrollbar;
use crate::ui::{line, paint, text};

/// The list that a cursor stands in.
pub fn list<K: Clone + PartialEq>(
    cursor: &Cursor<K>,
    keys: &[K],
    height: u16,
    focused: bool,
) -> List {
    List {
        len: keys.len(),
        selected: (!keys.is_empty()).then(|| cursor.index(keys)),
        first: cursor.offset(keys, usize::from(height)),
        focused,
    }
}

/// Draws a list, its scrollbar in the last column of `track`, and notes where its rows stand.
pub fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    track: Rect,
    pane: PaneHit,
    list: List,
    row: impl Fn(usize, usize) -> Line<'static>,
) {
    let shown = list.shown(area.height);
    canvas.note(
        area,
        Region::Rows {
            pane,
            first: shown.start,
            len: list.len,
        },
    );
    list.render(area, canvas.buf, canvas.theme, row);
    scrollbar(track, canvas.buf, list.len, shown.start, canvas.theme);
}

/// A line of a list in sections: of a heading, or of a row by its number. A row may have more than one.
pub enum Sectioned {
    Heading(Line<'static>),
    Row(usize, Line<'static>),
}

/// Draws a list whose rows stand under headings.
pub fn sections(canvas: &mut Canvas<'_>, area: Rect, selected: usize, lines: &[Sectioned]) {
    let place = |line: &Sectioned| matches!(line, Sectioned::Row(row, _) if *row == selected);
    let at = lines.iter().position(place).unwrap_or(0);
    let height = usize::from(area.height);
    let first = at
        .saturating_sub(height / 2)
        .min(lines.len().saturating_sub(height));
    let mut told = None;
    for (cells, line) in paint::rows(area).zip(lines.iter().skip(first)) {
        match line {
            Sectioned::Heading(text) => paint::line(canvas.buf, cells, text),
            Sectioned::Row(row, text) => {
                let starts = told != Some(*row);
                told = Some(*row);
                let mark = if *row == selected && starts {
                    canvas.theme.glyphs.cursor
                } else {
                    " "
                };
                let mut spans = vec![canvas.theme.span(Role::Accent, mark), Span::raw(" ")];
                spans.extend(text.spans.iter().cloned());
                paint::line(canvas.buf, cells, &Line::from(spans));
                if *row == selected {
                    canvas.buf.set_style(
                        cells,
                        Style::reset().patch(canvas.theme.style(Role::Selection)),
                    );
                }
                canvas.note(
                    cells,
                    Region::Rows {
                        pane: PaneHit::Main,
                        first: *row,
                        len: row + 1,
                    },
                );
            }
        }
    }
    scrollbar(area, canvas.buf, lines.len(), first, canvas.theme);
}

/// Cells that a row has for itself in an area.
pub fn row_width(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(MARGIN + 1))
}

/// Text that scrolls.
pub fn scrolled(
    canvas: &mut Canvas<'_>,
    area: Rect,
    track: Rect,
    lines: &[Line<'static>],
    scroll: usize,
) {
    let scroll = paint::clamp_scroll(lines.len(), scroll, usize::from(area.height));
    canvas.note(area, Region::Text(PaneHit::Detail));
    paint::lines(canvas.buf, area, lines, scroll);
    scrollbar(track, canvas.buf, lines.len(), scroll, canvas.theme);
}

/// The filter above a list while it is typed or narrows something; what is left is the list's.
pub fn filter(canvas: &mut Canvas<'_>, area: Rect, filter: &Filter, found: usize) -> Rect {
    if !filter.editing && !filter.is_on() {
        return area;
    }
    let inner = paint::inset(paint::row(area, 0), 2);
    let line = filter_line(filter, found, usize::from(inner.width), canvas.theme);
    paint::line(canvas.buf, inner, &line);
    paint::trim(area, 1, 0)
}

fn filter_line(filter: &Filter, found: usize, width: usize, theme: &Theme) -> Line<'static> {
    let mut left = vec![theme.span(Role::Accent, "/ ")];
    let before = filter.input.shown_before();
    let shown = filter.input.shown();
    if filter.editing {
        let after = shown.strip_prefix(&before).unwrap_or_default().to_owned();
        left.push(theme.span(
            Role::Strong,
            text::cut_start(&before, width / 2, theme.glyphs.ellipsis),
        ));
        left.push(theme.span(Role::Accent, theme.glyphs.caret));
        left.push(theme.span(Role::Strong, after));
    } else {
        left.push(theme.span(Role::Strong, shown));
    }
    let found = match found {
        0 => "nothing matches".to_owned(),
        1 => "1 row".to_owned(),
        n => format!("{n} rows"),
    };
    line::spread(left, vec![theme.span(Role::Muted, found)], width, theme)
}
