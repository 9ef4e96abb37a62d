//! Bodies: streamed, unpacked and cut, so that neither a bomb nor a drip costs more than the limits say.

use std::time::Instant;

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder};
use futures_util::TryStreamExt;
use http_body_util::BodyDataStream;
use hyper::body::{Body, Incoming};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt, BufReader};
use tokio_util::io::StreamReader;

/// Most bytes of a body that are kept, after unpacking.
pub(in crate::net) const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// Encodings on top of one another that are undone.
const MOST_LAYERS: usize = 3;

/// What was read.
pub(in crate::net) struct Read {
    pub(in crate::net) bytes: Vec<u8>,
    /// Cut at the limit, at the deadline, or where it broke.
    pub(in crate::net) truncated: bool,
    /// Whether it was the deadline that cut it.
    pub(in crate::net) late: bool,
    /// Whether the answer was read to its end, so that its connection can serve again.
    pub(in crate::net) finished: bool,
}

/// Reads `body`, whose Content-Encoding values are `encodings` in the order of their application, until `deadline`.
pub(in crate::net) async fn read(body: Incoming, encodings: &str, deadline: Instant) -> Read {
    if body.is_end_stream() {
        return Read {
            bytes: Vec::new(),
            truncated: false,
            late: false,
            finished: true,
        };
    }
    let stream = BodyDataStream::new(body).map_err(std::io::Error::other);
    let mut reader = unpack(Box::new(StreamReader::new(Box::pin(stream))), encodings);
    gather(&mut reader, deadline).await
}

type Raw = Box<dyn AsyncBufRead + Send + Unpin>;

/// Undoes known encodings, the last applied first; an unknown one leaves the rest packed (RFC 9110 §8.4).
fn unpack(raw: Raw, encodings: &str) -> Raw {
    let mut reader = raw;
    for encoding in encodings.rsplit(',').take(MOST_LAYERS) {
        reader = match encoding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => {
                let mut decoder = GzipDecoder::new(reader);
                decoder.multiple_members(true);
                Box::new(BufReader::new(decoder))
            }
            "br" => Box::new(BufReader::new(BrotliDecoder::new(reader))),
            "deflate" => Box::new(BufReader::new(ZlibDecoder::new(reader))),
            _ => return reader,
        };
    }
    reader
}

async fn gather(reader: &mut (impl AsyncRead + Unpin), deadline: Instant) -> Read {
    let mut bytes = Vec::new();
    let mut chunk = vec![0_u8; 16 * 1024];
    let (truncated, late, finished) = loop {
        let more = tokio::time::timeout_at(deadline.into(), reader.read(&mut chunk)).await;
        match more {
            Ok(Ok(0)) => break (false, false, true),
            Ok(Ok(count)) => bytes.extend(chunk.iter().take(count)),
            Ok(Err(_)) => break (true, false, false),
            Err(_) => break (true, true, false),
        }
        if bytes.len() > BODY_LIMIT {
            bytes.truncate(BODY_LIMIT);
            break (true, false, false);
        }
        // A bomb unpacks without ever waiting for the network: let others run in between, and the deadline strike.
        tokio::task::yield_now().await;
        if Instant::now() >= deadline {
            break (true, true, false);
        }
    };
    Read {
        bytes,
        truncated,
        late,
        finished,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_compression::tokio::write::GzipEncoder;
    use tokio::io::AsyncWriteExt;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    async fn gzip(raw: &[u8]) -> Vec<u8> {
        let mut encoder = GzipEncoder::new(Vec::new());
        encoder.write_all(raw).await.unwrap();
        encoder.shutdown().await.unwrap();
        encoder.into_inner()
    }

    #[tokio::test]
    async fn layers_come_off_in_reverse() {
        let packed = gzip(&gzip(b"hello").await).await;
        let mut reader = unpack(Box::new(std::io::Cursor::new(packed)), "gzip, x-gzip");
        let read = gather(&mut reader, soon()).await;
        assert_eq!(read.bytes, b"hello");
        assert!(!read.truncated && read.finished);
    }

    #[tokio::test]
    async fn a_bomb_ends_at_the_limit() {
        let packed = gzip(&vec![0; 8 * BODY_LIMIT]).await;
        assert!(packed.len() < BODY_LIMIT / 10);
        let mut reader = unpack(Box::new(std::io::Cursor::new(packed)), "gzip");
        let read = gather(&mut reader, soon()).await;
        assert_eq!(read.bytes.len(), BODY_LIMIT);
        assert!(read.truncated);
    }

    #[tokio::test]
    async fn a_torn_body_keeps_what_came() {
        let packed = gzip(&vec![b'a'; 1000]).await;
        let torn = packed[..packed.len() - 9].to_vec();
        let mut reader = unpack(Box::new(std::io::Cursor::new(torn)), "gzip");
        assert!(gather(&mut reader, soon()).await.truncated);
    }
}
