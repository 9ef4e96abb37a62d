//! Adding events: all of them or none, on the disk when it returns, one writer at a time.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use ulid::Ulid;

use super::Store;
use super::problem::StoreProblem;
use super::seal::{START, Sealed};
use crate::model::event::{Event, EventBody};

/// Leaves 56 random bits of 80 for a step: no two steps alike, and millions of them before the next millisecond is used.
const STEP_SHIFT: u8 = 24;

/// Where the chain ends.
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) hash: Vec<u8>,
    /// The greatest id so far.
    newest: Option<Ulid>,
}

impl Store {
    /// Adds events. When it returns, they are on the disk; when it fails, none of them is. Other programs may do the same to
    /// the same file: they take turns.
    pub fn append(
        &mut self,
        bodies: Vec<EventBody>,
        at: Timestamp,
        actor: &str,
        device: &str,
    ) -> Result<Vec<Event>, StoreProblem> {
        if let Some(why) = &self.read_only {
            return Err(StoreProblem::ReadOnly {
                path: self.path.clone(),
                why: why.clone(),
            });
        }
        let write = || -> rusqlite::Result<Vec<Event>> {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut head = Head::of(&transaction)?;
            let mut events = Vec::with_capacity(bodies.len());
            for body in bodies {
                let event = Event {
                    id: head.next_id(at).to_string(),
                    at,
                    actor: actor.to_owned(),
                    device: device.to_owned(),
                    body,
                };
                head.write(&transaction, &event)?;
                events.push(event);
            }
            transaction.commit()?;
            Ok(events)
        };
        write().map_err(|error| StoreProblem::of(&self.path, "written", &error))
    }
}

impl Head {
    /// The end of the chain in the file.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let last: Option<(i64, Vec<u8>)> = connection
            .query_row(
                "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let newest: Option<String> =
            connection.query_row("SELECT max(id) FROM event", [], |row| row.get(0))?;
        let (seq, hash) = last.unwrap_or_else(|| (0, START.to_vec()));
        Ok(Self {
            seq,
            hash,
            newest: newest.and_then(|id| Ulid::from_string(&id).ok()),
        })
    }

    /// A ULID of the time `at` that sorts after every id in the file, even when a clock was set back. The step over the
    /// newest id is random: two copies that went apart must never give the same id to different events.
    fn next_id(&mut self, at: Timestamp) -> Ulid {
        let ms = u64::try_from(at.as_millisecond()).unwrap_or_default();
        let random = Ulid::new().random();
        let fresh = Ulid::from_parts(ms, random);
        let id = match self.newest {
            Some(newest) if fresh <= newest => {
                let stepped = newest.random() + 1 + (random >> STEP_SHIFT);
                if stepped >> Ulid::RAND_BITS == 0 {
                    Ulid::from_parts(newest.timestamp_ms(), stepped)
                } else {
                    Ulid::from_parts(newest.timestamp_ms() + 1, random)
                }
            }
            _ => fresh,
        };
        self.newest = Some(id);
        id
    }

    /// Writes one event at the end of the chain.
    pub(super) fn write(&mut self, connection: &Connection, event: &Event) -> rusqlite::Result<()> {
        let body = serde_json::to_string(&event.body)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let at = event.at.to_string();
        let kind = event.body.kind();
        let hash = Sealed {
            prev: &self.hash,
            id: event.id.as_bytes(),
            at: at.as_bytes(),
            actor: event.actor.as_bytes(),
            device: event.device.as_bytes(),
            kind: kind.as_bytes(),
            body: body.as_bytes(),
        }
        .hash();
        self.seq += 1;
        connection
            .prepare_cached(
                "INSERT INTO event (seq, id, at, actor, device, kind, body, prev, hash) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                self.seq,
                event.id,
                at,
                event.actor,
                event.device,
                kind,
                body,
                self.hash,
                hash.as_slice()
            ])?;
        self.hash = hash.to_vec();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_loses_nothing_that_was_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.launch");
        let created = EventBody::Created {
            slug: "acme".into(),
            domain: "acme.example".into(),
            playbook: "b2b-support".into(),
        };
        let now = Timestamp::UNIX_EPOCH;
        let mut store = Store::create(&path, created, now, "ada", "desk").unwrap();
        let pages: i64 = store
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        store
            .connection
            .pragma_update(None, "max_page_count", pages + 2)
            .unwrap();
        let note = |text: String| EventBody::Noted {
            item: String::new(),
            text,
        };
        let mut kept = 1;
        let problem = loop {
            match store.append(vec![note("x".repeat(1_000))], now, "ada", "desk") {
                Ok(events) => kept += events.len(),
                Err(problem) => break problem,
            }
        };
        assert_eq!(problem, StoreProblem::DiskFull(path.clone()));
        assert_eq!(store.events().unwrap().len(), kept);
        drop(store);
        let again = Store::open(&path).unwrap();
        assert_eq!(again.events().unwrap().len(), kept);
        assert!(again.verify().unwrap().is_intact());
    }

    #[test]
    fn a_writer_that_does_not_finish_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.launch");
        let now = Timestamp::UNIX_EPOCH;
        let mut store = Store::create(&path, EventBody::ClockStarted, now, "ada", "desk").unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        store
            .connection
            .busy_timeout(std::time::Duration::ZERO)
            .unwrap();
        let problem = store
            .append(vec![EventBody::ClockResumed], now, "ada", "desk")
            .unwrap_err();
        assert_eq!(problem, StoreProblem::Locked(path));
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(
            store
                .append(vec![EventBody::ClockResumed], now, "ada", "desk")
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn ids_rise_even_when_the_clock_is_set_back() {
        let mut head = Head {
            seq: 0,
            hash: START.to_vec(),
            newest: None,
        };
        let late = head.next_id(Timestamp::from_second(1_000).unwrap());
        let early = head.next_id(Timestamp::from_second(1).unwrap());
        assert!(early > late);
        let mut full = Head {
            newest: Some(Ulid::from_parts(1_000, u128::MAX >> 48)),
            ..head
        };
        let after = full.next_id(Timestamp::from_second(1).unwrap());
        assert_eq!(after.timestamp_ms(), 1_001);
    }
}
