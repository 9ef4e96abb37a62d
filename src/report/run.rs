//! A run as a document: gate, rows, findings, and what to do about those that do not hold.

use super::document::{Block, Document};
use super::exhibit;
use super::signs::{Look, sign};
use crate::model::criterion::CriterionReport;
use crate::model::finding::{Finding, Remedy};
use crate::model::playbook::Playbook;
use crate::model::run::Run;
use crate::model::verdict::Verdict;

const LOOK: Look = Look {
    unicode: true,
    colour: false,
};

/// The run as a document.
pub(super) fn run_document(run: &Run, playbook: &Playbook) -> Document {
    let mut blocks = vec![Block::Facts(vec![
        ("Playbook".to_owned(), playbook.title.clone()),
        ("Finished".to_owned(), run.finished.to_string()),
        (
            "Looked at".to_owned(),
            format!("{} findings in {} ms", run.findings.len(), run.took_ms),
        ),
    ])];
    blocks.splice(0..0, before_the_switch(&run.as_if).map(Block::paragraph));
    blocks.extend(run.self_check.problems.iter().map(Block::paragraph));
    blocks.push(Block::section("Scorecard"));
    blocks.push(rows(&run.criteria, playbook));
    blocks.push(Block::section("Findings"));
    let findings = ranked(run.findings.iter());
    blocks.push(table(&findings, |finding| &finding.summary));
    let open: Vec<&&Finding> = findings
        .iter()
        .filter(|f| matches!(f.verdict, Verdict::Fail | Verdict::Warn) && f.remedy.is_some())
        .collect();
    if !open.is_empty() {
        blocks.push(Block::section("What to do"));
    }
    for finding in open {
        blocks.push(Block::Subsection(format!(
            "{} · {}",
            finding.check, finding.subject
        )));
        blocks.push(Block::paragraph(&finding.summary));
        blocks.extend(exhibits(finding));
        blocks.extend(finding.remedy.iter().flat_map(remedy));
    }
    Document {
        title: format!("{}: {}", run.domain, run.gate.verdict.word().to_uppercase()),
        blocks,
    }
}

/// The line that stands above a run about the world after a switch; `None` for a run about today.
pub fn before_the_switch(as_if: &[String]) -> Option<String> {
    (!as_if.is_empty()).then(|| {
        format!(
            "before the switch: this is how it would be if {}; nothing here is proven of today",
            as_if.join(", and ")
        )
    })
}

/// The scorecard as a table.
pub(super) fn rows(rows: &[CriterionReport], playbook: &Playbook) -> Block {
    let cells = rows
        .iter()
        .map(|row| {
            let title = playbook
                .criterion(&row.id)
                .map_or_else(|| row.id.clone(), |criterion| criterion.title.clone());
            let asks: Option<String> = match row.unanswered.len() {
                0 => None,
                1 => Some("1 question is not answered yet".to_owned()),
                count => Some(format!("{count} questions are not answered yet")),
            };
            let why: Vec<String> = row.because.iter().cloned().chain(asks).collect();
            vec![title, row.state.word().to_owned(), joined(&why)]
        })
        .collect();
    Block::table(&["Row", "State", "Why"], cells)
}

/// Reasons one after the other: a whole sentence needs no sign behind it.
fn joined(reasons: &[String]) -> String {
    reasons.iter().fold(String::new(), |text, reason| {
        let between = match text.chars().last() {
            None => "",
            Some('.') => " ",
            Some(_) => "; ",
        };
        text + between + reason
    })
}

/// Findings in a table, in the order given.
pub(super) fn table(findings: &[&Finding], says: fn(&Finding) -> &str) -> Block {
    let cells = findings
        .iter()
        .map(|finding| {
            vec![
                signed(finding.verdict),
                finding.severity.word().to_owned(),
                finding.check.0.clone(),
                finding.subject.clone(),
                says(finding).to_owned(),
            ]
        })
        .collect();
    Block::table(
        &["Verdict", "Severity", "Check", "Subject", "What was seen"],
        cells,
    )
}

/// Glyph and word.
pub(super) fn signed(verdict: Verdict) -> String {
    format!("{} {}", sign(verdict, LOOK), verdict.word())
}

/// Gravest first, then by check and subject.
pub(super) fn ranked<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<&'a Finding> {
    let mut list: Vec<&Finding> = findings.collect();
    list.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.key().cmp(&b.key())));
    list
}

/// What a finding laid out.
pub(super) fn exhibits(finding: &Finding) -> impl Iterator<Item = Block> {
    finding
        .exhibits
        .iter()
        .flat_map(|shown| exhibit::blocks(shown, LOOK))
}

/// A fix: steps, records, settings, undo, proof.
pub(super) fn remedy(remedy: &Remedy) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !remedy.steps.is_empty() {
        blocks.push(Block::Steps(remedy.steps.clone()));
    }
    let mut records = Vec::new();
    for record in &remedy.records {
        if let Some(old) = &record.old {
            records.push(format!("- {} {} {old}", record.name, record.rtype));
        }
        records.push(format!(
            "{} {} {} {} {}",
            record.action.sign(),
            record.name,
            record.ttl,
            record.rtype,
            record.value
        ));
    }
    if !records.is_empty() {
        blocks.push(Block::Verbatim(records.join("\n")));
    }
    for setting in &remedy.settings {
        blocks.push(Block::paragraph(format!(
            "{}: {}",
            setting.place, setting.name
        )));
        blocks.push(Block::Verbatim(setting.value.clone()));
    }
    let mut ends = Vec::new();
    if !remedy.undo.is_empty() {
        ends.push(("To undo".to_owned(), remedy.undo.clone()));
    }
    if !remedy.proof.is_empty() {
        ends.push(("Proven by".to_owned(), remedy.proof.clone()));
    }
    if !ends.is_empty() {
        blocks.push(Block::Facts(ends));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn sentences_stand_side_by_side_and_phrases_behind_a_semicolon() {
        let reasons = ["It is open.", "Nobody asked.", "no answer", "old"];
        let reasons = reasons.map(str::to_owned);
        assert_eq!(joined(&reasons), "It is open. Nobody asked. no answer; old");
        assert_eq!(joined(&[]), "");
    }
}
