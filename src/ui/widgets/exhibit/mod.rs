//! Exhibits: what a check saw, laid out for the eye. One file a shape; each gives lines that are never wider than asked.

mod lifetimes;
mod path;
mod table;
mod tree;

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use crate::model::exhibit::{Exhibit, Shape};
use crate::model::verdict::Verdict;
use crate::ui::theme::{Role, Theme};
use crate::ui::{line, text};

/// What every shape is drawn with.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub now: Timestamp,
    pub width: usize,
    /// How many rows, nodes, hops or bars are drawn at most.
    pub most: usize,
    pub theme: &'a Theme,
}

/// An exhibit as lines, without its title.
pub fn lines(exhibit: &Exhibit, frame: Frame<'_>) -> Vec<Line<'static>> {
    let (mut out, len) = match &exhibit.shape {
        Shape::Table { columns, rows } => (table::lines(columns, rows, frame), rows.len()),
        Shape::Tree { nodes } => (tree::lines(nodes, frame), nodes.len()),
        Shape::Path { hops, back_to } => (path::lines(hops, *back_to, frame), hops.len()),
        Shape::Lifetimes { bars } => (lifetimes::lines(bars, frame), bars.len()),
    };
    let hidden = len.saturating_sub(frame.most);
    if hidden > 0 {
        let rest = format!("{} and {hidden} more", frame.theme.glyphs.ellipsis);
        out.extend(line::paragraph(
            &rest,
            2,
            frame.width,
            Role::Muted,
            frame.theme,
        ));
    }
    out.into_iter()
        .map(|line| Line::from(line::cut_spans(line.spans, frame.width, frame.theme)))
        .collect()
}

/// Sign and a space; two spaces where nothing is judged.
fn signed(verdict: Option<Verdict>, theme: &Theme) -> Span<'static> {
    match verdict {
        Some(verdict) => {
            let (sign, role) = theme.verdict(verdict);
            theme.span(role, format!("{sign} "))
        }
        None => Span::raw("  "),
    }
}

/// Text and, muted behind it, a note; both hang behind `first`, their further lines behind `rest`. A note that does not
/// fit beside the text stands below it.
fn noted(
    first: Vec<Span<'static>>,
    rest: &[Span<'static>],
    words: &str,
    note: &str,
    frame: Frame<'_>,
) -> Vec<Line<'static>> {
    let theme = frame.theme;
    let room = frame.width.saturating_sub(line::spans_width(&first));
    let (words, note) = (text::safe(words), text::safe(note));
    let mut pieces: Vec<Vec<Span<'static>>> = text::wrap(&words, room)
        .into_iter()
        .map(|piece| vec![theme.span(Role::Text, piece)])
        .collect();
    if !note.is_empty() {
        let beside = format!("  {note}");
        match pieces.last_mut() {
            Some(last) if line::spans_width(last) + text::width(&beside) <= room => {
                last.push(theme.span(Role::Muted, beside));
            }
            _ => pieces.extend(
                text::wrap(&note, room)
                    .into_iter()
                    .map(|piece| vec![theme.span(Role::Muted, piece)]),
            ),
        }
    }
    let mut head = Some(first);
    pieces
        .into_iter()
        .map(|piece| {
            let mut spans = head.take().unwrap_or_else(|| rest.to_vec());
            spans.extend(piece);
            Line::from(spans)
        })
        .collect()
}

#[cfg(test)]
mod tests;
