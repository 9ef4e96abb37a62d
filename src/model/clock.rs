//! The 48-hour clock: phases and workstream windows, with pauses. `now` is always an argument.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::playbook::{Phase, Workstream};

/// Length of a sprint.
pub const SPRINT: SignedDuration = SignedDuration::from_hours(48);

/// When the sprint started and when it stood still.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub started: Option<Timestamp>,
    /// In order; the last may still be open.
    pub pauses: Vec<Pause>,
}

/// A stretch of time that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Timestamp,
    pub to: Option<Timestamp>,
    /// Who or what is waited for.
    pub cause: String,
}

/// How a window stands to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    Ahead,
    Open,
    Over,
}

impl Clock {
    /// Time that counts, zero before the start. Whatever the computer's clock did meanwhile, no moment is counted twice and
    /// none before the start.
    pub fn elapsed(&self, now: Timestamp) -> SignedDuration {
        let Some(started) = self.started else {
            return SignedDuration::ZERO;
        };
        let paused = self
            .stood(now)
            .into_iter()
            .fold(SignedDuration::ZERO, |sum, (from, to)| {
                sum + to.duration_since(from)
            });
        (now.duration_since(started) - paused).max(SignedDuration::ZERO)
    }

    /// When it stood still between the start and now: in order, without overlaps, none empty. A pause that ends before it
    /// began (the computer's clock was set back) took no time.
    pub fn stood(&self, now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Some(started) = self.started else {
            return Vec::new();
        };
        let mut list: Vec<(Timestamp, Timestamp)> = self
            .pauses
            .iter()
            .map(|pause| (pause.from.max(started), pause.to.unwrap_or(now).min(now)))
            .filter(|(from, to)| from < to)
            .collect();
        list.sort_unstable();
        let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, to) in list {
            match merged.last_mut() {
                Some(open) if from <= open.1 => open.1 = open.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        merged
    }

    /// The moment at which an hour of the sprint was reached, or will be if the clock stands no more: the start, the hours,
    /// and every pause so far. While it stands, what lies ahead moves with `now`. `None` before the start.
    pub fn wall(&self, hour: u32, now: Timestamp) -> Option<Timestamp> {
        let mut at = self.started?;
        let mut left = SignedDuration::from_hours(i64::from(hour));
        for (from, to) in self.stood(now) {
            let ran = from.duration_since(at);
            if left <= ran {
                break;
            }
            left -= ran;
            at = to;
        }
        Some(at.checked_add(left).unwrap_or(Timestamp::MAX))
    }

    /// Time left of the 48 hours; negative when they are over.
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        SPRINT - self.elapsed(now)
    }

    /// The pause that is running.
    pub fn pause(&self) -> Option<&Pause> {
        self.pauses.last().filter(|pause| pause.to.is_none())
    }

    /// The phase that the clock is in; the last one when the time is over, none before the start.
    pub fn phase<'a>(&self, phases: &'a [Phase], now: Timestamp) -> Option<&'a Phase> {
        self.started?;
        let hours = self.elapsed(now).as_hours();
        phases
            .iter()
            .find(|p| hours < i64::from(p.to))
            .or_else(|| phases.last())
    }

    /// Where a workstream's window stands.
    pub fn window(&self, work: &Workstream, now: Timestamp) -> Window {
        let hours = self.elapsed(now).as_hours();
        if self.started.is_none() || hours < i64::from(work.from) {
            Window::Ahead
        } else if hours < i64::from(work.to) {
            Window::Open
        } else {
            Window::Over
        }
    }
}

/// `21:40` for a duration, hours and minutes; a minus sign when it is negative.
pub fn hours_minutes(duration: SignedDuration) -> String {
    let minutes = duration.as_mins();
    let sign = if minutes < 0 { "-" } else { "" };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// `Fri 14:00` within a week of now, `3 Dec 14:00` beyond, as a clock on the wall in that zone shows it.
pub fn wall_time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let near = at.duration_since(now).abs() < SignedDuration::from_hours(6 * 24);
    let format = if near { "%a %H:%M" } else { "%-d %b %H:%M" };
    at.to_zoned(zone.clone()).strftime(format).to_string()
}

