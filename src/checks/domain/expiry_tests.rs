//! `domain.expiry` on hand-made registrations.

use super::super::fixtures::{event, gaps, in_days, object, seen};
use super::*;
use crate::checks::dns::fixtures::{case, intent, now};
use crate::model::observation::rdap::RdapEvent;

fn judge(outcome: Result<DomainObject, RdapGap>, attested: Option<i64>) -> Judgement {
    let mut intent = intent(&[]);
    intent.domain_expires = attested.map(|days| in_days(days).to_zoned(TimeZone::UTC).date());
    Expiry.judge(&Some(seen(outcome)), case("acme.example", &intent))
}

#[test]
fn days_that_are_left_make_the_verdict() {
    for (days, verdict, severity) in [
        (300, Verdict::Pass, Severity::Fix),
        (61, Verdict::Pass, Severity::Fix),
        (60, Verdict::Warn, Severity::Fix),
        (30, Verdict::Warn, Severity::Fix),
        (29, Verdict::Fail, Severity::Fix),
        (7, Verdict::Fail, Severity::Fix),
        (6, Verdict::Fail, Severity::Blocker),
        (0, Verdict::Fail, Severity::Blocker),
        (-3, Verdict::Fail, Severity::Blocker),
    ] {
        let judged = judge(Ok(object(days)), None);
        assert_eq!(
            (judged.verdict, judged.severity),
            (verdict, Some(severity)),
            "{days}"
        );
        assert_eq!(judged.remedy.is_some(), verdict != Verdict::Pass, "{days}");
        assert_eq!(judged.exhibits.len(), 1);
    }
}

#[test]
fn nothing_learned_is_unknown_and_not_opted_in_is_blocked() {
    for gap in gaps() {
        let judged = judge(Err(gap.clone()), None);
        assert_eq!(judged.verdict, Verdict::Unknown, "{gap:?}");
        assert!(judged.remedy.is_some() && !judged.evidence.is_empty());
    }
    let blocked = judge(Err(RdapGap::NotOptedIn), None);
    assert_eq!(blocked.verdict, Verdict::Blocked);
    assert!(
        blocked.summary.contains("--third-parties rdap"),
        "{}",
        blocked.summary
    );
}

#[test]
fn an_attested_day_is_judged_by_the_same_measure_and_says_so() {
    for gap in gaps().into_iter().chain([RdapGap::NotOptedIn]) {
        for (days, verdict) in [
            (300, Verdict::Pass),
            (40, Verdict::Warn),
            (20, Verdict::Fail),
            (3, Verdict::Fail),
        ] {
            let judged = judge(Err(gap.clone()), Some(days));
            assert_eq!(judged.verdict, verdict, "{gap:?} {days}");
            assert!(judged.summary.contains("attested"), "{}", judged.summary);
            assert_eq!(judged.confidence, Confidence::Likely);
        }
    }
    // What was seen counts more.
    let judged = judge(Ok(object(3)), Some(300));
    assert_eq!(judged.verdict, Verdict::Fail);
    assert!(!judged.summary.contains("attested"));
}

#[test]
fn a_name_that_a_platform_gives_out_has_no_date() {
    for attested in [None, Some(3)] {
        let judged = judge(
            Err(RdapGap::PrivateSuffix("vercel.app".to_owned())),
            attested,
        );
        assert_eq!(judged.verdict, Verdict::NotApplicable);
    }
}

#[test]
fn dates_that_are_none_are_unknown() {
    let mut redacted = object(300);
    redacted.events.retain(|e| e.action != "expiration");
    let mut unreadable = redacted.clone();
    unreadable.events.push(RdapEvent {
        action: "expiration".to_owned(),
        date: Err("soon".to_owned()),
    });
    let mut placeholder = redacted.clone();
    placeholder
        .events
        .push(event("expiration", "9999-12-30T00:00:00Z".parse().unwrap()));
    for object in [redacted.clone(), unreadable, placeholder] {
        let judged = judge(Ok(object), None);
        assert_eq!(judged.verdict, Verdict::Unknown, "{}", judged.summary);
        assert_eq!(judged.evidence.len(), 1);
    }
    assert_eq!(judge(Ok(redacted), Some(300)).verdict, Verdict::Pass);
}

#[test]
fn a_renewal_by_itself_is_not_taken_for_a_paid_one() {
    let mut renewed = object(360);
    renewed.status = Some(vec!["autoRenewPeriod".to_owned()]);
    assert_eq!(judge(Ok(renewed.clone()), None).verdict, Verdict::Warn);
    renewed
        .events
        .push(event("registrar expiration", in_days(-5)));
    let judged = judge(Ok(renewed), None);
    assert_eq!(
        (judged.verdict, judged.severity),
        (Verdict::Fail, Some(Severity::Blocker))
    );
}

#[test]
fn the_fact_does_not_change_by_the_hour() {
    let intent = intent(&[]);
    let seen = Some(seen(Ok(object(300))));
    let first = Expiry.judge(&seen, case("acme.example", &intent));
    let mut later = case("acme.example", &intent);
    later.now = now() + SignedDuration::from_hours(30);
    let second = Expiry.judge(&seen, later);
    assert_eq!((first.fact, first.summary), (second.fact, second.summary));
}
