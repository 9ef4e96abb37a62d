//! Drills, rotation and journey, held against a row: what each answers, and what it keeps from holding.

use jiff::SignedDuration;

use super::*;
use crate::model::event::Event;

const PLAYBOOK: &str = r#"
id = "p"
title = "P"
audience = "a"
target = "t"
ready = "r"

[[criterion]]
id = "deploy"
title = "Deploy"
passes = "p"
breaks = "b"
workstream = "deploy"

[[criterion.question]]
id = "rollback-drill"
text = "Drilled?"

[[criterion]]
id = "secrets"
title = "Secrets"
passes = "p"
breaks = "b"
workstream = "secrets"

[[criterion.question]]
id = "secrets-rotated"
text = "Rotated?"

[[criterion]]
id = "auth"
title = "Sign-in"
passes = "p"
breaks = "b"
workstream = "secrets"

[[criterion.question]]
id = "login-failure"
text = "What then?"

[[proof]]
id = "rollback"
questions = ["rollback-drill"]

[[proof]]
id = "rotation"
questions = ["secrets-rotated"]

[[journey]]
id = "sign-in"
title = "Sign in"
text = "Do."
see = "Seen."
questions = ["login-failure"]

[[journey]]
id = "mail"
title = "Mail"
text = "Do."
see = "Seen."
checks = ["mail.test-message"]
questions = ["login-failure"]
"#;

