//! Headers on redirects and pages, and what is to be said of them.

use super::super::samples::*;
use super::*;
use crate::model::observation::FailureKind;
use crate::model::observation::http::ChainEnd;
use crate::model::verdict::Verdict;

const YEAR: (&str, &str) = (
    "strict-transport-security",
    "max-age=31536000; includeSubDomains",
);

fn seen(redirect: &[(&str, &str)], page_headers: &[(&str, &str)]) -> Seen {
    let mut first = vec![("location", "https://acme.example/home")];
    first.extend(redirect);
    let mut second = vec![HTML];
    second.extend(page_headers);
    let hops = vec![
        exchange("https://acme.example/", Ok(response(302, &first, ""))),
        exchange(
            "https://acme.example/home",
            Ok(response(200, &second, "<h1>Acme</h1>")),
        ),
    ];
    Seen {
        http: Some(redirects(
            &[("http://acme.example/", 301)],
            "https://other.test/",
        )),
        https: Some(chain(hops, ChainEnd::Answer)),
    }
}

fn judged(seen: &Seen) -> Judgement {
    let intent = intent();
    Hsts.judge(seen, case(&intent, "acme.example"))
}

#[test]
fn every_https_answer_counts() {
    let value = |v| ("strict-transport-security", v);
    for (redirect, page, want, says) in [
        (
            vec![YEAR],
            vec![YEAR],
            Verdict::Pass,
            "365 days, subdomains included",
        ),
        (
            vec![],
            vec![YEAR],
            Verdict::Fail,
            "https://acme.example/ (302) sends no",
        ),
        (vec![YEAR], vec![], Verdict::Fail, "/home (200) sends no"),
        (
            vec![YEAR],
            vec![value("max-age=abc")],
            Verdict::Fail,
            "not a number of seconds",
        ),
        (
            vec![YEAR],
            vec![value("max-age=\"31536000\"")],
            Verdict::Pass,
            "365 days",
        ),
        (
            vec![YEAR],
            vec![value("max-age=31536000; max-age=0")],
            Verdict::Fail,
            "twice",
        ),
        (
            vec![YEAR],
            vec![value("max-age=0")],
            Verdict::Fail,
            "switches HSTS off",
        ),
        (
            vec![YEAR],
            vec![value("max-age=15552000")],
            Verdict::Pass,
            "days",
        ),
        (
            vec![YEAR],
            vec![value("max-age=15551999")],
            Verdict::Fail,
            "179 days only",
        ),
        (
            vec![YEAR],
            vec![YEAR, value("max-age=0")],
            Verdict::Warn,
            "2 times",
        ),
        (
            vec![YEAR],
            vec![value("max-age=1, max-age=2")],
            Verdict::Fail,
            "joined by a comma",
        ),
    ] {
        let judged = judged(&seen(&redirect, &page));
        assert_eq!(judged.verdict, want, "{}", judged.summary);
        assert!(judged.summary.contains(says), "{}", judged.summary);
        assert_eq!(
            judged.remedy.is_some(),
            matches!(want, Verdict::Warn | Verdict::Fail)
        );
    }
}

#[test]
fn what_was_not_seen_is_unknown() {
    let cf = [HTML, ("cf-mitigated", "challenge")];
    for https in [
        failed("https://acme.example/", FailureKind::Timeout),
        failed("https://acme.example/", FailureKind::Refused),
        page(
            "https://acme.example/",
            403,
            &cf,
            "<title>Just a moment...</title>",
        ),
    ] {
        let seen = Seen {
            http: None,
            https: Some(https),
        };
        assert_eq!(judged(&seen).verdict, Verdict::Unknown);
    }
}

#[test]
fn the_remedy_climbs_one_step_at_a_time() {
    for (present, next) in [
        (None, "max-age=300"),
        (Some("max-age=300"), "max-age=86400"),
        (Some("max-age=86400"), "max-age=2592000"),
        (Some("max-age=2592000"), "max-age=31536000"),
    ] {
        let headers: Vec<(&str, &str)> = present
            .map(|v| ("strict-transport-security", v))
            .into_iter()
            .collect();
        let remedy = judged(&seen(&headers, &headers)).remedy.unwrap();
        assert!(
            remedy.settings[0].value.contains(next),
            "{:?}",
            remedy.settings
        );
    }
    let other_answer = judged(&seen(&[], &[YEAR])).remedy.unwrap();
    assert!(other_answer.settings[0].value.contains("max-age=31536000"));
}

#[test]
fn over_plain_http_the_header_means_nothing() {
    let seen = Seen {
        http: Some(page("http://acme.example/", 200, &[YEAR], "x")),
        https: Some(page("https://acme.example/", 200, &[HTML], "x")),
    };
    let judged = judged(&seen);
    assert_eq!(judged.verdict, Verdict::Fail);
    assert_eq!(judged.details["over_http"], true);
}
