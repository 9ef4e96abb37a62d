//! The 48-hour clock: phases and workstream windows, with pauses. `now` is always an argument.

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
    /// Time that counts, zero before the start.
    pub fn elapsed(&self, now: Timestamp) -> SignedDuration {
        let Some(started) = self.started else {
            return SignedDuration::ZERO;
        };
        let paused = self.pauses.iter().fold(SignedDuration::ZERO, |sum, pause| {
            sum + pause
                .to
                .unwrap_or(now)
                .min(now)
                .duration_since(pause.from)
                .max(SignedDuration::ZERO)
        });
        (now.duration_since(started) - paused).max(SignedDuration::ZERO)
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
