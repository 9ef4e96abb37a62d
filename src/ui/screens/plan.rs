//! The plan: access before hour 0, red flags, and every phase with its steps and its gate.
//!
//! ```text
//!  4 of 9 kinds of access confirmed · 2 of 12 steps done · next gate: Audit closed in 06:20
//!  ── before hour 0 ──────────────────────────────────────────────────────────
//!  ▸ ✔ Can you sign in to the registrar of the domain?             yes, Ada
//!  ── audit · h 0 – 8 ────────────────────────────────────────────────────────
//!    ✖ Secrets from end to end                                      failing
//!    ▣ gate Audit closed · h 8                                2 rows block
//! ```

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::rows::{self, Sectioned};
use crate::app::plan::PlanScreen;
use crate::app::select::plan::{self, Line as PlanLine, Part};
use crate::app::{State, select};
use crate::model::board::Board;
use crate::model::burndown::Chart;
use crate::model::clock::{hours_minutes, wall_time};
use crate::model::session::{Answer, Owner};
use crate::ui::canvas::Canvas;
use crate::ui::detail::heading;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::burndown;
use crate::ui::{line, paint};

/// Widest that lines are drawn.
const WIDEST: usize = 110;

/// Draws the parts under their headings, and above them how far the sprint is.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &PlanScreen) {
    let theme = canvas.theme;
    let inner = paint::inset(area, 2);
    let width = usize::from(inner.width);
    let parts = plan::parts(state);
    let head = line::cut_spans(summary(state, &parts, theme), width, theme);
    paint::line(canvas.buf, paint::row(inner, 0), &Line::from(head));
    let above = overview(canvas, paint::trim(area, 1, 0), state);
    let area = paint::trim(area, above + 2, 0);
    let cells = rows::row_width(area).min(WIDEST);
    let mut lines: Vec<Sectioned> = Vec::new();
    let mut number = 0;
    for part in &parts {
        if !lines.is_empty() {
            lines.push(Sectioned::Heading(Line::default()));
        }
        let title = heading(&format!("  {}", part.title), width.min(WIDEST), theme);
        lines.push(Sectioned::Heading(title));
        for window in &part.windows {
            let span = theme.span(Role::Muted, format!("    {window}"));
            let cells = width.min(WIDEST);
            lines.push(Sectioned::Heading(Line::from(line::cut_spans(
                vec![span],
                cells,
                theme,
            ))));
        }
        for entry in &part.lines {
            let text = row(entry, state, cells, theme);
            lines.extend(text.into_iter().map(|line| Sectioned::Row(number, line)));
            number += 1;
        }
    }
    let keys = plan::keys(state);
    rows::sections(canvas, area, screen.cursor.index(&keys), &lines);
}

/// What is late, and the blockers over time where there is room; how many rows that took.
fn overview(canvas: &mut Canvas<'_>, area: Rect, state: &State) -> u16 {
    let theme = canvas.theme;
    let inner = paint::inset(area, 2);
    let width = usize::from(inner.width).min(WIDEST);
    let roomy = area.height >= 26;
    let late = plan::late(state);
    let most = if roomy { 3 } else { 1 };
    let mut lines: Vec<Line<'static>> = late
        .iter()
        .take(most)
        .map(|late| {
            let what = if late.is_gate { "gate " } else { "" };
            let head = format!("! {what}{} {} late", late.title, hours_minutes(late.by));
            let spans = vec![
                theme.span(Role::Fail, head),
                theme.span(Role::Muted, "  waits for "),
                theme.span(Role::Text, &late.waits_for),
            ];
            Line::from(line::cut_spans(spans, width, theme))
        })
        .collect();
    if late.len() > most {
        let text = match late.len() - most {
            1 => "! 1 more is late".to_owned(),
            n => format!("! {n} more are late"),
        };
        lines.push(Line::from(theme.span(Role::Fail, text)));
    }
    if let Some(chart) = plan::burndown(state).filter(|chart| chart.peak().is_some()) {
        lines.extend(blockers(&chart, state, roomy, width, theme));
    }
    paint::lines(canvas.buf, inner, &lines, 0);
    u16::try_from(lines.len()).unwrap_or(0)
}

