//! The rollback card, made from sprints.

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::model::event::{Event, EventBody};
use crate::model::finding::{CheckId, Remedy, fingerprint};
use crate::model::verdict::{Confidence, Severity};

fn finding(check: &str, verdict: Verdict) -> Finding {
    Finding {
        check: CheckId::from(check),
        subject: "acme.example".into(),
        verdict,
        severity: Severity::Fix,
        confidence: Confidence::Certain,
        summary: String::new(),
        plain: String::new(),
        details: serde_json::Map::new(),
        exhibits: Vec::new(),
        evidence: Vec::new(),
        remedy: None,
        standards: Vec::new(),
        fingerprint: fingerprint(check, "acme.example", verdict, ""),
        took_ms: 1,
        at: Timestamp::UNIX_EPOCH,
    }
}

fn asks(check: &str, action: RecordAction, old: Option<&str>) -> Finding {
    let record = RecordChange {
        action,
        name: "_dmarc.acme.example".into(),
        rtype: "TXT".into(),
        ttl: 300,
        value: "v=DMARC1; p=none".into(),
        old: old.map(str::to_owned),
    };
    Finding {
        remedy: Some(Remedy {
            records: vec![record],
            undo: "Put it back.".into(),
            ..Remedy::default()
        }),
        ..finding(check, Verdict::Fail)
    }
}

fn told(check: &str, address: &str) -> Finding {
    let mut finding = finding(check, Verdict::Pass);
    let facts = json!({ "A acme.example": [address], "certificate acme.example until": [address] });
    finding.details.insert(fact::FACTS.into(), facts);
    finding.fingerprint = fingerprint(check, "acme.example", Verdict::Pass, address);
    finding
}

fn after(findings: Vec<Finding>) -> RollbackCard {
    let mut session = Session {
        domain: "acme.example".into(),
        ..Session::default()
    };
    for finding in findings {
        session.apply(&Event {
            id: String::new(),
            at: Timestamp::UNIX_EPOCH,
            actor: "ada".into(),
            device: "desk".into(),
            body: EventBody::Found {
                run: "r".into(),
                finding: Box::new(finding),
            },
        });
    }
    card(&session)
}

#[test]
fn a_remedy_that_was_done_is_on_the_card_with_what_stood_there() {
    let value = "v=DMARC1; p=none";
    for (action, old, before, now) in [
        (RecordAction::Add, None, "", value),
        (RecordAction::Replace, Some("v=DMARC1"), "v=DMARC1", value),
        (RecordAction::Delete, None, value, ""),
    ] {
        let card = after(vec![
            asks("mail.dmarc", action, old),
            finding("mail.dmarc", Verdict::Pass),
        ]);
        let [record] = card.records.as_slice() else {
            panic!("{card:?}");
        };
        assert_eq!(record.record, "_dmarc.acme.example TXT");
        assert_eq!(
            (record.before.as_str(), record.after.as_str()),
            (before, now)
        );
        assert_eq!(record.undo, "Put it back.");
        let proof = "--only 'api.health,mail.dmarc,tls.reachable,web.status'";
        assert!(card.proof.ends_with(proof), "{}", card.proof);
    }
}

#[test]
fn what_was_not_done_is_not_on_the_card() {
    let card = after(vec![asks("mail.dmarc", RecordAction::Add, None)]);
    assert_eq!(card.records, []);
    let again = after(vec![
        asks("mail.dmarc", RecordAction::Add, None),
        finding("mail.dmarc", Verdict::Unknown),
    ]);
    assert_eq!(again.records, []);
    assert!(card.target.contains("nobody wrote down which deploy"));
}

#[test]
fn a_record_that_was_changed_without_a_remedy_is_told_by_its_facts() {
    let card = after(vec![
        told("dns.addresses", "203.0.113.20"),
        told("dns.addresses", "203.0.113.44"),
    ]);
    let [record] = card.records.as_slice() else {
        panic!("a certificate is no record: {card:?}");
    };
    assert_eq!(record.record, "A acme.example");
    assert_eq!(
        (record.before.as_str(), record.after.as_str()),
        ("203.0.113.20", "203.0.113.44")
    );
}
