//! What was expected since the handover, and what is a surprise.

use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use super::*;
use crate::model::event::{Event, EventBody};
use crate::model::fact::FACTS;
use crate::model::finding::{CheckId, fingerprint};
use crate::model::run::QueryCounts;
use crate::model::verdict::{Confidence, Severity, Verdict};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn finding(address: &str, at: Timestamp) -> Finding {
    let mut details = serde_json::Map::new();
    details.insert(FACTS.into(), json!({ "A portal": [address] }));
    Finding {
        check: CheckId::from("dns.addresses"),
        subject: "portal".into(),
        verdict: Verdict::Pass,
        severity: Severity::Fix,
        confidence: Confidence::Certain,
        summary: "it resolves".into(),
        plain: String::new(),
        details,
        exhibits: Vec::new(),
        evidence: Vec::new(),
        remedy: None,
        standards: Vec::new(),
        fingerprint: fingerprint("dns.addresses", "portal", Verdict::Pass, "it resolves"),
        took_ms: 1,
        at,
    }
}

fn apply(session: &mut Session, at: Timestamp, body: EventBody) {
    session.apply(&Event {
        id: at.to_string(),
        at,
        actor: "ada".into(),
        device: "desk".into(),
        body,
    });
}

/// A run that saw one address, from a place with port 25 like that.
fn look(session: &mut Session, at: Timestamp, address: &str, port_25: &str) {
    let run = at.to_string();
    let self_check = SelfCheck {
        network: "up".into(),
        resolver: "honest".into(),
        port_25: port_25.into(),
        ..SelfCheck::default()
    };
    let bodies = [
        EventBody::RunStarted {
            run: run.clone(),
            rules: 1,
        },
        EventBody::Found {
            run: run.clone(),
            finding: Box::new(finding(address, at)),
        },
        EventBody::RunFinished {
            run,
            self_check,
            queries: QueryCounts::default(),
            took_ms: 1,
        },
    ];
    for body in bodies {
        apply(session, at, body);
    }
}

/// Looked at, and handed over an hour later.
fn handed_over() -> (Session, Timestamp) {
    let (mut session, start) = (Session::default(), Timestamp::UNIX_EPOCH);
    look(&mut session, start, "203.0.113.20", "open");
    let over = EventBody::HandedOver {
        run: start.to_string(),
        to: "team".into(),
    };
    apply(&mut session, start + HOUR, over);
    (session, start + HOUR)
}

fn change(session: &Session, now: Timestamp) -> Change {
    session.drift(now).unwrap().lines[0].change
}

#[test]
fn nothing_is_the_same_before_it_was_looked_at_again() {
    let (mut session, over) = handed_over();
    let month = over + HOUR * 24 * 30;
    assert_eq!(change(&session, month), Change::NotLookedAt);
    assert!(session.drift(month).unwrap().is_stale());
    look(&mut session, month, "203.0.113.20", "open");
    assert_eq!(change(&session, month), Change::Same);
    assert!(!session.drift(month).unwrap().is_stale());
    assert_eq!(change(&session, month + HOUR * 25), Change::NotLookedAt);
    look(&mut session, month, "203.0.113.44", "open");
    assert_eq!(
        change(&session, month + HOUR * 25),
        Change::Changed,
        "what was seen to change stays so"
    );
}

#[test]
fn a_change_is_meant_for_these_facts_and_no_other() {
    let (mut session, over) = handed_over();
    let line = |session: &Session| session.drift(over + HOUR).unwrap().lines.remove(0);
    look(&mut session, over + HOUR, "203.0.113.44", "open");
    assert!(line(&session).is_surprise());
    let now = finding("203.0.113.44", over);
    let body = EventBody::ChangeExpected {
        key: now.key(),
        fingerprint: mark(&now),
        why: "moved".into(),
        by: "Ada".into(),
    };
    apply(&mut session, over + HOUR, body);
    assert!(!line(&session).is_surprise());
    let text = line(&session).expected.unwrap().text();
    assert_eq!(text, "meant, says Ada: moved");
    look(&mut session, over + HOUR, "203.0.113.45", "open");
    assert!(
        line(&session).is_surprise(),
        "another address, the same verdict"
    );
}

#[test]
fn a_note_of_former_days_still_counts() {
    let (mut session, over) = handed_over();
    look(&mut session, over + HOUR, "203.0.113.44", "open");
    let note = EventBody::Noted {
        item: "dns.addresses portal".into(),
        text: format!("{NOTED}{}", finding("203.0.113.44", over).fingerprint),
    };
    apply(&mut session, over + HOUR, note);
    let line = session.drift(over + HOUR).unwrap().lines.remove(0);
    assert_eq!(line.expected.unwrap().text(), "meant, says ada");
}

#[test]
fn a_waiver_that_ran_out_since_is_told() {
    let (mut session, over) = handed_over();
    let waive = |criterion: &str, days: i64| EventBody::Waived {
        criterion: criterion.into(),
        reason: String::new(),
        by: "Ada".into(),
        until: over.checked_add((24 * days).hours()).unwrap(),
        compensating: String::new(),
        fingerprints: Vec::new(),
    };
    for (criterion, days) in [("before", -1), ("since", 2), ("later", 9)] {
        apply(&mut session, over, waive(criterion, days));
    }
    let drift = session.drift(over + HOUR * 24 * 3).unwrap();
    let names: Vec<&str> = drift.lapsed.iter().map(|l| l.criterion.as_str()).collect();
    assert_eq!(names, ["since"]);
}

#[test]
fn the_place_that_is_looked_from_is_part_of_the_comparison() {
    let (mut session, over) = handed_over();
    look(&mut session, over + HOUR, "203.0.113.20", "closed");
    let footing = session.drift(over + HOUR).unwrap().footing;
    assert_eq!(
        footing,
        ["port 25 is closed from here; it was open at sign-off"]
    );
    look(&mut session, over + HOUR, "203.0.113.20", "open");
    assert!(session.drift(over + HOUR).unwrap().footing.is_empty());
}
