//! One request, one answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HOST, USER_AGENT};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, Version};
use jiff::Timestamp;
use url::{Position, Url};

use super::body::{self, Read};
use super::connection::{Connection, Payload, Scheme, Target, Unopened};
use super::pool::Lent;
use crate::model::name::HostName;
use crate::model::observation::http::{HttpExchange, HttpResponse};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::{escape, escape_bytes};
use crate::net::dns::recursive::addresses;
use crate::net::limits::Peer;
use crate::net::memory::Sight;
use crate::net::reach::Reach;
use crate::net::request::HttpRequest;
use crate::net::socket::{literal, millis, timed_out};

/// Who asks.
const AGENT: &str = concat!("launch-ready/", env!("CARGO_PKG_VERSION"));
/// Bytes below which a body that was not done by the deadline was a drip, and not a slow line.
const DRIP: usize = 8 * 1024;
/// Addresses of one host that are tried.
const MOST_ADDRESSES: usize = 4;

impl Sight for HttpExchange {
    fn saw_nothing(&self) -> bool {
        self.outcome.is_err()
    }
}

/// Sends `request` once.
pub(in crate::net) async fn send(reach: Arc<Reach>, request: HttpRequest) -> HttpExchange {
    let at = Timestamp::now();
    let begun = Instant::now();
    let mut address = request.address;
    let outcome = perform(&reach, &request, &mut address).await;
    tracing::debug!(method = %escape(&request.method), host = request.url.host_str().map(escape), answered = outcome.is_ok(), "http");
    HttpExchange {
        method: request.method,
        url: request.url,
        address,
        at,
        took_ms: millis(begun.elapsed()),
        outcome,
    }
}

async fn perform(
    reach: &Arc<Reach>,
    request: &HttpRequest,
    address: &mut Option<IpAddr>,
) -> Result<HttpResponse, Failure> {
    let mut last = None;
    for candidate in candidates(reach, &request.url, *address).await? {
        *address = Some(candidate);
        let target = target(&request.url, candidate)?;
        let _waiting = reach.waits.begin(format!(
            "{candidate}:{} {} {}",
            target.port,
            escape(&request.method),
            request.url.path()
        ));
        let _place = reach.limits.enter(Peer::Host(target.host.clone())).await;
        reach.limits.patience.permits(&origin(&request.url))?;
        match on_lent_connection(reach, request, &target).await {
            Err(unopened) if unopened.nobody_there => last = Some(unopened.failure),
            Err(unopened) => return Err(unopened.failure),
            Ok(response) => return Ok(response),
        }
    }
    Err(last.unwrap_or_else(|| {
        Failure::new(
            FailureKind::NoAddress,
            format!(
                "requesting {}: its host has no address",
                without_secrets(&request.url)
            ),
        )
    }))
}

/// Scheme, host, and a port of its own.
pub(in crate::net) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Where to go: the given address, the one that the URL itself names, or those that its host resolves to.
pub(in crate::net) async fn candidates(
    reach: &Arc<Reach>,
    url: &Url,
    given: Option<IpAddr>,
) -> Result<Vec<IpAddr>, Failure> {
    let host = url.host_str().unwrap_or_default();
    if let Some(address) = given.or_else(|| literal(host)) {
        return Ok(vec![address]);
    }
    let name = HostName::parse(host).map_err(|why| {
        Failure::new(
            FailureKind::NoAddress,
            format!("requesting {}: {why}", without_secrets(url)),
        )
    })?;
    let mut found = addresses(reach, &name).await?;
    found.truncate(MOST_ADDRESSES);
    Ok(found)
}

/// What the URL leads to at `address`.
pub(in crate::net) fn target(url: &Url, address: IpAddr) -> Result<Target, Failure> {
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => {
            return Err(Failure::new(
                FailureKind::NotAllowed,
                format!("requesting {}: {other} is not HTTP", without_secrets(url)),
            ));
        }
    };
    Ok(Target {
        scheme,
        host: url.host_str().unwrap_or_default().to_owned(),
        address,
        port: url.port_or_known_default().unwrap_or_default(),
    })
}

async fn on_lent_connection(
    reach: &Reach,
    request: &HttpRequest,
    target: &Target,
) -> Result<HttpResponse, Unopened> {
    let met = |failure| Unopened {
        failure,
        nobody_there: false,
    };
    loop {
        let Lent {
            mut connection,
            used,
        } = reach.pool.lend(reach, target).await?;
        if request.only_trusted && connection.certificate_ok != Some(true) {
            return Err(met(untrusted(target)));
        }
        reach.limits.take_request(&target.host).map_err(met)?;
        match once(reach, request, &mut connection).await {
            // A kept connection may have been closed just now; a new one says what is really the matter.
            Err(failure) if used && failure.kind == FailureKind::Reset && is_safe(request) => {}
            Err(failure) => return Err(met(failure)),
            Ok(answered) => {
                if answered.finished {
                    reach.pool.give_back(target, connection);
                }
                return Ok(answered.response);
            }
        }
    }
}

