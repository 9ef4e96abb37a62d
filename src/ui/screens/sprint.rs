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

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::opened::WatchPhase;
use crate::app::screen::PaneHit;
use crate::app::select::sprint::{PlanLine, Row};
use crate::app::sprint::{Pane as Focus, PlanKey, Sprint};
use crate::app::{Action, Context, State, select};
use crate::ui::canvas::Canvas;
use crate::ui::detail::Detail;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::finding_row::FindingRow;
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::widgets::phases::{self, Phase};
use crate::ui::widgets::plan;
use crate::ui::widgets::progress::Waiting;
use crate::ui::{hints, line, paint};

/// Narrowest screen with three panes.
pub const THREE: u16 = 110;
/// Narrowest part of a screen with two panes.
const TWO: u16 = 78;

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
        plan_pane(canvas, left, state, sprint, Edge::Box);
        list_pane(canvas, middle, state, sprint, Edge::Box);
        detail_pane(canvas, right, state, sprint, Edge::Box);
        return;
    }
    let head = paint::inset(paint::row(area, 0), 2);
    let area = paint::trim(area, 1, 0);
    if area.width >= TWO && area.height >= 12 {
        paint::line(
            canvas.buf,
            head,
            &phase_line(state, usize::from(head.width), canvas.theme),
        );
        let upper = area.height * 9 / 20;
        let [above, below] =
            Layout::vertical([Constraint::Length(upper), Constraint::Fill(1)]).areas(area);
        if sprint.pane == Focus::Plan {
            plan_pane(canvas, above, state, sprint, Edge::Rule);
        } else {
            list_pane(canvas, above, state, sprint, Edge::Rule);
        }
        detail_pane(canvas, below, state, sprint, Edge::Rule);
        return;
    }
    let next = hints::key(state, Context::Sprint, Action::NextPane);
    paint::line(
        canvas.buf,
        head,
        &tabs(sprint.pane, &next, usize::from(head.width), canvas.theme),
    );
    match sprint.pane {
        Focus::Plan => plan_pane(canvas, area, state, sprint, Edge::Rule),
        Focus::List => list_pane(canvas, area, state, sprint, Edge::Rule),
        Focus::Detail => detail_pane(canvas, area, state, sprint, Edge::Rule),
    }
}

fn plan_pane(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint, edge: Edge) {
    let focused = sprint.pane == Focus::Plan;
    let inner = Pane {
        title: "plan",
        note: Vec::new(),
        focused,
        edge,
    }
    .render(area, canvas.buf, canvas.theme);
    let lines = select::sprint::plan(state);
    let keys = select::sprint::plan_keys(state);
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

fn list_pane(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint, edge: Edge) {
    let theme = canvas.theme;
    let focused = sprint.pane == Focus::List;
    let list = select::sprint::rows(state, sprint);
    let title = title(state, sprint);
    let note = news(sprint, list.len(), theme);
    let inner = Pane {
        title: &title,
        note,
        focused,
        edge,
    }
    .render(area, canvas.buf, theme);
    let body = rows::filter(canvas, inner, &sprint.filter, list.len());
    if list.is_empty() {
        empty(canvas, body, state, sprint);
        return;
    }
    let keys: Vec<_> = list.iter().map(|row| row.key.clone()).collect();
    let place = rows::list(&sprint.cursor, &keys, body.height, focused);
    rows::draw(
        canvas,
        body,
        pane::track(area, body),
        PaneHit::Main,
        place,
        |at, width| {
            list.get(at)
                .map_or_else(Line::default, |row| row_line(row, state, width, theme))
        },
    );
}

fn title(state: &State, sprint: &Sprint) -> String {
    let stream = sprint.workstream.as_ref().and_then(|id| {
        state
            .playbook()?
            .workstreams
            .iter()
            .find(|w| w.id == *id)
            .map(|w| w.title.as_str())
    });
    match (stream, sprint.show_all) {
        (Some(title), _) => format!("only {title}"),
        (None, true) => "everything, blockers first".to_owned(),
        (None, false) => "blockers first".to_owned(),
    }
}

/// New blockers at the top edge, else how many rows there are.
fn news(sprint: &Sprint, rows: usize, theme: &Theme) -> Vec<Span<'static>> {
    match sprint.news.len() {
        0 => vec![theme.span(Role::Muted, rows.to_string())],
        1 => vec![theme.span(Role::Fail, format!("{} 1 new blocker", theme.glyphs.up))],
        n => vec![theme.span(Role::Fail, format!("{} {n} new blockers", theme.glyphs.up))],
    }
}

