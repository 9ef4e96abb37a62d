//! The seal: a chain of hashes over the events, and what it proves.

use jiff::Timestamp;
use rusqlite::Row;
use sha2::{Digest, Sha256};

use super::problem::StoreProblem;
use super::{Store, read};
use crate::model::event::EventBody;
use crate::model::text::escape;

/// What stands in place of the hash before the first event.
pub(super) const START: [u8; 32] = [0; 32];

/// Keeps this hash apart from every other use of SHA-256.
const PURPOSE: &[u8] = b"launch-ready/event/1";

/// The columns that are sealed, as they are stored.
pub(super) struct Sealed<'a> {
    pub(super) prev: &'a [u8],
    pub(super) id: &'a [u8],
    pub(super) at: &'a [u8],
    pub(super) actor: &'a [u8],
    pub(super) device: &'a [u8],
    pub(super) kind: &'a [u8],
    pub(super) body: &'a [u8],
}

impl Sealed<'_> {
    /// SHA-256 over every part with its length before it (8 bytes, big-endian), so that no two rows encode alike.
    pub(super) fn hash(&self) -> [u8; 32] {
        let parts = [
            PURPOSE,
            self.prev,
            self.id,
            self.at,
            self.actor,
            self.device,
            self.kind,
            self.body,
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// The result of going through the whole chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many events were found intact.
    pub events: u64,
    /// Hash of the last intact event, in hex. Written down elsewhere (in a report, a mail) it seals everything before it.
    pub head: String,
    /// Time of the first and of the last intact event, as they say.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Where the chain breaks first.
    pub broken: Option<Break>,
}

/// The first event that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Position of the event, counted from 1.
    pub event: u64,
    /// Its id, as far as it can be read.
    pub id: String,
    pub how: String,
}

impl Verification {
    /// Whether nothing is out of place.
    pub const fn is_intact(&self) -> bool {
        self.broken.is_none()
    }

    /// What an intact chain proves.
    pub const fn proves() -> &'static str {
        "no event was changed, removed from the middle, inserted or put in another order since the head hash was written down"
    }

    /// What it does not prove.
    pub const fn does_not_prove() -> &'static str {
        "who wrote the events, that their times are right, or that none is missing at the end: whoever holds the file can rewrite the whole chain, so compare the head hash with one that was kept elsewhere"
    }
}

impl Store {
    /// Goes through the whole chain, offline. Never fails on account of what stands in the file: that is its result.
    pub fn verify(&self) -> Result<Verification, StoreProblem> {
        let mut seen = Verification {
            events: 0,
            head: read::hex(&START),
            first: None,
            last: None,
            broken: None,
        };
        let mut prev = START;
        let failed = |e: &rusqlite::Error| StoreProblem::of(&self.path, "read", e);
        let mut statement = self
            .connection
            .prepare(
                "SELECT seq, id, at, actor, device, kind, body, prev, hash FROM event ORDER BY seq",
            )
            .map_err(|e| failed(&e))?;
        let mut rows = statement.query([]).map_err(|e| failed(&e))?;
        loop {
            let event = seen.events + 1;
            let checked = match rows.next() {
                Ok(None) => break,
                Ok(Some(row)) => link(row, event, &prev),
                Err(error) => Err(Break {
                    event,
                    id: String::new(),
                    how: format!("the file is damaged here: {error}"),
                }),
            };
            match checked {
                Ok((hash, at)) => {
                    prev = hash;
                    seen.events = event;
                    seen.head = read::hex(&hash);
                    seen.first = seen.first.or(Some(at));
                    seen.last = Some(at);
                }
                Err(found) => {
                    seen.broken = Some(found);
                    break;
                }
            }
        }
        Ok(seen)
    }
}

/// Checks one row against the chain before it; gives its hash and time.
fn link(row: &Row<'_>, event: u64, prev: &[u8; 32]) -> Result<([u8; 32], Timestamp), Break> {
    let bytes = |column: usize| {
        row.get_ref(column)
            .ok()
            .and_then(|value| value.as_bytes().ok())
            .unwrap_or_default()
    };
    let broken = |how: String| Break {
        event,
        id: crate::model::text::escape_bytes(bytes(1)),
        how,
    };
    let seq: i64 = row.get(0).unwrap_or_default();
    if u64::try_from(seq) != Ok(event) {
        return Err(broken(format!(
            "event {event} is missing: the next one is number {seq}"
        )));
    }
    let (id, at, actor, device, kind, body) =
        (bytes(1), bytes(2), bytes(3), bytes(4), bytes(5), bytes(6));
    if bytes(7) != prev {
        return Err(broken(
            "it does not follow the event before it: an event was removed, inserted or moved"
                .to_owned(),
        ));
    }
    let sealed = Sealed {
        prev,
        id,
        at,
        actor,
        device,
        kind,
        body,
    };
    let hash = sealed.hash();
    if bytes(8) != hash {
        return Err(broken("its content was changed".to_owned()));
    }
    let time = std::str::from_utf8(at)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| broken("its time cannot be read".to_owned()))?;
    match serde_json::from_slice::<EventBody>(body) {
        Ok(parsed) if parsed.kind().as_bytes() != kind => Err(broken(format!(
            "it is labelled `{}` and is something else",
            escape(&String::from_utf8_lossy(kind))
        ))),
        // A kind that this program does not know came from a newer one; its hash holds all the same.
        _ => Ok((hash, time)),
    }
}