fn untrusted(target: &Target) -> Failure {
    let host = escape(&target.host);
    let why = match target.scheme {
        Scheme::Https => format!("the certificate of {host} does not verify"),
        Scheme::Http => format!("the way to {host} is not https"),
    };
    Failure::new(FailureKind::NotAllowed, why)
}

fn is_safe(request: &HttpRequest) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS")
}

/// An answer, as far as it was read.
pub(in crate::net) struct Answered {
    pub(in crate::net) response: HttpResponse,
    /// Whether it was read to its end, so that its connection can serve again.
    pub(in crate::net) finished: bool,
    /// Whether next to nothing of it came in all the time that it was given.
    pub(in crate::net) dripped: bool,
}

/// Sends `request` on `connection` and reads the answer. An origin that lets it wait in vain, or drips, uses up its patience.
pub(in crate::net) async fn once(
    reach: &Reach,
    request: &HttpRequest,
    connection: &mut Connection,
) -> Result<Answered, Failure> {
    let (origin, patience) = (origin(&request.url), &reach.limits.patience);
    let doing = format!(
        "{} {}",
        escape(&request.method),
        without_secrets(&request.url)
    );
    let (begun, limit) = (Instant::now(), reach.timeout());
    let head = head(request, connection, limit, &doing)
        .await
        .inspect_err(|failure| {
            if failure.kind == FailureKind::Timeout && begun.elapsed() >= limit {
                patience.in_vain(&origin, begun);
            }
        })?;
    let ttfb_ms = millis(begun.elapsed());
    // The head may take the whole time limit; the body ends in any case soon after.
    let deadline = begun + wall(limit);
    let at = Timestamp::now();
    let answered = read(head, ttfb_ms, connection.certificate_ok, deadline).await;
    if answered.dripped {
        patience.in_vain(&origin, begun);
    } else {
        patience.heard(&origin);
    }
    let response = &answered.response;
    let from_a_cache = response.header("age").is_some();
    if let Some(date) = response.header("date").filter(|_| !from_a_cache) {
        reach.footing.note_date(date, at);
    }
    Ok(answered)
}

/// Sends `request` on `connection` and waits for the head of the answer, at most `limit`. `doing` begins the failure's text.
async fn head(
    request: &HttpRequest,
    connection: &mut Connection,
    limit: Duration,
    doing: &str,
) -> Result<Response<Incoming>, Failure> {
    let outgoing = outgoing(request, connection.version())
        .map_err(|why| Failure::new(FailureKind::Malformed, format!("{doing}: {why}")))?;
    match tokio::time::timeout(limit, connection.send(outgoing)).await {
        Err(_) => Err(timed_out(doing, limit)),
        Ok(Err(error)) => Err(connection.failure(doing, &error).await),
        Ok(Ok(head)) => Ok(head),
    }
}

/// Status and body, as bytes, of a GET over plain http on a connection of its own: for files that are no text.
pub(in crate::net) async fn fetch(
    reach: &Arc<Reach>,
    url: &Url,
) -> Result<(u16, Vec<u8>), Failure> {
    let request = HttpRequest::get(url.clone());
    let doing = format!("GET {}", without_secrets(url));
    let nowhere = || Failure::new(FailureKind::NoAddress, format!("{doing}: no address"));
    let address = candidates(reach, url, None)
        .await?
        .into_iter()
        .next()
        .ok_or_else(nowhere)?;
    let target = target(url, address)?;
    if target.scheme != Scheme::Http {
        return Err(Failure::new(
            FailureKind::NotAllowed,
            format!("{doing}: only plain http is fetched"),
        ));
    }
    let _waiting = reach
        .waits
        .begin(format!("{address}:{} {doing}", target.port));
    let _place = reach.limits.enter(Peer::Host(target.host.clone())).await;
    reach.limits.take_request(&target.host)?;
    let mut connection = Connection::open(reach, &target)
        .await
        .map_err(|unopened| unopened.failure)?;
    let (begun, limit) = (Instant::now(), reach.timeout());
    let head = head(&request, &mut connection, limit, &doing).await?;
    let status = head.status().as_u16();
    let read = body::read(head.into_body(), "", begun + wall(limit)).await;
    if read.truncated {
        return Err(Failure::new(
            FailureKind::Malformed,
            format!("{doing}: it did not come whole, or is longer than is read"),
        ));
    }
    Ok((status, read.bytes))
}

/// How long one request may take in all, its connection not counted.
fn wall(timeout: Duration) -> Duration {
    timeout + timeout * 3 / 5
}

