//! The tables of a session file, and how to tell them from somebody else's.

use std::collections::BTreeSet;

use rusqlite::Connection;

/// Format that this program writes; a file with a higher one is only read.
pub const FORMAT: i64 = 1;

/// `LRDY`: marks an SQLite file as a session.
pub(super) const APPLICATION_ID: i64 = 0x4c52_4459;

/// Events and evidence can be added, never changed or removed: the triggers hold that against this program's own mistakes,
/// the hash chain against everybody else.
pub(super) const TABLES: &str = "
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX event_kind ON event (kind);
CREATE TABLE observation (
    hash TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    check_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX observation_of ON observation (check_id, subject, at);
CREATE TABLE sample (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    check_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX sample_of ON sample (check_id, subject, at);
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
CREATE TRIGGER observation_stays BEFORE UPDATE ON observation BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER observation_remains BEFORE DELETE ON observation BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
";

/// Name of the first thing in the file that this program did not make, or that is missing. A trigger or view that came with a
/// mailed file could act when an event is added, so such a file is not written.
pub(super) fn stranger(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let ours = Connection::open_in_memory()?;
    ours.execute_batch(TABLES)?;
    let (expected, found) = (parts(&ours)?, parts(connection)?);
    Ok(found
        .symmetric_difference(&expected)
        .next()
        .map(|(kind, name, _)| format!("{kind} {name}")))
}

fn parts(connection: &Connection) -> rusqlite::Result<BTreeSet<(String, String, String)>> {
    connection
        .prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}