/// `12 s`, `4 min`, `3 h`, `2 d`: how long ago, for people.
pub fn ago(duration: SignedDuration) -> String {
    match duration.as_secs().max(0) {
        s @ 0..=59 => format!("{s} s"),
        s @ 60..=3_599 => format!("{} min", s / 60),
        s @ 3_600..=172_799 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}

/// `4:12` below an hour, `3 h 05 min`, `2 d`; `now` when the time has come.
pub fn countdown(left: SignedDuration) -> String {
    match left.as_secs() {
        ..=0 => "now".to_owned(),
        s @ 1..=3_599 => format!("{}:{:02}", s / 60, s % 60),
        s @ 3_600..=172_799 => format!("{} h {:02} min", s / 3_600, s / 60 % 60),
        s => format!("{} d", s / 86_400),
    }
}

/// Whether [`countdown`] shows seconds for what is left.
pub fn counts_seconds(left: SignedDuration) -> bool {
    (0..3_600).contains(&left.as_secs()) && left.is_positive()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    #[test]
    fn pauses_do_not_count() {
        let clock = Clock {
            started: Some(at(0)),
            pauses: vec![
                Pause {
                    from: at(2),
                    to: Some(at(5)),
                    cause: "client".into(),
                },
                Pause {
                    from: at(10),
                    to: None,
                    cause: "registrar".into(),
                },
            ],
        };
        assert_eq!(clock.elapsed(at(4)).as_hours(), 2);
        assert_eq!(clock.elapsed(at(30)).as_hours(), 7);
        assert_eq!(clock.left(at(30)).as_hours(), 41);
        assert_eq!(clock.pause().unwrap().cause, "registrar");
    }

    fn pause(from: i64, to: Option<i64>) -> Pause {
        Pause {
            from: at(from),
            to: to.map(at),
            cause: "client".into(),
        }
    }

    #[test]
    fn an_hour_of_the_sprint_has_its_moment() {
        let clock = |pauses| Clock {
            started: Some(at(0)),
            pauses,
        };
        // Start + hours + pauses so far; what was reached before a pause stays where it was.
        let paused = clock(vec![pause(2, Some(5))]);
        for (hour, wall) in [(0, 0), (1, 1), (2, 2), (3, 6), (8, 11), (48, 51)] {
            assert_eq!(paused.wall(hour, at(6)), Some(at(wall)), "hour {hour}");
        }
        // While it stands, what lies ahead moves with now.
        let standing = clock(vec![pause(4, None)]);
        assert_eq!(standing.wall(8, at(5)), Some(at(9)));
        assert_eq!(standing.wall(8, at(30)), Some(at(34)));
        assert_eq!(standing.wall(4, at(30)), Some(at(4)));
        assert_eq!(Clock::default().wall(8, at(5)), None);
        // What the moment says and what the clock says agree.
        for hour in 0..48 {
            let wall = paused.wall(hour, at(60)).unwrap();
            assert_eq!(paused.elapsed(wall).as_hours(), i64::from(hour));
        }
    }

    #[test]
    fn a_clock_that_jumps_gives_no_negative_and_no_doubled_time() {
        let clock = |pauses| Clock {
            started: Some(at(10)),
            pauses,
        };
        for (what, pauses, now, elapsed) in [
            ("now before the start", vec![], 5, 0),
            ("set back in a pause", vec![pause(14, Some(12))], 20, 10),
            ("set back in a running pause", vec![pause(14, None)], 13, 3),
            (
                "a pause from before the start",
                vec![pause(2, Some(12))],
                20,
                8,
            ),
            (
                "pauses that overlap",
                vec![pause(12, Some(16)), pause(14, Some(18))],
                20,
                4,
            ),
            (
                "one within the other",
                vec![pause(12, Some(18)), pause(13, Some(14))],
                20,
                4,
            ),
            (
                "out of order",
                vec![pause(16, Some(18)), pause(12, Some(13))],
                20,
                7,
            ),
            ("ends after now", vec![pause(12, Some(30))], 20, 2),
        ] {
            let clock = clock(pauses);
            assert_eq!(clock.elapsed(at(now)).as_hours(), elapsed, "{what}");
            let wall = clock.wall(8, at(now)).unwrap();
            assert!(wall >= at(18), "{what}: {wall}");
        }
    }

    #[test]
    fn summer_time_takes_no_hour_and_gives_none() {
        // In Paris the clocks went back on 25 October 2026 at 01:00 UTC; the sprint does not notice, only the wall does.
        let started: Timestamp = "2026-10-24T20:00:00Z".parse().unwrap();
        let clock = Clock {
            started: Some(started),
            pauses: Vec::new(),
        };
        let now = started + SignedDuration::from_hours(8);
        assert_eq!(clock.elapsed(now).as_hours(), 8);
        let paris = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        assert_eq!(wall_time(started, started, &paris), "Sat 22:00");
        assert_eq!(
            wall_time(clock.wall(8, now).unwrap(), now, &paris),
            "Sun 05:00"
        );
        assert_eq!(
            wall_time(clock.wall(24, now).unwrap(), now, &paris),
            "Sun 21:00"
        );
        assert_eq!(
            wall_time(now + SignedDuration::from_hours(24 * 9), now, &paris),
            "3 Nov 05:00"
        );
    }

    #[test]
    fn before_the_start_nothing_runs() {
        let clock = Clock::default();
        assert_eq!(clock.elapsed(at(9)), SignedDuration::ZERO);
        let work = Workstream {
            id: "dns".into(),
            title: String::new(),
            from: 0,
            to: 8,
        };
        assert_eq!(clock.window(&work, at(9)), Window::Ahead);
    }

    #[test]
    fn a_countdown_shows_seconds_in_its_last_hour() {
        for (seconds, shown, ticks) in [
            (-5, "now", false),
            (0, "now", false),
            (1, "0:01", true),
            (252, "4:12", true),
            (3_599, "59:59", true),
            (3_600, "1 h 00 min", false),
            (200_000, "2 d", false),
        ] {
            let left = SignedDuration::from_secs(seconds);
            assert_eq!(countdown(left), shown);
            assert_eq!(counts_seconds(left), ticks, "{seconds}");
        }
        // The second in which it comes to an end is still drawn.
        assert!(counts_seconds(SignedDuration::from_millis(500)));
    }

    #[test]
    fn windows_open_and_close_on_the_hour() {
        let clock = Clock {
            started: Some(at(0)),
            pauses: Vec::new(),
        };
        let work = Workstream {
            id: "mail".into(),
            title: String::new(),
            from: 8,
            to: 16,
        };
        assert_eq!(clock.window(&work, at(7)), Window::Ahead);
        assert_eq!(clock.window(&work, at(8)), Window::Open);
        assert_eq!(clock.window(&work, at(16)), Window::Over);
        assert_eq!(hours_minutes(clock.left(at(50))), "-02:00");
    }
}
