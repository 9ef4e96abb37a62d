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
    /// Hash of each intact event, in order.
    hashes: Vec<[u8; 32]>,
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

    /// Nothing gone through yet.
    pub(super) fn begin() -> Self {
        Self {
            events: 0,
            head: read::hex(&START),
            first: None,
            last: None,
            broken: None,
            hashes: Vec::new(),
        }
    }

    /// Goes on with the next event, or with why it cannot be read; false where the chain breaks.
    pub(super) fn next(&mut self, written: Result<Written<'_>, String>) -> bool {
        let event = self.events + 1;
        let prev = self.hashes.last().copied().unwrap_or(START);
        let linked = match written {
            Ok(written) => link(&written, event, &prev),
            Err(how) => Err(Break {
                event,
                id: String::new(),
                how,
            }),
        };
        match linked {
            Ok((hash, at)) => {
                self.hashes.push(hash);
                self.events = event;
                self.head = read::hex(&hash);
                self.first = self.first.or(Some(at));
                self.last = Some(at);
                true
            }
            Err(found) => {
                self.broken = Some(found);
                false
            }
        }
    }

    /// Which event a head hash that was kept elsewhere belongs to, counted from 1; `None`: to none of this chain.
    pub fn event_of(&self, head: &str) -> Option<u64> {
        let head = head.trim().to_ascii_lowercase();
        let at = self
            .hashes
            .iter()
            .position(|hash| read::hex(hash) == head)?;
        u64::try_from(at + 1).ok()
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
        let failed = |e: &rusqlite::Error| StoreProblem::of(&self.path, "read", e);
        let mut statement = self
            .connection
            .prepare(
                "SELECT seq, id, at, actor, device, kind, body, prev, hash FROM event ORDER BY seq",
            )
            .map_err(|e| failed(&e))?;
        let mut rows = statement.query([]).map_err(|e| failed(&e))?;
        let mut seen = Verification::begin();
        loop {
            let goes_on = match rows.next() {
                Ok(None) => false,
                Ok(Some(row)) => seen.next(Ok(Written::of(row))),
                Err(error) => seen.next(Err(format!("the file is damaged here: {error}"))),
            };
            if !goes_on {
                return Ok(seen);
            }
        }
    }
}

/// An event as it stands in a file.
pub(super) struct Written<'a> {
    pub(super) seq: i64,
    pub(super) sealed: Sealed<'a>,
    pub(super) hash: &'a [u8],
}

impl<'a> Written<'a> {
    fn of(row: &'a Row<'_>) -> Self {
        let bytes = |column: usize| {
            row.get_ref(column)
                .ok()
                .and_then(|value| value.as_bytes().ok())
                .unwrap_or_default()
        };
        Self {
            seq: row.get(0).unwrap_or_default(),
            sealed: Sealed {
                id: bytes(1),
                at: bytes(2),
                actor: bytes(3),
                device: bytes(4),
                kind: bytes(5),
                body: bytes(6),
                prev: bytes(7),
            },
            hash: bytes(8),
        }
    }
}

/// Checks one event against the chain before it; gives its hash and time.
fn link(
    written: &Written<'_>,
    event: u64,
    prev: &[u8; 32],
) -> Result<([u8; 32], Timestamp), Break> {
    let Sealed {
        id, at, kind, body, ..
    } = written.sealed;
    let broken = |how: String| Break {
        event,
        id: crate::model::text::escape_bytes(id),
        how,
    };
    let seq = written.seq;
    if u64::try_from(seq) != Ok(event) {
        return Err(broken(format!(
            "event {event} is missing: the next one is number {seq}"
        )));
    }
    if written.sealed.prev != prev {
        return Err(broken(
            "it does not follow the event before it: an event was removed, inserted or moved"
                .to_owned(),
        ));
    }
    let hash = written.sealed.hash();
    if written.hash != hash {
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
