//! What a check is made of.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::evidence::redact;
use crate::model::exhibit::Exhibit;
use crate::model::fact::{FACTS, RULE};
use crate::model::finding::{CheckId, Evidence, Finding, KEPT, Remedy, fingerprint};
use crate::model::intent::Intent;
use crate::model::text::{escape, escape_lines};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::net::Network;

/// The static facts of a check.
#[derive(Debug, Clone, Copy)]
pub struct Meta {
    /// `family.name`.
    pub id: &'static str,
    /// The sentence that is true when it passes.
    pub title: &'static str,
    /// The severity of a failure, unless the judgement lowers or raises it.
    pub severity: Severity,
    /// Whether it needs the operator's recorded authority.
    pub intrusive: bool,
    /// Whole-check deadline in seconds.
    pub deadline_s: u64,
    /// Raised when the rule changes its mind about the same facts.
    pub version: u32,
    /// Where the rule comes from: `RFC 7208 §4.5`.
    pub standards: &'static [&'static str],
    /// The guide, `assets/guides/<id>.md`.
    pub guide: &'static str,
}

/// A subject and everything a check may know while it looks.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    pub subject: &'a str,
    pub intent: &'a Intent,
    pub network: &'a Network,
    /// Whether the operator stated the authority to test this domain: for a check of which a part alone needs it.
    pub authorised: bool,
    /// What an earlier run of the session kept of this row ([`KEPT`]).
    pub kept: Option<&'a Value>,
}

/// A subject and everything a check may know while it judges. No network.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub subject: &'a str,
    pub intent: &'a Intent,
    pub now: Timestamp,
}

/// What a rule concludes. Build it with [`Judgement::pass`] and its siblings, then add to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// `None`: as in [`Meta`].
    pub severity: Option<Severity>,
    pub confidence: Confidence,
    pub summary: String,
    pub plain: String,
    pub details: serde_json::Map<String, Value>,
    pub exhibits: Vec<Exhibit>,
    pub evidence: Vec<Evidence>,
    pub remedy: Option<Remedy>,
    /// The fact that the verdict rests on; a waiver lapses when it changes. Default: the summary.
    pub fact: Option<String>,
}

impl Judgement {
    /// A judgement with `summary` for an engineer.
    pub fn new(verdict: Verdict, summary: impl Into<String>) -> Self {
        Self {
            verdict,
            severity: None,
            confidence: Confidence::Certain,
            summary: summary.into(),
            plain: String::new(),
            details: serde_json::Map::new(),
            exhibits: Vec::new(),
            evidence: Vec::new(),
            remedy: None,
            fact: None,
        }
    }

    /// Seen to hold.
    pub fn pass(summary: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, summary)
    }

    /// Holds, with something to look at.
    pub fn warn(summary: impl Into<String>) -> Self {
        Self::new(Verdict::Warn, summary)
    }

    /// Seen to be broken.
    pub fn fail(summary: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, summary)
    }

    /// Could not look; `summary` says why.
    pub fn unknown(summary: impl Into<String>) -> Self {
        Self::new(Verdict::Unknown, summary)
    }

    /// Something is missing first; `summary` says what.
    pub fn blocked(summary: impl Into<String>) -> Self {
        Self::new(Verdict::Blocked, summary)
    }

    /// Does not apply; `summary` says why.
    pub fn not_applicable(summary: impl Into<String>) -> Self {
        Self::new(Verdict::NotApplicable, summary)
    }

    /// The same in a founder's words.
    #[must_use]
    pub fn plainly(mut self, words: impl Into<String>) -> Self {
        self.plain = words.into();
        self
    }

    /// Another severity than the check's own.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Another confidence than `certain`.
    #[must_use]
    pub const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Adds a fact for scripts.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// Tells a fact that drift watches apart from the verdict: `A portal.acme.example`, and every value of it. None: it is
    /// not there. Nothing that moves by itself (a TTL, an age, a random query) and nothing secret.
    #[must_use]
    pub fn told(mut self, name: String, values: impl IntoIterator<Item = String>) -> Self {
        let values: BTreeSet<String> = values.into_iter().collect();
        let facts = self
            .details
            .entry(FACTS)
            .or_insert_with(|| Value::Object(serde_json::Map::new()));
        if let Some(facts) = facts.as_object_mut() {
            facts.insert(name, values.into_iter().collect());
        }
        self
    }

    /// Tells each of these facts.
    #[must_use]
    pub fn told_all(self, facts: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let facts = facts.into_iter();
        facts.fold(self, |judgement, (name, values)| {
            judgement.told(name, values)
        })
    }

    /// Keeps what can hardly be seen again, for the runs of the session that follow: nothing secret.
    #[must_use]
    pub fn keep(self, seen: Value) -> Self {
        self.detail(KEPT, seen)
    }

    /// Adds what was seen, laid out for the eye.
    #[must_use]
    pub fn exhibit(mut self, exhibits: impl IntoIterator<Item = Exhibit>) -> Self {
        self.exhibits.extend(exhibits);
        self
    }

    /// Adds evidence.
    #[must_use]
    pub fn evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Adds the remedy.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// Names the fact that the verdict rests on, when the summary says more (times, counts) than the fact.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.fact = Some(fact.into());
        self
    }

    /// The same with every text safe to show, log, store and copy, secrets in URLs masked, whatever the rule took from outside. What is safe
    /// already stays as it is.
    #[must_use]
    fn escaped(mut self) -> Self {
        for text in [&mut self.summary, &mut self.plain] {
            *text = escape(&redact::text(text));
        }
        self.details = std::mem::take(&mut self.details)
            .into_iter()
            .map(|(key, value)| (escape(&key), escaped_value(value)))
            .collect();
        self.exhibits = std::mem::take(&mut self.exhibits)
            .into_iter()
            .map(|exhibit| exhibit.map_text(|text| escape(&redact::text(text))))
            .collect();
        for evidence in &mut self.evidence {
            evidence.source = escape(&evidence.source);
            evidence.text = escape_lines(&redact::text(&evidence.text));
            evidence.repeat = escape_lines(&evidence.repeat);
        }
        self.remedy = self.remedy.map(escaped_remedy);
        self
    }

    /// The finding that this judgement is, for a check and a subject.
    pub fn into_finding(
        mut self,
        meta: &Meta,
        subject: &str,
        at: Timestamp,
        took_ms: u64,
    ) -> Finding {
        self.details.insert(RULE.to_owned(), meta.version.into());
        let fact = self.fact.as_deref().unwrap_or(&self.summary);
        let severity = self.severity.unwrap_or(meta.severity);
        let guessed_blocker = self.confidence == Confidence::Guess && severity == Severity::Blocker;
        Finding {
            fingerprint: fingerprint(meta.id, subject, self.verdict, fact),
            check: CheckId::from(meta.id),
            subject: subject.to_owned(),
            verdict: self.verdict,
            severity: if guessed_blocker {
                Severity::Fix
            } else {
                severity
            },
            confidence: self.confidence,
            summary: self.summary,
            plain: self.plain,
            details: self.details,
            exhibits: self.exhibits,
            evidence: self.evidence,
            remedy: self.remedy,
            standards: meta.standards.iter().map(|s| (*s).to_owned()).collect(),
            took_ms,
            at,
        }
    }
}

