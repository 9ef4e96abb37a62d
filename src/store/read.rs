//! Reading events: all, the new ones, or what is left in a damaged file.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use jiff::Timestamp;
use rusqlite::Row;

use super::problem::{ReadOnly, StoreProblem};
use super::{Store, header};
use crate::model::event::{Event, EventBody};

pub(super) const COLUMNS: &str = "SELECT seq, id, at, actor, device, kind, body FROM event";

/// Longest file, in bytes, that a cut one is filled up to: its header may lie.
const LONGEST: u64 = 4 * 1024 * 1024 * 1024;

/// Events that came since, and where they end.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// In the order in which they were written.
    pub events: Vec<Event>,
    /// Give it to the next [`Store::events_since`].
    pub seq: i64,
}

/// What could be read of a file in trouble.
#[derive(Debug, Clone, PartialEq)]
pub struct Salvage {
    /// Readable events, in order.
    pub events: Vec<Event>,
    /// How many rows were there and could not be understood.
    pub lost: usize,
    /// Why the rest could not be read; empty when all of it could.
    pub why: String,
}

impl Store {
    /// Every event, in the order of their ids: the order in which a session is folded. Two copies that were merged give the
    /// same order.
    pub fn events(&self) -> Result<Vec<Event>, StoreProblem> {
        let mut events = self.events_since(0)?.events;
        events.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(events)
    }

    /// Events that were written after `seq`, by this or another program.
    pub fn events_since(&self, seq: i64) -> Result<News, StoreProblem> {
        let failed = |e: &rusqlite::Error| StoreProblem::of(&self.path, "read", e);
        let mut statement = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE seq > ?1 ORDER BY seq"))
            .map_err(|e| failed(&e))?;
        let mut rows = statement.query([seq]).map_err(|e| failed(&e))?;
        let mut stored = Vec::new();
        while let Some(row) = rows.next().map_err(|e| failed(&e))? {
            stored.push((row.get(0).map_err(|e| failed(&e))?, Raw::of(row)));
        }
        let mut news = News {
            events: Vec::with_capacity(stored.len()),
            seq,
        };
        for (number, read) in read_all(stored) {
            news.seq = number;
            match read {
                Ok(event) => news.events.push(event),
                // A newer program knows kinds of events that this one does not: the rest is still worth showing.
                Err(_) if self.read_only.as_ref().is_some_and(ReadOnly::is_newer) => {}
                Err(why) => {
                    return Err(StoreProblem::Damaged {
                        path: self.path.clone(),
                        why: format!("event {number}: {why}"),
                    });
                }
            }
        }
        Ok(news)
    }
}

/// From so many events on, reading them is shared among the processor's cores: it takes far longer than fetching them.
const WORTH_SHARING: usize = 1_000;

type Numbered<T> = (i64, Result<T, String>);

/// Reads rows, in their order.
fn read_all(mut stored: Vec<Numbered<Raw>>) -> Vec<Numbered<Event>> {
    let read = |rows: Vec<Numbered<Raw>>| -> Vec<Numbered<Event>> {
        let rows = rows.into_iter();
        rows.map(|(number, raw)| (number, raw.and_then(Raw::read)))
            .collect()
    };
    if stored.len() < WORTH_SHARING {
        return read(stored);
    }
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = stored.len().div_ceil(cores);
    thread::scope(|scope| {
        let mut others = Vec::new();
        while stored.len() > share {
            let rows = stored.split_off(stored.len() - share);
            others.push(scope.spawn(move || read(rows)));
        }
        let mut all = read(stored);
        for other in others.into_iter().rev() {
            // A thread that broke off broke off in a panic, which goes on here as it would have without threads.
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    })
}

/// Reads whatever can still be read of the file at `path`, from both ends, without changing it.
pub fn salvage(path: &Path) -> Result<Salvage, StoreProblem> {
    let store = match Store::open_read_only(path) {
        Ok(store) => store,
        // Cut short, but the first pages may still be there.
        Err(problem @ StoreProblem::Truncated { .. }) => match header::expected_length(path) {
            Some(length) if length <= LONGEST => Store::read_what_is_left(path, length)?,
            _ => return Err(problem),
        },
        Err(problem) => return Err(problem),
    };
    let mut found: BTreeMap<i64, Option<Event>> = BTreeMap::new();
    let mut why = String::new();
    for order in ["ASC", "DESC"] {
        if let Err(error) = store.collect(order, &mut found) {
            why = error.to_string();
        } else {
            break;
        }
    }
    let lost = found.values().filter(|event| event.is_none()).count();
    let mut events: Vec<Event> = found.into_values().flatten().collect();
    events.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Salvage { events, lost, why })
}

impl Store {
    fn collect(
        &self,
        order: &str,
        found: &mut BTreeMap<i64, Option<Event>>,
    ) -> rusqlite::Result<()> {
        let mut statement = self
            .connection
            .prepare(&format!("{COLUMNS} ORDER BY seq {order}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            found.insert(row.get(0)?, event(row).ok());
        }
        Ok(())
    }
}

/// The event of a row, or what in it cannot be read.
pub(super) fn event(row: &Row<'_>) -> Result<Event, String> {
    Raw::of(row)?.read()
}

/// The columns of an event as they are stored.
struct Raw {
    id: String,
    at: String,
    actor: String,
    device: String,
    kind: String,
    body: String,
}

impl Raw {
    fn of(row: &Row<'_>) -> Result<Self, String> {
        let text = |column: usize| {
            row.get::<_, String>(column)
                .map_err(|error| error.to_string())
        };
        Ok(Self {
            id: text(1)?,
            at: text(2)?,
            actor: text(3)?,
            device: text(4)?,
            kind: text(5)?,
            body: text(6)?,
        })
    }

    fn read(self) -> Result<Event, String> {
        let at: Timestamp = self
            .at
            .parse()
            .map_err(|error: jiff::Error| error.to_string())?;
        let body = EventBody::read(&self.kind, &self.body).map_err(|error| error.to_string())?;
        Ok(Event {
            id: self.id,
            at,
            actor: self.actor,
            device: self.device,
            body,
        })
    }
}

/// The hash that 64 hex digits tell.
pub(super) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(hash)
}

/// Bytes as hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |text, byte| {
            text + &format!("{byte:02x}")
        })
}
