//! Names: parsed once, valid ever after.

use std::fmt;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A host or domain name in A-label form: lower case, no trailing dot, at most 253 octets (RFC 1035 §2.3.4, RFC 5890).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct HostName(String);

impl HostName {
    /// Parses a bare name. U-labels become A-labels (UTS 46, non-transitional); underscores are allowed so that record
    /// owners such as `_dmarc.acme.example` are names too.
    pub fn parse(raw: &str) -> Result<Self, NameProblem> {
        let trimmed: String = raw.trim().chars().filter(|c| !is_zero_width(*c)).collect();
        let dotted = trimmed.replace(['。', '．', '｡'], ".");
        let bare = dotted.strip_suffix('.').unwrap_or(&dotted);
        if bare.is_empty() {
            return Err(NameProblem::Empty);
        }
        let ascii =
            idna::domain_to_ascii(bare).map_err(|_| NameProblem::NotAName(raw.to_owned()))?;
        if ascii.len() > 253 {
            return Err(NameProblem::TooLong(ascii.len()));
        }
        match ascii.split('.').find(|label| !is_label(label)) {
            Some(label) => Err(NameProblem::BadLabel(label.to_owned())),
            None => Ok(Self(ascii)),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `label.self`; the label must be a plain ASCII label.
    #[must_use]
    pub fn child(&self, label: &str) -> Self {
        Self(format!("{label}.{}", self.0))
    }

    /// The name without its left-most label; `None` for a single label.
    pub fn parent(&self) -> Option<Self> {
        self.0
            .split_once('.')
            .map(|(_, rest)| Self(rest.to_owned()))
    }

    /// Whether `self` is `other` or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0 == other.0
            || self
                .0
                .strip_suffix(&other.0)
                .is_some_and(|head| head.ends_with('.'))
    }

    /// The registrable domain by the public suffix list; `None` for a public suffix itself.
    pub fn registrable(&self) -> Option<Self> {
        psl::domain_str(&self.0).map(|domain| Self(domain.to_owned()))
    }

    /// The public suffix of this name where a company runs it (the private part of the list): `vercel.app`, `uk.com`.
    pub fn private_suffix(&self) -> Option<String> {
        let suffix = psl::suffix(self.0.as_bytes())?;
        (suffix.typ() == Some(psl::Type::Private))
            .then(|| String::from_utf8_lossy(suffix.as_bytes()).into_owned())
    }

    /// The name as a person writes it, with U-labels.
    pub fn unicode(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }

    /// Number of labels.
    pub fn labels(&self) -> usize {
        self.0.split('.').count()
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for HostName {
    type Err = NameProblem;

    fn from_str(raw: &str) -> Result<Self, NameProblem> {
        Self::parse(raw)
    }
}

impl<'de> Deserialize<'de> for HostName {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(from)?;
        Self::parse(&raw).map_err(serde::de::Error::custom)
    }
}

/// Reads what a person types where a domain is asked for: a bare name, or a URL whose host is meant (path, port and
/// scheme are dropped and reported, so that the caller can say so).
pub fn parse_domain_input(raw: &str) -> Result<DomainInput, NameProblem> {
    let typed = raw.trim();
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, typed),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_port = authority.rsplit('@').next().unwrap_or_default();
    if host_port.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err(NameProblem::IsAddress(host_port.to_owned()));
    }
    let host = match host_port.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
        _ => host_port,
    };
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err(NameProblem::IsAddress(host.to_owned()));
    }
    let name = HostName::parse(host)?;
    if name.as_str() == "localhost" || name.as_str().ends_with(".localhost") {
        return Err(NameProblem::IsLocal);
    }
    if name.labels() < 2 {
        return Err(NameProblem::SingleLabel(name.0));
    }
    let dropped = scheme.is_some() || host.len() != typed.len();
    Ok(DomainInput {
        name,
        dropped: dropped.then(|| typed.to_owned()),
    })
}

/// A domain as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainInput {
    pub name: HostName,
    /// The whole input, when more than a name was typed and only its host is used.
    pub dropped: Option<String>,
}

/// Why a text is not a name, and what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    #[error("no domain given: type one like acme.example")]
    Empty,
    #[error("`{}` is not a domain name: type one like acme.example", super::text::escape(.0))]
    NotAName(String),
    #[error("the name is {0} characters long, the limit is 253")]
    TooLong(usize),
    #[error("`{}` cannot be a part of a domain name: letters, digits and inner hyphens only, 63 at most", super::text::escape(.0))]
    BadLabel(String),
    #[error("`{}` is an IP address: type the domain name that clients use, and add the address with --reroute or in the intent", super::text::escape(.0))]
    IsAddress(String),
    #[error(
        "localhost is this computer: type the public domain, or try `launch-ready demo` to practise offline"
    )]
    IsLocal,
    #[error("`{}` has no dot: type the whole domain, like {}.example", super::text::escape(.0), super::text::escape(.0))]
    SingleLabel(String),
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
        && (bytes.get(2..4) != Some(b"--".as_slice()) || label.starts_with("xn--"))
}

const fn is_zero_width(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{00ad}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_one_name() {
        for (typed, want) in [
            ("acme.example", "acme.example"),
            (" ACME.Example. ", "acme.example"),
            (
                "https://www.acme.example:8443/login?x=1",
                "www.acme.example",
            ),
            ("bücher.example", "xn--bcher-kva.example"),
            ("acme\u{200b}．example", "acme.example"),
            ("user@acme.example", "acme.example"),
        ] {
            assert_eq!(
                parse_domain_input(typed).unwrap().name.as_str(),
                want,
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_domain_is_refused_with_a_hint() {
        assert!(matches!(
            parse_domain_input("192.0.2.1"),
            Err(NameProblem::IsAddress(_))
        ));
        assert!(matches!(
            parse_domain_input("http://[2001:db8::1]/"),
            Err(NameProblem::IsAddress(_))
        ));
        assert!(matches!(
            parse_domain_input("localhost:3000"),
            Err(NameProblem::IsLocal)
        ));
        assert!(matches!(
            parse_domain_input("acme"),
            Err(NameProblem::SingleLabel(_))
        ));
        assert!(matches!(parse_domain_input(""), Err(NameProblem::Empty)));
        assert!(matches!(
            parse_domain_input("-a.example"),
            Err(NameProblem::BadLabel(_) | NameProblem::NotAName(_))
        ));
        assert!(parse_domain_input(&format!("{}.example", "a".repeat(64))).is_err());
        assert!(parse_domain_input("a b.example").is_err());
    }

    #[test]
    fn within_is_by_label_not_by_letters() {
        let zone = HostName::parse("acme.example").unwrap();
        assert!(
            HostName::parse("www.acme.example")
                .unwrap()
                .is_within(&zone)
        );
        assert!(
            !HostName::parse("evilacme.example")
                .unwrap()
                .is_within(&zone)
        );
    }
}
