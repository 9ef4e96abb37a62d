//! Which TXT records are DMARC records, and which only look as if.

/// Whether a TXT record is a DMARC record: it begins with `v`, white space around `=` allowed, and exactly `DMARC1`
/// (RFC 9989 §4.8; the value's case counts, trap 48).
pub fn is_dmarc(text: &str) -> bool {
    let Some((name, rest)) = text.split_once('=') else {
        return false;
    };
    let value = rest.split(';').next().unwrap_or_default();
    name.trim_end_matches([' ', '\t']).eq_ignore_ascii_case("v")
        && value.trim_matches([' ', '\t']) == "DMARC1"
}

/// Why a TXT record that a person would take for DMARC is none.
pub fn near_miss(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_start_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
    if is_dmarc(text) || !bare.contains("dmarc1") {
        return None;
    }
    Some(if bare.len() != lower.len() {
        "something stands before `v=DMARC1`"
    } else if !text.contains("DMARC1") {
        "`DMARC1` must be in capitals"
    } else if bare.starts_with('v') && is_dmarc(&text.replacen("DMARC1", "DMARC1;", 1)) {
        "a semicolon is missing after `v=DMARC1`"
    } else {
        "it must begin with exactly `v=DMARC1;`"
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_version_tag_decides() {
        for (text, want) in [
            ("v=DMARC1; p=none", true),
            ("v = DMARC1 ; p=none", true),
            ("v=DMARC1", true),
            ("V=DMARC1;p=none", true),
            ("v=dmarc1; p=none", false),
            ("v=DMARC1x; p=none", false),
            ("v=DMARC1 p=none", false),
            (" v=DMARC1; p=none", false),
            ("p=none; v=DMARC1", false),
        ] {
            assert_eq!(is_dmarc(text), want, "{text}");
            assert_eq!(near_miss(text).is_none(), want, "{text}");
        }
        assert_eq!(near_miss("v=spf1 -all"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = near_miss(&text);
        }
    }
}
