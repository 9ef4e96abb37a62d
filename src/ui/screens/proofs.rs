//! The proofs: the way back and the drills, the rotation list, and the client's journey one step at a time.
//!
//! ```text
//!  1 of 2 drills in time · 1 of 2 secrets not rotated · journey 2 of 7 passed
//!  ── the way back, and drills ───────────────────────────────────────────────
//!  ▸ ✔ the way back: the deploy of Friday            to deploy 214 · Ada, 2 h
//!    ◔ rollback, at most 10:00                                        3:12
//!  ── rotation list ──────────────────────────────────────────────────────────
//!    ✖ Stripe live key                                 Ada, due in 2 h
//!  ── the client's journey ───────────────────────────────────────────────────
//!    ✔ 1 Sign up                                                   Grace
//!    2 of 7  Sign in
//!      do    Sign in with that account. …
//! ```

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::rows::{self, Sectioned};
use crate::app::State;
use crate::app::proofs::ProofsScreen;
use crate::app::select::proofs::{self, Line as ProofLine, StepLine};
use crate::model::clock::ago;
use crate::model::drill::{Drill, DrillKind, Outcome, WayBack, stopwatch};
use crate::model::exposed::Exposed;
use crate::model::finding::Finding;
use crate::model::playbook::glob_matches;
use crate::model::proofs::StepStanding;
use crate::ui::canvas::Canvas;
use crate::ui::detail::{due, heading};
use crate::ui::theme::{Role, Theme};
use crate::ui::{line, paint};

/// Widest that lines are drawn.
const WIDEST: usize = 110;

/// Cells before what is told of a row.
const INDENT: usize = 2;

/// Draws the parts under their headings, and above them how far everything is.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &ProofsScreen) {
    let theme = canvas.theme;
    let inner = paint::inset(area, 2);
    let width = usize::from(inner.width);
    let dot = format!(" {} ", theme.glyphs.dot);
    let head = vec![theme.span(Role::Text, proofs::summary(state).join(&dot))];
    let head = line::cut_spans(head, width, theme);
    paint::line(canvas.buf, paint::row(inner, 0), &Line::from(head));
    let area = paint::trim(area, 2, 0);
    let cells = rows::row_width(area).min(WIDEST);
    let mut lines: Vec<Sectioned> = Vec::new();
    let mut number = 0;
    for part in proofs::parts(state) {
        if !lines.is_empty() {
            lines.push(Sectioned::Heading(Line::default()));
        }
        let title = heading(&format!("  {}", part.title), width.min(WIDEST), theme);
        lines.push(Sectioned::Heading(title));
        for entry in &part.lines {
            let text = row(entry, state, cells, theme);
            lines.extend(text.into_iter().map(|line| Sectioned::Row(number, line)));
            number += 1;
        }
        let rest = part.rest.iter();
        lines.extend(rest.map(|text| {
            Sectioned::Heading(Line::from(theme.span(Role::Muted, format!("    {text}"))))
        }));
    }
    let keys = proofs::keys(state);
    rows::sections(canvas, area, screen.cursor.index(&keys), &lines);
}

fn row(entry: &ProofLine<'_>, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    match entry {
        ProofLine::WayBack(way) => way_back(*way, state, width, theme),
        ProofLine::Drill(kind, last) => drill(*kind, *last, state, width, theme),
        ProofLine::Secret(entry) => secret(entry, state, width, theme),
        ProofLine::Seen(finding) => vec![seen(finding, width, theme)],
        ProofLine::AddSecret => {
            let text = "+ an exposed secret: its name and place, never its value";
            vec![Line::from(theme.span(Role::Accent, text))]
        }
        ProofLine::Step(line) => step(line, state, width, theme),
    }
}

fn spread(
    sign: (&str, Role),
    text: &str,
    right: (&str, Role),
    width: usize,
    theme: &Theme,
) -> Line<'static> {
    let left = vec![
        theme.span(sign.1, format!("{} ", sign.0)),
        theme.span(Role::Text, text),
    ];
    let right = vec![theme.span(right.1, right.0)];
    line::spread(left, right, width, theme)
}

fn way_back(
    way: Option<&WayBack>,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let glyphs = &theme.glyphs;
    let Some(way) = way else {
        let sign = (glyphs.blocked, Role::Blocked);
        let right = ("enter writes it, before anything is changed", Role::Muted);
        return vec![spread(
            sign,
            "the way back: not written",
            right,
            width,
            theme,
        )];
    };
    let age = ago(state.now.duration_since(way.at));
    let who = format!("{}, {age} ago", way.by);
    let text = format!("the way back to {}, from: {}", way.to, way.what);
    let sign = (glyphs.pass, Role::Pass);
    let mut lines = vec![spread(sign, &text, (&who, Role::Muted), width, theme)];
    lines.extend(line::paragraph(
        &way.steps,
        INDENT,
        width,
        Role::Muted,
        theme,
    ));
    lines
}

