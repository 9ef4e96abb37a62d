//! Home: every sprint with what it waits for, and the practice range.
//!
//! ```text
//!  launch-ready                                                    4 sprints · 2 need you
//!
//!  ▸ acme.example       b2b-support     21:40 of 48:00   ✖ NO-GO  3 blockers · No DMARC record
//!    shop.example       ecommerce-…     ◌ stands         registrar access · client, since 5 h
//!    ────
//!    practice range     a broken portal to practise on, offline
//! ```

use jiff::Timestamp;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::home::{Home, HomeRow, Listing, SessionSummary};
use crate::app::screen::PaneHit;
use crate::app::{Action, Context, State, select};
use crate::model::clock::{ago, hours_minutes, wall_time};
use crate::ui::canvas::{Canvas, Region};
use crate::ui::line::{column, cut_spans};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::list::List;
use crate::ui::{hints, paint};

/// What the first line says at its right end.
pub fn summary(state: &State, theme: &Theme) -> Vec<Span<'static>> {
    match &state.sessions {
        Listing::Loading => vec![theme.span(
            Role::Muted,
            format!("{} reading your sessions", theme.spinner(state.spinner)),
        )],
        Listing::Failed(_) => vec![theme.span(
            Role::Fail,
            format!("{} sessions could not be read", theme.glyphs.fail),
        )],
        Listing::Ready(_) if state.presenter => {
            vec![theme.span(Role::Muted, "presenting: other clients are hidden")]
        }
        Listing::Ready(list) => {
            let need = select::home::need_you(state);
            let count = if list.len() == 1 {
                "1 sprint".to_owned()
            } else {
                format!("{} sprints", list.len())
            };
            let mut spans = vec![theme.span(Role::Text, count)];
            if need > 0 {
                let verb = if need == 1 { "needs" } else { "need" };
                spans.push(theme.span(Role::Muted, format!(" {} ", theme.glyphs.dot)));
                spans.push(theme.span(Role::Strong, format!("{need} {verb} you")));
            }
            spans
        }
    }
}

/// Draws the list.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, home: &Home) {
    let keys = select::home::rows(state, home);
    let area = rows::filter(canvas, area, &home.filter, keys.len().saturating_sub(1));
    let area = above(canvas, area, state);
    let area = below(canvas, area, state, home, &keys);
    let list = rows::list(&home.cursor, &keys, area.height, true);
    let apart = keys.len() > 1 && keys.len() < usize::from(area.height);
    let line = |at: usize, width: usize, theme: &Theme| match keys.get(at) {
        Some(HomeRow::Session(file)) => select::home::summary(state, file)
            .map_or_else(Line::default, |s| row(s, state.now, width, theme)),
        Some(HomeRow::Range) | None => range(width, theme),
    };
    let theme = canvas.theme;
    if !apart {
        rows::draw(canvas, area, area, PaneHit::Main, list, |at, width| {
            line(at, width, theme)
        });
        return;
    }
    // The range stands apart, below a short rule.
    let sessions = keys.len() - 1;
    let count = u16::try_from(sessions).unwrap_or(u16::MAX);
    let top = Rect {
        height: count.min(area.height),
        ..area
    };
    let above = List {
        len: sessions,
        selected: list.selected.filter(|at| *at < sessions),
        first: 0,
        focused: true,
    };
    rows::draw(canvas, top, top, PaneHit::Main, above, |at, width| {
        line(at, width, theme)
    });
    let rule = Line::from(vec![
        Span::raw("  "),
        theme.span(Role::Border, theme.glyphs.rule.repeat(3)),
    ]);
    paint::line(canvas.buf, paint::row(area, count), &rule);
    let range_row = paint::row(area, count + 1);
    canvas.note(
        range_row,
        Region::Rows {
            pane: PaneHit::Main,
            first: sessions,
            len: keys.len(),
        },
    );
    let below = List {
        len: 1,
        selected: list.selected.filter(|at| *at == sessions).map(|_| 0),
        first: 0,
        focused: true,
    };
    below.render(range_row, canvas.buf, theme, |_, width| {
        line(sessions, width, theme)
    });
}

/// The foot, where there is room for it; what is left is the list's.
fn below(
    canvas: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    home: &Home,
    keys: &[HomeRow],
) -> Rect {
    let Some(HomeRow::Session(file)) = home.cursor.current(keys) else {
        return area;
    };
    let Some(summary) = select::home::summary(state, file).filter(|_| area.height >= 12) else {
        return area;
    };
    let inner = paint::inset(area, 2);
    let lines = foot(summary, state, usize::from(inner.width), canvas.theme);
    let rows = u16::try_from(lines.len()).unwrap_or(0).min(3);
    let start = area.height.saturating_sub(rows);
    paint::lines(canvas.buf, paint::trim(inner, start, 0), &lines, 0);
    paint::trim(area, 0, rows + u16::from(rows > 0))
}

/// What stands above the list when there is none to speak of.
fn above(canvas: &mut Canvas<'_>, area: Rect, state: &State) -> Rect {
    let key = |action| hints::key(state, Context::Home, action);
    let (headline, next) = match &state.sessions {
        Listing::Ready(list) if list.is_empty() => (
            "No sprint yet.".to_owned(),
            format!(
                "{} starts one: a domain is all it needs. {} opens the practice range: a broken portal to mend, offline, in ten minutes.",
                key(Action::NewSession),
                key(Action::Practise)
            ),
        ),
        Listing::Failed(why) => ("The sessions could not be read.".to_owned(), why.clone()),
        _ => return area,
    };
    let height = (area.height / 2).min(5);
    Empty {
        headline: &headline,
        next: &next,
    }
    .render(Rect { height, ..area }, canvas.buf, canvas.theme);
    paint::trim(area, height, 0)
}

