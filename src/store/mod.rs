//! The session file: `<slug>.launch`, one SQLite database that can be copied and mailed.
//!
//! Events are only ever added. What was acknowledged is on the disk (write-ahead log, full synchronisation). Each event
//! carries the hash of the one before it, so that tampering is evident ([`Store::verify`] says what that proves and what
//! not). A file of a newer format, a file that cannot be written and a file with foreign parts are opened for reading only;
//! a damaged file is never touched. This room holds no secrets: a session knows credentials by name only.

mod append;
mod catalog;
mod evidence;
mod exchange;
mod header;
mod lines;
mod open;
mod problem;
mod read;
mod samples;
mod schema;
mod seal;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use catalog::{SessionSummary, catalog, file_of, free_slug, locate, remove, slug};
pub use evidence::Observation;
pub use exchange::{Merged, import};
pub use lines::{is_lines, verify_lines};
pub use problem::{ReadOnly, StoreProblem};
pub use read::{News, Salvage, salvage};
pub use samples::Samples;
pub use schema::FORMAT;
pub use seal::{Break, Verification};

/// The ending of a session file's name.
pub const ENDING: &str = "launch";

/// An open session file. Several programs may have the same file open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    read_only: Option<ReadOnly>,
    /// What SQLite counts up when another connection writes.
    seen_version: i64,
    /// Holds the copy that is read when the file's own folder cannot be written.
    copy: Option<tempfile::TempDir>,
}

impl Store {
    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why the file is open for reading only; `None` when it can be written.
    pub const fn read_only(&self) -> Option<&ReadOnly> {
        self.read_only.as_ref()
    }
}
