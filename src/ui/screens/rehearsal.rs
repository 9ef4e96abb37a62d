//! Before the switch: what the checks will see after it, beside what they see today.
//!
//! ```text
//!  AFTER THE SWITCH                                                 kept in no session
//!    portal.acme.example has the address 203.0.113.40
//!  58 same · 1 worse · 2 changed
//!  ▸ ✖ worse      tls.hostname  portal.acme.example   the certificate is for another name
//!  ── today and then ────────────────────────────────────
//! ```

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::comparison::{Comparison, tally};
use crate::app::rehearsal::{Rehearsal, RehearsalScreen};
use crate::app::{Action, Context, State, select};
use crate::ui::canvas::Canvas;
use crate::ui::line;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::empty::Empty;
use crate::ui::{hints, paint};

/// Assumptions that are shown; the form has them all.
const MOST_LINES: usize = 3;

/// Draws the comparison of today and then.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &RehearsalScreen) {
    let theme = canvas.theme;
    let key = |action| hints::key(state, Context::Rehearsal, action);
    let Some(rehearsal) = select::rehearsal::current(state) else {
        let next = format!(
            "{} says what changes: hosts that get other addresses, or new name servers.",
            key(Action::Assume)
        );
        Empty {
            headline: "Look before you switch: every check, as if the change were made already.",
            next: &next,
        }
        .render(area, canvas.buf, theme);
        return;
    };
    let width = usize::from(paint::inset(area, 2).width);
    let head = head(rehearsal, state, width, theme);
    let rows = u16::try_from(head.len()).unwrap_or(0);
    paint::lines(canvas.buf, paint::inset(area, 2), &head, 0);
    let list = select::rehearsal::rows(state, screen);
    let busy = rehearsal.run.is_busy();
    let headline = if busy {
        "Looking at the world after the switch."
    } else if rehearsal.problem.is_some() && rehearsal.findings.is_empty() {
        "There was no look."
    } else {
        "Nothing will be different."
    };
    let next = if busy {
        "What will differ from today appears here as it comes.".to_owned()
    } else if rehearsal.findings.is_empty() {
        format!("{} changes what is assumed.", key(Action::Assume))
    } else {
        format!("{} shows what stays the same.", key(Action::ShowAll))
    };
    let comparison = Comparison {
        title: "what the switch changes",
        list: &list,
        cursor: &screen.cursor,
        filter: &screen.filter,
        sides: ["today", "then"],
        empty: (headline, next),
        owned: false,
    };
    comparison.render(canvas, paint::trim(area, rows, 0), state);
}

fn head(rehearsal: &Rehearsal, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let assumed = select::rehearsal::assumptions(rehearsal);
    let more = assumed.len().saturating_sub(MOST_LINES);
    let title = vec![theme.span(Role::Warn, "AFTER THE SWITCH")];
    let kept = vec![theme.span(Role::Muted, "kept in no session")];
    let mut lines = vec![line::spread(title, kept, width, theme)];
    for (at, mut text) in assumed.into_iter().take(MOST_LINES).enumerate() {
        if at + 1 == MOST_LINES && more > 0 {
            text = format!("{text} and {more} more");
        }
        let spans = vec![theme.span(Role::Strong, format!("  {text}"))];
        lines.push(Line::from(line::cut_spans(spans, width, theme)));
    }
    let run = &rehearsal.run;
    let right = match (&rehearsal.problem, run.is_busy()) {
        (_, true) => vec![theme.span(
            Role::Accent,
            format!(
                "{} {} of {}",
                theme.spinner(state.spinner),
                run.finished,
                run.total
            ),
        )],
        (Some(why), false) => vec![theme.span(Role::Warn, why.clone())],
        (None, false) => Vec::new(),
    };
    let tally = tally(&select::rehearsal::comparison(state), theme);
    lines.push(line::spread(tally, right, width, theme));
    lines
}