fn row(summary: &SessionSummary, now: Timestamp, width: usize, theme: &Theme) -> Line<'static> {
    let wide = width >= 100;
    let name = if wide { 22 } else { (width / 3).min(24) };
    let mut spans = vec![
        column(&summary.domain, name, Role::Strong, theme),
        Span::raw("  "),
    ];
    if wide {
        spans.push(column(&summary.playbook, 18, Role::Muted, theme));
        spans.push(Span::raw("  "));
        let phase = if summary.handed_over.is_some() {
            ""
        } else {
            summary.phase.split(' ').next().unwrap_or_default()
        };
        spans.push(column(phase, 6, Role::Text, theme));
        spans.push(Span::raw("  "));
    }
    let late = summary.late > 0 && summary.handed_over.is_none();
    let role = if late { Role::Fail } else { Role::Text };
    spans.push(column(&time(summary, now), 14, role, theme));
    spans.push(Span::raw("  "));
    spans.extend(standing(summary, now, theme));
    Line::from(cut_spans(spans, width, theme))
}

fn time(summary: &SessionSummary, now: Timestamp) -> String {
    match (summary.handed_over, summary.clock.started) {
        (Some(at), _) => format!("live {}", ago(now.duration_since(at))),
        (None, None) => "not started".to_owned(),
        (None, Some(_)) => format!("{} of 48:00", hours_minutes(summary.clock.elapsed(now))),
    }
}

/// What is to be done in the session that the cursor is on, and when its next gate is.
fn foot(
    summary: &SessionSummary,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(problem) = &summary.problem {
        let head = vec![theme.span(Role::Warn, format!("{} ", theme.glyphs.warn))];
        lines.extend(crate::ui::line::hanging(
            head,
            problem,
            width,
            Role::Text,
            theme,
        ));
        return lines;
    }
    if let Some(next) = &summary.next {
        lines.push(Line::from(crate::ui::next::spans(
            state, next, width, theme,
        )));
    }
    if let (Some((title, hour)), None) = (&summary.gate_ahead, summary.handed_over)
        && let Some(at) = summary.clock.wall(*hour, state.now)
    {
        let left = at.duration_since(state.now);
        let (role, when) = match left.is_negative() {
            true => (Role::Fail, format!("{} late", hours_minutes(-left))),
            false => (Role::Text, format!("in {}", hours_minutes(left))),
        };
        let wall = wall_time(at, state.now, &state.zone);
        lines.push(Line::from(cut_spans(
            vec![
                theme.span(Role::Accent, "gate  "),
                theme.span(Role::Text, format!("{title} {} {wall} ", theme.glyphs.dot)),
                theme.span(role, when),
            ],
            width,
            theme,
        )));
    }
    lines
}

/// What it waits for, the gravest first.
fn standing(summary: &SessionSummary, now: Timestamp, theme: &Theme) -> Vec<Span<'static>> {
    let next = |spans: &mut Vec<Span<'static>>| {
        if let Some(next) = &summary.next {
            spans.push(theme.span(Role::Muted, format!("  {}", next.what)));
            if !next.owner.is_empty() {
                let owner = format!(" {} {}", theme.glyphs.dot, next.owner);
                spans.push(theme.span(Role::Muted, owner));
            }
        }
    };
    if let Some(problem) = &summary.problem {
        return vec![theme.span(Role::Warn, format!("{} {problem}", theme.glyphs.warn))];
    }
    if summary.handed_over.is_some() {
        if summary.worse == 0 {
            return vec![theme.span(
                Role::Pass,
                format!("{} no drift since sign-off", theme.glyphs.pass),
            )];
        }
        let mut spans = vec![theme.span(
            Role::Fail,
            format!(
                "{} {} worse since sign-off",
                theme.glyphs.fail, summary.worse
            ),
        )];
        next(&mut spans);
        return spans;
    }
    if let Some(pause) = summary.clock.pause() {
        let since = ago(now.duration_since(pause.from));
        return vec![
            theme.span(
                Role::Blocked,
                format!("{} waits for ", theme.glyphs.blocked),
            ),
            theme.span(Role::Text, &pause.cause),
            theme.span(Role::Muted, format!(", since {since}")),
        ];
    }
    let Some(gate) = summary.gate else {
        let mut spans = vec![theme.span(Role::Muted, "not checked yet")];
        next(&mut spans);
        return spans;
    };
    let (sign, word, role) = theme.gate(gate);
    let mut spans = vec![theme.span(role, format!("{sign} {word}"))];
    if summary.blockers > 0 {
        let word = if summary.blockers == 1 {
            "blocker"
        } else {
            "blockers"
        };
        spans.push(theme.span(role, format!("  {} {word}", summary.blockers)));
    }
    next(&mut spans);
    spans
}

fn range(width: usize, theme: &Theme) -> Line<'static> {
    let name = if width >= 100 {
        22
    } else {
        (width / 3).min(24)
    };
    let spans = vec![
        column("practice range", name, Role::Accent, theme),
        Span::raw("  "),
        theme.span(
            Role::Muted,
            "a broken portal to practise on, offline, ten minutes to go",
        ),
    ];
    Line::from(cut_spans(spans, width, theme))
}
