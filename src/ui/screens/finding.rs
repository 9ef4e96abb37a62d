//! One finding, whole: verdict, why and fix at the left, evidence and what it was before at the right; one below the
//! other where it is narrow.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

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

/// Draws the finding.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &FindingScreen) {
    let theme = canvas.theme;
    let title = select::title_of(state, &screen.key);
    let id = format!(
        "{} {} {}",
        screen.key.check, theme.glyphs.dot, screen.key.subject
    );
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
    let detail = |area: Rect| Detail {
        state,
        session: &opened.session,
        finding,
        width: usize::from(area.width),
        theme,
    };
    let text = paint::inset(inner, if edge == Edge::Box { 1 } else { 2 });
    if area.width < THREE {
        let detail = detail(text);
        let mut lines = left(detail);
        lines.extend(right(detail, most));
        rows::scrolled(
            canvas,
            text,
            pane::track(area, inner),
            &lines,
            screen.scroll,
        );
        return;
    }
    let [one, _, other] = Layout::horizontal([
        Constraint::Fill(1),
        Constraint::Length(3),
        Constraint::Fill(1),
    ])
    .areas(text);
    let (one_lines, other_lines) = (left(detail(one)), right(detail(other), most));
    let other_lines: Vec<Line<'static>> = other_lines
        .into_iter()
        .skip_while(|line| line.spans.is_empty())
        .collect();
    rows::scrolled(
        canvas,
        one,
        Rect { height: 0, ..one },
        &one_lines,
        screen.scroll,
    );
    let longer = one_lines.len().max(other_lines.len());
    rows::scrolled(
        canvas,
        other,
        Rect { height: 0, ..other },
        &other_lines,
        screen.scroll,
    );
    pane::scrollbar(
        pane::track(area, inner),
        canvas.buf,
        longer,
        screen.scroll.min(longer),
        theme,
    );
}

fn left(detail: Detail<'_>) -> Vec<Line<'static>> {
    let mut lines = detail.head();
    lines.extend(detail.why());
    lines.extend(detail.fix());
    lines.extend(rows_of(detail));
    lines
}

fn right(detail: Detail<'_>, most: usize) -> Vec<Line<'static>> {
    let mut lines = detail.exhibits(most.max(MANY));
    lines.extend(detail.evidence(most));
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
