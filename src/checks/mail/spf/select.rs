//! Which TXT record is the SPF record (RFC 7208 §4.5).

use crate::model::text::escape;

use super::parse::VERSION;

/// The SPF records among the TXT records of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// None; what looks as if it was meant to be one, with the reason why it is not.
    None(Vec<NearMiss>),
    One(String),
    /// A permanent error, even when they are equal (RFC 7208 §4.5).
    Many(Vec<String>),
}

/// A TXT record that a person would take for SPF and no receiver does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    pub text: String,
    pub why: &'static str,
}

/// Finds the SPF records. `v=spf1` in any case, then a space or the end.
pub fn select(texts: &[String]) -> Selection {
    let mut found: Vec<String> = texts.iter().filter(|text| is_spf(text)).cloned().collect();
    match found.len() {
        0 => Selection::None(texts.iter().filter_map(|text| near_miss(text)).collect()),
        1 => Selection::One(found.remove(0)),
        _ => {
            // The order of TXT records changes with every answer; the finding must not.
            found.sort();
            Selection::Many(found)
        }
    }
}

fn is_spf(text: &str) -> bool {
    let head = text.get(..VERSION.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(VERSION))
        && text
            .get(VERSION.len()..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn near_miss(text: &str) -> Option<NearMiss> {
    let bare = text
        .trim_start_matches(|c: char| c.is_whitespace() || "\"'\u{feff}".contains(c))
        .to_ascii_lowercase();
    let why = if bare.starts_with(VERSION) && is_spf(text.trim_start()) {
        "something stands before `v=spf1`, even if it is only a space"
    } else if bare.starts_with(VERSION) {
        "`v=spf1` must be followed by a space"
    } else if bare.starts_with("spf2.0") {
        "Sender ID (`spf2.0`) is dead; receivers read `v=spf1` only"
    } else if bare.starts_with("v=spf") || bare.starts_with("v= spf") || bare.starts_with("spf1") {
        "the record must begin with exactly `v=spf1`"
    } else {
        return None;
    };
    Some(NearMiss {
        text: escape(text),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Selection {
        select(&texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_version_decides_and_nothing_else() {
        assert_eq!(of(&["x", "v=SPF1"]), Selection::One("v=SPF1".to_owned()));
        assert!(matches!(
            of(&["v=spf1 -all", "v=spf1 -all"]),
            Selection::Many(_)
        ));
        for near in [
            " v=spf1 -all",
            "v=spf10 -all",
            "v=spf1;-all",
            "\"v=spf1 -all\"",
            "spf2.0/pra -all",
            "v=spf 1 -all",
        ] {
            match of(&[near, "other"]) {
                Selection::None(misses) => assert_eq!(misses.len(), 1, "{near}"),
                other => panic!("{near}: {other:?}"),
            }
        }
        assert_eq!(
            of(&["google-site-verification=x"]),
            Selection::None(Vec::new())
        );
        assert_eq!(of(&["v=spf\u{e9}"]), of(&["v=spf\u{e9}"]));
    }
}
