//! Availability and latency from samples: pure figures, each with how much of the time it rests on.

use jiff::{SignedDuration, Timestamp};

use super::clock::ago;
use super::sample::{Sample, Seen, Segment, points, quantile, seconds, segments};
use super::verdict::Verdict;

/// The windows that are told, with their names.
pub const WINDOWS: [(&str, SignedDuration); 3] = [
    ("24 h", SignedDuration::from_hours(24)),
    ("7 d", SignedDuration::from_hours(7 * 24)),
    ("30 d", SignedDuration::from_hours(30 * 24)),
];

/// What a window of time comes to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// Looks in it, and how many of them saw it down.
    pub looks: u32,
    pub down: u32,
    pub up_s: f64,
    pub down_s: f64,
    /// Seconds of the window in which nobody looked, or could tell.
    pub unseen_s: f64,
    /// Milliseconds in all, of the looks that were answered.
    pub p50: Option<u32>,
    pub p95: Option<u32>,
    /// The widest plan of looks in it, in seconds: a shorter outage may be missed, and one missed look counts this much.
    pub every: u32,
}

impl Figures {
    /// Percent of the time looked at. `None` when nothing was.
    pub fn percent(&self) -> Option<f64> {
        let seen = self.up_s + self.down_s;
        (seen > 0.0).then(|| 100.0 * self.up_s / seen)
    }

    /// `99.58 %`; never rounded up to 100 when something was down.
    pub fn availability(&self) -> Option<String> {
        let percent = self.percent()?;
        let cut = (percent * 100.0).floor() / 100.0;
        Some(if self.down_s > 0.0 {
            format!("{cut:.2} %")
        } else {
            "100 %".to_owned()
        })
    }

    /// What of the window nobody saw, in words; `None` when it is less than one interval.
    pub fn unseen(&self) -> Option<String> {
        (self.unseen_s > f64::from(self.every)).then(|| ago(duration(self.unseen_s)))
    }

    /// How finely it can be said at all.
    pub fn resolution(&self) -> String {
        let every = ago(SignedDuration::from_secs(i64::from(self.every)));
        format!(
            "a look every {every}: one that is missed counts as {every}, and a shorter outage may not be seen"
        )
    }
}

/// The figures of the `window` up to `now`, from samples of one row, oldest first.
pub fn figures(samples: &[Sample], now: Timestamp, window: SignedDuration) -> Figures {
    let from = now.checked_sub(window).unwrap_or(Timestamp::MIN);
    between(&segments(samples, now), from, now)
}

/// One cell of a strip of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    Up,
    /// Down for a part of what was seen.
    Partly,
    Down,
    /// Nobody looked.
    Unseen,
}

impl Cell {
    /// The word beside its sign.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Partly => "partly down",
            Self::Down => "down",
            Self::Unseen => "not looked at",
        }
    }
}

/// `count` cells of `step` each, the last of which ends at `now`: how each was, and the median of its answers in ms.
pub fn strip(
    samples: &[Sample],
    now: Timestamp,
    step: SignedDuration,
    count: usize,
) -> Vec<(Cell, Option<u32>)> {
    let segments = segments(samples, now);
    let before = |cells: usize| {
        let back = step.checked_mul(i32::try_from(cells).unwrap_or(i32::MAX));
        back.and_then(|back| now.checked_sub(back).ok())
            .unwrap_or(Timestamp::MIN)
    };
    (0..count)
        .rev()
        .map(|back| {
            let figures = between(&segments, before(back + 1), before(back));
            (cell(&figures), figures.p50)
        })
        .collect()
}

fn cell(figures: &Figures) -> Cell {
    match (figures.up_s > 0.0, figures.down_s > 0.0) {
        (true, true) => Cell::Partly,
        (true, false) => Cell::Up,
        (false, true) => Cell::Down,
        (false, false) => Cell::Unseen,
    }
}

fn between(segments: &[Segment<'_>], from: Timestamp, to: Timestamp) -> Figures {
    let mut figures = Figures::default();
    let inside: Vec<&Segment<'_>> = segments
        .iter()
        .filter(|s| s.from < to && (s.to > from || s.from >= from))
        .collect();
    for segment in &inside {
        let long = seconds(segment.from, segment.to);
        let shared = seconds(segment.from.max(from), segment.to.min(to));
        let part = if long > 0.0 { shared / long } else { 0.0 };
        figures.up_s += segment.up_s * part;
        figures.down_s += segment.down_s * part;
        figures.every = figures.every.max(segment.sample.every());
        if segment.from >= from {
            let (looks, down) = segment.sample.looks();
            figures.looks = figures.looks.saturating_add(looks);
            figures.down = figures.down.saturating_add(down);
        }
    }
    let own = inside.iter().filter(|s| s.from >= from).map(|s| s.sample);
    let points = points(own);
    (figures.p50, figures.p95) = (quantile(&points, 50), quantile(&points, 95));
    figures.unseen_s = (seconds(from, to) - figures.up_s - figures.down_s).max(0.0);
    figures
}

/// How it stands, since when it is seen to, and when it last turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub verdict: Verdict,
    /// The first look of the unbroken row of looks that say the same.
    pub since: Timestamp,
    /// The last look that said something else, was it ever seen.
    pub turned: Option<Timestamp>,
    /// The last look.
    pub at: Timestamp,
}

