//! Domain specifications and macros of SPF (RFC 7208 §7.1, §12).

use super::parse::Flaw;

/// A domain, perhaps with macros in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainSpec {
    /// As published.
    pub text: String,
    pub pieces: Vec<Piece>,
}

/// A part of a macro string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    /// `%{…}`.
    Expand(Expand),
    /// `%%`.
    Percent,
    /// `%_`.
    Space,
    /// `%-`.
    UrlSpace,
}

/// `%{` letter, digits, `r`, delimiters `}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expand {
    /// Lower case.
    pub letter: char,
    /// Written in upper case: the value is URL-escaped.
    pub escaped: bool,
    /// How many right-most parts are kept.
    pub keep: Option<usize>,
    pub reversed: bool,
    /// Where the value is cut; `.` when empty.
    pub delimiters: String,
}

/// Where a macro string stands: `c`, `r` and `t` have a meaning in explanations only (RFC 7208 §7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    DomainSpec,
    Modifier,
}

/// Reads a `domain-spec`: it must end in a macro or in `.toplabel`.
pub fn domain_spec(text: &str) -> Result<DomainSpec, Flaw> {
    if text.is_empty() {
        return Err(Flaw::of("a domain is missing"));
    }
    let pieces = macro_string(text, Place::DomainSpec)?;
    if let Some(Piece::Literal(tail)) = pieces.last() {
        domain_end(tail)?;
    }
    Ok(DomainSpec {
        text: text.to_owned(),
        pieces,
    })
}

fn domain_end(tail: &str) -> Result<(), Flaw> {
    let bare = tail.strip_suffix('.').unwrap_or(tail);
    let Some((_, label)) = bare.rsplit_once('.') else {
        return Err(Flaw::of(format!(
            "`{tail}` has no dot: a domain needs at least two labels"
        )));
    };
    if is_toplabel(label) {
        Ok(())
    } else {
        Err(Flaw::of(format!(
            "`{label}` cannot be the last label of a domain"
        )))
    }
}

/// Letters, digits and inner hyphens, not digits alone.
fn is_toplabel(label: &str) -> bool {
    let bytes = label.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    ends.iter()
        .all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && bytes.iter().any(|b| !b.is_ascii_digit())
}

/// Reads a `macro-string`; the empty one is fine.
pub fn macro_string(text: &str, place: Place) -> Result<Vec<Piece>, Flaw> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = match rest.split_once('%') {
            None => (Piece::Literal(rest.to_owned()), ""),
            Some(("", after)) => expand(after, place)?,
            Some((literal, _)) => (
                Piece::Literal(literal.to_owned()),
                rest.get(literal.len()..).unwrap_or_default(),
            ),
        };
        pieces.push(piece);
        rest = after;
    }
    Ok(pieces)
}

/// Reads what follows a `%`.
fn expand(after: &str, place: Place) -> Result<(Piece, &str), Flaw> {
    let mut chars = after.chars();
    match chars.next() {
        Some('%') => Ok((Piece::Percent, chars.as_str())),
        Some('_') => Ok((Piece::Space, chars.as_str())),
        Some('-') => Ok((Piece::UrlSpace, chars.as_str())),
        Some('{') => {
            let (inner, rest) = chars
                .as_str()
                .split_once('}')
                .ok_or_else(|| Flaw::of("a macro `%{` is not closed with `}`"))?;
            Ok((Piece::Expand(inside(inner, place)?), rest))
        }
        _ => Err(Flaw::of(
            "a single `%` begins a macro; write `%%` for the sign itself",
        )),
    }
}

fn inside(inner: &str, place: Place) -> Result<Expand, Flaw> {
    let mut chars = inner.chars();
    let letter = chars
        .next()
        .ok_or_else(|| Flaw::of("`%{}` names no macro"))?;
    let lower = letter.to_ascii_lowercase();
    let known = match place {
        Place::DomainSpec => "slodiphv",
        Place::Modifier => "slodiphvcrt",
    };
    if !known.contains(lower) {
        return Err(Flaw::of(format!("`%{{{letter}}}` is no macro here")));
    }
    let rest = chars.as_str();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest.get(digits.len()..).unwrap_or_default();
    let keep = match digits.parse::<usize>() {
        Ok(0) => return Err(Flaw::of("a macro cannot keep zero parts")),
        Ok(number) => Some(number),
        Err(_) if digits.is_empty() => None,
        Err(_) => Some(usize::MAX),
    };
    let tail = after.strip_prefix(['r', 'R']);
    let delimiters = tail.unwrap_or(after);
    if let Some(odd) = delimiters.chars().find(|c| !".-+,/_=".contains(*c)) {
        return Err(Flaw::of(format!("`{odd}` cannot stand in a macro there")));
    }
    Ok(Expand {
        letter: lower,
        escaped: letter.is_ascii_uppercase(),
        keep,
        reversed: tail.is_some(),
        delimiters: delimiters.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_ends_in_a_real_label_or_a_macro() {
        for good in [
            "acme.example",
            "acme.example.",
            "%{d}",
            "_spf.%{d2}",
            "%{ir}.%{v}._spf.%{d2}",
            "foo:bar.example",
            "a.ex-ample",
            "%{L1r.-}.acme.example",
            "x%%y%_z%-w.example",
        ] {
            assert!(domain_spec(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "museum",
            "museum.",
            "1.2.3.4",
            "foo:8080",
            "acme.example/24",
            "a.ex_ample",
            "a.-example",
            "%{d}example",
            "%{c}.example",
            "%{d0}.example",
            "%{x}.example",
            "%{}.example",
            "%{d.example",
            "%(d).example",
            "acme.example%",
            "%{d2q}.example",
        ] {
            assert!(domain_spec(bad).is_err(), "{bad}");
        }
    }
}
