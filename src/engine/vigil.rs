//! A vigil: the whole plan and every front door, looked at on a schedule for as long as somebody wants.
//!
//! A look first makes sure of its own footing: where nothing can be believed, nothing is blamed and nothing counted. What
//! differs from before must be seen twice before it is told. What was not looked at, because the computer slept, is a gap.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use super::plan::Plan;
use super::run::{footing, unheard};
use crate::checks::subject;
use crate::model::finding::{Finding, FindingKey};
use crate::model::observation::glance::Glance;
use crate::model::sample::{Sample, answers};
use crate::model::sight::{Knowledge, Known, Sight, Turn};
use crate::model::verdict::Verdict;
use crate::net::Network;

/// Longest pause before a change is looked at again.
const CONFIRM: Duration = Duration::from_secs(30);
/// The wall clock is asked this often while waiting: a computer that slept goes on at once.
const GLANCE_AT_CLOCK: Duration = Duration::from_secs(5);

/// A plan under watch, and what is known of it.
pub struct Vigil {
    plan: Plan,
    network: Network,
    every: Duration,
    known: Knowledge,
    last: Option<Timestamp>,
}

impl Vigil {
    /// Over `plan`, a look each `every`; `known` is what the session has seen so far. What needs the operator's authority (a
    /// test message to send, an intrusive check) is not done again and again: it is left as it is known.
    pub fn new(mut plan: Plan, network: Network, every: Duration, known: Knowledge) -> Self {
        plan.authorised = false;
        Self {
            plan,
            network,
            every,
            known,
            last: None,
        }
    }

    /// Checks and front doors that are watched.
    pub fn extent(&self) -> (usize, usize) {
        (self.plan.units.len(), self.hosts().len())
    }

    /// Id of the run that its findings belong to when there is no other.
    pub fn run(&self) -> &str {
        &self.plan.run
    }

    /// How long after the first look a change is looked at again.
    pub fn confirms_after(&self) -> Duration {
        CONFIRM.min(self.every / 4)
    }

    /// From the break to the word of it, at worst: a whole interval with its jitter, and the second look.
    pub fn notices_within(&self) -> Duration {
        self.every * 11 / 10 + self.confirms_after()
    }

    /// When the next look is due: an interval from `at`, a tenth more or less, so that many of them do not fall together.
    pub fn next(&self, at: Timestamp) -> Timestamp {
        after(self.every, at, Ulid::new().random())
    }

    /// One look, and a second at what differs.
    pub async fn look(&mut self) -> Sight {
        let at = Timestamp::now();
        let mut sight = Sight {
            at,
            gap: self.last.filter(|last| is_gap(self.every, *last, at)),
            ..Sight::default()
        };
        let Some((findings, doors)) = self.see(&mut sight, None).await else {
            return sight;
        };
        let differs: Vec<FindingKey> = findings
            .values()
            .filter(|f| {
                self.known
                    .get(&f.key())
                    .is_some_and(|known| known.differs(f))
            })
            .map(Finding::key)
            .chain(
                doors
                    .iter()
                    .filter(|(host, door)| self.door_differs(host, door))
                    .map(|(host, _)| answers(host)),
            )
            .collect();
        let (mut again, mut doors_again) = (BTreeMap::new(), BTreeMap::new());
        if !differs.is_empty() {
            tokio::time::sleep(self.confirms_after()).await;
            match self.see(&mut sight, Some(&differs)).await {
                Some(seen) => (again, doors_again) = seen,
                None => return sight,
            }
        }
        for (key, first) in findings {
            self.take(&mut sight, first, again.remove(&key));
        }
        for (host, first) in doors {
            let second = doors_again.remove(&host);
            self.take_door(&mut sight, &host, &first, second.as_ref());
        }
        self.last = Some(at);
        sight
    }

    /// Everything, or only these rows. `None` when the own footing does not carry, before or after: `sight` says why.
    async fn see(&self, sight: &mut Sight, only: Option<&[FindingKey]>) -> Option<Seen> {
        let network = self.network.fresh();
        let plan = match only {
            None => self.plan.clone(),
            Some(keys) => self.plan.clone().narrowed(keys),
        };
        sight.self_check = (*network.self_check().await).clone();
        if let Err(why) = footing(&sight.self_check) {
            sight.footing = Some(why);
            return None;
        }
        let hosts = self.hosts();
        let wanted = hosts
            .iter()
            .filter(|host| only.is_none_or(|keys| keys.contains(&answers(host))));
        let doors = async {
            let glances = wanted.map(|host| async {
                let url = subject::root("https", host)?;
                Some((host.clone(), self.network.fresh().glance(&url).await))
            });
            join_all(glances).await.into_iter().flatten().collect()
        };
        let (outcome, doors): (_, BTreeMap<String, Glance>) =
            tokio::join!(unheard(plan, network), doors);
        let troubled = doors.values().any(|door| door.judged().0 != Verdict::Pass)
            || outcome
                .findings
                .iter()
                .any(|f| f.verdict == Verdict::Unknown);
        if troubled {
            // What failed here may have failed on this side, and just now.
            let check = (*self.network.fresh().self_check().await).clone();
            if let Err(why) = footing(&check) {
                sight.self_check = check;
                sight.footing = Some(why);
                return None;
            }
        }
        let findings = outcome.findings.into_iter().map(|f| (f.key(), f)).collect();
        Some((findings, doors))
    }

