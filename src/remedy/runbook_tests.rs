//! The runbook, composed for portals.

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::model::event::{Event, EventBody};
use crate::model::finding::{CheckId, Finding, fingerprint};
use crate::model::intent::{Host, Sender};
use crate::model::pack::Contact;
use crate::model::verdict::{Confidence, Severity, Verdict};

fn apply(session: &mut Session, body: EventBody) {
    session.apply(&Event {
        id: String::new(),
        at: Timestamp::UNIX_EPOCH,
        actor: "ada".into(),
        device: "desk".into(),
        body,
    });
}

fn bare() -> Session {
    Session {
        domain: "acme.example".into(),
        ..Session::default()
    }
}

fn found(check: &str, fact: &str, value: &str) -> EventBody {
    let mut details = serde_json::Map::new();
    details.insert(fact::FACTS.into(), json!({ fact: [value] }));
    EventBody::Found {
        run: "r".into(),
        finding: Box::new(Finding {
            check: CheckId::from(check),
            subject: "acme.example".into(),
            verdict: Verdict::Pass,
            severity: Severity::Fix,
            confidence: Confidence::Certain,
            summary: String::new(),
            plain: String::new(),
            details,
            exhibits: Vec::new(),
            evidence: Vec::new(),
            remedy: None,
            standards: Vec::new(),
            fingerprint: fingerprint(check, "acme.example", Verdict::Pass, value),
            took_ms: 1,
            at: Timestamp::UNIX_EPOCH,
        }),
    }
}

fn told() -> Session {
    let mut session = bare();
    let mut intent = Intent::of("acme.example".parse().unwrap());
    intent.dns_host = Some("cloudflare".into());
    intent.platform = Some("vercel".into());
    intent.hosts.push(Host {
        name: "portal.acme.example".parse().unwrap(),
        role: Role::Portal,
        address: Vec::new(),
        target: None,
        why: String::new(),
    });
    intent.senders.push(Sender {
        name: "resend".into(),
        selectors: Vec::new(),
        include: None,
        bounce_domain: None,
    });
    let answered = |question: &str, evidence: &str| EventBody::Answered {
        question: question.into(),
        yes: true,
        by: "Ada".into(),
        evidence: evidence.into(),
        attachments: Vec::new(),
    };
    for body in [
        EventBody::IntentConfirmed {
            intent: Box::new(intent),
        },
        answered("rollback-target", "deploy 41, Promote in Vercel"),
        EventBody::ContactNamed {
            contact: Contact {
                name: "Grace".into(),
                calls_for: "the portal is down".into(),
                channel: "Slack #ops".into(),
                hours: "9 to 18".into(),
            },
        },
        found(
            "dns.nameservers",
            "NS acme.example",
            "ada.ns.cloudflare.com",
        ),
    ] {
        apply(&mut session, body);
    }
    session.access.push(Access {
        place: "hosting".into(),
        who: "Robin".into(),
        how: "own account".into(),
        ..Access::default()
    });
    session
}

#[test]
fn five_troubles_have_five_steps_each_and_begin_with_a_command() {
    for session in [bare(), told()] {
        let book = runbook(&session);
        assert_eq!(book.len(), 5);
        for trouble in book {
            let steps = trouble.all_steps();
            assert_eq!(steps.len(), 5, "{}", trouble.id);
            let command = "launch-ready check acme.example --only '";
            assert!(trouble.command.starts_with(command), "{}", trouble.command);
            for step in steps {
                assert!(!step.contains(['{', '}']), "{}: {step}", trouble.id);
            }
        }
    }
}

#[test]
fn what_is_known_of_the_portal_stands_in_the_steps() {
    let whole: String = runbook(&told())
        .iter()
        .flat_map(Trouble::all_steps)
        .map(|step| step + "\n")
        .collect();
    for part in [
        "portal.acme.example is up from here",
        "the host of the portal, Vercel",
        "hosting: Robin, own account",
        "Go back to the last one that worked: deploy 41, Promote in Vercel (Ada)",
        "call Grace (Slack #ops, 9 to 18)",
        "NS acme.example ada.ns.cloudflare.com",
        "Resend",
        "Cloudflare",
    ] {
        assert!(whole.contains(part), "{part}\n{whole}");
    }
}

#[test]
fn what_nobody_wrote_down_is_said_to_be_missing() {
    let steps: String = runbook(&bare())
        .iter()
        .flat_map(Trouble::all_steps)
        .collect();
    for part in [
        "(nobody wrote down whom to call",
        "(nobody wrote down which deploy, and how)",
        "(not seen yet)",
    ] {
        assert!(steps.contains(part), "{part}");
    }
}

#[test]
fn a_domain_that_is_none_stays_out_of_the_command() {
    let session = Session {
        domain: "a; rm -rf /".into(),
        ..Session::default()
    };
    assert_eq!(
        check(&session, "tls.*"),
        "launch-ready check DOMAIN --only 'tls.*'"
    );
}
