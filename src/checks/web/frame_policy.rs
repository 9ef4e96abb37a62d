//! Who may show a page in a frame: `frame-ancestors` of the Content-Security-Policy, and X-Frame-Options where that is absent.
//!
//! Parsed as browsers do, never searched as text. Several policies all apply; a meta element cannot carry either of the two,
//! and a report-only policy forbids nothing.

use crate::model::observation::http::HttpResponse;

/// What browsers make of the headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// `frame-ancestors` names who may: nobody, the site itself, or a list of hosts.
    Ancestors(Vec<String>),
    /// `frame-ancestors` lets anybody, or any site of a scheme, and overrides X-Frame-Options.
    AnyAncestor(Vec<String>),
    /// X-Frame-Options: `DENY` or `SAMEORIGIN`.
    Options(String),
    /// X-Frame-Options: ALLOW-FROM, which browsers dropped; there is no protection.
    AllowFrom,
    /// X-Frame-Options with values that contradict each other or mean nothing.
    Nonsense(String),
    Missing,
}

/// Reads the headers of a response.
pub fn read(response: &HttpResponse) -> Framing {
    let lists = ancestors(response);
    if let Some(strict) = lists.iter().find(|list| !lets_anybody(list)) {
        return Framing::Ancestors(strict.clone());
    }
    if let Some(open) = lists.into_iter().next() {
        return Framing::AnyAncestor(open);
    }
    options(response)
}

/// The sources of `frame-ancestors` in every enforced policy that has the directive. Headers may repeat, and one header may
/// hold several policies separated by commas; within a policy the first directive of a name counts (CSP 3 §2.2.1).
fn ancestors(response: &HttpResponse) -> Vec<Vec<String>> {
    response
        .headers_named("content-security-policy")
        .flat_map(|value| value.split(','))
        .filter_map(|policy| directive(policy, "frame-ancestors"))
        .collect()
}

/// The values of the first directive of that (lower-case) name.
pub fn directive(policy: &str, name: &str) -> Option<Vec<String>> {
    policy.split(';').find_map(|part| {
        let mut words = part.split_ascii_whitespace();
        let found = words.next()?.eq_ignore_ascii_case(name);
        found.then(|| words.map(str::to_ascii_lowercase).collect())
    })
}

/// `*`, or a scheme alone; an empty list means nobody.
fn lets_anybody(sources: &[String]) -> bool {
    sources.iter().any(|source| {
        matches!(
            source.as_str(),
            "*" | "https:" | "http:" | "https://*" | "http://*"
        )
    })
}

/// Repeated headers and comma lists are one set of values (HTML, the X-Frame-Options header): alike they count, in
/// contradiction browsers refuse to frame at all, which nobody means.
fn options(response: &HttpResponse) -> Framing {
    let mut values: Vec<String> = response
        .headers_named("x-frame-options")
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().to_ascii_uppercase())
        .filter(|value| !value.is_empty())
        .collect();
    values.sort();
    values.dedup();
    match values.as_slice() {
        [] => Framing::Missing,
        [one] if one == "DENY" || one == "SAMEORIGIN" => Framing::Options(one.clone()),
        [one] if one.starts_with("ALLOW-FROM") => Framing::AllowFrom,
        _ => Framing::Nonsense(values.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::response;
    use super::*;

    #[test]
    fn headers_are_parsed_as_browsers_do() {
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let csp = |v| ("content-security-policy", v);
        let xfo = |v| ("x-frame-options", v);
        for (headers, want) in [
            (
                vec![csp("default-src 'self'; frame-ancestors 'none'")],
                Framing::Ancestors(list(&["'none'"])),
            ),
            (
                vec![csp("Frame-Ancestors 'SELF' https://a.example")],
                Framing::Ancestors(list(&["'self'", "https://a.example"])),
            ),
            (vec![csp("frame-ancestors")], Framing::Ancestors(vec![])),
            (
                vec![csp("frame-ancestors *"), xfo("DENY")],
                Framing::AnyAncestor(list(&["*"])),
            ),
            (
                vec![csp("frame-ancestors https:")],
                Framing::AnyAncestor(list(&["https:"])),
            ),
            (
                vec![csp("frame-ancestors *, frame-ancestors 'self'")],
                Framing::Ancestors(list(&["'self'"])),
            ),
            (
                vec![csp("frame-ancestors *"), csp("frame-ancestors 'self'")],
                Framing::Ancestors(list(&["'self'"])),
            ),
            (
                vec![csp("frame-ancestors *; frame-ancestors 'none'")],
                Framing::AnyAncestor(list(&["*"])),
            ),
            (
                vec![csp("report-uri /frame-ancestors"), xfo("deny")],
                Framing::Options("DENY".into()),
            ),
            (
                vec![(
                    "content-security-policy-report-only",
                    "frame-ancestors 'none'",
                )],
                Framing::Missing,
            ),
            (
                vec![xfo("SameOrigin")],
                Framing::Options("SAMEORIGIN".into()),
            ),
            (
                vec![xfo("SAMEORIGIN, SAMEORIGIN")],
                Framing::Options("SAMEORIGIN".into()),
            ),
            (
                vec![xfo("SAMEORIGIN"), xfo("DENY")],
                Framing::Nonsense("DENY, SAMEORIGIN".into()),
            ),
            (
                vec![xfo("ALLOW-FROM https://a.example")],
                Framing::AllowFrom,
            ),
            (vec![xfo("ALLOWALL")], Framing::Nonsense("ALLOWALL".into())),
            (vec![], Framing::Missing),
        ] {
            assert_eq!(read(&response(200, &headers, "")), want, "{headers:?}");
        }
    }
}
