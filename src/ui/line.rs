//! Lines: pieces side by side in a given number of cells. What matters less gives way first; nothing is ever wider than
//! asked.

use ratatui::text::{Line, Span};

use super::text;
use super::theme::{Role, Theme};

/// A piece of a line that may be left out: the lower the rank, the longer it stays.
#[derive(Debug, Clone)]
pub struct Piece {
    pub rank: u8,
    pub spans: Vec<Span<'static>>,
}

impl Piece {
    /// A piece of that rank.
    pub fn new(rank: u8, spans: Vec<Span<'static>>) -> Self {
        Self { rank, spans }
    }
}

/// Cells that spans take.
pub fn spans_width(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| text::width(&span.content)).sum()
}

/// Spans cut to `max` cells, with the theme's mark where something is missing.
pub fn cut_spans(spans: Vec<Span<'static>>, max: usize, theme: &Theme) -> Vec<Span<'static>> {
    if spans_width(&spans) <= max {
        return spans;
    }
    let mut room = max;
    let mut out = Vec::new();
    let mut rest = spans.into_iter().peekable();
    while let Some(span) = rest.next() {
        let needs = text::width(&span.content);
        let more = rest.peek().is_some();
        if needs < room || (needs == room && !more) {
            room -= needs;
            out.push(span);
            continue;
        }
        let wanted = if more {
            format!("{} ", span.content)
        } else {
            span.content.to_string()
        };
        out.push(Span::styled(
            text::cut(&wanted, room, theme.glyphs.ellipsis),
            span.style,
        ));
        break;
    }
    out
}

/// `left` and `right` at the two ends of `max` cells; `left` gives way, `right` stays whole as long as it fits.
pub fn spread(
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    max: usize,
    theme: &Theme,
) -> Line<'static> {
    let right = cut_spans(right, max, theme);
    let taken = spans_width(&right);
    let gap = usize::from(taken > 0);
    let left = cut_spans(left, max.saturating_sub(taken + gap), theme);
    let space = max.saturating_sub(spans_width(&left) + taken);
    let mut spans = left;
    if taken > 0 {
        spans.push(Span::raw(" ".repeat(space)));
        spans.extend(right);
    }
    Line::from(spans)
}

/// Pieces at both ends of `max` cells, `gap` cells between neighbours. The highest ranks are left out until the rest fits.
pub fn fit(
    left: Vec<Piece>,
    right: Vec<Piece>,
    gap: usize,
    max: usize,
    theme: &Theme,
) -> Line<'static> {
    let (mut left, mut right) = (left, right);
    while pieces_width(&left, gap) + pieces_width(&right, gap) + gap > max {
        let worst = left.iter().chain(&right).map(|p| p.rank).max();
        let Some(worst) = worst.filter(|_| left.len() + right.len() > 1) else {
            break;
        };
        if right.iter().any(|p| p.rank == worst) {
            remove_last(&mut right, worst);
        } else {
            remove_last(&mut left, worst);
        }
    }
    spread(join(left, gap), join(right, gap), max, theme)
}

fn remove_last(pieces: &mut Vec<Piece>, rank: u8) {
    if let Some(at) = pieces.iter().rposition(|p| p.rank == rank) {
        pieces.remove(at);
    }
}

fn pieces_width(pieces: &[Piece], gap: usize) -> usize {
    let inner: usize = pieces.iter().map(|p| spans_width(&p.spans)).sum();
    inner + gap * pieces.len().saturating_sub(1)
}

fn join(pieces: Vec<Piece>, gap: usize) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for piece in pieces {
        if !spans.is_empty() {
            spans.push(Span::raw(" ".repeat(gap)));
        }
        spans.extend(piece.spans);
    }
    spans
}

/// A cell of a table: text padded or cut to `cells`.
pub fn column(raw: &str, cells: usize, role: Role, theme: &Theme) -> Span<'static> {
    theme.span(
        role,
        text::pad(&text::safe(raw), cells, theme.glyphs.ellipsis),
    )
}

/// Paragraphs of `raw` in `role`, wrapped to `max` cells behind an indent.
pub fn paragraph(
    raw: &str,
    indent: usize,
    max: usize,
    role: Role,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let lines: Vec<String> = raw
        .split('\n')
        .map(|line| text::safe(line).into_owned())
        .collect();
    text::wrap(&lines.join("\n"), max.saturating_sub(indent))
        .into_iter()
        .map(|line| Line::from(vec![Span::raw(" ".repeat(indent)), theme.span(role, line)]))
        .collect()
}

/// Wrapped text behind a head: the first line starts with `head`, the others are indented by its width.
pub fn hanging(
    head: Vec<Span<'static>>,
    raw: &str,
    max: usize,
    role: Role,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let indent = spans_width(&head);
    let mut lines = paragraph(raw, indent, max, role, theme);
    if let Some(first) = lines.first_mut() {
        let mut spans = head;
        spans.extend(first.spans.drain(1..));
        *first = Line::from(spans);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &Line<'_>) -> String {
        line.spans.iter().map(|s| s.content.as_ref()).collect()
    }

    fn text_of(raw: &str) -> Vec<Span<'static>> {
        vec![Theme::default().span(Role::Text, raw)]
    }

    #[test]
    fn the_right_end_stays_whole() {
        let theme = Theme::default();
        assert_eq!(
            shown(&spread(text_of("left side"), text_of("12 s"), 10, &theme)),
            "left… 12 s"
        );
        assert_eq!(
            shown(&spread(text_of("l"), text_of("r"), 5, &theme)),
            "l   r"
        );
        assert_eq!(
            shown(&spread(text_of("left"), Vec::new(), 3, &theme)),
            "le…"
        );
        assert_eq!(
            shown(&spread(text_of("a"), text_of("right"), 3, &theme)),
            "ri…"
        );
    }

    #[test]
    fn what_matters_least_goes_first() {
        let theme = Theme::default();
        let piece = |rank, raw: &str| Piece::new(rank, text_of(raw));
        let line = |max| {
            shown(&fit(
                vec![piece(0, "acme"), piece(3, "playbook")],
                vec![piece(1, "NO-GO"), piece(2, "47")],
                2,
                max,
                &theme,
            ))
        };
        assert_eq!(line(30), "acme  playbook       NO-GO  47");
        assert_eq!(line(20), "acme       NO-GO  47");
        assert_eq!(line(12), "acme   NO-GO");
        assert_eq!(line(6), "acme");
    }

    #[test]
    fn long_text_hangs_behind_its_head() {
        let theme = Theme::default();
        let lines = hanging(text_of("1  "), "open the console", 11, Role::Text, &theme);
        let all: Vec<String> = lines.iter().map(shown).collect();
        assert_eq!(all, ["1  open the", "   console"]);
    }

    #[test]
    fn a_cut_in_the_middle_of_spans_is_marked() {
        let theme = Theme::default();
        let spans = vec![
            theme.span(Role::Text, "abc"),
            theme.span(Role::Muted, "def"),
        ];
        let cut: String = cut_spans(spans, 3, &theme)
            .iter()
            .map(|s| s.content.to_string())
            .collect();
        assert_eq!(cut, "ab…");
    }
}
