//! Facts apart from verdicts: addresses, servers, certificates, records, redirects. A check that sees one says so, and drift
//! tells what became of it although the verdict is the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::finding::Finding;

/// The key of `details` under which a check tells facts: name → sorted list. What was looked for and is not there is an
/// empty list; what was not seen is left out.
pub const FACTS: &str = "facts";

/// The key of `details` that holds the version of the check's own rule.
pub const RULE: &str = "rule";

/// How the name of a fact ends that is a date, later after a renewal.
pub const UNTIL: &str = " until";

/// How the name of a fact ends that may become another one at a renewal.
pub const KEY: &str = " key";

/// A fact that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactChange {
    /// `A portal.acme.example`.
    pub fact: String,
    pub before: Vec<String>,
    pub now: Vec<String>,
}

impl FactChange {
    /// `A portal.acme.example 203.0.113.20 → 203.0.113.44`, with that arrow.
    pub fn text(&self, arrow: &str) -> String {
        let side = |list: &[String]| match list {
            [] => "none".to_owned(),
            list => list.join(", "),
        };
        format!(
            "{} {} {arrow} {}",
            self.fact,
            side(&self.before),
            side(&self.now)
        )
    }

    /// Whether it is a date that moved on: none is earlier than the latest of before.
    fn is_later(&self) -> bool {
        let dates = |list: &[String]| {
            let read: Result<Vec<Timestamp>, _> = list.iter().map(|d| day(d)).collect();
            read.ok().filter(|dates| !dates.is_empty())
        };
        let (Some(before), Some(now)) = (dates(&self.before), dates(&self.now)) else {
            return false;
        };
        self.fact.ends_with(UNTIL)
            && now.iter().min() >= before.iter().max()
            && now.iter().max() > before.iter().max()
    }
}

/// A moment, or a day from its beginning.
fn day(text: &str) -> Result<Timestamp, jiff::Error> {
    text.parse()
        .or_else(|_| format!("{text}T00:00:00Z").parse())
}

/// The facts that a finding tells.
pub fn of(finding: &Finding) -> BTreeMap<&str, BTreeSet<&str>> {
    let map = finding.details.get(FACTS).and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .filter_map(|(name, list)| {
            let list = list.as_array()?.iter().filter_map(Value::as_str);
            Some((name.as_str(), list.collect()))
        })
        .collect()
}

/// What became of the facts that both tell. The order of a list is no fact.
pub fn changes(before: &Finding, now: &Finding) -> Vec<FactChange> {
    let (then, now) = (of(before), of(now));
    let owned = |list: &BTreeSet<&str>| list.iter().map(|text| (*text).to_owned()).collect();
    then.iter()
        .filter_map(|(name, before)| {
            let now = now.get(name).filter(|now| *now != before)?;
            Some(FactChange {
                fact: (*name).to_owned(),
                before: owned(before),
                now: owned(now),
            })
        })
        .collect()
}

/// Whether it is a renewal: a date moved on, and nothing else changed but the key.
pub fn is_renewal(changes: &[FactChange]) -> bool {
    changes.iter().any(FactChange::is_later)
        && changes
            .iter()
            .all(|change| change.is_later() || change.fact.ends_with(KEY))
}

/// What somebody means who says that a change was meant: the fingerprint, and with it the facts, where the finding tells any.
pub fn mark(finding: &Finding) -> String {
    let facts = of(finding);
    if facts.is_empty() {
        return finding.fingerprint.clone();
    }
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    };
    add(&finding.fingerprint);
    for (name, list) in facts {
        add(name);
        add(&list.len().to_string());
        list.into_iter().for_each(&mut add);
    }
    let digest = hash.finalize();
    digest
        .iter()
        .take(8)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether the two were judged by rules of their check that are known to differ.
pub fn is_other_rule(before: &Finding, now: &Finding) -> bool {
    let version = |finding: &Finding| finding.details.get(RULE).and_then(Value::as_u64);
    match (version(before), version(now)) {
        (Some(before), Some(now)) => before != now,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(fact: &str, before: &[&str], now: &[&str]) -> FactChange {
        let owned = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect();
        FactChange {
            fact: fact.to_owned(),
            before: owned(before),
            now: owned(now),
        }
    }

    #[test]
    fn a_renewal_is_a_later_date_and_nothing_else() {
        let until = |before: &[&str], now: &[&str]| change("certificate a until", before, now);
        let (may, june) = ("2026-05-01T00:00:00Z", "2026-06-01");
        let key = change("certificate a key", &["RSA 2048"], &["EC 256"]);
        let issuer = change("certificate a issuer", &["A"], &["B"]);
        for (changes, want) in [
            (vec![until(&[may], &[june])], true),
            (vec![until(&[may], &[june]), key.clone()], true),
            (vec![until(&[may], &[may, june])], true),
            (vec![until(&[june], &[may])], false),
            (vec![until(&[may, june], &[june])], false),
            (vec![until(&[may], &[])], false),
            (vec![until(&[may], &["soon"])], false),
            (vec![until(&[may], &[june]), issuer], false),
            (vec![key], false),
            (vec![], false),
        ] {
            assert_eq!(is_renewal(&changes), want, "{changes:?}");
        }
    }

    #[test]
    fn a_change_is_told_with_both_sides() {
        let moved = change("A portal", &["203.0.113.20"], &["203.0.113.44", "b"]);
        assert_eq!(moved.text("→"), "A portal 203.0.113.20 → 203.0.113.44, b");
        let gone = change("MX acme", &["10 mx"], &[]);
        assert_eq!(gone.text("->"), "MX acme 10 mx -> none");
    }
}
