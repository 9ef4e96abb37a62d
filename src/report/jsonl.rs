//! JSON lines: one finding a line while they come, then one line with the gate.

use serde_json::json;

use crate::model::finding::Finding;
use crate::model::run::Run;

/// One finding, with a line feed at the end.
pub fn jsonl_finding(finding: &Finding) -> Result<String, serde_json::Error> {
    serde_json::to_string(finding).map(|line| line + "\n")
}

/// The last line: the gate, the rows and the counts.
pub fn jsonl_end(run: &Run) -> String {
    let mut end = json!({
        "gate": run.gate,
        "counts": run.counts,
        "criteria": run.criteria,
        "self_check": run.self_check,
        "queries": run.queries,
        "took_ms": run.took_ms,
    });
    if let Some(last) = end.as_object_mut().filter(|_| !run.as_if.is_empty()) {
        last.insert("as_if".to_owned(), json!(run.as_if));
    }
    end.to_string() + "\n"
}

/// A run that is over.
pub fn jsonl(run: &Run) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    for finding in &run.findings {
        out.push_str(&jsonl_finding(finding)?);
    }
    Ok(out + &jsonl_end(run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use serde_json::Value;

    #[test]
    fn every_line_is_one_value_and_the_gate_comes_last() {
        let lines: Vec<Value> = jsonl(&fixture::run())
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), fixture::run().findings.len() + 1);
        assert_eq!(lines[1]["check"], "mail.spf");
        assert_eq!(lines.last().unwrap()["gate"]["verdict"], "no-go");
    }
}
