//! Composes record changes. Names are fully qualified; how to type them is for [`super::place`] to say.

use crate::model::finding::{RecordAction, RecordChange};
use crate::model::name::HostName;
use crate::model::observation::dns::RecordType;

/// TTL for a record that is still being worked on: short enough to correct a slip within minutes.
pub const TTL_WHILE_CHANGING: u32 = 300;

/// TTL for a record that is meant to stay.
pub const TTL_SETTLED: u32 = 3_600;

/// A record to add, with [`TTL_SETTLED`].
pub fn add(name: &HostName, rtype: RecordType, value: impl Into<String>) -> RecordChange {
    RecordChange {
        action: RecordAction::Add,
        name: name.as_str().to_owned(),
        rtype: rtype.mnemonic().to_owned(),
        ttl: TTL_SETTLED,
        value: value.into(),
        old: None,
    }
}

/// A record whose value changes from `old` to `new`.
pub fn replace(
    name: &HostName,
    rtype: RecordType,
    old: impl Into<String>,
    new: impl Into<String>,
) -> RecordChange {
    RecordChange {
        action: RecordAction::Replace,
        old: Some(old.into()),
        ..add(name, rtype, new)
    }
}

/// A record whose value stays while its TTL changes.
pub fn retime(
    name: &HostName,
    rtype: RecordType,
    value: impl Into<String>,
    seconds: u32,
) -> RecordChange {
    RecordChange {
        action: RecordAction::Replace,
        ttl: seconds,
        ..add(name, rtype, value)
    }
}

/// A record to delete, by its value.
pub fn delete(name: &HostName, rtype: RecordType, value: impl Into<String>) -> RecordChange {
    RecordChange {
        action: RecordAction::Delete,
        ..add(name, rtype, value)
    }
}

/// The same change with another TTL.
#[must_use]
pub fn with_ttl(mut change: RecordChange, seconds: u32) -> RecordChange {
    change.ttl = seconds;
    change
}

/// Longest piece of a TXT record, in octets (RFC 1035 section 3.3).
pub const TEXT_PIECE: usize = 255;

/// A TXT value as zone files write it: in double quotes, in pieces of at most [`TEXT_PIECE`] octets, quotes and
/// backslashes escaped. Read back, the pieces join without a space.
pub fn quoted(value: &str) -> String {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in value.chars() {
        if used + c.len_utf8() > TEXT_PIECE {
            pieces.push(String::new());
            used = 0;
        }
        used += c.len_utf8();
        if let Some(piece) = pieces.last_mut() {
            if matches!(c, '"' | '\\') {
                piece.push('\\');
            }
            piece.push(c);
        }
    }
    let pieces: Vec<String> = pieces.iter().map(|piece| format!("\"{piece}\"")).collect();
    pieces.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_in_pieces_of_255_octets() {
        for (value, want) in [
            (String::new(), "\"\"".to_owned()),
            ("v=spf1 -all".into(), "\"v=spf1 -all\"".into()),
            ("a\"b\\".into(), "\"a\\\"b\\\\\"".into()),
            ("a".repeat(255), format!("\"{}\"", "a".repeat(255))),
            ("a".repeat(256), format!("\"{}\" \"a\"", "a".repeat(255))),
            // A character of two octets is not torn in two.
            (
                format!("{}ä", "a".repeat(254)),
                format!("\"{}\" \"ä\"", "a".repeat(254)),
            ),
        ] {
            assert_eq!(quoted(&value), want);
        }
    }
}
