//! One HTTP connection to one address: opened, asked, and closed when it is dropped.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::net::reach::Reach;
use crate::net::socket::{connect, io_failure};
use crate::net::tls::handshake::{Shake, WEB, broken, secure};

/// Most response headers that are read.
const MOST_HEADERS: usize = 200;

/// How long the end of a connection may lag behind the request that it ended.
const LAG: Duration = Duration::from_millis(200);

/// What a request carries; most carry nothing.
pub(in crate::net) type Payload = Full<Bytes>;

/// Where a connection goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::net) struct Target {
    pub(in crate::net) scheme: Scheme,
    /// As in the URL: a name, or an IP literal.
    pub(in crate::net) host: String,
    pub(in crate::net) address: IpAddr,
    pub(in crate::net) port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::net) enum Scheme {
    Http,
    Https,
}

/// A connection that was not opened.
pub(in crate::net) struct Unopened {
    pub(in crate::net) failure: Failure,
    /// Whether nobody was met there, so that another address of the same host may do better.
    pub(in crate::net) nobody_there: bool,
}

/// An open connection.
pub(in crate::net) struct Connection {
    sender: Sender,
    /// Whether the certificate held; `None` over plain HTTP.
    pub(in crate::net) certificate_ok: Option<bool>,
    /// How long the TCP connection and the TLS handshake took.
    pub(in crate::net) took: (Duration, Duration),
    driver: Driver,
}

/// Drives the connection; it ends with the last holder.
#[derive(Clone)]
struct Driver {
    _task: Arc<AbortOnDropHandle<()>>,
    end: watch::Receiver<End>,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    /// The other side spoke before it was asked, as SSH, SMTP and FTP do.
    SpokeFirst,
    Otherwise,
}

enum Sender {
    One(http1::SendRequest<Payload>),
    Two(http2::SendRequest<Payload>),
}

