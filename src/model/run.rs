//! One run of the checks, as scripts read it (`launch-ready/run/1`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criterion::{CriterionReport, Facts, assess};
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
    /// The session that the run belongs to; without one, nobody could have answered or waived anything.
    pub session: Option<&'a Session>,
}

impl Run {
    /// Sorts the findings and computes rows, gate and counts.
    pub fn new(parts: Parts<'_>) -> Self {
        let mut findings = parts.findings;
        sort(&mut findings);
        let by_key: BTreeMap<FindingKey, Finding> =
            findings.iter().map(|f| (f.key(), f.clone())).collect();
        let planned: BTreeSet<FindingKey> = by_key.keys().cloned().collect();
        let (answers, waivers) = parts
            .session
            .map(|session| (session.answers.clone(), session.waivers.clone()))
            .unwrap_or_default();
        let people = parts.session.is_some();
        let facts = Facts {
            findings: &by_key,
            answers: &answers,
            waivers: &waivers,
            now: parts.finished,
            changed: None,
            planned: Some(&planned),
            people,
        };
        let criteria: Vec<CriterionReport> = parts
            .playbook
            .criteria
            .iter()
            .map(|criterion| assess(criterion, facts))
            .collect();
        Self {
            schema: SCHEMA.to_owned(),
            rules: parts.rules,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            domain: parts.domain.to_owned(),
            playbook: parts.playbook.id.clone(),
            started: parts.started,
            finished: parts.finished,
            took_ms: parts.took_ms,
            gate: decide(&criteria, people),
            counts: count(&findings),
            criteria,
            findings,
            self_check: parts.self_check,
            queries: parts.queries,
        }
    }
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