fn empty(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint) {
    let key = |action| hints::key(state, Context::Sprint, action);
    let busy = state.opened.as_ref().is_some_and(|o| o.run.is_busy());
    let looked = state
        .opened
        .as_ref()
        .is_some_and(|o| !o.session.findings.is_empty());
    let (headline, next) = match (
        sprint.filter.is_on() || sprint.workstream.is_some(),
        busy,
        looked,
    ) {
        (true, ..) => (
            "Nothing matches.",
            format!("{} goes back to the whole list.", key(Action::Back)),
        ),
        (_, true, _) => (
            "Looking.",
            "Findings appear here as they come, blockers first.".to_owned(),
        ),
        (_, _, true) => (
            "Nothing is left to do here.",
            format!(
                "{} shows what passes, {} the gate.",
                key(Action::ShowAll),
                key(Action::GoGate)
            ),
        ),
        _ => (
            "Nothing was checked yet.",
            format!("{} checks everything.", key(Action::RecheckAll)),
        ),
    };
    Empty {
        headline,
        next: &next,
    }
    .render(area, canvas.buf, canvas.theme);
}

fn detail_pane(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint, edge: Edge) {
    let theme = canvas.theme;
    let key = select::selected_key(state);
    let title = key.as_ref().map_or_else(
        || "finding".to_owned(),
        |k| format!("{} {} {}", k.check, theme.glyphs.dot, k.subject),
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

/// Where there is room: what was seen, then the fix, then why. Where there is none: the fix first.
fn detail_lines(detail: Detail<'_>, height: u16) -> Vec<Line<'static>> {
    let mut lines = detail.head();
    if height >= 16 {
        lines.extend(detail.evidence(4));
        lines.extend(detail.short_fix());
        lines.extend(detail.why());
        lines.extend(detail.margin());
        lines.extend(detail.history());
        return lines;
    }
    lines.extend(detail.short_fix());
    lines.extend(detail.evidence(3));
    lines.extend(detail.why());
    Detail::dense(lines)
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

/// The subject without what every row shares: `portal` for `portal.acme.example`, nothing for the domain itself.
fn short_subject(subject: &str, state: &State) -> String {
    let domain = state
        .opened
        .as_ref()
        .map_or("", |o| o.session.domain.as_str());
    if subject == domain {
        return String::new();
    }
    subject
        .trim_start_matches("https://")
        .replace(&format!(".{domain}"), "")
}

fn row_line(row: &Row<'_>, state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let Some(finding) = row.finding else {
        let running = row.running;
        let what = format!("{} {} {}", row.key.check, theme.glyphs.dot, row.key.subject);
        let waiting = Waiting {
            what: &what,
            waits_for: running
                .and_then(|r| r.retrying.as_deref().or(r.waits_for.as_deref()))
                .unwrap_or_default(),
            since: running.map_or_else(Default::default, |r| state.now.duration_since(r.since)),
            spinner: state.spinner,
        };
        return waiting.line(width, theme);
    };
    let watched = row.watch.is_some_and(|w| w.phase == WatchPhase::Looking);
    let mark = match (row.running.is_some(), watched, row.waived) {
        (true, ..) => Some((Role::Accent, theme.spinner(state.spinner))),
        (_, true, _) => Some((Role::Accent, theme.glyphs.waiting)),
        (_, _, true) => Some((Role::Warn, theme.glyphs.waived)),
        _ => None,
    };
    let subject = short_subject(&row.key.subject, state);
    FindingRow {
        verdict: finding.verdict,
        severity: finding.severity,
        subject: &subject,
        text: select::sentence(state, finding),
        group: row.workstream.unwrap_or_else(|| finding.check.family()),
        mark,
        waived: row.waived,
    }
    .line(width, theme)
}
