//! What runs: a check that takes long, with what it waits for and since when. It moves only when something happened.

use jiff::SignedDuration;
use ratatui::text::{Line, Span};

use crate::model::clock::ago;
use crate::ui::line;
use crate::ui::theme::{Role, Theme};

/// Something that is waited for.
#[derive(Debug, Clone)]
pub struct Waiting<'a> {
    /// `tls.versions · portal.acme.example`.
    pub what: &'a str,
    /// `203.0.113.20 port 443`; empty when it only runs.
    pub waits_for: &'a str,
    pub since: SignedDuration,
    /// Frame of the spinner.
    pub spinner: usize,
}

impl Waiting<'_> {
    /// The line in `width` cells.
    pub fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let mut left = vec![
            theme.span(Role::Accent, format!("{} ", theme.spinner(self.spinner))),
            theme.span(Role::Text, self.what),
        ];
        if !self.waits_for.is_empty() {
            left.push(theme.span(Role::Muted, format!("  waits for {}", self.waits_for)));
        }
        line::spread(
            left,
            vec![theme.span(Role::Muted, ago(self.since))],
            width,
            theme,
        )
    }
}

/// A bar of `cells` cells.
pub fn bar(done: usize, all: usize, cells: usize, theme: &Theme) -> Vec<Span<'static>> {
    let filled = (done.min(all) * cells).checked_div(all).unwrap_or(0);
    vec![
        theme.span(Role::Accent, theme.glyphs.timeline.past.repeat(filled)),
        theme.span(
            Role::Border,
            theme.glyphs.timeline.ahead.repeat(cells - filled),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn a_wait_says_for_what_and_since_when() {
        let theme = testing::theme();
        let waiting = Waiting {
            what: "tls.versions  portal",
            waits_for: "203.0.113.20 port 443",
            since: SignedDuration::from_secs(3),
            spinner: 0,
        };
        insta::assert_snapshot!(testing::picture(&testing::buffer(60, 3, |area, buf| {
            paint::line(buf, paint::row(area, 0), &waiting.line(60, &theme));
            paint::line(buf, paint::row(area, 1), &waiting.line(30, &theme));
            paint::line(
                buf,
                paint::row(area, 2),
                &Line::from(bar(12, 34, 20, &theme)),
            );
        })));
    }

    #[test]
    fn nothing_planned_is_no_division() {
        assert_eq!(bar(0, 0, 3, &Theme::default())[1].content, "───");
    }
}
