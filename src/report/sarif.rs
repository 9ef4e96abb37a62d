//! A run as SARIF 2.1.0 (OASIS), for code-scanning views: a check is a rule, what is wrong is a result.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::finding::Finding;
use crate::model::run::Run;
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};

/// The run as SARIF, indented, with a line feed at the end. `titles` gives each check's sentence.
pub fn sarif(run: &Run, titles: &BTreeMap<&str, &str>) -> Result<String, serde_json::Error> {
    let mut checks: Vec<&str> = run.findings.iter().map(|f| f.check.as_str()).collect();
    checks.dedup();
    let rules: Vec<Value> = checks
        .iter()
        .map(|id| json!({ "id": id, "shortDescription": { "text": titles.get(id).copied().unwrap_or(id) } }))
        .collect();
    let results: Vec<Value> = run
        .findings
        .iter()
        .filter(|f| matches!(f.verdict, Verdict::Fail | Verdict::Warn | Verdict::Unknown))
        .map(result)
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "launch-ready", "version": run.tool, "rules": rules } },
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn result(finding: &Finding) -> Value {
    json!({
        "ruleId": finding.check.as_str(),
        "level": level(finding),
        "kind": if finding.verdict == Verdict::Unknown { "open" } else { "fail" },
        "message": { "text": escape(&finding.summary) },
        "locations": [{ "logicalLocations": [{ "fullyQualifiedName": escape(&finding.subject) }] }],
        "partialFingerprints": { "launchReady/v1": finding.fingerprint },
    })
}

/// SARIF allows only `none` for a result that is open.
const fn level(finding: &Finding) -> &'static str {
    match (finding.verdict, finding.severity) {
        (Verdict::Unknown, _) => "none",
        (Verdict::Fail, Severity::Blocker | Severity::Fix) => "error",
        (Verdict::Fail | Verdict::Warn, Severity::Blocker | Severity::Fix | Severity::Advice) => {
            "warning"
        }
        _ => "note",
    }
}
