//! What web servers answered, hop by hop.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Failure;

/// One request and its answer. Redirects are not followed here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpExchange {
    pub method: String,
    pub url: Url,
    /// The address that was talked to, when there was one.
    pub address: Option<IpAddr>,
    pub at: Timestamp,
    pub took_ms: u64,
    pub outcome: Result<HttpResponse, Failure>,
}

impl HttpExchange {
    /// The response, when there is one.
    pub fn response(&self) -> Option<&HttpResponse> {
        self.outcome.as_ref().ok()
    }

    /// Status and what it leads to, in one line.
    pub fn outcome_line(&self) -> String {
        match &self.outcome {
            Err(failure) => failure.text.clone(),
            Ok(response) => match response.header("location") {
                Some(to) => format!("{} → {to}", response.status),
                None => response.status.to_string(),
            },
        }
    }
}

/// A response, its body cut to the limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    pub status: u16,
    /// `HTTP/1.1`, `HTTP/2`.
    pub version: String,
    /// Lower-case names in order of arrival; in values, control characters and bytes that are no text are escaped.
    /// A name that came several times stands together, in its order.
    pub headers: Vec<(String, String)>,
    /// Decoded as UTF-8, invalid sequences replaced.
    pub body: String,
    /// Bytes read, after decompression.
    pub body_bytes: usize,
    /// Whether the body was cut at the limit.
    pub truncated: bool,
    /// Milliseconds to the response head.
    pub ttfb_ms: u64,
    /// Whether certificate verification held (`None` over plain http).
    pub certificate_ok: Option<bool>,
}

impl HttpResponse {
    /// The first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// Every header of that (lower-case) name, in order.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// 301, 302, 303, 307 or 308 with a Location.
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308) && self.header("location").is_some()
    }

    /// Whether the content type says HTML.
    pub fn is_html(&self) -> bool {
        self.header("content-type")
            .is_some_and(|v| v.to_ascii_lowercase().contains("html"))
    }
}

/// The hops from a URL to where it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpChain {
    pub start: Url,
    /// At least one; the last is where it ended.
    pub hops: Vec<HttpExchange>,
    pub end: ChainEnd,
}

impl HttpChain {
    /// The last exchange.
    pub fn last(&self) -> Option<&HttpExchange> {
        self.hops.last()
    }

    /// Redirects that were followed.
    pub fn redirects(&self) -> usize {
        self.hops.len().saturating_sub(1)
    }

    /// `http://a/ 301 → https://a/ 200`.
    pub fn line(&self) -> String {
        self.hops
            .iter()
            .map(|hop| match &hop.outcome {
                Ok(response) => format!("{} {}", hop.url, response.status),
                Err(failure) => format!("{} ({})", hop.url, failure.text),
            })
            .collect::<Vec<_>>()
            .join(" → ")
    }
}

/// Why a chain ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainEnd {
    /// An answer that is no redirect.
    Answer,
    /// The URL at this index of `hops` came again.
    Loop(usize),
    /// More hops than are followed.
    TooLong,
    /// The next Location is not a URL, or leaves http and https.
    BadLocation(String),
    /// The last hop could not be looked at.
    Failed,
}

/// Times of repeated requests to one URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    pub url: Url,
    pub at: Timestamp,
    /// Milliseconds to the end of the first answer, with connection and TLS set-up.
    pub cold_ms: Option<f64>,
    /// Milliseconds of each later answer on the warm connection, from the moment it was due, in order.
    pub warm_ms: Vec<f64>,
    /// Status codes seen, one per answered request, the cold one first.
    pub statuses: Vec<u16>,
    /// Requests that got no answer.
    pub failures: Vec<Failure>,
}
