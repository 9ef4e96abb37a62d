//! Macro strings written out (RFC 7208 §7). What a macro stands for says whoever evaluates; without a message only `%{d}` and
//! `%{o}` are known.

use super::macros::{DomainSpec, Expand, Piece};

/// Longest name after expansion; labels are dropped from the left beyond it (RFC 7208 §7.3).
const LONGEST: usize = 253;

/// The name that `spec` stands for in the record of `current`, checked for mail of `sender`; `None` when it depends on who
/// sends.
pub fn expand(spec: &DomainSpec, current: &str, sender: &str) -> Option<String> {
    let text = text(&spec.pieces, |letter| match letter {
        'd' => Ok(current.to_owned()),
        'o' => Ok(sender.to_owned()),
        _ => Err(()),
    });
    Some(as_name(&text.ok()?))
}

/// A macro string written out; `value` gives what a letter stands for.
pub fn text<E>(
    pieces: &[Piece],
    mut value: impl FnMut(char) -> Result<String, E>,
) -> Result<String, E> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Percent => text.push('%'),
            Piece::Space => text.push(' '),
            Piece::UrlSpace => text.push_str("%20"),
            Piece::Expand(expand) => text.push_str(&transformed(expand, &value(expand.letter)?)),
        }
    }
    Ok(text)
}

/// An expanded text as a name to ask for: lower case, no dot at the end, not too long.
pub fn as_name(text: &str) -> String {
    shorten(text.trim_end_matches('.')).to_ascii_lowercase()
}

/// Cut, turned round, shortened and escaped as the macro says (RFC 7208 §7.3).
fn transformed(expand: &Expand, raw: &str) -> String {
    let cut = |c: char| {
        if expand.delimiters.is_empty() {
            c == '.'
        } else {
            expand.delimiters.contains(c)
        }
    };
    let mut parts: Vec<&str> = raw.split(cut).collect();
    if expand.reversed {
        parts.reverse();
    }
    let skip = parts
        .len()
        .saturating_sub(expand.keep.unwrap_or(usize::MAX));
    let kept = parts.into_iter().skip(skip).collect::<Vec<_>>().join(".");
    if expand.escaped {
        url_escaped(&kept)
    } else {
        kept
    }
}

/// Everything but the unreserved characters of RFC 3986 §2.3 as `%XX`.
fn url_escaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn shorten(name: &str) -> &str {
    let mut rest = name;
    while rest.len() > LONGEST {
        rest = rest.split_once('.').map_or("", |(_, tail)| tail);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::super::macros::domain_spec;
    use super::*;

    #[test]
    fn what_needs_no_message_is_expanded() {
        for (spec, want) in [
            ("_spf.%{d}", Some("_spf.mail.acme.example")),
            ("%{d2}", Some("acme.example")),
            ("%{dr}.x.example", Some("example.acme.mail.x.example")),
            ("%{o}.x.example", Some("shop.example.x.example")),
            ("ACME.example.", Some("acme.example")),
            ("%{ir}._spf.%{d}", None),
            ("%{l}.acme.example", None),
        ] {
            let spec = domain_spec(spec).unwrap();
            assert_eq!(
                expand(&spec, "mail.acme.example", "shop.example").as_deref(),
                want
            );
        }
    }
    #[test]
    fn an_upper_case_macro_is_escaped_for_a_url() {
        let spec = domain_spec("%{L}.acme.example").unwrap();
        let text = text(&spec.pieces, |_| Ok::<_, ()>("a b&c~d.e".to_owned()));
        assert_eq!(text.unwrap(), "a%20b%26c~d.e.acme.example");
    }
}
