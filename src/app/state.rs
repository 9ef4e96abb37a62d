//! Everything that the cockpit knows. Only [`super::update()`] changes it; a view only reads it.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::guides::Guides;
use super::home::Listing;
use super::keymap::Keymap;
use super::new_session::NewSession;
use super::opened::Opened;
use super::overlay::Overlay;
use super::range::RangeControl;
use super::screen::Screen;
use super::vault::Vault;
use crate::model::playbook::Playbook;

/// The whole state.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Never empty; the last one is shown, Esc goes to the one before.
    pub screens: Vec<Screen>,
    /// In front of the screen, one at a time.
    pub overlay: Option<Overlay>,
    /// Short messages, oldest first; the last is shown.
    pub toasts: VecDeque<Toast>,
    /// All sessions, as last listed.
    pub sessions: Listing,
    /// The session that is open.
    pub opened: Option<Box<Opened>>,
    /// A new session that was left before it was saved; `new` goes on with it.
    pub draft: Option<Box<NewSession>>,
    pub vault: Vault,
    /// The faults of the practice range, when the open session is one of it.
    pub range: Option<RangeControl>,
    pub playbooks: Vec<Playbook>,
    pub guides: Guides,
    pub keymap: Keymap,
    pub size: Size,
    pub words: Words,
    /// Hides other clients, tokens and raw evidence; enlarges the status line.
    pub presenter: bool,
    pub terminal: Terminal,
    /// Whether the terminal has the focus, as far as it tells.
    pub focused: bool,
    pub now: Timestamp,
    /// Where the operator is: planned moments are shown as the clock on the wall there shows them.
    pub zone: TimeZone,
    /// Raised a few times a second while something runs; 0 at rest.
    pub spinner: usize,
    /// Who acts: the name under answers and waivers.
    pub operator: String,
    /// Set once the cockpit is on its way out: what it still waits for.
    pub leaving: Option<Exit>,
}

/// What the cockpit starts with.
#[derive(Debug, Clone)]
pub struct Start {
    pub playbooks: Vec<Playbook>,
    pub guides: Guides,
    pub keymap: Keymap,
    pub terminal: Terminal,
    pub size: Size,
    pub operator: String,
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl State {
    /// The state before anything is known: the home screen, its list still to come.
    pub fn new(start: Start) -> Self {
        Self {
            screens: vec![Screen::Home(super::home::Home::default())],
            overlay: None,
            toasts: VecDeque::new(),
            sessions: Listing::Loading,
            opened: None,
            draft: None,
            vault: Vault::default(),
            range: None,
            playbooks: start.playbooks,
            guides: start.guides,
            keymap: start.keymap,
            size: start.size,
            words: Words::Engineer,
            presenter: false,
            terminal: start.terminal,
            focused: true,
            now: start.now,
            zone: start.zone,
            spinner: 0,
            operator: start.operator,
            leaving: None,
        }
    }

    /// The screen in front.
    pub fn screen(&self) -> Option<&Screen> {
        self.screens.last()
    }

    /// The playbook of the open session.
    pub fn playbook(&self) -> Option<&Playbook> {
        let id = &self.opened.as_ref()?.session.playbook;
        self.playbooks.iter().find(|p| p.id == *id)
    }

    /// Whether what is typed now must not be recorded or logged.
    pub fn is_typing_a_secret(&self) -> bool {
        matches!(&self.overlay, Some(Overlay::Form(form)) if form.is_on_secret())
    }

    /// Shows a message for a few seconds.
    pub fn toast(&mut self, tone: Tone, text: impl Into<String>) {
        self.toasts.push_back(Toast {
            tone,
            text: text.into(),
            at: self.now,
        });
        while self.toasts.len() > 3 {
            self.toasts.pop_front();
        }
    }
}

/// A message that goes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub tone: Tone,
    pub text: String,
    pub at: Timestamp,
}

impl Toast {
    /// How long it stays, in seconds; a problem stays longer.
    pub const fn stays(&self) -> i64 {
        match self.tone {
            Tone::Good | Tone::Plain => 4,
            Tone::Refused => 6,
            Tone::Problem => 12,
        }
    }
}

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    /// A key that does not work now, and why.
    Refused,
    Problem,
}

/// Columns and rows of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

/// In whose words texts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Words {
    Engineer,
    Founder,
}

impl Words {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Engineer => Self::Founder,
            Self::Founder => Self::Engineer,
        }
    }
}

/// What the terminal can do, found out before the first frame from the environment alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// Glyphs beyond ASCII.
    pub unicode: bool,
    pub colour: bool,
    /// Movement such as spinners is welcome.
    pub motion: bool,
    /// Mouse events are captured.
    pub mouse: bool,
    /// The program runs at the far end of ssh: the clipboard is the terminal's.
    pub remote: bool,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            unicode: true,
            colour: true,
            motion: true,
            mouse: true,
            remote: false,
        }
    }
}

/// Why the cockpit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// The operator left.
    Quit,
    /// Ctrl-C, SIGTERM or SIGHUP.
    Interrupted,
}
