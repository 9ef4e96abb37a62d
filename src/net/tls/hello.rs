//! A ClientHello written by hand, and the first record that comes back: for what the TLS library does not speak, offer or
//! ask. One message out, one record in; nothing is ever agreed to the end.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::model::name::HostName;
use crate::model::observation::{Failure, FailureKind};
use crate::net::limits::Peer;
use crate::net::reach::Reach;
use crate::net::socket::{connect, io_failure, timed_out};

const RECORD_ALERT: u8 = 21;
const RECORD_HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
/// Bytes of a record header: type, version, length.
const HEADER: usize = 5;
/// Most bytes of a record (RFC 5246 §6.2.1).
const LONGEST: u64 = 16 * 1024;
const TLS10: u16 = 0x0301;

/// What a hello offers.
pub(super) struct Hello {
    /// The highest version that is meant.
    pub(super) version: u16,
    pub(super) suites: Vec<u16>,
    /// One after the other; empty: none, as in SSLv3.
    pub(super) extensions: Vec<u8>,
}

/// What came back first.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum First {
    /// Its description (RFC 8446 §6.2).
    Alert(u8),
    /// The version that a ServerHello agrees on, and what follows it there.
    ServerHello(u16, Vec<u8>),
    /// The connection was closed or reset.
    Closed,
}

/// Sends `hello` to port 443 of `address`, out of the host's budget, and reads what comes back first.
pub(super) async fn greet(
    reach: &Reach,
    host: &HostName,
    address: IpAddr,
    hello: &Hello,
    doing: &str,
) -> Result<First, Failure> {
    let peer = SocketAddr::new(address, 443);
    let _waiting = reach.waits.begin(format!("{peer} TLS hello"));
    let _place = reach
        .limits
        .enter(Peer::Host(host.as_str().to_owned()))
        .await;
    reach.limits.take_handshake(host.as_str())?;
    let limit = reach.timeout();
    let mut stream = connect(&reach.ground.routes, peer, limit, doing)
        .await
        .inspect_err(|failure| reach.limits.give_handshake_back(host.as_str(), failure))?;
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|why| {
        Failure::new(FailureKind::Tls, format!("{doing}: no random bytes: {why}"))
    })?;
    let written = hello.wire(random);
    match tokio::time::timeout(limit, converse(&mut stream, &written)).await {
        Err(_) => Err(timed_out(doing, limit)),
        Ok(Ok(record)) => first(&record).ok_or_else(|| {
            Failure::new(
                FailureKind::Malformed,
                format!("{doing}: what came back is not TLS"),
            )
        }),
        Ok(Err(error)) => match io_failure(doing, &error) {
            failure if failure.kind == FailureKind::Reset => Ok(First::Closed),
            failure => Err(failure),
        },
    }
}

/// Sends the hello and reads the first record, as far as it comes.
async fn converse(stream: &mut TcpStream, hello: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(hello).await?;
    let mut record = vec![0_u8; HEADER];
    stream.read_exact(&mut record).await?;
    if let [RECORD_ALERT | RECORD_HANDSHAKE, _, _, high, low] = record.as_slice() {
        let length = u64::from(u16::from_be_bytes([*high, *low])).min(LONGEST);
        let mut body = Vec::new();
        let read = stream.take(length).read_to_end(&mut body).await;
        if body.is_empty() {
            read?;
        }
        record.extend(body);
    }
    Ok(record)
}

/// What a record says; `None` when it is no TLS.
fn first(record: &[u8]) -> Option<First> {
    let (header, body) = record.split_at_checked(HEADER)?;
    match (header.first()?, body) {
        (&RECORD_ALERT, [_, description, ..]) => Some(First::Alert(*description)),
        (&RECORD_HANDSHAKE, [SERVER_HELLO, _, _, _, high, low, rest @ ..]) => Some(
            First::ServerHello(u16::from_be_bytes([*high, *low]), rest.to_vec()),
        ),
        _ => None,
    }
}

impl Hello {
    /// The whole record (RFC 5246 §7.4.1.2).
    fn wire(&self, random: [u8; 32]) -> Vec<u8> {
        let mut body = [
            &self.version.to_be_bytes()[..],
            &random,
            &[0], // no session to resume
            &counted(&numbers(&self.suites)),
            &[1, 0], // no compression
        ]
        .concat();
        if !self.extensions.is_empty() {
            body.extend(counted(&self.extensions));
        }
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
        let message = [
            &[CLIENT_HELLO][..],
            length.get(1..).unwrap_or_default(),
            &body,
        ]
        .concat();
        // The record of a first hello carries the lowest version that is meant (RFC 5246 §E.1).
        let lowest = self.version.min(TLS10).to_be_bytes();
        [&[RECORD_HANDSHAKE][..], &lowest, &counted(&message)].concat()
    }
}

/// The extensions of every hello: server name, groups, point formats.
pub(super) fn common_extensions(host: &str, groups: &[u16]) -> Vec<u8> {
    let name = [&[0_u8][..], &counted(host.as_bytes())].concat();
    [
        extension(0, &counted(&name)),
        extension(10, &counted(&numbers(groups))),
        extension(11, &[1, 0]),
    ]
    .concat()
}

/// One extension.
pub(super) fn extension(number: u16, content: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes()[..], &counted(content)].concat()
}

/// Bytes after their length in two bytes.
pub(super) fn counted(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], bytes].concat()
}

/// Numbers of two bytes each.
pub(super) fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|n| n.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_told_apart() {
        let hello = vec![22, 3, 1, 0, 80, 2, 0, 0, 76, 3, 2, 9, 9];
        for (record, want) in [
            (hello, Some(First::ServerHello(0x0302, vec![9, 9]))),
            (vec![21, 3, 1, 0, 2, 2, 70], Some(First::Alert(70))),
            (b"HTTP/1.1 400".to_vec(), None),
            (vec![22, 3, 1], None),
            (vec![22, 3, 1, 0, 80, 2, 0, 0, 76, 3], None),
            (vec![21, 3, 1, 0, 2], None),
            (vec![21, 3, 3, 0, 0], None),
            (Vec::new(), None),
        ] {
            assert_eq!(first(&record), want, "{record:?}");
        }
    }

    #[test]
    fn the_hello_has_the_lengths_that_it_says() {
        for (version, extensions) in [
            (0x0300, Vec::new()),
            (0x0301, common_extensions("acme.example", &[29, 23])),
            (0x0303, common_extensions("acme.example", &[29, 23])),
        ] {
            let named = !extensions.is_empty();
            let hello = Hello {
                version,
                suites: vec![0x000a, 0x00ff],
                extensions,
            };
            let record = hello.wire([7; 32]);
            let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
            assert_eq!(record.len(), HEADER + length);
            assert_eq!(record[1..3], version.min(TLS10).to_be_bytes());
            let inner = u32::from_be_bytes([0, record[6], record[7], record[8]]);
            assert_eq!(length, 4 + usize::try_from(inner).unwrap());
            assert_eq!([record[9], record[10]], version.to_be_bytes());
            let name = record.windows(12).any(|window| window == b"acme.example");
            assert_eq!(name, named);
        }
    }
}
