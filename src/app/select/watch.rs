//! What is being watched.

use super::super::opened::Watching;
use super::super::state::State;
use crate::model::finding::FindingKey;

/// Every watch of the open session, in the order of its rows.
pub fn watches(state: &State) -> Vec<(&FindingKey, &Watching)> {
    state.opened.iter().flat_map(|o| o.watches.iter()).collect()
}

/// The keys of them.
pub fn keys(state: &State) -> Vec<FindingKey> {
    watches(state)
        .into_iter()
        .map(|(key, _)| key.clone())
        .collect()
}
