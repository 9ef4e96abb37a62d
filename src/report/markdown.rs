//! A run as Markdown: for a pull request, an issue, a wiki.

use super::signs::{Look, sign};
use crate::model::finding::Finding;
use crate::model::playbook::Playbook;
use crate::model::run::Run;
use crate::model::text::escape;
use crate::model::verdict::Verdict;

const LOOK: Look = Look {
    unicode: true,
    colour: false,
};

/// The run as Markdown.
pub fn markdown(run: &Run, playbook: &Playbook) -> String {
    let mut out = format!(
        "# {}: {}\n\nPlaybook *{}* · {} · {} findings in {} ms\n\n",
        inline(&run.domain),
        run.gate.verdict.word().to_uppercase(),
        inline(&playbook.title),
        run.finished,
        run.findings.len(),
        run.took_ms
    );
    for problem in &run.self_check.problems {
        out.push_str(&format!("> {}\n\n", inline(problem)));
    }
    out.push_str("| row | state | why |\n| --- | --- | --- |\n");
    for row in &run.criteria {
        let why = row
            .because
            .first()
            .map(|line| inline(line))
            .unwrap_or_default();
        out.push_str(&format!("| {} | {} | {why} |\n", row.id, row.state.word()));
    }
    out.push_str("\n## Findings\n\n| verdict | severity | check | subject | summary |\n| --- | --- | --- | --- | --- |\n");
    let mut findings: Vec<&Finding> = run.findings.iter().collect();
    findings.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.key().cmp(&b.key())));
    for finding in &findings {
        out.push_str(&format!(
            "| {} {} | {} | {} | {} | {} |\n",
            sign(finding.verdict, LOOK),
            finding.verdict.word(),
            finding.severity.word(),
            finding.check,
            inline(&finding.subject),
            inline(&finding.summary)
        ));
    }
    let open: Vec<&&Finding> = findings
        .iter()
        .filter(|f| matches!(f.verdict, Verdict::Fail | Verdict::Warn))
        .collect();
    if !open.is_empty() {
        out.push_str("\n## What to do\n");
        open.iter()
            .for_each(|finding| push_remedy(&mut out, finding));
    }
    out
}

/// One finding's fix as a section: steps, records, proof and undo.
pub(super) fn push_remedy(out: &mut String, finding: &Finding) {
    let Some(remedy) = &finding.remedy else {
        return;
    };
    out.push_str(&format!(
        "\n### {} · {}\n\n{}\n\n",
        finding.check,
        inline(&finding.subject),
        inline(&finding.summary)
    ));
    for (number, step) in remedy.steps.iter().enumerate() {
        out.push_str(&format!("{}. {}\n", number + 1, inline(step)));
    }
    if !remedy.records.is_empty() {
        out.push_str("\n```dns\n");
        for record in &remedy.records {
            if let Some(old) = &record.old {
                out.push_str(&format!(
                    "- {} {} {}\n",
                    escape(&record.name),
                    record.rtype,
                    fenced(old)
                ));
            }
            out.push_str(&format!(
                "{} {} {} {} {}\n",
                record.action.sign(),
                escape(&record.name),
                record.ttl,
                record.rtype,
                fenced(&record.value)
            ));
        }
        out.push_str("```\n");
    }
    for setting in &remedy.settings {
        out.push_str(&format!(
            "\n{}: {}\n\n```\n{}\n```\n",
            inline(&setting.place),
            inline(&setting.name),
            setting
                .value
                .lines()
                .map(fenced)
                .collect::<Vec<_>>()
                .join("\n")
        ));
    }
    out.push_str(&format!(
        "\nProof: {}. Undo: {}\n",
        inline(&remedy.proof),
        inline(&remedy.undo)
    ));
}

/// Text inside a line or a table cell: no Markdown, no HTML, no line breaks.
pub(super) fn inline(raw: &str) -> String {
    escape(raw)
        .chars()
        .fold(String::with_capacity(raw.len()), |mut out, c| {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                    out.push('\\');
                    out.push(c);
                }
                _ => out.push(c),
            }
            out
        })
}

/// Text inside a fenced block, which it cannot close.
pub(super) fn fenced(raw: &str) -> String {
    escape(raw).replace("```", "` ` `")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(inline("<script>|`x`\n"), "&lt;script&gt;\\|\\`x\\`\\\\x0a");
        assert_eq!(fenced("a```b"), "a` ` `b");
    }
}
