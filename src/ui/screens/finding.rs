//! One finding, whole: verdict, why and fix at the left, evidence and what it was before at the right; one below the
//! other where it is narrow.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows;
use super::sprint::THREE;
use crate::app::finding::FindingScreen;
use crate::app::{State, select};
use crate::ui::canvas::Canvas;
use crate::ui::detail::Detail;
use crate::ui::theme::Role;
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::{line, paint};

/// Lines of each answer that are shown unless all are asked for.
const FEW: usize = 8;

/// Rows of each exhibit that are shown unless all are asked for.
const MANY: usize = 24;

/// Columns between left and right.
const GAP: u16 = 3;

/// Draws the finding.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &FindingScreen) {
    let theme = canvas.theme;
    let title = select::title_of(state, &screen.key);
    let id = select::named(state, &screen.key, theme.glyphs.dot);
    let note = vec![theme.span(Role::Muted, &id)];
    let edge = if area.width >= THREE {
        Edge::Box
    } else {
        Edge::Rule
    };
    let inner = Pane {
        title: &title,
        note,
        focused: true,
        edge,
    }
    .render(area, canvas.buf, theme);
    let Some((opened, finding)) = state
        .opened
        .as_deref()
        .and_then(|o| Some((o, o.session.findings.get(&screen.key)?)))
    else {
        let empty = Empty {
            headline: "Not looked at yet.",
            next: "What is found appears here.",
        };
        empty.render(inner, canvas.buf, theme);
        return;
    };
    let most = if screen.all_evidence { usize::MAX } else { FEW };
    let detail = |width: u16| Detail {
        state,
        session: &opened.session,
        finding,
        width: usize::from(width),
        theme,
    };
    let text = paint::inset(inner, if edge == Edge::Box { 1 } else { 2 });
    let lines = if area.width < THREE {
        let detail = detail(text.width);
        let mut lines = detail.head();
        lines.extend(left(detail));
        lines.extend(detail.exhibits(most.max(MANY)));
        lines.extend(right(detail, most));
        lines
    } else {
        in_columns(detail, text.width, most)
    };
    let track = pane::track(area, inner);
    rows::scrolled(canvas, text, track, &lines, screen.scroll);
}

/// Two columns. An exhibit that is shorter over the whole width stands above them, under the verdict.
fn in_columns<'a>(
    detail: impl Fn(u16) -> Detail<'a>,
    width: u16,
    most: usize,
) -> Vec<Line<'static>> {
    let half = width.saturating_sub(GAP) / 2;
    let (whole, one) = (detail(width), detail(half));
    let wide = whole.exhibits(most.max(MANY));
    let narrow = one.exhibits(most.max(MANY));
    let across = wide.len() < narrow.len();
    let mut lines = Vec::new();
    let (mut at_left, mut at_right) = (Vec::new(), Vec::new());
    if across {
        lines.extend(whole.head());
        lines.extend(wide);
        lines.push(Line::default());
    } else {
        at_left.extend(one.head());
        at_right.extend(narrow);
    }
    at_left.extend(left(one));
    at_right.extend(right(one, most));
    lines.extend(beside(trimmed(at_left), trimmed(at_right), half));
    lines
}

/// Without the blank lines at its top.
fn trimmed(lines: Vec<Line<'static>>) -> Vec<Line<'static>> {
    let begins = lines.iter().position(|line| !line.spans.is_empty());
    lines.into_iter().skip(begins.unwrap_or(0)).collect()
}

/// Two texts side by side, the left one filled up to its width.
fn beside(left: Vec<Line<'static>>, right: Vec<Line<'static>>, width: u16) -> Vec<Line<'static>> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..rows)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            let used = line.width();
            if let Some(other) = right.next().filter(|other| !other.spans.is_empty()) {
                let filled = usize::from(width + GAP).saturating_sub(used);
                line.spans.push(Span::raw(" ".repeat(filled)));
                line.spans.extend(other.spans);
            }
            line
        })
        .collect()
}

fn left(detail: Detail<'_>) -> Vec<Line<'static>> {
    let mut lines = detail.why();
    lines.extend(detail.fix());
    lines.extend(rows_of(detail));
    lines
}

fn right(detail: Detail<'_>, most: usize) -> Vec<Line<'static>> {
    let mut lines = detail.evidence(most);
    lines.extend(detail.margin());
    lines.extend(detail.history());
    lines
}

/// The rows of the scorecard that rest on it.
fn rows_of(detail: Detail<'_>) -> Vec<Line<'static>> {
    let names: Vec<&str> = select::criteria_of(detail.state, &detail.finding.key())
        .iter()
        .map(|c| c.title.as_str())
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        Line::default(),
        crate::ui::detail::heading("scorecard", detail.width, detail.theme),
    ];
    lines.extend(line::paragraph(
        &names.join(", "),
        0,
        detail.width,
        Role::Text,
        detail.theme,
    ));
    lines
}
