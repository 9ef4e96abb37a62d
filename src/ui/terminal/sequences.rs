//! What the cockpit says to the terminal beside the picture: clipboard, title, bell, notification. Every text is made
//! harmless first, so that nothing from outside can end a sequence early or start another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::text::{escape, escape_lines};

/// Longest text, in base64, that common terminals take (xterm and tmux cut or refuse beyond about this).
pub const CLIPBOARD_LIMIT: usize = 74_994;

/// Why something was not copied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyProblem {
    #[error("too long for the terminal's clipboard ({0} characters): save it to a file instead")]
    TooLong(usize),
    #[error("this terminal has no clipboard for programs: save it to a file instead")]
    Unsupported,
}

/// The OSC 52 sequence that puts `text` on the clipboard, also over ssh. Inside tmux it is said twice: to tmux itself,
/// and through it to the terminal outside. `variable` looks an environment variable up.
pub fn copy(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, CopyProblem> {
    if variable("TERM_PROGRAM").as_deref() == Some("Apple_Terminal") && variable("TMUX").is_none() {
        return Err(CopyProblem::Unsupported);
    }
    let encoded = STANDARD.encode(escape_lines(text));
    if encoded.len() > CLIPBOARD_LIMIT {
        return Err(CopyProblem::TooLong(text.chars().count()));
    }
    let plain = format!("\x1b]52;c;{encoded}\x07");
    if variable("TMUX").is_some() {
        return Ok(format!(
            "{plain}\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\"
        ));
    }
    Ok(plain)
}

/// The window's title (OSC 2).
pub fn title(text: &str) -> String {
    let text: String = escape(text).chars().take(80).collect();
    format!("\x1b]2;{text}\x07")
}

/// A notification by the desktop (OSC 9) and the bell, for terminals that know only that.
pub fn notification(text: &str) -> String {
    let text: String = escape(text).chars().take(200).collect();
    format!("\x1b]9;{text}\x07\x07")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: fn(&str) -> Option<String> = |_| None;

    #[test]
    fn a_copy_carries_no_escape() {
        assert_eq!(copy("p=none", NOWHERE).unwrap(), "\x1b]52;c;cD1ub25l\x07");
        let hostile = copy("a\x1b[2Jb\nc", NOWHERE).unwrap();
        let inner = hostile
            .strip_prefix("\x1b]52;c;")
            .unwrap()
            .strip_suffix('\x07')
            .unwrap();
        assert_eq!(STANDARD.decode(inner).unwrap(), b"a\\x1b[2Jb\nc");
    }

    #[test]
    fn what_is_too_long_is_refused_not_cut() {
        assert!(copy(&"a".repeat(56_000), NOWHERE).is_ok());
        assert_eq!(
            copy(&"a".repeat(57_000), NOWHERE),
            Err(CopyProblem::TooLong(57_000))
        );
    }

    #[test]
    fn multiplexers_and_terminals_without_a_clipboard_are_known() {
        let tmux = |name: &str| (name == "TMUX").then(|| "x".to_owned());
        assert!(copy("a", tmux).unwrap().ends_with("\x1b\\"));
        let apple = |name: &str| (name == "TERM_PROGRAM").then(|| "Apple_Terminal".to_owned());
        assert_eq!(copy("a", apple), Err(CopyProblem::Unsupported));
    }

    #[test]
    fn titles_and_notifications_end_where_they_should() {
        assert_eq!(title("a\x07b"), "\x1b]2;a\\x07b\x07");
        assert_eq!(notification("done\x1b\\"), "\x1b]9;done\\x1b\\\x07\x07");
    }
}
