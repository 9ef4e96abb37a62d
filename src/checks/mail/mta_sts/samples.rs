//! Answers of the policy's server for unit tests.

#![allow(
    clippy::missing_panics_doc,
    reason = "a test's URLs are known to be URLs"
)]

use jiff::Timestamp;
use url::Url;

use crate::model::observation::Failure;
use crate::model::observation::http::{HttpExchange, HttpResponse};

pub const PLACE: &str = "https://mta-sts.acme.example/.well-known/mta-sts.txt";
pub const TEXT: (&str, &str) = ("content-type", "text/plain");
pub const GOOD: &str = "version: STSv1\nmode: enforce\nmx: mx.acme.example\nmax_age: 604800\n";

pub fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    HttpResponse {
        status,
        version: "HTTP/2".into(),
        headers: headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
        body: body.into(),
        body_bytes: body.len(),
        truncated: false,
        ttfb_ms: 3,
        certificate_ok: Some(true),
    }
}

pub fn exchange(at: &str, outcome: Result<HttpResponse, Failure>) -> HttpExchange {
    HttpExchange {
        method: "GET".into(),
        url: Url::parse(at).unwrap(),
        address: "203.0.113.10".parse().ok(),
        at: Timestamp::UNIX_EPOCH,
        took_ms: 4,
        outcome,
    }
}
