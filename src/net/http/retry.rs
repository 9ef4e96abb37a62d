//! When to come again: `Retry-After` (RFC 9110 §10.2.3).

use jiff::{SignedDuration, Timestamp};

/// The longest wait in seconds that is believed: a year.
const LONGEST: i64 = 31_536_000;

/// The seconds where the value is a number, and the moment when they are over; a date gives the moment alone. `at`: when the
/// answer came.
pub(in crate::net) fn retry_after(
    value: Option<&str>,
    at: Timestamp,
) -> (Option<i64>, Option<Timestamp>) {
    let Some(value) = value.map(str::trim) else {
        return (None, None);
    };
    if let Some(seconds) = value
        .parse::<i64>()
        .ok()
        .filter(|s| (0..=LONGEST).contains(s))
    {
        let again = at.checked_add(SignedDuration::from_secs(seconds)).ok();
        return (Some(seconds), again);
    }
    let date = jiff::fmt::rfc2822::parse(value).ok();
    (None, date.map(|zoned| zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let at: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-11-21T20:02:00Z".parse().unwrap();
        for (value, want) in [
            (Some("120"), (Some(120), Some(later))),
            (Some("Sat, 21 Nov 2026 20:02:00 GMT"), (None, Some(later))),
            (Some("soon"), (None, None)),
            (Some("-5"), (None, None)),
            (Some("99999999999999999"), (None, None)),
            (None, (None, None)),
        ] {
            assert_eq!(retry_after(value, at), want, "{value:?}");
        }
    }
}
