//! Each edition shows what is for its readers, and what people typed stays text.

use serde_json::Value;

use super::super::{fixture, session_html, session_json, session_markdown};
use super::*;
use crate::model::event::{Event, EventBody};
use crate::model::pack::{Contact, Planned};
use crate::model::playbook::Playbook;
use crate::model::session::Session;

const PHONE: &str = "phone +49 170 1234567";

fn playbook() -> Playbook {
    let question = |id: &str| crate::model::playbook::Question {
        id: id.into(),
        text: format!("What of {id}?"),
        plain: String::new(),
        evidence: String::new(),
        good_for_days: None,
    };
    Playbook {
        quiz: vec![question("quiz-registrar"), question("quiz-down")],
        ..fixture::playbook()
    }
}

/// What `name` stands for is typed by people in every field that they have.
fn session(name: &str, more: Vec<EventBody>) -> Session {
    let mut state = fixture::session();
    let text = || name.to_owned();
    let with = |word: &str| format!("{word} {name}").trim_end().to_owned();
    let mut bodies = vec![
        EventBody::AccessRecorded {
            place: with("registrar"),
            who: text(),
            how: text(),
            owner: text(),
            second_factor: "Ada".into(),
            recovery: "it@acme.example, codes in the blue safe".into(),
        },
        EventBody::ContactNamed {
            contact: Contact {
                name: with("Robin"),
                calls_for: text(),
                channel: PHONE.into(),
                hours: text(),
            },
        },
        EventBody::RenewalPlanned {
            renewal: "by-hand:trial".into(),
            planned: Planned {
                what: with("Trial"),
                at: Some("2026-12-03T00:00:00Z".parse().unwrap()),
                payer: text(),
            },
        },
        EventBody::Answered {
            question: "quiz-registrar".into(),
            yes: true,
            by: "Robin".into(),
            evidence: with(&format!("ask Grace, {PHONE}")),
            attachments: Vec::new(),
        },
        EventBody::Answered {
            question: "quiz-down".into(),
            yes: false,
            by: "Robin".into(),
            evidence: with("does not know"),
            attachments: Vec::new(),
        },
        EventBody::Assigned {
            item: "quiz-down".into(),
            owner: with("Grace"),
            due: Some("2026-11-28T00:00:00Z".parse().unwrap()),
            blocked_by: String::new(),
        },
    ];
    bodies.extend(more);
    for (body, number) in bodies.into_iter().zip(100..) {
        let number: u32 = number;
        state.apply(&Event {
            id: format!("{number:026}"),
            at: fixture::now(),
            actor: "ada".into(),
            device: "desk".into(),
            body,
        });
    }
    state
}

fn account<'a>(state: &'a Session, playbook: &'a Playbook, edition: Edition) -> Account<'a> {
    Account {
        playbook,
        ..fixture::account(state, edition)
    }
}

#[test]
fn each_edition_has_what_is_for_its_readers() {
    let (state, book) = (session("", Vec::new()), playbook());
    let client = session_markdown(&account(&state, &book, Edition::Client));
    let internal = session_markdown(&account(&state, &book, Edition::Internal));
    for (text, in_client, in_internal) in [
        ("## Known gaps", true, true),
        (
            "| What of quiz-down? | does not know | Grace | 2026-11-28 |",
            true,
            true,
        ),
        (
            "| What of quiz-registrar? | known | Robin | 2026-11-21 20:00 UTC | ask Grace, phone … |",
            true,
            false,
        ),
        ("ask Grace, phone …4567", false, true),
        ("| Robin | | phone … | |", true, false),
        ("| Robin | | phone …4567 | |", false, true),
        ("| 2026-12-03 | Trial | nobody said | by hand |", true, true),
        ("blue safe", false, true),
        (
            "nobody who stays holds the second factor of registrar",
            false,
            true,
        ),
        (
            "registrar is recovered by it@acme.example, which is lost with acme.example itself",
            false,
            true,
        ),
        (
            "Not written down yet: DNS, hosting, repository.",
            true,
            true,
        ),
        ("the founder is nervous", false, true),
        ("## Index of the evidence", true, true),
        (
            "| Row email-valid | mail.spf acme.example: fail | 2026-11-21 20:00 UTC | 198\\.51.100.7, tool |",
            true,
            true,
        ),
        (
            "| Row tls-active | Who knows dns-owner? yes | 2026-11-21 19:55 UTC | Ada: Ada and Bob |",
            true,
            true,
        ),
        (
            "| red flag | A secret was public. | An engineer rotates it. | nobody | |",
            true,
            true,
        ),
        ("1234567", false, false),
    ] {
        assert_eq!(client.contains(text), in_client, "client: {text}\n{client}");
        assert_eq!(
            internal.contains(text),
            in_internal,
            "internal: {text}\n{internal}"
        );
    }
}

