//! A document as Markdown (CommonMark with tables and task lists). What servers said cannot break out of its place: inline
//! text is escaped, verbatim text stands in a fence longer than any in it.

use super::document::{Block, Document, cut};
use super::run::run_document;
use super::session::{Account, session_document};
use super::sprint;
use crate::model::playbook::Playbook;
use crate::model::run::Run;
use crate::model::text::{escape, escape_lines};

/// A run as Markdown: for a pull request, an issue, a wiki.
pub fn markdown(run: &Run, playbook: &Playbook) -> String {
    render(&run_document(run, playbook))
}

/// A session as Markdown.
pub fn session_markdown(of: &Account<'_>) -> String {
    render(&session_document(of))
}

/// Renders a document.
fn render(document: &Document) -> String {
    let mut out = format!("# {}\n", inline(&document.title));
    for block in &document.blocks {
        out.push('\n');
        out.push_str(&self::block(block));
    }
    out
}

fn block(block: &Block) -> String {
    match block {
        Block::Section(title) => format!("## {}\n", inline(title)),
        Block::Subsection(title) => format!("### {}\n", inline(title)),
        Block::Paragraph(text) => format!("{}\n", inline(text)),
        Block::Facts(pairs) => lines(pairs, |(label, value)| {
            format!("- **{}**: {}", inline(label), inline(value))
        }),
        Block::List(items) => lines(items, |item| format!("- {}", inline(item))),
        Block::Steps(items) => items
            .iter()
            .zip(1..)
            .map(|(item, number)| format!("{number}. {}\n", inline(item)))
            .collect(),
        Block::Tasks(items) => lines(items, |(done, item)| {
            format!("- [{}] {}", if *done { "x" } else { " " }, inline(item))
        }),
        Block::Table { head, rows } => table(head, rows),
        Block::Burndown(chart) => {
            let (head, rows) = sprint::table(chart);
            format!(
                "{}\n\n{}",
                inline(&sprint::caption(chart)),
                table(&head, &rows)
            )
        }
        Block::Verbatim(text) => verbatim(text),
        Block::Chart(chart) => format!("{}\n", inline(&chart.words())),
    }
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items.iter().map(|item| line(item) + "\n").collect()
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let row = |cells: &[String]| {
        let cells: String = cells
            .iter()
            .map(|cell| match inline(cell) {
                text if text.is_empty() => " |".to_owned(),
                text => format!(" {text} |"),
            })
            .collect();
        format!("|{cells}\n")
    };
    let rule = format!("|{}\n", " --- |".repeat(head.len()));
    let body: String = rows.iter().map(|cells| row(cells)).collect();
    row(head) + &rule + &body
}

fn verbatim(text: &str) -> String {
    let safe = escape_lines(&cut(text));
    let longest = safe
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", safe.trim_end_matches('\n'))
}

/// One line of text in which nothing is markup: no emphasis, link, image, HTML, entity, table cell or block start.
fn inline(raw: &str) -> String {
    let safe = escape(&cut(raw));
    let mut out = String::with_capacity(safe.len());
    for (position, c) in safe.char_indices() {
        let rest = safe.get(position + c.len_utf8()..).unwrap_or_default();
        let special = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '#'
        );
        let starts_a_block = position == 0 && matches!(c, '-' | '+' | '=');
        // An address in plain text would become a link.
        let addresses = c == ':' && rest.starts_with("//");
        if special || starts_a_block || addresses {
            out.push('\\');
        }
        out.push(c);
    }
    numbered(&out).unwrap_or(out)
}

/// `1.` and `1)` at the start of a line would begin a list.
fn numbered(text: &str) -> Option<String> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.strip_suffix(rest)?;
    if digits.is_empty() || !rest.starts_with(['.', ')']) {
        return None;
    }
    Some(format!("{digits}\\{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Edition, fixture};

    #[test]
    fn hostile_text_stays_text() {
        for (raw, want) in [
            ("**bold** _x_", r"\*\*bold\*\* \_x\_"),
            ("[a](javascript:x)", r"\[a\](javascript:x)"),
            ("<script>", r"\<script\>"),
            ("a | b", r"a \| b"),
            ("# h", r"\# h"),
            ("- item", r"\- item"),
            ("1. item", r"1\. item"),
            ("&lt;", r"\&lt;"),
            ("a\nb\x1b[2J", r"a\\x0ab\\x1b\[2J"),
            ("v=spf1 -all", "v=spf1 -all"),
            ("see https://a.example/", r"see https\://a.example/"),
        ] {
            assert_eq!(inline(raw), want, "{raw}");
        }
    }

    #[test]
    fn the_client_reads_plain_words_and_no_notes() {
        let state = fixture::session();
        let client = session_markdown(&fixture::account(&state, Edition::Client));
        let internal = session_markdown(&fixture::account(&state, Edition::Internal));
        for (text, in_client, in_internal) in [
            ("Your mail is not believed.", true, true),
            ("two SPF records", true, true),
            ("the founder is nervous", false, true),
            ("second piece", false, true),
            ("dig +short TXT acme.example", true, true),
            ("## Since the handover", true, true),
            ("| worse | mail.spf |", true, true),
            ("| ✖ fail | resolver | | 2026-11-21 20:05 UTC |", true, true),
            ("├─ one  (3 lookups)", true, true),
            ("- [x] Every domain has an owner.", true, true),
            ("- [x] Who knows dns-owner? Ada and Bob (Ada)", true, true),
            ("| DNS host | Ada | own account |", true, true),
            ("| go-live | Ada | consultant |", true, true),
            ("(over)", true, true),
            ("abc123", true, true),
            (
                "- **To check it**: launch-ready verify acme-example --head abc123",
                true,
                true,
            ),
            ("## Runs", false, true),
            ("1 findings", false, false),
        ] {
            assert_eq!(client.contains(text), in_client, "client: {text}\n{client}");
            assert_eq!(internal.contains(text), in_internal, "internal: {text}");
        }
        for text in [
            client,
            internal,
            markdown(&fixture::run(), &fixture::playbook()),
        ] {
            let mut fence: Option<&str> = None;
            for line in text.lines() {
                match fence {
                    Some(open) if line == open => fence = None,
                    None if line.starts_with("```") => fence = line.strip_suffix("text"),
                    None => assert!(!line.contains("<b>") && !line.starts_with("# h"), "{line}"),
                    Some(_) => {}
                }
            }
            assert_eq!(fence, None, "every fence is closed");
            assert!(!text.contains(['\x1b', '\u{202e}']));
        }
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        let text = verbatim("a\n````\n</details>\n");
        assert_eq!(text, "`````text\na\n````\n</details>\n`````\n");
    }

    #[test]
    fn blocks_render_one_after_the_other() {
        let document = Document {
            title: "T".into(),
            blocks: vec![
                Block::section("S"),
                Block::Facts(vec![("a".into(), "b".into())]),
                Block::Tasks(vec![(true, "done".into()), (false, "not".into())]),
                Block::table(&["x", "y"], vec![vec!["1".into(), "2|3".into()]]),
                Block::Steps(vec!["one".into(), "two".into()]),
            ],
        };
        assert_eq!(
            render(&document),
            "# T\n\n## S\n\n- **a**: b\n\n- [x] done\n- [ ] not\n\n| x | y |\n| --- | --- |\n| 1 | 2\\|3 |\n\n1. one\n2. two\n"
        );
    }
}
