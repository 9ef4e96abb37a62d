//! What staging leaves behind, and where it must stay.

use super::super::samples::*;
use super::*;
use crate::model::verdict::Verdict;

const HOME: &str = "https://www.acme.example/";
const NOINDEX: (&str, &str) = ("x-robots-tag", "noindex");
const WALL: (&str, &str) = ("www-authenticate", "Basic realm=x");
const CF: (&str, &str) = ("cf-mitigated", "challenge");

fn judged(subject: &str, front: HttpChain, robots: HttpChain) -> Judgement {
    let seen = Seen {
        page: Some(front),
        robots: Some(robots),
    };
    let intent = intent();
    Indexing.judge(&seen, case(&intent, subject))
}

fn robots(status: u16, body: &str) -> HttpChain {
    page(
        "https://www.acme.example/robots.txt",
        status,
        &[("content-type", "text/plain")],
        body,
    )
}

#[test]
fn production_must_be_findable() {
    let open = || robots(200, "User-agent: *\nAllow: /\n");
    let plain = || page(HOME, 200, &[HTML], "<title>Acme</title><h1>Support</h1>");
    let html = |body: &str| page(HOME, 200, &[HTML], body);
    for (front, robots, want, says) in [
        (plain(), open(), Verdict::Pass, "may be indexed"),
        (
            plain(),
            robots(404, "<h1>no</h1>"),
            Verdict::Pass,
            "may be indexed",
        ),
        (
            page(HOME, 200, &[HTML, NOINDEX], "x"),
            open(),
            Verdict::Fail,
            "X-Robots-Tag",
        ),
        (
            html("<meta name=robots content=noindex>"),
            open(),
            Verdict::Fail,
            "meta element",
        ),
        (
            plain(),
            robots(200, "User-agent: *\nDisallow: /\n"),
            Verdict::Fail,
            "every crawler",
        ),
        (
            plain(),
            robots(200, "User-agent: Googlebot\nDisallow: /\n"),
            Verdict::Fail,
            "Googlebot",
        ),
        (
            plain(),
            robots(200, "User-agent: GPTBot\nDisallow: /\n"),
            Verdict::Pass,
            "may be indexed",
        ),
        (plain(), robots(503, ""), Verdict::Unknown, "take for a no"),
        (
            plain(),
            failed("https://www.acme.example/robots.txt", FailureKind::Timeout),
            Verdict::Unknown,
            "nothing to be seen",
        ),
        (
            page(HOME, 401, &[WALL], ""),
            open(),
            Verdict::Fail,
            "browser password",
        ),
        (
            html("<title>[staging] Acme</title>"),
            open(),
            Verdict::Fail,
            "test system",
        ),
        (
            html("<div>This is a staging system</div><h1>Acme</h1>"),
            open(),
            Verdict::Fail,
            "test system",
        ),
        (
            html("<h1>Acme</h1><p>Every plan has a place to stage changes.</p>"),
            open(),
            Verdict::Pass,
            "may be indexed",
        ),
        (
            page(HOME, 403, &[HTML, CF], "<title>Just a moment...</title>"),
            open(),
            Verdict::Unknown,
            "not seen",
        ),
        (
            failed(HOME, FailureKind::Timeout),
            open(),
            Verdict::Unknown,
            "nothing to be seen",
        ),
    ] {
        let judged = judged("www.acme.example", front, robots);
        assert_eq!(judged.verdict, want, "{}", judged.summary);
        assert!(judged.summary.contains(says), "{}", judged.summary);
        assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
    }
}

#[test]
fn a_portal_may_say_noindex_but_has_no_password_wall() {
    let at = "https://portal.acme.example/sign-in";
    let none = || robots(404, "");
    let with = page(at, 200, &[HTML, NOINDEX], "<h1>Acme</h1>");
    assert_eq!(
        judged("portal.acme.example", with, none()).verdict,
        Verdict::Pass
    );
    let wall = page(at, 401, &[WALL], "");
    assert_eq!(
        judged("portal.acme.example", wall, none()).verdict,
        Verdict::Fail
    );
}

#[test]
fn staging_must_not_be_found() {
    let at = "https://staging.acme.example/";
    let open = || robots(200, "User-agent: *\nAllow: /\n");
    let shut = || robots(200, "User-agent: *\nDisallow: /\n");
    for (front, robots, want) in [
        (
            page(at, 200, &[HTML], "<h1>Acme</h1>"),
            open(),
            Verdict::Fail,
        ),
        (
            page(at, 200, &[HTML], "<h1>Acme</h1>"),
            shut(),
            Verdict::Warn,
        ),
        (
            page(at, 200, &[HTML, NOINDEX], "<h1>Acme</h1>"),
            open(),
            Verdict::Pass,
        ),
        (page(at, 401, &[WALL], ""), open(), Verdict::Pass),
        (page(at, 403, &[HTML], "no"), open(), Verdict::Pass),
        (failed(at, FailureKind::Refused), open(), Verdict::Pass),
        (failed(at, FailureKind::Timeout), open(), Verdict::Unknown),
        (
            page(at, 403, &[HTML, CF], "<title>Just a moment...</title>"),
            open(),
            Verdict::Unknown,
        ),
    ] {
        let judged = judged("staging.acme.example", front, robots);
        assert_eq!(judged.verdict, want, "{}", judged.summary);
    }
}
