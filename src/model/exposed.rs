//! The rotation list: every secret that was exposed, by its name. Never a value: what looks like one is refused.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::finding::{Finding, FindingKey};
use super::verdict::Verdict;

/// An exposed secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// What it is called; each name stands once in the list.
    pub name: String,
    /// What it opens.
    pub opens: String,
    /// Where it was seen.
    pub seen: String,
    /// Who rotates it.
    pub owner: String,
    pub due: Option<Timestamp>,
    pub listed: Timestamp,
    pub done: Option<Rotated>,
}

/// That a secret was rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    pub at: Timestamp,
    pub by: String,
    /// How it was shown that the old one is refused.
    pub shown: String,
}

/// Families of checks that find secrets.
const FAMILY: &str = "secrets";

/// Rotation entries of findings: secrets that a check saw and that are not in the list yet.
pub fn entries_of_findings<'a>(
    findings: &'a BTreeMap<FindingKey, Finding>,
    list: &[Exposed],
) -> Vec<&'a Finding> {
    let finds_secrets = |f: &&Finding| {
        f.verdict == Verdict::Fail
            && (f.check.family() == FAMILY || f.check.as_str() == "exposure.files")
    };
    let unlisted = |f: &&Finding| !list.iter().any(|entry| entry.name == name_of(f));
    findings
        .values()
        .filter(finds_secrets)
        .filter(unlisted)
        .collect()
}

/// Under which name the secrets of a finding are listed.
pub fn name_of(finding: &Finding) -> String {
    format!("{} {}", finding.check, finding.subject)
}

/// Beginnings that only secrets have.
const MARKS: [&str; 24] = [
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "sk-proj-",
    "sk-ant-",
    "whsec_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "AKIA",
    "ASIA",
    "AIza",
    "SG.",
    "re_",
    "eyJ",
    "npm_",
    "shpat_",
];

/// Fewest characters behind such a beginning: less is the name of a kind of key.
const BEHIND: usize = 8;

/// Fewest characters of a random word, and fewest changes between letters and digits in it.
const RANDOM: (usize, usize) = (16, 4);

/// What kind of secret stands in a text, in words; certain kinds only.
pub fn certain_secret(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN") {
        return Some("a private key or certificate");
    }
    let carries_password = |word: &str| {
        word.split_once("://")
            .and_then(|(_, rest)| rest.split_once('@'))
            .is_some_and(|(user, _)| {
                !user.contains('/')
                    && user
                        .split_once(':')
                        .is_some_and(|(_, word)| !word.is_empty())
            })
    };
    if text.split_whitespace().any(carries_password) {
        return Some("an address with a password in it");
    }
    let marked = |word: &str| {
        MARKS.iter().any(|mark| {
            word.strip_prefix(mark).is_some_and(|rest| {
                rest.len() >= BEHIND && rest.chars().any(|c| c.is_ascii_digit() || c == '_')
            })
        })
    };
    words(text).any(marked).then_some("a key")
}

/// What kind of secret a text seems to hold: also a word that looks random.
pub fn likely_secret(text: &str) -> Option<&'static str> {
    certain_secret(text).or_else(|| {
        let mut all = words(text);
        all.any(|word| is_uuid(word) || word.split(['-', '_']).any(is_random))
            .then_some("a key or a password")
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .flat_map(|word| [word].into_iter().chain(word.split('.')))
}

fn is_random(word: &str) -> bool {
    let (length, changes) = RANDOM;
    let digits: Vec<bool> = word.chars().map(|c| c.is_ascii_digit()).collect();
    let pairs = digits.iter().zip(digits.iter().skip(1));
    digits.len() >= length
        && word.chars().all(|c| c.is_ascii_alphanumeric())
        && pairs.filter(|(a, b)| a != b).count() >= changes
}

fn is_uuid(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && word.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_names() {
        for value in [
            "sk_live_51H8xYzAbCdEfGh",
            "stripe: sk_live_51H8xYzAbCdEfGh",
            "STRIPE_KEY=rk_test_51H8xYzAbCdEfGh",
            "-----BEGIN RSA PRIVATE KEY-----",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
            "9f86d081884c7d659a2feaa0c55ad015",
            "a3f5b7c9d1e24f6a8b0c",
            "postgres://app:hunter2@db.acme.example/app",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "the password is Xk29fLq83mZp04vTn7",
        ] {
            assert!(likely_secret(value).is_some(), "{value}");
        }
        for name in [
            "STRIPE_SECRET_KEY",
            "sk_live_ key of Stripe",
            "the sk_live_… key",
            "Stripe live key, write",
            "portal.acme.example/static/main.8f3a2b1c.js",
            "commit 3f2a9c1 of 2026-11-21",
            "browser bundle of 2026-11-21T20:00:00Z, line 120",
            "exposure.files portal.acme.example",
            "https://portal.acme.example/.env",
            "database of staging-2026-11-21-release-14",
            "ops@acme.example",
            "AIza keys of Maps",
            "re_send everything to everyone",
        ] {
            assert_eq!(likely_secret(name), None, "{name}");
        }
    }

    #[test]
    fn a_commit_is_no_certain_secret() {
        let commit = "9f86d081884c7d659a2feaa0c55ad0159f86d081";
        assert_eq!(certain_secret(commit), None);
        assert!(likely_secret(commit).is_some());
    }
}
