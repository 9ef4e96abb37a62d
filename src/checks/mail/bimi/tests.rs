//! The logos that are judged, and their verdicts.

use jiff::Timestamp;

use super::super::worlds::{case, intent, no_name, silent, txt};
use super::svg::samples::{LOGO, response};
use super::*;
use crate::model::observation::{Failure, FailureKind};
use crate::model::verdict::Verdict;

const AT: &str = "default._bimi.acme.example";
const RECORD: &str =
    "v=BIMI1; l=https://www.acme.example/logo.svg; a=https://www.acme.example/mark.pem";
const POLICY: &str = "v=DMARC1; p=quarantine";

fn seen(record: &str, policy: &str) -> BimiSeen {
    BimiSeen {
        txt: txt(AT, &[record]),
        dmarc: TreeWalk {
            answers: vec![txt("_dmarc.acme.example", &[policy])],
        },
        logo: Some(HttpExchange {
            method: "GET".into(),
            url: Url::parse("https://www.acme.example/logo.svg").unwrap(),
            address: None,
            at: Timestamp::UNIX_EPOCH,
            took_ms: 1,
            outcome: Ok(response("image/svg+xml", LOGO)),
        }),
    }
}

fn verdict(seen: &BimiSeen) -> Judgement {
    Bimi.judge(seen, case("acme.example", &intent()))
}

#[test]
fn what_is_published_must_be_right() {
    let good = verdict(&seen(RECORD, POLICY));
    assert_eq!(good.verdict, Verdict::Pass, "{}", good.summary);
    for (record, policy, want, words) in [
        (RECORD, "v=DMARC1; p=none", Verdict::Fail, "`none`"),
        (
            RECORD,
            "v=DMARC1; p=quarantine; t=y",
            Verdict::Fail,
            "`none`",
        ),
        (
            RECORD,
            "v=DMARC1; p=reject; sp=none",
            Verdict::Fail,
            "`sp=none`",
        ),
        (
            RECORD,
            "v=DMARC1; p=quarantine; pct=20",
            Verdict::Fail,
            "20 %",
        ),
        (RECORD, "v=DMARC1; p=reject; pct=20", Verdict::Pass, "right"),
        (
            "v=BIMI1; l=http://www.acme.example/l.svg",
            POLICY,
            Verdict::Fail,
            "https",
        ),
        (
            "v=BIMI1; l=https://www.acme.example/logo.svg",
            POLICY,
            Verdict::Warn,
            "`a=`",
        ),
        (
            "v=BIMI1; l=; a=",
            "v=DMARC1; p=none",
            Verdict::Pass,
            "declines",
        ),
        (
            "v=spf1 -all",
            POLICY,
            Verdict::NotApplicable,
            "no BIMI record",
        ),
    ] {
        let judgement = verdict(&seen(record, policy));
        assert_eq!(
            judgement.verdict, want,
            "{record} {policy}: {}",
            judgement.summary
        );
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
    }
}

#[test]
fn what_was_not_seen_is_unknown_and_absence_is_fine() {
    let mut world = seen(RECORD, POLICY);
    world.txt = no_name(AT, RecordType::Txt);
    assert_eq!(verdict(&world).verdict, Verdict::NotApplicable);
    world.txt = silent(AT, RecordType::Txt);
    assert_eq!(verdict(&world).verdict, Verdict::Unknown);
    world.txt = txt(AT, &[RECORD, "v=BIMI1; l="]);
    assert_eq!(verdict(&world).verdict, Verdict::Fail);
    let mut elsewhere = seen(
        &RECORD.replace("www.acme.example/logo", "cdn.test/logo"),
        POLICY,
    );
    elsewhere.logo = None;
    assert_eq!(verdict(&elsewhere).verdict, Verdict::Unknown);
    let answered = |status: u16, trusted: bool| {
        let mut world = seen(RECORD, POLICY);
        if let Some(Ok(response)) = world.logo.as_mut().map(|logo| logo.outcome.as_mut()) {
            response.status = status;
            response.certificate_ok = Some(trusted);
        }
        verdict(&world).verdict
    };
    assert_eq!(answered(404, true), Verdict::Fail);
    assert_eq!(answered(403, true), Verdict::Unknown);
    assert_eq!(answered(301, true), Verdict::Unknown);
    assert_eq!(answered(200, false), Verdict::Fail);
    let mut quiet = seen(RECORD, POLICY);
    if let Some(logo) = quiet.logo.as_mut() {
        logo.outcome = Err(Failure::new(FailureKind::Timeout, "no answer in 3 s"));
    }
    assert_eq!(verdict(&quiet).verdict, Verdict::Unknown);
}

#[test]
fn only_the_clients_own_hosts_are_asked() {
    let own = |url: &str| is_own(&Url::parse(url).unwrap(), &intent());
    assert!(own("https://www.acme.example/logo.svg"));
    assert!(!own("https://evilacme.example/logo.svg"));
    assert!(!own("https://acme.example.test/logo.svg"));
}
