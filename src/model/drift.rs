//! Drift: this run against the one that was signed at handover.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::expected::{Expected, Lapsed};
use super::fact::{self, FactChange};
use super::finding::{Finding, FindingKey};
use super::verdict::{Severity, Verdict};

/// How a finding stands to the one that was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    Worse,
    Changed,
    /// It could be told then and cannot be told now.
    CouldNotCheck,
    /// Only the rule judges the same facts otherwise: neither worse nor better.
    RuleChanged,
    Better,
    /// Nobody looked again since, or not for long: it may be the same.
    NotLookedAt,
    Same,
}

impl Change {
    /// The gravest first.
    pub const ALL: [Self; 7] = [
        Self::Worse,
        Self::Changed,
        Self::CouldNotCheck,
        Self::RuleChanged,
        Self::Better,
        Self::NotLookedAt,
        Self::Same,
    ];

    /// The word people and scripts read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Changed => "changed",
            Self::CouldNotCheck => "could-not-check",
            Self::RuleChanged => "rule-changed",
            Self::NotLookedAt => "not-looked-at",
            Self::Better => "better",
            Self::Same => "same",
        }
    }

    /// Whether the portal itself is another one than it was.
    pub const fn is_of_the_site(self) -> bool {
        matches!(self, Self::Worse | Self::Changed | Self::Better)
    }
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Drifted {
    pub key: FindingKey,
    pub change: Change,
    pub before: Option<Finding>,
    pub now: Option<Finding>,
    /// The facts behind it that are not what they were.
    pub facts: Vec<FactChange>,
    /// Why it is no surprise.
    pub expected: Option<Expected>,
    /// What only the comparison shows.
    pub note: Option<&'static str>,
}

impl Drifted {
    /// Whether the portal changed and nobody said that it was meant.
    pub const fn is_surprise(&self) -> bool {
        self.change.is_of_the_site() && self.expected.is_none()
    }
}

/// A session against its handover.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// When it was handed over.
    pub since: Timestamp,
    /// Rule set of the signed run and of the latest one: where they differ, a difference may be the rules' own.
    pub rules_then: Option<u32>,
    pub rules_now: Option<u32>,
    /// The gravest first.
    pub lines: Vec<Drifted>,
    /// Waivers that ran out on their day since then.
    pub lapsed: Vec<Lapsed>,
    /// How the place that was looked from differs from that of then, a sentence each.
    pub footing: Vec<String>,
}

impl Drift {
    /// Whether the rules are others than those that were signed under.
    pub fn rules_changed(&self) -> bool {
        self.rules_then != self.rules_now
    }

    /// How many lines of that kind.
    pub fn count(&self, change: Change) -> usize {
        self.lines
            .iter()
            .filter(|line| line.change == change)
            .count()
    }

    /// Whether nothing was looked at again.
    pub fn is_stale(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|d| d.change == Change::NotLookedAt)
    }
}

/// Compares two sets of findings; the gravest change first.
pub fn compare(
    before: &BTreeMap<FindingKey, Finding>,
    now: &BTreeMap<FindingKey, Finding>,
) -> Vec<Drifted> {
    let keys: BTreeSet<&FindingKey> = before.keys().chain(now.keys()).collect();
    let mut list: Vec<Drifted> = keys
        .into_iter()
        .map(|key| line(key, before.get(key), now.get(key)))
        .collect();
    list.sort_by(|a, b| (a.change, &a.key).cmp(&(b.change, &b.key)));
    list
}

fn line(key: &FindingKey, before: Option<&Finding>, now: Option<&Finding>) -> Drifted {
    let both = before.zip(now);
    let kept = both.and_then(|(old, new)| kept(old, new));
    let facts = both.map_or_else(Vec::new, |(old, new)| fact::changes(old, new));
    let other_rule = both.is_some_and(|(old, new)| {
        let told = !old.verdict.undecided() && !new.verdict.undecided();
        told && fact::is_other_rule(old, new)
    });
    let change = match noted(change(before, now), kept) {
        Change::Same if !facts.is_empty() => Change::Changed,
        change if other_rule && facts.is_empty() && change != Change::Same => Change::RuleChanged,
        change => change,
    };
    let renewed = matches!(change, Change::Changed | Change::Better) && fact::is_renewal(&facts);
    Drifted {
        key: key.clone(),
        change,
        facts,
        expected: renewed.then_some(Expected::Renewed),
        note: kept.map(Kept::text).or_else(|| match change {
            Change::Same | Change::RuleChanged => None,
            _ => other_rule.then_some("the rule of this check changed as well"),
        }),
        before: before.cloned(),
        now: now.cloned(),
    }
}

