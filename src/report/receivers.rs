//! The rules of the large receivers, as a section of a session's report.

use super::document::Block;
use super::session::{Account, Edition};
use crate::model::receiver::{Known, ReceiverRule, Standing, receivers, rules};

/// The section; nothing for a domain that sends no mail.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    if !of.session.intent().is_some_and(|intent| intent.is_sender()) {
        return Vec::new();
    }
    let known = Known {
        findings: &of.session.findings,
        answers: &of.session.answers,
    };
    let receivers = receivers();
    let facts = receivers.iter().map(|receiver| {
        let stands = known.of_receiver(receiver).of_receiver();
        let title = format!("{}, for {}", receiver.title, receiver.serves);
        (title, format!("{stands}; asked from {} on", receiver.from))
    });
    let mut head = vec!["Rule", "State"];
    head.extend(receivers.iter().map(|receiver| receiver.title.as_str()));
    let row = |rule: &ReceiverRule| {
        let text = match of.edition {
            Edition::Client => &rule.plain,
            Edition::Internal => &rule.title,
        };
        let since = receivers.iter().map(|receiver| match receiver.since(rule) {
            Some(day) => format!("since {day}"),
            None => "–".to_owned(),
        });
        let state = known.standing(rule).word().to_owned();
        [text.clone(), state].into_iter().chain(since).collect()
    };
    let asked: Vec<String> = rules()
        .iter()
        .filter(|rule| known.standing(rule) == Standing::Asked)
        .filter_map(|rule| Some(rule.question.as_ref()?.text.clone()))
        .collect();
    let mut blocks = vec![
        Block::section("What large receivers ask of much mail"),
        Block::Facts(facts.collect()),
        Block::table(&head, rules().iter().map(row).collect()),
    ];
    if !asked.is_empty() {
        blocks.push(Block::paragraph("No look from outside shows these:"));
        blocks.push(Block::List(asked));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{Event, EventBody};
    use crate::model::intent::Intent;
    use crate::model::name::HostName;
    use crate::model::session::Session;
    use crate::model::verdict::Verdict;
    use crate::report::{fixture, session_html, session_markdown};

    fn session(sends: bool) -> Session {
        let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
        intent.sends_mail = Some(sends);
        let mut bodies = vec![
            EventBody::Created {
                slug: "acme-example".into(),
                domain: "acme.example".into(),
                playbook: "b2b-support".into(),
            },
            EventBody::IntentConfirmed {
                intent: Box::new(intent),
            },
            EventBody::RunStarted {
                run: "1".into(),
                rules: 1,
            },
            EventBody::Answered {
                question: "bulk-complaints".into(),
                yes: false,
                by: "Ada".into(),
                evidence: String::new(),
                attachments: Vec::new(),
            },
        ];
        for (check, verdict) in [
            ("mail.alignment", Verdict::Pass),
            ("mail.dkim", Verdict::Unknown),
            ("mail.dmarc", Verdict::Fail),
            ("mail.reverse-dns", Verdict::NotApplicable),
            ("mail.spf", Verdict::Pass),
            ("mail.spf-lookups", Verdict::Pass),
        ] {
            bodies.push(EventBody::Found {
                run: "1".into(),
                finding: Box::new(fixture::said(check, verdict)),
            });
        }
        let events: Vec<Event> = bodies
            .into_iter()
            .zip(1..)
            .map(|(body, number): (EventBody, u32)| Event {
                id: format!("{number:026}"),
                at: fixture::now(),
                actor: "ada".into(),
                device: "desk".into(),
                body,
            })
            .collect();
        Session::fold(&events)
    }

    #[test]
    fn each_rule_says_how_it_stands_and_who_asks_since_when() {
        let state = session(true);
        let client = session_markdown(&fixture::account(&state, Edition::Client));
        for line in [
            "- **Google, for personal Gmail accounts**: does not hold; asked from about 5000 messages a day on",
            "| Rule | State | Google | Yahoo | Microsoft |",
            "| the list of services that may write for you is there and can be read | proven | since 2024-02-01 | since 2024-02-01 | since 2025-05-05 |",
            "| every service that writes for you can sign its mail | could not tell | since 2024-02-01 | since 2024-02-01 | since 2025-05-05 |",
            "| you say what is to happen with mail that others forge | failing | since 2024-02-01 | since 2024-02-01 | since 2025-05-05 |",
            "| your own mail servers have names that are really theirs | does not apply | since 2024-02-01 | since 2024-02-01 | – |",
            "| your mail travels encrypted | asked | since 2024-02-01 | – | – |",
            "| readers leave your newsletter with one click | asked | since 2024-06-01 | since 2024-06-01 | – |",
            "| fewer than 3 of 1000 readers call your mail spam | failing | since 2024-02-01 | since 2024-02-01 | – |",
        ] {
            assert!(client.lines().any(|have| have == line), "{line}\n{client}");
        }
        assert!(client.contains("- Does every service hand your mail over with TLS?"));
        assert!(!client.contains("Is the rate of complaints"), "answered");
        let internal = session_html(&fixture::account(&state, Edition::Internal));
        assert!(internal.contains("a DMARC record, p=none or stricter"));
    }

    #[test]
    fn nothing_is_asked_of_a_domain_that_sends_no_mail() {
        let state = session(false);
        let text = session_markdown(&fixture::account(&state, Edition::Internal));
        assert!(!text.contains("large receivers"), "{text}");
    }
}
