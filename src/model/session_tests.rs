//! The fold: undo, authority, and what a run drops.

use jiff::SignedDuration;

use super::*;
use crate::model::finding::{CheckId, fingerprint};
use crate::model::observation::self_check::SelfCheck;
use crate::model::verdict::{Confidence, Severity, Verdict};

fn event(number: u32, body: EventBody) -> Event {
    Event {
        id: format!("{number:026}"),
        at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(number.into()),
        actor: "ada".into(),
        device: "desk".into(),
        body,
    }
}

fn log(bodies: impl IntoIterator<Item = EventBody>) -> Vec<Event> {
    let created = EventBody::Created {
        slug: "acme-example".into(),
        domain: "acme.example".into(),
        playbook: "b2b-support".into(),
    };
    std::iter::once(created)
        .chain(bodies)
        .zip(1..)
        .map(|(body, number)| event(number, body))
        .collect()
}

fn undo(number: u32) -> EventBody {
    EventBody::Undone {
        event: format!("{number:026}"),
    }
}

fn found(run: &str, subject: &str) -> EventBody {
    EventBody::Found {
        run: run.into(),
        finding: Box::new(Finding {
            check: CheckId::from("tls.expiry"),
            subject: subject.into(),
            verdict: Verdict::Pass,
            severity: Severity::Fix,
            confidence: Confidence::Certain,
            summary: "60 days left".into(),
            plain: String::new(),
            details: serde_json::Map::new(),
            exhibits: Vec::new(),
            evidence: Vec::new(),
            remedy: None,
            standards: Vec::new(),
            fingerprint: fingerprint("tls.expiry", subject, Verdict::Pass, "60 days"),
            took_ms: 1,
            at: Timestamp::UNIX_EPOCH,
        }),
    }
}

fn key(subject: &str) -> FindingKey {
    FindingKey {
        check: CheckId::from("tls.expiry"),
        subject: subject.into(),
    }
}

/// A run that plans `planned` (nothing: it is narrowed) and sees `seen`.
fn run(id: &str, planned: &[&str], seen: &[&str]) -> Vec<EventBody> {
    let mut bodies = vec![EventBody::RunStarted {
        run: id.into(),
        rules: 1,
    }];
    if !planned.is_empty() {
        bodies.push(EventBody::RunPlanned {
            run: id.into(),
            keys: planned.iter().map(|subject| key(subject)).collect(),
        });
    }
    bodies.extend(seen.iter().map(|subject| found(id, subject)));
    bodies.push(EventBody::RunFinished {
        run: id.into(),
        self_check: SelfCheck {
            network: "up".into(),
            resolver: "honest".into(),
            clock: "sane".into(),
            port_25: "open".into(),
            resolvers: Vec::new(),
            problems: Vec::new(),
        },
        queries: QueryCounts::default(),
        took_ms: 5,
    });
    bodies
}

#[test]
fn undo_takes_back_and_undoing_the_undo_brings_it_back() {
    let note = |text: &str| EventBody::Noted {
        item: String::new(),
        text: text.into(),
    };
    let kept = |events: &[Event]| -> Vec<String> {
        Session::fold(events)
            .notes
            .into_iter()
            .map(|n| n.text)
            .collect()
    };
    assert_eq!(kept(&log([note("a"), note("b"), undo(2)])), ["b"]);
    assert_eq!(kept(&log([note("a"), undo(2), undo(3)])), ["a"]);
    assert!(kept(&log([note("a"), undo(2), undo(3), undo(4)])).is_empty());
}

#[test]
fn the_creation_cannot_be_undone() {
    assert_eq!(Session::fold(&log([undo(1)])).domain, "acme.example");
}

#[test]
fn authority_reaches_what_is_within_the_stated_hosts_and_nothing_else() {
    let session = Session::fold(&log([EventBody::AuthorityStated {
        statement: "I may test this.".into(),
        hosts: vec!["acme.example".into(), "portal.other.example".into()],
    }]));
    for (host, want) in [
        ("acme.example", true),
        ("www.acme.example", true),
        ("evilacme.example", false),
        ("portal.other.example", true),
        ("other.example", false),
        ("elsewhere.example", false),
    ] {
        assert_eq!(session.is_authorised(host), want, "{host}");
    }
    assert!(!Session::fold(&log([])).is_authorised("acme.example"));
}

#[test]
fn only_a_whole_run_that_saw_its_plan_drops_subjects_that_are_gone() {
    let first = run("1", &["old", "www"], &["old", "www"]);
    for (planned, seen, left) in [
        (&["www"][..], &["www"][..], &["www"][..]),
        (&[][..], &["www"][..], &["old", "www"][..]),
        (&["api", "www"][..], &["www"][..], &["old", "www"][..]),
        (
            &["api", "www"][..],
            &["api", "www"][..],
            &["api", "www"][..],
        ),
    ] {
        let session = Session::fold(&log([first.clone(), run("2", planned, seen)].concat()));
        let subjects: Vec<&str> = session
            .findings
            .keys()
            .map(|k| k.subject.as_str())
            .collect();
        assert_eq!(subjects, left, "planned {planned:?}, saw {seen:?}");
    }
}

#[test]
fn an_intent_that_is_confirmed_again_unchanged_keeps_the_evidence() {
    let confirmed = |hsts_preload| {
        let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
        intent.hsts_preload = hsts_preload;
        EventBody::IntentConfirmed {
            intent: Box::new(intent),
        }
    };
    let events = log([confirmed(false), confirmed(false)]);
    assert_eq!(Session::fold(&events).intent_changed, Some(events[1].at));
    let events = log([confirmed(false), confirmed(true)]);
    assert_eq!(Session::fold(&events).intent_changed, Some(events[2].at));
}
