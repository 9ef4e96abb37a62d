//! A run and a session with every kind of finding, for the tests of the formats.

mod playbook;

use jiff::{SignedDuration, Timestamp};

pub(super) use self::playbook::playbook;
use super::session::{Account, Edition, Seal};
use crate::model::event::{Event, EventBody};
use crate::model::exhibit::{Bar, Exhibit, Hop, Node, TableRow};
use crate::model::finding::{
    CheckId, Evidence, Finding, RecordAction, RecordChange, Remedy, fingerprint,
};
use crate::model::observation::self_check::SelfCheck;
use crate::model::playbook::Playbook;
use crate::model::run::{Parts, QueryCounts, Run};
use crate::model::session::Session;
use crate::model::verdict::{Confidence, Severity, Verdict};

pub(super) fn now() -> Timestamp {
    "2026-11-21T20:00:10Z".parse().unwrap()
}

pub(super) const HOSTILE: &str = "<b>x</b> | `y` ``` ]]> [z](javascript:1)\n# h \x1b[2J\u{202e}";

fn finding(check: &str, verdict: Verdict, severity: Severity, summary: &str) -> Finding {
    Finding {
        check: CheckId::from(check),
        subject: "acme.example".into(),
        verdict,
        severity,
        confidence: Confidence::Certain,
        summary: summary.into(),
        plain: String::new(),
        details: serde_json::Map::new(),
        exhibits: Vec::new(),
        evidence: Vec::new(),
        remedy: None,
        standards: vec!["RFC 7208 §4.5".into()],
        fingerprint: fingerprint(check, "acme.example", verdict, summary),
        took_ms: 12,
        at: now(),
    }
}

/// A finding of which only the check and the verdict matter.
pub(super) fn said(check: &str, verdict: Verdict) -> Finding {
    finding(check, verdict, Severity::Blocker, "as seen")
}

fn spf() -> Finding {
    let mut spf = finding(
        "mail.spf",
        Verdict::Fail,
        Severity::Blocker,
        "two SPF records: receivers treat this as an error",
    );
    spf.plain = "Your mail is not believed.".into();
    spf.exhibits = exhibits().to_vec();
    spf.exhibits.push(Exhibit::table(
        HOSTILE,
        &[HOSTILE],
        [TableRow::told([HOSTILE])],
    ));
    spf.evidence = vec![
        Evidence {
            kind: "dns".into(),
            at: now(),
            source: "198.51.100.7".into(),
            text: format!("v=spf1 -all\n{HOSTILE}"),
            repeat: "dig +short TXT acme.example".into(),
        },
        Evidence {
            kind: "note".into(),
            at: now(),
            source: "tool".into(),
            text: "second piece".into(),
            repeat: String::new(),
        },
    ];
    spf.remedy = Some(Remedy {
        steps: vec!["Keep one record.".into()],
        records: vec![RecordChange {
            action: RecordAction::Replace,
            name: "acme.example".into(),
            rtype: "TXT".into(),
            ttl: 3600,
            value: "v=spf1 include:_spf.mailer.example -all".into(),
            old: Some("v=spf1 -all".into()),
        }],
        settings: Vec::new(),
        undo: "Put the old record back.".into(),
        proof: "mail.spf".into(),
    });
    spf
}

/// An exhibit of each shape: table, tree, path, lifetimes.
pub(super) fn exhibits() -> [Exhibit; 4] {
    let soon = now() + SignedDuration::from_mins(5);
    let node = |depth, verdict, text: &str, note: &str| Node {
        depth,
        verdict,
        text: text.into(),
        note: note.into(),
    };
    let hop = |verdict, text: &str, note: &str| Hop {
        verdict,
        text: text.into(),
        note: note.into(),
    };
    [
        Exhibit::table(
            "who says what",
            &["asked", "says"],
            [
                TableRow::judged(Verdict::Pass, ["ns1", "new"]),
                TableRow::judged(Verdict::Fail, ["resolver"]).until(soon),
            ],
        ),
        Exhibit::tree(
            "includes",
            [
                node(0, Some(Verdict::Fail), "root", ""),
                node(1, None, "one", "3 lookups"),
                node(2, None, "deep", ""),
                node(1, None, "two\nlines", ""),
            ],
        ),
        Exhibit::path(
            "redirects",
            [
                hop(None, "http://a/", "301"),
                hop(Some(Verdict::Fail), "https://a/", "302"),
            ],
            Some(0),
        ),
        Exhibit::lifetimes(
            "certificates",
            [Bar {
                label: "leaf".into(),
                verdict: None,
                from: now(),
                to: soon,
            }],
        ),
    ]
}

