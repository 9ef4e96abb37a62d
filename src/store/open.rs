//! Creating and opening: everything is looked at for reading first, so that a file in trouble stays as it is.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::problem::{ReadOnly, StoreProblem};
use super::schema::{APPLICATION_ID, FORMAT, TABLES, stranger};
use super::{Store, header};
use crate::model::event::EventBody;

/// How long a writer waits for another program's writer.
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Creates a session file with its first event, complete or not at all. The file is its owner's alone (0600).
    pub fn create(
        path: &Path,
        first: EventBody,
        at: Timestamp,
        actor: &str,
        device: &str,
    ) -> Result<Self, StoreProblem> {
        let folder = folder_of(path);
        fs::create_dir_all(folder).map_err(|e| StoreProblem::io(folder, "created", &e))?;
        let draft = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(folder)
            .map_err(|e| StoreProblem::io(path, "created", &e))?;
        let mut store = Self {
            connection: connect(draft.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)
                .and_then(|connection| lay_out(&connection).map(|()| connection))
                .map_err(|e| StoreProblem::of(path, "created", &e))?,
            path: draft.path().to_owned(),
            read_only: None,
            seen_version: 0,
            copy: None,
        };
        store.append(vec![first], at, actor, device)?;
        drop(store);
        draft
            .persist_noclobber(path)
            .map_err(|e| StoreProblem::io(path, "created", &e.error))?;
        sync_folder(folder);
        Self::open(path)
    }

    /// Opens a session file for reading and writing, or, where [`Self::read_only`] says why, for reading only. A file in
    /// trouble is refused and left as it is; [`super::salvage`] reads what is left of it.
    pub fn open(path: &Path) -> Result<Self, StoreProblem> {
        let header = header::read(path)?;
        let mut reader = Self::read(path, ReadOnly::Asked)?;
        reader.check()?;
        let why = if header.is_newer() || reader.format()? > FORMAT {
            Some(ReadOnly::Newer(header.format.max(reader.format()?)))
        } else if let Some(kind) = reader.unknown_kind()? {
            Some(ReadOnly::NewerEvents(kind))
        } else if let Some(name) =
            stranger(&reader.connection).map_err(|e| StoreProblem::of(path, "read", &e))?
        {
            Some(ReadOnly::Foreign(name))
        } else if may_write(path) {
            None
        } else {
            Some(ReadOnly::NoPermission)
        };
        if why.is_some() {
            reader.read_only = why;
            return Ok(reader);
        }
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .and_then(|connection| {
                connection.pragma_update(None, "journal_mode", "WAL")?;
                Ok(connection)
            })
            .map_err(|e| StoreProblem::of(path, "opened", &e))?;
        drop(reader);
        let mut store = Self {
            connection,
            path: path.to_owned(),
            read_only: None,
            seen_version: 0,
            copy: None,
        };
        store.seen_version = store.data_version()?;
        Ok(store)
    }

    /// Opens a session file for reading only, whatever its state.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreProblem> {
        let header = header::read(path)?;
        if header.is_newer() {
            return Self::read(path, ReadOnly::Newer(header.format));
        }
        let mut store = Self::read(path, ReadOnly::Asked)?;
        // What is damaged is told when the events are read.
        if let Ok(Some(kind)) = store.unknown_kind() {
            store.read_only = Some(ReadOnly::NewerEvents(kind));
        }
        Ok(store)
    }

    /// A kind of events in the file that this program does not know; a newer one of the same format does.
    fn unknown_kind(&self) -> Result<Option<String>, StoreProblem> {
        let read = || -> rusqlite::Result<Option<String>> {
            let mut statement = self
                .connection
                .prepare("SELECT DISTINCT kind FROM event ORDER BY kind")?;
            let mut kinds = statement.query_map([], |row| row.get::<_, String>(0))?;
            kinds
                .find(|kind| kind.as_ref().is_ok_and(|kind| !EventBody::knows(kind)))
                .transpose()
        };
        read().map_err(|e| StoreProblem::of(&self.path, "read", &e))
    }

    /// What is left of a file that was cut short, for [`super::salvage`] only: a copy is filled up with empty pages, since
    /// SQLite reads nothing of a file that is shorter than it says.
    pub(super) fn read_what_is_left(path: &Path, length: u64) -> Result<Self, StoreProblem> {
        let failed = |e: &std::io::Error| StoreProblem::io(path, "copied for reading", e);
        let folder = tempfile::tempdir().map_err(|e| failed(&e))?;
        let place = folder.path().join("session.launch");
        fs::copy(path, &place)
            .and_then(|_| OpenOptions::new().write(true).open(&place)?.set_len(length))
            .map_err(|e| failed(&e))?;
        let mut store = Self::read(&place, ReadOnly::Asked)?;
        store.copy = Some(folder);
        path.clone_into(&mut store.path);
        Ok(store)
    }

    /// SQLite needs to write beside a file in write-ahead mode even to read it. Where the folder does not allow that, a copy
    /// in the temporary folder is read.
    fn read(path: &Path, why: ReadOnly) -> Result<Self, StoreProblem> {
        let failed = |e: &rusqlite::Error| StoreProblem::of(path, "read", e);
        let (place, copy) = if folder_may_be_written(path) {
            (path.to_owned(), None)
        } else {
            let folder = tempfile::tempdir()
                .map_err(|e| StoreProblem::io(path, "copied for reading", &e))?;
            let place = folder.path().join("session.launch");
            let copied = fs::copy(path, &place).and_then(|_| {
                if header::has_log(path) {
                    fs::copy(header::log_of(path), header::log_of(&place))?;
                }
                Ok(())
            });
            copied.map_err(|e| StoreProblem::io(path, "copied for reading", &e))?;
            (place, Some(folder))
        };
        let connection =
            connect(&place, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|e| failed(&e))?;
        let mut store = Self {
            connection,
            path: path.to_owned(),
            read_only: Some(why),
            seen_version: 0,
            copy,
        };
        store.seen_version = store.data_version()?;
        Ok(store)
    }

    /// Whether the database holds together, page by page.
    fn check(&self) -> Result<(), StoreProblem> {
        let said: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|e| StoreProblem::of(&self.path, "read", &e))?;
        if said == "ok" {
            return Ok(());
        }
        Err(StoreProblem::Damaged {
            path: self.path.clone(),
            why: crate::model::text::excerpt(&said, 200),
        })
    }

    fn format(&self) -> Result<i64, StoreProblem> {
        self.pragma("user_version")
    }

    fn data_version(&self) -> Result<i64, StoreProblem> {
        self.pragma("data_version")
    }

    fn pragma(&self, name: &str) -> Result<i64, StoreProblem> {
        self.connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(|e| StoreProblem::of(&self.path, "read", &e))
    }

    /// Whether another program wrote to the file since this was last asked.
    pub fn changed_by_others(&mut self) -> Result<bool, StoreProblem> {
        let version = self.data_version()?;
        let changed = version != self.seen_version;
        self.seen_version = version;
        Ok(changed)
    }
}

/// A connection that trusts nothing in the file and waits for its turn.
fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    Ok(connection)
}

/// Tables and marks, still with a rollback journal so that the header is in the file itself; then write-ahead mode.
fn lay_out(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)?;
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "journal_mode", "WAL")
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

fn may_write(path: &Path) -> bool {
    OpenOptions::new().append(true).open(path).is_ok() && folder_may_be_written(path)
}

fn folder_may_be_written(path: &Path) -> bool {
    tempfile::Builder::new()
        .prefix(".probe-")
        .tempfile_in(folder_of(path))
        .is_ok()
}

/// So that the new name survives a power cut. Some systems cannot do it; the file itself is safe anyway.
pub(super) fn sync_folder(folder: &Path) {
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
}
