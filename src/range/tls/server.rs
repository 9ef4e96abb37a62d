//! The TLS side of a connection to port 443.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::authority::Shape;
use super::hello;
use super::timestamps::{LOGS, timestamps};
use crate::range::change::{Conduct, Legacy, Refusal};
use crate::range::http::server::{Scheme, serve_requests};
use crate::range::http::{places, registry};
use crate::range::state::Shared;

/// The certificate shown to clients that name no host, or one that nobody knows here.
const DEFAULT_HOST: &str = "portal.acme.example";

/// The part of the name space that this platform has certificates for.
const OWN_DOMAIN: &str = "acme.example";

/// Third parties, each with a server and a certificate of its own.
const OTHERS: [&str; 3] = [registry::LIST_HOST, registry::HOST, places::HOST];

/// Serves one connection that came for `public`.
pub async fn serve(mut stream: TcpStream, public: SocketAddr, shared: Arc<Shared>) {
    let Some(hello) = hello::peek(&stream).await else {
        return;
    };
    let host = hello.host.clone().unwrap_or_default();
    *shared.counts().handshakes.entry(host.clone()).or_default() += 1;
    shared.pause().await;
    let state = shared.now();
    let rules = || state.tls_rules(&host, public.ip());
    match rules().find_map(|rule| rule.does) {
        Some(Conduct::Silent) => return std::future::pending().await,
        // The client sees a reset: there is unread data, and no lingering.
        Some(Conduct::Reset) => {
            let _ = stream.set_zero_linger();
            return;
        }
        Some(Conduct::NotTls) => {
            // What is left unread would turn the goodbye into a reset.
            let _ = stream.read(&mut [0; 16 * 1024]).await;
            let page = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(page.as_bytes()).await;
            return;
        }
        _ => {}
    }
    let legacy: Option<Legacy> = rules()
        .flat_map(|rule| rule.accepts.iter().copied())
        .find(|legacy| legacy.wire() == hello.version);
    if let Some(legacy) = legacy {
        return hello::answer(&mut stream, legacy).await;
    }
    if hello.is_broken() {
        let suite = rules()
            .find_map(|rule| rule.suite)
            .filter(|suite| hello.version == 0x0303 && hello.suites.contains(suite));
        if let Some(suite) = suite {
            return hello::answer_with_suite(&mut stream, suite).await;
        }
        match rules().find_map(|rule| rule.refuses) {
            Some(Refusal::Silence) => return std::future::pending().await,
            Some(Refusal::Reset) => {
                let _ = stream.set_zero_linger();
                return;
            }
            None => {}
        }
    }
    if hello.asks_timestamps && rules().any(|rule| rule.timestamps) {
        return hello::answer_with_timestamps(&mut stream, &timestamps(&LOGS)).await;
    }
    let shown = if is_own(&host) {
        host.as_str()
    } else {
        DEFAULT_HOST
    };
    let shape = Shape::of(&rules().collect::<Vec<_>>());
    let Ok(config) = shared.authority.config(shown, &shape) else {
        return;
    };
    let Ok(spare) = Spare::of(stream) else {
        return;
    };
    if let Ok(tls) = TlsAcceptor::from(config).accept(spare.stream).await {
        serve_requests(tls, Scheme::Https, spare.second, shared).await;
    }
}

fn is_own(host: &str) -> bool {
    host == OWN_DOMAIN
        || OTHERS.contains(&host)
        || host
            .strip_suffix(OWN_DOMAIN)
            .is_some_and(|head| head.ends_with('.'))
}

/// A stream, and a second handle on it by which it can be reset while another owns the first.
pub struct Spare {
    pub stream: TcpStream,
    pub second: std::net::TcpStream,
}

impl Spare {
    /// Splits off the second handle.
    pub fn of(stream: TcpStream) -> std::io::Result<Self> {
        let first = stream.into_std()?;
        let second = first.try_clone()?;
        Ok(Self {
            stream: TcpStream::from_std(first)?,
            second,
        })
    }
}
