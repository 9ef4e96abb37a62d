//! The policy file of MTA-STS, line by line (RFC 8461 §3.2), and which mail servers it covers (§4.1).

use crate::model::name::HostName;
use crate::model::text::escape;

/// The largest `max_age`: a year and a quarter of a day.
const LONGEST: u64 = 31_557_600;
/// A shorter one protects nobody between two messages of a day.
const DAY: u64 = 86_400;

/// What senders are to do when a mail server does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Enforce,
    Testing,
    None,
}

impl Mode {
    /// The value in a policy.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Enforce, Self::Testing, Self::None]
            .into_iter()
            .find(|mode| mode.word() == word)
    }
}

/// A policy as senders understand it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub mode: Option<Mode>,
    pub max_age: Option<u64>,
    /// Patterns that can be understood, as published.
    pub mx: Vec<String>,
    /// Why senders discard it.
    pub problems: Vec<String>,
    /// What they ignore or what helps little.
    pub notes: Vec<String>,
}

/// Whether a text is meant to be a policy: a catch-all page is none.
pub fn is_one(body: &str) -> bool {
    body.lines().any(|line| {
        line.split_once(':').is_some_and(|(key, value)| {
            key.trim().eq_ignore_ascii_case("version") && value.trim().eq_ignore_ascii_case("STSv1")
        })
    })
}

/// Reads a policy. Of a field that may stand once only the first counts.
pub fn read(body: &str) -> Policy {
    let mut policy = Policy::default();
    let mut first: Vec<(&str, &str)> = Vec::new();
    for line in body.lines().map(str::trim_end) {
        if line.is_empty() {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            let problem = format!("the line `{}` is no `key: value`", escape(line));
            policy.problems.push(problem);
            continue;
        };
        let value = value.trim_start_matches([' ', '\t']);
        match key {
            "mx" => match pattern_problem(value) {
                None => policy.mx.push(value.to_owned()),
                Some(why) => policy
                    .problems
                    .push(format!("`mx: {}`: {why}", escape(value))),
            },
            "version" | "mode" | "max_age" => {
                if first.iter().any(|(k, _)| *k == key) {
                    let note = format!("`{key}:` stands twice; the first counts");
                    policy.notes.push(note);
                } else {
                    first.push((key, value));
                }
            }
            _ => {
                let known = ["version", "mode", "max_age", "mx"];
                let bare = key.trim().to_ascii_lowercase();
                if known.contains(&bare.as_str()) {
                    policy
                        .problems
                        .push(format!("`{}:` must be written `{bare}:`", escape(key)));
                }
            }
        }
    }
    let value = |key: &str| first.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
    singles(
        &mut policy,
        value("version"),
        value("mode"),
        value("max_age"),
    );
    if policy.mx.is_empty() && policy.mode != Some(Mode::None) {
        policy
            .problems
            .push("there is no `mx:` line that counts".to_owned());
    }
    policy
}

fn singles(policy: &mut Policy, version: Option<&str>, mode: Option<&str>, max_age: Option<&str>) {
    match version {
        Some("STSv1") => {}
        Some(other) => policy
            .problems
            .push(format!("`version: {}` is not `STSv1`", escape(other))),
        None => policy.problems.push("there is no `version:`".to_owned()),
    }
    policy.mode = mode.and_then(Mode::parse);
    match (mode, policy.mode) {
        (_, Some(_)) => {}
        (Some(other), None) => policy.problems.push(format!(
            "`mode: {}` is none of enforce, testing and none",
            escape(other)
        )),
        (None, None) => policy.problems.push("there is no `mode:`".to_owned()),
    }
    policy.max_age = max_age
        .filter(|text| text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .filter(|seconds| *seconds <= LONGEST);
    match (max_age, policy.max_age) {
        (_, Some(seconds)) if seconds < DAY && policy.mode != Some(Mode::None) => {
            policy.notes.push(format!(
                "senders keep it for {seconds} seconds only; weeks are usual"
            ));
        }
        (_, Some(_)) => {}
        (Some(other), None) => policy.problems.push(format!(
            "`max_age: {}` is no number of seconds from 0 to {LONGEST}",
            escape(other)
        )),
        (None, None) => policy.problems.push("there is no `max_age:`".to_owned()),
    }
}

/// Why a pattern can match no mail server.
fn pattern_problem(pattern: &str) -> Option<&'static str> {
    let host = pattern.strip_prefix("*.").unwrap_or(pattern);
    if host.contains('*') {
        return Some("`*` may only be the whole left-most label");
    }
    if host.contains([' ', ',', '\t']) {
        return Some("one line names one mail server");
    }
    if host.ends_with('.') {
        return Some("it must not end with a dot");
    }
    match HostName::parse(host) {
        Ok(name) if name.as_str() == host.to_ascii_lowercase() => None,
        _ => Some("it is no host name in plain letters"),
    }
}

