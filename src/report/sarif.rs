//! SARIF 2.1.0 (OASIS): findings for code-scanning views. A result is a finding; `kind` tells a failure from what could not
//! be told (`open`), from what deserves a look (`review`) and from what does not apply.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::json::pretty;
use crate::model::finding::Finding;
use crate::model::run::Run;
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};

/// The run as SARIF, indented, with a line feed at the end. `titles` gives each check's sentence. What holds is left out.
pub fn sarif(run: &Run, titles: &BTreeMap<&str, &str>) -> Result<String, serde_json::Error> {
    let rules: BTreeMap<&str, Value> = run
        .findings
        .iter()
        .map(|finding| (finding.check.as_str(), rule(finding, titles)))
        .collect();
    let order: Vec<&str> = rules.keys().copied().collect();
    let results: Vec<Value> = run
        .findings
        .iter()
        .filter(|finding| !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable))
        .map(|finding| result(finding, &order))
        .collect();
    let mut properties =
        json!({ "domain": run.domain, "playbook": run.playbook, "gate": run.gate });
    if let Some(of_run) = properties.as_object_mut().filter(|_| !run.as_if.is_empty()) {
        of_run.insert("as_if".to_owned(), json!(run.as_if));
    }
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "launch-ready",
                "version": run.tool,
                "semanticVersion": run.tool,
                "rules": rules.into_values().collect::<Vec<Value>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "startTimeUtc": run.started,
                "endTimeUtc": run.finished,
            }],
            "results": results,
            "properties": properties,
        }],
    }))
}

fn rule(finding: &Finding, titles: &BTreeMap<&str, &str>) -> Value {
    let id = finding.check.as_str();
    json!({
        "id": id,
        "shortDescription": { "text": titles.get(id).copied().unwrap_or(id) },
        "help": { "text": format!("launch-ready explain {}", finding.check) },
        "properties": { "tags": finding.standards },
    })
}

fn result(finding: &Finding, order: &[&str]) -> Value {
    let (kind, level) = kind_and_level(finding);
    json!({
        "ruleId": finding.check,
        "ruleIndex": order.iter().position(|id| *id == finding.check.as_str()),
        "kind": kind,
        "level": level,
        "message": { "text": escape(&finding.summary) },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(&finding.subject) } },
            "logicalLocations": [{ "fullyQualifiedName": escape(&finding.subject), "kind": "resource" }],
        }],
        "partialFingerprints": { "launchReady/v1": finding.fingerprint },
        "properties": {
            "verdict": finding.verdict,
            "severity": finding.severity,
            "confidence": finding.confidence,
        },
    })
}

/// SARIF §3.27.9 and §3.27.10: a level other than `none` belongs to failures alone.
const fn kind_and_level(finding: &Finding) -> (&'static str, &'static str) {
    match (finding.verdict, finding.severity) {
        (Verdict::Fail, Severity::Blocker) => ("fail", "error"),
        (Verdict::Fail, Severity::Fix) => ("fail", "warning"),
        (Verdict::Fail, Severity::Advice | Severity::Info) => ("fail", "note"),
        (Verdict::Warn, _) => ("review", "none"),
        (Verdict::Unknown | Verdict::Blocked, _) => ("open", "none"),
        (Verdict::Pass | Verdict::NotApplicable, _) => ("pass", "none"),
    }
}

/// A subject as a URI reference (RFC 3986): what is no unreserved or reserved character is percent-encoded.
fn uri(subject: &str) -> String {
    subject
        .bytes()
        .fold(String::with_capacity(subject.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~/?=&@!$'()*+,;#".contains(&byte) {
                out.push(char::from(byte));
            } else if byte == b':' && subject.contains("://") {
                out.push(':');
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn a_result_points_at_its_rule() {
        let titles = BTreeMap::from([("mail.spf", "one valid SPF record")]);
        let value: Value = serde_json::from_str(&sarif(&fixture::run(), &titles).unwrap()).unwrap();
        assert_eq!(value["version"], "2.1.0");
        let rules = value["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        assert_eq!(rules[1]["shortDescription"]["text"], "one valid SPF record");
        let results = value["runs"][0]["results"].as_array().unwrap();
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert_eq!(
                result["kind"] == "fail",
                result["level"] != "none",
                "{result}"
            );
        }
        let kinds: Vec<&str> = results
            .iter()
            .map(|r| r["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["fail", "review", "open", "fail"]);
    }

    #[test]
    fn subjects_are_uris() {
        assert_eq!(uri("acme.example"), "acme.example");
        assert_eq!(uri("a.example 203.0.113.1"), "a.example%20203.0.113.1");
        assert_eq!(
            uri("a.example 2001:db8::1"),
            "a.example%202001%3Adb8%3A%3A1"
        );
        assert_eq!(uri("https://a.example/ü"), "https://a.example/%C3%BC");
    }
}
