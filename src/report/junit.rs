//! JUnit XML, as continuous integration reads it: a suite a family, a case a finding.
//!
//! What was seen to be broken is a failure; what could not be told is an error, never a pass; what is missing something first
//! or does not apply is skipped. Failures that are only advice pass, with their text.

use std::collections::BTreeMap;

use super::html::markup;
use super::run::before_the_switch;
use crate::model::finding::Finding;
use crate::model::run::Run;
use crate::model::text::{escape, escape_lines};
use crate::model::verdict::Verdict;

/// The run as JUnit XML.
pub fn junit(run: &Run) -> String {
    let mut families: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &run.findings {
        families
            .entry(finding.check.family())
            .or_default()
            .push(finding);
    }
    let all: Vec<&Finding> = run.findings.iter().collect();
    let assumed =
        before_the_switch(&run.as_if).map_or_else(String::new, |line| format!(", {line}"));
    let suites: String = families
        .iter()
        .map(|(family, findings)| suite(family, findings, run))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"launch-ready {}{}\"{} time=\"{}\">\n{suites}</testsuites>\n",
        attribute(&run.domain),
        attribute(&assumed),
        Counts::of(&all).attributes(),
        seconds(run.took_ms),
    )
}

fn suite(family: &str, findings: &[&Finding], run: &Run) -> String {
    let took: u64 = findings.iter().map(|f| f.took_ms).sum();
    let cases: String = findings.iter().map(|finding| case(finding)).collect();
    format!(
        "  <testsuite name=\"{}\"{} time=\"{}\" timestamp=\"{}\">\n{cases}  </testsuite>\n",
        attribute(family),
        Counts::of(findings).attributes(),
        seconds(took),
        attribute(&run.started.to_string()),
    )
}

fn case(finding: &Finding) -> String {
    let summary = attribute(&finding.summary);
    let kind = match finding.verdict {
        Verdict::Fail => finding.severity.word(),
        other => other.word(),
    };
    let inside = match outcome(finding) {
        Outcome::Failed => format!(
            "      <failure message=\"{summary}\" type=\"{kind}\">{}</failure>\n",
            story(finding)
        ),
        Outcome::Error => format!(
            "      <error message=\"{summary}\" type=\"{kind}\">{}</error>\n",
            story(finding)
        ),
        Outcome::Skipped => format!("      <skipped message=\"{summary}\"/>\n"),
        Outcome::Passed => format!("      <system-out>{summary}</system-out>\n"),
    };
    format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n{inside}    </testcase>\n",
        attribute(finding.check.as_str()),
        attribute(&finding.subject),
        seconds(finding.took_ms),
    )
}

/// Evidence and remedy, as text in an element.
fn story(finding: &Finding) -> String {
    let evidence = finding.evidence.iter().map(|seen| {
        format!(
            "{} {}\n{}\n{}",
            seen.kind, seen.source, seen.text, seen.repeat
        )
    });
    let steps = finding
        .remedy
        .iter()
        .flat_map(|remedy| remedy.steps.iter().cloned());
    let text: Vec<String> = evidence.chain(steps).collect();
    markup(&escape_lines(&text.join("\n")))
}

enum Outcome {
    Passed,
    Failed,
    Error,
    Skipped,
}

fn outcome(finding: &Finding) -> Outcome {
    match finding.verdict {
        Verdict::Fail if finding.severity.counts() => Outcome::Failed,
        Verdict::Pass | Verdict::Warn | Verdict::Fail => Outcome::Passed,
        Verdict::Unknown => Outcome::Error,
        Verdict::Blocked | Verdict::NotApplicable => Outcome::Skipped,
    }
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(findings: &[&Finding]) -> Self {
        let mut counts = Self {
            tests: findings.len(),
            ..Self::default()
        };
        for finding in findings {
            match outcome(finding) {
                Outcome::Passed => {}
                Outcome::Failed => counts.failures += 1,
                Outcome::Error => counts.errors += 1,
                Outcome::Skipped => counts.skipped += 1,
            }
        }
        counts
    }

    fn attributes(&self) -> String {
        format!(
            " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
            self.tests, self.failures, self.errors, self.skipped
        )
    }
}

fn attribute(raw: &str) -> String {
    markup(&escape(raw))
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn verdicts_become_outcomes() {
        let text = junit(&fixture::run());
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
        assert!(
            text.contains("<testsuites name=\"launch-ready acme.example\" tests=\"6\" failures=\"1\" errors=\"1\" skipped=\"1\" time=\"1.834\">"),
            "{text}"
        );
        assert!(text.contains(
            "<testcase classname=\"mail.spf\" name=\"acme.example\" time=\"0.012\">\n      <failure message=\"two SPF records"
        ));
        assert!(text.contains("type=\"blocker\""));
    }

    #[test]
    fn what_servers_said_cannot_break_the_xml() {
        let text = junit(&fixture::run());
        assert!(!text.contains("]]>") && !text.contains("<b>"), "{text}");
        assert!(text.contains("&lt;b&gt;"));
        let opened = text.matches("<testcase ").count();
        assert_eq!(opened, text.matches("</testcase>").count());
    }
}
