//! The loop of the cockpit: what happens goes into [`app::update()`], what it wants done is done here, and the state is drawn
//! when it changed.
//!
//! Signals come first, then keys, then the engine, then files, then time; whatever is ready is taken before one frame is
//! drawn. Nothing here decides what a key means, and nothing is drawn at rest. The first frame comes before any network,
//! keyring or file.

mod attach;
mod effects;
mod engine;
mod files;
mod input;
mod listing;
mod mail;
mod practice;
mod record;
mod screen;
mod signals;
mod store;
mod turn;
mod vault;
mod vigil;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use anyhow::Context;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::app::guides::Guides;
use crate::app::keymap::DEFAULT;
pub use crate::app::state::Terminal;
use crate::app::state::{Exit, Size};
use crate::app::{self, Keymap, Start, State};
use crate::checks::registry::CHECKS;
use crate::model::playbook::Playbook;
use crate::net::NetworkConfig;
use crate::ui;
pub use crate::ui::Palette;
pub use crate::ui::terminal::notification;

/// How to start the cockpit.
#[derive(Debug, Clone)]
pub struct DriverOptions {
    /// Where sessions are kept.
    pub data_dir: PathBuf,
    /// Where reports, exports and panes are written.
    pub out_dir: PathBuf,
    /// How to reach the world; a session of the practice range has its own.
    pub network: NetworkConfig,
    /// What to show first.
    pub open: Opening,
    pub playbooks: Vec<Playbook>,
    /// Who acts, and on which computer.
    pub actor: String,
    pub device: String,
    pub terminal: Terminal,
    pub palette: Palette,
    /// Opens the encrypted file where there is no keyring.
    pub passphrase: Option<SecretString>,
    /// Credentials as files, a folder of them.
    pub credentials_dir: Option<PathBuf>,
    /// Writes every message to this file, but for what is typed into a secret.
    pub record: Option<PathBuf>,
    /// Plays a recorded file first. Its effects are not done.
    pub replay: Option<PathBuf>,
}

/// What the cockpit shows first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    Home,
    Session(PathBuf),
    /// The practice range, in this scenario, held against this built-in playbook.
    Range {
        scenario: String,
        playbook: String,
    },
}

/// How the cockpit ended.
pub type ExitReason = Exit;

/// Runs the cockpit until the operator leaves. The terminal is as it was afterwards, whatever happens.
pub async fn run(options: DriverOptions) -> anyhow::Result<ExitReason> {
    ui::terminal::install_panic_hook(|text| tracing::error!(panic = text, "a check broke"));
    let replay = match &options.replay {
        Some(path) => record::read(path)?,
        None => Vec::new(),
    };
    let mut signals = signals::Signals::listen().context("listening for signals")?;
    let mut cockpit = screen::Cockpit::open(options.terminal, options.palette)?;
    let input = input::events();
    let state = first_state(&options, screen::size());
    let turn = turn::Turn::new(options, state)?;
    turn.go(&mut cockpit, input, &mut signals, replay).await
}

/// The state before anything was read: everything in it comes with the program.
fn first_state(options: &DriverOptions, size: Size) -> State {
    let mut guides = Guides::default();
    for check in CHECKS {
        let meta = check.meta();
        guides.insert(meta.id, meta.title, meta.intrusive, meta.guide);
    }
    // The shipped keymap is proven by a test; without it no key would work, and Ctrl-C still does.
    let keymap = Keymap::parse(DEFAULT).unwrap_or_else(|_| Keymap::empty());
    State::new(Start {
        playbooks: options.playbooks.clone(),
        guides,
        keymap,
        terminal: options.terminal,
        size,
        operator: options.actor.clone(),
        now: Timestamp::now(),
        zone: jiff::tz::TimeZone::system(),
    })
}

/// Asks the state machine, with the time that it is now.
fn update(state: &mut State, message: app::Message) -> Vec<app::Effect> {
    app::update(state, message, Timestamp::now())
}