fn drill(
    kind: DrillKind,
    last: Option<&Drill>,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let glyphs = &theme.glyphs;
    let who = match kind {
        DrillKind::Rollback => "",
        DrillKind::Redeploy => ", by the team",
    };
    let text = format!("{} drill, {}{who}", kind.word(), kind.asks());
    let Some(last) = last else {
        let sign = (glyphs.blocked, Role::Blocked);
        let right = ("never tried: enter starts it", Role::Muted);
        return vec![spread(sign, &text, right, width, theme)];
    };
    let took = last.took(state.now);
    let shown = stopwatch(took);
    let outcome = last.outcome();
    let (sign, role) = match outcome {
        Outcome::Running if kind.is_within(took) => (glyphs.waiting, Role::Accent),
        Outcome::Running => (glyphs.waiting, Role::Fail),
        Outcome::InTime => (glyphs.pass, Role::Pass),
        Outcome::TooSlow | Outcome::Failed | Outcome::ByOperator => (glyphs.fail, Role::Fail),
        Outcome::Untold => (glyphs.unknown, Role::Unknown),
    };
    let right = match (&last.end, outcome) {
        (None, _) => format!("{shown}, running: enter ends it"),
        (Some(_), Outcome::Untold) => "time unknown".to_owned(),
        (Some(end), _) => format!("{shown}, {}", end.by),
    };
    let mut lines = vec![spread((sign, role), &text, (&right, role), width, theme)];
    if let Some(end) = &last.end {
        let note = if end.note.is_empty() { "" } else { ": " };
        let age = ago(state.now.duration_since(end.at));
        let told = format!("{}, {age} ago{note}{}", outcome.words(), end.note);
        lines.extend(line::paragraph(&told, INDENT, width, Role::Muted, theme));
    }
    lines
}

fn secret(entry: &Exposed, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let glyphs = &theme.glyphs;
    let (sign, right, told) = match &entry.done {
        Some(done) => (
            (glyphs.pass, Role::Pass),
            format!(
                "{}, {} ago",
                done.by,
                ago(state.now.duration_since(done.at))
            ),
            format!("rotated; the old one is refused: {}", done.shown),
        ),
        None => (
            (glyphs.fail, Role::Fail),
            format!(
                "{}{}",
                entry.owner,
                entry.due.map(|at| due(at, state.now)).unwrap_or_default()
            ),
            format!("opens {}; seen: {}", entry.opens, entry.seen),
        ),
    };
    let role = if entry.done.is_some() {
        Role::Muted
    } else {
        sign.1
    };
    let mut lines = vec![spread(sign, &entry.name, (&right, role), width, theme)];
    lines.extend(line::paragraph(&told, INDENT, width, Role::Muted, theme));
    lines
}

fn seen(finding: &Finding, width: usize, theme: &Theme) -> Line<'static> {
    let text = format!("{}: {}", finding.subject, finding.summary);
    let sign = (theme.glyphs.fail, Role::Fail);
    let right = ("not listed: enter lists it", Role::Muted);
    spread(sign, &text, right, width, theme)
}

/// A step that was walked is small; the one that is walked now stands whole.
fn step(line: &StepLine<'_>, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let glyphs = &theme.glyphs;
    let by = line.walked.map_or("", |walked| walked.by.as_str());
    let word = line.standing.word();
    let right = if by.is_empty() {
        word.to_owned()
    } else {
        format!("{word}, {by}")
    };
    let (sign, role) = match &line.standing {
        StepStanding::Passed => (glyphs.pass, Role::Pass),
        StepStanding::Fails(_) => (glyphs.fail, Role::Fail),
        StepStanding::Waits(_) => (glyphs.unknown, Role::Unknown),
        StepStanding::Ahead => (glyphs.blocked, Role::Blocked),
    };
    if !line.is_now {
        let text = format!("{} {}", line.number, line.step.title);
        let mut lines = vec![spread((sign, role), &text, (&right, role), width, theme)];
        if let Some(why) = line.standing.why() {
            lines.extend(line::paragraph(why, INDENT + 2, width, Role::Muted, theme));
        }
        return lines;
    }
    let title = format!("step {} of {}: {}", line.number, line.of, line.step.title);
    let right = ("enter says what was seen", Role::Muted);
    let mut lines = vec![spread((sign, role), &title, right, width, theme)];
    for (label, text) in [("do    ", &line.step.text), ("see   ", &line.step.see)] {
        let head = vec![theme.span(Role::Muted, format!("  {label}"))];
        lines.extend(line::hanging(head, text, width, Role::Text, theme));
    }
    if !line.step.checks.is_empty() {
        let head = vec![theme.span(Role::Muted, "  live  ")];
        let text = live(line, state);
        lines.extend(line::hanging(head, &text, width, Role::Text, theme));
    }
    lines
}

/// What the checks of a step say now.
fn live(line: &StepLine<'_>, state: &State) -> String {
    let findings = state
        .opened
        .iter()
        .flat_map(|o| o.session.findings.values());
    let all: Vec<&Finding> = findings.collect();
    let says = |check: &String| {
        let seen = all.iter().filter(|f| glob_matches(check, f.check.as_str()));
        let worst = seen.map(|f| (f.verdict.holds(), f.verdict)).min();
        match worst {
            Some((_, verdict)) => format!("{check}: {verdict}"),
            None => format!("{check}: not looked at"),
        }
    };
    let words: Vec<String> = line.step.checks.iter().map(says).collect();
    words.join(", ")
}
