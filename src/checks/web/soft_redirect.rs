//! Redirects that are none for a crawler, `curl` or a webhook: a Refresh header, a meta refresh, a line of script (R15, trap
//! 82). Only the plain forms are recognised; nothing is executed.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::checks::page::Page;
use crate::model::observation::http::HttpResponse;

/// A redirect by other means than status and Location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftRedirect {
    /// `a Refresh header`.
    pub how: &'static str,
    pub to: Url,
}

/// Seconds after which a refresh is no redirect any more.
const LONGEST_DELAY: u64 = 10;
/// A page whose script is to lead on has less to read than this.
const LITTLE: usize = 300;

/// Assignments to `location` and calls of its methods with a literal URL.
static SCRIPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"location(?:\.href)?\s*(?:=|\.(?:replace|assign)\()\s*["']([^"']+)["']"#).ok()
});

/// The soft redirect of a response that came from `base`, if it has one.
pub fn find(response: &HttpResponse, base: &Url) -> Option<SoftRedirect> {
    let at = |how, raw: &str| {
        base.join(raw.trim())
            .ok()
            .filter(|to| to != base && matches!(to.scheme(), "http" | "https"))
            .map(|to| SoftRedirect { how, to })
    };
    if let Some(to) = response.header("refresh").and_then(refresh_target) {
        return at("a Refresh header", to);
    }
    if !response.is_html() {
        return None;
    }
    let page = Page::read(&response.body);
    if let Some(to) = page.meta("refresh").find_map(refresh_target) {
        return at("a meta refresh", to);
    }
    if page.text.len() > LITTLE {
        return None;
    }
    let found = SCRIPT.as_ref()?.captures(&page.scripts)?;
    at("a script", found.get(1)?.as_str())
}

/// `0; url=https://acme.example/` → the URL; `url=` may be left out (HTML, "shared declarative refresh steps"). A refresh
/// without one reloads the page itself, and a late one signs out who sits still: neither is a redirect.
fn refresh_target(value: &str) -> Option<&str> {
    let value = value.trim();
    let digits = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (delay, rest) = value.split_at(digits);
    if delay.parse::<u64>().ok()? > LONGEST_DELAY {
        return None;
    }
    let rest = rest
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
        .trim_start_matches([' ', '\t', ';', ',']);
    let url = match rest.split_once('=') {
        Some((name, url)) if name.trim().eq_ignore_ascii_case("url") => url,
        _ => rest,
    };
    let url = url.trim().trim_matches(['"', '\'']);
    (!url.is_empty()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn the_three_plain_forms_are_recognised() {
        let base = url("http://acme.example/");
        for (headers, body, want) in [
            (
                vec![("refresh", "0; URL=https://acme.example/")],
                "",
                Some("a Refresh header"),
            ),
            (
                vec![("refresh", "0;https://acme.example/")],
                "",
                Some("a Refresh header"),
            ),
            (vec![("refresh", "30")], "", None),
            (vec![("refresh", "0; url=http://acme.example/")], "", None),
            (
                vec![("refresh", "900; url=https://acme.example/")],
                "",
                None,
            ),
            (
                vec![HTML],
                r#"<meta http-equiv="Refresh" content="0;url='https://acme.example/'">"#,
                Some("a meta refresh"),
            ),
            (
                vec![HTML],
                r#"<script>window.location.href = "https://acme.example/";</script>"#,
                Some("a script"),
            ),
            (
                vec![HTML],
                "<script>location.replace('https://acme.example/')</script>",
                Some("a script"),
            ),
            (
                vec![HTML],
                "<script>var location_name = 'x'; if (a.location == 'b') {}</script>",
                None,
            ),
            (
                vec![HTML],
                "<p>location.href = \"https://acme.example/\"</p>",
                None,
            ),
        ] {
            let found = find(&response(200, &headers, body), &base);
            assert_eq!(found.as_ref().map(|f| f.how), want, "{body}");
            assert!(found.is_none_or(|f| f.to.as_str() == "https://acme.example/"));
        }
    }
}
