//! The rollback card: to which deploy, how, who may, what each record was before it was changed, and what proves that it is
//! back. Read from answers, the access map and the history of the findings; what nobody wrote down is said to be missing.

use std::collections::{BTreeMap, BTreeSet};

use super::runbook::{access, call, check, said};
use crate::model::fact;
use crate::model::finding::{Finding, FindingKey, RecordAction, RecordChange};
use crate::model::session::Session;
use crate::model::verdict::Verdict;

/// What always proves that the portal is there.
const UP: [&str; 3] = ["api.health", "tls.reachable", "web.status"];

/// Kinds of facts that are records.
const RECORDS: [&str; 8] = ["A", "AAAA", "CNAME", "NS", "MX", "SPF", "DMARC", "DKIM"];

/// The card of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollbackCard {
    /// To which deploy, and how.
    pub target: String,
    /// The drill: how long it took, on which day.
    pub drill: String,
    /// Who may deploy.
    pub who: String,
    pub call: String,
    pub records: Vec<Before>,
    /// The command that proves it.
    pub proof: String,
}

/// A record that was changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Before {
    /// `_dmarc.acme.example TXT`.
    pub record: String,
    /// Empty: there was none.
    pub before: String,
    /// Empty: it was taken away.
    pub after: String,
    /// How it goes back.
    pub undo: String,
    /// The check that looks at it.
    pub proof: String,
}

/// Composes the card.
pub fn card(session: &Session) -> RollbackCard {
    let records: Vec<Before> = changed(session).into_iter().collect();
    let mut checks: BTreeSet<&str> = records.iter().map(|r| r.proof.as_str()).collect();
    checks.extend(UP);
    let only = checks.into_iter().collect::<Vec<_>>().join(",");
    RollbackCard {
        target: said(session, &["rollback-target"], "which deploy, and how"),
        drill: said(session, &["rollback-drill"], "a drill"),
        who: access(session, &["hosting", "host"], "hosting"),
        call: call(session),
        proof: check(session, &only),
        records,
    }
}

/// Records whose remedy was done: an earlier finding asked for the change, and the latest one holds. And facts that are not
/// what they were when they were seen first.
fn changed(session: &Session) -> BTreeSet<Before> {
    let mut list = BTreeSet::new();
    for (key, earlier) in &session.history {
        let Some(now) = session.findings.get(key) else {
            continue;
        };
        let done = now.verdict == Verdict::Pass;
        let mut told = BTreeMap::new();
        for finding in earlier.iter().filter(|_| done) {
            let remedy = finding.remedy.iter();
            for (record, undo) in remedy.flat_map(|r| r.records.iter().map(|c| (c, &r.undo))) {
                told.entry((&record.name, &record.rtype, &record.value))
                    .or_insert_with(|| of_remedy(record, undo, key));
            }
        }
        match told.is_empty() {
            true => list.extend(of_facts(earlier, now, key)),
            false => list.extend(told.into_values()),
        }
    }
    list
}

fn of_remedy(change: &RecordChange, undo: &str, key: &FindingKey) -> Before {
    let (before, after) = match change.action {
        RecordAction::Add => (String::new(), change.value.clone()),
        RecordAction::Delete => (change.value.clone(), String::new()),
        RecordAction::Replace => {
            let old = change.old.clone();
            (old.unwrap_or_default(), change.value.clone())
        }
    };
    Before {
        record: format!("{} {}", change.name, change.rtype),
        before,
        after,
        undo: undo.to_owned(),
        proof: key.check.to_string(),
    }
}

fn of_facts(earlier: &[Finding], now: &Finding, key: &FindingKey) -> Vec<Before> {
    let first = earlier.iter().find(|f| !fact::of(f).is_empty());
    let changes = first.map_or_else(Vec::new, |first| fact::changes(first, now));
    changes
        .into_iter()
        .filter(|change| {
            let kind = change.fact.split(' ').next();
            kind.is_some_and(|kind| RECORDS.contains(&kind))
        })
        .map(|change| Before {
            before: change.before.join(", "),
            after: change.now.join(", "),
            undo: match change.before.is_empty() {
                true => format!("Delete {} again.", change.fact),
                false => format!("Put {} back as it was.", change.fact),
            },
            record: change.fact,
            proof: key.check.to_string(),
        })
        .collect()
}

#[cfg(test)]
#[path = "rollback_tests.rs"]
mod tests;
