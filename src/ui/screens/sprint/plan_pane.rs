//! The plan beside the list.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::rows;
use crate::app::screen::PaneHit;
use crate::app::select::sprint::PlanLine;
use crate::app::sprint::{Pane as Focus, PlanKey, Sprint};
use crate::app::{State, select};
use crate::ui::canvas::Canvas;
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::widgets::plan;

pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint, edge: Edge) {
    let focused = sprint.pane == Focus::Plan;
    let inner = Pane {
        title: "plan",
        note: Vec::new(),
        focused,
        edge,
    }
    .render(area, canvas.buf, canvas.theme);
    let lines = select::sprint::plan(state);
    let keys: Vec<PlanKey> = lines.iter().map(|line| line.key.clone()).collect();
    let theme = canvas.theme;
    let mut list = rows::list(&sprint.plan, &keys, inner.height, focused);
    list.selected = list.selected.filter(|_| focused);
    rows::draw(
        canvas,
        inner,
        pane::track(area, inner),
        PaneHit::Plan,
        list,
        |at, width| {
            lines
                .get(at)
                .map_or_else(Line::default, |line| plan_line(line).line(width, theme))
        },
    );
}

fn plan_line<'a>(line: &PlanLine<'a>) -> plan::PlanLine<'a> {
    plan::PlanLine {
        title: line.title,
        hours: (line.from, line.to),
        window: line.window,
        is_phase: matches!(line.key, PlanKey::Phase(_)),
        worst: line.worst,
        open: line.open,
        current: line.current,
    }
}
