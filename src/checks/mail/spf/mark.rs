//! A place of a record for the eye: the record, and below it a line of carets.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::model::text::escape;

/// Columns of the record that are shown before and after the place.
const AROUND: usize = 30;

/// Two lines: the record around `span`, escaped, and carets below the place.
pub fn marked(record: &str, span: &Range<usize>) -> String {
    let of = |range: Range<usize>| record.get(range).unwrap_or_default();
    // One character more than is shown tells whether there is more.
    let mut near: Vec<char> = of(0..span.start).chars().rev().take(AROUND + 1).collect();
    near.reverse();
    let before = escape(&near.into_iter().collect::<String>());
    let place = escape(of(span.clone()));
    let near: String = of(span.end..record.len())
        .chars()
        .take(AROUND + 1)
        .collect();
    let after = escape(&near);
    let cut = before.chars().count().saturating_sub(AROUND);
    let head: String = before.chars().skip(cut).collect();
    let tail: String = after.chars().take(AROUND).collect();
    let head = if cut > 0 { format!("…{head}") } else { head };
    let more = if tail.len() < after.len() { "…" } else { "" };
    format!(
        "{head}{place}{tail}{more}\n{}{}",
        " ".repeat(head.width()),
        "^".repeat(place.width().max(1))
    )
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn carets_stand_below_the_place() {
        let long = format!("v=spf1 ip4:192.0.2.1{} foo -all", " a".repeat(40));
        let cut = format!(
            "…{}foo -all\n{}^^^",
            "a ".repeat(AROUND / 2),
            " ".repeat(AROUND + 1)
        );
        for (record, want) in [
            (
                "v=spf1 mx ip4:1.2.3 -all",
                "v=spf1 mx ip4:1.2.3 -all\n          ^^^^^^^^^",
            ),
            ("v=spf1 a\tb -all", "v=spf1 a\\x09b -all\n       ^^^^^^"),
            (long.as_str(), cut.as_str()),
        ] {
            let problem = parse(record).problems.remove(0);
            let lines = marked(record, &problem.span);
            assert_eq!(lines, want);
        }
    }
}
