//! How every front door was: hours and days as strips, answers as a line of bars with its scale, and the figures.
//!
//! ```text
//!  ── over time ─────────────────────────────────── next look in 12:10 ──
//!    ✔ up    portal.acme.example  for 2 h  turned 2 h ago     24 h 99.31 % of 20 h
//!    hours ····████▄✖██████████████  days ····························██  99.72 %
//!    ms    ▁▁▂▁▂▃▁▁▁▁▂▁▁▁▁▁▁▁▁▂▁▁▁▁  0–840 ms · median 120 · 95 % 310 · 94 looks
//! ```

use jiff::SignedDuration;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::State;
use crate::app::select::watch::{Door, doors};
use crate::app::vigil::Vigil;
use crate::model::availability::{Cell, WINDOWS, strip};
use crate::model::clock::{ago, countdown};
use crate::model::verdict::Verdict;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::pane::{Edge, Pane};
use crate::ui::{line, paint};

/// Cells in which the three windows have room beside the name, and one window beside the strip.
const WIDE: usize = 100;
const MIDDLE: usize = 70;
const HOURS: usize = 24;
const DAYS: usize = 30;
/// Lines of a front door in full, with the one that keeps them apart.
const FULL: u16 = 4;
/// Lines of the pane's edge and of the legend.
const AROUND: u16 = 3;

/// The front doors, and the watch over them while it lasts.
pub(super) struct OverTime<'a> {
    doors: Vec<Door<'a>>,
    vigil: Option<&'a Vigil>,
}

impl<'a> OverTime<'a> {
    /// `None` when nothing was ever watched over time, and nothing is.
    pub(super) fn of(state: &'a State) -> Option<Self> {
        let vigil = state.opened.as_ref().and_then(|o| o.vigil.as_ref());
        let doors = doors(state);
        (vigil.is_some() || !doors.is_empty()).then_some(Self { doors, vigil })
    }

    /// Rows that it takes of so many: all it can use where half is left, else a line for each front door.
    pub(super) fn height(&self, of: u16) -> u16 {
        let count = u16::try_from(self.doors.len().max(1)).unwrap_or(u16::MAX);
        let full = count.saturating_mul(FULL).saturating_add(AROUND);
        if full <= of / 2 {
            full
        } else {
            count.saturating_add(AROUND).min(of / 2)
        }
    }

    pub(super) fn render(&self, canvas: &mut Canvas<'_>, area: Rect, state: &State) {
        let theme = canvas.theme;
        let inner = Pane {
            title: "over time",
            note: self.note(state, theme),
            focused: false,
            edge: Edge::Rule,
        }
        .render(area, canvas.buf, theme);
        let text = paint::inset(inner, 2);
        let width = usize::from(text.width);
        let full = usize::from(text.height) >= self.doors.len() * usize::from(FULL - 1) + 2;
        let mut lines: Vec<Line<'static>> = Vec::new();
        for door in &self.doors {
            lines.push(head(door, state, width, full, theme));
            if full {
                lines.extend(bars(door, state, width, theme));
            }
        }
        if self.doors.is_empty() {
            lines.push(Line::from(
                theme.span(Role::Muted, "the first look is under way"),
            ));
        } else {
            lines.extend(self.legend(width, theme));
        }
        paint::lines(canvas.buf, text, &lines, 0);
    }

    fn note(&self, state: &State, theme: &Theme) -> Vec<Span<'static>> {
        let Some(vigil) = self.vigil else {
            return vec![theme.span(Role::Muted, "w goes on watching")];
        };
        if vigil.footing.is_some() {
            return vec![theme.span(
                Role::Unknown,
                format!(
                    "{} nothing can be told from here: nothing is counted",
                    theme.glyphs.unknown
                ),
            )];
        }
        let next = vigil.next.map(|at| at.duration_since(state.now));
        let words = match next {
            Some(left) if left.is_positive() => format!("next look in {}", countdown(left)),
            _ => "looking now".to_owned(),
        };
        vec![theme.span(Role::Muted, words)]
    }

    /// What the signs mean, and how finely any of it can be said.
    fn legend(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let signs = [Cell::Up, Cell::Partly, Cell::Down, Cell::Unseen]
            .map(|cell| format!("{} {}", sign(cell, theme), cell.word()));
        let every = self
            .doors
            .iter()
            .flat_map(|d| d.figures.iter().map(|f| f.every));
        let every = ago(SignedDuration::from_secs(i64::from(
            every.max().unwrap_or(1),
        )));
        let text = format!(
            "{}; a look every {every}: a missed one counts as {every}",
            signs.join(", ")
        );
        line::paragraph(&text, 0, width, Role::Muted, theme)
    }
}

const fn sign(cell: Cell, theme: &Theme) -> &'static str {
    let [up, partly, down, unseen] = theme.glyphs.strip;
    match cell {
        Cell::Up => up,
        Cell::Partly => partly,
        Cell::Down => down,
        Cell::Unseen => unseen,
    }
}

const fn role(cell: Cell) -> Role {
    match cell {
        Cell::Up => Role::Pass,
        Cell::Partly => Role::Warn,
        Cell::Down => Role::Fail,
        Cell::Unseen => Role::Muted,
    }
}

