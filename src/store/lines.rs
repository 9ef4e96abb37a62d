//! A session as JSON lines: one event a line, word for word as it is sealed, and a last line that tells how many there are.
//! Any program can read it; [`verify_lines`] goes through its chain without the session file.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::problem::StoreProblem;
use super::seal::{Sealed, Verification, Written};
use super::{Store, read};

/// Longest line that is read, in bytes; a note may be long, an event is no file.
const LONGEST: u64 = 16 * 1024 * 1024;

/// An event in a line.
#[derive(Serialize, Deserialize)]
struct EventLine<'a> {
    seq: i64,
    id: String,
    at: String,
    actor: String,
    device: String,
    kind: String,
    /// As it was sealed, byte for byte.
    #[serde(borrow)]
    body: &'a RawValue,
    /// Hash of the event before it, and its own, in hex.
    previous: String,
    hash: String,
}

/// The last line.
#[derive(Serialize, Deserialize)]
struct EndLine {
    events: u64,
    head: String,
}

impl Store {
    /// Writes every event as a line of JSON to `to`, which must not be there yet. A chain that is broken is not written.
    pub fn export_lines(&self, to: &Path) -> Result<(), StoreProblem> {
        let seen = self.verify()?;
        if let Some(found) = seen.broken {
            return Err(StoreProblem::SealBroken {
                path: self.path.clone(),
                event: found.event,
                how: found.how,
            });
        }
        if to.exists() {
            return Err(StoreProblem::Exists(to.to_owned()));
        }
        let failed = |e: &rusqlite::Error| StoreProblem::of(&self.path, "read", e);
        let file = File::create_new(to).map_err(|e| StoreProblem::io(to, "written", &e))?;
        let mut out = BufWriter::new(file);
        let mut statement = self
            .connection
            .prepare(
                "SELECT seq, id, at, actor, device, kind, body, prev, hash FROM event ORDER BY seq",
            )
            .map_err(|e| failed(&e))?;
        let mut rows = statement.query([]).map_err(|e| failed(&e))?;
        let mut write =
            |line: String| writeln!(out, "{line}").map_err(|e| StoreProblem::io(to, "written", &e));
        while let Some(row) = rows.next().map_err(|e| failed(&e))? {
            let body: String = row.get(6).map_err(|e| failed(&e))?;
            let text = |column: usize| row.get::<_, String>(column).map_err(|e| failed(&e));
            let hash = |column: usize| -> Result<String, StoreProblem> {
                let bytes: Vec<u8> = row.get(column).map_err(|e| failed(&e))?;
                Ok(read::hex(&bytes))
            };
            let line = EventLine {
                seq: row.get(0).map_err(|e| failed(&e))?,
                id: text(1)?,
                at: text(2)?,
                actor: text(3)?,
                device: text(4)?,
                kind: text(5)?,
                body: serde_json::from_str(&body).map_err(|e| unreadable(&self.path, &e))?,
                previous: hash(7)?,
                hash: hash(8)?,
            };
            write(serde_json::to_string(&line).map_err(|e| unreadable(to, &e))?)?;
        }
        let end = EndLine {
            events: seen.events,
            head: seen.head,
        };
        write(serde_json::to_string(&end).map_err(|e| unreadable(to, &e))?)?;
        out.flush()
            .and_then(|()| out.get_ref().sync_all())
            .map_err(|e| StoreProblem::io(to, "written", &e))
    }
}

/// Whether a file is a session as JSON lines: it begins with an object.
pub fn is_lines(path: &Path) -> bool {
    let mut first = [0; 1];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut first))
        .is_ok_and(|()| first == *b"{")
}

/// Goes through the chain of a session as JSON lines, offline.
pub fn verify_lines(path: &Path) -> Result<Verification, StoreProblem> {
    let failed = |e: &std::io::Error| StoreProblem::io(path, "read", e);
    let mut reader = BufReader::new(File::open(path).map_err(|e| failed(&e))?);
    let mut seen = Verification::begin();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader)
            .take(LONGEST)
            .read_until(b'\n', &mut line)
            .map_err(|e| failed(&e))?;
        if read == 0 {
            seen.next(Err("the last line is missing: the file was cut".to_owned()));
            return Ok(seen);
        }
        if let Ok(end) = serde_json::from_slice::<EndLine>(&line) {
            if end.events != seen.events || end.head != seen.head {
                seen.next(Err(format!(
                    "the last line tells of {} events: some are missing here",
                    end.events
                )));
            } else if reader
                .fill_buf()
                .map_err(|e| failed(&e))?
                .iter()
                .any(|b| !b.is_ascii_whitespace())
            {
                seen.next(Err("something stands behind the last line".to_owned()));
            }
            return Ok(seen);
        }
        if !take(&mut seen, &line) {
            return Ok(seen);
        }
    }
}

/// The next line; false where the chain breaks.
fn take(seen: &mut Verification, line: &[u8]) -> bool {
    let event: EventLine<'_> = match serde_json::from_slice(line) {
        Ok(event) => event,
        Err(error) => return seen.next(Err(format!("the line is no event: {error}"))),
    };
    let (Some(prev), Some(hash)) = (read::unhex(&event.previous), read::unhex(&event.hash)) else {
        return seen.next(Err("its hashes cannot be read".to_owned()));
    };
    seen.next(Ok(Written {
        seq: event.seq,
        sealed: Sealed {
            prev: &prev,
            id: event.id.as_bytes(),
            at: event.at.as_bytes(),
            actor: event.actor.as_bytes(),
            device: event.device.as_bytes(),
            kind: event.kind.as_bytes(),
            body: event.body.get().as_bytes(),
        },
        hash: &hash,
    }))
}

fn unreadable(path: &Path, error: &serde_json::Error) -> StoreProblem {
    StoreProblem::Damaged {
        path: path.to_owned(),
        why: error.to_string(),
    }
}
