//! JSON: a run by the contract (`launch-ready/run/1`), a session with everything people added, and the schema of both.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::{JsonSchema, schema_for};
use serde::Serialize;

use super::availability::DoorReport;
use super::gates::{self, AccessLine, FlagLine, GateLine};
use super::session::Account;
use super::sprint::{self, BlockersLine};
use crate::model::attachment::Attachment;
use crate::model::drift::Drifted;
use crate::model::expected::Expected;
use crate::model::fact::FactChange;
use crate::model::run::Run;
use crate::model::session::Session;

/// Name of the JSON form of a session.
pub const SESSION_SCHEMA: &str = "launch-ready/session/1";

/// The run as the contract's JSON, indented, with a line feed at the end.
pub fn json(run: &Run) -> Result<String, serde_json::Error> {
    pretty(run)
}

/// A session: the run that it amounts to, and what people added.
pub fn session_json(of: &Account<'_>) -> Result<String, serde_json::Error> {
    pretty(&SessionReport::of(of))
}

/// JSON Schema (2020-12) of [`json`].
pub fn schema() -> Result<String, serde_json::Error> {
    named(schema_for!(Run), crate::model::run::SCHEMA)
}

/// JSON Schema (2020-12) of [`session_json`].
pub fn session_schema() -> Result<String, serde_json::Error> {
    named(schema_for!(SessionReport), SESSION_SCHEMA)
}

fn named(mut schema: schemars::Schema, id: &str) -> Result<String, serde_json::Error> {
    schema.insert("$id".to_owned(), id.into());
    pretty(&schema)
}

pub(super) fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(value).map(|text| text + "\n")
}

/// A session as scripts read it.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionReport {
    schema: String,
    slug: String,
    created: Option<Timestamp>,
    clock_started: Option<Timestamp>,
    /// Hash of the last event, when the file was verified.
    seal: Option<String>,
    /// The command that holds a copy of the file against that hash.
    check_with: Option<String>,
    run: Run,
    gates: Vec<GateLine>,
    /// Open blockers over time.
    blockers: Vec<BlockersLine>,
    red_flags: Vec<FlagLine>,
    /// Access that must be in hand when the clock starts.
    before_hour_0: Vec<AccessLine>,
    answers: Vec<AnswerReport>,
    waivers: Vec<WaiverReport>,
    /// Row or item, and who does it.
    owners: BTreeMap<String, OwnerReport>,
    access: Vec<AccessReport>,
    checklist: Vec<ChecklistReport>,
    sign_offs: Vec<SignOffReport>,
    handed_over: Option<HandoverReport>,
    drift: Vec<DriftReport>,
    /// Front doors that a watch looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    availability: Vec<DoorReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AnswerReport {
    question: String,
    yes: bool,
    by: String,
    evidence: String,
    /// Files by their hash, and links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<AttachmentReport>,
    at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "type")]
enum AttachmentReport {
    File {
        name: String,
        size: u64,
        sha256: String,
    },
    Link {
        url: String,
    },
}

