//! What large receivers of mail ask of whoever sends them much, as data in `assets/catalogs/receiver-rules.toml`, and how a
//! session stands to it. Computed from findings and answers alone; it moves no gate.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::finding::{Finding, FindingKey};
use super::session::Answer;
use super::verdict::Verdict;

/// A rule that receivers share.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiverRule {
    pub id: String,
    /// One or two words.
    pub short: String,
    /// The same for a founder.
    pub plain_short: String,
    /// What is asked, for an engineer.
    pub title: String,
    /// The same for a founder.
    pub plain: String,
    /// The checks that prove it, all of them; none where only a person knows.
    #[serde(default)]
    pub checks: Vec<String>,
    #[serde(default)]
    pub question: Option<Asked>,
}

/// What only a person can say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Under which the answer is kept.
    pub id: String,
    /// Answered by yes or no.
    pub text: String,
}

/// Somebody who receives mail for very many people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    pub id: String,
    pub title: String,
    /// Whose mailboxes.
    pub serves: String,
    /// From how much mail on.
    pub from: String,
    /// Where it says so.
    pub page: String,
    pub asks: Vec<Asks>,
}

/// That a receiver asks for a rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asks {
    pub rule: String,
    /// The first day: `2024-02-01`.
    pub since: String,
}

impl Receiver {
    /// Since when it asks for that rule; `None` where it does not.
    pub fn since(&self, rule: &ReceiverRule) -> Option<&str> {
        let asks = self.asks.iter().find(|asks| asks.rule == rule.id)?;
        Some(&asks.since)
    }
}

/// How a domain stands to a rule, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Seen to be broken, or a person said no.
    Failing,
    /// A check could not tell.
    CouldNotTell,
    /// Not every check of it has looked.
    NotYet,
    /// Nothing outside shows it, and nobody said yet.
    Asked,
    /// A person said yes.
    Attested,
    /// Every check of it was seen to hold.
    Proven,
    /// The checks found nothing of the domain's own that it could apply to.
    NotApplicable,
}

impl Standing {
    /// The word people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::CouldNotTell => "could not tell",
            Self::NotYet => "not looked at",
            Self::Asked => "asked",
            Self::Attested => "attested",
            Self::Proven => "proven",
            Self::NotApplicable => "does not apply",
        }
    }

    /// What that means for a receiver when it is the gravest of its rules.
    pub const fn of_receiver(self) -> &'static str {
        match self {
            Self::Failing => "does not hold",
            Self::CouldNotTell => "could not tell",
            Self::NotYet => "not looked at yet",
            Self::Asked => "holds, but for what is asked",
            Self::Attested | Self::Proven | Self::NotApplicable => "holds",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<ReceiverRule>,
    receiver: Vec<Receiver>,
}

// A file that does not read gives empty lists; the tests see to it that it reads.
static FILE: LazyLock<File> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

const TEXT: &str = include_str!("../../assets/catalogs/receiver-rules.toml");

/// Every rule, in the order in which they are shown.
pub fn rules() -> &'static [ReceiverRule] {
    &FILE.rule
}

/// Every receiver.
pub fn receivers() -> &'static [Receiver] {
    &FILE.receiver
}

/// What only a person can say, by the id of its answer.
pub fn asked(id: &str) -> Option<&'static Asked> {
    let mut questions = rules().iter().filter_map(|rule| rule.question.as_ref());
    questions.find(|asked| asked.id == id)
}

/// The rule of that id.
pub fn rule(id: &str) -> Option<&'static ReceiverRule> {
    rules().iter().find(|rule| rule.id == id)
}

/// The receivers that ask for a rule.
pub fn asking(rule: &ReceiverRule) -> impl Iterator<Item = &'static Receiver> {
    receivers()
        .iter()
        .filter(|receiver| receiver.since(rule).is_some())
}

/// What is known: the findings of a session, and what people answered.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub findings: &'a BTreeMap<FindingKey, Finding>,
    pub answers: &'a BTreeMap<String, Answer>,
}

impl<'a> Known<'a> {
    /// How the domain stands to a rule. What is seen to be broken comes first, then what could not be told.
    pub fn standing(self, rule: &ReceiverRule) -> Standing {
        let person = rule.question.as_ref().map(|question| {
            let answer = self.answers.get(&question.id);
            answer.map_or(Standing::Asked, |answer| match answer.yes {
                true => Standing::Attested,
                false => Standing::Failing,
            })
        });
        let seen = rule.checks.iter().map(|check| self.of_check(check));
        seen.chain(person).min().unwrap_or(Standing::NotYet)
    }

    /// The gravest of a receiver's rules.
    pub fn of_receiver(self, receiver: &Receiver) -> Standing {
        let all = receiver.asks.iter().filter_map(|asks| rule(&asks.rule));
        all.map(|rule| self.standing(rule))
            .min()
            .unwrap_or(Standing::NotYet)
    }

