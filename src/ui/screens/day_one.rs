//! Day one: what changed since the handover, surprises first; what could not be looked at; what ends soon; who is woken; where
//! things live; what to do if something breaks. Below, the selected row in full.
//!
//! ```text
//!  58 same · 1 worse · 2 changed · 1 could not be checked
//!   what nobody expected ──────────────────────────────────
//!  ▸ ✖ worse      tls.expiry  api.acme.example        6 days left of 90
//!   what ends within 90 days, and who pays ────────────────
//!    ~ registration of acme.example          in 41 d · Ada
//!  ── then and now ──────────────────────────────────────
//! ```

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::comparison::{self, tally};
use super::rows::{self, Sectioned};
use crate::app::day_one::DayOne;
use crate::app::select::day_one::{self as selected, Entry, Part};
use crate::app::{Action, Context, State};
use crate::model::clock::ago;
use crate::ui::canvas::Canvas;
use crate::ui::detail::heading;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::{hints, line, paint};

/// Widest that lines are drawn.
const WIDEST: usize = 130;
/// Below this many rows of the list, its sections stand close together.
const ROOMY: u16 = 16;

/// Draws the sections, and below them the selected row.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &DayOne) {
    let theme = canvas.theme;
    let head = paint::inset(paint::row(area, 0), 2);
    paint::line(
        canvas.buf,
        head,
        &counts(state, usize::from(head.width), theme),
    );
    let parts = selected::parts(state, screen);
    let area = paint::trim(area, 1, 0);
    let [above, below] =
        Layout::vertical([Constraint::Percentage(55), Constraint::Fill(1)]).areas(area);
    let entries: Vec<&Entry> = parts.iter().flat_map(|part| &part.entries).collect();
    let above = rows::filter(canvas, above, &screen.filter, entries.len());
    let at = screen.cursor.index(&selected::rows_of(&parts));
    let lines = sections(&parts, state, above, theme);
    rows::sections(canvas, above, at, &lines);
    if let Some(entry) = entries.get(at) {
        detail(canvas, below, state, entry);
    }
}

fn sections(parts: &[Part], state: &State, area: Rect, theme: &Theme) -> Vec<Sectioned> {
    let cells = rows::row_width(area).saturating_sub(1).min(WIDEST);
    let mut lines = Vec::new();
    let mut number = 0;
    for part in parts {
        if area.height >= ROOMY && !lines.is_empty() {
            lines.push(Sectioned::Heading(Line::default()));
        }
        let title = heading(&format!(" {}", part.title), cells, theme);
        lines.push(Sectioned::Heading(title));
        for note in &part.notes {
            let note = line::hanging(vec![Span::raw("  ")], note, cells, Role::Muted, theme);
            lines.extend(note.into_iter().map(Sectioned::Heading));
        }
        for entry in &part.entries {
            lines.push(Sectioned::Row(number, row(entry, state, cells, theme)));
            number += 1;
        }
    }
    lines
}

