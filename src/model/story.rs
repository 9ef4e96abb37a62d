//! Sessions for the tests of this room: a small playbook, and events told one after the other.

use jiff::{SignedDuration, Timestamp};

use super::event::{Event, EventBody};
use super::finding::{CheckId, Finding, RecordAction, RecordChange, Remedy, fingerprint};
use super::observation::self_check::SelfCheck;
use super::playbook::Playbook;
use super::run::QueryCounts;
use super::session::Session;
use super::verdict::{Confidence, Severity, Verdict};

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
id = "tls"
title = "Certificates"
passes = "p"
breaks = "b"
workstream = "edge"
gates = ["go-live"]
checks = ["tls.*"]

[[criterion]]
id = "drill"
title = "Drill"
passes = "p"
breaks = "b"
workstream = "edge"
gates = ["go-live"]

[[criterion.question]]
id = "alert-drill"
text = "Drilled?"

[[red_flag]]
id = "shared-admin"
text = "One administrator account is shared."
stop = "An engineer separates them."

[[access]]
id = "access-dns"
text = "Can you change records?"

[[workstream]]
id = "email"
title = "Email"
from = 8
to = 16

[[workstream]]
id = "edge"
title = "Edge"
from = 1
to = 12

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

pub(super) fn playbook() -> Playbook {
    toml::from_str(PLAYBOOK).unwrap()
}

pub(super) fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

/// A session that grows event by event, all at the hour that was named last.
#[derive(Clone, Default)]
pub(super) struct Story {
    pub(super) events: Vec<Event>,
    hour: i64,
}

impl Story {
    pub(super) fn at(mut self, hour: i64) -> Self {
        self.hour = hour;
        self
    }

    pub(super) fn then(mut self, body: EventBody) -> Self {
        self.events.push(Event {
            id: format!("{:04}", self.events.len()),
            at: at(self.hour),
            actor: "Ada".into(),
            device: String::new(),
            body,
        });
        self
    }

    pub(super) fn found(self, check: &str, verdict: Verdict, severity: Severity) -> Self {
        let finding = finding(check, verdict, severity, self.hour);
        self.saw(finding)
    }

    /// Another fact behind the same failure.
    pub(super) fn found_as(self, check: &str, fact: &str) -> Self {
        let mut finding = finding(check, Verdict::Fail, Severity::Blocker, self.hour);
        finding.fingerprint = fingerprint(check, "acme.example", Verdict::Fail, fact);
        self.saw(finding)
    }

    /// A failing blocker whose fix is a record.
    pub(super) fn changing_to(self, check: &str, record: &str, ttl: u32) -> Self {
        let mut finding = finding(check, Verdict::Fail, Severity::Blocker, self.hour);
        let remedy = finding.remedy.get_or_insert_default();
        remedy.records = vec![RecordChange {
            action: RecordAction::Add,
            name: record.into(),
            rtype: "TXT".into(),
            ttl,
            value: "v".into(),
            old: None,
        }];
        self.saw(finding)
    }

    pub(super) fn saw(self, finding: Finding) -> Self {
        self.then(EventBody::Found {
            run: "1".into(),
            finding: Box::new(finding),
        })
    }

    /// A whole run without findings of its own.
    pub(super) fn ran(self) -> Self {
        let self_check = SelfCheck {
            network: "up".into(),
            resolver: "honest".into(),
            clock: "sane".into(),
            port_25: "open".into(),
            resolvers: Vec::new(),
            problems: Vec::new(),
        };
        self.then(EventBody::RunStarted {
            run: "1".into(),
            rules: 1,
        })
        .then(EventBody::RunFinished {
            run: "1".into(),
            self_check,
            queries: QueryCounts::default(),
            took_ms: 1,
        })
    }

    pub(super) fn answered(self, question: &str, yes: bool) -> Self {
        self.then(EventBody::Answered {
            question: question.into(),
            yes,
            by: "Ada".into(),
            evidence: "seen".into(),
            attachments: Vec::new(),
        })
    }

    /// Accepts what was found by `mail.spf` last.
    pub(super) fn waived(self, row: &str, until: i64) -> Self {
        let session = self.session();
        let findings = session.findings.values();
        let fingerprints = findings
            .map(|finding| finding.fingerprint.clone())
            .collect();
        self.then(EventBody::Waived {
            criterion: row.into(),
            reason: "later".into(),
            by: "Bo".into(),
            until: at(until),
            compensating: "watched".into(),
            fingerprints,
        })
    }

    pub(super) fn withdrawn(self, row: &str) -> Self {
        self.then(EventBody::WaiverWithdrawn {
            criterion: row.into(),
        })
    }

    pub(super) fn undone(self, event: usize) -> Self {
        self.then(EventBody::Undone {
            event: format!("{event:04}"),
        })
    }

    pub(super) fn owned(self, item: &str, blocked_by: &str) -> Self {
        self.then(EventBody::Assigned {
            item: item.into(),
            owner: "Bo".into(),
            due: None,
            blocked_by: blocked_by.into(),
        })
    }

    pub(super) fn signed(self, gate: &str, by: &str) -> Self {
        self.then(EventBody::SignedOff {
            gate: gate.into(),
            by: by.into(),
            role: "founder".into(),
        })
    }

    /// Hour 0 is behind, with all access and no red flag.
    pub(super) fn started() -> Self {
        Self::default()
            .answered("access-dns", true)
            .answered("shared-admin", false)
            .then(EventBody::ClockStarted)
    }

    pub(super) fn session(&self) -> Session {
        Session::fold(&self.events)
    }
}

fn finding(check: &str, verdict: Verdict, severity: Severity, hour: i64) -> Finding {
    Finding {
        check: CheckId::from(check),
        subject: "acme.example".into(),
        verdict,
        severity,
        confidence: Confidence::Certain,
        summary: format!("{check} is {verdict}"),
        plain: String::new(),
        details: serde_json::Map::new(),
        exhibits: Vec::new(),
        evidence: Vec::new(),
        remedy: (verdict == Verdict::Fail).then(Remedy::default),
        standards: Vec::new(),
        fingerprint: fingerprint(check, "acme.example", verdict, "fact"),
        took_ms: 1,
        at: at(hour),
    }
}
