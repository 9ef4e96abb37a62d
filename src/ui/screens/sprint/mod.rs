//! The sprint: what to do, and the one that is selected.
//!
//! ```text
//! 110 columns and more            80 to 109                      below 80
//! ╭ plan ──╮╭ list ───╮╭ detail╮   ✔ Audit → [Fix] → Verify       one pane at a time
//! │        ││         ││       │   ── blockers first ────────     plan · [findings] · detail
//! │        ││         ││       │    …
//! │        ││         ││       │   ── mail.dmarc · acme ─────
//! ╰────────╯╰─────────╯╰───────╯    …
//! ```

mod detail;
mod list;
mod plan_pane;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use crate::app::sprint::{Pane as Focus, PlanKey, Sprint, TWO_PANES};
use crate::app::{Action, Context, State, select};
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::pane::Edge;
use crate::ui::widgets::phases::{self, Phase};
use crate::ui::{hints, line, paint};

/// Narrowest screen with three panes.
pub const THREE: u16 = 110;

/// Draws as many panes as fit.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint) {
    if area.width >= THREE {
        let plan_width = if area.width >= 150 { 32 } else { 27 };
        let [left, middle, right] = Layout::horizontal([
            Constraint::Length(plan_width),
            Constraint::Fill(11),
            Constraint::Fill(10),
        ])
        .areas(area);
        plan_pane::render(canvas, left, state, sprint, Edge::Box);
        list::render(canvas, middle, state, sprint, Edge::Box);
        detail::render(canvas, right, state, sprint, Edge::Box);
        return;
    }
    let head = paint::inset(paint::row(area, 0), 2);
    let area = paint::trim(area, 1, 0);
    if area.width >= TWO_PANES && area.height >= 12 {
        paint::line(
            canvas.buf,
            head,
            &phase_line(state, usize::from(head.width), canvas.theme),
        );
        let upper = area.height * 9 / 20;
        let [above, below] =
            Layout::vertical([Constraint::Length(upper), Constraint::Fill(1)]).areas(area);
        if sprint.pane == Focus::Plan {
            plan_pane::render(canvas, above, state, sprint, Edge::Rule);
        } else {
            list::render(canvas, above, state, sprint, Edge::Rule);
        }
        detail::render(canvas, below, state, sprint, Edge::Rule);
        return;
    }
    let next = hints::key(state, Context::Sprint, Action::NextPane);
    paint::line(
        canvas.buf,
        head,
        &tabs(sprint.pane, &next, usize::from(head.width), canvas.theme),
    );
    match sprint.pane {
        Focus::Plan => plan_pane::render(canvas, area, state, sprint, Edge::Rule),
        Focus::List => list::render(canvas, area, state, sprint, Edge::Rule),
        Focus::Detail => detail::render(canvas, area, state, sprint, Edge::Rule),
    }
}

fn phase_line(state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let lines = select::sprint::plan(state);
    let phases: Vec<Phase<'_>> = lines
        .iter()
        .filter(|line| matches!(line.key, PlanKey::Phase(_)))
        .map(|line| Phase {
            title: line.title,
            current: line.current,
        })
        .collect();
    phases::line(&phases, width, theme)
}

fn tabs(pane: Focus, next: &str, width: usize, theme: &Theme) -> Line<'static> {
    let tab = |title: &str, here: Focus| {
        if here == pane {
            theme.span(Role::Title, format!("[{title}]"))
        } else {
            theme.span(Role::Muted, format!(" {title} "))
        }
    };
    let left = vec![
        tab("plan", Focus::Plan),
        tab("findings", Focus::List),
        tab("detail", Focus::Detail),
    ];
    line::spread(
        left,
        vec![
            theme.span(Role::Key, next),
            theme.span(Role::Muted, " next pane"),
        ],
        width,
        theme,
    )
}
