//! What a role looks like in each palette.

use ratatui::style::{Color, Modifier, Style};

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

    /// How a role looks.
    pub fn style(self, role: Role) -> Style {
        match self {
            Self::Ansi => marked(role, ansi(role)),
            Self::Balanced => marked(role, balanced(role)),
            Self::Mono => mono(role),
            #[cfg(test)]
            Self::Numbered => numbered(role),
        }
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
            for palette in [Palette::Ansi, Palette::Mono] {
                let style = palette.style(role);
                assert!(style.bg.is_none(), "{role:?}");
                assert!(!style.fg.is_some_and(|c| banned.contains(&c)), "{role:?}");
            }
        }
    }
}
