//! HTTP/1.1 and HTTP/2 on a connection, plain or inside TLS.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Limited, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::behave::{Outcome, outcome};
use super::page::{Ask, Page};
use crate::range::state::Shared;
use crate::range::tls::authority::LIST_URL;
use crate::range::tls::server::Spare;

/// The largest request body that is read.
const LARGEST_BODY: usize = 64 * 1024;

/// Zeros in one piece of the bomb, and the number of pieces: a gibibyte.
const PIECE: usize = 1024 * 1024;
const PIECES: usize = 1024;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Plain or inside TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

/// Where a connection came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub scheme: Scheme,
    pub address: IpAddr,
}

/// Serves one connection that came for port 80 of `public`.
pub async fn serve(mut stream: TcpStream, public: SocketAddr, shared: Arc<Shared>) {
    if shared.now().strange.contains(&public) {
        return greet(&mut stream).await;
    }
    if let Ok(spare) = Spare::of(stream) {
        let entry = Entry {
            scheme: Scheme::Http,
            address: public.ip(),
        };
        serve_requests(spare.stream, entry, spare.second, shared).await;
    }
}

/// Speaks first and then waits, as another protocol does.
pub async fn greet(stream: &mut TcpStream) {
    // A client that is gone needs no greeting.
    let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").await;
    let mut rest = [0_u8; 1024];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

/// How a connection is to end at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Not,
    Close,
    Reset,
}

/// Serves the requests of one connection; `second` is another handle on its socket.
pub async fn serve_requests<S>(
    stream: S,
    entry: Entry,
    second: std::net::TcpStream,
    shared: Arc<Shared>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (cut, mut is_cut) = watch::channel(Cut::Not);
    let service =
        service_fn(move |request| respond(request, entry, Arc::clone(&shared), cut.clone()));
    let builder = Builder::new(TokioExecutor::new());
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // Errors are the client's going away.
        _ = connection.as_mut() => {}
        Ok(how) = is_cut.wait_for(|cut| *cut != Cut::Not) => {
            if *how == Cut::Reset && let Ok(stream) = second.try_clone().and_then(TcpStream::from_std) {
                let _ = stream.set_zero_linger();
            }
        }
    }
}

async fn respond(
    request: Request<Incoming>,
    entry: Entry,
    shared: Arc<Shared>,
    cut: watch::Sender<Cut>,
) -> Result<Response<Body>, Infallible> {
    let ask = read(request, entry).await;
    *shared
        .counts()
        .requests
        .entry(ask.host.clone())
        .or_default() += 1;
    let state = shared.now();
    let (outcome, delay_ms) = outcome(&ask, &state, &shared.sessions, &shared.measurements);
    shared.pause().await;
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    let (page, body) = match outcome {
        // The authority publishes its list over plain http; a world may put something else in its place.
        Outcome::Answer(page) if page.status == 301 && ask.url() == LIST_URL => {
            let list = shared.authority.list().unwrap_or_default();
            let body = http_body_util::Full::new(Bytes::from(list)).boxed_unsync();
            (Page::new(200, "application/pkix-crl", Vec::new()), body)
        }
        Outcome::Answer(page) => {
            let body = http_body_util::Full::new(Bytes::from(page.body.clone()));
            (page, body.boxed_unsync())
        }
        Outcome::Drip(page) => {
            let body = drip(page.body.clone());
            (page, body)
        }
        Outcome::Bomb(page) => (page.with("content-encoding", "gzip"), bomb()),
        Outcome::Silence => std::future::pending().await,
        Outcome::Close => end(&cut, Cut::Close).await,
        Outcome::Reset => end(&cut, Cut::Reset).await,
    };
    Ok(response(&page, body))
}

async fn end<T>(cut: &watch::Sender<Cut>, how: Cut) -> T {
    cut.send_replace(how);
    std::future::pending().await
}

fn response(page: &Page, body: Body) -> Response<Body> {
    let mut builder = Response::builder().status(page.status);
    for (name, value) in &page.headers {
        // As bytes, so that a world may send text that is no ASCII (RFC 9110 §5.5).
        builder = builder.header(name.as_str(), value.as_bytes());
    }
    builder.body(body).unwrap_or_else(|_| {
        let mut broken = Response::new(http_body_util::Empty::new().boxed_unsync());
        *broken.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}

async fn read(request: Request<Incoming>, entry: Entry) -> Ask {
    let (head, body) = request.into_parts();
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|all| *all = format!("{all}, {value}"))
            .or_insert_with(|| value.into_owned());
    }
    let authority = head
        .uri
        .authority()
        .map(ToString::to_string)
        .or_else(|| headers.get("host").cloned())
        .unwrap_or_default();
    let host = authority
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    Ask {
        address: entry.address,
        scheme: match entry.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        },
        method: head.method.to_string(),
        host,
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers,
        body: body
            .map(|body| body.to_bytes().to_vec())
            .unwrap_or_default(),
    }
}

fn drip(bytes: Vec<u8>) -> Body {
    let padded: Vec<u8> = if bytes.is_empty() {
        vec![b' '; 3600]
    } else {
        bytes
    };
    let slow = stream::iter(padded).then(|byte| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Frame::data(Bytes::from(vec![byte])))
    });
    StreamBody::new(slow).boxed_unsync()
}

/// One gzip stream made of the same compressed piece again and again.
fn bomb() -> Body {
    let head = Bytes::from_static(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    let piece = compressed_zeros();
    let pieces = std::iter::once(head).chain(std::iter::repeat_n(piece, PIECES));
    StreamBody::new(stream::iter(pieces.map(|bytes| Ok(Frame::data(bytes))))).boxed_unsync()
}

/// A deflate block of zeros that ends on a byte and does not end the stream.
fn compressed_zeros() -> Bytes {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let written = deflate
        .write_all(&vec![0; PIECE])
        .and_then(|()| deflate.flush());
    match written {
        Ok(()) => Bytes::from(deflate.get_ref().clone()),
        Err(_) => Bytes::new(),
    }
}
