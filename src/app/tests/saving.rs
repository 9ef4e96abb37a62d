use super::*;
use crate::app::opened::SessionFile;
use crate::app::overlay::{Overlay, Question};
use crate::app::state::Exit;

/// A cockpit whose store does not answer: effects are only collected.
struct Silent(Cockpit);

impl Silent {
    fn new() -> Self {
        Self(Cockpit::in_sprint(vec![finding(
            "mail.dmarc",
            Verdict::Fail,
            Severity::Blocker,
        )]))
    }

    fn key(&mut self, key: &str) -> Vec<Effect> {
        update(
            &mut self.0.state,
            Message::Key(key.parse().unwrap()),
            self.0.now,
        )
    }

    fn note(&mut self) -> u64 {
        self.key("n");
        "remember".chars().for_each(|c| {
            self.key(&c.to_string());
        });
        match self.key("enter").as_slice() {
            [Effect::Append { ticket, .. }] => *ticket,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_is_shown_before_it_is_in_the_file() {
    let mut silent = Silent::new();
    let ticket = silent.note();
    assert!(silent.0.session().notes.is_empty());
    assert!(silent.0.state.opened.as_ref().unwrap().is_saving());
    let events = silent.0.written(vec![EventBody::Noted {
        item: "x".into(),
        text: "remember".into(),
    }]);
    silent.0.send(Message::Stored {
        ticket,
        events: events.clone(),
    });
    assert_eq!(silent.0.session().notes.len(), 1);
    silent.0.send(Message::Merged(events));
    assert_eq!(
        silent.0.session().notes.len(),
        1,
        "the same event counts once"
    );
}

#[test]
fn what_cannot_be_written_is_kept_and_tried_again() {
    let mut silent = Silent::new();
    let ticket = silent.note();
    silent.0.send(Message::StoreFailed {
        ticket,
        why: "the disk is full".into(),
    });
    assert!(silent.0.said().contains("Nothing is lost"));
    assert!(silent.key("q").is_empty(), "leaving would lose it");
    assert!(matches!(
        &silent.0.state.overlay,
        Some(Overlay::Confirm(c)) if c.question == Question::QuitUnsaved
    ));
    assert!(silent.key("q").is_empty());
    silent.key("esc");
    let effects = silent.key("ctrl-s");
    assert!(matches!(effects.as_slice(), [Effect::Append { bodies, .. }] if bodies.len() == 1));
    assert!(silent.0.state.opened.as_ref().unwrap().unsaved.is_none());
}

#[test]
fn a_file_that_can_only_be_read_takes_no_entry() {
    let mut cockpit = Cockpit::new();
    let events = cockpit.written(vec![EventBody::Created {
        slug: "acme-example".into(),
        domain: DOMAIN.into(),
        playbook: "b2b-support".into(),
    }]);
    cockpit.send(Message::SessionOpened(Box::new(SessionFile {
        file: "a.launch".into(),
        read_only: Some("a newer program wrote it".into()),
        events,
        samples: Vec::new(),
    })));
    assert!(cockpit.asked.is_empty(), "nothing is looked at");
    for keys in ["R", "t", "g x", "u"] {
        cockpit.press(keys);
        assert!(
            cockpit.said().contains("only be read"),
            "{keys}: {}",
            cockpit.said()
        );
    }
    assert!(cockpit.asked.is_empty());
}

#[test]
fn ctrl_c_leaves_even_from_a_form() {
    let mut silent = Silent::new();
    silent.key("n");
    assert_eq!(silent.key("ctrl-c"), [Effect::Quit(Exit::Interrupted)]);
}

#[test]
fn only_own_entries_are_taken_back_and_never_what_was_seen() {
    let mut cockpit = Cockpit::in_sprint(vec![finding(
        "mail.dmarc",
        Verdict::Fail,
        Severity::Blocker,
    )]);
    cockpit.press("n");
    cockpit.fill(&["remember"]);
    cockpit.state.operator = "someone else".into();
    cockpit.press("u");
    assert!(cockpit.said().contains("no entry"));
    cockpit.state.operator = "ada".into();
    for _ in 0..8 {
        cockpit.press("u");
    }
    let session = cockpit.session();
    assert!(session.notes.is_empty());
    assert_eq!(session.findings.len(), 1);
    assert_eq!(session.domain, DOMAIN);
}
