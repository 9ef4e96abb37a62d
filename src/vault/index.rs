//! Which names are stored, by scope. Names only: this file is plain text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::VaultProblem;

type Names = BTreeMap<String, BTreeSet<String>>;

/// The list of names in a folder.
#[derive(Debug)]
pub(super) struct Index {
    path: PathBuf,
}

impl Index {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            path: folder.join("credentials.json"),
        }
    }

    pub(super) fn names(&self, scope: &str) -> Result<Vec<String>, VaultProblem> {
        Ok(self
            .read()?
            .remove(scope)
            .unwrap_or_default()
            .into_iter()
            .collect())
    }

    pub(super) fn add(&self, scope: &str, name: &str) -> Result<(), VaultProblem> {
        let mut names = self.read()?;
        if names
            .entry(scope.to_owned())
            .or_default()
            .insert(name.to_owned())
        {
            self.write(&names)?;
        }
        Ok(())
    }

    pub(super) fn remove(&self, scope: &str, name: &str) -> Result<(), VaultProblem> {
        let mut names = self.read()?;
        if names.get_mut(scope).is_some_and(|set| set.remove(name)) {
            names.retain(|_, set| !set.is_empty());
            self.write(&names)?;
        }
        Ok(())
    }

    fn read(&self) -> Result<Names, VaultProblem> {
        match std::fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|why| self.problem(why)),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(Names::new()),
            Err(why) => Err(self.problem(why)),
        }
    }

    fn write(&self, names: &Names) -> Result<(), VaultProblem> {
        let text = serde_json::to_vec_pretty(names).map_err(|why| self.problem(why))?;
        replace(&self.path, &text).map_err(|why| self.problem(why))
    }

    fn problem(&self, why: impl fmt::Display) -> VaultProblem {
        VaultProblem::File(self.path.display().to_string(), why.to_string())
    }
}

/// Replaces a file in one step: the old one stands until the new one is whole and on disk. Readable by its owner only.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}