    /// The findings of a rule's checks.
    pub fn findings(self, rule: &'a ReceiverRule) -> impl Iterator<Item = &'a Finding> {
        self.findings
            .values()
            .filter(|finding| rule.checks.iter().any(|c| c == finding.check.as_str()))
    }

    fn of_check(self, check: &str) -> Standing {
        let found = self.findings.values().filter(|f| f.check.as_str() == check);
        let said = found.map(|finding| match finding.verdict {
            Verdict::Fail => Standing::Failing,
            Verdict::Unknown | Verdict::Blocked => Standing::CouldNotTell,
            Verdict::Pass | Verdict::Warn => Standing::Proven,
            Verdict::NotApplicable => Standing::NotApplicable,
        });
        said.min().unwrap_or(Standing::NotYet)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use jiff::civil::Date;

    use super::*;
    use crate::model::finding::CheckId;
    use crate::model::verdict::{Confidence, Severity};

    #[test]
    fn every_receiver_and_every_rule_is_whole() {
        let file: File = toml::from_str(TEXT).unwrap();
        assert_eq!(file.receiver.len(), 3);
        let ids: BTreeSet<&str> = rules().iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids.len(), rules().len(), "each rule once");
        for rule in rules() {
            let words = [&rule.short, &rule.plain_short, &rule.title, &rule.plain];
            assert!(words.iter().all(|text| !text.is_empty()), "{}", rule.id);
            assert_ne!(
                rule.checks.is_empty(),
                rule.question.is_none(),
                "{}",
                rule.id
            );
            let ends = rule.question.iter().all(|q| q.text.ends_with(['?', '.']));
            assert!(ends, "{}", rule.id);
            assert!(asking(rule).next().is_some(), "nobody asks for {}", rule.id);
        }
        for receiver in receivers() {
            let words = [&receiver.title, &receiver.serves, &receiver.from];
            assert!(words.iter().all(|text| !text.is_empty()), "{}", receiver.id);
            assert!(receiver.page.starts_with("https://"), "{}", receiver.id);
            for must in ["spf", "dkim", "dmarc", "aligned"] {
                let asked = receiver.since(rule(must).unwrap());
                assert!(asked.is_some(), "{} {must}", receiver.id);
            }
            for asks in &receiver.asks {
                assert!(ids.contains(asks.rule.as_str()), "{}", asks.rule);
                let since: Date = asks.since.parse().unwrap();
                assert!(since.year() >= 2024, "{} {since}", receiver.id);
            }
        }
    }

    fn found(check: &str, subject: &str, verdict: Verdict) -> (FindingKey, Finding) {
        let finding = Finding {
            check: CheckId::from(check),
            subject: subject.into(),
            verdict,
            severity: Severity::Blocker,
            confidence: Confidence::Certain,
            summary: String::new(),
            plain: String::new(),
            details: serde_json::Map::new(),
            exhibits: Vec::new(),
            evidence: Vec::new(),
            remedy: None,
            standards: Vec::new(),
            fingerprint: String::new(),
            took_ms: 0,
            at: Timestamp::UNIX_EPOCH,
        };
        (finding.key(), finding)
    }

    fn said(yes: bool) -> Answer {
        Answer {
            yes,
            by: "Ada".into(),
            evidence: String::new(),
            attachments: Vec::new(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_rule_stands_where_the_gravest_of_its_checks_stands() {
        use Standing::{CouldNotTell, Failing, NotApplicable, NotYet, Proven};
        use Verdict::{Blocked, Fail, NotApplicable as Na, Pass, Unknown, Warn};
        let none = BTreeMap::new();
        for (id, seen, want) in [
            (
                "spf",
                vec![("mail.spf", Pass), ("mail.spf-lookups", Warn)],
                Proven,
            ),
            (
                "spf",
                vec![("mail.spf", Pass), ("mail.spf-lookups", Fail)],
                Failing,
            ),
            // Several records: none is evaluated, and that is no excuse.
            (
                "spf",
                vec![("mail.spf", Fail), ("mail.spf-lookups", Na)],
                Failing,
            ),
            ("spf", vec![("mail.spf", Pass)], NotYet),
            ("spf", vec![("mail.spf", Fail)], Failing),
            ("dkim", vec![("mail.dkim", Unknown)], CouldNotTell),
            ("dkim", vec![("mail.dkim", Blocked)], CouldNotTell),
            ("reverse-dns", vec![("mail.reverse-dns", Na)], NotApplicable),
            ("dmarc", vec![("mail.dmarc-policy", Pass)], NotYet),
        ] {
            let findings = seen
                .iter()
                .map(|(check, verdict)| found(check, "acme.example", *verdict))
                .collect();
            let known = Known {
                findings: &findings,
                answers: &none,
            };
            assert_eq!(known.standing(rule(id).unwrap()), want, "{id} {seen:?}");
        }
    }

    #[test]
    fn one_sender_that_cannot_be_told_keeps_all_from_being_proven() {
        let findings = BTreeMap::from([
            found("mail.dkim", "a._domainkey.acme.example", Verdict::Pass),
            found("mail.dkim", "acme.example", Verdict::Unknown),
        ]);
        let answers = BTreeMap::new();
        let known = Known {
            findings: &findings,
            answers: &answers,
        };
        let dkim = rule("dkim").unwrap();
        assert_eq!(known.standing(dkim), Standing::CouldNotTell);
        assert_eq!(known.findings(dkim).count(), 2);
    }

    #[test]
    fn what_nobody_can_see_is_asked_and_never_proven() {
        use Standing::{Asked, Attested, Failing, Proven};
        let checks = rules().iter().flat_map(|rule| &rule.checks);
        let findings: BTreeMap<FindingKey, Finding> = checks
            .map(|check| found(check, "acme.example", Verdict::Pass))
            .collect();
        let mut answers = BTreeMap::new();
        let stands = |answers: &BTreeMap<String, Answer>| {
            let known = Known {
                findings: &findings,
                answers,
            };
            let of = |id: &str| {
                let receiver = receivers().iter().find(|r| r.id == id).unwrap();
                known.of_receiver(receiver)
            };
            [of("google"), of("yahoo"), of("microsoft")]
        };
        assert_eq!(stands(&answers), [Asked, Asked, Proven]);
        for question in rules().iter().filter_map(|rule| rule.question.as_ref()) {
            answers.insert(question.id.clone(), said(true));
        }
        assert_eq!(stands(&answers), [Attested, Attested, Proven]);
        answers.insert("bulk-tls".into(), said(false));
        assert_eq!(stands(&answers), [Failing, Attested, Proven]);
    }
}
