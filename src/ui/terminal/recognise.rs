//! What this terminal can do, as the environment says: known before the first frame, without asking the terminal.

use crate::app::state::Terminal;

/// Reads the environment through `variable`. `NO_COLOR` (no-color.org: set and not empty) takes the colour; a locale
/// without UTF-8 and the Linux console take the signs beyond ASCII; an ssh session means that the clipboard is far away.
/// The mouse is on: whether it is wanted is a setting, not a fact.
pub fn recognise(variable: impl Fn(&str) -> Option<String>) -> Terminal {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let locale = set("LC_ALL")
        .or_else(|| set("LC_CTYPE"))
        .or_else(|| set("LANG"));
    let narrow = locale.is_some_and(|l| !l.to_ascii_lowercase().replace('-', "").contains("utf8"));
    let console = set("TERM").as_deref() == Some("linux");
    Terminal {
        unicode: !narrow && !console,
        colour: set("NO_COLOR").is_none(),
        motion: set("ACCESSIBLE").is_none(),
        mouse: true,
        remote: set("SSH_TTY").or_else(|| set("SSH_CONNECTION")).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Terminal {
        recognise(|name| {
            pairs
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_environment_says() {
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Terminal::default());
        assert!(!of(&[("NO_COLOR", "1")]).colour);
        assert!(of(&[("NO_COLOR", "")]).colour);
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]).unicode);
        assert!(!of(&[("TERM", "linux")]).unicode);
        assert!(of(&[("SSH_TTY", "/dev/pts/1")]).remote);
        assert!(!of(&[("ACCESSIBLE", "1")]).motion);
    }
}
