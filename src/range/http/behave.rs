//! How a world changes what a site answers.

use jiff::Timestamp;

use super::page::{Ask, Page};
use super::places::{self, Measurements};
use super::registry;
use super::site::{Sessions, answer};
use crate::range::change::{Conduct, HttpChange};
use crate::range::state::State;
use crate::range::token;

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Answer(Page),
    /// The answer's body, a byte a second.
    Drip(Page),
    /// The answer's head, and a gigabyte of compressed zeros.
    Bomb(Page),
    /// The connection ends.
    Close,
    /// The connection is reset.
    Reset,
    /// Nothing ever comes.
    Silence,
}

/// What happens, and after how many milliseconds.
pub fn outcome(
    ask: &Ask,
    state: &State,
    sessions: &Sessions,
    measurements: &Measurements,
) -> (Outcome, u64) {
    let mut page = registry::answer(ask, &state.registrations, Timestamp::now())
        .or_else(|| places::answer(ask, state, measurements))
        .unwrap_or_else(|| answer(ask, sessions));
    let mut conduct = None;
    let mut delay_ms = 0;
    for layer in &state.http {
        let Some(rule) = layer.iter().find(|rule| fits(rule, ask)) else {
            continue;
        };
        page = changed(page, rule, ask);
        conduct = rule.does.or(conduct);
        delay_ms += rule.delay_ms;
        if rule.does == Some(Conduct::Loop) {
            let here = format!("{}://{}{}", ask.scheme, ask.host, ask.path_and_query());
            page = Page::redirect(rule.status.unwrap_or(302), &here);
        }
    }
    let outcome = match conduct {
        None | Some(Conduct::NotTls | Conduct::NotHttp | Conduct::Loop) => Outcome::Answer(page),
        Some(Conduct::Closed) => Outcome::Close,
        Some(Conduct::Reset) => Outcome::Reset,
        Some(Conduct::Silent) => Outcome::Silence,
        Some(Conduct::Drip) => Outcome::Drip(page),
        Some(Conduct::Bomb) => Outcome::Bomb(page),
    };
    (outcome, delay_ms)
}

fn fits(rule: &HttpChange, ask: &Ask) -> bool {
    matches_pattern(&rule.url, &ask.url())
        && rule.address.is_none_or(|address| address == ask.address)
        && rule.when.iter().all(|(name, pattern)| {
            ask.header(&name.to_ascii_lowercase())
                .is_some_and(|value| matches_pattern(pattern, value))
        })
}

/// Whether `text` is the pattern with any run of characters for each `*`.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| text.strip_prefix(head)) else {
        return false;
    };
    let Some(last) = pattern.contains('*').then(|| parts.next_back()).flatten() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

fn changed(mut page: Page, rule: &HttpChange, ask: &Ask) -> Page {
    if let Some(status) = rule.status {
        page.status = status;
        if !matches!(status, 300..=399) {
            page.headers.retain(|(name, _)| name != "location");
        }
    }
    let nonce = token::random::<12>().unwrap_or_default();
    if let Some(body) = &rule.body {
        page.body = body.replace("{nonce}", &nonce).into_bytes();
        if !page.headers.iter().any(|(name, _)| name == "content-type") {
            page = page.with("content-type", "text/html; charset=utf-8");
        }
    }
    let headers: Vec<(String, String)> = rule
        .headers
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| {
            (
                name.trim().to_ascii_lowercase(),
                value
                    .trim()
                    .replace("{origin}", ask.header("origin").unwrap_or("null"))
                    .replace("{nonce}", &nonce),
            )
        })
        .collect();
    page.headers.retain(|(name, _)| {
        !headers.iter().any(|(n, _)| n == name)
            && !rule
                .remove_headers
                .iter()
                .any(|n| n.eq_ignore_ascii_case(name))
    });
    page.headers.extend(headers);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_runs() {
        for (pattern, text, want) in [
            ("https://a/*", "https://a/", true),
            ("https://a/*", "https://a/b/c", true),
            ("https://a/b", "https://a/b/c", false),
            ("*", "anything", true),
            ("https://*.evil.example", "https://x.evil.example", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c", false),
            ("null", "null", true),
        ] {
            assert_eq!(matches_pattern(pattern, text), want, "{pattern} {text}");
        }
    }

    #[test]
    fn a_rule_replaces_what_it_names_and_keeps_the_rest() {
        let page = Page::html(200, "t", "x")
            .with("x-frame-options", "DENY")
            .with("vary", "a");
        let rule: HttpChange = toml::from_str(
            "url = \"https://a/*\"\nstatus = 503\nheaders = [\"Vary: b\"]\nremove_headers = [\"X-Frame-Options\"]",
        )
        .unwrap();
        let ask = Ask {
            address: "203.0.113.10".parse().unwrap(),
            scheme: "https",
            method: "GET".to_owned(),
            host: "a".to_owned(),
            path: "/".to_owned(),
            query: None,
            headers: std::collections::BTreeMap::new(),
            body: Vec::new(),
        };
        let after = changed(page, &rule, &ask);
        assert_eq!(after.status, 503);
        assert_eq!(after.headers.len(), 2);
        assert!(after.headers.contains(&("vary".to_owned(), "b".to_owned())));
    }
}