fn escaped_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(escape_lines(&redact::text(&text))),
        Value::Array(list) => list.into_iter().map(escaped_value).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (escape(&key), escaped_value(value)))
            .collect(),
        other => other,
    }
}

fn escaped_remedy(mut remedy: Remedy) -> Remedy {
    for step in &mut remedy.steps {
        *step = escape_lines(step);
    }
    for record in &mut remedy.records {
        record.name = escape(&record.name);
        record.value = escape(&record.value);
        record.old = record.old.as_deref().map(escape);
    }
    for setting in &mut remedy.settings {
        setting.value = escape_lines(&setting.value);
    }
    remedy.undo = escape_lines(&remedy.undo);
    remedy
}

/// A rule: implement this for a unit struct, one file each.
pub trait Rule: Send + Sync + 'static {
    /// What was seen; stored, and judged again by later rules.
    type Seen: Serialize + DeserializeOwned + Send + Sync;

    /// The static facts.
    const META: Meta;

    /// What one finding each is about. Empty: the check has nothing to say for this intent.
    fn subjects(&self, intent: &Intent) -> Vec<String>;

    /// Looks. Never judges, never fails: *could not look* is part of what was seen.
    fn observe(&self, look: Look<'_>) -> impl Future<Output = Self::Seen> + Send;

    /// Judges. Pure: the same facts give the same judgement.
    fn judge(&self, seen: &Self::Seen, case: Case<'_>) -> Judgement;
}

/// A [`Rule`] whose observations are hidden, so that all checks fit in one list.
pub trait Check: Send + Sync {
    /// The static facts.
    fn meta(&self) -> &'static Meta;

    /// What one finding each is about.
    fn subjects(&self, intent: &Intent) -> Vec<String>;

    /// Looks and judges; also gives what was seen, for the store.
    fn run<'a>(&'a self, look: Look<'a>) -> Pin<Box<dyn Future<Output = Judged> + Send + 'a>>;

    /// Judges stored observations again.
    fn rejudge(&self, seen: &Value, case: Case<'_>) -> Result<Judgement, serde_json::Error>;
}

/// What a check saw and said.
pub struct Judged {
    pub seen: Value,
    pub judgement: Judgement,
}

impl<R: Rule> Check for R {
    fn meta(&self) -> &'static Meta {
        const { &R::META }
    }

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        Rule::subjects(self, intent)
    }

    fn run<'a>(&'a self, look: Look<'a>) -> Pin<Box<dyn Future<Output = Judged> + Send + 'a>> {
        Box::pin(async move {
            let seen = self.observe(look).await;
            let case = Case {
                subject: look.subject,
                intent: look.intent,
                now: Timestamp::now(),
            };
            let judgement = self.judge(&seen, case).escaped();
            Judged {
                seen: serde_json::to_value(&seen).unwrap_or(Value::Null),
                judgement,
            }
        })
    }

    fn rejudge(&self, seen: &Value, case: Case<'_>) -> Result<Judgement, serde_json::Error> {
        Ok(self.judge(&R::Seen::deserialize(seen)?, case).escaped())
    }
}