fn findings() -> Vec<Finding> {
    vec![
        spf(),
        finding("mail.mx", Verdict::Pass, Severity::Fix, "one MX"),
        finding("tls.chain", Verdict::Warn, Severity::Fix, HOSTILE),
        finding("web.csp", Verdict::NotApplicable, Severity::Fix, "no pages"),
        finding(
            "web.hsts",
            Verdict::Unknown,
            Severity::Fix,
            "no answer in 3 s",
        ),
        finding("web.sri", Verdict::Fail, Severity::Advice, "no integrity"),
    ]
}

fn self_check() -> SelfCheck {
    SelfCheck {
        network: "up".into(),
        resolver: "honest".into(),
        clock: "sane".into(),
        port_25: "closed".into(),
        ..SelfCheck::default()
    }
}

pub(super) fn run() -> Run {
    Run::new(Parts {
        rules: 1,
        domain: "acme.example",
        playbook: &playbook(),
        started: now() - SignedDuration::from_millis(1_834),
        finished: now(),
        took_ms: 1_834,
        findings: findings(),
        self_check: self_check(),
        queries: QueryCounts {
            dns: 61,
            tls: 9,
            http: 14,
            smtp: 1,
        },
        as_if: Vec::new(),
        session: None,
    })
}

/// The same run, about the world after a switch.
pub(super) fn about_the_future() -> Run {
    Run {
        as_if: vec!["www.acme.example has the address 203.0.113.40".into()],
        ..run()
    }
}

/// A session that was handed over, after which the SPF record broke.
pub(super) fn session() -> Session {
    Session::fold(&events())
}

/// The events that it is made of.
pub(super) fn events() -> Vec<Event> {
    let healthy = finding(
        "mail.spf",
        Verdict::Pass,
        Severity::Blocker,
        "one SPF record",
    );
    let found = |finding: Finding| EventBody::Found {
        run: "1".into(),
        finding: Box::new(finding),
    };
    let waived = EventBody::Waived {
        criterion: "email-valid".into(),
        reason: format!("cache lands {HOSTILE}"),
        by: "Ada".into(),
        until: now(),
        compensating: "by hand".into(),
        fingerprints: vec![spf().fingerprint],
    };
    let mut bodies = vec![
        EventBody::Created {
            slug: "acme-example".into(),
            domain: "acme.example".into(),
            playbook: "b2b-support".into(),
        },
        EventBody::ClockStarted,
        EventBody::RunStarted {
            run: "1".into(),
            rules: 1,
        },
        found(healthy),
        EventBody::HandedOver {
            run: "1".into(),
            to: "team@acme.example".into(),
        },
        waived,
        EventBody::Assigned {
            item: "email-valid".into(),
            owner: "Ada".into(),
            due: Some(now()),
            blocked_by: String::new(),
        },
        EventBody::Noted {
            item: String::new(),
            text: "the founder is nervous".into(),
        },
        EventBody::Ticked {
            item: "owners-named".into(),
            done: true,
        },
        EventBody::Answered {
            question: "dns-owner".into(),
            yes: true,
            by: "Ada".into(),
            evidence: "Ada and Bob".into(),
            attachments: Vec::new(),
        },
        EventBody::Answered {
            question: "secret-was-public".into(),
            yes: true,
            by: "Bob".into(),
            evidence: String::new(),
            attachments: Vec::new(),
        },
        EventBody::Answered {
            question: "access-host".into(),
            yes: true,
            by: "Ada".into(),
            evidence: String::new(),
            attachments: Vec::new(),
        },
        EventBody::AccessRecorded {
            place: "DNS host".into(),
            who: "Ada".into(),
            how: "own account".into(),
            owner: String::new(),
            second_factor: String::new(),
            recovery: String::new(),
        },
        EventBody::SignedOff {
            gate: "go-live".into(),
            by: "Ada".into(),
            role: "consultant".into(),
        },
    ];
    bodies.extend(findings().into_iter().map(found));
    bodies
        .into_iter()
        .zip(1..)
        .map(|(body, number): (EventBody, u32)| Event {
            id: format!("{number:026}"),
            at: now() - SignedDuration::from_mins(5),
            actor: "ada".into(),
            device: "desk".into(),
            body,
        })
        .collect()
}

pub(super) fn account(session: &Session, edition: Edition) -> Account<'_> {
    static PLAYBOOK: std::sync::LazyLock<Playbook> = std::sync::LazyLock::new(playbook);
    Account {
        session,
        playbook: &PLAYBOOK,
        events: &[],
        edition,
        now: now(),
        seal: Some(Seal {
            events: 18,
            head: "abc123",
        }),
        samples: const { &std::collections::BTreeMap::new() },
    }
}
