//! What a session amounts to: its rows, its gate, who signed, what drifted. Computed from the fold, kept nowhere.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::criterion::{CriterionReport, Facts, assess_all};
use super::finding::FindingKey;
use super::gate::{GateReport, decide};
use super::playbook::Playbook;
use super::record::SignOff;
use super::session::Session;

/// What a note is about that says why the clock runs although access is not complete.
pub const WITHOUT_ACCESS: &str = "access";

/// Whether two names are one person's.
pub fn same_name(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

impl Session {
    /// Whether the authority to test `host` was stated: for it, or for a domain that it is in.
    pub fn is_authorised(&self, host: &str) -> bool {
        let within = |stated: &str| {
            host == stated
                || host
                    .strip_suffix(stated)
                    .is_some_and(|head| head.ends_with('.'))
        };
        self.authority
            .iter()
            .any(|a| a.hosts.iter().any(|h| !h.is_empty() && within(h)))
    }

    /// What rows are computed from.
    pub fn facts<'a>(&'a self, playbook: &'a Playbook, now: Timestamp) -> Facts<'a> {
        Facts {
            findings: &self.findings,
            answers: &self.answers,
            waivers: &self.waivers,
            now,
            changed: self.intent_changed,
            planned: self.plan(),
            people: true,
            proofs: Some((&self.proofs, playbook)),
            plain: false,
        }
    }

    /// The same, with reasons in a founder's words.
    pub fn plain_facts<'a>(&'a self, playbook: &'a Playbook, now: Timestamp) -> Facts<'a> {
        Facts {
            plain: true,
            ..self.facts(playbook, now)
        }
    }

    /// Every row of the playbook.
    pub fn rows(&self, playbook: &Playbook, now: Timestamp) -> Vec<CriterionReport> {
        assess_all(playbook, self.facts(playbook, now))
    }

    /// Who signed a gate, each name once, the first signature of each.
    pub fn signatures(&self, gate: &str) -> Vec<&SignOff> {
        let mut list: Vec<&SignOff> = Vec::new();
        for sign in &self.sign_offs {
            if sign.gate == gate && !list.iter().any(|known| same_name(&known.by, &sign.by)) {
                list.push(sign);
            }
        }
        list
    }

    /// Whether somebody said why the clock runs although access was not complete.
    pub fn started_without_access(&self) -> bool {
        self.notes.iter().any(|note| note.item == WITHOUT_ACCESS)
    }

    /// Go or no-go.
    pub fn gate(&self, playbook: &Playbook, now: Timestamp) -> GateReport {
        decide(&self.rows(playbook, now), true)
    }

    /// Everything that the latest whole run had to look at; `None` before one ended.
    fn plan(&self) -> Option<&BTreeSet<FindingKey>> {
        self.runs
            .iter()
            .rev()
            .filter(|run| run.finished.is_some())
            .find_map(|run| run.planned.as_ref())
    }
}
