//! A ClientHello of TLS 1.2 for what the TLS library neither offers nor asks: suites that are broken or old, and SCTs in the
//! ServerHello.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use x509_parser::extensions::parse_ct_signed_certificate_timestamp;

use super::hello::{First, Hello, common_extensions, counted, extension, greet, numbers};
use crate::model::name::HostName;
use crate::model::observation::tls::{Offer, ProbeReply, TlsProbe};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::hex;
use crate::net::memory::Sight;
use crate::net::reach::Reach;

const TLS12: u16 = 0x0303;
const SIGNED_CERTIFICATE_TIMESTAMP: u16 = 18;
const GROUPS: [u16; 4] = [29, 23, 24, 25];

/// Suites with NULL, anonymous, export, RC4, 3DES or DES, by their IANA numbers.
const BROKEN: [u16; 64] = [
    0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0009, 0x000a, 0x000b, 0x000c, 0x000d,
    0x000e, 0x000f, 0x0010, 0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0017, 0x0018, 0x0019,
    0x001a, 0x001b, 0x002c, 0x002d, 0x002e, 0x0034, 0x003a, 0x003b, 0x0046, 0x0062, 0x0064, 0x006c,
    0x006d, 0x0089, 0x008a, 0x008b, 0x008e, 0x008f, 0x0092, 0x0093, 0x009b, 0x00a6, 0x00a7, 0xc001,
    0xc002, 0xc003, 0xc006, 0xc007, 0xc008, 0xc00b, 0xc00c, 0xc00d, 0xc010, 0xc011, 0xc012, 0xc015,
    0xc016, 0xc017, 0xc018, 0xc019,
];
/// ECDHE with an AEAD, as every server of TLS 1.2 has one of.
const MODERN: [u16; 6] = [0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9];
/// AES with RSA key exchange, with DHE, or in CBC mode: what a server has that was never renewed.
const OLD: [u16; 20] = [
    0x002f, 0x0033, 0x0035, 0x0039, 0x003c, 0x003d, 0x0067, 0x006b, 0x009c, 0x009d, 0x009e, 0x009f,
    0xc009, 0xc00a, 0xc013, 0xc014, 0xc023, 0xc024, 0xc027, 0xc028,
];

/// Signature schemes: RSA, ECDSA and PSS with SHA-256 and up; SHA-1 for servers that know nothing else.
const SCHEMES: [u16; 11] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201,
];

impl Sight for TlsProbe {
    fn saw_nothing(&self) -> bool {
        matches!(self.reply, ProbeReply::Unknown(_))
    }
}

/// Says hello to port 443 of `address` with `offer`.
pub(in crate::net) async fn probe(
    reach: Arc<Reach>,
    host: HostName,
    address: IpAddr,
    offer: Offer,
) -> TlsProbe {
    let at = Timestamp::now();
    let doing = format!("TLS 1.2 hello to {address} for {host}");
    let reply = match greet(&reach, &host, address, &hello(offer, &host), &doing).await {
        Ok(First::Alert(description)) => ProbeReply::Alert(description),
        Ok(First::Closed) => ProbeReply::Closed,
        Ok(First::ServerHello(version, rest)) => {
            server_hello(version, &rest).unwrap_or_else(|| {
                let why = format!("{doing}: the answer breaks off");
                ProbeReply::Unknown(Failure::new(FailureKind::Malformed, why))
            })
        }
        Err(failure) => ProbeReply::Unknown(failure),
    };
    TlsProbe {
        host,
        address,
        offer,
        at,
        reply,
    }
}

fn hello(offer: Offer, host: &HostName) -> Hello {
    let mut extensions = common_extensions(host.as_str(), &GROUPS);
    extensions.extend(extension(13, &counted(&numbers(&SCHEMES))));
    if offer == Offer::Timestamps {
        extensions.extend(extension(SIGNED_CERTIFICATE_TIMESTAMP, &[]));
    }
    Hello {
        version: TLS12,
        suites: match offer {
            Offer::Broken => BROKEN.to_vec(),
            Offer::Timestamps => MODERN.to_vec(),
            Offer::Old => OLD.to_vec(),
        },
        extensions,
    }
}

/// What follows the version in a ServerHello (RFC 5246 §7.4.1.3).
fn server_hello(version: u16, body: &[u8]) -> Option<ProbeReply> {
    let rest = body.get(32..)?;
    let (session, rest) = rest.split_first()?;
    let (suite, rest) = number(rest.get(usize::from(*session)..)?)?;
    let mut sct_logs = Vec::new();
    // Behind the compression method; there may be no extensions at all.
    let mut extensions = rest.get(3..).unwrap_or_default();
    while let Some((kind, length, rest)) = number(extensions)
        .and_then(|(kind, rest)| number(rest).map(|(len, rest)| (kind, len, rest)))
    {
        let Some((content, next)) = rest.split_at_checked(usize::from(length)) else {
            break;
        };
        if kind == SIGNED_CERTIFICATE_TIMESTAMP {
            sct_logs = logs(content);
        }
        extensions = next;
    }
    Some(ProbeReply::Agreed {
        version,
        suite,
        sct_logs,
    })
}

/// Ids of the logs in a list of SCTs (RFC 6962 §3.3), as far as it reads.
pub(super) fn logs(list: &[u8]) -> Vec<String> {
    let mut logs = Vec::new();
    let mut rest = number(list)
        .and_then(|(length, rest)| rest.get(..usize::from(length)))
        .unwrap_or_default();
    while let Ok((next, sct)) = parse_ct_signed_certificate_timestamp(rest) {
        logs.push(hex(sct.id.key_id));
        rest = next;
    }
    logs
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*head), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ServerHello behind its version.
    fn answer(extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![9; 32];
        body.extend([0, 0x00, 0x05, 0]);
        if !extensions.is_empty() {
            body.extend(counted(extensions));
        }
        body
    }

    #[test]
    fn an_answer_is_read_as_far_as_it_reads() {
        let agreed = |sct_logs: Vec<String>| {
            Some(ProbeReply::Agreed {
                version: 0x0303,
                suite: 5,
                sct_logs,
            })
        };
        let sct = [&[0][..], &[0xab; 32], &[0; 8], &[0, 0], &[4, 3, 0, 1, 7]].concat();
        let list = counted(&counted(&sct));
        for (body, want) in [
            (answer(&[]), agreed(Vec::new())),
            (answer(&extension(18, &list)), agreed(vec!["ab".repeat(32)])),
            (answer(&extension(18, &[0, 9, 1])), agreed(Vec::new())),
            (answer(&[0, 18, 0, 99, 1]), agreed(Vec::new())),
            (answer(&[])[..20].to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(server_hello(0x0303, &body), want, "{body:?}");
        }
    }

    #[test]
    fn only_broken_suites_are_offered_as_broken() {
        assert!(BROKEN.is_sorted() && OLD.is_sorted());
        assert!(
            OLD.iter()
                .all(|s| !BROKEN.contains(s) && !MODERN.contains(s))
        );
        assert!(MODERN.iter().all(|suite| !BROKEN.contains(suite)));
        // AES with RSA key exchange is old, not broken; the signal of secure renegotiation is no suite.
        assert!(
            [0x002f, 0x0035, 0xc013, 0x00ff]
                .iter()
                .all(|s| !BROKEN.contains(s))
        );
    }
}