/// The chart with its labels: five rows where there is room, else one.
fn blockers(
    chart: &Chart,
    state: &State,
    roomy: bool,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let wall = |at| wall_time(at, state.now, &state.zone);
    let most = chart.peak().map_or(0, |(_, open)| open);
    let said = format!("blockers: {} open, {most} at most", chart.open());
    if !roomy {
        let room = width.saturating_sub(said.len() + 2).min(60);
        let row = burndown::lines(chart, room, 1, theme).into_iter().next();
        let mut spans = vec![theme.span(Role::Text, said), theme.span(Role::Text, "  ")];
        spans.extend(row.into_iter().flat_map(|line| line.spans));
        return vec![Line::from(spans)];
    }
    let goal = chart.goal.as_ref().map_or_else(String::new, |(title, at)| {
        format!("; none at “{title}”, {}", wall(*at))
    });
    let mut lines = vec![Line::from(theme.span(Role::Text, said + &goal))];
    let cells = width.saturating_sub(4).min(96);
    for (at, line) in burndown::lines(chart, cells, 4, theme)
        .into_iter()
        .enumerate()
    {
        let label = match at {
            0 => format!("{most:>3} "),
            3 => "  0 ".to_owned(),
            _ => "    ".to_owned(),
        };
        let mut spans = vec![theme.span(Role::Muted, label)];
        spans.extend(line.spans);
        lines.push(Line::from(spans));
    }
    let left = vec![theme.span(Role::Muted, format!("    {}", wall(chart.from)))];
    let right = vec![theme.span(Role::Muted, wall(chart.to))];
    lines.push(line::spread(left, right, cells + 4, theme));
    lines
}

