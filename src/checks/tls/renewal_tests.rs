//! Tables over the path, where most of the causes are; the rest is in the simulations.

use super::super::samples::{case, intent, now};
use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::observation::http::HttpResponse;

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    HttpResponse {
        status,
        version: "HTTP/1.1".into(),
        headers: headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
        body: body.to_owned(),
        body_bytes: body.len(),
        truncated: false,
        ttfb_ms: 1,
        certificate_ok: None,
    }
}

fn knock(url: &str, outcome: Result<HttpResponse, Failure>) -> HttpExchange {
    HttpExchange {
        method: "GET".into(),
        url: url.parse().unwrap(),
        address: Some("203.0.113.10".parse().unwrap()),
        at: now(),
        took_ms: 1,
        outcome,
    }
}

fn one(outcome: Result<HttpResponse, Failure>) -> Verdict {
    let url = path("www.acme.example").unwrap();
    let intent = intent();
    knock::judge(&knock(url.as_str(), outcome), None, case(&intent)).verdict
}

#[test]
fn the_path_is_the_same_in_every_run() {
    let url = path("www.acme.example").unwrap();
    assert_eq!(url, path("www.acme.example").unwrap());
    assert!(url.path().starts_with("/.well-known/acme-challenge/"));
}

#[test]
fn answers_at_the_path_are_told_apart() {
    let basic = [("www-authenticate", "Basic realm=\"x\"")];
    let to = |location: &'static str| response(302, &[("location", location)], "");
    for (outcome, want) in [
        (Ok(response(404, &[], "")), Verdict::Pass),
        (
            Ok(response(
                200,
                &[("content-type", "text/html")],
                "<h1>Home</h1>",
            )),
            Verdict::Pass,
        ),
        (Ok(response(401, &basic, "")), Verdict::Fail),
        (Ok(response(403, &[], "")), Verdict::Warn),
        (Ok(response(503, &[], "")), Verdict::Unknown),
        (Ok(response(429, &[], "")), Verdict::Unknown),
        (
            Ok(to("https://id.other.example/.well-known/x")),
            Verdict::Fail,
        ),
        (Ok(to("/login?next=x")), Verdict::Fail),
        (Ok(to("https://www.acme.example/")), Verdict::Fail),
        (
            Err(Failure::new(FailureKind::Refused, "closed")),
            Verdict::Fail,
        ),
        (
            Err(Failure::new(FailureKind::Timeout, "no answer")),
            Verdict::Unknown,
        ),
    ] {
        assert_eq!(one(outcome.clone()), want, "{outcome:?}");
    }
}

#[test]
fn only_an_alias_into_nowhere_dangles() {
    let name = "_acme-challenge.www.acme.example";
    let alias = make::reply(
        name,
        RecordType::Txt,
        vec![make::cname(name, "x.auth.example")],
    );
    let plain = make::nxdomain(name, RecordType::Txt, "acme.example");
    let gone = make::nxdomain("auth.example", RecordType::Soa, "example");
    let there = make::nodata("auth.example", RecordType::Soa, "auth.example");
    let dark = make::timeout("auth.example", RecordType::Soa);
    for (challenge, delegate, want) in [
        (plain, None, Verdict::Pass),
        (make::timeout(name, RecordType::Txt), None, Verdict::Unknown),
        (alias.clone(), Some(gone), Verdict::Fail),
        (alias.clone(), Some(there), Verdict::Pass),
        (alias, Some(dark), Verdict::Unknown),
    ] {
        let told = super::dangling(Some(&challenge), delegate.as_ref(), "www.acme.example");
        assert_eq!(told.verdict, want, "{}", told.text);
    }
}