async fn read(
    head: Response<Incoming>,
    ttfb_ms: u64,
    certificate_ok: Option<bool>,
    deadline: Instant,
) -> Answered {
    let (parts, incoming) = head.into_parts();
    let encodings = parts
        .headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect::<Vec<_>>()
        .join(",");
    let Read {
        bytes,
        truncated,
        late,
        finished,
    } = body::read(incoming, &encodings, deadline).await;
    let response = HttpResponse {
        status: parts.status.as_u16(),
        version: version_name(parts.version).to_owned(),
        headers: headers(&parts.headers),
        body_bytes: bytes.len(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
        truncated,
        ttfb_ms,
        certificate_ok,
    };
    Answered {
        dripped: late && response.body_bytes < DRIP,
        response,
        finished,
    }
}

fn headers(from: &HeaderMap) -> Vec<(String, String)> {
    from.iter()
        .map(|(name, value)| (name.as_str().to_owned(), escape_bytes(value.as_bytes())))
        .collect()
}

fn version_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_3 => "HTTP/3",
        _ => "HTTP/1.1",
    }
}

/// The request as it goes out: the path and a Host over HTTP/1.1, the whole URL over HTTP/2 (RFC 9112 §3.2, RFC 9113 §8.3.1).
fn outgoing(request: &HttpRequest, version: Version) -> Result<Request<Payload>, String> {
    let url = &request.url;
    let host = &url[Position::BeforeHost..Position::AfterPort];
    let path = &url[Position::BeforePath..Position::AfterQuery];
    let uri = match version {
        Version::HTTP_2 => format!("{}://{host}{path}", url.scheme()),
        _ => path.to_owned(),
    };
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|why| why.to_string())?;
    let mut outgoing = Request::builder()
        .method(method)
        .uri(uri)
        .body(Payload::new(Bytes::from(request.body.clone())))
        .map_err(|why| why.to_string())?;
    let headers = outgoing.headers_mut();
    if version != Version::HTTP_2 {
        headers.insert(HOST, value(host)?);
    }
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
    let mut given = std::collections::HashSet::new();
    for (name, text) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|why| why.to_string())?;
        // The first of a name replaces the tool's own, more of them are added.
        if given.insert(name.clone()) {
            headers.insert(name, value(text)?);
        } else {
            headers.append(name, value(text)?);
        }
    }
    Ok(outgoing)
}

fn value(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text).map_err(|why| why.to_string())
}

/// A URL for a sentence: without user, password, query and fragment, any of which may open something.
pub(in crate::net) fn without_secrets(url: &Url) -> String {
    let mut shown = url.clone();
    // Refused only where there is nothing to take away.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    shown.set_fragment(None);
    escape(shown.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> HttpRequest {
        HttpRequest::get(Url::parse(url).unwrap())
    }

    #[test]
    fn an_explicit_port_stays_in_host_and_authority() {
        let request = request("https://user:pw@acme.example:8443/a?b=c#d");
        let one = outgoing(&request, Version::HTTP_11).unwrap();
        assert_eq!(one.uri().to_string(), "/a?b=c");
        assert_eq!(one.headers()["host"], "acme.example:8443");
        let two = outgoing(&request, Version::HTTP_2).unwrap();
        assert_eq!(two.uri().to_string(), "https://acme.example:8443/a?b=c");
        assert!(!two.headers().contains_key("host"));
    }

    #[test]
    fn own_headers_replace_and_repeat() {
        let request = request("http://a.example/")
            .header("Accept", "text/html")
            .header("x-a", "1")
            .header("X-A", "2");
        let sent = outgoing(&request, Version::HTTP_11).unwrap();
        assert_eq!(sent.headers()["accept"], "text/html");
        let repeated: Vec<_> = sent.headers().get_all("x-a").iter().collect();
        assert_eq!(repeated, ["1", "2"]);
        let broken = request.header("x-b", "a\r\nx-c: d");
        assert!(outgoing(&broken, Version::HTTP_11).is_err());
    }

    #[tokio::test]
    async fn a_body_goes_out_with_its_type() {
        use http_body_util::BodyExt;

        let url = Url::parse("https://a.example/v1").unwrap();
        let request = HttpRequest::post_json(url, "{}".to_owned());
        let sent = outgoing(&request, Version::HTTP_11).unwrap();
        assert_eq!(sent.method(), Method::POST);
        assert_eq!(sent.headers()["content-type"], "application/json");
        assert_eq!(sent.into_body().collect().await.unwrap().to_bytes(), "{}");
        assert!(!is_safe(&request));
    }

    #[test]
    fn only_http_is_a_target() {
        let url = Url::parse("ftp://a.example/").unwrap();
        let address = "203.0.113.10".parse().unwrap();
        assert_eq!(
            target(&url, address).unwrap_err().kind,
            FailureKind::NotAllowed
        );
        let url = Url::parse("https://a.example/").unwrap();
        assert_eq!(target(&url, address).unwrap().port, 443);
    }
}
