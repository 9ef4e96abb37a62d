//! Samples: what a watch saw, look by look, kept small however long it watches.
//!
//! Looks that say the same one after the other are one [`Stretch`]; a look that was timed stays alone. What is older than
//! [`RAW`] is put together by five minutes, what is older than [`FINE`] by hours ([`thinned`]). A sample speaks for the time
//! until the next look and never longer than its schedule: what lies between is a gap, in which nobody looked.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::finding::{CheckId, FindingKey};
use super::verdict::Verdict;

/// The key of the samples that say whether a host's front door answers. No check has this id.
pub const ANSWERS: &str = "watch.answers";

/// How long every look stays as it was.
pub const RAW: SignedDuration = SignedDuration::from_hours(48);
/// How long five minutes stay apart.
pub const FINE: SignedDuration = SignedDuration::from_hours(30 * 24);
const FIVE_MINUTES: i64 = 300;
const HOUR: i64 = 3_600;

/// What was seen of a row from `at` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub at: Timestamp,
    pub key: FindingKey,
    pub seen: Seen,
}

/// Looks, as they were or put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Seen {
    Stretch(Stretch),
    Sum(Sum),
}

/// Looks in a row that said the same. Short names: there are many of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    #[serde(rename = "v")]
    pub verdict: Verdict,
    /// How many looks.
    #[serde(rename = "n", default = "one", skip_serializing_if = "is_one")]
    pub looks: u32,
    /// Seconds between two looks, as they were planned.
    #[serde(rename = "e")]
    pub every: u32,
    /// Seconds from the first look to the last.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub span: u32,
    /// What was measured, where it was one look and something was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<Times>,
}

/// Milliseconds to the connection, of the TLS handshake, to the first byte of the answer, and in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[u32; 4]", into = "[u32; 4]")]
pub struct Times {
    pub connect: u32,
    pub tls: u32,
    pub first_byte: u32,
    pub total: u32,
}

/// Looks of some minutes or an hour, put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    #[serde(rename = "n")]
    pub looks: u32,
    /// How many of them saw it broken.
    #[serde(rename = "d")]
    pub down: u32,
    /// Seconds from the first look to the end of what the last one speaks for.
    #[serde(rename = "w")]
    pub width: u32,
    /// Seconds for which it was seen to hold, and to be broken; the rest of the width nobody looked, or could tell.
    #[serde(rename = "u")]
    pub up_s: u32,
    #[serde(rename = "f")]
    pub down_s: u32,
    #[serde(rename = "e")]
    pub every: u32,
    /// Milliseconds in all: median, 95th percentile, longest.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<[u32; 3]>,
}

impl From<[u32; 4]> for Times {
    fn from([connect, tls, first_byte, total]: [u32; 4]) -> Self {
        Self {
            connect,
            tls,
            first_byte,
            total,
        }
    }
}

impl From<Times> for [u32; 4] {
    fn from(times: Times) -> Self {
        [times.connect, times.tls, times.first_byte, times.total]
    }
}

impl Sample {
    /// One look.
    pub fn look(
        at: Timestamp,
        key: FindingKey,
        verdict: Verdict,
        every: SignedDuration,
        ms: Option<Times>,
    ) -> Self {
        let seen = Seen::Stretch(Stretch {
            verdict,
            looks: 1,
            every: u32::try_from(every.as_secs().max(1)).unwrap_or(u32::MAX),
            span: 0,
            ms,
        });
        Self { at, key, seen }
    }

    /// Takes the next look of the same row in, where that says the same, was not timed, and came when it was due. Else gives
    /// false, and the look stands for itself.
    pub fn extend(&mut self, next: &Self) -> bool {
        let due = self.reach();
        let gone = next.at.duration_since(self.at).as_secs();
        let (Seen::Stretch(own), Seen::Stretch(other)) = (&mut self.seen, &next.seen) else {
            return false;
        };
        let alike = own.verdict == other.verdict
            && own.every == other.every
            && own.ms.is_none()
            && other.ms.is_none();
        if !alike || next.at < self.at || next.at > due {
            return false;
        }
        own.looks = own.looks.saturating_add(other.looks);
        own.span = u32::try_from(gone).unwrap_or(u32::MAX);
        true
    }

    /// Until when the next look is no later than half an interval too late. A look after that leaves a gap.
    pub fn reach(&self) -> Timestamp {
        let (span, every) = match &self.seen {
            Seen::Stretch(stretch) => (stretch.span, stretch.every),
            Seen::Sum(sum) => (sum.width, 0),
        };
        later(self.at, i64::from(span) + i64::from(every) * 3 / 2)
    }

    /// How many looks, and how many of them saw it broken.
    pub fn looks(&self) -> (u32, u32) {
        match &self.seen {
            Seen::Stretch(s) if s.verdict == Verdict::Fail => (s.looks, s.looks),
            Seen::Stretch(s) => (s.looks, 0),
            Seen::Sum(sum) => (sum.looks, sum.down),
        }
    }

    /// Seconds between two looks, as planned.
    pub const fn every(&self) -> u32 {
        match &self.seen {
            Seen::Stretch(stretch) => stretch.every,
            Seen::Sum(sum) => sum.every,
        }
    }
}

/// The time that a sample speaks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment<'a> {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Seconds of it that were seen to hold, and to be broken.
    pub up_s: f64,
    pub down_s: f64,
    pub sample: &'a Sample,
}