fn row(entry: &Entry, state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let glyphs = theme.glyphs;
    let (sign, role, text, right) = match entry {
        Entry::Change(drifted) => return comparison::row(drifted, state, width, theme),
        Entry::Lapsed(lapsed) => (
            glyphs.waived,
            Role::Muted,
            format!("the waiver of {} by {}", lapsed.criterion, lapsed.by),
            (Role::Muted, "ran out on its day".to_owned()),
        ),
        Entry::Soon(renewal) => {
            let over = renewal.is_over(state.now);
            let payer = match renewal.payer.as_str() {
                "" if renewal.kind.has_payer() => "nobody said who pays",
                payer => payer,
            };
            let when = selected::when(renewal, state);
            let right = match payer {
                "" => when,
                payer => format!("{when} {} {payer}", glyphs.dot),
            };
            let role = if over { Role::Fail } else { Role::Warn };
            (glyphs.waived, role, renewal.what.clone(), (role, right))
        }
        Entry::Woken(woken) => {
            let (sign, role) = match woken.known {
                Some(_) => (glyphs.pass, Role::Pass),
                None => (glyphs.unknown, Role::Unknown),
            };
            let known = woken.known.clone();
            let right = known.unwrap_or_else(|| "nobody said".to_owned());
            (sign, role, woken.what.clone(), (role, right))
        }
        Entry::Place(place) => {
            let told = [place.who.as_str(), &place.how].map(str::to_owned);
            let told: Vec<String> = told.into_iter().filter(|t| !t.is_empty()).collect();
            let right = told.join(&format!(" {} ", glyphs.dot));
            (
                glyphs.dot,
                Role::Text,
                place.place.clone(),
                (Role::Text, right),
            )
        }
        Entry::Unsaid(place) => (
            glyphs.unknown,
            Role::Unknown,
            place.name.clone(),
            (Role::Unknown, "nobody wrote down who gets in".to_owned()),
        ),
        Entry::Trouble(trouble) => (
            glyphs.dot,
            Role::Text,
            trouble.title.to_owned(),
            (Role::Muted, "five steps".to_owned()),
        ),
    };
    let left = vec![
        theme.span(role, format!("{sign} ")),
        theme.span(
            if role == Role::Muted {
                role
            } else {
                Role::Text
            },
            text,
        ),
    ];
    line::spread(left, vec![theme.span(right.0, right.1)], width, theme)
}

fn detail(canvas: &mut Canvas<'_>, area: Rect, state: &State, entry: &Entry) {
    let theme = canvas.theme;
    let title = match entry {
        Entry::Change(d) => format!("{} {} {}", d.key.check, theme.glyphs.dot, d.key.subject),
        Entry::Trouble(trouble) => trouble.title.to_owned(),
        Entry::Lapsed(_) => "a waiver that ran out".to_owned(),
        Entry::Soon(_) => "soon".to_owned(),
        Entry::Woken(_) => "woken".to_owned(),
        Entry::Place(_) | Entry::Unsaid(_) => "where it lives".to_owned(),
    };
    let pane = Pane {
        title: &title,
        note: Vec::new(),
        focused: false,
        edge: Edge::Rule,
    };
    let inner = pane.render(area, canvas.buf, theme);
    let text = paint::inset(inner, 2);
    let width = usize::from(text.width).min(WIDEST);
    let lines = match entry {
        Entry::Change(drifted) => {
            comparison::sides(drifted, ["then", "now"], true, state, width, theme)
        }
        Entry::Trouble(_) => numbered(&selected::told(state, entry), width, theme),
        _ => selected::told(state, entry)
            .iter()
            .flat_map(|text| line::hanging(Vec::new(), text, width, Role::Text, theme))
            .collect(),
    };
    rows::scrolled(canvas, text, pane::track(area, inner), &lines, 0);
}

/// Steps, each hanging under its number; the title stands above already.
fn numbered(told: &[String], width: usize, theme: &Theme) -> Vec<Line<'static>> {
    told.iter()
        .skip(1)
        .flat_map(|step| {
            let (number, text) = step.split_once(' ').unwrap_or(("", step));
            let head = vec![theme.span(Role::Accent, format!("{number} "))];
            line::hanging(head, text, width, Role::Text, theme)
        })
        .collect()
}

fn counts(state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let Some(drift) = selected::drift(state) else {
        return Line::from(theme.span(Role::Muted, "day one begins with the handover"));
    };
    if drift.is_stale() {
        let again = hints::key(state, Context::DayOne, Action::RecheckAll);
        let text = format!(
            "{} nothing was looked at since the handover, or not for a day ({} ago): {again} looks again",
            theme.glyphs.unknown,
            ago(state.now.duration_since(drift.since))
        );
        return Line::from(line::cut_spans(
            vec![theme.span(Role::Warn, text)],
            width,
            theme,
        ));
    }
    let spans = tally(&drift.lines, theme);
    let mut right = Vec::new();
    if drift.rules_changed() {
        right.push(theme.span(
            Role::Warn,
            "the rules changed since: a difference may be theirs",
        ));
    }
    line::spread(spans, right, width, theme)
}
