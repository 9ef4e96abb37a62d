//! Roles instead of colours. A widget says what a piece of text *is*; the theme says how that looks here. No colour is
//! white, black or yellow, so every theme reads on dark and on light terminals; selection is reverse video. Nothing
//! rests on colour alone: a verdict is always sign, word and colour.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;

use super::glyphs::{ASCII, Glyphs, UNICODE};
use super::text;
use crate::app::state::Terminal;
use crate::model::criterion::CriterionState;
use crate::model::drift::Change;
use crate::model::gate::GateVerdict;
use crate::model::verdict::{Severity, Verdict};

/// What a piece of the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    /// Said, but not what the eye should find first.
    Muted,
    /// What the eye should find first.
    Strong,
    Accent,
    Title,
    /// A key that works now.
    Key,
    Pass,
    Warn,
    Fail,
    Unknown,
    Blocked,
    Border,
    BorderFocus,
    /// Text that was there and goes.
    Removed,
    /// Text that is to be there.
    Added,
    /// The row that the keys act on.
    Selection,
    /// The selected row of a pane that has not the focus.
    SelectionAway,
}

impl Role {
    /// Every role, in the order of the letters that snapshots print.
    pub const ALL: [Self; 17] = [
        Self::Text,
        Self::Muted,
        Self::Strong,
        Self::Accent,
        Self::Title,
        Self::Key,
        Self::Pass,
        Self::Warn,
        Self::Fail,
        Self::Unknown,
        Self::Blocked,
        Self::Border,
        Self::BorderFocus,
        Self::Removed,
        Self::Added,
        Self::Selection,
        Self::SelectionAway,
    ];
}

/// Where the values of the roles come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// The terminal's own sixteen colours.
    Ansi,
    /// Middle tones of the 256, each at least 3.5 : 1 on white and on black.
    Balanced,
    /// Bold, underline, dim and reverse only.
    Mono,
    /// Each role its own number: for the second grid of the snapshots.
    #[cfg(test)]
    Numbered,
}

impl Palette {
    /// The palette of that name: `ansi`, `balanced` or `mono`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ansi" => Some(Self::Ansi),
            "balanced" => Some(Self::Balanced),
            "mono" => Some(Self::Mono),
            _ => None,
        }
    }
}

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
        match self.palette {
            Palette::Ansi => marked(role, ansi(role)),
            Palette::Balanced => marked(role, balanced(role)),
            Palette::Mono => mono(role),
            #[cfg(test)]
            Palette::Numbered => numbered(role),
        }
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
            Change::Better => (self.glyphs.pass, "better", Role::Pass),
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

/// What every coloured palette shares: weight and reverse.
fn marked(role: Role, colour: Option<Color>) -> Style {
    let style = colour.map_or(Style::new(), |c| Style::new().fg(c));
    style.add_modifier(match role {
        Role::Muted | Role::Border => Modifier::DIM,
        Role::Strong | Role::Title | Role::Key | Role::Fail | Role::SelectionAway => Modifier::BOLD,
        Role::Removed => Modifier::CROSSED_OUT,
        Role::Selection => Modifier::REVERSED,
        _ => Modifier::empty(),
    })
}

const fn ansi(role: Role) -> Option<Color> {
    match role {
        Role::Accent | Role::BorderFocus | Role::Key | Role::Unknown | Role::Blocked => {
            Some(Color::Cyan)
        }
        Role::Pass | Role::Added => Some(Color::Green),
        Role::Warn => Some(Color::Magenta),
        Role::Fail | Role::Removed => Some(Color::Red),
        _ => None,
    }
}

const fn balanced(role: Role) -> Option<Color> {
    match role {
        Role::Accent | Role::BorderFocus | Role::Key => Some(Color::Indexed(31)),
        Role::Pass | Role::Added => Some(Color::Indexed(28)),
        Role::Warn => Some(Color::Indexed(166)),
        Role::Fail | Role::Removed => Some(Color::Indexed(160)),
        Role::Unknown => Some(Color::Indexed(97)),
        Role::Blocked => Some(Color::Indexed(67)),
        _ => None,
    }
}

const fn mono(role: Role) -> Style {
    Style::new().add_modifier(match role {
        Role::Muted | Role::Border => Modifier::DIM,
        Role::Strong
        | Role::Title
        | Role::Key
        | Role::Fail
        | Role::BorderFocus
        | Role::SelectionAway => Modifier::BOLD,
        Role::Accent | Role::Added => Modifier::UNDERLINED,
        Role::Removed => Modifier::CROSSED_OUT,
        Role::Selection => Modifier::REVERSED,
        _ => Modifier::empty(),
    })
}

#[cfg(test)]
fn numbered(role: Role) -> Style {
    let at = Role::ALL.iter().position(|r| *r == role).unwrap();
    Style::new().fg(Color::Indexed(u8::try_from(at).unwrap()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of an xterm colour of the 6×6×6 cube (WCAG 2.2).
    fn luminance(index: u8) -> f64 {
        let level = |n: u8| {
            if n == 0 {
                0.0
            } else {
                f64::from(55 + 40 * u32::from(n)) / 255.0
            }
        };
        let linear = |c: f64| {
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let cube = index - 16;
        0.2126 * linear(level(cube / 36))
            + 0.7152 * linear(level(cube / 6 % 6))
            + 0.0722 * linear(level(cube % 6))
    }

    #[test]
    fn balanced_colours_read_on_white_and_on_black() {
        for role in Role::ALL {
            let Some(Color::Indexed(index)) = balanced(role) else {
                continue;
            };
            let l = luminance(index);
            assert!(1.05 / (l + 0.05) >= 3.5, "{role:?} on white");
            assert!((l + 0.05) / 0.05 >= 3.5, "{role:?} on black");
        }
    }

    #[test]
    fn no_theme_uses_white_black_or_yellow() {
        let banned = [
            Color::White,
            Color::Black,
            Color::Yellow,
            Color::LightYellow,
            Color::Gray,
            Color::Blue,
        ];
        for role in Role::ALL {
            for theme in [Theme::new(Palette::Ansi), Theme::new(Palette::Mono)] {
                let style = theme.style(role);
                assert!(style.bg.is_none(), "{role:?}");
                assert!(!style.fg.is_some_and(|c| banned.contains(&c)), "{role:?}");
            }
        }
    }

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