/// How much is confirmed and done, and what the clock says.
fn summary(state: &State, parts: &[Part<'_>], theme: &Theme) -> Vec<ratatui::text::Span<'static>> {
    let lines = || parts.iter().flat_map(|part| &part.lines);
    let confirmed = |line: &&PlanLine<'_>| matches!(line, PlanLine::Access(_, Some(a)) if a.yes);
    let access = lines()
        .filter(|l| matches!(l, PlanLine::Access(..)))
        .count();
    let steps = || {
        lines().filter_map(|line| match line {
            PlanLine::Step(step) => Some(step),
            _ => None,
        })
    };
    let done = steps().filter(|s| s.report.state.settled()).count();
    let dot = format!(" {} ", theme.glyphs.dot);
    let text = [
        format!(
            "{} of {access} kinds of access confirmed",
            lines().filter(confirmed).count()
        ),
        format!("{done} of {} steps done", steps().count()),
    ]
    .join(&dot);
    let mut spans = vec![theme.span(Role::Text, text)];
    let up = lines()
        .filter(|l| matches!(l, PlanLine::Flag(_, Some(a)) if a.yes))
        .count();
    if up > 0 {
        let noun = if up == 1 { "red flag" } else { "red flags" };
        spans.push(theme.span(Role::Muted, dot.clone()));
        spans.push(theme.span(Role::Fail, format!("{up} {noun} up: an engineer is needed")));
    }
    let clock = state.opened.as_ref().map(|o| &o.session.clock);
    if clock.is_some_and(|clock| clock.started.is_none()) {
        spans.push(theme.span(Role::Muted, dot));
        spans.push(theme.span(Role::Warn, "the clock has not started"));
    }
    spans
}

fn row(entry: &PlanLine<'_>, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = told(entry, state, width, theme);
    let item = match entry {
        PlanLine::Access(question, _) => question.id.as_str(),
        PlanLine::Flag(flag, _) => flag.id.as_str(),
        PlanLine::Step(step) => step.id,
        PlanLine::Gate(_) => return lines,
    };
    let session = state.opened.as_ref().map(|opened| &opened.session);
    if let Some(owner) = session.and_then(|session| session.owners.get(item)) {
        lines.extend(owned(item, owner, state, width, theme));
    }
    lines
}

/// Who has it and by when, and what it waits for.
fn owned(
    item: &str,
    owner: &Owner,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let late = owner.due.is_some_and(|due| due < state.now);
    let due = owner.due.map(|at| crate::ui::detail::due(at, state.now));
    let text = format!("  {}{}", owner.name, due.unwrap_or_default());
    let mut spans = vec![theme.span(if late { Role::Fail } else { Role::Muted }, text)];
    if let Some(waits) = select::waits(state, item) {
        let role = if waits.over {
            Role::Pass
        } else {
            Role::Blocked
        };
        spans.push(theme.span(role, format!(" {} {}", theme.glyphs.dot, waits.text())));
    }
    vec![Line::from(line::cut_spans(spans, width, theme))]
}

fn told(entry: &PlanLine<'_>, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    match entry {
        PlanLine::Access(question, answer) => {
            let (sign, role, by) = said(*answer, true, theme);
            spread(sign, role, plan::words(state, question), &by, width, theme)
        }
        PlanLine::Flag(flag, answer) => {
            let (sign, role, by) = said(*answer, false, theme);
            let mut lines = spread(sign, role, &flag.text, &by, width, theme);
            if answer.is_some_and(|a| a.yes) {
                lines.extend(line::paragraph(&flag.stop, 2, width, Role::Fail, theme));
            }
            lines
        }
        PlanLine::Step(step) => {
            let (sign, role) = theme.row(step.report.state);
            let state_of = step.report.state.word();
            let kind = if step.first_check {
                state_of.to_owned()
            } else {
                format!("you alone {} {state_of}", theme.glyphs.dot)
            };
            spread(sign, role, step.text, &kind, width, theme)
        }
        PlanLine::Gate(board) => gate(board, state, width, theme),
    }
}

/// How a line was answered; for a red flag no is the good answer.
fn said(answer: Option<&Answer>, good: bool, theme: &Theme) -> (&'static str, Role, String) {
    let (sign, role, mut text) = word(answer, good, theme);
    match answer.map_or(0, |answer| answer.attachments.len()) {
        0 => {}
        n => text = format!("{text} +{n}"),
    }
    (sign, role, text)
}

fn word(answer: Option<&Answer>, good: bool, theme: &Theme) -> (&'static str, Role, String) {
    match answer {
        None => (theme.glyphs.blocked, Role::Blocked, "asked".to_owned()),
        Some(a) if a.yes == good => {
            let word = if a.yes { "yes" } else { "no" };
            (theme.glyphs.pass, Role::Pass, format!("{word}, {}", a.by))
        }
        Some(a) => {
            let word = if a.yes { "it holds" } else { "not yet" };
            (theme.glyphs.fail, Role::Fail, format!("{word}, {}", a.by))
        }
    }
}

fn gate(board: &Board<'_>, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let shut = board.blocking().len();
    let (sign, role, text) = match (board.is_signed(), shut, board.missing.len()) {
        (true, 0, 0) => (theme.glyphs.pass, Role::Pass, signed(board)),
        (true, ..) => (
            theme.glyphs.warn,
            Role::Warn,
            format!("signed, and shut again: {}", why(board)),
        ),
        (false, 0, 0) => (theme.glyphs.open, Role::Text, signed(board)),
        (false, ..) => (theme.glyphs.blocked, Role::Blocked, why(board)),
    };
    let dot = theme.glyphs.dot;
    let wall = plan::wall(state, board.gate.hour);
    let wall = wall.map_or_else(String::new, |wall| format!(" {dot} {wall}"));
    let title = format!(
        "gate {} {dot} h {}{wall}",
        board.gate.title, board.gate.hour
    );
    let late = late(board, state);
    let text = match late {
        Some(late) if !board.is_signed() => format!("{text} {} {late}", theme.glyphs.dot),
        _ => text,
    };
    spread(sign, role, &title, &text, width, theme)
}

fn signed(board: &Board<'_>) -> String {
    let (have, wanted) = (board.signed.len(), board.gate.signatures);
    let names: Vec<&str> = board.signed.iter().map(|s| s.by.as_str()).collect();
    match have {
        0 => format!("ready: {wanted} to sign"),
        _ if have < wanted => format!("{have} of {wanted} signed: {}", names.join(", ")),
        _ => format!("signed: {}", names.join(", ")),
    }
}

fn why(board: &Board<'_>) -> String {
    match (board.blocking().len(), board.missing.first()) {
        (0, Some(first)) => first.clone(),
        (1, _) => "1 row blocks".to_owned(),
        (n, _) => format!("{n} rows block"),
    }
}

/// How long ago a gate should have been passed.
fn late(board: &Board<'_>, state: &State) -> Option<String> {
    let clock = &state.opened.as_ref()?.session.clock;
    clock.started?;
    let due = jiff::SignedDuration::from_hours(i64::from(board.gate.hour));
    let over = clock.elapsed(state.now) - due;
    over.is_positive()
        .then(|| format!("{} late", hours_minutes(over)))
}

/// A sign and a text, and what is said of it at the right; a text that is too long goes on below.
fn spread(
    sign: &str,
    role: Role,
    text: &str,
    right: &str,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let right_cells = crate::ui::text::width(right);
    let left_cells = width.saturating_sub(right_cells + 2);
    let head = vec![theme.span(role, format!("{sign} "))];
    if left_cells < 24 {
        let mut lines = line::hanging(head, text, width, Role::Text, theme);
        lines.extend(line::paragraph(right, 2, width, role, theme));
        return lines;
    }
    let mut lines = line::hanging(head, text, left_cells, Role::Text, theme);
    if let Some(first) = lines.first_mut() {
        let spans = std::mem::take(&mut first.spans);
        *first = line::spread(spans, vec![theme.span(role, right)], width, theme);
    }
    lines
}
