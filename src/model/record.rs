//! What a session keeps of its events: authority, runs, answers, waivers, owners, sign-offs. Plain records.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::attachment::Attachment;
use super::finding::{Finding, FindingKey};
use super::observation::self_check::SelfCheck;
use super::run::QueryCounts;

/// Authority to test, as stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    pub statement: String,
    pub hosts: Vec<String>,
    pub by: String,
    pub at: Timestamp,
}

/// One run of the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    pub id: String,
    pub rules: u32,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    pub took_ms: u64,
    pub self_check: Option<SelfCheck>,
    pub queries: QueryCounts,
    /// Keys seen in it.
    pub seen: BTreeSet<FindingKey>,
    /// Everything that a whole run looks at; `None` for a run that was narrowed to some checks.
    pub planned: Option<BTreeSet<FindingKey>>,
}

/// A person's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub yes: bool,
    pub by: String,
    pub evidence: String,
    /// Files by their hash and links that show it.
    pub attachments: Vec<Attachment>,
    pub at: Timestamp,
}

/// A row accepted as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    pub criterion: String,
    pub reason: String,
    pub by: String,
    pub until: Timestamp,
    pub compensating: String,
    /// Of the findings that were accepted. A finding with another fingerprint is not covered.
    pub fingerprints: Vec<String>,
    pub at: Timestamp,
}

impl Waiver {
    /// Whether it accepts a row on which nobody answered, and is not over.
    pub fn covers_row(&self, criterion: &str, now: Timestamp) -> bool {
        self.criterion == criterion && now < self.until
    }
}

/// Who does it, and by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub name: String,
    pub due: Option<Timestamp>,
    /// What it waits for, see [`super::blocking`]; empty: nothing.
    pub blocked_by: String,
}

/// A note on a row, a finding or the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub item: String,
    pub text: String,
    pub by: String,
    pub at: Timestamp,
}

/// A line of the access map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    pub place: String,
    /// Who can sign in.
    pub who: String,
    pub how: String,
    /// Whose account it is.
    pub owner: String,
    /// Who holds the second factor.
    pub second_factor: String,
    /// How the account is recovered.
    pub recovery: String,
}

/// A name under a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOff {
    pub gate: String,
    pub by: String,
    pub role: String,
    pub at: Timestamp,
    /// The fingerprint of every finding as it was signed.
    pub facts: BTreeMap<FindingKey, String>,
}

/// The moment of handing over.
#[derive(Debug, Clone, PartialEq)]
pub struct Handover {
    pub run: String,
    pub to: String,
    pub at: Timestamp,
    /// What was found then: the baseline for drift.
    pub findings: BTreeMap<FindingKey, Finding>,
}
