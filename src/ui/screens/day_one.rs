//! Day one: this run against the one that was signed at the handover, gravest change first.
//!
//! ```text
//!  58 same · 1 worse · 2 changed · 1 could not be checked
//!  ▸ ✖ worse      tls.expiry  api.acme.example        6 days left of 90
//!  ── then and now ──────────────────────────────────────
//! ```

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::comparison::{Comparison, tally};
use crate::app::day_one::DayOne;
use crate::app::{Action, Context, State, select};
use crate::model::clock::ago;
use crate::ui::canvas::Canvas;
use crate::ui::line;
use crate::ui::theme::{Role, Theme};
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
    let all = hints::key(state, Context::DayOne, Action::ShowAll);
    let comparison = Comparison {
        title: "since the handover",
        list: &list,
        cursor: &screen.cursor,
        filter: &screen.filter,
        sides: ["then", "now"],
        empty: (
            "Nothing changed since the handover.",
            format!("{all} shows what is the same."),
        ),
        owned: true,
    };
    comparison.render(canvas, area, state);
}

fn counts(state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let Some(drift) = select::day_one::drift(state) else {
        return Line::from(theme.span(Role::Muted, "day one begins with the handover"));
    };
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
