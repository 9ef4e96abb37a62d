//! The keyring of the operating system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use std::sync::mpsc;
use std::time::Duration;

use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use super::VaultProblem;

const SERVICE: &str = "launch-ready";
/// A prompt that nobody answers must not hold the program for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// A keyring that took a probe and gave it back.
#[derive(Debug)]
pub(super) struct Keyring;

impl Keyring {
    /// Connects, and writes and removes a probe: only that shows that the keyring is there and unlocked.
    pub(super) fn open() -> Result<Self, VaultProblem> {
        patiently(|| {
            connect()?;
            let probe = Entry::new(SERVICE, "probe")?;
            probe.set_password("probe")?;
            probe.delete_credential()
        })?;
        Ok(Self)
    }

    #[expect(
        clippy::unused_self,
        reason = "an open keyring is the permission to use it"
    )]
    pub(super) fn set(&self, key: &str, value: &SecretString) -> Result<(), VaultProblem> {
        let (key, value) = (key.to_owned(), value.clone());
        patiently(move || Entry::new(SERVICE, &key)?.set_password(value.expose_secret()))
    }

    #[expect(
        clippy::unused_self,
        reason = "an open keyring is the permission to use it"
    )]
    pub(super) fn get(&self, key: &str) -> Result<Option<SecretString>, VaultProblem> {
        let key = key.to_owned();
        patiently(move || match Entry::new(SERVICE, &key)?.get_password() {
            Ok(value) => Ok(Some(SecretString::from(value))),
            Err(Error::NoEntry) => Ok(None),
            Err(why) => Err(why),
        })
    }

    /// Whether it was there.
    #[expect(
        clippy::unused_self,
        reason = "an open keyring is the permission to use it"
    )]
    pub(super) fn remove(&self, key: &str) -> Result<bool, VaultProblem> {
        let key = key.to_owned();
        patiently(
            move || match Entry::new(SERVICE, &key)?.delete_credential() {
                Ok(()) => Ok(true),
                Err(Error::NoEntry) => Ok(false),
                Err(why) => Err(why),
            },
        )
    }
}

/// Runs `work` on a thread of its own and waits for a while. The thread itself cannot be stopped; it ends with its prompt.
fn patiently<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, VaultProblem> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || drop(sender.send(work())));
    match receiver.recv_timeout(PATIENCE) {
        Ok(result) => result.map_err(|why| VaultProblem::Keyring(describe(&why))),
        Err(_) => Err(VaultProblem::Keyring(format!(
            "no answer in {} s: is there a prompt on the screen?",
            PATIENCE.as_secs()
        ))),
    }
}

/// What the store says, without its type names. Never holds a value.
fn describe(why: &Error) -> String {
    match why {
        Error::NoStorageAccess(_) => {
            "locked, or without a default collection: unlock it and try again".to_owned()
        }
        Error::PlatformFailure(_) => {
            "not there (no Secret Service on this session's bus)".to_owned()
        }
        other => crate::model::text::escape(&other.to_string()),
    }
}

#[cfg(target_os = "linux")]
fn connect() -> Result<(), Error> {
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(target_os = "macos")]
fn connect() -> Result<(), Error> {
    keyring_core::set_default_store(apple_native_keyring_store::keychain::Store::new()?);
    Ok(())
}

#[cfg(target_os = "windows")]
fn connect() -> Result<(), Error> {
    keyring_core::set_default_store(windows_native_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn connect() -> Result<(), Error> {
    Err(Error::NoDefaultStore)
}
