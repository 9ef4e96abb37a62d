//! The top of every session screen. One glance: where am I, how much time is left, what blocks, what runs.
//!
//! ```text
//!  acme.example  b2b-support                     ✖ NO-GO  3 blockers · 1 unknown   ⠹ 47 of 61
//!  Fix  ━━━━┿━━━━━●─┼─────┼─────  21:40 of 48:00 · 26:20 left         Fix ends in 02:20
//! ```

use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::timeline::Timeline;
use crate::model::clock::{SPRINT, ago, hours_minutes};
use crate::model::gate::GateVerdict;
use crate::ui::line::{self, Piece};
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};

/// Everything that the two lines say.
#[derive(Debug, Clone, Default)]
pub struct Status<'a> {
    pub subject: &'a str,
    /// Which screen of it.
    pub place: &'a str,
    pub playbook: &'a str,
    pub gate: Option<GateVerdict>,
    /// Counts with their roles, the gravest first: `3 blockers`.
    pub counts: Vec<(Role, String)>,
    /// Checks done and planned, while a run goes on.
    pub run: Option<(usize, usize)>,
    pub clock: ClockLine<'a>,
    /// Frame of the spinner.
    pub spinner: usize,
}

/// What the second line says of the clock.
#[derive(Debug, Clone, Default)]
pub struct ClockLine<'a> {
    /// The phase, when the clock was started.
    pub phase: Option<&'a str>,
    pub elapsed: SignedDuration,
    /// Hours at which phases meet.
    pub edges: Vec<u32>,
    /// What is waited for, and since when, while the clock stands.
    pub paused: Option<(&'a str, SignedDuration)>,
    /// The end of the phase: what it is called, and how far away.
    pub next: Option<(&'a str, SignedDuration)>,
    /// What to say instead, after the handover.
    pub over: Option<String>,
}

impl Status<'_> {
    /// Draws two lines, or one when there is only one row.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let inner = paint::inset(area, 1);
        let width = usize::from(inner.width);
        if area.height == 1 {
            paint::line(buf, paint::row(inner, 0), &self.single(width, theme));
            return;
        }
        paint::line(buf, paint::row(inner, 0), &self.first(width, theme));
        paint::line(buf, paint::row(inner, 1), &self.clock.line(width, theme));
    }

    fn first(&self, width: usize, theme: &Theme) -> Line<'static> {
        let left = vec![
            Piece::new(0, self.whereabouts(theme)),
            Piece::new(9, vec![theme.span(Role::Muted, self.playbook)]),
        ];
        let mut right = self.verdict(theme);
        right.extend(self.running(theme));
        line::fit(left, right, 2, width, theme)
    }

    /// The two lines in one, for low screens.
    fn single(&self, width: usize, theme: &Theme) -> Line<'static> {
        let mut left = vec![Piece::new(0, self.whereabouts(theme))];
        if let Some(phase) = self.clock.phase {
            left.push(Piece::new(6, vec![theme.span(Role::Text, phase)]));
            left.push(Piece::new(2, self.clock.rest(theme)));
        }
        let mut right = self.verdict(theme);
        right.extend(self.running(theme));
        line::fit(left, right, 2, width, theme)
    }

    /// `acme.example › gate`.
    fn whereabouts(&self, theme: &Theme) -> Vec<Span<'static>> {
        let mut spans = vec![theme.span(Role::Title, self.subject)];
        if !self.place.is_empty() {
            spans.push(theme.span(Role::Muted, format!(" {} ", theme.glyphs.within)));
            spans.push(theme.span(Role::Strong, self.place));
        }
        spans
    }

    fn verdict(&self, theme: &Theme) -> Vec<Piece> {
        let Some(gate) = self.gate else {
            return Vec::new();
        };
        let (sign, word, role) = theme.gate(gate);
        let mut pieces = vec![Piece::new(
            1,
            vec![theme.span(role, format!("{sign} {word}"))],
        )];
        let counts = self.counts.iter().zip(2..);
        pieces.extend(
            counts.map(|((role, text), rank)| Piece::new(rank, vec![theme.span(*role, text)])),
        );
        pieces
    }

    fn running(&self, theme: &Theme) -> Option<Piece> {
        let (done, all) = self.run?;
        let spinner = theme.span(Role::Accent, theme.spinner(self.spinner));
        Some(Piece::new(
            3,
            vec![spinner, theme.span(Role::Text, format!(" {done} of {all}"))],
        ))
    }
}