fn playbook() -> Playbook {
    toml::from_str(PLAYBOOK).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    "2026-11-21T20:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// The fold of what happened at these seconds, each number unique.
fn fold(log: impl IntoIterator<Item = (i64, EventBody)>) -> Session {
    let events: Vec<Event> = log
        .into_iter()
        .enumerate()
        .map(|(number, (seconds, body))| Event {
            id: format!("{number:026}"),
            at: at(seconds),
            actor: "ada@consult.example".into(),
            device: "desk".into(),
            body,
        })
        .collect();
    Session::fold(&events)
}

fn started(drill: DrillKind) -> EventBody {
    EventBody::DrillStarted { drill }
}

fn ended(drill: DrillKind, worked: bool) -> EventBody {
    EventBody::DrillEnded {
        drill,
        by: "Robin".into(),
        worked,
        note: String::new(),
        questions: vec!["rollback-drill".into()],
        items: vec!["redeployed-by-team".into()],
    }
}

fn listed(name: &str) -> EventBody {
    EventBody::SecretListed {
        name: name.into(),
        opens: "payments".into(),
        seen: "browser bundle".into(),
        owner: "Ada".into(),
        due: None,
    }
}

fn said(question: &str) -> EventBody {
    EventBody::Answered {
        question: question.into(),
        yes: true,
        by: "Grace".into(),
        evidence: "seen".into(),
        attachments: Vec::new(),
    }
}

fn walked(step: &str, yes: bool) -> EventBody {
    EventBody::JourneyWalked {
        step: step.into(),
        yes,
        by: "Grace".into(),
        saw: "a blank page".into(),
    }
}

fn state(session: &Session, row: &str, now: i64) -> CriterionState {
    let rows = session.rows(&playbook(), at(now));
    rows.into_iter().find(|r| r.id == row).unwrap().state
}

#[test]
fn a_drill_answers_its_question_with_what_it_took() {
    use DrillKind::Rollback;
    for (end, worked, want, tick) in [
        (192, true, CriterionState::Attested, true),
        (601, true, CriterionState::Failing, false),
        (60, false, CriterionState::Failing, false),
        (-60, true, CriterionState::Open, false),
    ] {
        let session = fold([(0, started(Rollback)), (end, ended(Rollback, worked))]);
        assert_eq!(state(&session, "deploy", 700), want, "{end} {worked}");
        assert_eq!(session.ticked.contains("redeployed-by-team"), tick, "{end}");
        assert!(session.proofs.running().is_none());
    }
    let session = fold([(0, started(Rollback)), (192, ended(Rollback, true))]);
    let answer = &session.answers["rollback-drill"];
    assert_eq!((answer.by.as_str(), answer.at), ("Robin", at(192)));
    assert!(
        answer.evidence.contains("3:12 (at most 10:00)"),
        "{answer:?}"
    );
}

#[test]
fn a_later_drill_takes_the_place_of_an_earlier_one() {
    use DrillKind::Rollback;
    let session = fold([
        (0, started(Rollback)),
        (60, ended(Rollback, true)),
        (100, started(Rollback)),
        (900, ended(Rollback, true)),
    ]);
    assert_eq!(state(&session, "deploy", 900), CriterionState::Failing);
    assert!(!session.ticked.contains("redeployed-by-team"));
    assert_eq!(session.proofs.drills.len(), 2);
}

#[test]
fn the_end_of_a_drill_that_does_not_run_changes_nothing() {
    use DrillKind::{Redeploy, Rollback};
    let session = fold([(0, started(Redeploy)), (60, ended(Rollback, true))]);
    assert!(session.answers.is_empty());
    assert_eq!(session.proofs.running().unwrap().kind, Redeploy);
    let twice = fold([(0, started(Redeploy)), (1, started(Redeploy))]);
    assert_eq!(twice.proofs.drills.len(), 1);
    assert_eq!(twice.proofs.running().unwrap().started, at(0));
}

#[test]
fn a_secret_that_is_not_rotated_keeps_its_row_from_holding_whatever_was_said() {
    let rotated = EventBody::SecretRotated {
        name: "Stripe key".into(),
        by: "Ada".into(),
        shown: "401".into(),
    };
    let log = [(0, listed("Stripe key")), (5, said("secrets-rotated"))];
    let open = fold(log.clone());
    assert_eq!(state(&open, "secrets", 9), CriterionState::Failing);
    assert_eq!(
        open.rows(&playbook(), at(9))[1].because,
        ["exposed and not rotated: Stripe key (Ada)"]
    );
    assert_eq!(state(&open, "deploy", 9), CriterionState::Open);
    let done = fold(log.clone().into_iter().chain([(7, rotated.clone())]));
    assert_eq!(state(&done, "secrets", 9), CriterionState::Attested);
    let again = [(7, rotated), (8, listed("Stripe key"))];
    let again = fold(log.into_iter().chain(again));
    assert_eq!(state(&again, "secrets", 9), CriterionState::Failing);
    assert_eq!(again.proofs.exposed.len(), 1);
}

#[test]
fn a_waiver_accepts_only_what_was_listed_before_it() {
    let waived = EventBody::Waived {
        criterion: "secrets".into(),
        reason: "test key".into(),
        by: "Grace".into(),
        until: at(100_000),
        compensating: "none".into(),
        fingerprints: Vec::new(),
    };
    let log = [
        (0, listed("a")),
        (1, said("secrets-rotated")),
        (2, waived),
        // Another owner makes no new secret of it.
        (3, listed("a")),
    ];
    let accepted = fold(log.clone());
    assert_eq!(state(&accepted, "secrets", 9), CriterionState::Waived);
    let more = fold(log.into_iter().chain([(4, listed("b"))]));
    assert_eq!(state(&more, "secrets", 9), CriterionState::Failing);
}

#[test]
fn a_step_is_passed_by_a_person_and_its_checks() {
    let book = playbook();
    let standing = |session: &Session, step: &str| {
        let step = book.journey_step(step).unwrap();
        session.journey_step(&book, step, at(9))
    };
    let none = fold([]);
    assert_eq!(standing(&none, "sign-in"), StepStanding::Ahead);
    assert_eq!(none.journey_now(&book).unwrap().id, "sign-in");
    let yes = fold([(0, walked("sign-in", true)), (1, walked("mail", true))]);
    assert_eq!(standing(&yes, "sign-in"), StepStanding::Passed);
    let waits = standing(&yes, "mail");
    assert_eq!(
        waits.why(),
        Some("not looked at yet: mail.test-message"),
        "{waits:?}"
    );
    assert!(yes.journey_now(&book).is_none());
}

#[test]
fn a_no_on_the_journey_fails_the_row_that_it_serves() {
    let log = [(0, said("login-failure")), (1, walked("sign-in", false))];
    let no = fold(log.clone());
    assert_eq!(state(&no, "auth", 9), CriterionState::Failing);
    assert_eq!(
        no.rows(&playbook(), at(9))[2].because,
        ["journey, “Sign in”: Grace said no: a blank page"]
    );
    let better = fold(log.into_iter().chain([(2, walked("sign-in", true))]));
    assert_eq!(state(&better, "auth", 9), CriterionState::Attested);
}
