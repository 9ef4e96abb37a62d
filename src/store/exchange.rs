//! Copies: export to one plain file, import, and merging two copies that went apart.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior, params};

use super::Store;
use super::append::Head;
use super::catalog::{file_of, slug};
use super::open::sync_folder;
use super::problem::StoreProblem;
use crate::model::event::{Event, EventBody};

/// What a merge did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Events that came from the other copy.
    pub added: usize,
    /// Events that both had.
    pub shared: usize,
}

impl Store {
    /// Writes one self-contained copy to `to`: no log beside it, complete or not at all, never over another file. Nothing is
    /// left out, since a session holds no secrets.
    pub fn export(&self, to: &Path) -> Result<(), StoreProblem> {
        let folder = to
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or_else(|| Path::new("."));
        if to.exists() {
            return Err(StoreProblem::Exists(to.to_owned()));
        }
        let draft = tempfile::Builder::new()
            .prefix(".export-")
            .tempfile_in(folder)
            .map_err(|e| StoreProblem::io(to, "written", &e))?;
        self.connection
            .execute(
                "VACUUM INTO ?1",
                params![draft.path().to_string_lossy().as_ref()],
            )
            .map_err(|e| StoreProblem::of(to, "written", &e))?;
        draft
            .as_file()
            .sync_all()
            .map_err(|e| StoreProblem::io(to, "written", &e))?;
        draft
            .persist_noclobber(to)
            .map_err(|e| StoreProblem::io(to, "written", &e.error))?;
        sync_folder(folder);
        Ok(())
    }

    /// Takes over the events and the evidence of another copy of the same session that this one does not have. Each event
    /// keeps its id, time, actor and device; its place in this file's chain is new. Nothing is taken from a copy whose seal is
    /// broken, or that tells the same event differently.
    pub fn merge(&mut self, other: &Path) -> Result<Merged, StoreProblem> {
        if let Some(why) = &self.read_only {
            return Err(StoreProblem::ReadOnly {
                path: self.path.clone(),
                why: why.clone(),
            });
        }
        let theirs = Self::open_read_only(other)?;
        if let Some(why) = theirs.read_only.as_ref().filter(|why| why.is_newer()) {
            return Err(StoreProblem::Newer {
                path: other.to_owned(),
                why: why.clone(),
            });
        }
        let theirs = intact(theirs)?;
        let incoming = theirs.events()?;
        let ours = self.events()?;
        if ours.first().map(|e| &e.id) != incoming.first().map(|e| &e.id) {
            return Err(StoreProblem::AnotherSession(other.to_owned()));
        }
        let known: BTreeMap<&str, &Event> = ours.iter().map(|e| (e.id.as_str(), e)).collect();
        let mut new: Vec<&Event> = Vec::new();
        for event in &incoming {
            match known.get(event.id.as_str()) {
                None => new.push(event),
                Some(mine) if *mine == event => {}
                Some(_) => {
                    return Err(StoreProblem::Conflict {
                        path: other.to_owned(),
                        id: event.id.clone(),
                    });
                }
            }
        }
        let evidence =
            evidence_of(&theirs.connection).map_err(|e| StoreProblem::of(other, "read", &e))?;
        let shared = incoming.len() - new.len();
        let added = self
            .take_over(&new, &evidence)
            .map_err(|e| StoreProblem::of(&self.path, "written", &e))?;
        Ok(Merged { added, shared })
    }

    /// Adds what is not there yet; another program may have merged the same copy in the meantime.
    fn take_over(
        &mut self,
        events: &[&Event],
        evidence: &[[String; 5]],
    ) -> rusqlite::Result<usize> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut head = Head::of(&transaction)?;
        let mut added = 0;
        for event in events {
            let known: bool = transaction.query_row(
                "SELECT EXISTS (SELECT 1 FROM event WHERE id = ?1)",
                [&event.id],
                |row| row.get(0),
            )?;
            if !known {
                head.write(&transaction, event)?;
                added += 1;
            }
        }
        for row in evidence {
            transaction.execute(
                "INSERT INTO observation (hash, at, check_id, subject, body) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (hash) DO NOTHING",
                rusqlite::params_from_iter(row),
            )?;
        }
        transaction.commit()?;
        Ok(added)
    }
}

/// Takes a file that somebody sent into `folder`, under its own slug. The source stays as it is.
pub fn import(folder: &Path, source: &Path) -> Result<PathBuf, StoreProblem> {
    let store = intact(Store::open_read_only(source)?)?;
    let named = store
        .events()?
        .into_iter()
        .find_map(|event| match event.body {
            EventBody::Created { domain, .. } => Some(slug(&domain)),
            _ => None,
        });
    let Some(name) = named else {
        return Err(StoreProblem::NotASession(source.to_owned()));
    };
    fs::create_dir_all(folder).map_err(|e| StoreProblem::io(folder, "created", &e))?;
    let to = file_of(folder, &name);
    store.export(&to)?;
    Ok(to)
}

/// The copy, if its chain is intact.
fn intact(store: Store) -> Result<Store, StoreProblem> {
    match store.verify()?.broken {
        None => Ok(store),
        Some(found) => Err(StoreProblem::SealBroken {
            path: store.path,
            event: found.event,
            how: found.how,
        }),
    }
}

fn evidence_of(connection: &Connection) -> rusqlite::Result<Vec<[String; 5]>> {
    connection
        .prepare("SELECT hash, at, check_id, subject, body FROM observation ORDER BY hash")?
        .query_map([], |row| {
            Ok([
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ])
        })?
        .collect()
}
