//! The surface that the loop draws on: the terminal, or what a test puts in its place.

use std::io;

use crate::app::State;
use crate::app::message::Hit;
use crate::app::state::{Size, Terminal};
use crate::ui::terminal::{TerminalProblem, Tty, Wishes};
use crate::ui::{self, Gesture, Palette, Theme};

/// Where the cockpit is seen.
pub(super) trait Surface {
    /// Draws one frame.
    fn draw(&mut self, state: &State) -> io::Result<()>;
    /// What a gesture of the mouse means.
    fn hit(&self, state: &State, cell: (u16, u16), gesture: Gesture) -> Option<Hit>;
    /// Puts text on the clipboard; says how, or why not.
    fn copy(&mut self, text: &str) -> Result<String, String>;
    fn notify(&mut self, text: &str) -> io::Result<()>;
    fn capture_mouse(&mut self, wanted: bool) -> io::Result<()>;
    fn redraw(&mut self) -> io::Result<()>;
    fn suspend(&mut self) -> io::Result<()>;
}

/// The terminal.
pub(super) struct Cockpit {
    tty: Tty,
    theme: Theme,
}

impl Cockpit {
    /// Takes the terminal.
    pub(super) fn open(terminal: Terminal, palette: Palette) -> Result<Self, TerminalProblem> {
        Ok(Self {
            tty: Tty::open(Wishes {
                mouse: terminal.mouse,
            })?,
            theme: Theme::of(terminal, palette),
        })
    }
}

/// Columns and rows of the terminal; a small usual size where it does not say.
pub(super) fn size() -> Size {
    let (width, height) = ratatui::crossterm::terminal::size().unwrap_or((80, 24));
    Size { width, height }
}

impl Surface for Cockpit {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        let theme = &self.theme;
        self.tty.draw(|frame| ui::view(state, frame, theme))
    }

    fn hit(&self, state: &State, cell: (u16, u16), gesture: Gesture) -> Option<Hit> {
        let area = ratatui::layout::Rect::new(0, 0, state.size.width, state.size.height);
        ui::hit(state, &self.theme, area, cell, gesture)
    }

    fn copy(&mut self, text: &str) -> Result<String, String> {
        match self.tty.copy(text) {
            Ok(Ok(())) => Ok("through the terminal".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(problem) => Err(problem.to_string()),
        }
    }

    fn notify(&mut self, text: &str) -> io::Result<()> {
        self.tty.notify(text)
    }

    fn capture_mouse(&mut self, wanted: bool) -> io::Result<()> {
        self.tty.capture_mouse(wanted)
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.tty.redraw()
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.tty.suspend()
    }
}
