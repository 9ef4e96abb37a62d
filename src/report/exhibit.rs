//! Exhibits as blocks of a document: a table, a list of steps or lines that stay as they are. Every format takes them from
//! here. Moments are told as such: a document does not count down.

use super::document::Block;
use super::session::minute;
use super::signs::{Look, sign};
use crate::model::exhibit::{Bar, Exhibit, Hop, Node, Shape, TableRow, rungs};
use crate::model::verdict::Verdict;

/// The exhibit, its title first.
pub(super) fn blocks(exhibit: &Exhibit, look: Look) -> Vec<Block> {
    let mut out = vec![Block::paragraph(format!("{}:", exhibit.title))];
    match &exhibit.shape {
        Shape::Table { columns, rows } => out.push(table(columns, rows, look)),
        Shape::Tree { nodes } => out.push(tree(nodes, look)),
        Shape::Path { hops, back_to } => out.extend(path(hops, *back_to, look)),
        Shape::Lifetimes { bars } => out.push(lifetimes(bars, look)),
    }
    out
}

fn table(columns: &[String], rows: &[TableRow], look: Look) -> Block {
    let judged = rows.iter().any(|row| row.verdict.is_some());
    let changes = rows.iter().any(|row| row.until.is_some());
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let filled = |cells: &[String]| {
        let mut cells = cells.to_vec();
        cells.resize(cells.len().max(width).max(columns.len()), String::new());
        cells
    };
    let framed = |first: String, cells: &[String], last: String| -> Vec<String> {
        let first = judged.then_some(first);
        let last = changes.then_some(last);
        first.into_iter().chain(filled(cells)).chain(last).collect()
    };
    Block::Table {
        head: framed("Verdict".to_owned(), columns, "may change at".to_owned()),
        rows: rows
            .iter()
            .map(|row| {
                let until = row.until.map(minute).unwrap_or_default();
                framed(judged_as(row.verdict, look), &row.cells, until)
            })
            .collect(),
    }
}

fn tree(nodes: &[Node], look: Look) -> Block {
    let (trunk, branch, last) = match look.unicode {
        true => ("│  ", "├─ ", "└─ "),
        false => ("|  ", "+- ", "`- "),
    };
    let lines: Vec<String> = nodes
        .iter()
        .zip(rungs(nodes))
        .map(|(node, rungs)| {
            let mut line = String::new();
            for (at, follows) in rungs.iter().enumerate() {
                line.push_str(match (at + 1 < rungs.len(), follows) {
                    (true, true) => trunk,
                    (true, false) => "   ",
                    (false, true) => branch,
                    (false, false) => last,
                });
            }
            if let Some(verdict) = node.verdict {
                line.push_str(&format!("{} ", sign(verdict, look)));
            }
            line.push_str(&node.text);
            if !node.note.is_empty() {
                line.push_str(&format!("  ({})", node.note));
            }
            // A line feed in a name must not begin a line of its own.
            line.replace(['\n', '\r'], " ")
        })
        .collect();
    Block::Verbatim(lines.join("\n"))
}

fn path(hops: &[Hop], back_to: Option<usize>, look: Look) -> Vec<Block> {
    let steps = hops
        .iter()
        .map(|hop| {
            let verdict = hop.verdict.map(|v| format!("{} ", sign(v, look)));
            let note = match hop.note.as_str() {
                "" => String::new(),
                note => format!(" ({note})"),
            };
            format!("{}{}{note}", verdict.unwrap_or_default(), hop.text)
        })
        .collect();
    let mut out = vec![Block::Steps(steps)];
    if let Some((number, hop)) = back_to.and_then(|at| Some((at + 1, hops.get(at)?))) {
        let mark = if look.unicode { "↺ " } else { "" };
        let text = format!("{mark}back to {number}, {}", hop.text);
        out.push(Block::paragraph(text));
    }
    out
}

fn lifetimes(bars: &[Bar], look: Look) -> Block {
    let judged = bars.iter().any(|bar| bar.verdict.is_some());
    let mut head = vec!["What", "From", "To"];
    if judged {
        head.insert(0, "Verdict");
    }
    let rows = bars
        .iter()
        .map(|bar| {
            let verdict = judged.then(|| judged_as(bar.verdict, look));
            let cells = [bar.label.clone(), minute(bar.from), minute(bar.to)];
            verdict.into_iter().chain(cells).collect()
        })
        .collect();
    Block::table(&head, rows)
}

/// Sign and word; nothing where the row is only told.
fn judged_as(verdict: Option<Verdict>, look: Look) -> String {
    verdict.map_or_else(String::new, |v| format!("{} {}", sign(v, look), v.word()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    const LOOK: Look = Look {
        unicode: true,
        colour: false,
    };

    #[test]
    fn each_shape_becomes_what_a_document_knows() {
        let [table, tree, path, lifetimes] = fixture::exhibits();
        assert_eq!(
            blocks(&table, LOOK)[1],
            Block::table(
                &["Verdict", "asked", "says", "may change at"],
                vec![
                    vec!["✔ pass".into(), "ns1".into(), "new".into(), String::new()],
                    vec![
                        "✖ fail".into(),
                        "resolver".into(),
                        String::new(),
                        "2026-11-21 20:05 UTC".into()
                    ],
                ]
            )
        );
        assert_eq!(
            blocks(&tree, LOOK)[1],
            Block::Verbatim("✖ root\n├─ one  (3 lookups)\n│  └─ deep\n└─ two lines".into())
        );
        assert_eq!(
            blocks(&path, LOOK)[1..],
            [
                Block::Steps(vec!["http://a/ (301)".into(), "✖ https://a/ (302)".into()]),
                Block::paragraph("↺ back to 1, http://a/"),
            ]
        );
        assert_eq!(
            blocks(&lifetimes, LOOK)[1],
            Block::table(
                &["What", "From", "To"],
                vec![vec![
                    "leaf".into(),
                    "2026-11-21 20:00 UTC".into(),
                    "2026-11-21 20:05 UTC".into()
                ]]
            )
        );
    }

    #[test]
    fn without_unicode_there_is_none() {
        for exhibit in fixture::exhibits() {
            let text = format!("{:?}", blocks(&exhibit, Look::default()));
            assert!(text.is_ascii(), "{text}");
        }
    }
}
