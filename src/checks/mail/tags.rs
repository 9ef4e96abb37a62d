//! Tag lists of DKIM and DMARC records: `tag=value` pairs between semicolons (RFC 6376 §3.2, RFC 9989 §4.7).

use std::collections::BTreeSet;

/// A tag list, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Names as published, values without the white space around them.
    pub pairs: Vec<(String, String)>,
    /// Pieces that are no `tag=value`.
    pub odd: Vec<String>,
}

impl Tags {
    /// Reads a list. A semicolon at the end is fine, an empty piece between two is skipped.
    pub fn parse(text: &str) -> Self {
        let mut tags = Self::default();
        for piece in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            match piece.split_once('=') {
                Some((name, value)) if is_name(name.trim_end()) => tags
                    .pairs
                    .push((name.trim_end().to_owned(), value.trim().to_owned())),
                _ => tags.odd.push(piece.to_owned()),
            }
        }
        tags
    }

    /// The value of a tag; names are compared without case.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Names that stand more than once, in lower case.
    pub fn repeated(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut twice = BTreeSet::new();
        let names = self.pairs.iter().map(|(name, _)| name.to_ascii_lowercase());
        names
            .filter(|name| !seen.insert(name.clone()) && twice.insert(name.clone()))
            .collect()
    }

    /// The first tag's name.
    pub fn first(&self) -> Option<&str> {
        self.pairs.first().map(|(name, _)| name.as_str())
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_repeats_and_odd_pieces() {
        let tags =
            Tags::parse(" v = DMARC1 ; p=none;; rua=mailto:a@b.example?x=1; P=reject; junk;");
        assert_eq!(tags.value("V"), Some("DMARC1"));
        assert_eq!(tags.value("rua"), Some("mailto:a@b.example?x=1"));
        assert_eq!(tags.repeated(), ["p"]);
        assert_eq!(tags.odd, ["junk"]);
        assert_eq!(tags.first(), Some("v"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,120}") {
            let _ = Tags::parse(&text).repeated();
        }
    }
}
