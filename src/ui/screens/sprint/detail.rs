//! The selected finding beside the list.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::rows;
use crate::app::sprint::{Pane as Focus, Sprint};
use crate::app::{State, select};
use crate::ui::canvas::Canvas;
use crate::ui::detail::Detail;
use crate::ui::theme::Role;
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::{line, paint};

pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint, edge: Edge) {
    let theme = canvas.theme;
    let key = select::selected_key(state);
    let title = key.as_ref().map_or_else(
        || "finding".to_owned(),
        |key| select::named(state, key, theme.glyphs.dot),
    );
    let focused = sprint.pane == Focus::Detail;
    let inner = Pane {
        title: &title,
        note: Vec::new(),
        focused,
        edge,
    }
    .render(area, canvas.buf, theme);
    let text = paint::inset(inner, if edge == Edge::Box { 1 } else { 2 });
    let width = usize::from(text.width);
    let lines = match (key, state.opened.as_deref()) {
        (Some(key), Some(opened)) => match opened.session.findings.get(&key) {
            Some(finding) => {
                let detail = Detail {
                    state,
                    session: &opened.session,
                    finding,
                    width,
                    theme,
                };
                detail_lines(detail, inner.height)
            }
            None => line::paragraph(
                "Being looked at for the first time.",
                0,
                width,
                Role::Muted,
                theme,
            ),
        },
        _ => line::paragraph(
            "Pick a row to see what is behind it.",
            0,
            width,
            Role::Muted,
            theme,
        ),
    };
    rows::scrolled(
        canvas,
        text,
        pane::track(area, inner),
        &lines,
        sprint.scroll,
    );
}

/// Where there is room: what was answered, then the fix, then what was seen laid out, then why. Where there is none: the fix first.
fn detail_lines(detail: Detail<'_>, height: u16) -> Vec<Line<'static>> {
    let mut lines = detail.head();
    if height >= 16 {
        lines.extend(detail.evidence(4));
        lines.extend(detail.short_fix());
        lines.extend(detail.exhibits(12));
        lines.extend(detail.why());
        lines.extend(detail.margin());
        lines.extend(detail.history());
        return lines;
    }
    lines.extend(detail.short_fix());
    lines.extend(detail.exhibits(6));
    lines.extend(detail.evidence(3));
    lines.extend(detail.why());
    Detail::dense(lines)
}
