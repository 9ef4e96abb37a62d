//! Where the evidence of each row comes from: what was seen or said, when, and by whom.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::shown;
use crate::model::finding::Finding;
use crate::report::document::Block;
use crate::report::people::listed;
use crate::report::session::{Account, minute};

/// Sources that are named; the others are counted.
const NAMED: usize = 3;

/// One piece: the row that rests on it, what it says, since when, and from where.
pub(super) struct Line {
    pub(super) row: String,
    pub(super) what: String,
    pub(super) at: Timestamp,
    pub(super) from: String,
}

/// Every piece, in the order of the scorecard.
pub(super) fn lines(of: &Account<'_>) -> Vec<Line> {
    let mut list = Vec::new();
    for row in &of.playbook.criteria {
        let findings = of.session.findings.values();
        list.extend(
            findings
                .filter(|f| row.names(f.check.as_str()))
                .map(|finding| Line {
                    row: row.title.clone(),
                    what: format!("{} {}: {}", finding.check, finding.subject, finding.verdict),
                    at: finding.at,
                    from: sources(finding),
                }),
        );
        let answers = row.questions.iter().filter_map(|question| {
            let answer = of.session.answers.get(&question.id)?;
            let said = if answer.yes { "yes" } else { "no" };
            Some(Line {
                row: row.title.clone(),
                what: format!("{} {said}", question.text),
                at: answer.at,
                from: match shown(of, &answer.evidence).as_str() {
                    "" => answer.by.clone(),
                    shows => format!("{}: {shows}", answer.by),
                },
            })
        });
        list.extend(answers);
    }
    list
}

/// The section.
pub(super) fn blocks(of: &Account<'_>) -> [Block; 2] {
    let rows = lines(of)
        .into_iter()
        .map(|line| vec![line.row, line.what, minute(line.at), line.from])
        .collect();
    let head = ["Row", "What", "When", "From where"];
    listed("Index of the evidence", &head, rows, "Nothing yet.")
}

/// Who was asked, each once.
fn sources(finding: &Finding) -> String {
    let all: BTreeSet<&str> = finding
        .evidence
        .iter()
        .map(|seen| seen.source.as_str())
        .filter(|source| !source.is_empty())
        .collect();
    let named: Vec<&str> = all.iter().take(NAMED).copied().collect();
    match all.len().saturating_sub(NAMED) {
        _ if all.is_empty() => "no evidence was kept".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
