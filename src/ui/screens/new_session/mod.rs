//! A new session, one question a step; what is found is shown while it is found.
//!
//! ```text
//!  domain → [inventory] → mail and services → playbook → authority → start
//!
//!  ── found so far ────────────────────────────────────────────────
//!  ▸ [x] acme.example         203.0.113.10   apex     A · certificate
//!    [ ] staging.acme.example 203.0.113.77   staging  linked from robots.txt   not production?
//! ```

mod answers;
mod inventory;
mod playbook;
mod services;

use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::State;
use crate::app::new_session::{NewSession, Part, Step};
use crate::ui::canvas::Canvas;
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::phases::{self, Phase};

/// Draws the steps and the current one.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
    let head = paint::inset(paint::row(area, 0), 2);
    let steps: Vec<Phase<'_>> = Step::ALL
        .iter()
        .map(|step| Phase {
            title: step.title(),
            current: *step == new.step,
        })
        .collect();
    let line = phases::line(&steps, usize::from(head.width), canvas.theme);
    paint::line(canvas.buf, head, &line);
    let body = paint::trim(area, 2, 0);
    match new.step {
        Step::Domain => answers::domain(canvas, body, new),
        Step::Inventory => inventory::render(canvas, body, state, new),
        Step::Senders => services::render(canvas, body, new),
        Step::Playbook => playbook::render(canvas, body, state, new),
        Step::Authority => answers::authority(canvas, body, new),
        Step::Start => answers::start(canvas, body, state, new),
    }
}

/// The words beside a recognised part.
const fn part(part: Part) -> &'static str {
    match part {
        Part::Canonical => "canonical address",
        Part::DnsHost => "DNS host",
        Part::Platform => "site on",
        Part::Edge => "edge",
    }
}

pub fn kept(keep: bool, theme: &Theme) -> Span<'static> {
    if keep {
        theme.span(Role::Pass, "[x] ")
    } else {
        theme.span(Role::Muted, "[ ] ")
    }
}