/// Something that others keep until its id changes (an MTA-STS policy, RFC 8461 §3.1), where only one of the two changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Others go on with the old one.
    SameId,
    /// Others fetch again what they have.
    SameContent,
}

impl Kept {
    const fn text(self) -> &'static str {
        match self {
            Self::SameId => {
                "the policy changed and its id did not: whoever keeps the old policy does not look for the new one"
            }
            Self::SameContent => {
                "the id changed and the policy did not: it is fetched again for nothing"
            }
        }
    }
}

/// By the details `id` and `digest`, where both findings have both.
fn kept(before: &Finding, now: &Finding) -> Option<Kept> {
    let text = |finding: &'_ Finding, key: &str| {
        let value = finding.details.get(key)?.as_str()?;
        Some(value.to_owned())
    };
    let same_id = text(before, "id")? == text(now, "id")?;
    let same_content = text(before, "digest")? == text(now, "digest")?;
    match (same_id, same_content) {
        (true, false) => Some(Kept::SameId),
        (false, true) => Some(Kept::SameContent),
        _ => None,
    }
}

const fn noted(change: Change, kept: Option<Kept>) -> Change {
    match (change, kept) {
        (Change::Same | Change::Changed, Some(Kept::SameId)) => Change::Worse,
        (Change::Same, Some(Kept::SameContent)) => Change::Changed,
        _ => change,
    }
}

/// Two unknowns say nothing about each other. A rule that began or ceased to apply is a change, neither better nor worse.
fn change(before: Option<&Finding>, now: Option<&Finding>) -> Change {
    let (a, b) = match (before, now) {
        (Some(a), Some(b)) => (a, b),
        (None, Some(b)) if b.verdict == Verdict::Fail && b.severity.counts() => {
            return Change::Worse;
        }
        _ => return Change::Changed,
    };
    let skipped = |f: &Finding| f.verdict == Verdict::NotApplicable;
    match (a.verdict.undecided(), b.verdict.undecided()) {
        (true, true) => Change::Same,
        (false, true) => Change::CouldNotCheck,
        _ if a.fingerprint == b.fingerprint && a.severity == b.severity => Change::Same,
        (false, false)
            if a.verdict != b.verdict
                && b.verdict != Verdict::Fail
                && (skipped(a) || skipped(b)) =>
        {
            Change::Changed
        }
        _ => match badness(b).cmp(&badness(a)) {
            Ordering::Greater => Change::Worse,
            Ordering::Less => Change::Better,
            Ordering::Equal => Change::Changed,
        },
    }
}