/// How the row of these samples stands, oldest first. A gap ends what "since" can say.
pub fn standing(samples: &[Sample]) -> Option<Standing> {
    let last = samples.last()?;
    let verdict = said(last)?;
    let mut standing = Standing {
        verdict,
        since: last.at,
        turned: None,
        at: end(last),
    };
    let mut unbroken = true;
    for sample in samples.iter().rev().skip(1) {
        if said(sample) != Some(verdict) {
            standing.turned = Some(end(sample));
            return Some(standing);
        }
        unbroken &= sample.reach() >= standing.since;
        if unbroken {
            standing.since = sample.at;
        }
    }
    Some(standing)
}

/// What all looks of a sample said; `None` when they did not say the same.
fn said(sample: &Sample) -> Option<Verdict> {
    match &sample.seen {
        Seen::Stretch(stretch) => Some(stretch.verdict),
        Seen::Sum(sum) if sum.down == 0 => Some(Verdict::Pass),
        Seen::Sum(sum) if sum.down == sum.looks => Some(Verdict::Fail),
        Seen::Sum(_) => None,
    }
}

fn end(sample: &Sample) -> Timestamp {
    let span = match &sample.seen {
        Seen::Stretch(stretch) => stretch.span,
        Seen::Sum(sum) => sum.width,
    };
    sample
        .at
        .checked_add(SignedDuration::from_secs(i64::from(span)))
        .unwrap_or(sample.at)
}

#[expect(clippy::cast_possible_truncation, reason = "seconds of at most years")]
fn duration(seconds: f64) -> SignedDuration {
    SignedDuration::from_secs(seconds.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::{Times, answers};

    fn minute(at: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(at)
    }

    fn look(at: i64, verdict: Verdict) -> Sample {
        let ms = (verdict == Verdict::Pass).then(|| Times::from([1, 2, 3, 100]));
        let every = SignedDuration::from_mins(15);
        Sample::look(minute(at), answers("a.example"), verdict, every, ms)
    }

    fn looks(of: &[(i64, Verdict)]) -> Vec<Sample> {
        of.iter().map(|(at, verdict)| look(*at, *verdict)).collect()
    }

    #[test]
    fn a_missed_look_is_an_interval_and_a_gap_is_neither_up_nor_down() {
        use Verdict::{Fail, Pass};
        // A day: up, one look down after an hour, then the computer slept from 2 h to 12 h.
        let mut of: Vec<(i64, Verdict)> = (0..8)
            .map(|n| (n * 15, if n == 4 { Fail } else { Pass }))
            .collect();
        of.extend((48..96).map(|n| (n * 15, Pass)));
        let samples = looks(&of);
        let day = figures(&samples, minute(24 * 60), SignedDuration::from_hours(24));
        assert_eq!((day.looks, day.down), (56, 1));
        let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-6, "{got} {want}");
        near(day.down_s, 900.0);
        near(day.up_s, 13.75 * 3_600.0);
        near(day.unseen_s, 10.0 * 3_600.0);
        assert_eq!(day.unseen().unwrap(), "10 h");
        assert_eq!(day.availability().unwrap(), "98.21 %");
        assert_eq!((day.p50, day.p95), (Some(100), Some(100)));
        assert!(day.resolution().contains("every 15 min"));
        let month = figures(&samples, minute(24 * 60), SignedDuration::from_hours(720));
        assert_eq!(month.availability(), day.availability());
        assert_eq!(month.unseen().unwrap(), "29 d");
    }

    #[test]
    fn nothing_seen_is_no_hundred_percent_and_nearly_all_is_not_all() {
        let none = figures(&[], minute(60), SignedDuration::from_hours(1));
        assert_eq!(none.availability(), None);
        let nearly = Figures {
            up_s: 9_999_999.0,
            down_s: 1.0,
            ..Figures::default()
        };
        assert_eq!(nearly.availability().unwrap(), "99.99 %");
    }

    #[test]
    fn a_strip_tells_each_hour() {
        use Verdict::{Fail, Pass, Unknown};
        let samples = looks(&[
            (0, Pass),
            (15, Pass),
            (30, Pass),
            (45, Pass),
            (60, Pass),
            (75, Fail),
            (90, Fail),
            (105, Fail),
            (120, Fail),
            (135, Fail),
            (150, Fail),
            (165, Fail),
            (180, Unknown),
        ]);
        let cells = strip(&samples, minute(240), SignedDuration::from_hours(1), 5);
        let words: Vec<&str> = cells.iter().map(|(cell, _)| cell.word()).collect();
        let want = [
            "not looked at",
            "up",
            "partly down",
            "down",
            "not looked at",
        ];
        assert_eq!(words, want);
        assert_eq!(cells[1].1, Some(100));
        assert_eq!(cells[3].1, None);
    }

    #[test]
    fn since_does_not_reach_over_a_gap_and_a_turn_is_remembered() {
        use Verdict::{Fail, Pass};
        let samples = looks(&[(0, Fail), (15, Pass), (30, Pass), (600, Pass), (615, Pass)]);
        let stands = standing(&samples).unwrap();
        assert_eq!(stands.verdict, Pass);
        assert_eq!(stands.since, minute(600));
        assert_eq!(stands.turned, Some(minute(0)));
        assert_eq!(stands.at, minute(615));
        assert_eq!(standing(&[]), None);
    }
}
