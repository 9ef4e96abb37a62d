//! One TLSA record, held against what a mail server presents (RFC 6698 §2.1, RFC 7672 §3).

use sha2::{Digest, Sha256};

use crate::model::name::HostName;
use crate::model::observation::dns::Tlsa;
use crate::model::observation::smtp::{Digests, Prints};
use crate::model::observation::tls::{ChainProblem, TlsSession};

/// How a record fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fit {
    Matches,
    /// It matches nothing that was presented, or not what it asks of it.
    Not(String),
    /// It names an authority of the chain, and whether the chain leads there cannot be verified here.
    Unsure,
}

/// Whether senders of mail use such a record at all: for the server's own key (3) or an authority of its choice (2), with
/// parts and digests that are known (RFC 7672 §3.1).
pub(super) fn is_usable(record: &Tlsa) -> bool {
    let long_enough = match record.matching {
        0 => !record.data.is_empty(),
        1 => record.data.len() == 64,
        2 => record.data.len() == 128,
        _ => false,
    };
    matches!(record.usage, 2 | 3) && record.selector <= 1 && long_enough
}

/// Holds a usable record against what was presented for `host`.
pub(super) fn fit(record: &Tlsa, host: &HostName, session: &TlsSession, prints: &[Prints]) -> Fit {
    let hit = prints.iter().position(|print| names(record, print));
    match (record.usage, hit) {
        (_, None) => Fit::Not("matches nothing that the server presents".to_owned()),
        (3, Some(0)) => Fit::Matches,
        (3, Some(_)) => {
            Fit::Not("is for the server's own certificate (3), and names an authority's".to_owned())
        }
        (_, Some(0)) => {
            Fit::Not("is for an authority (2), and names the server's own certificate".to_owned())
        }
        (_, Some(_)) => below(host, session),
    }
}

/// A chain below the authority that a record names: its dates and its name count (RFC 7672 §3.1.2).
fn below(host: &HostName, session: &TlsSession) -> Fit {
    match &session.verified {
        Ok(()) => Fit::Matches,
        Err(ChainProblem::WrongName(_)) => Fit::Not(format!(
            "names the authority, but the certificate is not for {host}"
        )),
        Err(ChainProblem::Expired(_)) => {
            Fit::Not("names the authority, but the certificate has expired".to_owned())
        }
        Err(ChainProblem::NotYetValid(_)) => {
            Fit::Not("names the authority, but the certificate is not valid yet".to_owned())
        }
        Err(_) => Fit::Unsure,
    }
}

fn names(record: &Tlsa, print: &Prints) -> bool {
    let part: &Digests = match record.selector {
        0 => &print.whole,
        _ => &print.key,
    };
    match record.matching {
        0 => !part.sha256.is_empty() && part.sha256 == digest_of(&record.data),
        1 => part.sha256 == record.data,
        _ => part.sha512 == record.data,
    }
}

/// The digest of what stands in the record as a whole.
fn digest_of(hex: &str) -> String {
    let bytes: Vec<u8> = hex
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    crate::model::text::hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::worlds::name;
    use crate::checks::tls::samples::{intermediate, leaf, session};

    fn tlsa(usage: u8, selector: u8, matching: u8, data: &str) -> Tlsa {
        Tlsa {
            usage,
            selector,
            matching,
            data: data.to_owned(),
        }
    }

    fn prints() -> Vec<Prints> {
        let digests = |c: &str, bytes: &[u8]| Digests {
            sha256: crate::model::text::hex(&Sha256::digest(bytes)),
            sha512: c.repeat(128),
        };
        let of = |c: &str, whole: &[u8], key: &[u8]| Prints {
            whole: digests(c, whole),
            key: digests(c, key),
        };
        vec![
            of("a", b"leaf", b"leaf key"),
            of("b", b"middle", b"middle key"),
        ]
    }

    #[test]
    fn only_records_that_senders_of_mail_use_count() {
        let (short, long) = ("0".repeat(64), "0".repeat(128));
        for (record, want) in [
            (tlsa(3, 1, 1, &short), true),
            (tlsa(2, 0, 2, &long), true),
            (tlsa(3, 0, 0, "00"), true),
            (tlsa(1, 1, 1, &short), false),
            (tlsa(0, 0, 1, &short), false),
            (tlsa(3, 2, 1, &short), false),
            (tlsa(3, 1, 3, &short), false),
            (tlsa(3, 1, 1, &long), false),
            (tlsa(3, 1, 2, &short), false),
        ] {
            assert_eq!(is_usable(&record), want, "{record:?}");
        }
    }

    #[test]
    fn what_is_named_is_found_where_it_must_be() {
        let prints = prints();
        let chain = || vec![leaf(), intermediate()];
        let good = session(chain(), Ok(()));
        let hex = crate::model::text::hex;
        let key = |index: usize| prints[index].key.sha256.clone();
        for (record, matches) in [
            (tlsa(3, 1, 1, &key(0)), true),
            (tlsa(3, 0, 1, &prints[0].whole.sha256), true),
            (tlsa(3, 0, 0, &hex(b"leaf")), true),
            (tlsa(3, 1, 0, &hex(b"leaf key")), true),
            (tlsa(3, 1, 2, &"a".repeat(128)), true),
            (tlsa(2, 1, 1, &key(1)), true),
            (tlsa(3, 1, 1, &key(1)), false),
            (tlsa(2, 1, 1, &key(0)), false),
            (tlsa(3, 0, 1, &key(0)), false),
            (tlsa(3, 1, 1, &"0".repeat(64)), false),
        ] {
            let fit = fit(&record, &name("mx.acme.example"), &good, &prints);
            assert_eq!(fit == Fit::Matches, matches, "{record:?} {fit:?}");
        }
        let authority = tlsa(2, 1, 1, &key(1));
        let own = tlsa(3, 1, 1, &key(0));
        let with = |record: &Tlsa, problem: ChainProblem| {
            let shown = session(chain(), Err(problem));
            fit(record, &name("mx.acme.example"), &shown, &prints)
        };
        let text = String::new;
        assert_eq!(
            with(&authority, ChainProblem::UnknownIssuer(text())),
            Fit::Unsure
        );
        for problem in [
            ChainProblem::WrongName(text()),
            ChainProblem::Expired(text()),
        ] {
            assert!(matches!(with(&authority, problem.clone()), Fit::Not(_)));
            assert_eq!(
                with(&own, problem),
                Fit::Matches,
                "(3) asks for the key alone"
            );
        }
    }
}
