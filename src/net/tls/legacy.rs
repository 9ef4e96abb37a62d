//! A ClientHello of SSLv3, TLS 1.0 or TLS 1.1, written by hand, and what comes back (RFC 6101, 2246, 4346). Nothing more of
//! those protocols is spoken: one message out, one record in.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::model::name::HostName;
use crate::model::observation::tls::{LegacyHello, LegacyReply, LegacyVersion};
use crate::model::observation::{Failure, FailureKind};
use crate::net::limits::Peer;
use crate::net::memory::Sight;
use crate::net::reach::Reach;
use crate::net::socket::{connect, io_failure, timed_out};

pub(super) const RECORD_ALERT: u8 = 21;
pub(super) const RECORD_HANDSHAKE: u8 = 22;
pub(super) const CLIENT_HELLO: u8 = 1;
pub(super) const SERVER_HELLO: u8 = 2;
/// Bytes of a record header: type, version, length.
pub(super) const HEADER: usize = 5;
/// Bytes of a ServerHello up to and with its version.
const TO_VERSION: usize = 6;

/// Suites that servers of that age share: ECDHE, DHE and plain RSA with AES, 3DES and RC4; the last one says that
/// renegotiation is secure (RFC 5746 §3.3).
const SUITES: [u16; 14] = [
    0xc00a, 0xc009, 0xc014, 0xc013, 0xc012, 0xc008, 0x0039, 0x0033, 0x0016, 0x0035, 0x002f, 0x000a,
    0x0005, 0x00ff,
];

impl Sight for LegacyHello {
    fn saw_nothing(&self) -> bool {
        matches!(self.reply, LegacyReply::Unknown(_))
    }
}

/// Says hello to port 443 of `address` in `version`.
pub(in crate::net) async fn hello(
    reach: Arc<Reach>,
    host: HostName,
    address: IpAddr,
    version: LegacyVersion,
) -> LegacyHello {
    let peer = SocketAddr::new(address, 443);
    let _waiting = reach.waits.begin(format!("{peer} {}", version.name()));
    let _place = reach
        .limits
        .enter(Peer::Host(host.as_str().to_owned()))
        .await;
    let at = Timestamp::now();
    let doing = format!("{} hello to {address} for {host}", version.name());
    let reply = match greet(&reach, &host, peer, version, &doing).await {
        Ok(reply) => reply,
        Err(failure) => LegacyReply::Unknown(failure),
    };
    LegacyHello {
        host,
        address,
        version,
        at,
        reply,
    }
}

async fn greet(
    reach: &Reach,
    host: &HostName,
    peer: SocketAddr,
    version: LegacyVersion,
    doing: &str,
) -> Result<LegacyReply, Failure> {
    reach.limits.take_handshake(host.as_str())?;
    let limit = reach.timeout();
    let mut stream = connect(&reach.ground.routes, peer, limit, doing)
        .await
        .inspect_err(|failure| reach.limits.give_handshake_back(host.as_str(), failure))?;
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|why| {
        Failure::new(FailureKind::Tls, format!("{doing}: no random bytes: {why}"))
    })?;
    let hello = client_hello(version, host.as_str(), random);
    match tokio::time::timeout(limit, converse(&mut stream, &hello)).await {
        Err(_) => Err(timed_out(doing, limit)),
        Ok(Ok(record)) => classify(&record, version).ok_or_else(|| {
            Failure::new(
                FailureKind::Malformed,
                format!("{doing}: what came back is not TLS"),
            )
        }),
        Ok(Err(error)) => {
            let failure = io_failure(doing, &error);
            match failure.kind {
                FailureKind::Reset => Ok(LegacyReply::Closed),
                _ => Err(failure),
            }
        }
    }
}

/// Sends the hello and reads the beginning of the first record.
async fn converse(stream: &mut TcpStream, hello: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(hello).await?;
    let mut record = Vec::with_capacity(HEADER + TO_VERSION);
    loop {
        let wanted = match record.get(..HEADER) {
            None => HEADER,
            Some([RECORD_ALERT, ..]) => HEADER + 2,
            Some([RECORD_HANDSHAKE, ..]) => HEADER + TO_VERSION,
            Some(_) => return Ok(record),
        };
        if record.len() >= wanted {
            return Ok(record);
        }
        let mut rest = vec![0_u8; wanted - record.len()];
        stream.read_exact(&mut rest).await?;
        record.extend(rest);
    }
}

