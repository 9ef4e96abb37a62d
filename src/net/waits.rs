//! What is being waited for right now, so that every wait can say so. Waits for nothing itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Something that is being waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// `203.0.113.20:443 TLS`, `198.51.100.7 MX acme.example`.
    pub what: String,
    pub since: Instant,
}

/// The waits of one run, oldest first.
#[derive(Clone, Default)]
pub(in crate::net) struct Waits(Arc<Mutex<Board>>);

#[derive(Default)]
struct Board {
    next: u64,
    open: BTreeMap<u64, Wait>,
}

impl Waits {
    /// Notes that `what` is awaited until the guard is dropped.
    pub(in crate::net) fn begin(&self, what: String) -> Waiting {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = board.next;
        board.next += 1;
        board.open.insert(
            number,
            Wait {
                what,
                since: Instant::now(),
            },
        );
        Waiting {
            board: Arc::clone(&self.0),
            number,
        }
    }

    /// What is open, the oldest first.
    pub(in crate::net) fn open(&self) -> Vec<Wait> {
        let board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.open.values().cloned().collect()
    }
}

/// One open wait.
pub(in crate::net) struct Waiting {
    board: Arc<Mutex<Board>>,
    number: u64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.board
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .open
            .remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_open_until_its_guard_goes() {
        let waits = Waits::default();
        let first = waits.begin("one".into());
        let _second = waits.begin("two".into());
        let names = |w: &Waits| w.open().into_iter().map(|w| w.what).collect::<Vec<_>>();
        assert_eq!(names(&waits), ["one", "two"]);
        drop(first);
        assert_eq!(names(&waits), ["two"]);
    }
}