#[derive(Debug, Serialize, JsonSchema)]
struct WaiverReport {
    criterion: String,
    reason: String,
    by: String,
    at: Timestamp,
    until: Timestamp,
    compensating: String,
    fingerprints: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OwnerReport {
    name: String,
    due: Option<Timestamp>,
    /// What it waits for: another item's id, or a cause with a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_by: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AccessReport {
    place: String,
    who: String,
    how: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChecklistReport {
    id: String,
    text: String,
    done: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SignOffReport {
    gate: String,
    by: String,
    role: String,
    at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
struct HandoverReport {
    to: String,
    at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DriftReport {
    check: String,
    subject: String,
    change: String,
    before: Option<String>,
    now: Option<String>,
    /// Why it is no surprise.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    facts: Vec<FactChange>,
    /// What only the comparison shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl SessionReport {
    fn of(account: &Account<'_>) -> Self {
        let (session, playbook) = (account.session, account.playbook);
        Self {
            schema: SESSION_SCHEMA.to_owned(),
            slug: session.slug.clone(),
            created: session.created,
            clock_started: session.clock.started,
            seal: account.seal.map(|seal| seal.head.to_owned()),
            check_with: account.seal.map(|seal| seal.command(&session.slug)),
            availability: DoorReport::all(account),
            run: Run::of_session(session, playbook, account.now),
            gates: gates::gates(account),
            blockers: sprint::blockers(account),
            red_flags: gates::flags(account),
            before_hour_0: gates::before_hour_0(account),
            answers: session
                .answers
                .iter()
                .map(|(question, answer)| AnswerReport {
                    question: question.clone(),
                    yes: answer.yes,
                    by: answer.by.clone(),
                    evidence: answer.evidence.clone(),
                    attachments: answer.attachments.iter().map(attachment).collect(),
                    at: answer.at,
                })
                .collect(),
            waivers: waivers(session),
            owners: session
                .owners
                .iter()
                .map(|(item, owner)| {
                    let report = OwnerReport {
                        name: owner.name.clone(),
                        due: owner.due,
                        blocked_by: Some(owner.blocked_by.clone()).filter(|what| !what.is_empty()),
                    };
                    (item.clone(), report)
                })
                .collect(),
            access: access(session),
            checklist: playbook
                .checklist
                .iter()
                .map(|item| ChecklistReport {
                    id: item.id.clone(),
                    text: item.text.clone(),
                    done: session.ticked.contains(&item.id),
                })
                .collect(),
            sign_offs: session
                .sign_offs
                .iter()
                .map(|sign| SignOffReport {
                    gate: sign.gate.clone(),
                    by: sign.by.clone(),
                    role: sign.role.clone(),
                    at: sign.at,
                })
                .collect(),
            handed_over: session.handed_over.as_ref().map(|over| HandoverReport {
                to: over.to.clone(),
                at: over.at,
            }),
            drift: session
                .drift(account.now)
                .map(|drift| drift.lines.iter().map(DriftReport::of).collect())
                .unwrap_or_default(),
        }
    }
}

/// Where a file lay is nobody else's business.
fn attachment(of: &Attachment) -> AttachmentReport {
    match of {
        Attachment::File {
            name, size, sha256, ..
        } => AttachmentReport::File {
            name: name.clone(),
            size: *size,
            sha256: sha256.clone(),
        },
        Attachment::Link { url } => AttachmentReport::Link { url: url.clone() },
    }
}

fn waivers(session: &Session) -> Vec<WaiverReport> {
    let mut list: Vec<WaiverReport> = session
        .waivers
        .iter()
        .map(|waiver| WaiverReport {
            criterion: waiver.criterion.clone(),
            reason: waiver.reason.clone(),
            by: waiver.by.clone(),
            at: waiver.at,
            until: waiver.until,
            compensating: waiver.compensating.clone(),
            fingerprints: waiver.fingerprints.clone(),
        })
        .collect();
    list.sort_by(|a, b| a.criterion.cmp(&b.criterion));
    list
}

fn access(session: &Session) -> Vec<AccessReport> {
    let mut list: Vec<AccessReport> = session
        .access
        .iter()
        .map(|line| AccessReport {
            place: line.place.clone(),
            who: line.who.clone(),
            how: line.how.clone(),
        })
        .collect();
    list.sort_by(|a, b| a.place.cmp(&b.place));
    list
}

impl DriftReport {
    fn of(line: &Drifted) -> Self {
        Self {
            check: line.key.check.0.clone(),
            subject: line.key.subject.clone(),
            change: line.change.word().to_owned(),
            before: line.before.as_ref().map(|f| f.summary.clone()),
            now: line.now.as_ref().map(|f| f.summary.clone()),
            expected: line.expected.as_ref().map(Expected::text),
            facts: line.facts.clone(),
            note: line.note.map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Edition, fixture};
    use serde_json::Value;

    fn validates(schema: &str, text: &str) {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn a_run_keeps_the_contract() {
        let text = json(&fixture::run()).unwrap();
        validates(&schema().unwrap(), &text);
        let value: Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "schema",
                "rules",
                "tool",
                "domain",
                "playbook",
                "started",
                "finished",
                "took_ms",
                "gate",
                "counts",
                "criteria",
                "findings",
                "self_check",
                "queries"
            ]
        );
        assert_eq!(value["schema"], "launch-ready/run/1");
        assert_eq!(value["gate"]["verdict"], "no-go");
        assert_eq!(
            value["gate"]["blocking"],
            serde_json::json!(["email-valid"])
        );
        assert_eq!(value["counts"]["not-applicable"], 1);
        let spf = &value["findings"][1];
        assert_eq!(spf["check"], "mail.spf");
        assert_eq!(spf["verdict"], "fail");
        assert_eq!(spf["severity"], "blocker");
        assert_eq!(spf["confidence"], "certain");
        assert_eq!(spf["evidence"][0]["kind"], "dns");
        assert_eq!(spf["remedy"]["records"][0]["action"], "replace");
        assert_eq!(spf["remedy"]["records"][0]["type"], "TXT");
        assert_eq!(spf["remedy"]["proof"], "mail.spf");
        assert_eq!(value["queries"]["dns"], 61);
    }

    #[test]
    fn the_schema_refuses_a_wrong_run() {
        let schema: Value = serde_json::from_str(&schema().unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut value = serde_json::to_value(fixture::run()).unwrap();
        value["findings"][0]["verdict"] = "fine".into();
        assert!(!validator.is_valid(&value));
    }

    #[test]
    fn a_session_has_what_people_added() {
        let state = fixture::session();
        let text = session_json(&fixture::account(&state, Edition::Client)).unwrap();
        validates(&session_schema().unwrap(), &text);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["waivers"][0]["criterion"], "email-valid");
        assert_eq!(value["owners"]["email-valid"]["name"], "Ada");
        assert_eq!(value["checklist"][0]["done"], true);
        assert_eq!(value["drift"][0]["change"], "worse");
    }

    #[test]
    fn equal_facts_print_equal_text() {
        let mut other = fixture::run();
        other.findings.reverse();
        crate::model::run::sort(&mut other.findings);
        assert_eq!(json(&other).unwrap(), json(&fixture::run()).unwrap());
    }
}
