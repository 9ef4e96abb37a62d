//! Pages and what is to be said of what they load.

use super::super::samples::*;
use super::*;
use crate::model::observation::FailureKind;
use crate::model::verdict::Verdict;

const HOME: &str = "https://www.acme.example/";

fn page_seen(body: &str, headers: &[(&str, &str)]) -> PageSeen {
    let mut all = vec![HTML];
    all.extend(headers);
    let references = of_page(body, &url(HOME));
    PageSeen {
        url: url(HOME),
        references: references.len(),
        insecure: insecure(&references, &url(HOME)),
        upgrades: upgrades(&response(200, &all, body)),
        gaps: Vec::new(),
    }
}

fn judged(landing: HttpChain, pages: Vec<PageSeen>) -> Judgement {
    let intent = intent();
    let seen = Seen {
        landing: Some(landing),
        pages,
    };
    MixedContent.judge(&seen, case(&intent, "www.acme.example"))
}

#[test]
fn pages_are_judged_by_what_they_load() {
    let good = || page(HOME, 200, &[HTML], "<h1>x</h1>");
    let upgrade = [(
        "content-security-policy",
        "default-src 'self'; upgrade-insecure-requests",
    )];
    let mixed = "<img src=http://x.test/a.png><img src=http://x.test/a.png><script src=http://localhost:3000/a.js></script>";
    for (pages, want, says) in [
        (
            vec![page_seen("<img src=/a.png>", &[])],
            Verdict::Pass,
            "pages read: 1, references: 1",
        ),
        (
            vec![page_seen(mixed, &[])],
            Verdict::Fail,
            "image http://x.test/a.png on https://www.acme.example/; script http://localhost:3000/a.js",
        ),
        (
            vec![page_seen(mixed, &upgrade)],
            Verdict::Warn,
            "upgraded by browsers",
        ),
        (
            vec![page_seen("<form action=http://x.test/></form>", &[])],
            Verdict::Fail,
            "form target",
        ),
        (vec![], Verdict::NotApplicable, "loads nothing"),
    ] {
        let judged = judged(good(), pages);
        assert_eq!(judged.verdict, want, "{}", judged.summary);
        assert!(judged.summary.contains(says), "{}", judged.summary);
        assert_eq!(
            judged.remedy.is_some(),
            matches!(want, Verdict::Fail | Verdict::Warn)
        );
    }
    let remedy = judged(good(), vec![page_seen(mixed, &[])]).remedy.unwrap();
    assert!(remedy.steps[0].contains("localhost"));
}

#[test]
fn a_page_that_was_not_seen_is_unknown() {
    let cf = [HTML, ("cf-mitigated", "challenge")];
    for landing in [
        failed(HOME, FailureKind::Timeout),
        page(HOME, 403, &cf, "<title>Just a moment...</title>"),
        page(HOME, 500, &[HTML], "x"),
    ] {
        assert_eq!(judged(landing, Vec::new()).verdict, Verdict::Unknown);
    }
}

#[test]
fn a_gap_makes_a_pass_less_sure() {
    let mut page_with_gap = page_seen("<img src=/a.png>", &[]);
    page_with_gap
        .gaps
        .push("the page was longer than what is read".into());
    let judged = judged(page(HOME, 200, &[HTML], "<h1>x</h1>"), vec![page_with_gap]);
    assert_eq!(
        (judged.verdict, judged.confidence),
        (Verdict::Pass, Confidence::Likely)
    );
}