    fn hosts(&self) -> Vec<String> {
        subject::web_hosts(&self.plan.intent)
    }

    fn door_differs(&self, host: &str, door: &Glance) -> bool {
        let (verdict, _) = door.judged();
        match self.known.get(&answers(host)) {
            Some(known) => known.verdict != verdict && !verdict.undecided(),
            None => verdict == Verdict::Fail,
        }
    }

    /// Takes what a check found: at once where it is new, after a second look that says the same where it differs.
    fn take(&mut self, sight: &mut Sight, first: Finding, second: Option<Finding>) {
        let key = first.key();
        let before = self.known.get(&key).cloned();
        let confirmed = match (&before, &second) {
            (None, _) => true,
            (Some(known), Some(second)) => {
                known.differs(second)
                    && second.verdict == first.verdict
                    && (second.verdict != known.verdict || second.fingerprint == first.fingerprint)
            }
            (Some(_), None) => false,
        };
        let last = second.unwrap_or(first);
        let every = SignedDuration::try_from(self.every).unwrap_or(SignedDuration::MAX);
        let sample = Sample::look(sight.at, key.clone(), last.verdict, every, None);
        sight.samples.push(sample);
        if confirmed {
            self.known.insert(key.clone(), Known::of(&last));
            sight.turns.push(Turn {
                key,
                before: before.map(|known| known.verdict),
                now: last.verdict,
                summary: last.summary.clone(),
                finding: Some(Box::new(last)),
            });
        }
    }

    fn take_door(
        &mut self,
        sight: &mut Sight,
        host: &str,
        first: &Glance,
        second: Option<&Glance>,
    ) {
        let key = answers(host);
        let before = self.known.get(&key).map(|known| known.verdict);
        let last = second.unwrap_or(first);
        let (verdict, words) = last.judged();
        let every = SignedDuration::try_from(self.every).unwrap_or(SignedDuration::MAX);
        let sample = Sample::look(sight.at, key.clone(), verdict, every, last.times());
        sight.samples.push(sample);
        sight
            .doors
            .insert(host.to_owned(), (verdict, words.clone()));
        let confirmed =
            first.judged().0 == verdict && before != Some(verdict) && !verdict.undecided();
        if confirmed {
            self.known.insert(key.clone(), Known::door(verdict));
            sight.turns.push(Turn {
                key,
                before,
                now: verdict,
                summary: words,
                finding: None,
            });
        }
    }
}

/// An interval after `at`, from a tenth less to a tenth more by chance.
fn after(every: Duration, at: Timestamp, chance: u128) -> Timestamp {
    let share = u32::try_from(chance % 201).unwrap_or(100);
    let wait = every * (900 + share) / 1_000;
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// Whether more than half an interval is missing between two looks.
fn is_gap(every: Duration, last: Timestamp, at: Timestamp) -> bool {
    SignedDuration::try_from(every * 3 / 2).is_ok_and(|most| at.duration_since(last) > most)
}

/// Findings by row, and front doors by host.
type Seen = (BTreeMap<FindingKey, Finding>, BTreeMap<String, Glance>);

/// Waits until `due` by the wall clock. That a computer slept in between is noticed within seconds.
pub async fn rest(due: Timestamp) {
    loop {
        let left = due.duration_since(Timestamp::now());
        match Duration::try_from(left) {
            Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(GLANCE_AT_CLOCK)).await,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_needs_authority_is_not_done_again_and_again() {
        let intent = crate::model::intent::Intent::of("acme.example".parse().unwrap());
        let plan = Plan::new(intent, &crate::engine::Selection::default(), true);
        let config = crate::net::NetworkConfig {
            resolvers: vec![([127, 0, 0, 1], 9).into()],
            ..crate::net::NetworkConfig::default()
        };
        let network = Network::new(config).unwrap();
        let vigil = Vigil::new(plan, network, Duration::from_mins(1), Knowledge::new());
        assert!(!vigil.plan.authorised);
    }

    #[test]
    fn the_next_look_is_an_interval_away_a_tenth_more_or_less() {
        let every = Duration::from_secs(1_000);
        let at = Timestamp::UNIX_EPOCH;
        for (chance, want) in [(0, 900), (100, 1_000), (200, 1_100), (201, 900)] {
            assert_eq!(after(every, at, chance).as_second(), want);
        }
    }

    #[test]
    fn a_computer_that_slept_leaves_a_gap_and_jitter_does_not() {
        let every = Duration::from_secs(1_000);
        let at = |second| Timestamp::from_second(second).unwrap();
        for (second, want) in [(900, false), (1_500, false), (1_501, true), (40_000, true)] {
            assert_eq!(is_gap(every, at(0), at(second)), want, "{second}");
        }
    }
}
