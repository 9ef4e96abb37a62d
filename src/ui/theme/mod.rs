//! Roles instead of colours. A widget says what a piece of text *is*; the theme says how that looks here. No colour is
//! white, black or yellow, so every theme reads on dark and on light terminals; selection is reverse video. Nothing
//! rests on colour alone: a verdict is always sign, word and colour.

mod palette;

use ratatui::style::Style;
use ratatui::text::Span;

use super::glyphs::{ASCII, Glyphs, UNICODE};
use super::text;
use crate::app::state::Terminal;
use crate::model::criterion::CriterionState;
use crate::model::drift::Change;
use crate::model::gate::GateVerdict;
use crate::model::verdict::{Severity, Verdict};
pub use palette::{Palette, Role};

/// How the cockpit looks on this terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    palette: Palette,
    /// The set of signs.
    pub glyphs: &'static Glyphs,
    /// Whether anything may turn or blink.
    pub motion: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Palette::Ansi)
    }
}

impl Theme {
    /// A theme of that palette with Unicode signs.
    pub const fn new(palette: Palette) -> Self {
        Self {
            palette,
            glyphs: &UNICODE,
            motion: true,
        }
    }

    /// The same with ASCII signs.
    #[must_use]
    pub const fn ascii(self) -> Self {
        Self {
            glyphs: &ASCII,
            ..self
        }
    }

    /// The same without anything that turns.
    #[must_use]
    pub const fn still(self) -> Self {
        Self {
            motion: false,
            ..self
        }
    }

    /// The theme that a terminal can show: `palette`, unless it has no colour.
    pub const fn of(terminal: Terminal, palette: Palette) -> Self {
        let theme = Self::new(if terminal.colour {
            palette
        } else {
            Palette::Mono
        });
        let theme = if terminal.motion {
            theme
        } else {
            theme.still()
        };
        if terminal.unicode {
            theme
        } else {
            theme.ascii()
        }
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.palette.style(role)
    }

    /// A piece of text in a role. Whatever comes from outside was escaped where it was found; here it is escaped once
    /// more, so that nothing can reach the terminal unescaped.
    pub fn span(&self, role: Role, raw: impl AsRef<str>) -> Span<'static> {
        Span::styled(text::safe(raw.as_ref()).into_owned(), self.style(role))
    }

    /// Sign and role of a verdict.
    pub const fn verdict(&self, verdict: Verdict) -> (&'static str, Role) {
        match verdict {
            Verdict::Pass => (self.glyphs.pass, Role::Pass),
            Verdict::Warn => (self.glyphs.warn, Role::Warn),
            Verdict::Fail => (self.glyphs.fail, Role::Fail),
            Verdict::Unknown => (self.glyphs.unknown, Role::Unknown),
            Verdict::Blocked => (self.glyphs.blocked, Role::Blocked),
            Verdict::NotApplicable => (self.glyphs.not_applicable, Role::Muted),
        }
    }

    /// Sign and role of a finding: a failure that is no blocker and no `fix` is not red.
    pub const fn finding(&self, verdict: Verdict, severity: Severity) -> (&'static str, Role) {
        match (verdict, severity) {
            (Verdict::Fail, Severity::Advice | Severity::Info) => (self.glyphs.fail, Role::Warn),
            _ => self.verdict(verdict),
        }
    }

    /// Sign and role of a scorecard row.
    pub const fn row(&self, state: CriterionState) -> (&'static str, Role) {
        match state {
            CriterionState::Proven | CriterionState::Attested => (self.glyphs.pass, Role::Pass),
            CriterionState::Waived => (self.glyphs.waived, Role::Warn),
            CriterionState::Failing => (self.glyphs.fail, Role::Fail),
            CriterionState::Undetermined => (self.glyphs.unknown, Role::Unknown),
            CriterionState::Open => (self.glyphs.blocked, Role::Blocked),
        }
    }

    /// Sign, word and role of the gate.
    pub const fn gate(&self, verdict: GateVerdict) -> (&'static str, &'static str, Role) {
        match verdict {
            GateVerdict::Go => (self.glyphs.pass, "GO", Role::Pass),
            GateVerdict::NoGo => (self.glyphs.fail, "NO-GO", Role::Fail),
            GateVerdict::Undetermined => (self.glyphs.unknown, "UNDECIDED", Role::Unknown),
        }
    }

    /// Sign, word and role of a drift.
    pub const fn change(&self, change: Change) -> (&'static str, &'static str, Role) {
        match change {
            Change::Worse => (self.glyphs.fail, "worse", Role::Fail),
            Change::Changed => (self.glyphs.changed, "changed", Role::Warn),
            Change::CouldNotCheck => (self.glyphs.unknown, "could not", Role::Unknown),
            Change::RuleChanged => (self.glyphs.changed, "new rule", Role::Muted),
            Change::Better => (self.glyphs.pass, "better", Role::Pass),
            Change::NotLookedAt => (self.glyphs.unknown, "not yet", Role::Muted),
            Change::Same => (self.glyphs.dot, "same", Role::Muted),
        }
    }

    /// The frame of the spinner, counted up while something runs; the still sign where nothing may turn.
    pub fn spinner(&self, frame: usize) -> &'static str {
        if !self.motion {
            return self.glyphs.waiting;
        }
        let at = frame.checked_rem(self.glyphs.spinner.len()).unwrap_or(0);
        self.glyphs
            .spinner
            .get(at)
            .copied()
            .unwrap_or(self.glyphs.waiting)
    }
}

/// The word of a verdict in a column of seven.
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotApplicable => "n/a",
        other => other.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_chooses() {
        let all = Terminal::default();
        assert_eq!(Theme::of(all, Palette::Ansi), Theme::default());
        assert_eq!(
            Theme::of(
                Terminal {
                    colour: false,
                    ..all
                },
                Palette::Balanced
            ),
            Theme::new(Palette::Mono)
        );
        assert_eq!(
            Theme::of(
                Terminal {
                    unicode: false,
                    ..all
                },
                Palette::Ansi
            ),
            Theme::default().ascii()
        );
        assert_eq!(
            Theme::of(
                Terminal {
                    motion: false,
                    ..all
                },
                Palette::Ansi
            ),
            Theme::default().still()
        );
    }

    #[test]
    fn text_is_escaped_on_its_way_to_the_screen() {
        let span = Theme::default().span(Role::Text, "a\x1b]52;c;eA==\x07");
        assert_eq!(span.content, "a\\x1b]52;c;eA==\\x07");
    }

    #[test]
    fn a_spinner_turns_unless_motion_is_off() {
        let theme = Theme::default();
        assert_ne!(theme.spinner(0), theme.spinner(1));
        assert_eq!(theme.spinner(0), theme.spinner(10));
        assert_eq!(theme.clone().still().spinner(0), theme.still().spinner(1));
    }
}
