//! Passwords for a run: from wherever there are any, and without opening a vault that does not have them.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::index::Index;
use super::{Options, Vault, VaultProblem, environment};

/// Where passwords may be.
#[derive(Debug)]
pub struct Sources<'a> {
    /// Where the list of names and the encrypted file lie.
    pub folder: &'a Path,
    /// Whose credentials, the nearest first.
    pub scopes: Vec<&'a str>,
    /// A folder with a file for each credential, named like it.
    pub mounted: Option<&'a Path>,
}

/// What there is of `names`, by name: from the environment, else from the folder of files, else from the vault of the first
/// scope that lists it. Only for a name that is listed there the vault is opened and `passphrase` asked.
pub fn gather(
    names: &[&str],
    sources: &Sources<'_>,
    passphrase: impl FnOnce() -> Option<SecretString>,
) -> Result<BTreeMap<String, SecretString>, VaultProblem> {
    let mut found = BTreeMap::new();
    let mut stored = Vec::new();
    let index = Index::in_folder(sources.folder);
    for name in names {
        let outside = match environment::read(name) {
            Some(value) => Some(value),
            None => mounted(sources.mounted, name)?,
        };
        if let Some(value) = outside {
            found.insert((*name).to_owned(), value);
            continue;
        }
        for scope in &sources.scopes {
            if index.names(scope)?.iter().any(|known| known == name) {
                stored.push((*scope, *name));
                break;
            }
        }
    }
    if stored.is_empty() {
        return Ok(found);
    }
    let passphrase = passphrase();
    for (scope, name) in stored {
        let vault = Vault::open(Options {
            folder: sources.folder.to_owned(),
            scope: scope.to_owned(),
            passphrase: passphrase.clone(),
            only: None,
            work_factor: None,
        })?;
        match vault.get(name) {
            Ok(value) => drop(found.insert(name.to_owned(), value)),
            Err(VaultProblem::Missing(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(found)
}

fn mounted(folder: Option<&Path>, name: &str) -> Result<Option<SecretString>, VaultProblem> {
    let Some(path) = folder.map(|folder| folder.join(name)) else {
        return Ok(None);
    };
    match std::fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(text) => {
            let value = text.trim_end_matches(['\r', '\n']);
            Ok((!value.is_empty()).then(|| SecretString::from(value)))
        }
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
        Err(why) => Err(VaultProblem::File(
            path.display().to_string(),
            why.to_string(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn never() -> Option<SecretString> {
        panic!("nobody is to be asked");
    }

    #[test]
    fn files_are_read_and_nothing_is_asked_for_what_is_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gather-a"), "pass word\r\n").unwrap();
        std::fs::write(folder.path().join("gather-c"), "\n").unwrap();
        let sources = Sources {
            folder: folder.path(),
            scopes: vec!["acme", "common"],
            mounted: Some(folder.path()),
        };
        let names = ["gather-a", "gather-b", "gather-c"];
        let found = gather(&names, &sources, never).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["gather-a"]);
        assert_eq!(found["gather-a"].expose_secret(), "pass word");
        assert!(!format!("{found:?}").contains("pass word"));
        let none = Sources {
            mounted: None,
            ..sources
        };
        assert!(gather(&names, &none, never).unwrap().is_empty());
    }

    #[test]
    fn what_is_listed_opens_the_vault_once_somebody_may_be_asked() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::in_folder(folder.path());
        index.add("common", "gather-d").unwrap();
        let sources = Sources {
            folder: folder.path(),
            scopes: vec!["acme", "common"],
            mounted: None,
        };
        let asked = std::cell::Cell::new(false);
        let found = gather(&["gather-d"], &sources, || {
            asked.set(true);
            None
        });
        // Without a keyring and a passphrase there is nothing to read: that is no reason to stop.
        assert!(asked.get());
        assert!(found.is_ok_and(|found| found.is_empty()));
    }
}
