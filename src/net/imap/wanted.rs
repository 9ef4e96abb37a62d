//! Which messages are wanted, asked of the server and looked at again: a server may find what nobody asked for.

use jiff::{SignedDuration, Timestamp};

use super::folder::quoted;
use crate::model::encoded_word::decode;
use crate::net::message::Search;

/// The fields in which a word may stand.
const FIELDS: [&str; 3] = ["subject", "to", "from"];

impl Search {
    /// `SEARCH` as a command (RFC 3501 §6.4.4). `SINCE` knows days alone, of a zone that nobody tells: one day earlier.
    pub(super) fn command(&self) -> String {
        let day = self.since - SignedDuration::from_hours(24);
        let mut command = format!("UID SEARCH SINCE {}", day.strftime("%-d-%b-%Y"));
        let is_plain = |word: &String| word.chars().all(|c| matches!(c, ' '..='~'));
        // Where a word cannot be asked for, all are looked for here.
        if !self.any_of.is_empty() && self.any_of.iter().all(is_plain) {
            let keys: Vec<String> = self
                .any_of
                .iter()
                .flat_map(|word| {
                    ["SUBJECT", "TO", "FROM"].map(|key| format!("{key} {}", quoted(word)))
                })
                .collect();
            command.push_str(&" OR".repeat(keys.len() - 1));
            for key in keys {
                command.push_str(&format!(" {key}"));
            }
        }
        command
    }

    /// Whether a message that arrived then is new enough; the inbox's clock tells no fractions.
    pub(super) fn is_new(&self, arrived: Option<Timestamp>) -> bool {
        arrived.is_none_or(|at| at.as_second() >= self.since.as_second())
    }

    /// Whether one of the words stands in the message's Subject, To or From.
    pub(super) fn wants(&self, message: &[u8]) -> bool {
        if self.any_of.is_empty() {
            return true;
        }
        let text = headers(message);
        self.any_of
            .iter()
            .any(|word| text.contains(&word.to_lowercase()))
    }
}

/// `26-Nov-2026 18:00:01 +0000`, the day padded with a blank or not (RFC 3501 §9, date-time).
pub(super) fn moment(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let parsed = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text).ok()?;
    parsed.to_timestamp().ok()
}

/// The values of the fields in lower case, unfolded and decoded.
fn headers(message: &[u8]) -> String {
    let mut out = String::new();
    let mut in_field = false;
    for line in message.split(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let line = text.trim_end();
        if line.is_empty() {
            break;
        }
        let value = if line.starts_with([' ', '\t']) {
            line.trim_start()
        } else {
            let (name, value) = line.split_once(':').unwrap_or_default();
            in_field = FIELDS.contains(&name.trim_end().to_ascii_lowercase().as_str());
            if in_field {
                out.push('\n');
            }
            value.trim_start()
        };
        if in_field {
            out.push_str(value);
            out.push(' ');
        }
    }
    out.lines()
        .map(decode)
        .collect::<Vec<_>>()
        .join("\n")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(words: &[&str]) -> Search {
        Search {
            since: "2026-11-26T18:00:00.9Z".parse().unwrap(),
            any_of: words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[test]
    fn the_server_is_asked_for_day_and_words() {
        assert_eq!(search(&[]).command(), "UID SEARCH SINCE 25-Nov-2026");
        assert_eq!(
            search(&["a\"b"]).command(),
            r#"UID SEARCH SINCE 25-Nov-2026 OR OR SUBJECT "a\"b" TO "a\"b" FROM "a\"b""#
        );
        assert_eq!(search(&["ä"]).command(), "UID SEARCH SINCE 25-Nov-2026");
    }

    #[test]
    fn words_are_found_in_three_fields_however_they_are_written() {
        for (message, want) in [
            ("Subject: LR-7 hello\r\n\r\n", true),
            ("Subject: hello\r\n lr-7\r\n\r\n", true),
            ("TO: x+LR-7@acme.example\n\n", true),
            ("Subject: =?utf-8?B?TFItNw==?=\r\n\r\n", true),
            (
                "Subject: =?iso-8859-1?Q?L?= =?utf-8?q?R=2D7?=\r\n\r\n",
                true,
            ),
            ("Subject: no\r\n\r\nSubject: LR-7", false),
            ("X-Subject: LR-7\r\n\r\n", false),
            ("Subject: a\r\nX: b\r\n LR-7\r\n\r\n", false),
            ("", false),
        ] {
            assert_eq!(
                search(&["lr-7"]).wants(message.as_bytes()),
                want,
                "{message}"
            );
        }
    }

    #[test]
    fn moments_of_an_inbox_are_read() {
        for (text, want) in [
            ("26-Nov-2026 19:00:01 +0100", Some("2026-11-26T18:00:01Z")),
            (" 1-Nov-2026 00:00:00 +0000", Some("2026-11-01T00:00:00Z")),
            ("tomorrow", None),
        ] {
            let want = want.map(|text| text.parse::<Timestamp>().unwrap());
            assert_eq!(moment(text.as_bytes()), want, "{text}");
        }
        let since = search(&[]);
        assert!(since.is_new(Some("2026-11-26T18:00:00Z".parse().unwrap())));
        assert!(!since.is_new(Some("2026-11-26T17:59:59Z".parse().unwrap())));
    }
}
