//! The acceptance: what whoever takes over is asked, and the gaps that the answers show. A gap is an open item with an owner
//! and a day; the portal is not handed over before.

use super::playbook::{Playbook, Question};
use super::record::{Answer, Owner};
use super::session::Session;
use super::standing::same_name;

/// The role of whoever runs the sprint and leaves after it.
const LEAVES: &str = "consultant";

/// Something that whoever takes over does not know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap<'a> {
    pub question: &'a Question,
    pub answer: &'a Answer,
    pub owner: Option<&'a Owner>,
}

impl Gap<'_> {
    /// Whether somebody has it, with a day.
    pub fn is_owned(&self) -> bool {
        self.owner.is_some_and(|owner| owner.due.is_some())
    }
}

/// Whether a name is of somebody who leaves with the handover: who made the session, or signed as the consultant.
pub fn leaves(session: &Session, name: &str) -> bool {
    let signed_so = session
        .sign_offs
        .iter()
        .any(|sign| same_name(&sign.role, LEAVES) && same_name(&sign.by, name));
    same_name(name, &session.pack.operator) || same_name(name, LEAVES) || signed_so
}

/// The questions that nobody answered who takes over.
pub fn unanswered<'a>(playbook: &'a Playbook, session: &Session) -> Vec<&'a Question> {
    let taken = |question: &&Question| {
        let answer = session.answers.get(&question.id);
        answer.is_some_and(|answer| !leaves(session, &answer.by))
    };
    playbook.quiz.iter().filter(|q| !taken(q)).collect()
}

/// What the receiver does not know, in the order in which it was asked.
pub fn gaps<'a>(playbook: &'a Playbook, session: &'a Session) -> Vec<Gap<'a>> {
    let asked = playbook.quiz.iter();
    asked
        .filter_map(|question| {
            let answer = session.answers.get(&question.id)?;
            (!answer.yes).then(|| Gap {
                question,
                answer,
                owner: session.owners.get(&question.id),
            })
        })
        .collect()
}

/// What of the acceptance still stands before the handover, in words.
pub fn missing(playbook: &Playbook, session: &Session) -> Vec<String> {
    let mut list = Vec::new();
    match (unanswered(playbook, session).len(), playbook.quiz.len()) {
        (0, _) => {}
        (left, of) => list.push(format!(
            "{left} of {of} questions wait for whoever takes over"
        )),
    }
    let gaps = gaps(playbook, session);
    match gaps.iter().filter(|gap| !gap.is_owned()).count() {
        0 => {}
        1 => list.push("1 gap has no owner and day".to_owned()),
        n => list.push(format!("{n} gaps have no owner and day")),
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{Event, EventBody};

    fn playbook() -> Playbook {
        let text = r#"
            id = "p"
            title = "P"
            audience = "clients"
            target = "support"
            ready = "It works."
            criterion = []
            [[quiz]]
            id = "quiz-registrar"
            text = "Who can sign in?"
            [[quiz]]
            id = "quiz-down"
            text = "Where do you see that it is down?"
        "#;
        toml::from_str(text).unwrap()
    }

    fn answered(question: &str, yes: bool, by: &str) -> EventBody {
        EventBody::Answered {
            question: question.into(),
            yes,
            by: by.into(),
            evidence: "in the list".into(),
            attachments: Vec::new(),
        }
    }

    fn owned(due: Option<&str>) -> EventBody {
        EventBody::Assigned {
            item: "quiz-down".into(),
            owner: "Robin".into(),
            due: due.map(|day| day.parse().unwrap()),
            blocked_by: String::new(),
        }
    }

    fn session(bodies: &[EventBody]) -> Session {
        let created = EventBody::Created {
            slug: "acme-example".into(),
            domain: "acme.example".into(),
            playbook: "p".into(),
        };
        let signed = EventBody::SignedOff {
            gate: "go-live".into(),
            by: "Bob".into(),
            role: "Consultant".into(),
        };
        let events: Vec<Event> = [created, signed]
            .iter()
            .chain(bodies)
            .zip(1..)
            .map(|(body, number): (&EventBody, u32)| Event {
                id: format!("{number:026}"),
                at: "2026-11-21T20:00:00Z".parse().unwrap(),
                actor: "ada".into(),
                device: "desk".into(),
                body: body.clone(),
            })
            .collect();
        Session::fold(&events)
    }

    #[test]
    fn the_quiz_is_taken_by_somebody_who_stays() {
        let book = playbook();
        for by in ["Ada", "bob ", "the consultant"] {
            let state = session(&[
                answered("quiz-registrar", true, by),
                answered("quiz-down", true, "Robin"),
            ]);
            let want: &[&str] = match by {
                "the consultant" => &[],
                _ => &["1 of 2 questions wait for whoever takes over"],
            };
            assert_eq!(missing(&book, &state), want, "{by}");
        }
        assert_eq!(
            missing(&book, &session(&[])),
            ["2 of 2 questions wait for whoever takes over"]
        );
        assert!(leaves(&session(&[]), "consultant"));
        assert!(!leaves(&session(&[]), "Robin"));
    }

    #[test]
    fn a_gap_needs_an_owner_and_a_day_and_closes_with_a_yes() {
        let book = playbook();
        let mut bodies = vec![
            answered("quiz-registrar", true, "Robin"),
            answered("quiz-down", false, "Robin"),
        ];
        let before = session(&bodies);
        assert_eq!(missing(&book, &before), ["1 gap has no owner and day"]);
        let list = gaps(&book, &before);
        assert_eq!(list.len(), 1);
        assert_eq!(list[0].question.id, "quiz-down");
        bodies.push(owned(None));
        assert_eq!(
            missing(&book, &session(&bodies)),
            ["1 gap has no owner and day"],
            "an owner without a day is none"
        );
        bodies.push(owned(Some("2026-12-03T00:00:00Z")));
        assert!(missing(&book, &session(&bodies)).is_empty());
        assert_eq!(gaps(&book, &session(&bodies)).len(), 1, "it stays a gap");
        bodies.push(answered("quiz-down", true, "Robin"));
        assert!(gaps(&book, &session(&bodies)).is_empty());
    }
}
