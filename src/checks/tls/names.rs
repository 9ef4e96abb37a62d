//! Which host names a certificate is good for: RFC 9525 §6.3, as browsers apply it. The common name never counts.

/// Whether the dNSName `pattern` covers `host`. Both are compared as A-labels without regard to case. A wildcard is the whole
/// left-most label and stands for exactly one label; it never stands right before a public suffix such as `com` or `co.uk`
/// (private suffixes such as `vercel.app` are the owners' own business).
pub fn covers(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
    let Some(rest) = pattern.strip_prefix("*.") else {
        return !pattern.contains('*') && !pattern.is_empty() && pattern == host;
    };
    if rest.contains('*') || !rest.contains('.') || is_registry_suffix(rest) {
        return false;
    }
    host.split_once('.')
        .is_some_and(|(label, tail)| !label.is_empty() && tail == rest)
}

/// The names that cover `host`, as written.
pub fn covering<'a>(names: &'a [String], host: &str) -> Vec<&'a str> {
    names
        .iter()
        .map(String::as_str)
        .filter(|name| covers(name, host))
        .collect()
}

fn is_registry_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| {
        suffix.typ() == Some(psl::Type::Icann) && suffix.as_bytes() == name.as_bytes()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_as_browsers_do() {
        for (pattern, host, want) in [
            ("www.acme.example", "www.acme.example", true),
            ("WWW.Acme.Example", "www.acme.example", true),
            ("acme.example", "www.acme.example", false),
            ("*.acme.example", "www.acme.example", true),
            ("*.acme.example", "acme.example", false),
            ("*.acme.example", "a.b.acme.example", false),
            ("*.acme.example", ".acme.example", false),
            ("w*.acme.example", "www.acme.example", false),
            ("www.*.example", "www.acme.example", false),
            ("*.*.example", "www.acme.example", false),
            ("*", "example", false),
            ("*.com", "acme.com", false),
            ("*.co.uk", "acme.co.uk", false),
            ("*.vercel.app", "acme.vercel.app", true),
            ("www.acme.example.", "www.acme.example", false),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", true),
            ("*.example.com", "xn--bcher-kva.example.com", true),
            ("acme.example", "evilacme.example", false),
            ("", "", false),
        ] {
            assert_eq!(covers(pattern, host), want, "{pattern} {host}");
        }
    }
}
