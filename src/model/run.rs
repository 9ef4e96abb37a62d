//! One run of the checks, as scripts read it (`launch-ready/run/1`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criterion::{CriterionReport, Facts, assess_all};
use super::finding::{Finding, FindingKey};
use super::gate::{GateReport, decide};
use super::observation::self_check::SelfCheck;
use super::playbook::Playbook;
use super::session::Session;
use super::verdict::Verdict;

/// Name of the JSON form.
pub const SCHEMA: &str = "launch-ready/run/1";

/// One run. Lists are sorted; but for times, equal facts print equal JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    pub schema: String,
    /// Version of the rule set.
    pub rules: u32,
    /// Version of the program.
    pub tool: String,
    pub domain: String,
    pub playbook: String,
    /// What was assumed of the world after a switch, a sentence each; absent when the run saw the world as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub as_if: Vec<String>,
    pub started: Timestamp,
    pub finished: Timestamp,
    pub took_ms: u64,
    pub gate: GateReport,
    /// How many findings of each verdict.
    pub counts: BTreeMap<String, usize>,
    pub criteria: Vec<CriterionReport>,
    pub findings: Vec<Finding>,
    pub self_check: SelfCheck,
    pub queries: QueryCounts,
}

/// What a run is put together from.
pub struct Parts<'a> {
    pub rules: u32,
    pub domain: &'a str,
    pub playbook: &'a Playbook,
    pub started: Timestamp,
    pub finished: Timestamp,
    pub took_ms: u64,
    pub findings: Vec<Finding>,
    pub self_check: SelfCheck,
    pub queries: QueryCounts,
    /// What was assumed; empty: nothing.
    pub as_if: Vec<String>,
    /// The session that the run belongs to; without one, nobody could have answered or waived anything.
    pub session: Option<&'a Session>,
}

impl Run {
    /// Sorts the findings and computes rows, gate and counts. In a session, people's answers and waivers count, and so does
    /// what other runs saw; a run on its own is judged by what it saw, and rows that wait for
    /// people are listed as open.
    pub fn new(parts: Parts<'_>) -> Self {
        let mut findings = parts.findings;
        sort(&mut findings);
        let criteria = match parts.session {
            Some(session) => session
                .with_findings(&findings)
                .rows(parts.playbook, parts.finished),
            None => alone(parts.playbook, &findings, parts.finished),
        };
        Self {
            schema: SCHEMA.to_owned(),
            rules: parts.rules,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            domain: parts.domain.to_owned(),
            playbook: parts.playbook.id.clone(),
            as_if: parts.as_if,
            started: parts.started,
            finished: parts.finished,
            took_ms: parts.took_ms,
            gate: decide(&criteria, parts.session.is_some()),
            counts: count(&findings),
            criteria,
            findings,
            self_check: parts.self_check,
            queries: parts.queries,
        }
    }

    /// Where a session stands at `now`, in the form of a run: the latest finding of each check and subject. Times, self check
    /// and counts are those of its latest run.
    pub fn of_session(session: &Session, playbook: &Playbook, now: Timestamp) -> Self {
        let last = session.runs.last();
        let mut run = Self::new(Parts {
            rules: last.map_or(0, |run| run.rules),
            domain: &session.domain,
            playbook,
            started: last.map_or(now, |run| run.started),
            finished: now,
            took_ms: last.map_or(0, |run| run.took_ms),
            findings: session.findings.values().cloned().collect(),
            self_check: last
                .and_then(|run| run.self_check.clone())
                .unwrap_or_default(),
            queries: last.map(|run| run.queries).unwrap_or_default(),
            as_if: Vec::new(),
            session: Some(session),
        });
        run.finished = last.and_then(|run| run.finished).unwrap_or(now);
        run
    }
}

/// The rows of a run that belongs to no session.
fn alone(playbook: &Playbook, findings: &[Finding], now: Timestamp) -> Vec<CriterionReport> {
    let by_key: BTreeMap<FindingKey, Finding> =
        findings.iter().map(|f| (f.key(), f.clone())).collect();
    let facts = Facts {
        findings: &by_key,
        answers: &BTreeMap::new(),
        waivers: &[],
        now,
        changed: None,
        planned: None,
        people: false,
        proofs: None,
        plain: false,
    };
    assess_all(playbook, facts)
}

/// What was sent in a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QueryCounts {
    pub dns: usize,
    pub tls: usize,
    pub http: usize,
    pub smtp: usize,
}

/// Findings counted by verdict, every verdict named.
pub fn count(findings: &[Finding]) -> BTreeMap<String, usize> {
    Verdict::ALL
        .into_iter()
        .map(|v| {
            (
                v.word().to_owned(),
                findings.iter().filter(|f| f.verdict == v).count(),
            )
        })
        .collect()
}

/// Sorts findings by check, then subject: the order of every printed list.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.check, &a.subject).cmp(&(&b.check, &b.subject)));
}
