//! The first hundred bytes of a file, read before SQLite may touch it (SQLite file format §1.3).

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::problem::StoreProblem;
use super::schema::{APPLICATION_ID, FORMAT};

const MAGIC: &[u8] = b"SQLite format 3\0";
const LENGTH: usize = 100;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Format of the session file.
    pub(super) format: i64,
}

/// Reads the header of the file at `path` and refuses what is no session, or is visibly cut short.
pub(super) fn read(path: &Path) -> Result<Header, StoreProblem> {
    let failed = |error: &std::io::Error| StoreProblem::io(path, "read", error);
    let meta = std::fs::metadata(path).map_err(|e| failed(&e))?;
    if !meta.is_file() {
        return Err(StoreProblem::NotASession(path.to_owned()));
    }
    let mut head = Vec::with_capacity(LENGTH);
    File::open(path)
        .and_then(|file| file.take(LENGTH as u64).read_to_end(&mut head))
        .map_err(|e| failed(&e))?;
    let cut = |why: String| StoreProblem::Truncated {
        path: path.to_owned(),
        why,
    };
    if head.is_empty() {
        return Err(cut("it is empty".to_owned()));
    }
    if !head.iter().zip(MAGIC).all(|(a, b)| a == b) {
        return Err(StoreProblem::NotASession(path.to_owned()));
    }
    if head.len() < LENGTH {
        return Err(cut(format!("only {} bytes are left", head.len())));
    }
    if number(&head, 68) != APPLICATION_ID {
        return Err(StoreProblem::NotASession(path.to_owned()));
    }
    let expected = whole_length(&head);
    if meta.len() < expected && !has_log(path) {
        return Err(cut(format!("{} of {expected} bytes are left", meta.len())));
    }
    Ok(Header {
        format: number(&head, 60),
    })
}

/// How long the file at `path` should be by its own header, if that much of it is left.
pub(super) fn expected_length(path: &Path) -> Option<u64> {
    let mut head = Vec::with_capacity(LENGTH);
    File::open(path)
        .and_then(|file| file.take(LENGTH as u64).read_to_end(&mut head))
        .ok()?;
    (head.len() == LENGTH && head.starts_with(MAGIC)).then(|| whole_length(&head))
}

fn whole_length(head: &[u8]) -> u64 {
    page_size(head).saturating_mul(number(head, 28).unsigned_abs())
}

impl Header {
    /// Whether a newer program wrote the file.
    pub(super) const fn is_newer(self) -> bool {
        self.format > FORMAT
    }
}

/// Whether a write-ahead log with content lies beside the file.
pub(super) fn has_log(path: &Path) -> bool {
    std::fs::metadata(log_of(path)).is_ok_and(|meta| meta.len() > 0)
}

/// Where SQLite keeps the write-ahead log of `path`.
pub(super) fn log_of(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Four bytes, big-endian.
fn number(head: &[u8], at: usize) -> i64 {
    head.get(at..at + 4)
        .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
        .map_or(0, |bytes| i64::from(u32::from_be_bytes(bytes)))
}

/// Two bytes, big-endian; 1 stands for 65536.
fn page_size(head: &[u8]) -> u64 {
    let raw = head
        .get(16..18)
        .and_then(|bytes| <[u8; 2]>::try_from(bytes).ok())
        .map_or(0, u16::from_be_bytes);
    if raw == 1 { 65_536 } else { u64::from(raw) }
}
