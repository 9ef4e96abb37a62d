//! Chains and intents for the tests of this family.

use jiff::Timestamp;
use url::Url;

use crate::checks::rule::Case;
use crate::model::intent::Intent;
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange, HttpResponse};
use crate::model::observation::{Failure, FailureKind};

pub const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

pub fn now() -> Timestamp {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

pub fn intent() -> Intent {
    toml::from_str(
        r#"
        domain = "acme.example"
        canonical = "https://www.acme.example/"
        [[host]]
        name = "acme.example"
        role = "apex"
        [[host]]
        name = "www.acme.example"
        role = "www"
        [[host]]
        name = "portal.acme.example"
        role = "portal"
        [[host]]
        name = "api.acme.example"
        role = "api"
        [[host]]
        name = "staging.acme.example"
        role = "staging"
    "#,
    )
    .unwrap()
}

pub fn case<'a>(intent: &'a Intent, subject: &'a str) -> Case<'a> {
    Case {
        subject,
        intent,
        now: now(),
    }
}

pub fn url(raw: &str) -> Url {
    Url::parse(raw).unwrap()
}

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
        url: url(at),
        address: "203.0.113.10".parse().ok(),
        at: now(),
        took_ms: 4,
        outcome,
    }
}

pub fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, "203.0.113.10:443: nothing to be seen")
}

/// A page that answers at once.
pub fn page(at: &str, status: u16, headers: &[(&str, &str)], body: &str) -> HttpChain {
    chain(
        vec![exchange(at, Ok(response(status, headers, body)))],
        ChainEnd::Answer,
    )
}

/// An address that could not be looked at.
pub fn failed(at: &str, kind: FailureKind) -> HttpChain {
    chain(vec![exchange(at, Err(failure(kind)))], ChainEnd::Failed)
}

/// Redirects by `(from, status)` and a page at the end; each Location is the next URL.
pub fn redirects(hops: &[(&str, u16)], end: &str) -> HttpChain {
    let mut list: Vec<HttpExchange> = hops
        .iter()
        .enumerate()
        .map(|(i, (from, status))| {
            let to = hops.get(i + 1).map_or(end, |(next, _)| *next);
            exchange(from, Ok(response(*status, &[("location", to)], "")))
        })
        .collect();
    list.push(exchange(
        end,
        Ok(response(200, &[HTML], "<title>Acme</title><h1>Acme</h1>")),
    ));
    chain(list, ChainEnd::Answer)
}

pub fn chain(hops: Vec<HttpExchange>, end: ChainEnd) -> HttpChain {
    HttpChain {
        start: hops[0].url.clone(),
        hops,
        end,
    }
}