/// Higher is worse; what holds is zero, and what could not be told lies between that and any trouble.
const fn badness(finding: &Finding) -> u8 {
    match (finding.verdict, finding.severity) {
        (Verdict::Fail, Severity::Blocker) => 6,
        (Verdict::Fail, Severity::Fix) => 5,
        (Verdict::Fail, Severity::Advice) => 4,
        (Verdict::Fail, Severity::Info) => 3,
        (Verdict::Warn, _) => 2,
        (Verdict::Unknown | Verdict::Blocked, _) => 1,
        (Verdict::Pass | Verdict::NotApplicable, _) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{CheckId, fingerprint};
    use crate::model::verdict::Confidence;
    use jiff::Timestamp;

    fn finding(verdict: Verdict, severity: Severity, fact: &str) -> Finding {
        Finding {
            check: CheckId::from("tls.expiry"),
            subject: "a".into(),
            verdict,
            severity,
            confidence: Confidence::Certain,
            summary: fact.into(),
            plain: String::new(),
            details: serde_json::Map::new(),
            exhibits: Vec::new(),
            evidence: Vec::new(),
            remedy: None,
            standards: Vec::new(),
            fingerprint: fingerprint("tls.expiry", "a", verdict, fact),
            took_ms: 1,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn each_change_has_its_name() {
        use Severity::{Advice, Blocker, Fix};
        use Verdict::{Blocked, Fail, NotApplicable, Pass, Unknown, Warn};
        for (was, is, want) in [
            ((Pass, Fix, "1"), (Pass, Fix, "1"), Change::Same),
            ((Pass, Fix, "1"), (Pass, Fix, "2"), Change::Changed),
            ((Pass, Fix, "1"), (Warn, Fix, "1"), Change::Worse),
            ((Pass, Fix, "1"), (Fail, Advice, "1"), Change::Worse),
            ((Pass, Fix, "1"), (Unknown, Fix, "1"), Change::CouldNotCheck),
            ((Fail, Fix, "1"), (Blocked, Fix, "1"), Change::CouldNotCheck),
            ((Unknown, Fix, "1"), (Blocked, Fix, "2"), Change::Same),
            ((Unknown, Fix, "1"), (Pass, Fix, "1"), Change::Better),
            ((Unknown, Fix, "1"), (Fail, Fix, "1"), Change::Worse),
            ((Fail, Blocker, "1"), (Warn, Fix, "1"), Change::Better),
            ((Fail, Fix, "1"), (Fail, Blocker, "1"), Change::Worse),
            ((Fail, Fix, "1"), (Fail, Fix, "2"), Change::Changed),
            ((Pass, Fix, "1"), (NotApplicable, Fix, "1"), Change::Changed),
            ((NotApplicable, Fix, "1"), (Pass, Fix, "1"), Change::Changed),
            ((NotApplicable, Fix, "1"), (Fail, Fix, "1"), Change::Worse),
            ((Fail, Fix, "1"), (NotApplicable, Fix, "1"), Change::Changed),
        ] {
            let (a, b) = (finding(was.0, was.1, was.2), finding(is.0, is.1, is.2));
            assert_eq!(change(Some(&a), Some(&b)), want, "{was:?} -> {is:?}");
        }
        let broken = finding(Fail, Fix, "1");
        assert_eq!(change(None, Some(&broken)), Change::Worse);
        assert_eq!(change(Some(&broken), None), Change::Changed);
        assert_eq!(
            change(None, Some(&finding(Pass, Fix, "1"))),
            Change::Changed
        );
    }

    #[test]
    fn a_policy_that_others_keep_must_change_with_its_id() {
        let with = |id: &str, digest: &str| {
            let mut finding = finding(Verdict::Pass, Severity::Fix, "1");
            finding.details.insert("id".into(), id.into());
            finding.details.insert("digest".into(), digest.into());
            BTreeMap::from([(finding.key(), finding)])
        };
        for (id, digest, want, words) in [
            ("1", "a", Change::Same, None),
            ("1", "b", Change::Worse, Some("its id did not")),
            ("2", "a", Change::Changed, Some("the policy did not")),
            ("2", "b", Change::Same, None),
        ] {
            let line = &compare(&with("1", "a"), &with(id, digest))[0];
            assert_eq!(line.change, want, "{id} {digest}");
            assert_eq!(line.note.is_some(), words.is_some(), "{id} {digest}");
            assert!(
                line.note
                    .unwrap_or_default()
                    .contains(words.unwrap_or_default())
            );
        }
        let bare = finding(Verdict::Pass, Severity::Fix, "1");
        let bare = BTreeMap::from([(bare.key(), bare)]);
        assert_eq!(compare(&bare, &with("1", "b"))[0].note, None);
    }

    fn with(verdict: Verdict, fact: &str, list: &[&str], rule: u64) -> Finding {
        let mut finding = finding(verdict, Severity::Fix, "1");
        if !fact.is_empty() {
            let facts = serde_json::json!({ fact: list });
            finding.details.insert(fact::FACTS.into(), facts);
        }
        finding.details.insert(fact::RULE.into(), rule.into());
        finding
    }

    fn one(before: Finding, now: Finding) -> Drifted {
        let set = |finding: Finding| BTreeMap::from([(finding.key(), finding)]);
        compare(&set(before), &set(now)).remove(0)
    }

    #[test]
    fn a_fact_changes_though_the_verdict_does_not() {
        use Verdict::{Pass, Unknown};
        let (a, until) = ("A portal", "certificate portal until");
        for ((was, before), (is, now), want, facts) in [
            (
                (Pass, (a, &["1", "2"])),
                (Pass, (a, &["2", "1"])),
                Change::Same,
                0,
            ),
            (
                (Pass, (a, &["1", "2"])),
                (Pass, (a, &["2", "3"])),
                Change::Changed,
                1,
            ),
            (
                (Pass, (a, &["1", "2"])),
                (Pass, ("", &["", ""])),
                Change::Same,
                0,
            ),
            (
                (Pass, ("", &["", ""])),
                (Pass, (a, &["1", "2"])),
                Change::Same,
                0,
            ),
            (
                (Pass, (a, &["1", "2"])),
                (Unknown, ("", &["", ""])),
                Change::CouldNotCheck,
                0,
            ),
            (
                (Unknown, (a, &["1", "2"])),
                (Unknown, (a, &["1", "3"])),
                Change::Changed,
                1,
            ),
        ] {
            let line = one(with(was, before.0, before.1, 1), with(is, now.0, now.1, 1));
            assert_eq!(
                (line.change, line.facts.len()),
                (want, facts),
                "{before:?} {now:?}"
            );
            assert_eq!(line.is_surprise(), want == Change::Changed);
        }
        let renewed = one(
            with(Pass, until, &["2026-05-01"], 1),
            with(Pass, until, &["2026-08-01"], 1),
        );
        assert_eq!(renewed.change, Change::Changed);
        assert_eq!(renewed.expected, Some(Expected::Renewed));
        assert!(!renewed.is_surprise());
        let replaced = one(
            with(Pass, until, &["2026-05-01"], 1),
            with(Verdict::Fail, until, &["2026-08-01"], 1),
        );
        assert_eq!(replaced.change, Change::Worse);
        assert!(replaced.is_surprise(), "what is worse is no renewal");
    }

    #[test]
    fn a_rule_that_changed_is_told_apart_from_a_site_that_changed() {
        use Verdict::{Fail, Pass, Unknown};
        for (was, is, now, want) in [
            (Pass, Fail, "1", Change::RuleChanged),
            (Fail, Pass, "1", Change::RuleChanged),
            (Pass, Pass, "1", Change::Same),
            (Pass, Fail, "2", Change::Worse),
            (Pass, Unknown, "1", Change::CouldNotCheck),
            (Unknown, Fail, "1", Change::Worse),
        ] {
            let line = one(with(was, "A", &["1"], 1), with(is, "A", &[now], 2));
            assert_eq!(line.change, want, "{was} {is} {now}");
            assert_eq!(
                line.note.is_some(),
                !matches!(
                    want,
                    Change::RuleChanged | Change::Same | Change::CouldNotCheck
                ) && was != Unknown
            );
        }
    }

    #[test]
    fn the_gravest_change_comes_first() {
        let set = |list: [(&str, Finding); 2]| -> BTreeMap<FindingKey, Finding> {
            list.into_iter()
                .map(|(subject, mut finding)| {
                    finding.subject = subject.into();
                    (finding.key(), finding)
                })
                .collect()
        };
        let pass = || finding(Verdict::Pass, Severity::Fix, "1");
        let lines = compare(
            &set([("a", pass()), ("b", pass())]),
            &set([
                ("a", pass()),
                ("b", finding(Verdict::Fail, Severity::Fix, "1")),
            ]),
        );
        let order: Vec<(&str, Change)> = lines
            .iter()
            .map(|line| (line.key.subject.as_str(), line.change))
            .collect();
        assert_eq!(order, [("b", Change::Worse), ("a", Change::Same)]);
    }
}
