//! The vault as the cockpit sees it: names of credentials and where they are kept, never a value.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::key::Key;
use super::overlay::{Confirm, Overlay, Question};
use super::screen::Screen;
use super::select;
use super::state::State;
use super::update::{forms, work};

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VaultScreen {
    pub cursor: Cursor<String>,
}

/// What is known of the vault.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vault {
    /// `system keyring`, `encrypted file`, `environment`. `None`: not asked yet.
    pub backend: Option<String>,
    pub credentials: Vec<Credential>,
    /// Why it cannot be used, and what to do.
    pub problem: Option<String>,
    /// Being read or written.
    pub busy: bool,
}

/// A credential by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    pub name: String,
    /// What needs it.
    pub used_by: String,
    pub stored: bool,
    /// What its last test said.
    pub tested: Option<Result<String, String>>,
}

/// A secret on its way to the vault. It prints as nothing, and is wiped when it goes.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a secret over.
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.0.expose_secret().lines().count()
    }

    /// The value, for the vault alone.
    pub const fn inner(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

fn current(state: &State) -> Option<String> {
    match state.screen()? {
        Screen::Vault(s) => s.cursor.current(&select::vault::names(state)).cloned(),
        _ => None,
    }
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    match (action, current(state)) {
        (Action::SetSecret, name) => forms::secret(state, name),
        (Action::NewSecret, _) => forms::secret(state, None),
        (Action::TestSecret, Some(name)) => {
            state.vault.busy = true;
            vec![Effect::TestCredential(name)]
        }
        (Action::RemoveSecret, Some(name)) => {
            let text = vec![format!(
                "“{name}” is removed from the vault; checks that need it are blocked."
            )];
            let question = Question::RemoveSecret(name);
            state.overlay = Some(Overlay::Confirm(Confirm::new(
                question,
                text,
                "remove it",
                key,
            )));
            Vec::new()
        }
        _ => work::act(state, action, key),
    }
}

/// Enter: tests what is stored, stores what is not.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let name = current(state);
    let stored = select::vault::credentials(state)
        .into_iter()
        .any(|c| Some(&c.name) == name.as_ref() && c.stored);
    let action = if stored {
        Action::TestSecret
    } else {
        Action::SetSecret
    };
    act(state, action, None)
}
