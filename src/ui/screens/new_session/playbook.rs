//! Whose portal, ready for what.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::rows;
use crate::app::State;
use crate::app::new_session::NewSession;
use crate::app::screen::PaneHit;
use crate::model::playbook::Playbook;
use crate::ui::canvas::Canvas;
use crate::ui::line::{self};
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::pairs;
use crate::ui::widgets::pane::{Edge, Pane};

pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
    let theme = canvas.theme;
    let wanted = u16::try_from(state.playbooks.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let [above, below] = Layout::vertical([
        Constraint::Length(wanted.min(area.height / 2).max(3)),
        Constraint::Fill(1),
    ])
    .areas(area);
    let pane = Pane {
        title: "whose portal, ready for what",
        note: Vec::new(),
        focused: true,
        edge: Edge::Rule,
    };
    let inner = pane.render(above, canvas.buf, theme);
    let keys: Vec<String> = state.playbooks.iter().map(|p| p.id.clone()).collect();
    let list = rows::list(&new.playbook_cursor, &keys, inner.height, true);
    rows::draw(canvas, inner, inner, PaneHit::Main, list, |at, width| {
        let Some(playbook) = state.playbooks.get(at) else {
            return Line::default();
        };
        let left = vec![theme.span(Role::Text, &playbook.title)];
        line::spread(
            left,
            vec![theme.span(Role::Muted, &playbook.id)],
            width,
            theme,
        )
    });
    if let Some(playbook) = list.selected.and_then(|at| state.playbooks.get(at)) {
        let pane = Pane {
            title: &playbook.title,
            note: Vec::new(),
            focused: false,
            edge: Edge::Rule,
        };
        let inner = pane.render(below, canvas.buf, theme);
        let text = paint::inset(inner, 2);
        paint::lines(
            canvas.buf,
            text,
            &about(playbook, usize::from(text.width).min(100), theme),
            0,
        );
    }
}

fn about(playbook: &Playbook, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let rows: Vec<&str> = playbook.criteria.iter().map(|c| c.title.as_str()).collect();
    let flags: Vec<&str> = playbook.red_flags.iter().map(|f| f.text.as_str()).collect();
    let facts = [
        ("ready means", Role::Text, playbook.ready.clone()),
        ("proves", Role::Text, rows.join("; ")),
        ("stop when", Role::Muted, flags.join(" ")),
    ];
    pairs::lines(&facts, width, theme)
}
