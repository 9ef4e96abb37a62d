//! Terminal modes, each with the bytes that switch it on and those that switch it off again. What is on is remembered in
//! order, so that leaving undoes exactly that, backwards, and leaving twice does nothing the second time.

use std::io::{self, Write};

use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, queue};

/// Something that the cockpit switches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Keys come as they are pressed.
    Raw,
    /// The window's title is kept on the terminal's own stack (XTWINOPS 22 and 23).
    Title,
    Alternate,
    /// What is pasted comes as one piece.
    Paste,
    Mouse,
    Focus,
    HiddenCursor,
}

impl Mode {
    /// What the cockpit wants, in the order of switching on.
    pub const ALL: [Self; 7] = [
        Self::Raw,
        Self::Title,
        Self::Alternate,
        Self::Paste,
        Self::Focus,
        Self::Mouse,
        Self::HiddenCursor,
    ];

    fn on(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Raw => enable_raw_mode(),
            Self::Title => out.write_all(b"\x1b[22;2t"),
            Self::Alternate => queue!(out, EnterAlternateScreen),
            Self::Paste => queue!(out, EnableBracketedPaste),
            Self::Mouse => queue!(out, EnableMouseCapture),
            Self::Focus => queue!(out, EnableFocusChange),
            Self::HiddenCursor => queue!(out, cursor::Hide),
        }
    }

    fn off(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Raw => disable_raw_mode(),
            Self::Title => out.write_all(b"\x1b[23;2t"),
            Self::Alternate => queue!(out, LeaveAlternateScreen),
            Self::Paste => queue!(out, DisableBracketedPaste),
            Self::Mouse => queue!(out, DisableMouseCapture),
            Self::Focus => queue!(out, DisableFocusChange),
            Self::HiddenCursor => queue!(out, cursor::Show),
        }
    }
}

/// The modes that are on, in the order in which they were switched on.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Modes {
    on: Vec<Mode>,
}

impl Modes {
    /// Nothing on.
    pub const fn none() -> Self {
        Self { on: Vec::new() }
    }

    /// Switches one on, unless it is. Remembered before it is tried: a mode that failed halfway is undone too.
    pub fn switch_on(&mut self, mode: Mode, out: &mut impl Write) -> io::Result<()> {
        if self.on.contains(&mode) {
            return Ok(());
        }
        self.on.push(mode);
        mode.on(out)
    }

    /// Switches one off, if it is on.
    pub fn switch_off(&mut self, mode: Mode, out: &mut impl Write) -> io::Result<()> {
        if let Some(at) = self.on.iter().position(|m| *m == mode) {
            self.on.remove(at);
            mode.off(out)?;
        }
        out.flush()
    }

    /// Switches everything off, the last first, going on after an error. What was on comes back, to be switched on again
    /// after a pause.
    pub fn leave(&mut self, out: &mut impl Write) -> (Vec<Mode>, io::Result<()>) {
        let was = std::mem::take(&mut self.on);
        let mut result = Ok(());
        for mode in was.iter().rev() {
            // Raw mode ends by a system call: what was queued must have arrived by then.
            result = result.and(out.flush()).and(mode.off(out));
        }
        (was, result.and(out.flush()))
    }

    /// Whether nothing is on.
    pub fn is_empty(&self) -> bool {
        self.on.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything but raw mode, which needs a terminal.
    fn entered(out: &mut Vec<u8>) -> Modes {
        let mut modes = Modes::none();
        for mode in Mode::ALL.into_iter().filter(|m| *m != Mode::Raw) {
            modes.switch_on(mode, out).unwrap();
        }
        modes
    }

    /// Private modes (`CSI ? n h` and `l`) that are on after `bytes`.
    fn left_on(bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let mut on: Vec<String> = Vec::new();
        for part in text.split("\x1b[?").skip(1) {
            let end = part.find(['h', 'l']).unwrap();
            let (number, rest) = part.split_at(end);
            if rest.starts_with('h') {
                on.push(number.to_owned());
            } else {
                on.retain(|n| n != number);
            }
        }
        on
    }

    #[test]
    fn leaving_undoes_exactly_what_was_switched_on() {
        let mut out = Vec::new();
        let mut modes = entered(&mut out);
        assert!(left_on(&out).iter().any(|n| n == "1049"));
        modes.leave(&mut out).1.unwrap();
        // 25 is the cursor: hidden by `l`, shown by `h`.
        assert_eq!(left_on(&out), ["25"]);
        assert!(
            out.windows(8)
                .any(|w| w == b"\x1b[23;2t\x1b" || w.starts_with(b"\x1b[23;2t"))
                || out.ends_with(b"\x1b[23;2t")
        );
    }

    #[test]
    fn leaving_twice_does_nothing_more() {
        let mut out = Vec::new();
        let mut modes = entered(&mut out);
        let (was, _) = modes.leave(&mut out);
        assert_eq!(was.len(), Mode::ALL.len() - 1);
        let length = out.len();
        assert_eq!(modes.leave(&mut out).0, []);
        assert_eq!(out.len(), length);
        assert!(modes.is_empty());
    }

    #[test]
    fn a_mode_that_was_switched_off_is_not_undone_again() {
        let mut out = Vec::new();
        let mut modes = entered(&mut out);
        modes.switch_off(Mode::Mouse, &mut out).unwrap();
        let length = out.len();
        modes.leave(&mut out).1.unwrap();
        let tail = String::from_utf8(out.split_off(length)).unwrap();
        assert!(!tail.contains("?1000l") && tail.contains("?1049l"));
    }
}
