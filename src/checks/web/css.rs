//! URLs in a style sheet or a style attribute: `url(…)` and `@import`. Comments are left out; escapes in names are not undone,
//! since nobody writes them. Pure.

/// References in `css`, as written, in order. At most `limit` of them.
pub fn urls(css: &str, limit: usize) -> Vec<String> {
    let css = without_comments(css);
    let mut found = Vec::new();
    // ASCII lower case keeps every byte where it is, so that positions fit both.
    let lower = css.to_ascii_lowercase();
    let mut at = 0;
    while let Some((start, is_import)) = next(&lower, at) {
        if found.len() >= limit {
            break;
        }
        let rest = css.get(start..).unwrap_or_default();
        let value = if is_import {
            quoted(rest.trim_start())
        } else {
            inside(rest)
        };
        found.extend(value.filter(|v| !v.is_empty()).map(str::to_owned));
        at = start;
    }
    found
}

/// The next `url(` or `@import`, and where what follows it begins.
fn next(lower: &str, at: usize) -> Option<(usize, bool)> {
    let rest = lower.get(at..)?;
    let url = rest.find("url(").map(|i| (at + i + 4, false));
    let import = rest.find("@import").map(|i| (at + i + 7, true));
    [url, import].into_iter().flatten().min()
}

/// What stands between `url(` and `)`, quotes taken off.
fn inside(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    quoted(rest).or_else(|| rest.split_once(')').map(|(value, _)| value.trim()))
}

/// A string at the beginning, without its quotes; `@import url(…)` has none and is found as a `url(`.
fn quoted(rest: &str) -> Option<&str> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?
        .split_once(quote)
        .map(|(value, _)| value.trim())
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((head, tail)) = rest.split_once("/*") {
        out.push_str(head);
        rest = tail.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_found_in_every_form() {
        let css = r#"@import "a.css"; @IMPORT url(b.css); @import url('c.css') screen;
            /* url(no.png) */ .x { background: URL( "d.png" ), url(e.png) ; } .y { src: url(data:,x) } .z { content: "url" }"#;
        assert_eq!(
            urls(css, 99),
            ["a.css", "b.css", "c.css", "d.png", "e.png", "data:,x"]
        );
        assert_eq!(urls(css, 2).len(), 2);
    }

    #[test]
    fn broken_css_ends() {
        for css in [
            "url(",
            "url(\"",
            "@import",
            "/* url(a)",
            "@import url(",
            "é url(ü)",
        ] {
            assert!(urls(css, 9).len() <= 1, "{css}");
        }
    }
}
