//! What is watched until it turns green: each watch in a line, the selected one in full.
//!
//! ```text
//!  ── waiting for ────────────────────────────────────
//!  ▸ ◔ mail.dmarc · acme.example      same for 9 min      next in 6 s
//!    ✔ mail.spf · acme.example        green 2 min ago
//!  ── mail.dmarc · acme.example ──────────────────────
//!    last look 4 s ago, the 14th in 12 min: …
//! ```
//!
//! Between them, once something was watched over time, how every front door was.

mod over_time;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::opened::{WatchPhase, Watching};
use crate::app::screen::PaneHit;
use crate::app::watch::WatchScreen;
use crate::app::{State, select};
use crate::model::clock::ago;
use crate::model::finding::FindingKey;
use crate::ui::canvas::Canvas;
use crate::ui::detail::Detail;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::pairs;
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::{line, paint};

/// Draws the watches.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &WatchScreen) {
    let theme = canvas.theme;
    let watches = select::watch::watches(state);
    let over_time = over_time::OverTime::of(state);
    match over_time {
        None if watches.is_empty() => {
            let empty = Empty {
                headline: "Nothing is being watched.",
                next: "w watches everything over time; w on a finding watches that until it is green.",
            };
            empty.render(area, canvas.buf, theme);
            return;
        }
        Some(over_time) if watches.is_empty() => {
            over_time.render(canvas, area, state);
            return;
        }
        _ => {}
    }
    let rows_wanted = u16::try_from(watches.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let upper = rows_wanted.min(area.height / 3).max(3);
    let rest = area.height.saturating_sub(upper);
    let middle = over_time.as_ref().map_or(0, |o| o.height(rest));
    let [above, between, below] = Layout::vertical([
        Constraint::Length(upper),
        Constraint::Length(middle),
        Constraint::Fill(1),
    ])
    .areas(area);
    if let Some(over_time) = over_time {
        over_time.render(canvas, between, state);
    }
    let inner = Pane {
        title: "waiting for",
        note: Vec::new(),
        focused: true,
        edge: Edge::Rule,
    }
    .render(above, canvas.buf, theme);
    let keys = select::watch::keys(state);
    let list = rows::list(&screen.cursor, &keys, inner.height, true);
    rows::draw(canvas, inner, inner, PaneHit::Main, list, |at, width| {
        watches.get(at).map_or_else(Line::default, |(key, watch)| {
            row(key, watch, state, width, theme)
        })
    });
    if let Some((key, watch)) = list.selected.and_then(|at| watches.get(at)) {
        one(canvas, below, state, key, watch);
    }
}

fn row(
    key: &FindingKey,
    watch: &Watching,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Line<'static> {
    let (sign, role) = sign(watch, theme);
    let left = vec![
        theme.span(role, format!("{sign} ")),
        line::column(key.check.as_str(), 22, Role::Strong, theme),
        theme.span(Role::Muted, format!("  {}", key.subject)),
    ];
    line::spread(left, standing(watch, state, theme), width, theme)
}

const fn sign(watch: &Watching, theme: &Theme) -> (&'static str, Role) {
    match watch.phase {
        WatchPhase::Looking => (theme.glyphs.waiting, Role::Accent),
        WatchPhase::Green => (theme.glyphs.pass, Role::Pass),
        WatchPhase::Stopped => (theme.glyphs.not_applicable, Role::Muted),
    }
}

fn standing(watch: &Watching, state: &State, theme: &Theme) -> Vec<Span<'static>> {
    let since = watch
        .last
        .as_ref()
        .map(|look| ago(state.now.duration_since(look.same_since)));
    match (watch.phase, since) {
        (WatchPhase::Green, since) => {
            vec![theme.span(
                Role::Pass,
                format!("green for {}", since.unwrap_or_default()),
            )]
        }
        (WatchPhase::Stopped, _) => vec![theme.span(Role::Muted, "stopped")],
        (WatchPhase::Looking, Some(since)) => vec![
            theme.span(Role::Text, format!("the same for {since}")),
            theme.span(Role::Muted, format!("   {:<13}", next(watch, state))),
        ],
        (WatchPhase::Looking, None) => vec![theme.span(Role::Muted, "first look under way")],
    }
}

fn next(watch: &Watching, state: &State) -> String {
    match watch.next.map(|at| at.duration_since(state.now)) {
        Some(left) if !left.is_negative() => format!("next in {}", ago(left)),
        _ => "looking now".to_owned(),
    }
}

/// The selected watch: what was seen, when, what comes next, and the fix that it waits for.
fn one(canvas: &mut Canvas<'_>, area: Rect, state: &State, key: &FindingKey, watch: &Watching) {
    let theme = canvas.theme;
    let title = format!("{} {} {}", key.check, theme.glyphs.dot, key.subject);
    let inner = Pane {
        title: &title,
        note: Vec::new(),
        focused: false,
        edge: Edge::Rule,
    }
    .render(area, canvas.buf, theme);
    let text = paint::inset(inner, 2);
    let width = usize::from(text.width);
    let mut facts: Vec<(&str, Role, String)> = Vec::new();
    if let Some(look) = &watch.last {
        let (sign, role) = theme.verdict(look.verdict);
        facts.push(("seen", role, format!("{sign} {}", look.summary)));
        facts.push((
            "last look",
            Role::Text,
            format!("{} ago", ago(state.now.duration_since(look.at))),
        ));
    }
    facts.push((
        "looks",
        Role::Text,
        format!(
            "{} in {}",
            watch.attempts,
            ago(state.now.duration_since(watch.since))
        ),
    ));
    facts.push((
        "next look",
        Role::Text,
        match watch.phase {
            WatchPhase::Looking => next(watch, state).replace("next in", "in"),
            WatchPhase::Green => "none: it is green".to_owned(),
            WatchPhase::Stopped => "none: stopped".to_owned(),
        },
    ));
    if let Some(guide) = state
        .guides
        .of(&key.check)
        .filter(|g| !g.passes_when.is_empty())
    {
        facts.push((
            "green when",
            Role::Text,
            guide.passes_when.replace('\n', " "),
        ));
    }
    let mut lines = pairs::lines(&facts, width, theme);
    if let Some((opened, finding)) = state
        .opened
        .as_deref()
        .and_then(|o| Some((o, o.session.findings.get(key)?)))
    {
        let detail = Detail {
            state,
            session: &opened.session,
            finding,
            width,
            theme,
        };
        if watch.phase == WatchPhase::Looking {
            lines.extend(detail.short_fix());
        }
        lines.extend(detail.evidence(4));
    }
    lines.push(Line::default());
    lines.extend(line::paragraph(
        "Go on with something else: you are told when it turns.",
        0,
        width,
        Role::Muted,
        theme,
    ));
    rows::scrolled(canvas, text, pane::track(area, inner), &lines, 0);
}