/// What the beginning of the first record says; `None` when it is no TLS.
fn classify(record: &[u8], asked: LegacyVersion) -> Option<LegacyReply> {
    let (header, body) = record.split_at_checked(HEADER)?;
    match (header.first()?, body) {
        (&RECORD_ALERT, [_, description, ..]) => Some(LegacyReply::Alert(*description)),
        (&RECORD_HANDSHAKE, [SERVER_HELLO, _, _, _, high, low, ..]) => {
            let version = u16::from_be_bytes([*high, *low]);
            Some(if version == asked.wire() {
                LegacyReply::Accepted
            } else {
                LegacyReply::OtherVersion(version)
            })
        }
        _ => None,
    }
}

/// The whole record. Extensions (server name, groups, point formats) only from TLS 1.0 on: SSLv3 has none.
fn client_hello(version: LegacyVersion, host: &str, random: [u8; 32]) -> Vec<u8> {
    let mut body = version.wire().to_be_bytes().to_vec();
    body.extend(random);
    body.push(0); // no session to resume
    let suites: Vec<u8> = SUITES
        .iter()
        .flat_map(|suite| suite.to_be_bytes())
        .collect();
    body.extend(counted(&suites));
    body.extend([1, 0]); // no compression
    if version != LegacyVersion::Ssl3 {
        let name = [&[0_u8][..], &counted(host.as_bytes())].concat();
        let extensions = [
            extension(0, &counted(&name)),
            extension(10, &counted(&[0, 29, 0, 23, 0, 24])),
            extension(11, &[1, 0]),
        ]
        .concat();
        body.extend(counted(&extensions));
    }
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut message = vec![CLIENT_HELLO];
    message.extend(length.into_iter().skip(1));
    message.extend(body);
    // The record of a first hello carries the lowest version that is meant (RFC 5246 §E.1).
    let lowest = version.wire().min(LegacyVersion::Tls10.wire());
    let mut record = vec![RECORD_HANDSHAKE];
    record.extend(lowest.to_be_bytes());
    record.extend(counted(&message));
    record
}

/// Bytes after their length in two bytes.
pub(super) fn counted(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], bytes].concat()
}

pub(super) fn extension(number: u16, content: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes()[..], &counted(content)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_told_apart() {
        let hello = |version: u16| {
            let [high, low] = version.to_be_bytes();
            vec![22, 3, 1, 0, 80, 2, 0, 0, 76, high, low]
        };
        for (record, want) in [
            (hello(0x0301), Some(LegacyReply::Accepted)),
            (hello(0x0303), Some(LegacyReply::OtherVersion(0x0303))),
            (vec![21, 3, 1, 0, 2, 2, 70], Some(LegacyReply::Alert(70))),
            (b"HTTP/1.1 400".to_vec(), None),
            (vec![22, 3, 1], None),
            (vec![21, 3, 1, 0, 2], None),
            (Vec::new(), None),
        ] {
            assert_eq!(classify(&record, LegacyVersion::Tls10), want, "{record:?}");
        }
    }

    #[test]
    fn the_hello_has_the_lengths_that_it_says() {
        for version in [
            LegacyVersion::Ssl3,
            LegacyVersion::Tls10,
            LegacyVersion::Tls11,
        ] {
            let record = client_hello(version, "acme.example", [7; 32]);
            let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
            assert_eq!(record.len(), HEADER + length);
            let inner = u32::from_be_bytes([0, record[6], record[7], record[8]]);
            assert_eq!(length, 4 + usize::try_from(inner).unwrap());
            assert_eq!([record[9], record[10]], version.wire().to_be_bytes());
            let named = record.windows(12).any(|window| window == b"acme.example");
            assert_eq!(named, version != LegacyVersion::Ssl3);
        }
    }
}
