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
