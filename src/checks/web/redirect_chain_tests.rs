//! Chains and what is to be said of them.

use super::super::samples::*;
use super::*;

fn judged(intent: &Intent, http: HttpChain) -> Judgement {
    let https = page("https://acme.example/", 200, &[HTML], "<h1>Acme</h1>");
    let seen = Seen {
        http: Some(http),
        https: Some(https),
    };
    RedirectChain.judge(&seen, case(intent, "acme.example"))
}

fn looping() -> HttpChain {
    let mut chain = redirects(
        &[
            ("http://acme.example/", 301),
            ("https://acme.example/", 302),
        ],
        "https://www.acme.example/",
    );
    let back = response(302, &[("location", "https://acme.example/")], "");
    chain.hops[2].outcome = Ok(back);
    chain.end = ChainEnd::Loop(1);
    chain
}

#[test]
fn loops_downgrades_and_length() {
    let intent = intent();
    let (a, b) = ("http://acme.example/", "https://acme.example/");
    let bad = |to: &str| {
        let hop = exchange(b, Ok(response(302, &[("location", to)], "")));
        chain(vec![hop], ChainEnd::BadLocation(to.to_owned()))
    };
    for (chain, want, severity, says) in [
        (
            redirects(&[(a, 301), (b, 301)], "https://www.acme.example/"),
            Verdict::Pass,
            None,
            "2 redirects",
        ),
        (
            looping(),
            Verdict::Fail,
            None,
            "circle: https://acme.example/ 302 → https://www.acme.example/ 302 → https://acme.example/ …",
        ),
        (
            redirects(
                &[(b, 301), ("http://www.acme.example/", 301)],
                "https://www.acme.example/",
            ),
            Verdict::Fail,
            None,
            "back to unprotected http at http://www.acme.example/",
        ),
        (
            redirects(&[(b, 302)], "http://other.example/"),
            Verdict::Fail,
            None,
            "back to unprotected",
        ),
        (
            redirects(
                &[(a, 301), (b, 301), ("https://www.acme.example/", 302)],
                "https://www.acme.example/en",
            ),
            Verdict::Warn,
            Some(Severity::Fix),
            "3 redirects",
        ),
        (
            redirects(
                &[
                    (a, 301),
                    (b, 301),
                    ("https://www.acme.example/", 302),
                    ("https://www.acme.example/en", 302),
                ],
                "https://www.acme.example/en/",
            ),
            Verdict::Fail,
            Some(Severity::Fix),
            "4 redirects",
        ),
        (
            bad("ftp://x/"),
            Verdict::Fail,
            Some(Severity::Fix),
            "no web address",
        ),
        (
            failed(a, FailureKind::Timeout),
            Verdict::Unknown,
            None,
            "could not be seen",
        ),
        (
            failed(a, FailureKind::Refused),
            Verdict::Pass,
            None,
            "without a redirect",
        ),
    ] {
        let judged = judged(&intent, chain);
        assert_eq!(
            (judged.verdict, judged.severity),
            (want, severity),
            "{}",
            judged.summary
        );
        assert!(judged.summary.contains(says), "{}", judged.summary);
        assert_eq!(
            judged.remedy.is_some(),
            matches!(want, Verdict::Warn | Verdict::Fail)
        );
    }
}

#[test]
fn a_sign_in_elsewhere_is_not_ours_to_shorten() {
    let chain = redirects(
        &[
            ("http://acme.example/", 301),
            ("https://acme.example/", 302),
            ("https://login.idp.example/a", 302),
            ("https://login.idp.example/b", 302),
        ],
        "https://login.idp.example/c",
    );
    assert_eq!(judged(&intent(), chain).verdict, Verdict::Pass);
}

#[test]
fn the_intent_decides_between_same_host_first_and_one_hop() {
    let mut intent = intent();
    let direct = || {
        redirects(
            &[("http://acme.example/", 301)],
            "https://www.acme.example/",
        )
    };
    assert_eq!(judged(&intent, direct()).verdict, Verdict::Pass);
    intent.hsts_preload = true;
    let preload = judged(&intent, direct());
    assert_eq!(
        (preload.verdict, preload.severity),
        (Verdict::Fail, Some(Severity::Fix))
    );
    let by_the_book = redirects(
        &[
            ("http://acme.example/", 301),
            ("https://acme.example/", 301),
        ],
        "https://www.acme.example/",
    );
    assert_eq!(judged(&intent, by_the_book).verdict, Verdict::Pass);
}

#[test]
fn hosts_are_compared_as_names_not_as_text() {
    let chain = redirects(
        &[("http://acme.example/", 301)],
        "https://acme.example.evil.test/",
    );
    let mut intent = intent();
    intent.hsts_preload = true;
    assert_eq!(judged(&intent, chain).verdict, Verdict::Fail, "trap 77");
}
