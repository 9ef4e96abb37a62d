//! A ClientHello of TLS 1.2, written by hand for what the TLS library neither offers nor asks: suites that are broken, and
//! SCTs in the ServerHello. One message out, one message in; nothing is ever agreed to the end.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use x509_parser::extensions::parse_ct_signed_certificate_timestamp;

use super::legacy::{
    CLIENT_HELLO, HEADER, RECORD_ALERT, RECORD_HANDSHAKE, SERVER_HELLO, counted, extension,
};
use crate::model::name::HostName;
use crate::model::observation::tls::{Offer, ProbeReply, TlsProbe};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::hex;
use crate::net::limits::Peer;
use crate::net::memory::Sight;
use crate::net::reach::Reach;
use crate::net::socket::{connect, io_failure, timed_out};

const TLS12: u16 = 0x0303;
/// Most bytes of a record (RFC 5246 §6.2.1).
const LONGEST: usize = 16 * 1024;
const SIGNED_CERTIFICATE_TIMESTAMP: u16 = 18;

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
    let peer = SocketAddr::new(address, 443);
    let _waiting = reach.waits.begin(format!("{peer} TLS hello"));
    let _place = reach
        .limits
        .enter(Peer::Host(host.as_str().to_owned()))
        .await;
    let at = Timestamp::now();
    let reply = match greet(&reach, &host, peer, offer).await {
        Ok(reply) => reply,
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

async fn greet(
    reach: &Reach,
    host: &HostName,
    peer: SocketAddr,
    offer: Offer,
) -> Result<ProbeReply, Failure> {
    let doing = format!("TLS 1.2 hello to {} for {host}", peer.ip());
    reach.limits.take_handshake(host.as_str())?;
    let limit = reach.timeout();
    let mut stream = connect(&reach.ground.routes, peer, limit, &doing)
        .await
        .inspect_err(|failure| reach.limits.give_handshake_back(host.as_str(), failure))?;
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|why| {
        Failure::new(FailureKind::Tls, format!("{doing}: no random bytes: {why}"))
    })?;
    let hello = client_hello(offer, host.as_str(), random);
    match tokio::time::timeout(limit, converse(&mut stream, &hello)).await {
        Err(_) => Err(timed_out(&doing, limit)),
        Ok(Ok(record)) => classify(&record).ok_or_else(|| {
            Failure::new(
                FailureKind::Malformed,
                format!("{doing}: what came back is not TLS"),
            )
        }),
        Ok(Err(error)) => {
            let failure = io_failure(&doing, &error);
            match failure.kind {
                FailureKind::Reset => Ok(ProbeReply::Closed),
                _ => Err(failure),
            }
        }
    }
}

/// Sends the hello and reads the first record.
async fn converse(stream: &mut TcpStream, hello: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(hello).await?;
    let mut record = vec![0_u8; HEADER];
    stream.read_exact(&mut record).await?;
    if let [RECORD_ALERT | RECORD_HANDSHAKE, _, _, high, low] = record.as_slice() {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(LONGEST);
        let mut body = vec![0_u8; length];
        stream.read_exact(&mut body).await?;
        record.extend(body);
    }
    Ok(record)
}

/// What the first record says; `None` when it is no TLS.
fn classify(record: &[u8]) -> Option<ProbeReply> {
    let (header, body) = record.split_at_checked(HEADER)?;
    match (header.first()?, body) {
        (&RECORD_ALERT, [_, description, ..]) => Some(ProbeReply::Alert(*description)),
        (&RECORD_HANDSHAKE, [SERVER_HELLO, _, _, _, rest @ ..]) => server_hello(rest),
        _ => None,
    }
}

/// A ServerHello (RFC 5246 §7.4.1.3).
fn server_hello(body: &[u8]) -> Option<ProbeReply> {
    let (version, rest) = number(body)?;
    let rest = rest.get(32..)?;
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

fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|n| n.to_be_bytes()).collect()
}

/// The whole record.
fn client_hello(offer: Offer, host: &str, random: [u8; 32]) -> Vec<u8> {
    let suites = match offer {
        Offer::Broken => numbers(&BROKEN),
        Offer::Timestamps => numbers(&MODERN),
    };
    let name = [&[0_u8][..], &counted(host.as_bytes())].concat();
    let mut extensions = [
        extension(0, &counted(&name)),
        extension(10, &counted(&[0, 29, 0, 23, 0, 24, 0, 25])),
        extension(11, &[1, 0]),
        extension(13, &counted(&numbers(&SCHEMES))),
    ]
    .concat();
    if offer == Offer::Timestamps {
        extensions.extend(extension(SIGNED_CERTIFICATE_TIMESTAMP, &[]));
    }
    let body = [
        &TLS12.to_be_bytes()[..],
        &random,
        &[0], // no session to resume
        &counted(&suites),
        &[1, 0], // no compression
        &counted(&extensions),
    ]
    .concat();
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    let message = [
        &[CLIENT_HELLO][..],
        length.get(1..).unwrap_or_default(),
        &body,
    ]
    .concat();
    [&[RECORD_HANDSHAKE, 3, 1][..], &counted(&message)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([9; 32]);
        body.extend([0, 0x00, 0x05, 0]);
        if !extensions.is_empty() {
            body.extend(counted(extensions));
        }
        let length = u8::try_from(body.len()).unwrap();
        let message = [&[2, 0, 0, length], body.as_slice()].concat();
        [&[22, 3, 3], counted(&message).as_slice()].concat()
    }

    #[test]
    fn replies_are_told_apart() {
        let agreed = |sct_logs: Vec<String>| {
            Some(ProbeReply::Agreed {
                version: 0x0303,
                suite: 5,
                sct_logs,
            })
        };
        let sct = [&[0][..], &[0xab; 32], &[0; 8], &[0, 0], &[4, 3, 0, 1, 7]].concat();
        let list = counted(&counted(&sct));
        for (record, want) in [
            (hello(&[]), agreed(Vec::new())),
            (hello(&extension(18, &list)), agreed(vec!["ab".repeat(32)])),
            (hello(&extension(18, &[0, 9, 1])), agreed(Vec::new())),
            (hello(&[0, 18, 0, 99, 1]), agreed(Vec::new())),
            (vec![21, 3, 3, 0, 2, 2, 40], Some(ProbeReply::Alert(40))),
            (vec![21, 3, 3, 0, 0], None),
            (b"HTTP/1.1 400".to_vec(), None),
            (hello(&[])[..20].to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(classify(&record), want, "{record:?}");
        }
    }

    #[test]
    fn the_hello_has_the_lengths_that_it_says() {
        for offer in [Offer::Broken, Offer::Timestamps] {
            let record = client_hello(offer, "acme.example", [7; 32]);
            let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
            assert_eq!(record.len(), HEADER + length);
            let inner = u32::from_be_bytes([0, record[6], record[7], record[8]]);
            assert_eq!(length, 4 + usize::try_from(inner).unwrap());
        }
    }

    #[test]
    fn only_broken_suites_are_offered_as_broken() {
        assert!(BROKEN.is_sorted());
        assert!(MODERN.iter().all(|suite| !BROKEN.contains(suite)));
        // AES with RSA key exchange is old, not broken; the signal of secure renegotiation is no suite.
        assert!(
            [0x002f, 0x0035, 0xc013, 0x00ff]
                .iter()
                .all(|s| !BROKEN.contains(s))
        );
    }
}
