//! Day one: this run against the one that was signed at the handover, gravest change first.
//!
//! ```text
//!  58 same · 1 worse · 2 changed · 1 could not be checked
//!  ▸ ✖ worse      tls.expiry  api.acme.example        6 days left of 90
//!  ── then and now ──────────────────────────────────────
//! ```

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::day_one::DayOne;
use crate::app::screen::PaneHit;
use crate::app::{Action, Context, State, select};
use crate::model::clock::ago;
use crate::model::drift::{Change, Drifted};
use crate::model::finding::Finding;
use crate::ui::canvas::Canvas;
use crate::ui::detail::Detail;
use crate::ui::line::{self, column};
use crate::ui::theme::{Role, Theme, word};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::{hints, paint};

/// Draws the comparison.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &DayOne) {
    let theme = canvas.theme;
    let head = paint::inset(paint::row(area, 0), 2);
    paint::line(
        canvas.buf,
        head,
        &counts(state, usize::from(head.width), theme),
    );
    let soon = soon(state, usize::from(head.width), theme);
    let below_head = u16::try_from(soon.len()).unwrap_or(0);
    paint::lines(
        canvas.buf,
        paint::trim(paint::inset(area, 2), 1, 0),
        &soon,
        0,
    );
    let area = paint::trim(area, 1 + below_head, 0);
    let list = select::day_one::rows(state, screen);
    let wanted = u16::try_from(list.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let upper = wanted.min(area.height / 2).max(4);
    let [above, below] =
        Layout::vertical([Constraint::Length(upper), Constraint::Fill(1)]).areas(area);
    let pane = Pane {
        title: "since the handover",
        note: Vec::new(),
        focused: true,
        edge: Edge::Rule,
    };
    let inner = pane.render(above, canvas.buf, theme);
    let inner = rows::filter(canvas, inner, &screen.filter, list.len());
    if list.is_empty() {
        let all = hints::key(state, Context::DayOne, Action::ShowAll);
        let next = format!("{all} shows what is the same.");
        Empty {
            headline: "Nothing changed since the handover.",
            next: &next,
        }
        .render(inner, canvas.buf, theme);
        return;
    }
    let keys: Vec<_> = list.iter().map(|d| d.key.clone()).collect();
    let place = rows::list(&screen.cursor, &keys, inner.height, true);
    rows::draw(canvas, inner, inner, PaneHit::Main, place, |at, width| {
        list.get(at)
            .map_or_else(Line::default, |d| row(d, state, width, theme))
    });
    if let Some(drifted) = place.selected.and_then(|at| list.get(at)) {
        then_and_now(canvas, below, state, drifted);
    }
}

fn counts(state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let Some(drift) = select::day_one::drift(state) else {
        return Line::from(theme.span(Role::Muted, "day one begins with the handover"));
    };
    let mut spans: Vec<Span<'static>> = Vec::new();
    for change in [
        Change::Worse,
        Change::Changed,
        Change::CouldNotCheck,
        Change::Better,
        Change::Same,
    ] {
        let count = drift.count(change);
        if count == 0 {
            continue;
        }
        if !spans.is_empty() {
            spans.push(theme.span(Role::Muted, format!(" {} ", theme.glyphs.dot)));
        }
        let (_, text, role) = theme.change(change);
        let text = if change == Change::CouldNotCheck {
            "could not be checked"
        } else {
            text
        };
        spans.push(theme.span(role, format!("{count} {text}")));
    }
    let mut right = Vec::new();
    if drift.rules_changed() {
        right.push(theme.span(
            Role::Warn,
            "the rules changed since: a difference may be theirs",
        ));
    }
    line::spread(spans, right, width, theme)
}

/// Waivers that lapse soon.
fn soon(state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    select::day_one::lapsing(state)
        .into_iter()
        .take(3)
        .map(|waiver| {
            let left = waiver.until.duration_since(state.now);
            let when = if left.is_negative() {
                "lapsed".to_owned()
            } else {
                format!("lapses in {}", ago(left))
            };
            let spans = vec![
                theme.span(Role::Warn, format!("{} soon  ", theme.glyphs.waived)),
                theme.span(
                    Role::Text,
                    format!("the waiver of {} by {} {when}", waiver.criterion, waiver.by),
                ),
            ];
            Line::from(line::cut_spans(spans, width, theme))
        })
        .collect()
}

fn row(drifted: &Drifted, state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let (sign, text, role) = theme.change(drifted.change);
    let mut left = vec![
        theme.span(role, format!("{sign} ")),
        column(text, 10, role, theme),
    ];
    if width >= 90 {
        left.push(column(drifted.key.check.as_str(), 22, Role::Muted, theme));
        left.push(Span::raw(" "));
        left.push(column(&drifted.key.subject, 24, Role::Text, theme));
        left.push(Span::raw(" "));
    } else {
        left.push(column(
            &drifted.key.subject,
            (width / 3).min(24),
            Role::Text,
            theme,
        ));
        left.push(Span::raw(" "));
    }
    let now = drifted
        .now
        .as_ref()
        .map_or("no longer seen", |f| select::sentence(state, f));
    left.push(theme.span(Role::Strong, now));
    let right = if select::day_one::is_expected(state, drifted) {
        vec![theme.span(Role::Pass, "meant")]
    } else {
        Vec::new()
    };
    line::spread(left, right, width, theme)
}

fn then_and_now(canvas: &mut Canvas<'_>, area: Rect, state: &State, drifted: &Drifted) {
    let theme = canvas.theme;
    let title = format!(
        "{} {} {}",
        drifted.key.check, theme.glyphs.dot, drifted.key.subject
    );
    let pane = Pane {
        title: &title,
        note: Vec::new(),
        focused: false,
        edge: Edge::Rule,
    };
    let inner = pane.render(area, canvas.buf, theme);
    let text = paint::inset(inner, 2);
    let width = usize::from(text.width);
    let mut lines = Vec::new();
    for (label, finding) in [("then", &drifted.before), ("now", &drifted.now)] {
        lines.extend(side(label, finding.as_ref(), state, width, theme));
    }
    let item = select::item_of(&drifted.key);
    if let Some(opened) = state.opened.as_deref() {
        let owner = opened
            .session
            .owners
            .get(&item)
            .map_or("nobody", |o| o.name.as_str());
        lines.extend(line::hanging(
            vec![theme.span(Role::Muted, "owner  ")],
            owner,
            width,
            Role::Text,
            theme,
        ));
        if let Some(finding) = &drifted.now {
            let detail = Detail {
                state,
                session: &opened.session,
                finding,
                width,
                theme,
            };
            lines.extend(detail.evidence(4));
            lines.extend(detail.short_fix());
        }
    }
    rows::scrolled(canvas, text, pane::track(area, inner), &lines, 0);
}

fn side(
    label: &str,
    finding: Option<&Finding>,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut head = vec![theme.span(Role::Muted, format!("{label:<6} "))];
    let Some(finding) = finding else {
        return line::hanging(head, "not seen", width, Role::Muted, theme);
    };
    let (sign, role) = theme.finding(finding.verdict, finding.severity);
    head.push(theme.span(role, format!("{sign} {:<8} ", word(finding.verdict))));
    let age = ago(state.now.duration_since(finding.at));
    line::hanging(
        head,
        &format!("{} ({age} ago)", select::sentence(state, finding)),
        width,
        Role::Text,
        theme,
    )
}
