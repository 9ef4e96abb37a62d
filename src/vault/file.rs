//! An age file under a passphrase, for machines without a keyring.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Write};
use std::path::PathBuf;

use age::scrypt;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::VaultProblem;
use super::index::replace;

/// Larger files are not ours.
const LARGEST: u64 = 1024 * 1024;
/// Most work that a file may ask for (log2 N): a hostile one could ask for hours.
const MOST_WORK: u8 = 22;

/// The decrypted content stays in memory until the vault is dropped.
pub(super) struct EncryptedFile {
    path: PathBuf,
    passphrase: SecretString,
    work_factor: Option<u8>,
    values: BTreeMap<String, SecretString>,
}

impl EncryptedFile {
    /// Decrypts `path`; a file that is not there yet is empty.
    pub(super) fn open(
        path: PathBuf,
        passphrase: SecretString,
        work_factor: Option<u8>,
    ) -> Result<Self, VaultProblem> {
        let mut file = Self {
            path,
            passphrase,
            work_factor,
            values: BTreeMap::new(),
        };
        if file.path.exists() {
            file.values = file.read()?;
        }
        Ok(file)
    }

    pub(super) fn get(&self, key: &str) -> Option<SecretString> {
        self.values.get(key).cloned()
    }

    pub(super) fn set(&mut self, key: &str, value: &SecretString) -> Result<(), VaultProblem> {
        let before = self.values.insert(key.to_owned(), value.clone());
        self.write().inspect_err(|_| match before {
            Some(old) => drop(self.values.insert(key.to_owned(), old)),
            None => drop(self.values.remove(key)),
        })
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, key: &str) -> Result<bool, VaultProblem> {
        let Some(old) = self.values.remove(key) else {
            return Ok(false);
        };
        if let Err(why) = self.write() {
            self.values.insert(key.to_owned(), old);
            return Err(why);
        }
        Ok(true)
    }

    fn read(&self) -> Result<BTreeMap<String, SecretString>, VaultProblem> {
        let size = std::fs::metadata(&self.path)
            .map_err(|why| self.problem(why))?
            .len();
        if size > LARGEST {
            return Err(self.problem(format!(
                "{size} bytes are too many for a file of credentials"
            )));
        }
        let sealed = std::fs::read(&self.path).map_err(|why| self.problem(why))?;
        let mut identity = scrypt::Identity::new(self.passphrase.clone());
        identity.set_max_work_factor(MOST_WORK);
        let decryptor = age::Decryptor::new(sealed.as_slice()).map_err(|why| self.problem(why))?;
        let mut plain = Zeroizing::new(Vec::new());
        decryptor
            .decrypt(std::iter::once(&identity as &dyn age::Identity))
            .map_err(|why| match why {
                age::DecryptError::DecryptionFailed
                | age::DecryptError::KeyDecryptionFailed
                | age::DecryptError::NoMatchingKeys => {
                    VaultProblem::WrongPassphrase(self.path.display().to_string())
                }
                other => self.problem(other),
            })?
            .read_to_end(&mut plain)
            .map_err(|why| self.problem(why))?;
        let values: BTreeMap<String, String> = serde_json::from_slice(&plain)
            .map_err(|_| self.problem("what was decrypted is not a list of credentials"))?;
        Ok(values
            .into_iter()
            .map(|(key, value)| (key, SecretString::from(value)))
            .collect())
    }

    fn write(&self) -> Result<(), VaultProblem> {
        let values: BTreeMap<&str, &str> = self
            .values
            .iter()
            .map(|(key, value)| (key.as_str(), value.expose_secret()))
            .collect();
        let plain = Zeroizing::new(serde_json::to_vec(&values).map_err(|why| self.problem(why))?);
        let mut recipient = scrypt::Recipient::new(self.passphrase.clone());
        if let Some(factor) = self.work_factor {
            recipient.set_work_factor(factor);
        }
        let encryptor =
            age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
                .map_err(|why| self.problem(why))?;
        let mut sealed = Vec::new();
        let mut writer = encryptor
            .wrap_output(&mut sealed)
            .map_err(|why| self.problem(why))?;
        writer.write_all(&plain).map_err(|why| self.problem(why))?;
        writer.finish().map_err(|why| self.problem(why))?;
        replace(&self.path, &sealed).map_err(|why| self.problem(why))
    }

    fn problem(&self, why: impl fmt::Display) -> VaultProblem {
        VaultProblem::File(self.path.display().to_string(), why.to_string())
    }
}

impl fmt::Debug for EncryptedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedFile")
            .field("path", &self.path)
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}
