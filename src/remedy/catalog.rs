//! Catalogs: facts about DNS hosts, mail senders, blocklists, platforms, edges, authorities and resolvers, as data in
//! `assets/catalogs/`. Compiled in and read once. Nothing here asks anybody; a catalogue recognises, it never judges.

pub mod authority;
pub mod block;
pub mod blocklist;
pub mod dns_host;
pub mod inbox;
pub mod mail_sender;
pub mod platform;
pub mod resolver;
pub mod runbook;
pub mod takeover;

pub use authority::Authority;
pub use block::Block;
pub use blocklist::Blocklist;
pub use dns_host::DnsHost;
pub use inbox::Inbox;
pub use mail_sender::MailSender;
pub use platform::{Edge, Platform};
pub use resolver::PublicResolver;

use serde::de::DeserializeOwned;

/// Whether `text` fits `pattern`, in which `*` stands for any characters (none too). Case is ignored.
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether `text` fits any of `patterns`.
pub fn fits(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| glob(pattern, text))
}

/// Whether a response with `headers` (lower-case names) shows one of `marks`: a header's name, or `name: glob of its value`.
pub fn shows(marks: &[String], headers: &[(String, String)]) -> bool {
    marks.iter().any(|mark| match mark.split_once(": ") {
        Some((name, value)) => headers.iter().any(|(n, v)| n == name && glob(value, v)),
        None => headers.iter().any(|(n, _)| n == mark),
    })
}

/// The embedded file as a list. A file that does not read gives an empty list; the tests see to it that each reads.
fn read<T: DeserializeOwned + Default>(text: &str) -> T {
    toml::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, want) in [
            ("ns-*.awsdns-*", "ns-12.awsdns-33.co.uk", true),
            ("*.ns.cloudflare.com", "ada.NS.cloudflare.com", true),
            ("*.ns.cloudflare.com", "ns.cloudflare.com", false),
            (
                "*.ns.cloudflare.com",
                "ada.ns.cloudflare.com.evil.example",
                false,
            ),
            ("smtp.google.com", "smtp.google.com", true),
            ("smtp.google.com", "smtp.google.com.x", false),
            ("a*b*b", "ab", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, text), want, "{pattern} {text}");
        }
    }

    #[test]
    fn a_mark_is_a_header_or_a_header_with_a_value() {
        let headers = vec![("via".to_owned(), "1.1 heroku-router".to_owned())];
        assert!(shows(&["via: *heroku-router*".to_owned()], &headers));
        assert!(!shows(&["via: varnish".to_owned()], &headers));
        assert!(!shows(&["x-vercel-id".to_owned()], &headers));
    }
}
