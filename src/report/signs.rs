//! Verdict signs for plain text: glyph, word and colour, each of which is enough on its own.

use crate::model::verdict::Verdict;

/// How text may look where it goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Glyphs beyond ASCII.
    pub unicode: bool,
    /// ANSI colours.
    pub colour: bool,
}

impl Look {
    /// What stands between facts in a line.
    pub const fn dot(self) -> &'static str {
        if self.unicode { "·" } else { "-" }
    }
}

/// The sign of a verdict.
pub const fn sign(verdict: Verdict, look: Look) -> &'static str {
    match (verdict, look.unicode) {
        (Verdict::Pass, true) => "✔",
        (Verdict::Warn, true) => "▲",
        (Verdict::Fail, true) => "✖",
        (Verdict::Blocked, true) => "◌",
        (Verdict::NotApplicable, true) => "–",
        (Verdict::Unknown, _) => "?",
        (Verdict::Pass, false) => "+",
        (Verdict::Warn, false) => "!",
        (Verdict::Fail, false) => "X",
        (Verdict::Blocked, false) => "o",
        (Verdict::NotApplicable, false) => "-",
    }
}

/// `words` in the verdict's colour, where colours are welcome.
pub fn paint(words: &str, verdict: Verdict, look: Look) -> String {
    let code = match verdict {
        Verdict::Pass => "32",
        Verdict::Warn => "35",
        Verdict::Fail => "31",
        Verdict::Unknown => "36",
        Verdict::Blocked => "34",
        Verdict::NotApplicable => "2",
    };
    if look.colour {
        format!("\x1b[{code}m{words}\x1b[0m")
    } else {
        words.to_owned()
    }
}
