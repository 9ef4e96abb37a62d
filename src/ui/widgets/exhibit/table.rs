//! A table: a sign before each row, columns that share the width, and a countdown where a row may change by itself. Where
//! the columns would become too narrow to read, each row becomes a small list.

use ratatui::text::{Line, Span};

use super::{Frame, signed};
use crate::model::clock::countdown;
use crate::model::exhibit::TableRow;
use crate::ui::theme::Role;
use crate::ui::{line, text};

/// Cells between two columns.
const GAP: usize = 2;
/// A column keeps its head and its longest word whole, as long as they are not longer than this.
const WORD: usize = 16;
/// Lines of one cell; what is longer ends with the mark of a cut.
const TALLEST: usize = 6;
/// Head of the column of countdowns.
const CHANGES: &str = "changes in";

pub(super) fn lines(columns: &[String], rows: &[TableRow], frame: Frame<'_>) -> Vec<Line<'static>> {
    let rows = rows.get(..frame.most.min(rows.len())).unwrap_or_default();
    let counts_down = rows.iter().any(|row| row.until.is_some());
    let mut heads: Vec<String> = columns.iter().map(|c| text::safe(c).into_owned()).collect();
    let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    heads.resize(heads.len().max(widest), String::new());
    let data = heads.len();
    if counts_down {
        heads.push(CHANGES.to_owned());
    }
    let body: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut cells: Vec<String> = row
                .cells
                .iter()
                .map(|c| text::safe(c).into_owned())
                .collect();
            cells.resize(data, String::new());
            if counts_down {
                let left = row.until.map(|until| until.duration_since(frame.now));
                cells.push(left.map(countdown).unwrap_or_default());
            }
            cells
        })
        .collect();
    let judged = rows.iter().any(|row| row.verdict.is_some());
    let margin = if judged { 2 } else { 0 };
    let room = frame
        .width
        .saturating_sub(margin + GAP * heads.len().saturating_sub(1));
    let natural = wants(&heads, &body, text::width);
    let words = wants(&heads, &body, longest_word);
    let least: Vec<usize> = words
        .into_iter()
        .zip(&heads)
        .map(|(word, head)| word.max(text::width(head)).min(WORD))
        .collect();
    let Some(widths) = shares(&natural, &least, room) else {
        return stacked(&heads, &body, rows, frame);
    };
    let mut out = vec![beside(
        &heads,
        &widths,
        vec![Span::raw(" ".repeat(margin))],
        Role::Muted,
        frame,
    )];
    for (row, cells) in rows.iter().zip(&body) {
        let sign = match judged {
            true => signed(row.verdict, frame.theme),
            false => Span::raw(""),
        };
        out.extend(tall(cells, &widths, sign, margin, frame));
    }
    out
}

/// The most that any cell of each column asks for.
fn wants(heads: &[String], body: &[Vec<String>], ask: impl Fn(&str) -> usize) -> Vec<usize> {
    let mut out: Vec<usize> = heads.iter().map(|head| ask(head)).collect();
    for row in body {
        for (most, cell) in out.iter_mut().zip(row) {
            *most = (*most).max(ask(cell));
        }
    }
    out
}

fn longest_word(cell: &str) -> usize {
    cell.split_whitespace().map(text::width).max().unwrap_or(0)
}

/// `room` cells dealt out: each column gets the least that it needs; of the rest, columns that want little get it and the
/// others share. `None` when there is not even room for the least.
fn shares(natural: &[usize], least: &[usize], room: usize) -> Option<Vec<usize>> {
    let mut left = room.checked_sub(least.iter().sum())?;
    let mut order: Vec<(usize, usize, usize)> = natural
        .iter()
        .zip(least)
        .enumerate()
        .map(|(column, (natural, least))| (column, natural.saturating_sub(*least), *least))
        .collect();
    let mut waiting = order.len();
    order.sort_by_key(|(_, more, _)| *more);
    for (_, more, _) in &mut order {
        *more = (*more).min(left.checked_div(waiting).unwrap_or(0));
        left -= *more;
        waiting -= 1;
    }
    order.sort_by_key(|(column, ..)| *column);
    Some(
        order
            .into_iter()
            .map(|(_, more, least)| least + more)
            .collect(),
    )
}

/// One line of cells.
fn beside(
    cells: &[String],
    widths: &[usize],
    mut spans: Vec<Span<'static>>,
    role: Role,
    frame: Frame<'_>,
) -> Line<'static> {
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if at > 0 {
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        spans.push(line::column(cell, *width, role, frame.theme));
    }
    Line::from(spans)
}

/// A row as high as its longest cell.
fn tall(
    cells: &[String],
    widths: &[usize],
    sign: Span<'static>,
    margin: usize,
    frame: Frame<'_>,
) -> Vec<Line<'static>> {
    let wrapped: Vec<Vec<String>> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| {
            let mut pieces = text::wrap(cell, *width);
            if pieces.len() > TALLEST {
                pieces.truncate(TALLEST);
                if let Some(last) = pieces.last_mut() {
                    *last = text::cut(&format!("{last}  "), *width, frame.theme.glyphs.ellipsis);
                    last.push_str(frame.theme.glyphs.ellipsis);
                }
            }
            pieces
        })
        .collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    let mut sign = Some(sign);
    (0..height)
        .map(|at| {
            let pieces: Vec<String> = wrapped
                .iter()
                .map(|cell| cell.get(at).cloned().unwrap_or_default())
                .collect();
            let head = sign.take().unwrap_or_else(|| Span::raw(" ".repeat(margin)));
            beside(&pieces, widths, vec![head], Role::Text, frame)
        })
        .collect()
}

/// Each row as a list: its first cell, below it the others behind their heads.
fn stacked(
    heads: &[String],
    body: &[Vec<String>],
    rows: &[TableRow],
    frame: Frame<'_>,
) -> Vec<Line<'static>> {
    let theme = frame.theme;
    let longest = heads.iter().skip(1).map(|h| text::width(h)).max();
    let column = longest.unwrap_or(0).min(frame.width / 3);
    let mut out = Vec::new();
    for (row, cells) in rows.iter().zip(body) {
        let first = cells.first().map(String::as_str).unwrap_or_default();
        let sign = vec![signed(row.verdict, theme)];
        out.extend(line::hanging(sign, first, frame.width, Role::Text, theme));
        for (head, cell) in heads
            .iter()
            .zip(cells)
            .skip(1)
            .filter(|(_, c)| !c.is_empty())
        {
            let label = vec![
                Span::raw("  "),
                line::column(head, column, Role::Muted, theme),
                Span::raw("  "),
            ];
            out.extend(line::hanging(label, cell, frame.width, Role::Text, theme));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_columns_keep_what_they_need() {
        for (natural, least, room, want) in [
            (&[4, 4, 4][..], &[4, 4, 4][..], 20, Some(&[4, 4, 4][..])),
            (&[4, 30, 30], &[4, 8, 8], 24, Some(&[4, 10, 10])),
            (&[30, 4, 6], &[9, 4, 6], 20, Some(&[10, 4, 6])),
            (&[30, 4, 6], &[9, 4, 6], 18, None),
            (&[5, 5], &[5, 5], 0, None),
            (&[], &[], 9, Some(&[])),
        ] {
            let dealt = shares(natural, least, room);
            assert_eq!(dealt.as_deref(), want, "{natural:?} in {room}");
        }
    }
}