/// The segments of samples of one row, oldest first. The last speaks until its next look is due, and not beyond `now`.
pub fn segments(samples: &[Sample], now: Timestamp) -> Vec<Segment<'_>> {
    let nexts = samples.iter().skip(1).map(|next| Some(next.at));
    samples
        .iter()
        .zip(nexts.chain(std::iter::once(None)))
        .map(|(sample, next)| segment(sample, next, now))
        .collect()
}

fn segment(sample: &Sample, next: Option<Timestamp>, now: Timestamp) -> Segment<'_> {
    let (to, up_s, down_s) = match &sample.seen {
        Seen::Sum(sum) => (
            later(sample.at, i64::from(sum.width)),
            f64::from(sum.up_s),
            f64::from(sum.down_s),
        ),
        Seen::Stretch(stretch) => {
            let planned = later(
                sample.at,
                i64::from(stretch.span) + i64::from(stretch.every),
            );
            let to = match next {
                Some(next) if next <= sample.reach() => next,
                Some(_) => planned,
                None => planned.min(now),
            }
            .max(later(sample.at, i64::from(stretch.span)));
            let long = seconds(sample.at, to);
            match stretch.verdict {
                Verdict::Pass | Verdict::Warn | Verdict::NotApplicable => (to, long, 0.0),
                Verdict::Fail => (to, 0.0, long),
                Verdict::Unknown | Verdict::Blocked => (to, 0.0, 0.0),
            }
        }
    };
    Segment {
        from: sample.at,
        to,
        up_s,
        down_s,
        sample,
    }
}

/// Samples that one takes the place of.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinned {
    /// Places in the list that was given.
    pub gone: std::ops::Range<usize>,
    pub by: Sample,
}

/// What of the samples of one row, oldest first, is put together at `now`. Nothing that lies alone in its five minutes (or
/// hour) is touched, so that doing it again changes nothing.
pub fn thinned(samples: &[Sample], now: Timestamp) -> Vec<Thinned> {
    let segments = segments(samples, now);
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(first) = segments.get(start) {
        let bucket = bucket(first.from, now);
        let rest = segments.get(start..).unwrap_or_default();
        let alike = match bucket {
            None => 1,
            Some(_) => rest
                .iter()
                .take_while(|s| self::bucket(s.from, now) == bucket)
                .count(),
        };
        if let Some(group) = rest.get(..alike).filter(|group| group.len() > 1) {
            out.extend(sum(group).map(|by| Thinned {
                gone: start..start + alike,
                by,
            }));
        }
        start += alike.max(1);
    }
    out
}

/// Width and number of the bucket that a sample falls into; `None` while it is young.
fn bucket(at: Timestamp, now: Timestamp) -> Option<(i64, i64)> {
    let age = now.duration_since(at);
    let width = if age > FINE {
        HOUR
    } else if age > RAW {
        FIVE_MINUTES
    } else {
        return None;
    };
    Some((width, at.as_second().div_euclid(width)))
}

fn sum(group: &[Segment<'_>]) -> Option<Sample> {
    let (first, last) = (group.first()?, group.last()?);
    let counts = group.iter().map(|s| s.sample.looks());
    let (looks, down) = counts.fold((0_u32, 0_u32), |(n, d), (looks, down)| {
        (n.saturating_add(looks), d.saturating_add(down))
    });
    let points = points(group.iter().map(|s| s.sample));
    Some(Sample {
        at: first.from,
        key: first.sample.key.clone(),
        seen: Seen::Sum(Sum {
            looks,
            down,
            width: whole(seconds(first.from, last.to)),
            up_s: whole(group.iter().map(|s| s.up_s).sum()),
            down_s: whole(group.iter().map(|s| s.down_s).sum()),
            every: group.iter().map(|s| s.sample.every()).max().unwrap_or(1),
            ms: quantile(&points, 50)
                .zip(quantile(&points, 95))
                .zip(points.last())
                .map(|((p50, p95), (max, _))| [p50, p95, *max]),
        }),
    })
}

/// Milliseconds in all and their weights, ascending. What was put together counts as its quantiles, each value rounded up to
/// the next of them: so a percentile over sums is at most too high.
pub fn points<'a>(samples: impl Iterator<Item = &'a Sample>) -> Vec<(u32, u64)> {
    let mut points: Vec<(u32, u64)> = samples
        .flat_map(|sample| match &sample.seen {
            Seen::Stretch(stretch) => {
                let total = stretch.ms.map(|ms| (ms.total, 20));
                total.into_iter().collect::<Vec<_>>()
            }
            Seen::Sum(Sum {
                ms: Some([p50, p95, max]),
                looks,
                down,
                ..
            }) => {
                let n = u64::from(looks.saturating_sub(*down).max(1));
                vec![(*p50, n * 10), (*p95, n * 9), (*max, n)]
            }
            Seen::Sum(_) => Vec::new(),
        })
        .collect();
    points.sort_unstable();
    points
}

/// The smallest value that at least `percent` of the weight does not exceed.
pub fn quantile(points: &[(u32, u64)], percent: u64) -> Option<u32> {
    let all: u64 = points.iter().map(|(_, weight)| weight).sum();
    let mut reached = 0;
    points
        .iter()
        .find(|(_, weight)| {
            reached += weight;
            reached * 100 >= all * percent
        })
        .map(|(value, _)| *value)
}

/// The key of the samples of a host's front door.
pub fn answers(host: &str) -> FindingKey {
    FindingKey {
        check: CheckId::from(ANSWERS),
        subject: host.to_owned(),
    }
}

pub(super) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped first"
)]
fn whole(seconds: f64) -> u32 {
    seconds.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_one(n: &u32) -> bool {
    *n == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[cfg(test)]
#[path = "sample_tests.rs"]
mod tests;
