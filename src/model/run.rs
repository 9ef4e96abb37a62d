//! One run of the checks, as scripts read it (`launch-ready/run/1`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criterion::CriterionReport;
use super::finding::Finding;
use super::gate::GateReport;
use super::observation::self_check::SelfCheck;
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
