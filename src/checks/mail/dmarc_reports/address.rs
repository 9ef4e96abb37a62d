//! One address for DMARC reports (RFC 9990 §3.2.1): who gets what is sent there?

use crate::model::name::HostName;
use crate::model::text::escape;

/// An address as published, and what senders of reports make of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Escaped.
    pub text: String,
    pub kind: Kind,
}

/// The kinds of address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A mailbox at a host. `sized`: with a size limit, which is no longer part of DMARC.
    Mail {
        host: HostName,
        sized: bool,
    },
    /// A bare mailbox: the most frequent slip (trap 53).
    NoScheme,
    /// `https:` and the like, which nobody sends to.
    OtherScheme,
    Broken,
}

impl Address {
    /// Reads one item of `rua=` or `ruf=`.
    pub fn read(uri: &str) -> Self {
        Self {
            text: escape(uri),
            kind: kind(uri),
        }
    }

    /// Why no report goes there, whatever its host says.
    pub fn flaw(&self) -> Option<String> {
        let text = &self.text;
        match self.kind {
            Kind::Mail { .. } => None,
            Kind::NoScheme => Some(format!("`{text}` lacks its scheme: write `mailto:{text}`")),
            Kind::OtherScheme => Some(format!("`{text}` is no `mailto:` address")),
            Kind::Broken => Some(format!("`{text}` is no mail address")),
        }
    }
}

fn kind(uri: &str) -> Kind {
    let is_mailto = uri
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    if !is_mailto {
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        };
        return match uri.split_once(':') {
            Some((scheme, _)) if is_scheme(scheme) => Kind::OtherScheme,
            None if uri.contains('@') => Kind::NoScheme,
            _ => Kind::Broken,
        };
    }
    let (path, sized) = without_size(uri.get(7..).unwrap_or_default());
    let mailbox = path.split('?').next().unwrap_or_default();
    match mailbox.rsplit_once('@') {
        Some((local, host)) if !local.is_empty() => match HostName::parse(host) {
            Ok(host) if host.labels() > 1 => Kind::Mail { host, sized },
            _ => Kind::Broken,
        },
        _ => Kind::Broken,
    }
}

/// `!10m` at the end: a limit of RFC 7489 that RFC 9989 took away.
fn without_size(path: &str) -> (&str, bool) {
    let Some((head, limit)) = path.rsplit_once('!') else {
        return (path, false);
    };
    let digits = limit.trim_end_matches(['k', 'm', 'g', 't', 'K', 'M', 'G', 'T']);
    let is_size = limit.len() - digits.len() <= 1
        && !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit());
    if is_size { (head, true) } else { (path, false) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_senders_make_of_it() {
        let mail = |host: &str, sized| Kind::Mail {
            host: HostName::parse(host).unwrap(),
            sized,
        };
        for (uri, want) in [
            ("mailto:d@acme.example", mail("acme.example", false)),
            ("MAILTO:d@Acme.Example", mail("acme.example", false)),
            ("mailto:d@acme.example!10m", mail("acme.example", true)),
            ("mailto:d@acme.example!50", mail("acme.example", true)),
            (
                "mailto:d@acme.example?subject=x",
                mail("acme.example", false),
            ),
            ("mailto:a!b@acme.example", mail("acme.example", false)),
            ("d@acme.example", Kind::NoScheme),
            ("https://acme.example/dmarc", Kind::OtherScheme),
            ("mailto:acme.example", Kind::Broken),
            ("mailto:@acme.example", Kind::Broken),
            ("mailto:d@localhost", Kind::Broken),
            ("mailto:d@", Kind::Broken),
            ("junk", Kind::Broken),
        ] {
            let address = Address::read(uri);
            let is_mail = matches!(want, Kind::Mail { .. });
            assert_eq!(address.flaw().is_none(), is_mail, "{uri}");
            assert_eq!(address.kind, want, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(mailto:)?\\PC{0,60}") {
            let _ = Address::read(&text).flaw();
        }
    }
}
