//! What was handed over a few minutes ago is looked for, and not handed over again: a watch that looks every ten seconds would
//! else fill the inbox, and look like a sender of spam.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::model::observation::message::Submission;

/// Not more than one message for the same purpose within so long.
pub const EVERY: SignedDuration = SignedDuration::from_mins(10);

/// The last message that was taken over, by what it was for, with the word by which it is found. Shared by the networks that are
/// made from one configuration.
#[derive(Clone, Default)]
pub struct Handed(Arc<Mutex<BTreeMap<String, (String, Submission)>>>);

impl Handed {
    /// The message for that purpose which was taken over within `EVERY` before `now`.
    pub fn lately(&self, purpose: &str, now: Timestamp) -> Option<(String, Submission)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (word, handed) = all.get(purpose)?;
        let taken = handed.outcome.as_ref().ok()?;
        (now.duration_since(*taken) < EVERY).then(|| (word.clone(), handed.clone()))
    }

    /// Keeps a message that was taken over; of one that was not there is nothing to look for.
    pub fn keep(&self, purpose: &str, word: &str, handed: &Submission) {
        if handed.outcome.is_err() {
            return;
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(purpose.to_owned(), (word.to_owned(), handed.clone()));
    }
}

impl fmt::Debug for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "Handed({})", all.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::observation::message::Step;
    use crate::model::observation::{Failure, FailureKind};

    #[test]
    fn what_was_taken_over_is_known_for_ten_minutes() {
        let submission = |outcome| Submission {
            server: "smtp.mailer.example:587".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            took_ms: 1,
            step: Step::Data,
            reply: None,
            outcome,
        };
        let after = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let handed = Handed::default();
        let refused = Err(Failure::new(FailureKind::Refused, "no"));
        handed.keep("a", "0a", &submission(refused));
        assert_eq!(handed.lately("a", after(0)), None);
        handed.keep("a", "0b", &submission(Ok(Timestamp::UNIX_EPOCH)));
        let shared = handed.clone();
        assert_eq!(shared.lately("a", after(9)).unwrap().0, "0b");
        assert_eq!(shared.lately("a", after(10)), None);
        assert_eq!(shared.lately("b", after(0)), None);
    }
}
