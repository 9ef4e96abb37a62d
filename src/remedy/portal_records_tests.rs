//! Records are read from evidence, and each says what it is for.

use super::*;
use crate::model::event::{Event, EventBody};
use crate::model::finding::{CheckId, Evidence, Finding};
use crate::model::intent::Sender;
use crate::model::name::HostName;
use crate::model::verdict::{Confidence, Severity, Verdict};

fn name(text: &str) -> HostName {
    HostName::parse(text).unwrap()
}

fn at(minute: i8) -> Timestamp {
    format!("2026-11-21T20:{minute:02}:00Z").parse().unwrap()
}

fn finding(check: &str, minute: i8, lines: &[&str]) -> EventBody {
    let text = format!("acme.example TXT: NOERROR, flags aa\n{}", lines.join("\n"));
    let evidence = Evidence {
        kind: "dns".into(),
        at: at(minute),
        source: "198.51.100.53".into(),
        text,
        repeat: String::new(),
    };
    EventBody::Found {
        run: "1".into(),
        finding: Box::new(Finding {
            check: CheckId::from(check),
            subject: "acme.example".into(),
            verdict: Verdict::Pass,
            severity: Severity::Fix,
            confidence: Confidence::Certain,
            summary: String::new(),
            plain: String::new(),
            details: serde_json::Map::new(),
            exhibits: Vec::new(),
            evidence: vec![evidence],
            remedy: None,
            standards: Vec::new(),
            fingerprint: String::new(),
            took_ms: 1,
            at: at(minute),
        }),
    }
}

fn session(bodies: Vec<EventBody>) -> Session {
    let host = |text: &str, role| Host {
        name: name(text),
        role,
        address: vec!["203.0.113.20".parse().unwrap()],
        target: None,
        why: String::new(),
    };
    let mut intent = Intent::of(name("acme.example"));
    intent.hosts = vec![
        host("portal.acme.example", Role::Portal),
        host("api.acme.example", Role::Api),
    ];
    intent.senders = vec![Sender {
        name: "resend".into(),
        selectors: vec!["resend".into(), "spare".into()],
        include: None,
        bounce_domain: Some(name("bounce.acme.example")),
    }];
    let confirmed = EventBody::IntentConfirmed {
        intent: Box::new(intent),
    };
    let events: Vec<Event> = std::iter::once(confirmed)
        .chain(bodies)
        .zip(1..)
        .map(|(body, number): (EventBody, u32)| Event {
            id: format!("{number:026}"),
            at: at(0),
            actor: "ada".into(),
            device: "desk".into(),
            body,
        })
        .collect();
    Session::fold(&events)
}

fn purpose(list: &[PortalRecord], key: &str) -> String {
    let found = list.iter().find(|record| record.key() == key);
    found
        .unwrap_or_else(|| panic!("no {key} in {list:#?}"))
        .purpose
        .clone()
}

