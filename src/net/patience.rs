//! Patience: how long an origin (scheme and host) may answer nothing before one run stops asking it.
//!
//! An origin that hangs, drips or accepts connections and stays mute costs every question its whole time limit. Not so here:
//! once it was mute for longer than the run's patience, with questions open all the while, the rest is refused at once. An
//! answer that comes in time forgives everything, so a single endpoint that hangs costs no other its verdict.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;

/// When each origin was last heard, and since when it is not.
pub(in crate::net) struct Patience {
    limit: Duration,
    origins: Mutex<BTreeMap<String, Signs>>,
}

#[derive(Default)]
struct Signs {
    /// The last answer that came in time.
    heard: Option<Instant>,
    /// The silence so far, in which something was waited for in vain: its beginning and its latest moment.
    mute: Option<(Instant, Instant)>,
}

impl Patience {
    pub(in crate::net) fn new(limit: Duration) -> Self {
        Self {
            limit,
            origins: Mutex::default(),
        }
    }

    /// Notes an answer of `origin` that came in time.
    pub(in crate::net) fn heard(&self, origin: &str) {
        let mut origins = self.origins();
        let signs = origins.entry(origin.to_owned()).or_default();
        signs.heard = Some(Instant::now());
        signs.mute = None;
    }

    /// Notes that something asked of `origin` at `since` waited in vain until now.
    pub(in crate::net) fn in_vain(&self, origin: &str, since: Instant) {
        let mut origins = self.origins();
        let signs = origins.entry(origin.to_owned()).or_default();
        let silent_since = signs.heard.map_or(since, |heard| heard.max(since));
        let begun = signs
            .mute
            .map_or(silent_since, |(begun, _)| begun.min(silent_since));
        signs.mute = Some((begun, Instant::now()));
    }

    /// Refused once `origin` was mute for too long.
    pub(in crate::net) fn permits(&self, origin: &str) -> Result<(), Failure> {
        let mute = self.origins().get(origin).and_then(|signs| signs.mute);
        match mute.map(|(begun, latest)| latest.saturating_duration_since(begun)) {
            Some(silence) if silence >= self.limit => Err(Failure::new(
                FailureKind::Budget,
                format!(
                    "{}: nothing came back in time for {} s, so this run asks it no more",
                    escape(origin),
                    silence.as_secs()
                ),
            )),
            _ => Ok(()),
        }
    }

    fn origins(&self) -> MutexGuard<'_, BTreeMap<String, Signs>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://a.example";

    fn ago(seconds: u64) -> Instant {
        Instant::now()
            .checked_sub(Duration::from_secs(seconds))
            .unwrap()
    }

    fn patience() -> Patience {
        Patience::new(Duration::from_secs(12))
    }

    #[test]
    fn an_origin_that_stays_mute_is_asked_no_more() {
        let patience = patience();
        assert_eq!(patience.permits(ORIGIN), Ok(()));
        patience.in_vain(ORIGIN, ago(8));
        assert_eq!(
            patience.permits(ORIGIN),
            Ok(()),
            "one late answer is no silence"
        );
        patience.in_vain(ORIGIN, ago(16));
        let refused = patience.permits(ORIGIN).unwrap_err();
        assert_eq!(refused.kind, FailureKind::Budget);
        assert!(
            refused.text.contains("https://a.example") && refused.text.contains("16 s"),
            "{refused}"
        );
        assert_eq!(patience.permits("http://a.example"), Ok(()));
    }

    #[test]
    fn an_answer_forgives_what_was_before_it() {
        let patience = patience();
        patience.in_vain(ORIGIN, ago(20));
        assert!(patience.permits(ORIGIN).is_err());
        patience.heard(ORIGIN);
        assert_eq!(patience.permits(ORIGIN), Ok(()));
        // It hung all the time, but others were answered meanwhile.
        patience.in_vain(ORIGIN, ago(20));
        assert_eq!(patience.permits(ORIGIN), Ok(()));
    }
}
