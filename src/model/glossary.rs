//! The glossary: technical words that a founder meets, each in one plain sentence, and words that no text for a founder
//! uses. `assets/catalogs/glossary.toml` holds both.

use std::sync::LazyLock;

use serde::Deserialize;

/// A technical word.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// As it is shown.
    pub term: String,
    /// One plain sentence, without any other word of the glossary.
    pub says: String,
    /// Other forms of it.
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Words for which there is always a plainer one.
    never: Vec<String>,
    /// Written in capitals, and not technical.
    common: Vec<String>,
    term: Vec<Term>,
}

const TEXT: &str = include_str!("../../assets/catalogs/glossary.toml");

// A file that does not read gives an empty glossary; the tests see to it that it reads.
static FILE: LazyLock<File> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// What is looked for, with what it stands for, the longest first: `name server` before `server`.
static FORMS: LazyLock<Vec<(&'static str, Option<&'static Term>)>> = LazyLock::new(|| {
    let of_terms = FILE.term.iter().flat_map(|term| {
        let forms = std::iter::once(&term.term).chain(&term.aliases);
        forms.map(move |form| (form.as_str(), Some(term)))
    });
    let never = FILE.never.iter().map(|word| (word.as_str(), None));
    let mut forms: Vec<_> = of_terms.chain(never).collect();
    forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
    forms
});

/// Every term, in the order of the file.
pub fn terms() -> &'static [Term] {
    &FILE.term
}

/// The terms that a text uses, each once, in the order in which they are met.
pub fn used_in(text: &str) -> Vec<&'static Term> {
    let mut used: Vec<&'static Term> = Vec::new();
    for (_, term) in met(text) {
        if let Some(term) = term
            && !used.iter().any(|known| known.term == term.term)
        {
            used.push(term);
        }
    }
    used
}

/// Words of a text that nothing explains: those that a founder's text never uses, and capitals that the glossary does not
/// know.
pub fn unexplained(text: &str) -> Vec<String> {
    let met = met(text);
    let never = met.iter().filter(|(_, term)| term.is_none());
    let mut words: Vec<String> = never.map(|(word, _)| (*word).to_owned()).collect();
    let explained = |word: &str| {
        let common = FILE.common.iter().any(|common| common == word);
        let mut forms = met.iter().flat_map(|(form, _)| form.split_whitespace());
        common || forms.any(|part| part == word) || !used_in(word).is_empty()
    };
    words.extend(
        capitals(text)
            .into_iter()
            .filter(|word| !explained(word))
            .map(str::to_owned),
    );
    words.sort();
    words.dedup();
    words
}

/// Words of two capitals or more: `SPF`, `MTA-STS`.
fn capitals(text: &str) -> Vec<&str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=');
    text.split(|c: char| !inside(c))
        .map(|word| word.trim_matches('-'))
        .filter(|word| word.chars().filter(char::is_ascii_uppercase).count() > 1)
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
        })
        .collect()
}

/// Every form that stands in a text as a whole word.
fn met(text: &str) -> Vec<(&'static str, Option<&'static Term>)> {
    let mut met = Vec::new();
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let found = if before.is_some_and(is_word) {
            None
        } else {
            FORMS
                .iter()
                .find_map(|(form, term)| Some((length(rest, form)?, *form, *term)))
        };
        let step = match found {
            Some((length, form, term)) => {
                met.push((form, term));
                length
            }
            None => first.len_utf8(),
        };
        let (taken, left) = rest.split_at_checked(step).unwrap_or((rest, ""));
        before = taken.chars().next_back();
        rest = left;
    }
    met
}

/// How many bytes of `text`, from its beginning, are this form as a whole word. One without a capital is met in any case.
fn length(text: &str, form: &str) -> Option<usize> {
    let head = text.get(..form.len())?;
    let exact = form.chars().any(|c| c.is_ascii_uppercase());
    let same = if exact {
        head == form
    } else {
        head.eq_ignore_ascii_case(form)
    };
    let rest = text.get(form.len()..).filter(|_| same)?;
    let plural = ["es", "s"].into_iter().find_map(|end| {
        let after = rest.strip_prefix(end)?;
        (!after.starts_with(is_word)).then_some(form.len() + end.len())
    });
    if rest.starts_with(is_word) {
        plural
    } else {
        Some(form.len())
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        used_in(text).iter().map(|t| t.term.as_str()).collect()
    }

    #[test]
    fn the_file_reads_and_every_word_is_explained_once() {
        let file: File = toml::from_str(TEXT).unwrap();
        let mut forms = BTreeSet::new();
        for term in &file.term {
            for form in std::iter::once(&term.term).chain(&term.aliases) {
                assert!(forms.insert(form.clone()), "{form} twice");
                assert!(
                    !file.never.contains(form),
                    "{form} is explained and never used"
                );
            }
        }
    }

    #[test]
    fn a_sentence_explains_with_plain_words_alone() {
        for term in terms() {
            assert!(term.says.ends_with('.'), "{}", term.term);
            assert!(term.says.len() < 140, "{}: too long", term.term);
            let used: Vec<&str> = names(&term.says);
            assert_eq!(used, [""; 0], "{}: {}", term.term, term.says);
            assert_eq!(unexplained(&term.says), [""; 0], "{}", term.term);
        }
    }

    #[test]
    fn the_longest_word_counts_and_only_whole_ones() {
        assert_eq!(
            names("Two name servers hold the DNS zone."),
            ["name server", "zone"]
        );
        assert_eq!(names("Records, and a record."), ["record"]);
        assert_eq!(names("recording _dmarc.acme.example"), [""; 0]);
        assert_eq!(names("dns in small letters is part of a name"), [""; 0]);
        assert_eq!(names("caches"), ["cache"]);
    }

    #[test]
    fn what_nothing_explains_is_told() {
        assert_eq!(unexplained("the answer was NXDOMAIN"), ["NXDOMAIN"]);
        assert_eq!(unexplained("a TLS handshake"), ["handshake"]);
        assert_eq!(unexplained("the QUIC way, OK? NO-GO"), ["QUIC"]);
        assert_eq!(unexplained("SPF, DKIM and MTA-STS; v=DMARC1"), [""; 0]);
        assert_eq!(unexplained("a custom MAIL FROM"), [""; 0]);
    }
}