/// Whether a pattern matches a mail server: `*` stands for exactly one label, the left-most (RFC 8461 §4.1).
pub fn covers(pattern: &str, server: &str) -> bool {
    let (pattern, server) = (pattern.to_ascii_lowercase(), server.to_ascii_lowercase());
    match pattern.strip_prefix("*.") {
        None => pattern == server,
        Some(above) => server
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest == above),
    }
}

/// The text of a policy.
pub fn write(mode: Mode, max_age: u64, mx: &[String]) -> String {
    let mut lines = vec![
        "version: STSv1".to_owned(),
        format!("mode: {}", mode.word()),
    ];
    lines.extend(mx.iter().map(|pattern| format!("mx: {pattern}")));
    lines.push(format!("max_age: {max_age}"));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str =
        "version: STSv1\nmode: enforce\nmx: mx.acme.example\nmx: *.mail.example\nmax_age: 604800\n";

    #[test]
    fn what_senders_discard() {
        for (text, words) in [
            (GOOD.to_owned(), ""),
            (GOOD.replace('\n', "\r\n"), ""),
            (format!("{GOOD}x-new: yes\n\n"), ""),
            (GOOD.replace("STSv1", "STSv2"), "not `STSv1`"),
            (GOOD.replace("version: STSv1\n", ""), "no `version:`"),
            (GOOD.replace("version", "Version"), "must be written"),
            (GOOD.replace("enforce", "Enforce"), "none of enforce"),
            (GOOD.replace("mode: enforce\n", ""), "no `mode:`"),
            (GOOD.replace("604800", "31557600"), ""),
            (GOOD.replace("604800", "31557601"), "no number"),
            (GOOD.replace("604800", "-1"), "no number"),
            (GOOD.replace("604800", "1 week"), "no number"),
            (GOOD.replace("max_age: 604800\n", ""), "no `max_age:`"),
            (GOOD.replace("mx: ", "x: "), "no `mx:` line"),
            (GOOD.replace("*.mail", "m*.mail"), "left-most"),
            (GOOD.replace("*.mail.example", "*"), "left-most"),
            (GOOD.replace("*.mail", "*.*.mail"), "left-most"),
            (GOOD.replace("mx.acme.example", "mx.acme.example."), "dot"),
            (
                GOOD.replace("mx.acme.example", "a.example, b.example"),
                "one line",
            ),
            (format!("{GOOD}hello\n"), "no `key: value`"),
        ] {
            let policy = read(&text);
            let said = policy.problems.join("; ");
            assert_eq!(said.is_empty(), words.is_empty(), "{text}: {said}");
            assert!(said.contains(words), "{text}: {said}");
        }
        let off = read("version: STSv1\nmode: none\nmax_age: 86400\n");
        assert_eq!((off.mode, off.problems.len()), (Some(Mode::None), 0));
    }

    #[test]
    fn the_first_of_two_counts_and_short_lives_are_told() {
        let policy = read(&format!("{GOOD}mode: none\n"));
        assert_eq!(policy.mode, Some(Mode::Enforce));
        assert_eq!(policy.notes.len(), 1);
        assert_eq!(read(&GOOD.replace("604800", "300")).notes.len(), 1);
        assert_eq!(read(GOOD).notes.len(), 0);
    }

    #[test]
    fn a_star_is_exactly_one_label() {
        for (pattern, server, want) in [
            ("mx.acme.example", "MX.acme.example", true),
            ("*.acme.example", "mx.acme.example", true),
            ("*.acme.example", "acme.example", false),
            ("*.acme.example", "a.mx.acme.example", false),
            ("acme.example", "mx.acme.example", false),
            ("*.acme.example", "mxacme.example", false),
        ] {
            assert_eq!(covers(pattern, server), want, "{pattern} {server}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = write(Mode::Testing, 604_800, &["mx.acme.example".to_owned()]);
        let policy = read(&text);
        assert_eq!(
            (policy.mode, policy.problems.len()),
            (Some(Mode::Testing), 0)
        );
        assert!(is_one(&text) && !is_one("<!doctype html><p>version: 2</p>"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "((version|mode|mx|max_age|x)?:? ?[a-zA-Z0-9.*]{0,12}\n){0,6}|\\PC{0,80}") {
            let policy = read(&text);
            let _ = (is_one(&text), policy.mx.iter().any(|p| covers(p, &text)));
        }
    }
}
