//! What can go wrong with a session file: what, why, and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::model::text::escape;

/// Why a file is open for reading only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOnly {
    /// A newer program wrote it, in this format.
    Newer(i64),
    /// A newer program wrote events of this kind to it.
    NewerEvents(String),
    /// The file or its folder may not be written.
    NoPermission,
    /// It holds tables, triggers or views that this program did not make.
    Foreign(String),
    /// It was asked for.
    Asked,
}

impl ReadOnly {
    /// Whether a newer program wrote what this one does not know.
    pub const fn is_newer(&self) -> bool {
        matches!(self, Self::Newer(_) | Self::NewerEvents(_))
    }
}

impl fmt::Display for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(format) => write!(
                f,
                "a newer launch-ready wrote this file (format {format}, this program knows {}): it is shown, never changed; update to go on working",
                super::FORMAT
            ),
            Self::NewerEvents(kind) => write!(
                f,
                "a newer launch-ready wrote to this file (events of the kind `{}`): it is shown without them, never changed; update to go on working",
                escape(kind)
            ),
            Self::NoPermission => f.write_str(
                "the file or its folder may not be written: it is shown, nothing is saved; copy it to a folder of yours to go on working",
            ),
            Self::Foreign(what) => write!(
                f,
                "the file holds `{}`, which launch-ready did not make: it is shown, never changed; ask whoever sent it for an export",
                escape(what)
            ),
            Self::Asked => f.write_str("the file was opened for reading only"),
        }
    }
}

/// A session file that cannot be used as asked. Every message says what, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreProblem {
    #[error("there is no session file at {}: look at `launch-ready sessions list`, or start one with `launch-ready new`", .0.display())]
    Missing(PathBuf),
    #[error("there is no session `{}`{hint}: look at `launch-ready sessions list`", escape(name), hint = meant.as_ref().map(|slug| format!(" (did you mean `{slug}`?)")).unwrap_or_default())]
    Unknown { name: String, meant: Option<String> },
    #[error("{} is no session file, but something else: name a file that ends in .launch", .0.display())]
    NotASession(PathBuf),
    #[error("{path} was cut short ({why}): the file is left as it is; get another copy, or read what is left with `launch-ready sessions export`", path = path.display())]
    Truncated { path: PathBuf, why: String },
    #[error("{path} is damaged ({why}): the file is left as it is; get another copy, or read what is left with `launch-ready sessions export`", path = path.display())]
    Damaged { path: PathBuf, why: String },
    #[error("nothing was taken from {path}: {why}", path = path.display())]
    Newer { path: PathBuf, why: ReadOnly },
    #[error("{path} cannot be written: {why}", path = path.display())]
    ReadOnly { path: PathBuf, why: ReadOnly },
    #[error("the disk is full, so nothing more was written to {}: all that was saved before is still there; free some space and do it again", .0.display())]
    DiskFull(PathBuf),
    #[error("another program is writing to {} and did not finish in time: wait a moment and do it again", .0.display())]
    Locked(PathBuf),
    #[error("{} is there already: choose another name, or merge into it with `launch-ready sessions merge`", .0.display())]
    Exists(PathBuf),
    #[error("{} belongs to another sprint: only copies of the same session can be merged", .0.display())]
    AnotherSession(PathBuf),
    #[error("the event {id} is not the same in {path}: one of the two copies was changed by hand, so nothing was merged; run `launch-ready verify` on both", path = path.display())]
    Conflict { path: PathBuf, id: String },
    #[error("the seal of {path} is broken at event {event} ({how}): nothing was taken from it; ask for an untouched copy", path = path.display())]
    SealBroken {
        path: PathBuf,
        event: u64,
        how: String,
    },
    #[error("{path} could not be {doing}: {why}", path = path.display())]
    Io {
        path: PathBuf,
        doing: &'static str,
        why: String,
    },
}

impl StoreProblem {
    /// What SQLite said while `doing` something with `path`.
    pub(super) fn of(path: &Path, doing: &'static str, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull(path),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::NotADatabase) => Self::NotASession(path),
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, why },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly {
                path,
                why: ReadOnly::NoPermission,
            },
            _ => Self::Io { path, doing, why },
        }
    }

    /// What the operating system said while `doing` something with `path`.
    pub(super) fn io(path: &Path, doing: &'static str, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing(path),
            std::io::ErrorKind::AlreadyExists => Self::Exists(path),
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::DiskFull(path)
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem
                if doing != "read" =>
            {
                Self::ReadOnly {
                    path,
                    why: ReadOnly::NoPermission,
                }
            }
            _ => Self::Io {
                path,
                doing,
                why: error.to_string(),
            },
        }
    }
}
