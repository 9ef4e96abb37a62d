//! What ends is read from where it is known, sorted, and completed by people.

use serde_json::json;

use super::*;
use crate::model::event::{Event, EventBody};
use crate::model::exhibit::Exhibit;
use crate::model::finding::CheckId;
use crate::model::pack::Planned;
use crate::model::verdict::{Confidence, Severity};

fn now() -> Timestamp {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

fn days(n: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * n)
}

fn finding(check: &str, subject: &str, verdict: Verdict, bars: &[(&str, i64)]) -> Finding {
    let bars: Vec<Bar> = bars
        .iter()
        .map(|(label, end)| Bar {
            label: (*label).into(),
            verdict: None,
            from: days(-10),
            to: days(*end),
        })
        .collect();
    Finding {
        check: CheckId::from(check),
        subject: subject.into(),
        verdict,
        severity: Severity::Fix,
        confidence: Confidence::Certain,
        summary: String::new(),
        plain: String::new(),
        details: serde_json::Map::new(),
        exhibits: vec![Exhibit::lifetimes("lifetimes", bars)],
        evidence: Vec::new(),
        remedy: None,
        standards: Vec::new(),
        fingerprint: String::new(),
        took_ms: 1,
        at: now(),
    }
}

fn session(bodies: Vec<EventBody>) -> Session {
    let events: Vec<Event> = bodies
        .into_iter()
        .zip(1..)
        .map(|(body, number): (EventBody, u32)| Event {
            id: format!("{number:026}"),
            at: now(),
            actor: "ada".into(),
            device: "desk".into(),
            body,
        })
        .collect();
    Session::fold(&events)
}

fn found(finding: Finding) -> EventBody {
    EventBody::Found {
        run: "1".into(),
        finding: Box::new(finding),
    }
}

fn playbook() -> Playbook {
    let text = r#"
        id = "p"
        title = "P"
        audience = "clients"
        target = "support"
        ready = "It works."
        [[criterion]]
        id = "api-latency"
        title = "The API is fast"
        passes = "Fast."
        breaks = "Slow."
        workstream = "deploy"
        [[criterion.question]]
        id = "drill"
        text = "Did the alert arrive?"
        good_for_days = 14
        [[founder_question]]
        id = "drill"
        text = "Did the alert arrive?"
        good_for_days = 14
    "#;
    toml::from_str(text).unwrap()
}

fn shown(list: &[Renewal]) -> Vec<(&str, &str, i64, &str)> {
    list.iter()
        .map(|r| {
            let left = r.at.duration_since(now()).as_hours() / 24;
            (r.id.as_str(), r.what.as_str(), left, r.payer.as_str())
        })
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a session with one of each")]
fn what_ends_is_read_from_where_it_is_known_and_sorted() {
    let contacts = {
        let mut finding = finding("web.security-txt", "www.acme.example", Verdict::Warn, &[]);
        let at = days(-2).to_string();
        finding.details.insert("expires".into(), json!(at));
        finding
    };
    let one = [("acme.example", 30), ("Issuer", 900)];
    let state = session(vec![
        found(finding(
            "domain.expiry",
            "acme.example",
            Verdict::Warn,
            &[("acme.example", 41)],
        )),
        found(finding(
            "tls.expiry",
            "www.acme.example",
            Verdict::Pass,
            &one,
        )),
        found(finding("tls.expiry", "acme.example", Verdict::Pass, &one)),
        found(finding(
            "tls.expiry",
            "api.acme.example",
            Verdict::Fail,
            &[("api", 6), ("Issuer", 3)],
        )),
        // Nobody could look: nothing is known of its end.
        found(finding(
            "tls.expiry",
            "app.acme.example",
            Verdict::Unknown,
            &[("app", 1)],
        )),
        found(contacts),
        EventBody::Waived {
            criterion: "api-latency".into(),
            reason: "cache".into(),
            by: "Grace".into(),
            until: days(9),
            compensating: String::new(),
            fingerprints: Vec::new(),
        },
        EventBody::Answered {
            question: "drill".into(),
            yes: true,
            by: "Grace".into(),
            evidence: String::new(),
            attachments: Vec::new(),
        },
        EventBody::RenewalPlanned {
            renewal: "domain:acme.example".into(),
            planned: Planned {
                payer: "card of Grace".into(),
                ..Planned::default()
            },
        },
        EventBody::RenewalPlanned {
            renewal: id_by_hand(" Vercel trial"),
            planned: Planned {
                what: "Vercel trial".into(),
                at: Some(days(100)),
                payer: "Acme".into(),
            },
        },
    ]);
    let list = all(&state, &playbook(), now());
    assert_eq!(
        shown(&list),
        [
            (
                "security-txt:www.acme.example",
                "security.txt of www.acme.example",
                -2,
                ""
            ),
            (
                "certificate:api.acme.example",
                "certificate of api.acme.example",
                6,
                ""
            ),
            (
                "waiver:api-latency",
                "accepted as it is: The API is fast",
                9,
                ""
            ),
            ("answer:drill", "ask again: Did the alert arrive?", 14, ""),
            (
                "certificate:acme.example",
                "certificate of acme.example, www.acme.example",
                30,
                ""
            ),
            (
                "domain:acme.example",
                "registration of acme.example",
                41,
                "card of Grace"
            ),
            ("by-hand:vercel trial", "Vercel trial", 100, "Acme"),
        ]
    );
    assert!(list[0].is_over(now()) && !list[1].is_over(now()));
    assert_eq!(list[5].kind, RenewalKind::Domain);
    let near = renewals(&state, &playbook(), now());
    assert_eq!(near.len(), 6, "the trial ends later than in 90 days");
    let later = renewals(&state, &playbook(), days(10));
    assert!(later.iter().any(|r| r.id == "by-hand:vercel trial"));
    assert!(
        later.iter().all(|r| r.kind != RenewalKind::Waiver),
        "a waiver that is over renews nothing"
    );
}

#[test]
fn an_attested_day_stands_in_where_no_registry_told_one() {
    let mut intent = crate::model::intent::Intent::of(
        crate::model::name::HostName::parse("acme.example").unwrap(),
    );
    intent.domain_expires = Some(jiff::civil::date(2026, 12, 24));
    let attested = EventBody::IntentConfirmed {
        intent: Box::new(intent),
    };
    let state = session(vec![
        attested.clone(),
        found(finding(
            "domain.expiry",
            "acme.example",
            Verdict::Unknown,
            &[],
        )),
    ]);
    let list = renewals(&state, &playbook(), now());
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].at.to_string(), "2026-12-24T00:00:00Z");
    let mut seen = finding("domain.expiry", "acme.example", Verdict::Pass, &[]);
    seen.details.insert("expires".into(), json!("2027-01-10"));
    let state = session(vec![attested, found(seen)]);
    let list = renewals(&state, &playbook(), now());
    assert_eq!(list[0].at.to_string(), "2027-01-10T00:00:00Z");
}

#[test]
fn a_line_that_comes_back_empty_is_taken_away() {
    let plan = |planned| EventBody::RenewalPlanned {
        renewal: id_by_hand("Trial"),
        planned,
    };
    let trial = Planned {
        what: "Trial".into(),
        at: Some(days(3)),
        payer: String::new(),
    };
    let state = session(vec![plan(trial.clone())]);
    assert_eq!(renewals(&state, &playbook(), now()).len(), 1);
    let state = session(vec![plan(trial), plan(Planned::default())]);
    assert!(renewals(&state, &playbook(), now()).is_empty());
}
