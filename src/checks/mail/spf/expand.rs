//! Macros that can be worked out without a message: `%{d}` and `%{o}` (RFC 7208 §7.2). The others depend on the sender.

use super::macros::{DomainSpec, Expand, Piece};

/// Longest name after expansion; labels are dropped from the left beyond it (RFC 7208 §7.3).
const LONGEST: usize = 253;

/// The name that `spec` stands for in the record of `current`, checked for mail of `sender`; `None` when it depends on who
/// sends.
pub fn expand(spec: &DomainSpec, current: &str, sender: &str) -> Option<String> {
    let mut name = String::new();
    for piece in &spec.pieces {
        match piece {
            Piece::Literal(text) => name.push_str(text),
            Piece::Percent => name.push('%'),
            Piece::Space => name.push(' '),
            Piece::UrlSpace => name.push_str("%20"),
            Piece::Expand(expand) => name.push_str(&value(expand, current, sender)?),
        }
    }
    Some(shorten(name.trim_end_matches('.')).to_ascii_lowercase())
}

fn value(expand: &Expand, current: &str, sender: &str) -> Option<String> {
    let raw = match expand.letter {
        'd' => current,
        'o' => sender,
        _ => return None,
    };
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
    Some(parts.into_iter().skip(skip).collect::<Vec<_>>().join("."))
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
}
