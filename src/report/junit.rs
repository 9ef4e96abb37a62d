//! A run as JUnit XML, for CI systems that show test results: a finding is a test case, a family a suite.

use std::collections::BTreeMap;

use crate::model::finding::Finding;
use crate::model::run::Run;
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// The run as JUnit XML.
pub fn junit(run: &Run) -> String {
    let mut suites: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &run.findings {
        suites
            .entry(finding.check.family())
            .or_default()
            .push(finding);
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites name=\"launch-ready {}\">\n",
        xml(&run.domain)
    ));
    for (family, findings) in suites {
        let failures = findings
            .iter()
            .filter(|f| f.verdict == Verdict::Fail)
            .count();
        let errors = findings
            .iter()
            .filter(|f| f.verdict == Verdict::Unknown)
            .count();
        let skipped = findings.iter().filter(|f| is_skipped(f.verdict)).count();
        out.push_str(&format!(
            "  <testsuite name=\"{family}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">\n",
            findings.len()
        ));
        findings
            .iter()
            .for_each(|finding| push_case(&mut out, finding));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

const fn is_skipped(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Blocked | Verdict::NotApplicable)
}

fn push_case(out: &mut String, finding: &Finding) {
    out.push_str(&format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
        xml(finding.check.as_str()),
        xml(&finding.subject),
        finding.took_ms as f64 / 1000.0
    ));
    let summary = xml(&finding.summary);
    match finding.verdict {
        Verdict::Fail => out.push_str(&format!(
            ">\n      <failure type=\"{}\" message=\"{summary}\"/>\n    </testcase>\n",
            finding.severity.word()
        )),
        Verdict::Unknown => {
            out.push_str(&format!(
                ">\n      <error type=\"unknown\" message=\"{summary}\"/>\n    </testcase>\n"
            ));
        }
        Verdict::Blocked | Verdict::NotApplicable => {
            out.push_str(&format!(
                ">\n      <skipped message=\"{summary}\"/>\n    </testcase>\n"
            ));
        }
        Verdict::Warn => out.push_str(&format!(
            ">\n      <system-out>{summary}</system-out>\n    </testcase>\n"
        )),
        Verdict::Pass => out.push_str("/>\n"),
    }
}

/// Text for an attribute or an element.
fn xml(raw: &str) -> String {
    escape(raw)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}