#[test]
fn a_number_stands_in_no_edition_and_no_format() {
    let (state, book) = (session("", Vec::new()), playbook());
    for edition in [Edition::Client, Edition::Internal] {
        let of = account(&state, &book, edition);
        for text in [
            session_markdown(&of),
            session_html(&of),
            session_json(&of).unwrap(),
        ] {
            assert!(!text.contains("170 1234567"), "{text}");
            assert_eq!(
                text.contains("…4567"),
                edition == Edition::Internal,
                "{text}"
            );
            assert_eq!(text.contains("blue safe"), edition == Edition::Internal);
        }
    }
}

#[test]
fn what_people_typed_is_text_in_every_format() {
    let (state, book) = (session(fixture::HOSTILE, Vec::new()), playbook());
    for edition in [Edition::Client, Edition::Internal] {
        let of = account(&state, &book, edition);
        let html = session_html(&of);
        assert!(!html.contains("<b>x"), "{html}");
        assert!(html.contains("Robin &lt;b&gt;x"), "{html}");
        let markdown = session_markdown(&of);
        assert!(markdown.contains(r"Robin \<b\>x"), "{markdown}");
        for text in [&html, &markdown] {
            assert!(!text.contains(['\x1b', '\u{202e}']), "{text}");
        }
        let value: Value = serde_json::from_str(&session_json(&of).unwrap()).unwrap();
        for key in ["access", "contacts", "renewals", "gaps", "evidence"] {
            let part = value[key].to_string();
            assert_eq!(part.contains("<b>x</b>"), key != "evidence", "{part}");
            assert!(
                !part.contains("u001b") && !part.contains('\u{202e}'),
                "{key}: {part}"
            );
        }
    }
}

#[test]
fn scripts_read_the_same() {
    let (state, book) = (session("", Vec::new()), playbook());
    let text = session_json(&account(&state, &book, Edition::Internal)).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["access"][0]["place"], "DNS host");
    assert_eq!(value["access"][1]["second_factor"], "Ada");
    assert_eq!(value["contacts"][0]["channel"], "phone …4567");
    assert_eq!(value["renewals"][0]["ends"], "2026-12-03T00:00:00Z");
    assert_eq!(value["gaps"][0]["question"], "quiz-down");
    assert_eq!(value["gaps"][0]["owner"], "Grace");
    assert_eq!(value["risks"][0]["kind"], "red flag");
    assert!(value["evidence"].as_array().unwrap().len() > 2);
    let client = session_json(&account(&state, &book, Edition::Client)).unwrap();
    let value: Value = serde_json::from_str(&client).unwrap();
    assert!(value["access"][1].get("recovery").is_none());
    assert!(value.get("access_warnings").is_none());
}

#[test]
fn no_gap_is_told_of_what_was_not_asked() {
    let book = playbook();
    let untaken = fixture::session();
    let text = session_markdown(&account(&untaken, &book, Edition::Client));
    assert!(
        text.contains("Not told yet: questions wait for whoever takes over."),
        "{text}"
    );
    let known = ["quiz-registrar", "quiz-down"].map(|question| EventBody::Answered {
        question: question.into(),
        yes: true,
        by: "Robin".into(),
        evidence: "in the runbook".into(),
        attachments: Vec::new(),
    });
    let taken = session("", known.to_vec());
    let text = session_markdown(&account(&taken, &book, Edition::Client));
    assert!(
        text.contains("None: every question was answered."),
        "{text}"
    );
}