#[test]
fn each_record_that_was_seen_says_what_it_is_for() {
    let state = session(vec![finding(
        "dns.nameservers",
        1,
        &[
            "acme.example. 3600 IN NS ns1.dns.example.",
            "acme.example. 3600 IN SOA ns1.dns.example. hostmaster.acme.example. 1 2 3 4 5",
            "acme.example. 300 IN A 203.0.113.10",
            "acme.example. 300 IN MX 10 smtp.google.com.",
            "acme.example. 300 IN TXT \"v=spf1 include:amazonses.com -all\"",
            "acme.example. 300 IN CAA 0 issue \"letsencrypt.org\"",
            "_dmarc.acme.example. 300 IN TXT \"v=DMARC1; p=none\"",
            "portal.acme.example. 300 IN CNAME cname.platform.example.",
            "resend._domainkey.acme.example. 300 IN TXT \"p=MIG\"",
            "s1._domainkey.acme.example. 300 IN CNAME s1.domainkey.u1.wl2.sendgrid.net.",
            "send.acme.example. 300 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.",
            "send.acme.example. 300 IN TXT \"v=spf1 include:amazonses.com ~all\"",
            "proof.acme.example. 300 IN TXT \"google-site-verification=abc\"",
            "odd.acme.example. 300 IN TXT \"hello\"",
            "elsewhere.example. 300 IN A 192.0.2.1",
            "notacme.example. 300 IN A 192.0.2.1",
            "acme.example. often IN A 192.0.2.9",
            "acme.example TXT: timed out",
        ],
    )]);
    let list = portal_records(&state);
    for (key, want) in [
        (
            "acme.example NS",
            "says who answers for the domain: it must agree with the registrar",
        ),
        (
            "acme.example A",
            "leads visitors of the bare domain to the site",
        ),
        (
            "acme.example MX",
            "mail to @acme.example arrives at Google Workspace: do not delete",
        ),
        (
            "acme.example TXT",
            "says which services may send mail of acme.example (SPF)",
        ),
        (
            "acme.example CAA",
            "says which authorities may issue certificates: renewals need it",
        ),
        (
            "_dmarc.acme.example TXT",
            "says what happens to forged mail of acme.example (DMARC)",
        ),
        ("portal.acme.example CNAME", "leads clients to the portal"),
        (
            "resend._domainkey.acme.example TXT",
            "signature key of Resend (DKIM): do not delete",
        ),
        (
            "s1._domainkey.acme.example CNAME",
            "signature key of SendGrid (DKIM): do not delete",
        ),
        (
            "send.acme.example MX",
            "return path of Resend: do not delete",
        ),
        (
            "send.acme.example TXT",
            "says who may send mail in this name (SPF)",
        ),
        (
            "bounce.acme.example MX",
            "return path of Resend: do not delete",
        ),
        (
            "spare._domainkey.acme.example TXT or CNAME",
            "signature key of Resend (DKIM): do not delete",
        ),
        (
            "proof.acme.example TXT",
            "proves to a service that the domain is yours: ask before deleting",
        ),
        ("odd.acme.example TXT", ""),
        ("api.acme.example A", "leads the portal to its API"),
    ] {
        assert_eq!(purpose(&list, key), want, "{key}");
    }
    assert_eq!(list.len(), 16, "{list:#?}");
    assert_eq!(list[0].key(), "acme.example A");
    let unseen: Vec<String> = list
        .iter()
        .filter(|record| record.seen.is_none())
        .map(PortalRecord::key)
        .collect();
    assert_eq!(
        unseen,
        [
            "spare._domainkey.acme.example TXT or CNAME",
            "api.acme.example A",
            "bounce.acme.example MX",
        ]
    );
}

#[test]
fn the_latest_look_counts_and_probes_do_not() {
    let state = session(vec![
        finding("dns.ttl", 9, &["acme.example. 300 IN A 203.0.113.11"]),
        finding("dns.zone", 3, &["acme.example. 300 IN A 203.0.113.10"]),
        finding(
            "dns.wildcard",
            9,
            &["x7f3.acme.example. 300 IN A 203.0.113.1"],
        ),
    ]);
    let list = portal_records(&state);
    let apex = list.iter().find(|r| r.key() == "acme.example A").unwrap();
    assert_eq!(apex.values, ["203.0.113.11"]);
    assert!(!list.iter().any(|r| r.name.starts_with("x7f3")));
}

#[test]
fn a_return_path_that_takes_no_mail_is_there_all_the_same() {
    let state = session(vec![finding(
        "mail.spf",
        1,
        &["bounce.acme.example. 300 IN TXT \"v=spf1 -all\""],
    )]);
    let list = portal_records(&state);
    let bounce: Vec<String> = list
        .iter()
        .filter(|record| record.name == "bounce.acme.example")
        .map(PortalRecord::key)
        .collect();
    assert_eq!(bounce, ["bounce.acme.example TXT"]);
}

#[test]
fn a_person_knows_better() {
    let state = session(vec![
        finding("dns.zone", 1, &["odd.acme.example. 300 IN TXT \"hello\""]),
        EventBody::PurposeNoted {
            record: "odd.acme.example TXT".into(),
            purpose: "the label printer looks for it".into(),
        },
    ]);
    let list = portal_records(&state);
    let odd = list.iter().find(|r| r.name == "odd.acme.example").unwrap();
    assert_eq!(odd.purpose, "the label printer looks for it");
    assert!(odd.by_hand);
}
