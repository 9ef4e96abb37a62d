//! Credentials: in the OS keyring; without one, in a file encrypted with a passphrase; in CI, in environment variables.
//!
//! Never in plain text, never in a session, a log or an error. Values travel as [`SecretString`], which does not print. Every
//! call may block (a keyring may ask the person): call from a thread where that is allowed, never from async code.

mod environment;
mod file;
mod gather;
mod index;
mod keyring;

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use file::EncryptedFile;
use index::Index;
use keyring::Keyring;

pub use gather::{Sources, gather};

/// The scope of credentials that belong to no session.
pub const COMMON: &str = "common";

/// How to open the vault.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the list of names and the encrypted file lie.
    pub folder: PathBuf,
    /// Whose credentials: a session's slug.
    pub scope: String,
    /// Opens the encrypted file where there is no keyring.
    pub passphrase: Option<SecretString>,
    /// Only this place; `None`: the keyring, else the file.
    pub only: Option<Place>,
    /// scrypt work factor (log2 N) of a new file; `None`: about a second on this machine.
    pub work_factor: Option<u8>,
}

/// Where credentials are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Keyring,
    File,
    Environment,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyring => "the keyring of the operating system",
            Self::File => "an encrypted file",
            Self::Environment => "environment variables",
        })
    }
}

/// An open vault.
#[derive(Debug)]
pub struct Vault {
    scope: String,
    index: Index,
    home: Home,
}

#[derive(Debug)]
enum Home {
    Keyring(Keyring),
    File(EncryptedFile),
    /// Reading the environment only; `String` says why nothing can be stored.
    Environment(String),
}

/// Why a credential could not be stored or read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultProblem {
    #[error("there is no credential `{0}`: store it with `launch-ready credentials set {0}`, or give it as {variable}", variable = environment::variable(.0))]
    Missing(String),
    #[error("the passphrase does not open {0}: try again; nothing was changed")]
    WrongPassphrase(String),
    #[error(
        "no place to keep a credential: {0}; unlock the keyring, or give a passphrase for an encrypted file (LAUNCH_READY_PASSPHRASE)"
    )]
    NoPlace(String),
    #[error("the keyring: {0}")]
    Keyring(String),
    #[error("{0}: {1}")]
    File(String, String),
    #[error("`{0}` is no name for a credential: letters, digits, `-`, `_` and `.`, 64 at most")]
    BadName(String),
}

impl Vault {
    /// Opens the first place that works. A keyring counts as working when something could be written to it and removed again:
    /// a locked one reads as empty.
    pub fn open(options: Options) -> Result<Self, VaultProblem> {
        let index = Index::in_folder(&options.folder);
        let home = match options.only {
            Some(Place::Environment) => {
                Home::Environment("only the environment was asked for".to_owned())
            }
            Some(Place::Keyring) => Home::Keyring(Keyring::open()?),
            Some(Place::File) => Home::File(encrypted(&options)?),
            None => first_that_works(&options)?,
        };
        Ok(Self {
            scope: options.scope,
            index,
            home,
        })
    }

    /// Where new credentials go.
    pub const fn place(&self) -> Place {
        match &self.home {
            Home::Keyring(_) => Place::Keyring,
            Home::File(_) => Place::File,
            Home::Environment(_) => Place::Environment,
        }
    }

    /// Stores a credential, replacing an earlier one of the same name.
    pub fn set(&mut self, name: &str, value: &SecretString) -> Result<Place, VaultProblem> {
        let key = self.key(name)?;
        match &mut self.home {
            Home::Keyring(keyring) => keyring.set(&key, value)?,
            Home::File(file) => file.set(&key, value)?,
            Home::Environment(why) => return Err(VaultProblem::NoPlace(why.clone())),
        }
        self.index.add(&self.scope, name)?;
        Ok(self.place())
    }

    /// Reads a credential; the environment first, so that CI needs nothing else.
    pub fn get(&self, name: &str) -> Result<SecretString, VaultProblem> {
        let key = self.key(name)?;
        if let Some(value) = environment::read(name) {
            return Ok(value);
        }
        let found = match &self.home {
            Home::Keyring(keyring) => keyring.get(&key)?,
            Home::File(file) => file.get(&key),
            Home::Environment(_) => None,
        };
        found.ok_or_else(|| VaultProblem::Missing(name.to_owned()))
    }

    /// Where a credential is read from, without giving it.
    pub fn test(&self, name: &str) -> Result<Place, VaultProblem> {
        self.get(name)?;
        Ok(if environment::read(name).is_some() {
            Place::Environment
        } else {
            self.place()
        })
    }

    /// Removes a credential.
    pub fn remove(&mut self, name: &str) -> Result<(), VaultProblem> {
        let key = self.key(name)?;
        let was_there = match &mut self.home {
            Home::Keyring(keyring) => keyring.remove(&key)?,
            Home::File(file) => file.remove(&key)?,
            Home::Environment(why) => return Err(VaultProblem::NoPlace(why.clone())),
        };
        self.index.remove(&self.scope, name)?;
        if was_there {
            Ok(())
        } else {
            Err(VaultProblem::Missing(name.to_owned()))
        }
    }

    /// Names, sorted; never values.
    pub fn names(&self) -> Result<Vec<String>, VaultProblem> {
        self.index.names(&self.scope)
    }

    fn key(&self, name: &str) -> Result<String, VaultProblem> {
        let fits = !name.is_empty()
            && name.len() <= 64
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if fits {
            Ok(format!("{}/{name}", self.scope))
        } else {
            Err(VaultProblem::BadName(crate::model::text::escape(name)))
        }
    }
}

fn first_that_works(options: &Options) -> Result<Home, VaultProblem> {
    let why = match Keyring::open() {
        Ok(keyring) => return Ok(Home::Keyring(keyring)),
        Err(why) => why.to_string(),
    };
    if options.passphrase.is_some() {
        return Ok(Home::File(encrypted(options)?));
    }
    Ok(Home::Environment(why))
}

fn encrypted(options: &Options) -> Result<EncryptedFile, VaultProblem> {
    let path = file_in(&options.folder);
    let Some(passphrase) = options.passphrase.clone() else {
        return Err(VaultProblem::NoPlace(format!(
            "{} needs its passphrase",
            path.display()
        )));
    };
    EncryptedFile::open(path, passphrase, options.work_factor)
}

/// Where the encrypted file lies.
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("credentials.age")
}
