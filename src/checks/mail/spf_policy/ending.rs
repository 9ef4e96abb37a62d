//! How a record ends, its `redirect=` followed.

use crate::checks::mail::spf::term::Qualifier;
use crate::checks::mail::spf::tree::{Looked, SpfNode};

/// What the record says to a message that nothing matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    All(Qualifier),
    /// Neither `all` nor a redirect that has one: neutral (RFC 7208 §4.7).
    Open,
    /// The record behind `redirect=` could not be read.
    Unclear,
}

/// The ending of a node's record.
pub fn ending(node: &SpfNode) -> Ending {
    let Some((_, parsed)) = node.parsed() else {
        return Ending::Unclear;
    };
    if let Some(all) = parsed.all() {
        return Ending::All(all);
    }
    let Some((term, _)) = parsed.redirect() else {
        return Ending::Open;
    };
    let behind = node.branches.iter().find(|b| b.term == term.text);
    match behind.map(|b| &b.looked) {
        Some(Looked::Record(next)) => ending(next),
        _ => Ending::Unclear,
    }
}
