//! TXT records of which exactly one must begin with its version, such as those of MTA-STS and TLS reporting: senders discard
//! every other text before they count (RFC 8461 §3.1, RFC 8460 §3).

use crate::model::observation::dns::DnsAnswer;

/// The records of a version in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// None; with the text that was meant to be one, and why it is none.
    Missing(Option<(String, String)>),
    One(String),
    /// Sorted. Senders use none of them.
    Several(Vec<String>),
}

/// The record that begins with `v=version;`. White space and letter case count.
pub fn choose(answer: &DnsAnswer, version: &str) -> Choice {
    let start = format!("v={version};");
    let texts = answer.texts();
    let mut found: Vec<String> = texts
        .iter()
        .filter(|text| text.starts_with(&start))
        .cloned()
        .collect();
    found.sort();
    match (found.pop(), found.is_empty()) {
        (None, _) => Choice::Missing(
            texts
                .into_iter()
                .find_map(|text| near_miss(&text, version).map(|why| (text, why))),
        ),
        (Some(only), true) => Choice::One(only),
        (Some(last), false) => {
            found.push(last);
            Choice::Several(found)
        }
    }
}

/// Why a text that a person would take for such a record is none.
fn near_miss(text: &str, version: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if !lower.contains(&version.to_ascii_lowercase()) {
        return None;
    }
    Some(if !text.contains(version) {
        format!("`{version}` must be written in just these letters")
    } else if text.trim_end() == format!("v={version}") {
        format!("nothing follows `v={version}`")
    } else if text.starts_with(&format!("v={version} ")) {
        format!("a semicolon must follow `v={version}` at once")
    } else {
        format!("it must begin with exactly `v={version};`")
    })
}

/// What follows the version: `name=value` between semicolons, in order, and pieces that are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    pub pairs: Vec<(String, String)>,
    pub odd: Vec<String>,
}

impl Fields {
    /// Reads a record that [`choose`] gave.
    pub fn parse(text: &str) -> Self {
        let mut fields = Self::default();
        let pieces = text.split(';').skip(1).map(|p| p.trim_matches([' ', '\t']));
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            match piece.split_once('=') {
                Some((name, value)) if is_name(name) && !value.starts_with([' ', '\t']) => {
                    fields.pairs.push((name.to_owned(), value.to_owned()));
                }
                _ => fields.odd.push(piece.to_owned()),
            }
        }
        fields
    }

    /// The values of a field, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::worlds::txt;
    use super::*;

    fn of(texts: &[&str]) -> Choice {
        choose(&txt("_mta-sts.acme.example", texts), "STSv1")
    }

    #[test]
    fn exactly_one_counts_and_other_texts_do_not() {
        let good = "v=STSv1; id=1";
        assert_eq!(of(&[good, "v=spf1 -all"]), Choice::One(good.to_owned()));
        assert_eq!(of(&["v=spf1 -all"]), Choice::Missing(None));
        assert_eq!(
            of(&["v=STSv1; id=2", good]),
            Choice::Several(vec![good.to_owned(), "v=STSv1; id=2".to_owned()])
        );
        for (text, words) in [
            ("v=stsv1; id=1", "these letters"),
            ("v=STSv1", "nothing follows"),
            ("v=STSv1 id=1", "a semicolon must follow"),
            ("v=STSv1 ; id=1", "a semicolon must follow"),
            ("v = STSv1; id=1", "must begin"),
            (" v=STSv1; id=1", "must begin"),
        ] {
            match of(&[text]) {
                Choice::Missing(Some((_, why))) => assert!(why.contains(words), "{text}: {why}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn fields_and_odd_pieces() {
        let fields = Fields::parse("v=STSv1; id=a ;; id = b; x-y=1; junk;");
        assert_eq!(fields.values("id").collect::<Vec<_>>(), ["a"]);
        assert_eq!(fields.odd, ["id = b", "junk"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(v=STSv1;)?\\PC{0,60}") {
            let _ = (of(&[&text]), Fields::parse(&text));
        }
    }
}
