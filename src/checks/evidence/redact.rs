//! Masks what must never be kept: cookie values, credentials in headers, tokens in the query of a URL.
//!
//! It masks by the name of the field, so it may mask too much; it never tries to tell whether a value is a secret.

/// What stands in place of a masked value.
const MASK: &str = "…";

/// Headers whose whole value is a credential.
const CREDENTIALS: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "x-auth-token",
];

/// Parts of a parameter's name that mark its value as one that opens something.
const TELLING: [&str; 10] = [
    "token", "secret", "passw", "key", "code", "sig", "session", "auth", "jwt", "ticket",
];

/// The value of the header `name` (lower case), fit to be kept.
pub fn header(name: &str, value: &str) -> String {
    match name {
        "set-cookie" => cookie(value),
        "location" | "content-location" | "refresh" | "referer" | "link" => url(value),
        _ if CREDENTIALS.contains(&name) || is_told(name) => MASK.to_owned(),
        _ => value.to_owned(),
    }
}

/// Headers of somebody's own making whose name says that they carry what opens something.
fn is_told(name: &str) -> bool {
    ["-token", "-key", "-secret"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// A URL (or a piece of one) without a password and without the values of telling parameters.
pub fn url(raw: &str) -> String {
    without_userinfo(raw)
        .split_inclusive(['?', '&', '#', ';'])
        .map(parameter)
        .collect()
}

/// Text in which URLs may stand, each without its secrets.
pub fn text(raw: &str) -> String {
    raw.split_inclusive(|c: char| c.is_whitespace() || "\"'<>`(),".contains(c))
        .map(|word| {
            let end = word.len()
                - word
                    .chars()
                    .last()
                    .filter(|c| !c.is_alphanumeric())
                    .map_or(0, char::len_utf8);
            let (inside, tail) = word.split_at(end);
            if inside.contains("://") {
                format!("{}{tail}", url(inside))
            } else {
                word.to_owned()
            }
        })
        .collect()
}

fn without_userinfo(raw: &str) -> String {
    let Some((scheme, rest)) = raw.split_once("://") else {
        return raw.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{MASK}@{host}{tail}"),
        None => raw.to_owned(),
    }
}

/// One piece between separators, its trailing separator included.
fn parameter(piece: &str) -> String {
    let Some((name, value)) = piece.split_once('=') else {
        return piece.to_owned();
    };
    let lower = name.to_ascii_lowercase();
    if !TELLING.iter().any(|word| lower.contains(word)) || lower.contains("://") {
        return piece.to_owned();
    }
    let separator = value
        .chars()
        .last()
        .filter(|c| matches!(c, '?' | '&' | '#' | ';'));
    format!(
        "{name}={MASK}{}",
        separator.map(String::from).unwrap_or_default()
    )
}

fn cookie(value: &str) -> String {
    let (pair, attributes) = value.split_once(';').map_or((value, ""), |(a, b)| (a, b));
    let name = pair.split('=').next().unwrap_or_default();
    if attributes.is_empty() {
        format!("{name}={MASK}")
    } else {
        format!("{name}={MASK};{attributes}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_passwords_go_the_rest_stays() {
        for (raw, want) in [
            ("https://a.example/?page=2", "https://a.example/?page=2"),
            (
                "https://a.example/reset?token=abc&next=/x#id_token=zz",
                "https://a.example/reset?token=…&next=/x#id_token=…",
            ),
            ("https://u:p@a.example/x", "https://…@a.example/x"),
            ("/callback?code=1&state=2", "/callback?code=…&state=2"),
        ] {
            assert_eq!(url(raw), want);
        }
    }

    #[test]
    fn urls_in_a_sentence_lose_their_secrets_and_the_sentence_stays() {
        for (raw, want) in [
            (
                "leads to https://u:p@a.example/x?token=abc, which answers 200",
                "leads to https://…@a.example/x?token=…, which answers 200",
            ),
            ("v=DMARC1; p=none", "v=DMARC1; p=none"),
            (
                "see https://a.example/?page=2.",
                "see https://a.example/?page=2.",
            ),
        ] {
            assert_eq!(text(raw), want);
        }
    }

    #[test]
    fn cookies_keep_their_attributes() {
        assert_eq!(header("set-cookie", "a=b=c; HttpOnly"), "a=…; HttpOnly");
        assert_eq!(header("authorization", "Basic eA=="), "…");
    }
}
