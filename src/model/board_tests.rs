//! Gates and steps as tables: what keeps each shut, and what opens it.

use jiff::SignedDuration;

use super::*;
use crate::model::event::{Event, EventBody};
use crate::model::finding::{CheckId, Finding, fingerprint};
use crate::model::verdict::{Confidence, Severity, Verdict};

const PLAYBOOK: &str = r#"
id = "p"
title = "P"
audience = "a"
target = "t"
ready = "r"

[[criterion]]
id = "mail"
title = "Mail"
passes = "p"
breaks = "b"
workstream = "email"
gates = ["audit-closed", "go-live"]
checks = ["mail.spf"]

[[criterion]]
id = "drill"
title = "Drill"
passes = "p"
breaks = "b"
workstream = "monitoring"
gates = ["go-live"]

[[criterion.question]]
id = "alert-drill"
text = "Drilled?"
good_for_days = 30

[[diy]]
id = "write-spf"
text = "Write SPF."
phase = "fix"
checks = ["mail.spf"]

[[red_flag]]
id = "shared-admin"
text = "One administrator account is shared."
stop = "An engineer separates them."

[[access]]
id = "access-dns"
text = "Can you change records?"

[[gate]]
id = "audit-closed"
title = "Audit closed"
hour = 8
asks = "known"
signatures = 1
text = "t"

[[gate]]
id = "go-live"
title = "Go-live"
hour = 36
asks = "settled"
signatures = 2
text = "t"
"#;

