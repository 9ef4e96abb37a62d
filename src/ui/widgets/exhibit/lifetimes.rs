//! Lifetimes: bars on one scale of time, with a mark at now, the day on which each ends and what is left of it.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::{Frame, signed};
use crate::model::clock::ago;
use crate::model::exhibit::Bar;
use crate::ui::theme::{Role, Theme};
use crate::ui::{line, text};

/// Narrowest width in which label, bar and end stand in one line.
const ONE_LINE: usize = 64;
/// Shorter lifetimes are told by the minute.
const BY_THE_MINUTE: i64 = 3 * 86_400;

/// Time on cells.
struct Scale {
    from: i64,
    /// At least one second.
    span: i64,
    cells: usize,
    now: usize,
}

pub(super) fn lines(bars: &[Bar], frame: Frame<'_>) -> Vec<Line<'static>> {
    let theme = frame.theme;
    let bars = bars.get(..frame.most.min(bars.len())).unwrap_or_default();
    let judged = bars.iter().any(|bar| bar.verdict.is_some());
    let margin = if judged { 2 } else { 0 };
    let ends: Vec<String> = bars.iter().map(|bar| end(bar, frame.now)).collect();
    let widest = |list: &mut dyn Iterator<Item = usize>| list.max().unwrap_or(0);
    let labels: Vec<_> = bars.iter().map(|bar| text::safe(&bar.label)).collect();
    let label = widest(&mut labels.iter().map(|l| text::width(l))).min(frame.width / 3);
    let end = widest(&mut ends.iter().map(|e| text::width(e)));
    let one_line = frame.width >= ONE_LINE;
    let before = if one_line { margin + label + 2 } else { margin };
    let after = if one_line { end + 2 } else { 0 };
    let scale = Scale::over(bars, frame.now, frame.width.saturating_sub(before + after));
    let mut out = Vec::new();
    for ((bar, label_of), end_of) in bars.iter().zip(&labels).zip(ends) {
        let sign = match judged {
            true => signed(bar.verdict, theme),
            false => Span::raw(""),
        };
        let end_of = theme.span(Role::Muted, end_of);
        if one_line {
            let mut spans = vec![
                sign,
                line::column(label_of, label, Role::Text, theme),
                Span::raw("  "),
            ];
            spans.extend(scale.bar(bar, theme));
            spans.extend([Span::raw("  "), end_of]);
            out.push(Line::from(spans));
        } else {
            let left = vec![sign, theme.span(Role::Text, label_of)];
            out.push(line::spread(left, vec![end_of], frame.width, theme));
            let mut spans = vec![Span::raw(" ".repeat(margin))];
            spans.extend(scale.bar(bar, theme));
            out.push(Line::from(spans));
        }
    }
    if !bars.is_empty() {
        let mark = scale.mark(before, theme);
        out.push(Line::from(vec![mark]));
    }
    out
}

/// `2026-12-03, 12 d left`.
fn end(bar: &Bar, now: Timestamp) -> String {
    let short = bar.to.as_second() - bar.from.as_second() < BY_THE_MINUTE;
    let form = if short { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d" };
    let day = bar.to.strftime(form);
    let word = if now < bar.from {
        format!("begins in {}", ago(bar.from.duration_since(now)))
    } else if now < bar.to {
        format!("{} left", ago(bar.to.duration_since(now)))
    } else {
        format!("over for {}", ago(now.duration_since(bar.to)))
    };
    format!("{day}, {word}")
}

impl Scale {
    /// From the first beginning to the last end, now among them.
    fn over(bars: &[Bar], now: Timestamp, cells: usize) -> Self {
        let now = now.as_second();
        let moments = || {
            bars.iter()
                .flat_map(|bar| [bar.from.as_second(), bar.to.as_second()])
        };
        let from = moments().min().unwrap_or(now).min(now);
        let to = moments().max().unwrap_or(now).max(now);
        let mut scale = Self {
            from,
            span: (to - from).max(1),
            cells,
            now: 0,
        };
        scale.now = scale.cell(now);
        scale
    }

    fn cell(&self, second: i64) -> usize {
        let last = i64::try_from(self.cells.saturating_sub(1)).unwrap_or(0);
        let at = (second - self.from).saturating_mul(last) / self.span;
        usize::try_from(at).unwrap_or(0)
    }

    fn bar(&self, bar: &Bar, theme: &Theme) -> Vec<Span<'static>> {
        let signs = &theme.glyphs.timeline;
        let role = bar.verdict.map_or(Role::Text, |v| theme.verdict(v).1);
        let inside = self.cell(bar.from.as_second())..=self.cell(bar.to.as_second());
        (0..self.cells)
            .map(|at| match (inside.contains(&at), at == self.now) {
                (true, true) => theme.span(Role::Accent, signs.now),
                (true, false) if at < self.now => theme.span(role, signs.past),
                (true, false) => theme.span(role, signs.ahead),
                (false, true) => theme.span(Role::Accent, theme.glyphs.quote),
                (false, false) => Span::raw(" "),
            })
            .collect()
    }

    /// `now` below its cell, on the side on which there is room.
    fn mark(&self, before: usize, theme: &Theme) -> Span<'static> {
        let up = theme.glyphs.up;
        let at = before + self.now;
        let words = match self.now + 5 > self.cells && at >= 4 {
            true => format!("{}now {up}", " ".repeat(at - 4)),
            false => format!("{}{up} now", " ".repeat(at)),
        };
        theme.span(Role::Accent, words)
    }
}
