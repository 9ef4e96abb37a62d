//! How alike two bodies are: for telling a catch-all from an answer of its own.
//!
//! Lengths say nothing, because pages echo the requested path and change tokens with every answer. Words that look like
//! tokens are left out, and runs of four words are compared.

use std::collections::BTreeSet;

use crate::checks::page::cut;

/// Bytes that are compared.
const COMPARED: usize = 128 * 1024;
/// Words in a run.
const RUN: usize = 4;
/// From this percentage on two bodies are the same page.
pub const SAME: u8 = 90;

/// Percentage of shared runs of words; 100 for equal bodies, also empty ones.
pub fn percent(one: &str, other: &str) -> u8 {
    if one == other {
        return 100;
    }
    let (a, b) = (runs(one), runs(other));
    let all = a.union(&b).count();
    if all == 0 {
        return 100;
    }
    u8::try_from(a.intersection(&b).count() * 100 / all).unwrap_or(100)
}

fn runs(body: &str) -> BTreeSet<String> {
    let words: Vec<&str> = cut(body, COMPARED)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !is_token(word))
        .collect();
    if words.len() < RUN {
        return std::iter::once(words.join(" "))
            .filter(|run| !run.is_empty())
            .collect();
    }
    words.windows(RUN).map(|run| run.join(" ")).collect()
}

/// Words with digits in them, or very long ones: nonces, build ids, times, the echoed random path.
fn is_token(word: &str) -> bool {
    word.len() > 24 || word.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_page_with_other_tokens_is_the_same() {
        let page = |token: &str| {
            format!(
                "<html><head><title>Acme portal</title></head><body><div id=root></div><script src=/a-{token}.js></script><input value={token}></body></html>"
            )
        };
        assert_eq!(percent(&page("9f8e7d6c5b4a"), &page("0a1b2c3d4e5f")), 100);
        assert!(percent(&page("1"), "<h1>Invoices of Globex: one, two, three</h1>") < 50);
        assert_eq!(percent("", ""), 100);
        assert!(percent("", "some words that are here") < SAME);
    }

    proptest! {
        #[test]
        fn it_is_a_percentage(a in "\\PC{0,200}", b in "\\PC{0,200}") {
            prop_assert!(percent(&a, &b) <= 100);
            prop_assert_eq!(percent(&a, &b), percent(&b, &a));
        }
    }
}