fn playbook() -> Playbook {
    toml::from_str(PLAYBOOK).unwrap()
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn finding(verdict: Verdict, hour: i64) -> Finding {
    Finding {
        check: CheckId::from("mail.spf"),
        subject: "acme.example".into(),
        verdict,
        severity: Severity::Blocker,
        confidence: Confidence::Certain,
        summary: format!("SPF is {verdict}"),
        plain: String::new(),
        details: serde_json::Map::new(),
        exhibits: Vec::new(),
        evidence: Vec::new(),
        remedy: None,
        standards: Vec::new(),
        fingerprint: fingerprint("mail.spf", "acme.example", verdict, "fact"),
        took_ms: 1,
        at: at(hour),
    }
}

/// A session that grows event by event, one an hour.
#[derive(Default)]
struct Story {
    events: Vec<Event>,
}

impl Story {
    fn then(mut self, body: EventBody) -> Self {
        let hour = i64::try_from(self.events.len()).unwrap();
        self.events.push(Event {
            id: format!("{hour:04}"),
            at: at(hour),
            actor: "Ada".into(),
            device: String::new(),
            body,
        });
        self
    }

    fn found(self, verdict: Verdict) -> Self {
        let hour = i64::try_from(self.events.len()).unwrap();
        self.then(EventBody::Found {
            run: "1".into(),
            finding: Box::new(finding(verdict, hour)),
        })
    }

    fn answered(self, question: &str, yes: bool) -> Self {
        self.then(EventBody::Answered {
            question: question.into(),
            yes,
            by: "Ada".into(),
            evidence: "seen".into(),
            attachments: Vec::new(),
        })
    }

    fn signed(self, gate: &str, by: &str) -> Self {
        self.then(EventBody::SignedOff {
            gate: gate.into(),
            by: by.into(),
            role: "founder".into(),
        })
    }

    fn owned(self, item: &str) -> Self {
        self.then(EventBody::Assigned {
            item: item.into(),
            owner: "Bo".into(),
            due: None,
            blocked_by: String::new(),
        })
    }

    fn session(&self) -> Session {
        Session::fold(&self.events)
    }
}

/// What keeps a gate shut at an hour: its rows, then the rest.
fn shut(story: &Story, gate: &str, hour: i64) -> Vec<String> {
    let (playbook, session) = (playbook(), story.session());
    let board = board(&playbook, &session, playbook.gate(gate).unwrap(), at(hour));
    let rows = board.rows.iter();
    let mut list: Vec<String> = rows
        .filter_map(|row| Some(format!("{}: {}", row.criterion.id, row.blocks.as_ref()?)))
        .collect();
    list.extend(board.missing.clone());
    assert_eq!(board.is_open(), list.is_empty());
    list
}

#[test]
fn the_audit_closes_when_everything_is_known_and_owned() {
    let story = Story::default();
    assert_eq!(
        shut(&story, "audit-closed", 1),
        [
            "mail: not looked at yet: mail.spf",
            "1 of 1 kinds of access are not confirmed",
            "1 of 1 red flags were not asked about"
        ]
    );
    let story = story
        .found(Verdict::Fail)
        .answered("access-dns", true)
        .answered("shared-admin", true);
    assert_eq!(
        shut(&story, "audit-closed", 4),
        ["mail: does not hold, and has no owner"]
    );
    let story = story.owned("mail");
    assert!(shut(&story, "audit-closed", 5).is_empty());
}

#[test]
fn access_that_is_missing_must_be_explained() {
    let story = Story::default()
        .found(Verdict::Pass)
        .answered("shared-admin", false)
        .answered("access-dns", false);
    assert_eq!(shut(&story, "audit-closed", 4).len(), 1);
    let story = story.then(EventBody::Noted {
        item: crate::model::standing::WITHOUT_ACCESS.into(),
        text: "the registrar answers on Monday".into(),
    });
    assert!(shut(&story, "audit-closed", 5).is_empty());
    assert_eq!(access_missing(&playbook(), &story.session()).len(), 1);
}

#[test]
fn going_live_needs_every_killer_row_and_no_flag() {
    let ready = Story::default()
        .found(Verdict::Pass)
        .answered("alert-drill", true);
    assert!(shut(&ready, "go-live", 3).is_empty());

    let unknown = Story::default()
        .found(Verdict::Unknown)
        .answered("alert-drill", true);
    assert_eq!(shut(&unknown, "go-live", 3), ["mail: SPF is unknown"]);

    assert_eq!(
        shut(&ready, "go-live", 30),
        ["mail: mail.spf is older than 24 h: check again"]
    );
    assert_eq!(
        shut(&ready, "go-live", 24 * 32),
        [
            "mail: mail.spf is older than 24 h: check again",
            "drill: what Ada said is older than 30 days: ask again"
        ]
    );

    let flag = ready.answered("shared-admin", true);
    assert_eq!(
        shut(&flag, "go-live", 4),
        ["a red flag is up: One administrator account is shared. An engineer separates them."]
    );
    assert_eq!(flags_up(&playbook(), &flag.session()).len(), 1);
    let gone = flag.answered("shared-admin", false);
    assert!(shut(&gone, "go-live", 5).is_empty());
}

#[test]
fn a_waiver_opens_a_row_until_its_day() {
    let story = Story::default()
        .found(Verdict::Fail)
        .answered("alert-drill", true)
        .then(EventBody::Waived {
            criterion: "mail".into(),
            reason: "the mail moves on Monday".into(),
            by: "Ada".into(),
            until: at(20),
            compensating: "support writes by hand".into(),
            fingerprints: vec![finding(Verdict::Fail, 0).fingerprint],
        });
    assert!(shut(&story, "go-live", 4).is_empty());
    assert_eq!(shut(&story, "go-live", 21), ["mail: SPF is fail"]);
}

#[test]
fn two_names_sign_and_what_changed_since_is_told() {
    let story = Story::default()
        .found(Verdict::Pass)
        .answered("alert-drill", true)
        .signed("audit-closed", "Ada")
        .signed("go-live", "Ada")
        .signed("go-live", " ada ");
    let (playbook, session) = (playbook(), story.session());
    let gate = playbook.gate("go-live").unwrap();
    let one = board(&playbook, &session, gate, at(6));
    assert_eq!(one.signed.len(), 1);
    assert!(!one.is_signed() && one.changed.is_empty());

    let story = story.signed("go-live", "Bo").found(Verdict::Fail);
    let session = story.session();
    let two = board(&playbook, &session, gate, at(8));
    assert!(two.is_signed() && !two.is_open());
    assert_eq!(two.blocking(), ["mail"]);
    let changed: Vec<&str> = two.changed.iter().map(|key| key.check.as_str()).collect();
    assert_eq!(changed, ["mail.spf"]);
    let audit = playbook.gate("audit-closed").unwrap();
    assert_eq!(board(&playbook, &session, audit, at(8)).changed.len(), 1);
}

#[test]
fn a_step_is_done_by_what_was_seen() {
    let (playbook, empty) = (playbook(), Session::default());
    let state = |session: &Session| steps(&playbook, session, at(1))[0].report.state;
    assert_eq!(state(&empty), CriterionState::Open);
    let broken = Story::default().found(Verdict::Fail).session();
    assert_eq!(state(&broken), CriterionState::Failing);
    let whole = Story::default().found(Verdict::Pass).session();
    assert_eq!(state(&whole), CriterionState::Proven);
}
