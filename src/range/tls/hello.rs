//! The first bytes of a TLS connection, read without taking them: enough to see a ClientHello of a version that the TLS
//! library does not speak, and to answer it as an old server would.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::range::change::Legacy;

/// What a ClientHello says about itself (RFC 5246 §7.4.1.2).
#[derive(Debug, PartialEq, Eq)]
pub struct Hello {
    /// `client_version`; 0x0303 from clients of TLS 1.2 and 1.3.
    pub version: u16,
    /// `server_name` (RFC 6066 §3), lower case.
    pub host: Option<String>,
    pub suites: Vec<u16>,
    /// Whether SCTs are asked for (RFC 6962 §3.3.1).
    pub asks_timestamps: bool,
}

impl Hello {
    /// Whether nothing that is offered is spoken by the TLS library.
    pub fn is_broken(&self) -> bool {
        const GOOD: [u16; 9] = [
            0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9,
        ];
        !self.suites.iter().any(|suite| GOOD.contains(suite))
    }
}

/// Waits for the whole first record and reads it; `None` when it is no ClientHello or the client goes away.
pub async fn peek(stream: &TcpStream) -> Option<Hello> {
    let mut buffer = vec![0_u8; 16 * 1024];
    let mut before = 0;
    loop {
        let seen = stream.peek(&mut buffer).await.ok()?;
        if seen == 0 {
            return None;
        }
        let bytes = buffer.get(..seen)?;
        let whole = record_length(bytes).is_some_and(|length| seen >= length);
        if whole || seen == buffer.len() {
            return parse(bytes);
        }
        if seen == before {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        before = seen;
    }
}

/// A ServerHello of the old version, with a cipher suite that every old client offers.
pub async fn answer(stream: &mut TcpStream, version: Legacy) {
    const TLS_RSA_WITH_AES_128_CBC_SHA: u16 = 0x002f;
    say(stream, version.wire(), TLS_RSA_WITH_AES_128_CBC_SHA, &[]).await;
}

/// A ServerHello of TLS 1.2 with this suite.
pub async fn answer_with_suite(stream: &mut TcpStream, suite: u16) {
    say(stream, 0x0303, suite, &[]).await;
}

/// A record of the handshake that gets no further: a byte a second.
pub async fn drip(stream: &mut TcpStream) {
    let long = [
        &[22, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xfb],
        [0; 1024].as_slice(),
    ]
    .concat();
    for byte in long {
        if stream.write_all(&[byte]).await.is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

/// The alert handshake_failure (RFC 5246 §7.2.2).
pub async fn refuse(stream: &mut TcpStream) {
    // What is left unread would turn the alert into a reset.
    let mut hello = vec![0; 16 * 1024];
    let _ = tokio::io::AsyncReadExt::read(stream, &mut hello).await;
    let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
}

/// A ServerHello of TLS 1.2 with these SCTs.
pub async fn answer_with_timestamps(stream: &mut TcpStream, list: &[u8]) {
    const TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: u16 = 0xc02b;
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    let extension = [&[0, 18], length(list).as_slice(), list].concat();
    let extensions = [length(&extension).as_slice(), &extension].concat();
    say(
        stream,
        0x0303,
        TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        &extensions,
    )
    .await;
}

/// A ServerHello, and then nothing until the client goes.
async fn say(stream: &mut TcpStream, version: u16, suite: u16, extensions: &[u8]) {
    let wire = version.to_be_bytes();
    let mut body = wire.to_vec();
    body.extend([0x5a; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    body.extend(extensions);
    let [high, low] = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
    let message = [&[2, 0, high, low], body.as_slice()].concat();
    let length = u16::try_from(message.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes();
    let record = [&[0x16], wire.as_slice(), &length, &message].concat();
    // A client that is gone needs no answer.
    let _ = stream.write_all(&record).await;
    let _ = stream.flush().await;
    let mut rest = [0_u8; 1024];
    while let Ok(read) = tokio::io::AsyncReadExt::read(stream, &mut rest).await {
        if read == 0 {
            return;
        }
    }
}

fn record_length(bytes: &[u8]) -> Option<usize> {
    let length: [u8; 2] = bytes.get(3..5)?.try_into().ok()?;
    Some(5 + usize::from(u16::from_be_bytes(length)))
}

fn parse(bytes: &[u8]) -> Option<Hello> {
    let mut record = Bytes(bytes);
    (record.take(1)? == [0x16]).then_some(())?;
    record.take(4)?;
    (record.take(1)? == [1]).then_some(())?;
    record.take(3)?;
    let version = record.number()?;
    record.take(32)?;
    let session = record.take(1)?.first().copied()?;
    record.take(usize::from(session))?;
    let length = record.number()?;
    let suites = record
        .take(usize::from(length))?
        .chunks_exact(2)
        .filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)))
        .collect();
    let compressions = record.take(1)?.first().copied()?;
    record.take(usize::from(compressions))?;
    let extensions = extensions(&mut record);
    let content = |kind: u16| extensions.iter().find(|(k, _)| *k == kind).map(|(_, c)| *c);
    Some(Hello {
        version,
        // A list with one entry of type host_name.
        host: content(0)
            .and_then(|list| list.get(5..))
            .map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()),
        suites,
        asks_timestamps: content(18).is_some(),
    })
}

fn extensions<'a>(hello: &mut Bytes<'a>) -> Vec<(u16, &'a [u8])> {
    let mut list = Vec::new();
    // Their length in all.
    let _ = hello.number();
    while let Some((kind, length)) = hello.number().zip(hello.number()) {
        let Some(content) = hello.take(usize::from(length)) else {
            break;
        };
        list.push((kind, content));
    }
    list
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_hello_reads_and_rubbish_does_not() {
        let mut body = vec![3, 1];
        body.extend([7; 32]);
        body.extend([0, 0, 2, 0, 0x2f, 1, 0]);
        let name = b"www.acme.example";
        let entry = [&[0, 19, 0, 0, 16], name.as_slice()].concat();
        let extension = [&[0, 0, 0, 21], entry.as_slice()].concat();
        body.extend([0, 25]);
        body.extend(extension);
        let length = u8::try_from(body.len()).unwrap();
        let hello = [
            &[0x16, 3, 1, 0, length + 4, 1, 0, 0, length],
            body.as_slice(),
        ]
        .concat();
        let read = parse(&hello).unwrap();
        assert_eq!(read.version, 0x0301);
        assert_eq!(read.host.as_deref(), Some("www.acme.example"));
        for cut in 0..hello.len() {
            if let Some(short) = parse(&hello[..cut]) {
                assert_eq!(short.host, None);
            }
        }
        assert_eq!(parse(b"GET / HTTP/1.1\r\n\r\n"), None);
    }
}
