//! A run for a person at a terminal: what blocks first, each with its fix, then the rest in one line each.

use unicode_width::UnicodeWidthStr;

use super::document::Block;
use super::exhibit;
use super::run::before_the_switch;
use super::signs::{Look, paint, sign};
use crate::model::criterion::CriterionState;
use crate::model::finding::Finding;
use crate::model::gate::GateVerdict;
use crate::model::playbook::Playbook;
use crate::model::run::Run;
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// Lines of an exhibit that are printed.
const MOST: usize = 16;

/// The run as lines.
pub fn text(run: &Run, playbook: &Playbook, look: Look) -> String {
    let mut out = String::new();
    let dot = look.dot();
    out.push_str(&format!(
        "{} {dot} {} {dot} {} findings in {} ms {dot} {} DNS questions, {} handshakes, {} requests\n\n",
        escape(&run.domain),
        escape(&playbook.title),
        run.findings.len(),
        run.took_ms,
        run.queries.dns,
        run.queries.tls,
        run.queries.http,
    ));
    if let Some(line) = before_the_switch(&run.as_if) {
        out.push_str(&format!("{}\n\n", escape(&line)));
    }
    for problem in &run.self_check.problems {
        out.push_str(&format!("first of all: {}\n\n", escape(problem)));
    }
    let mut findings: Vec<&Finding> = run.findings.iter().collect();
    findings.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.key().cmp(&b.key())));
    for finding in findings {
        push_finding(&mut out, finding, look);
    }
    push_rows(&mut out, run, playbook, look);
    push_gate(&mut out, run, look);
    out
}

fn push_finding(out: &mut String, finding: &Finding, look: Look) {
    let verdict = paint(
        &format!(
            "{} {:<7}",
            sign(finding.verdict, look),
            short(finding.verdict)
        ),
        finding.verdict,
        look,
    );
    out.push_str(&format!(
        "{verdict} {:<24} {}  {}\n",
        finding.check.as_str(),
        escape(&finding.subject),
        escape(&finding.summary)
    ));
    if !matches!(finding.verdict, Verdict::Fail | Verdict::Warn) {
        return;
    }
    let shown = finding.exhibits.iter();
    for block in shown.flat_map(|e| exhibit::blocks(e, look)) {
        push_block(out, &block, look);
    }
    if let Some(remedy) = &finding.remedy {
        for step in &remedy.steps {
            out.push_str(&format!("            fix  {}\n", escape(step)));
        }
        for record in &remedy.records {
            out.push_str(&format!(
                "            {}    {} {} {} {}\n",
                record.action.sign(),
                escape(&record.name),
                record.ttl,
                record.rtype,
                escape(&record.value)
            ));
        }
    }
}

/// A block of an exhibit as indented lines, the longest left out from where it stops being short.
fn push_block(out: &mut String, block: &Block, look: Look) {
    let lines: Vec<String> = match block {
        Block::Paragraph(text) => vec![escape(text)],
        Block::Steps(items) => items
            .iter()
            .zip(1..)
            .map(|(item, number)| format!("{number}. {}", escape(item)))
            .collect(),
        Block::Verbatim(text) => text.split('\n').map(escape).collect(),
        Block::Table { head, rows } => aligned(head, rows),
        _ => Vec::new(),
    };
    for line in lines.iter().take(MOST) {
        out.push_str(&format!("            {line}\n"));
    }
    if lines.len() > MOST {
        let mark = if look.unicode { "…" } else { "..." };
        let rest = lines.len() - MOST;
        out.push_str(&format!("            {mark} and {rest} more\n"));
    }
}

/// Cells under each other.
fn aligned(head: &[String], rows: &[Vec<String>]) -> Vec<String> {
    let grid: Vec<Vec<String>> = std::iter::once(head)
        .chain(rows.iter().map(Vec::as_slice))
        .map(|cells| cells.iter().map(|cell| escape(cell)).collect())
        .collect();
    let mut widths = vec![0; head.len()];
    for cells in &grid {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = cell.width().max(*width);
        }
    }
    grid.iter()
        .map(|cells| {
            let mut line = String::new();
            for (cell, width) in cells.iter().zip(&widths) {
                let gap = width.saturating_sub(cell.width()) + 2;
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', gap));
            }
            line.trim_end().to_owned()
        })
        .collect()
}

