//! Known risks with which a portal changes hands: what was accepted as it is, red flags that are up, and gaps.

use jiff::Timestamp;

use super::board::flags_up;
use super::playbook::Playbook;
use super::quiz::gaps;
use super::session::Session;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    pub kind: RiskKind,
    pub what: String,
    pub why: String,
    /// Who accepted it, said so, or has it; empty: nobody.
    pub by: String,
    /// Until when it is accepted, or by when it is closed.
    pub until: Option<Timestamp>,
}

/// What makes it one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskKind {
    RedFlag,
    Accepted,
    Gap,
}

impl RiskKind {
    /// For people and scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RedFlag => "red flag",
            Self::Accepted => "accepted",
            Self::Gap => "gap",
        }
    }
}

/// All of them: flags first, then what was accepted, then gaps. A flag that was accepted is told once, as a flag.
pub fn risks(session: &Session, playbook: &Playbook, now: Timestamp) -> Vec<Risk> {
    let flags = flags_up(playbook, session).into_iter().map(|flag| {
        let mut waivers = session.waivers.iter();
        let accepted = waivers.find(|waiver| waiver.covers_row(&flag.id, now));
        Risk {
            kind: RiskKind::RedFlag,
            what: flag.text.clone(),
            why: accepted.map_or_else(|| flag.stop.clone(), |waiver| waiver.reason.clone()),
            by: accepted.map(|waiver| waiver.by.clone()).unwrap_or_default(),
            until: accepted.map(|waiver| waiver.until),
        }
    });
    let accepted = session
        .waivers
        .iter()
        .filter(|waiver| waiver.covers_row(&waiver.criterion, now))
        .filter(|waiver| playbook.red_flag(&waiver.criterion).is_none())
        .map(|waiver| Risk {
            kind: RiskKind::Accepted,
            what: playbook
                .criterion(&waiver.criterion)
                .map_or_else(|| waiver.criterion.clone(), |row| row.title.clone()),
            why: waiver.reason.clone(),
            by: waiver.by.clone(),
            until: Some(waiver.until),
        });
    let open = gaps(playbook, session).into_iter().map(|gap| Risk {
        kind: RiskKind::Gap,
        what: gap.question.text.clone(),
        why: gap.answer.evidence.clone(),
        by: gap.owner.map(|o| o.name.clone()).unwrap_or_default(),
        until: gap.owner.and_then(|owner| owner.due),
    });
    let mut list: Vec<Risk> = flags.chain(accepted).chain(open).collect();
    list.sort_by_key(|risk| risk.kind);
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{Answer, Owner, Waiver};

    fn at(day: i8) -> Timestamp {
        format!("2026-11-{day:02}T20:00:00Z").parse().unwrap()
    }

    fn waiver(criterion: &str, until: Timestamp) -> Waiver {
        Waiver {
            criterion: criterion.into(),
            reason: format!("why {criterion}"),
            by: "Grace".into(),
            until,
            compensating: String::new(),
            fingerprints: Vec::new(),
            at: at(1),
        }
    }

    fn answer(yes: bool) -> Answer {
        Answer {
            yes,
            by: "Robin".into(),
            evidence: "does not know".into(),
            attachments: Vec::new(),
            at: at(1),
        }
    }

    #[test]
    fn each_stands_once_and_what_is_over_does_not() {
        let text = r#"
            id = "p"
            title = "P"
            audience = "clients"
            target = "support"
            ready = "It works."
            criterion = []
            [[red_flag]]
            id = "seen"
            text = "A secret was public."
            stop = "An engineer rotates it."
            [[red_flag]]
            id = "open"
            text = "Nobody knows the host."
            stop = "An engineer looks."
            [[quiz]]
            id = "quiz-down"
            text = "Where do you see it?"
        "#;
        let book: Playbook = toml::from_str(text).unwrap();
        let mut session = Session {
            waivers: vec![
                waiver("seen", at(29)),
                waiver("email", at(29)),
                waiver("old", at(2)),
            ],
            ..Session::default()
        };
        for (id, yes) in [("seen", true), ("open", true), ("quiz-down", false)] {
            session.answers.insert(id.into(), answer(yes));
        }
        session.owners.insert(
            "quiz-down".into(),
            Owner {
                name: "Robin".into(),
                due: Some(at(28)),
                blocked_by: String::new(),
            },
        );
        let shown: Vec<String> = risks(&session, &book, at(20))
            .into_iter()
            .map(|r| format!("{}: {} {} {}", r.kind.word(), r.what, r.why, r.by))
            .collect();
        assert_eq!(
            shown,
            [
                "red flag: A secret was public. why seen Grace",
                "red flag: Nobody knows the host. An engineer looks. ",
                "accepted: email why email Grace",
                "gap: Where do you see it? does not know Robin",
            ]
        );
    }
}