impl ClockLine<'_> {
    fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        if let Some(over) = &self.over {
            return Line::from(line::cut_spans(
                vec![theme.span(Role::Text, over)],
                width,
                theme,
            ));
        }
        let Some(phase) = self.phase else {
            return Line::from(line::cut_spans(
                vec![theme.span(Role::Muted, "the clock is not started")],
                width,
                theme,
            ));
        };
        if let Some((cause, since)) = self.paused {
            return self.standing(phase, cause, since, width, theme);
        }
        let bar = Timeline {
            total: 48,
            elapsed: self.elapsed.as_mins(),
            edges: &self.edges,
        };
        let (phase, time, end) = (
            vec![theme.span(Role::Strong, phase)],
            self.time(theme),
            self.end(theme),
        );
        let others: usize = [&phase, &time, &end]
            .into_iter()
            .map(|spans| line::spans_width(spans) + 2)
            .sum();
        let cells = [48, 24, 16, 12]
            .into_iter()
            .find(|cells| others + cells <= width.min(126))
            .unwrap_or(8);
        let left = vec![
            Piece::new(0, phase),
            Piece::new(3, bar.spans(cells, theme)),
            Piece::new(1, time),
        ];
        line::fit(left, vec![Piece::new(2, end)], 2, width, theme)
    }

    /// A clock that stands says what for; that never gives way to anything.
    fn standing(
        &self,
        phase: &str,
        cause: &str,
        since: SignedDuration,
        width: usize,
        theme: &Theme,
    ) -> Line<'static> {
        let left = vec![
            theme.span(Role::Strong, format!("{phase}  ")),
            theme.span(
                Role::Blocked,
                format!("{} clock stands, waits for ", theme.glyphs.blocked),
            ),
            theme.span(Role::Text, cause),
            theme.span(Role::Muted, format!(", since {}", ago(since))),
        ];
        line::spread(left, self.rest(theme), width, theme)
    }

    fn time(&self, theme: &Theme) -> Vec<Span<'static>> {
        let mut spans = vec![
            theme.span(
                Role::Text,
                format!("{} of 48:00", hours_minutes(self.elapsed)),
            ),
            theme.span(Role::Muted, format!(" {} ", theme.glyphs.dot)),
        ];
        spans.extend(self.rest(theme));
        spans
    }

    /// `26:20 left`, or by how much it is over.
    fn rest(&self, theme: &Theme) -> Vec<Span<'static>> {
        let left = SPRINT - self.elapsed;
        let (role, rest) = if left.is_negative() {
            (Role::Fail, format!("{} over", hours_minutes(-left)))
        } else if left < SignedDuration::from_hours(4) {
            (Role::Warn, format!("{} left", hours_minutes(left)))
        } else {
            (Role::Text, format!("{} left", hours_minutes(left)))
        };
        vec![theme.span(role, rest)]
    }

    /// When the phase ends; past the end of all, the time says it.
    fn end(&self, theme: &Theme) -> Vec<Span<'static>> {
        match self.next {
            Some((phase, due)) if !due.is_negative() => {
                vec![theme.span(
                    Role::Muted,
                    format!("{phase} ends in {}", hours_minutes(due)),
                )]
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn sample() -> Status<'static> {
        Status {
            subject: "acme.example",
            place: "",
            playbook: "b2b-support",
            gate: Some(GateVerdict::NoGo),
            counts: vec![
                (Role::Fail, "3 blockers".into()),
                (Role::Unknown, "1 unknown".into()),
            ],
            run: Some((47, 61)),
            clock: ClockLine {
                phase: Some("Fix"),
                elapsed: SignedDuration::from_mins(21 * 60 + 40),
                edges: vec![8, 24, 36],
                paused: None,
                next: Some(("Fix", SignedDuration::from_mins(140))),
                over: None,
            },
            spinner: 0,
        }
    }

    fn draw(status: &Status<'_>, width: u16, height: u16) -> String {
        let theme = testing::theme();
        testing::picture(&testing::buffer(width, height, |area, buf| {
            status.render(area, buf, &theme);
        }))
    }

    #[test]
    fn wide() {
        insta::assert_snapshot!(draw(&sample(), 120, 2));
    }

    #[test]
    fn middle() {
        insta::assert_snapshot!(draw(&sample(), 80, 2));
    }

    #[test]
    fn one_row() {
        insta::assert_snapshot!(draw(&sample(), 60, 1));
    }

    #[test]
    fn a_standing_clock_says_what_it_waits_for() {
        let mut status = sample();
        status.clock.paused = Some(("registrar access · client", SignedDuration::from_hours(5)));
        insta::assert_snapshot!(draw(&status, 100, 2));
    }

    #[test]
    fn late() {
        let mut status = sample();
        status.clock.elapsed = SignedDuration::from_hours(49);
        status.clock.next = Some(("Launch", SignedDuration::from_hours(-1)));
        insta::assert_snapshot!(draw(&status, 80, 2));
    }
}