const fn short(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotApplicable => "n/a",
        other => other.word(),
    }
}

fn push_rows(out: &mut String, run: &Run, playbook: &Playbook, look: Look) {
    out.push_str("\nscorecard\n");
    for row in &run.criteria {
        let title = playbook
            .criteria
            .iter()
            .find(|criterion| criterion.id == row.id)
            .map_or(row.id.as_str(), |criterion| criterion.title.as_str());
        let why = match row.state {
            CriterionState::Proven | CriterionState::Attested => String::new(),
            _ => row
                .because
                .first()
                .map(|line| format!(" {} {}", look.dot(), escape(line)))
                .unwrap_or_default(),
        };
        out.push_str(&format!(
            "  {:<13} {:<22} {}{why}\n",
            row.state.word(),
            row.id,
            escape(title)
        ));
    }
}

fn push_gate(out: &mut String, run: &Run, look: Look) {
    let (words, verdict) = match run.gate.verdict {
        GateVerdict::Go => ("GO", Verdict::Pass),
        GateVerdict::NoGo => ("NO-GO", Verdict::Fail),
        GateVerdict::Undetermined => ("COULD NOT TELL", Verdict::Unknown),
    };
    out.push_str(&format!(
        "\n{}",
        paint(&format!("{} {words}", sign(verdict, look)), verdict, look)
    ));
    if !run.gate.blocking.is_empty() {
        out.push_str(&format!("  blocked by {}", run.gate.blocking.join(", ")));
    }
    out.push('\n');
    if run.gate.verdict == GateVerdict::Go && !run.gate.open.is_empty() {
        out.push_str(&format!(
            "  as far as a machine can see; {} rows still ask a person: {}\n",
            run.gate.open.len(),
            run.gate.open.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn what_is_assumed_stands_above_everything() {
        let run = fixture::about_the_future();
        let plain = text(&run, &fixture::playbook(), Look::default());
        let line = plain.lines().nth(2).unwrap();
        assert_eq!(
            line,
            "before the switch: this is how it would be if www.acme.example has the address 203.0.113.40; nothing here is proven of today"
        );
        let markdown = crate::report::markdown(&run, &fixture::playbook());
        assert!(markdown.contains("before the switch"), "{markdown}");
        assert!(crate::report::junit(&run).contains("before the switch"));
        let sarif = crate::report::sarif(&run, &std::collections::BTreeMap::new()).unwrap();
        assert!(sarif.contains("as_if"), "{sarif}");
        assert!(crate::report::jsonl_end(&run).contains("as_if"));
        for today in [
            crate::report::json(&fixture::run()).unwrap(),
            crate::report::jsonl_end(&fixture::run()),
        ] {
            assert!(!today.contains("as_if"), "{today}");
        }
    }

    #[test]
    fn plain_text_is_ascii_without_escapes_and_colour_only_adds() {
        let run = fixture::run();
        let plain = text(&run, &fixture::playbook(), Look::default());
        assert!(plain.is_ascii(), "{plain}");
        assert!(!plain.contains('\x1b'));
        assert!(plain.contains("X fail    mail.spf"), "{plain}");
        for line in [
            "            who says what:\n",
            "            Verdict  asked     says  may change at\n",
            "            + pass   ns1       new\n",
            "            X fail   resolver        2026-11-21 20:05 UTC\n",
            "            |  `- deep\n",
            "            2. X https://a/ (302)\n            back to 1, http://a/\n",
        ] {
            assert!(plain.contains(line), "{line}{plain}");
        }
        assert!(plain.contains("X NO-GO  blocked by email-valid"), "{plain}");
        let first = plain.lines().nth(2).unwrap();
        assert!(
            first.contains("mail.spf"),
            "the blocker comes first: {first}"
        );
        let full = Look {
            unicode: true,
            colour: true,
        };
        let coloured = text(&run, &fixture::playbook(), full);
        assert!(coloured.contains("\x1b[31m✖ fail"), "{coloured}");
        assert!(!coloured.contains("\x1b[2J"));
    }
}
