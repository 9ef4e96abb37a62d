//! The Strict-Transport-Security header to the letter of RFC 6797 §6.1: what a browser makes of it, and why it would ignore it.
//!
//! Directive names are case-insensitive, values may be quoted, white space may stand around `;` and `=`, unknown directives are
//! skipped. A directive that comes twice, a value that is none, or no `max-age` at all make browsers ignore the whole field.

/// What the header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Seconds.
    pub max_age: u64,
    pub include_subdomains: bool,
    pub preload: bool,
    /// Names of directives that no browser knows.
    pub unknown: Vec<String>,
}

/// Why browsers ignore the header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("it has no max-age")]
    NoMaxAge,
    #[error("`{0}` stands in it twice")]
    Twice(String),
    #[error("max-age is `{0}`, not a number of seconds")]
    BadMaxAge(String),
    #[error("`{0}` takes no value")]
    UnwantedValue(String),
    #[error("`{0}` is no directive")]
    NotADirective(String),
    #[error("a quote is not closed")]
    OpenQuote,
    #[error("two headers were joined by a comma")]
    Joined,
}

/// One directive as written.
struct Directive {
    name: String,
    value: Option<String>,
}

/// Parses one field value.
pub fn parse(field: &str) -> Result<Policy, Malformed> {
    let mut seen: Vec<String> = Vec::new();
    let (mut max_age, mut include_subdomains, mut preload) = (None, false, false);
    let mut unknown = Vec::new();
    for part in parts(field)? {
        let Some(directive) = directive(&part)? else {
            continue;
        };
        if seen.contains(&directive.name) {
            return Err(Malformed::Twice(directive.name));
        }
        seen.push(directive.name.clone());
        match (directive.name.as_str(), directive.value) {
            ("max-age", value) => max_age = Some(seconds(value)?),
            ("includesubdomains", None) => include_subdomains = true,
            ("preload", None) => preload = true,
            (name @ ("includesubdomains" | "preload"), Some(_)) => {
                return Err(Malformed::UnwantedValue(name.to_owned()));
            }
            (name, _) => unknown.push(name.to_owned()),
        }
    }
    Ok(Policy {
        max_age: max_age.ok_or(Malformed::NoMaxAge)?,
        include_subdomains,
        preload,
        unknown,
    })
}

/// Splits at semicolons that stand outside quotes.
fn parts(field: &str) -> Result<Vec<String>, Malformed> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for c in field.chars() {
        match c {
            ';' if !quoted => parts.push(std::mem::take(&mut part)),
            ',' if !quoted => return Err(Malformed::Joined),
            _ => {
                if c == '"' && !escaped {
                    quoted = !quoted;
                }
                escaped = quoted && c == '\\' && !escaped;
                part.push(c);
            }
        }
    }
    if quoted {
        return Err(Malformed::OpenQuote);
    }
    parts.push(part);
    Ok(parts)
}

/// `name`, `name=token` or `name="quoted"`; nothing for an empty part, which the grammar allows.
fn directive(part: &str) -> Result<Option<Directive>, Malformed> {
    let part = part.trim_matches([' ', '\t']);
    if part.is_empty() {
        return Ok(None);
    }
    let (name, value) = match part.split_once('=') {
        Some((name, value)) => (
            name.trim_end_matches([' ', '\t']),
            Some(value.trim_start_matches([' ', '\t'])),
        ),
        None => (part, None),
    };
    let bad = || Malformed::NotADirective(part.to_owned());
    if !is_token(name) {
        return Err(bad());
    }
    let value = match value {
        None => None,
        Some(raw) => Some(unquote(raw).ok_or_else(bad)?),
    };
    Ok(Some(Directive {
        name: name.to_ascii_lowercase(),
        value,
    }))
}

/// A token as it is, a quoted string without its quotes; nothing else is a value.
fn unquote(raw: &str) -> Option<String> {
    if is_token(raw) {
        return Some(raw.to_owned());
    }
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    let (mut out, mut escaped) = (String::new(), false);
    for c in inside.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return None,
            _ => {
                out.push(c);
                escaped = false;
            }
        }
    }
    (!escaped).then_some(out)
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// One or more digits. A number too large for us is as good as for ever.
fn seconds(value: Option<String>) -> Result<u64, Malformed> {
    let value = value.unwrap_or_default();
    if value.is_empty() || !value.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Malformed::BadMaxAge(value));
    }
    Ok(value.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(max_age: u64, sub: bool, preload: bool) -> Policy {
        Policy {
            max_age,
            include_subdomains: sub,
            preload,
            unknown: Vec::new(),
        }
    }

    #[test]
    fn the_grammar_is_kept_to_the_letter() {
        for (field, want) in [
            ("max-age=31536000", Ok(good(31_536_000, false, false))),
            ("max-age=\"31536000\"", Ok(good(31_536_000, false, false))),
            ("max-age = 31536000", Ok(good(31_536_000, false, false))),
            (
                "MAX-AGE=1; IncludeSubDomains ; PRELOAD",
                Ok(good(1, true, true)),
            ),
            (";;max-age=1;", Ok(good(1, false, false))),
            ("max-age=0", Ok(good(0, false, false))),
            (
                "max-age=99999999999999999999999",
                Ok(good(u64::MAX, false, false)),
            ),
            ("", Err(Malformed::NoMaxAge)),
            ("includeSubDomains", Err(Malformed::NoMaxAge)),
            ("max-age", Err(Malformed::BadMaxAge(String::new()))),
            ("max-age=abc", Err(Malformed::BadMaxAge("abc".into()))),
            ("max-age=-1", Err(Malformed::BadMaxAge("-1".into()))),
            ("max-age=1.5", Err(Malformed::BadMaxAge("1.5".into()))),
            ("max-age=\"\"", Err(Malformed::BadMaxAge(String::new()))),
            (
                "max-age=31536000; max-age=0",
                Err(Malformed::Twice("max-age".into())),
            ),
            (
                "max-age=1; preload; Preload",
                Err(Malformed::Twice("preload".into())),
            ),
            (
                "max-age=1; includeSubDomains=1",
                Err(Malformed::UnwantedValue("includesubdomains".into())),
            ),
            ("max-age=1, max-age=2", Err(Malformed::Joined)),
            ("max-age=\"1", Err(Malformed::OpenQuote)),
            (
                "max-age=1 includeSubDomains",
                Err(Malformed::NotADirective(
                    "max-age=1 includeSubDomains".into(),
                )),
            ),
            (
                "max-age==1",
                Err(Malformed::NotADirective("max-age==1".into())),
            ),
            ("max-age=1; =x", Err(Malformed::NotADirective("=x".into()))),
        ] {
            assert_eq!(parse(field), want, "{field}");
        }
    }

    #[test]
    fn unknown_directives_are_skipped() {
        let policy = parse("max-age=1; foo; bar=\"a;b\\\"c\"").unwrap();
        assert_eq!(policy.unknown, ["foo", "bar"]);
    }
}