impl Connection {
    /// Connects, and shakes hands for HTTPS, which is taken from the host's budget.
    pub(in crate::net) async fn open(reach: &Reach, target: &Target) -> Result<Self, Unopened> {
        let peer = SocketAddr::new(target.address, target.port);
        let doing = format!("connecting to {peer} for {}", escape(&target.host));
        let met = |failure| Unopened {
            failure,
            nobody_there: false,
        };
        if target.scheme == Scheme::Https {
            reach.limits.take_handshake(&target.host).map_err(met)?;
        }
        let begun = Instant::now();
        let tcp = connect(&reach.ground.routes, peer, reach.timeout(), &doing)
            .await
            .inspect_err(|failure| {
                if target.scheme == Scheme::Https {
                    reach.limits.give_handshake_back(&target.host, failure);
                }
            })
            .map_err(|failure| Unopened {
                failure,
                nobody_there: true,
            })?;
        let connected = begun.elapsed();
        let timed = |connection| Self {
            took: (connected, begun.elapsed().saturating_sub(connected)),
            ..connection
        };
        if target.scheme == Scheme::Http {
            let opened = Self::one(tcp, None).await;
            return opened.map(timed).map_err(|e| met(said(&doing, &e)));
        }
        let shake = Shake {
            host: &target.host,
            protocols: WEB,
            limit: reach.timeout(),
            doing: &doing,
        };
        let secured = secure(&reach.ground.trust, tcp, shake)
            .await
            .map_err(|failure| Unopened {
                // Whoever accepts and then says nothing is as good as nobody.
                nobody_there: failure.kind == FailureKind::Timeout,
                failure,
            })?;
        let certificate_ok = Some(secured.seen.flawless());
        let opened = if secured.stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            Self::two(secured.stream, certificate_ok).await
        } else {
            Self::one(secured.stream, certificate_ok).await
        };
        opened.map(timed).map_err(|error| met(said(&doing, &error)))
    }

    async fn one<S>(stream: S, certificate_ok: Option<bool>) -> hyper::Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::Builder::new()
            .max_headers(MOST_HEADERS)
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Self {
            sender: Sender::One(sender),
            certificate_ok,
            took: (Duration::ZERO, Duration::ZERO),
            driver: drive(connection),
        })
    }

    async fn two<S>(stream: S, certificate_ok: Option<bool>) -> hyper::Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Self {
            sender: Sender::Two(sender),
            certificate_ok,
            took: (Duration::ZERO, Duration::ZERO),
            driver: drive(connection),
        })
    }

    /// Another handle of the same connection, when it carries several requests at once (HTTP/2).
    pub(in crate::net) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::One(_) => None,
            Sender::Two(sender) => Some(Self {
                sender: Sender::Two(sender.clone()),
                certificate_ok: self.certificate_ok,
                took: self.took,
                driver: self.driver.clone(),
            }),
        }
    }

    /// Waits until another request can be sent; false when none ever can.
    pub(in crate::net) async fn ready(&mut self) -> bool {
        match &mut self.sender {
            Sender::One(sender) => sender.ready().await.is_ok(),
            Sender::Two(sender) => sender.ready().await.is_ok(),
        }
    }

    /// Whether the other side hung up.
    pub(in crate::net) fn is_closed(&self) -> bool {
        match &self.sender {
            Sender::One(sender) => sender.is_closed(),
            Sender::Two(sender) => sender.is_closed(),
        }
    }

    /// How requests on it are written.
    pub(in crate::net) const fn version(&self) -> Version {
        match self.sender {
            Sender::One(_) => Version::HTTP_11,
            Sender::Two(_) => Version::HTTP_2,
        }
    }

    /// Sends `request` and waits for the head of its answer.
    pub(in crate::net) async fn send(
        &mut self,
        request: Request<Payload>,
    ) -> hyper::Result<Response<Incoming>> {
        match &mut self.sender {
            Sender::One(sender) => sender.send_request(request).await,
            Sender::Two(sender) => sender.send_request(request).await,
        }
    }

    /// Why a request on it came to nothing.
    pub(in crate::net) async fn failure(&self, doing: &str, error: &hyper::Error) -> Failure {
        if self.spoke_first(error).await {
            let words = "what came back is not HTTP (the server spoke before it was asked)";
            return Failure::new(FailureKind::Malformed, format!("{doing}: {words}"));
        }
        said(doing, error)
    }

    /// The request hears of it when it was under way already, else only the connection does.
    async fn spoke_first(&self, error: &hyper::Error) -> bool {
        if !(error.is_canceled() || error.is_closed()) {
            return false;
        }
        if std::error::Error::source(error).is_some_and(was_unasked) {
            return true;
        }
        let mut end = self.driver.end.clone();
        let ended = tokio::time::timeout(LAG, end.wait_for(|end| *end != End::NotYet)).await;
        ended.is_ok_and(|end| end.is_ok_and(|end| *end == End::SpokeFirst))
    }
}

/// Whether the other side said something that it was not asked for. The library tells this by its words alone.
fn was_unasked(error: &(dyn std::error::Error + 'static)) -> bool {
    error.to_string().contains("unexpected message")
}

fn drive<C, T>(connection: C) -> Driver
where
    C: Future<Output = hyper::Result<T>> + Send + 'static,
    T: Send + 'static,
{
    let (ends, end) = watch::channel(End::NotYet);
    let task = tokio::spawn(async move {
        let how = match connection.await {
            Err(error) if was_unasked(&error) => End::SpokeFirst,
            Err(error) => {
                tracing::debug!(error = %escape(&error.to_string()), "connection ended");
                End::Otherwise
            }
            Ok(_) => End::Otherwise,
        };
        ends.send_replace(how);
    });
    Driver {
        _task: Arc::new(AbortOnDropHandle::new(task)),
        end,
    }
}

/// A hyper error as a failure of the right kind.
fn said(doing: &str, error: &hyper::Error) -> Failure {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return if io
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<rustls::Error>())
                .is_some()
            {
                broken(doing, io)
            } else {
                io_failure(doing, io)
            };
        }
        source = cause.source();
    }
    let (kind, words) = if error.is_parse() {
        (
            FailureKind::Malformed,
            format!("what came back is not HTTP ({error})"),
        )
    } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        (
            FailureKind::Reset,
            "the connection was closed before an answer".to_owned(),
        )
    } else {
        let detail = std::error::Error::source(error)
            .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        (FailureKind::Reset, detail)
    };
    Failure::new(kind, format!("{doing}: {}", escape(&words)))
}
