//! The vault as the cockpit sees it: names of credentials and where they are kept, never a value.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::cursor::Cursor;

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
