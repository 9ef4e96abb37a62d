//! The terminal, taken and given back. What is switched on here is undone exactly, once, on every way out: return,
//! error, panic, signal, and for the time of a pause by Ctrl-Z. It draws nothing itself.

mod modes;
mod recognise;
mod sequences;
#[cfg(unix)]
mod stop;

use std::io::{self, IsTerminal, Stdout, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use ratatui::backend::{Backend as _, CrosstermBackend};
use ratatui::crossterm::queue;
use ratatui::crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::{Frame, Terminal};

use modes::{Mode, Modes};
pub use recognise::recognise;
pub use sequences::{CopyProblem, notification};

/// What is on in this process. Global because a panic hook and a signal must find it without being handed anything.
static ON: Mutex<Modes> = Mutex::new(Modes::none());
/// Whether a synchronised update was begun and not ended.
static IN_FRAME: AtomicBool = AtomicBool::new(false);
/// The thread that draws: a panic on another one is a check's, and the picture stays.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// Why there is no cockpit.
#[derive(Debug, thiserror::Error)]
pub enum TerminalProblem {
    #[error(
        "the cockpit needs a terminal, and {0} is none: run `launch-ready check DOMAIN` for the same result as text, \
         or --plain for questions and answers line by line"
    )]
    NotATerminal(&'static str),
    #[error(
        "this terminal (TERM=dumb) cannot place text: run with --plain, or `launch-ready check DOMAIN`"
    )]
    Dumb,
    #[error("preparing the terminal: {0}")]
    Io(#[from] io::Error),
}

/// What the operator wants of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// Clicks and the wheel come to the program; marking text then needs Shift.
    pub mouse: bool,
}

/// The terminal while the cockpit has it.
pub struct Tty {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Tty {
    /// Takes the terminal. On an error everything is as it was.
    pub fn open(wishes: Wishes) -> Result<Self, TerminalProblem> {
        if !io::stdin().is_terminal() {
            return Err(TerminalProblem::NotATerminal("standard input"));
        }
        if !io::stdout().is_terminal() {
            return Err(TerminalProblem::NotATerminal("standard output"));
        }
        if std::env::var("TERM").is_ok_and(|term| term == "dumb") {
            return Err(TerminalProblem::Dumb);
        }
        *lock(&OWNER) = Some(thread::current().id());
        let wanted = Mode::ALL
            .into_iter()
            .filter(|mode| wishes.mouse || *mode != Mode::Mouse);
        let taken = enter(wanted).and_then(|()| Terminal::new(CrosstermBackend::new(io::stdout())));
        match taken {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                restore();
                Err(error.into())
            }
        }
    }

    /// Draws one frame as one synchronised update.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        IN_FRAME.store(true, Ordering::SeqCst);
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(view).map(|_| ());
        let ended = queue!(self.terminal.backend_mut(), EndSynchronizedUpdate);
        IN_FRAME.store(false, Ordering::SeqCst);
        drawn
            .and(ended)
            .and_then(|()| Write::flush(self.terminal.backend_mut()))
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole.
    ///
    /// Not by `Terminal::clear`: that asks the terminal where its cursor is, and the answer would race with what is typed.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.terminal.swap_buffers();
        self.terminal.backend_mut().clear()
    }

    /// Takes or leaves the mouse while running.
    pub fn capture_mouse(&mut self, wanted: bool) -> io::Result<()> {
        let mut out = io::stdout();
        let mut on = lock(&ON);
        if wanted {
            on.switch_on(Mode::Mouse, &mut out)?;
            out.flush()
        } else {
            on.switch_off(Mode::Mouse, &mut out)
        }
    }

    /// Gives the terminal back while `work` runs (an editor, a shell), then takes it again.
    pub fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        let (was, left) = lock(&ON).leave(&mut io::stdout());
        let result = left.map(|()| work());
        enter(was)?;
        self.redraw()?;
        result
    }

    /// Ctrl-Z: gives the terminal back and stops the whole foreground group, as the shell expects; goes on after `fg`.
    /// SIGTSTP rather than SIGSTOP: where no shell could continue us (an orphaned group) the system ignores it instead of
    /// leaving a program that nobody can wake.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> io::Result<()> {
        self.lend(stop::until_continued)?
    }

    /// Elsewhere there is nothing to stop for.
    #[cfg(not(unix))]
    pub fn suspend(&mut self) -> io::Result<()> {
        self.redraw()
    }

    /// Sends `text` to the terminal's clipboard (OSC 52).
    pub fn copy(&mut self, text: &str) -> Result<io::Result<()>, CopyProblem> {
        sequences::copy(text, |name| std::env::var(name).ok()).map(|sequence| say(&sequence))
    }

    /// Names the window.
    pub fn title(&mut self, text: &str) -> io::Result<()> {
        say(&sequences::title(text))
    }

    /// Rings, and tells the desktop why where the terminal can.
    pub fn notify(&mut self, text: &str) -> io::Result<()> {
        say(&sequences::notification(text))
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back. May be called from anywhere and any number of times; only the first does something.
pub fn restore() {
    let mut out = io::stdout();
    if IN_FRAME.swap(false, Ordering::SeqCst) {
        // Nothing can be done about a terminal that is gone.
        let _ = queue!(out, EndSynchronizedUpdate);
    }
    let (_, result) = lock(&ON).leave(&mut out);
    drop(result);
}

/// Makes a panic on the drawing thread give the terminal back before anything is printed. A panic elsewhere is one
/// check's and is reported by the engine: printing it would tear the picture, so `elsewhere` gets its text (for the log).
pub fn install_panic_hook(elsewhere: impl Fn(&str) + Send + Sync + 'static) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let drawing = *lock(&OWNER) == Some(thread::current().id());
        let open = !lock(&ON).is_empty();
        if open && !drawing {
            elsewhere(&info.to_string());
            return;
        }
        restore();
        before(info);
    }));
}

fn enter(modes: impl IntoIterator<Item = Mode>) -> io::Result<()> {
    let mut out = io::stdout();
    let mut on = lock(&ON);
    for mode in modes {
        on.switch_on(mode, &mut out)?;
    }
    out.flush()
}

fn say(sequence: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(sequence.as_bytes())?;
    out.flush()
}

/// A lock that a panic elsewhere cannot take from us.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_the_error_says_what_to_do() {
        // The test runner's standard input may be a terminal; its standard output is captured or not, so both ways are right.
        for problem in [
            TerminalProblem::NotATerminal("standard output"),
            TerminalProblem::Dumb,
        ] {
            assert!(problem.to_string().contains("launch-ready check"));
        }
    }

    #[test]
    fn restoring_without_having_opened_does_nothing() {
        restore();
        restore();
        assert!(lock(&ON).is_empty());
    }
}
