//! What a run will look at: checks × subjects.

use std::sync::Arc;

use ulid::Ulid;

use crate::checks::mail::test_message::recall;
use crate::checks::registry::CHECKS;
use crate::checks::rule::Check;
use crate::model::finding::{CheckId, FindingKey, Kept};
use crate::model::intent::Intent;
use crate::model::playbook::glob_matches;

/// Which checks to run, as globs over their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Empty: all.
    pub only: Vec<String>,
    pub skip: Vec<String>,
}

impl Selection {
    /// Whether a check is wanted.
    pub fn wants(&self, id: &str) -> bool {
        let any = |globs: &[String]| globs.iter().any(|glob| glob_matches(glob, id));
        (self.only.is_empty() || any(&self.only)) && !any(&self.skip)
    }

    /// Globs that match no check: typos, most likely.
    pub fn strangers(&self) -> Vec<&str> {
        self.only
            .iter()
            .chain(&self.skip)
            .filter(|glob| {
                !CHECKS
                    .iter()
                    .any(|check| glob_matches(glob, check.meta().id))
            })
            .map(String::as_str)
            .collect()
    }
}

/// One check on one subject.
#[derive(Clone)]
pub struct Unit {
    pub check: &'static dyn Check,
    pub subject: String,
}

impl Unit {
    /// Check × subject.
    pub fn key(&self) -> FindingKey {
        FindingKey {
            check: CheckId::from(self.check.meta().id),
            subject: self.subject.clone(),
        }
    }
}

/// Everything that one run will look at.
#[derive(Clone)]
pub struct Plan {
    /// ULID of the run.
    pub run: String,
    pub intent: Arc<Intent>,
    pub units: Vec<Unit>,
    /// Whether the operator stated the authority to run intrusive checks.
    pub authorised: bool,
    /// What earlier runs of the session kept.
    pub kept: Kept,
}

impl Plan {
    /// All wanted checks on all subjects of the intent, sorted.
    pub fn new(intent: Intent, selection: &Selection, authorised: bool) -> Self {
        let units = CHECKS
            .iter()
            .filter(|check| selection.wants(check.meta().id))
            .flat_map(|check| {
                let mut subjects = check.subjects(&intent);
                subjects.sort();
                subjects.dedup();
                subjects.into_iter().map(|subject| Unit {
                    check: *check,
                    subject,
                })
            })
            .collect();
        Self {
            run: Ulid::new().to_string(),
            intent: Arc::new(intent),
            units,
            authorised,
            kept: Kept::new(),
        }
    }

    /// The same for a session, of which earlier runs kept something: a message that was judged once is expected from then on.
    pub fn again(mut intent: Intent, selection: &Selection, authorised: bool, kept: Kept) -> Self {
        for kind in recall::kinds(&kept) {
            intent.expect(kind);
        }
        Self {
            kept,
            ..Self::new(intent, selection, authorised)
        }
    }

    /// Only these rows again.
    #[must_use]
    pub fn narrowed(mut self, keys: &[FindingKey]) -> Self {
        self.units.retain(|unit| keys.contains(&unit.key()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection_is_by_glob_and_skip_wins() {
        let selection = Selection {
            only: vec!["mail.*".into()],
            skip: vec!["mail.spf*".into()],
        };
        assert!(selection.wants("mail.dmarc"));
        assert!(!selection.wants("mail.spf"));
        assert!(!selection.wants("dns.soa"));
        assert_eq!(
            Selection {
                only: vec!["nail.*".into()],
                skip: vec![]
            }
            .strangers(),
            ["nail.*"]
        );
    }
}
