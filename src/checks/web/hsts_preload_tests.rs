//! Worlds and verdicts, on chains made by hand.

use super::super::samples::*;
use super::*;
use crate::model::observation::FailureKind;

const FULL: (&str, &str) = (
    "strict-transport-security",
    "max-age=31536000; includeSubDomains; preload",
);
const A: &str = "https://acme.example/";

fn good() -> Seen {
    Seen {
        http: Some(redirects(&[("http://acme.example/", 301)], A)),
        https: Some(page(A, 200, &[HTML, FULL], "<h1>Acme</h1>")),
        hosts: vec![door("www.acme.example"), door("portal.acme.example")],
    }
}

fn door(host: &str) -> Door {
    let url = format!("https://{host}/");
    Door {
        host: host.to_owned(),
        https: Some(page(&url, 200, &[HTML], "x")),
        http: None,
    }
}

fn with(change: impl FnOnce(&mut Seen)) -> Seen {
    let mut seen = good();
    change(&mut seen);
    seen
}

fn header(value: &str) -> Seen {
    let fields = [HTML, ("strict-transport-security", value)];
    with(|seen| seen.https = Some(page(A, 200, &fields, "x")))
}

#[test]
fn meant_and_looked_at_point_by_point() {
    let mut intent = intent();
    intent.hsts_preload = true;
    let plain_only = |kind| {
        with(|seen| {
            seen.hosts[0].https = Some(failed("https://www.acme.example/", FailureKind::Refused));
            seen.hosts[0].http = Some(match kind {
                Some(kind) => failed("http://www.acme.example/", kind),
                None => page("http://www.acme.example/", 200, &[HTML], "x"),
            });
        })
    };
    for (seen, want, says) in [
        (good(), Verdict::Pass, "meets what"),
        (
            header("max-age=31536000; preload"),
            Verdict::Fail,
            "includeSubDomains is missing",
        ),
        (
            header("max-age=31536000; includeSubDomains"),
            Verdict::Fail,
            "preload is missing",
        ),
        (
            header("max-age=31535999; includeSubDomains; preload"),
            Verdict::Fail,
            "less than",
        ),
        (header("max-age=x"), Verdict::Fail, "browsers ignore"),
        (
            with(|s| s.https = Some(page(A, 200, &[FULL, FULL], "x"))),
            Verdict::Fail,
            "comes 2 times",
        ),
        (
            with(|s| {
                s.http = Some(redirects(
                    &[("http://acme.example/", 301)],
                    "https://www.acme.example/",
                ));
            }),
            Verdict::Fail,
            "https://www.acme.example/ first",
        ),
        (
            with(|s| s.http = Some(failed("http://acme.example/", FailureKind::Refused))),
            Verdict::Pass,
            "meets what",
        ),
        (plain_only(None), Verdict::Fail, "www.acme.example:"),
        (
            plain_only(Some(FailureKind::Refused)),
            Verdict::Pass,
            "meets what",
        ),
        (
            with(|s| {
                s.hosts[1].https =
                    Some(failed("https://portal.acme.example/", FailureKind::Timeout));
            }),
            Verdict::Unknown,
            "nothing to be seen",
        ),
        (
            with(|s| s.https = Some(failed(A, FailureKind::Timeout))),
            Verdict::Unknown,
            "was not seen",
        ),
    ] {
        let judged = HstsPreload.judge(&seen, case(&intent, "acme.example"));
        assert_eq!(judged.verdict, want, "{}", judged.summary);
        assert!(judged.summary.contains(says), "{}", judged.summary);
        assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
    }
}

#[test]
fn not_meant_it_is_only_a_token_that_counts() {
    let intent = intent();
    let of = |seen: &Seen| HstsPreload.judge(seen, case(&intent, "acme.example"));
    let token = of(&good());
    assert_eq!(
        (token.verdict, token.severity),
        (Verdict::Warn, Some(Severity::Fix))
    );
    assert!(
        token.remedy.unwrap().settings[0]
            .value
            .contains("max-age=31536000\"")
    );
    assert_eq!(
        of(&header("max-age=31536000")).verdict,
        Verdict::NotApplicable
    );
    let mut below = header("max-age=31536000");
    below.hosts[0].https = Some(page("https://www.acme.example/", 200, &[HTML, FULL], "x"));
    assert_eq!(of(&below).severity, Some(Severity::Advice));
}
