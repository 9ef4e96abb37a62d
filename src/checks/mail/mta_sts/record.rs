//! The record of MTA-STS: that there is a policy, and an id that changes with it (RFC 8461 §3.1).

use jiff::Timestamp;

use crate::checks::mail::versioned::Fields;
use crate::model::text::escape;

/// The longest id.
const LONGEST: usize = 32;

/// The id, and why senders discard the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StsRecord {
    pub id: Option<String>,
    pub problems: Vec<String>,
}

/// Reads a record that has its version.
pub fn read(text: &str) -> StsRecord {
    let fields = Fields::parse(text);
    let mut problems: Vec<String> = fields
        .odd
        .iter()
        .map(|piece| format!("`{}` is no `name=value`", escape(piece)))
        .collect();
    let ids: Vec<&str> = fields.values("id").collect();
    match ids.as_slice() {
        [] => problems.push("there is no `id=`".to_owned()),
        [id] if is_id(id) => {}
        [id] => problems.push(format!(
            "`id={}` is not 1 to {LONGEST} letters and digits",
            escape(id)
        )),
        _ => problems.push("`id=` stands more than once".to_owned()),
    }
    StsRecord {
        id: ids.first().map(|id| (*id).to_owned()),
        problems,
    }
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The record with an id that differs from `old`: the day on which it was looked at.
pub fn next(at: Timestamp, old: Option<&str>) -> String {
    let day = at.strftime("%Y%m%d").to_string();
    let again = if old == Some(day.as_str()) { "b" } else { "" };
    format!("v=STSv1; id={day}{again}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_letters_and_digits() {
        let long = format!("v=STSv1; id={}", "a".repeat(32));
        for (text, words) in [
            ("v=STSv1; id=20261121T2000;", ""),
            ("v=STSv1;id=1; x=y", ""),
            (long.as_str(), ""),
            (&format!("{long}a"), "1 to 32"),
            ("v=STSv1; id=", "1 to 32"),
            ("v=STSv1; id=2026-11-21", "1 to 32"),
            ("v=STSv1;", "no `id=`"),
            ("v=STSv1; id=1; id=2", "more than once"),
            ("v=STSv1; id = 1", "no `name=value`"),
        ] {
            let problems = read(text).problems;
            assert_eq!(problems.is_empty(), words.is_empty(), "{text}");
            assert!(problems.concat().contains(words), "{text}: {problems:?}");
        }
    }

    #[test]
    fn the_next_id_is_another_one() {
        let at: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
        assert_eq!(next(at, None), "v=STSv1; id=20261121");
        assert_eq!(next(at, Some("20261121")), "v=STSv1; id=20261121b");
        assert_eq!(next(at, Some("20261121b")), "v=STSv1; id=20261121");
    }
}
