//! What was seen from many places a few minutes ago is good enough: a watch that looks every minute would else use up what the
//! service gives to one address in an hour.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::model::name::HostName;
use crate::model::observation::places::{Places, PlacesGap};

/// How long a look is good for. With eight places and two names that is 192 of the 250 tests that an hour allows.
const GOOD_FOR: Duration = Duration::from_mins(5);

/// The longest that a service may make us wait.
const LONGEST: Duration = Duration::from_hours(1);

/// The last look at each name, and until when it is not looked again; shared by the runs of one network.
#[derive(Default)]
pub(in crate::net) struct Recent {
    seen: Mutex<HashMap<HostName, (Instant, Places)>>,
}

impl Recent {
    /// What was seen, where it is good still.
    pub(in crate::net) fn of(&self, name: &HostName) -> Option<Places> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(name)
            .filter(|(until, _)| Instant::now() < *until)
            .map(|(_, places)| places.clone())
    }

    /// Keeps a look that is worth keeping: one that saw something, or was told to come later.
    pub(in crate::net) fn keep(&self, places: &Places) {
        let Some(good_for) = good_for(places) else {
            return;
        };
        let until = Instant::now() + good_for;
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(places.name.clone(), (until, places.clone()));
    }
}

fn good_for(places: &Places) -> Option<Duration> {
    match &places.outcome {
        Ok(_) => Some(GOOD_FOR),
        Err(PlacesGap::RateLimited { again, .. }) => {
            let wait = again.map(|again| again.duration_since(places.at));
            Some(
                wait.and_then(|wait| Duration::try_from(wait).ok())
                    .unwrap_or(GOOD_FOR)
                    .min(LONGEST),
            )
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    fn with(outcome: Result<Vec<crate::model::observation::places::Place>, PlacesGap>) -> Places {
        Places {
            name: HostName::parse("portal.acme.example").unwrap(),
            at: Timestamp::UNIX_EPOCH,
            source: String::new(),
            sent: String::new(),
            outcome,
        }
    }

    #[test]
    fn a_look_is_good_for_minutes_and_a_refusal_as_long_as_it_says() {
        let later = |seconds| PlacesGap::RateLimited {
            seconds: None,
            again: Some(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)),
        };
        let unsaid = PlacesGap::RateLimited {
            seconds: None,
            again: None,
        };
        for (outcome, want) in [
            (Ok(Vec::new()), Some(300)),
            (Err(unsaid), Some(300)),
            (Err(later(1200)), Some(1200)),
            (Err(later(90_000)), Some(3600)),
            (Err(PlacesGap::Gone), None),
            (Err(PlacesGap::NotOptedIn), None),
        ] {
            let got = good_for(&with(outcome.clone()));
            assert_eq!(got, want.map(Duration::from_secs), "{outcome:?}");
        }
    }

    #[test]
    fn what_is_kept_is_given_again_for_its_name_alone() {
        let recent = Recent::default();
        let kept = with(Ok(Vec::new()));
        recent.keep(&kept);
        assert_eq!(recent.of(&kept.name), Some(kept));
        assert_eq!(recent.of(&HostName::parse("acme.example").unwrap()), None);
    }
}
