//! A document as one HTML page that needs nothing else: no script, no outside resource, and a policy that forbids both.

use super::chart;
use super::document::{Block, Document, cut};
use super::session::{Account, session_document};
use super::sprint;
use crate::model::text::{escape, escape_lines};

const STYLE: &str = include_str!("../../assets/report/page.css");

/// A session as a page.
pub fn session_html(of: &Account<'_>) -> String {
    render(&session_document(of))
}

/// Renders a document.
fn render(document: &Document) -> String {
    let title = inline(&document.title);
    let body: String = document.blocks.iter().map(block).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Section(title) => format!("<h2>{}</h2>\n", inline(title)),
        Block::Subsection(title) => format!("<h3>{}</h3>\n", inline(title)),
        Block::Paragraph(text) => format!("<p>{}</p>\n", inline(text)),
        Block::Facts(pairs) => {
            let rows: String = pairs
                .iter()
                .map(|(label, value)| {
                    format!("<dt>{}</dt><dd>{}</dd>\n", inline(label), inline(value))
                })
                .collect();
            format!("<dl>\n{rows}</dl>\n")
        }
        Block::List(items) => format!("<ul>\n{}</ul>\n", list(items)),
        Block::Steps(items) => format!("<ol>\n{}</ol>\n", list(items)),
        Block::Tasks(items) => {
            let rows: String = items
                .iter()
                .map(|(done, item)| {
                    let mark = if *done { "☑" } else { "☐" };
                    format!("<li>{mark} {}</li>\n", inline(item))
                })
                .collect();
            format!("<ul class=\"tasks\">\n{rows}</ul>\n")
        }
        Block::Table { head, rows } => {
            let names: String = head.iter().map(|cell| named(cell)).collect();
            let body: String = rows.iter().map(|cells| row(head, cells)).collect();
            format!(
                "<table>\n<thead>\n<tr>{names}</tr>\n</thead>\n<tbody>\n{body}</tbody>\n</table>\n"
            )
        }
        Block::Burndown(chart) => format!(
            "<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n",
            sprint::svg(chart),
            inline(&sprint::caption(chart))
        ),
        Block::Verbatim(text) => format!("<pre>{}</pre>\n", markup(&escape_lines(&cut(text)))),
        Block::Chart(chart) => chart::figure(chart),
    }
}

fn list(items: &[String]) -> String {
    items
        .iter()
        .map(|item| format!("<li>{}</li>\n", inline(item)))
        .collect()
}

fn named(cell: &str) -> String {
    format!("<th>{}</th>", inline(cell))
}

/// Each cell also carries the name of its column: where the page is narrow, the row of heads is not shown.
fn row(head: &[String], cells: &[String]) -> String {
    let cells: String = cells
        .iter()
        .enumerate()
        .map(|(at, cell)| {
            let name = head.get(at).map(String::as_str).unwrap_or_default();
            format!("<td data-head=\"{}\">{}</td>", inline(name), inline(cell))
        })
        .collect();
    format!("<tr>{cells}</tr>\n")
}

pub(super) fn inline(raw: &str) -> String {
    markup(&escape(&cut(raw)))
}

/// Text for an element or a quoted attribute, in HTML and in XML 1.0 (where two code points are forbidden everywhere).
pub(super) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Edition, fixture};

    #[test]
    fn hostile_text_stays_text_in_every_block() {
        let evil = "<img src=x onerror=alert(1)>\"'&\x1b".to_owned();
        let document = Document {
            title: evil.clone(),
            blocks: vec![
                Block::Section(evil.clone()),
                Block::Subsection(evil.clone()),
                Block::Paragraph(evil.clone()),
                Block::Facts(vec![(evil.clone(), evil.clone())]),
                Block::List(vec![evil.clone()]),
                Block::Steps(vec![evil.clone()]),
                Block::Tasks(vec![(true, evil.clone())]),
                Block::table(&[&evil], vec![vec![evil.clone()]]),
                Block::Verbatim(evil),
            ],
        };
        let page = render(&document);
        assert!(!page.contains("<img"));
        assert_eq!(page.matches("&lt;img").count(), 14);
        assert!(!page.contains('\x1b'));
        assert!(!page.contains("<script"));
    }

    #[test]
    fn a_session_is_one_page_without_outside_parts() {
        let state = fixture::session();
        let page = session_html(&fixture::account(&state, Edition::Internal));
        assert!(page.contains("<h2>Access map</h2>"));
        assert!(!page.contains("<b>x"));
        for part in ["src=", "href=", "url(", "@import"] {
            assert!(!page.contains(part), "{part}");
        }
    }
}