/// State and name, since when, and the availability of the time that was looked at; or the strip of the day, where there is
/// one line only.
fn head(door: &Door<'_>, state: &State, width: usize, full: bool, theme: &Theme) -> Line<'static> {
    let mut left = Vec::new();
    let mut since = Vec::new();
    if let Some(stands) = &door.standing {
        let (sign, role) = theme.verdict(stands.verdict);
        let word = match stands.verdict {
            Verdict::Fail => "down",
            verdict if verdict.undecided() => "unknown",
            _ => "up",
        };
        left.push(theme.span(role, format!("{sign} {word:<6}")));
        let long = ago(state.now.duration_since(stands.since));
        since.push(theme.span(role, format!("  for {long}")));
        let old = SignedDuration::from_secs(2 * i64::from(door.figures[2].every.max(60)));
        let unseen = state.now.duration_since(stands.at);
        if unseen > old {
            let unseen = format!("  last look {} ago", ago(unseen));
            since.push(theme.span(Role::Muted, unseen));
        } else if let Some(turned) = stands.turned {
            let turned = ago(state.now.duration_since(turned));
            since.push(theme.span(Role::Muted, format!("  turned {turned} ago")));
        }
    }
    left.push(theme.span(Role::Strong, door.host));
    let mut right = Vec::new();
    let windows = match (full, width) {
        (true, WIDE..) => 3,
        (true, _) | (false, MIDDLE..) => 1,
        (false, _) => 0,
    };
    if !full {
        right.extend(cells(
            door,
            state,
            SignedDuration::from_hours(1),
            HOURS,
            theme,
        ));
    }
    for (figures, (name, _)) in door.figures.iter().zip(WINDOWS).take(windows) {
        let share = figures.availability().unwrap_or_else(|| "none".to_owned());
        right.push(theme.span(Role::Muted, format!("  {name} ")));
        right.push(theme.span(Role::Text, format!("{share:>7}")));
        if full && figures.unseen().is_some() {
            let seen = SignedDuration::from_secs_f64(figures.up_s + figures.down_s);
            right.push(theme.span(Role::Muted, format!(" of {}", ago(seen))));
        }
    }
    if full {
        // What has no room is left out whole, the last first.
        let taken = line::spans_width(&left) + line::spans_width(&right) + 1;
        while taken + line::spans_width(&since) > width && since.pop().is_some() {}
        left.extend(since);
    }
    line::spread(left, right, width, theme)
}

/// The strips of hours and days, and the line of answers below the hours.
fn bars(door: &Door<'_>, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut strips = vec![theme.span(Role::Muted, "hours ")];
    strips.extend(cells(
        door,
        state,
        SignedDuration::from_hours(1),
        HOURS,
        theme,
    ));
    strips.push(theme.span(Role::Muted, "  days "));
    strips.extend(cells(
        door,
        state,
        SignedDuration::from_hours(24),
        DAYS,
        theme,
    ));
    let [_, _, month] = &door.figures;
    let share = month.availability().unwrap_or_default();
    strips.push(theme.span(Role::Text, format!(" {share}")));
    let hours = strip(
        door.samples,
        state.now,
        SignedDuration::from_hours(1),
        HOURS,
    );
    let top = hours.iter().filter_map(|(_, ms)| *ms).max();
    let drawn: String = hours
        .iter()
        .map(|(_, ms)| level(*ms, top.unwrap_or(1), theme))
        .collect();
    let [day, ..] = &door.figures;
    let scale = match (top, day.p50, day.p95) {
        (Some(top), Some(p50), Some(p95)) => format!(
            "  0{}{top} ms {dot} median {p50} {dot} 95 % {p95} {dot} {} looks",
            theme.glyphs.to,
            day.looks,
            dot = theme.glyphs.dot
        ),
        _ => "  no answer in 24 h".to_owned(),
    };
    vec![
        Line::from(line::cut_spans(strips, width, theme)),
        Line::from(line::cut_spans(
            vec![
                theme.span(Role::Muted, "ms    "),
                theme.span(Role::Accent, drawn),
                theme.span(Role::Muted, scale),
            ],
            width,
            theme,
        )),
    ]
}

/// The bar of a median on a scale from 0 to `top`; a blank where nothing was measured.
fn level(ms: Option<u32>, top: u32, theme: &Theme) -> &'static str {
    let Some(ms) = ms else { return " " };
    let last = theme.glyphs.levels.len() - 1;
    let height = u64::from(ms) * last as u64 / u64::from(top.max(1));
    let height = usize::try_from(height).unwrap_or(last);
    theme.glyphs.levels.get(height).copied().unwrap_or(" ")
}

fn cells(
    door: &Door<'_>,
    state: &State,
    step: SignedDuration,
    count: usize,
    theme: &Theme,
) -> Vec<Span<'static>> {
    strip(door.samples, state.now, step, count)
        .into_iter()
        .map(|(cell, _)| theme.span(role(cell), sign(cell, theme)))
        .collect()
}
