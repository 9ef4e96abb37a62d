//! The practice range as the cockpit sees it: faults that can be mended by name. It never reaches the range itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::finding::{CheckId, Finding};
use crate::model::verdict::Verdict;

/// The faults of the range that the open session runs on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeControl {
    pub scenario: String,
    pub faults: Vec<Fault>,
    /// Ids of faults that were mended.
    pub mended: BTreeSet<String>,
    /// Ids of faults that are being mended now.
    pub mending: BTreeSet<String>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// `mail.two-spf-records`.
    pub id: String,
    pub title: String,
    /// The check that must see it.
    pub check: CheckId,
    /// Other checks that fail because of it.
    #[serde(default)]
    pub also: Vec<CheckId>,
}

impl RangeControl {
    /// Whether a fault is left that was not mended.
    pub fn is_broken(&self) -> bool {
        self.faults.iter().any(|f| !self.mended.contains(&f.id))
    }

    /// Why a finding cannot be mended here; `None`: it can.
    pub fn mends(&self, finding: &Finding) -> Option<&'static str> {
        match self.fault_of(&finding.check) {
            _ if finding.verdict == Verdict::Pass => Some("it passes: there is nothing to mend"),
            Some(_) => None,
            None => Some("no fault of the range is behind this one"),
        }
    }

    /// The first fault behind a check that is neither mended nor being mended: one of its own, else one that breaks it too.
    pub fn fault_of(&self, check: &CheckId) -> Option<&Fault> {
        let mut left = self
            .faults
            .iter()
            .filter(|f| !self.mended.contains(&f.id) && !self.mending.contains(&f.id));
        let own = left.clone().find(|f| f.check == *check);
        own.or_else(|| left.find(|f| f.also.contains(check)))
    }
}
