//! Drift: this run against the one that was signed at handover.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::finding::{Finding, FindingKey};

/// How a finding stands to the one that was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    Worse,
    Changed,
    /// It could be told then and cannot be told now.
    CouldNotCheck,
    Better,
    Same,
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Drifted {
    pub key: FindingKey,
    pub change: Change,
    pub before: Option<Finding>,
    pub now: Option<Finding>,
}

/// Compares two sets of findings; the gravest change first.
pub fn compare(
    before: &BTreeMap<FindingKey, Finding>,
    now: &BTreeMap<FindingKey, Finding>,
) -> Vec<Drifted> {
    let keys: BTreeSet<&FindingKey> = before.keys().chain(now.keys()).collect();
    let mut list: Vec<Drifted> = keys
        .into_iter()
        .map(|key| {
            let (old, new) = (before.get(key), now.get(key));
            Drifted {
                key: key.clone(),
                change: change(old, new),
                before: old.cloned(),
                now: new.cloned(),
            }
        })
        .collect();
    list.sort_by(|a, b| (a.change, &a.key).cmp(&(b.change, &b.key)));
    list
}

fn change(before: Option<&Finding>, now: Option<&Finding>) -> Change {
    match (before, now) {
        (Some(a), Some(b)) if a.fingerprint == b.fingerprint => Change::Same,
        (Some(a), Some(b)) if b.verdict.undecided() && !a.verdict.undecided() => {
            Change::CouldNotCheck
        }
        (Some(a), Some(b)) if a.verdict.undecided() && b.verdict.holds() => Change::Better,
        (Some(a), Some(b)) if b.verdict.rank() < a.verdict.rank() => Change::Worse,
        (Some(a), Some(b)) if b.verdict.rank() > a.verdict.rank() => Change::Better,
        (Some(_), Some(_)) => Change::Changed,
        (None, Some(b)) if b.blocks() => Change::Worse,
        _ => Change::Changed,
    }
}
