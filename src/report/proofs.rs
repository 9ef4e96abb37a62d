//! What was proven by doing it, in a session's report: the drills against their limits, the rotation list, the journey.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::document::Block;
use super::session::{Account, minute};
use crate::model::drill::{Drill, Outcome, stopwatch};
use crate::model::exposed::Exposed;
use crate::model::playbook::JourneyStep;

/// What was proven by doing it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProofsReport {
    /// Absent: nobody wrote it.
    way_back: Option<WayBackLine>,
    /// In the order in which they were started.
    drills: Vec<DrillLine>,
    /// Exposed secrets by name; a value never stands here.
    rotation: Vec<SecretLine>,
    /// Every step of the client's journey, in its order.
    journey: Vec<StepLine>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WayBackLine {
    what: String,
    to: String,
    steps: String,
    by: String,
    at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DrillLine {
    drill: String,
    started: Timestamp,
    /// Absent: it is running.
    ended: Option<Timestamp>,
    /// Absent while it is running, and where the clock was set back meanwhile.
    took_seconds: Option<i64>,
    limit_seconds: i64,
    outcome: Outcome,
    by: Option<String>,
    note: String,
    #[serde(skip)]
    asks: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SecretLine {
    name: String,
    opens: String,
    seen: String,
    owner: String,
    due: Option<Timestamp>,
    /// Absent: it is not rotated.
    rotated: Option<Timestamp>,
    rotated_by: Option<String>,
    /// How it was shown that the old one is refused.
    shown: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StepLine {
    id: String,
    title: String,
    /// `passed`, `fails`, `waits for a check`, `not walked yet`.
    state: String,
    why: Option<String>,
    /// What the person said who looked.
    yes: Option<bool>,
    by: Option<String>,
    at: Option<Timestamp>,
    saw: Option<String>,
}

/// All of it.
pub(super) fn proofs(of: &Account<'_>) -> ProofsReport {
    let proofs = &of.session.proofs;
    ProofsReport {
        way_back: proofs.way_back.as_ref().map(|way| WayBackLine {
            what: way.what.clone(),
            to: way.to.clone(),
            steps: way.steps.clone(),
            by: way.by.clone(),
            at: way.at,
        }),
        drills: proofs.drills.iter().map(DrillLine::of).collect(),
        rotation: proofs.exposed.iter().map(SecretLine::of).collect(),
        journey: of
            .playbook
            .journey
            .iter()
            .map(|step| StepLine::of(step, of))
            .collect(),
    }
}

/// The three sections.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    let all = proofs(of);
    let mut blocks = vec![Block::section("Drills")];
    blocks.push(match &all.way_back {
        Some(way) => Block::Facts(vec![
            ("Way back".to_owned(), format!("to {}", way.to)),
            ("From".to_owned(), way.what.clone()),
            ("Steps".to_owned(), way.steps.clone()),
            (
                "Written by".to_owned(),
                format!("{}, {}", way.by, minute(way.at)),
            ),
        ]),
        None => Block::paragraph("No way back is written."),
    });
    let head = ["Drill", "When", "Took", "Limit", "Result", "By", "Note"];
    let rows = all.drills.iter().map(DrillLine::cells).collect();
    blocks.push(table(&head, rows, "Nothing was drilled yet."));
    blocks.push(Block::section("Rotation list"));
    let head = [
        "Secret",
        "Opens",
        "Seen",
        "Owner",
        "Due",
        "Rotated",
        "The old one is refused",
    ];
    let rows = all.rotation.iter().map(SecretLine::cells).collect();
    blocks.push(table(&head, rows, "No exposed secret is listed."));
    blocks.push(Block::section("The client's journey"));
    let head = ["Step", "State", "Who looked", "What was seen"];
    let rows = all.journey.iter().map(StepLine::cells).collect();
    blocks.push(table(&head, rows, "This playbook has none."));
    blocks
}

/// A table, or the sentence that says that there is nothing.
fn table(head: &[&str], rows: Vec<Vec<String>>, none: &str) -> Block {
    if rows.is_empty() {
        Block::paragraph(none)
    } else {
        Block::table(head, rows)
    }
}

impl DrillLine {
    fn of(drill: &Drill) -> Self {
        let outcome = drill.outcome();
        let took = drill
            .end
            .as_ref()
            .filter(|_| outcome != Outcome::Untold)
            .map(|end| drill.took(end.at).as_secs());
        Self {
            drill: drill.kind.word().to_owned(),
            started: drill.started,
            ended: drill.end.as_ref().map(|end| end.at),
            took_seconds: took,
            limit_seconds: drill.kind.limit().as_secs(),
            outcome,
            by: drill.end.as_ref().map(|end| end.by.clone()),
            note: drill
                .end
                .as_ref()
                .map(|end| end.note.clone())
                .unwrap_or_default(),
            asks: drill.kind.asks(),
        }
    }

    fn cells(&self) -> Vec<String> {
        let took = self.took_seconds.map(jiff::SignedDuration::from_secs);
        vec![
            self.drill.clone(),
            minute(self.started),
            took.map(stopwatch).unwrap_or_default(),
            self.asks.clone(),
            self.outcome.words().to_owned(),
            self.by.clone().unwrap_or_default(),
            self.note.clone(),
        ]
    }
}

impl SecretLine {
    fn of(entry: &Exposed) -> Self {
        let done = entry.done.as_ref();
        Self {
            name: entry.name.clone(),
            opens: entry.opens.clone(),
            seen: entry.seen.clone(),
            owner: entry.owner.clone(),
            due: entry.due,
            rotated: done.map(|done| done.at),
            rotated_by: done.map(|done| done.by.clone()),
            shown: done.map(|done| done.shown.clone()),
        }
    }

    fn cells(&self) -> Vec<String> {
        let rotated = match (self.rotated, &self.rotated_by) {
            (Some(at), Some(by)) => format!("{}, {by}", minute(at)),
            _ => "not yet".to_owned(),
        };
        vec![
            self.name.clone(),
            self.opens.clone(),
            self.seen.clone(),
            self.owner.clone(),
            self.due.map(minute).unwrap_or_default(),
            rotated,
            self.shown.clone().unwrap_or_default(),
        ]
    }
}

impl StepLine {
    fn of(step: &JourneyStep, of: &Account<'_>) -> Self {
        let standing = of.session.journey_step(of.playbook, step, of.now);
        let walked = of.session.proofs.journey.get(&step.id);
        Self {
            id: step.id.clone(),
            title: step.title.clone(),
            state: standing.word().to_owned(),
            why: standing.why().map(str::to_owned),
            yes: walked.map(|walked| walked.yes),
            by: walked.map(|walked| walked.by.clone()),
            at: walked.map(|walked| walked.at),
            saw: walked.map(|walked| walked.saw.clone()),
        }
    }

    fn cells(&self) -> Vec<String> {
        let state = match (&self.why, self.yes) {
            // What a person said stands in the last column.
            (Some(why), Some(true)) => format!("{}: {why}", self.state),
            _ => self.state.clone(),
        };
        let by = match (&self.by, self.at) {
            (Some(by), Some(at)) => format!("{by}, {}", minute(at)),
            _ => String::new(),
        };
        vec![
            self.title.clone(),
            state,
            by,
            self.saw.clone().unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::model::drill::{DrillEnd, DrillKind, WayBack};
    use crate::model::exposed::Rotated;
    use crate::model::playbook::Playbook;
    use crate::model::proofs::Walked;
    use crate::model::session::Session;
    use crate::report::{
        Edition, fixture, session_html, session_json, session_markdown, session_schema,
    };

    fn playbook() -> Playbook {
        let step = |id: &str, title: &str, checks: &[&str]| JourneyStep {
            id: id.into(),
            title: title.into(),
            text: "Do it.".into(),
            see: "It is there.".into(),
            checks: checks.iter().map(|c| (*c).to_owned()).collect(),
            questions: vec!["dns-owner".into()],
            look: true,
        };
        Playbook {
            journey: vec![
                step("sign-up", "Sign up", &[]),
                step("sign-in", "Sign in", &["web.hsts"]),
                step("mail", "The mail", &[]),
            ],
            ..fixture::playbook()
        }
    }

    fn session() -> Session {
        let mut session = fixture::session();
        let ago = |minutes| fixture::now() - SignedDuration::from_mins(minutes);
        let drill = |kind, started, ended: Option<i64>| Drill {
            kind,
            operator: "ada".into(),
            started: ago(started),
            end: ended.map(|ended| DrillEnd {
                at: ago(ended),
                by: "Robin".into(),
                worked: true,
                note: format!("warm {}", fixture::HOSTILE),
            }),
        };
        let proofs = &mut session.proofs;
        proofs.way_back = Some(WayBack {
            what: "the deploy of Friday".into(),
            to: "deploy 214".into(),
            steps: "promote 214".into(),
            by: "Ada".into(),
            at: ago(90),
        });
        proofs.drills = vec![
            drill(DrillKind::Rollback, 60, Some(57)),
            drill(DrillKind::Redeploy, 50, Some(10)),
            drill(DrillKind::Rollback, 9, Some(11)),
            drill(DrillKind::Redeploy, 5, None),
        ];
        let entry = |name: &str, done| Exposed {
            name: name.into(),
            opens: "payments".into(),
            seen: "bundle".into(),
            owner: "Ada".into(),
            due: Some(fixture::now()),
            listed: ago(80),
            done,
        };
        let rotated = Rotated {
            at: ago(20),
            by: "Grace".into(),
            shown: "401".into(),
        };
        proofs.exposed = vec![entry("Stripe key", None), entry("Mail key", Some(rotated))];
        let walked = |yes| Walked {
            yes,
            by: "Grace".into(),
            saw: "a blank page".into(),
            at: ago(15),
        };
        proofs.journey.insert("sign-up".into(), walked(false));
        proofs.journey.insert("sign-in".into(), walked(true));
        session
    }

    #[test]
    fn minutes_stand_against_their_limit_and_secrets_by_name() {
        let (session, book) = (session(), playbook());
        for edition in [Edition::Client, Edition::Internal] {
            let account = Account {
                playbook: &book,
                ..fixture::account(&session, edition)
            };
            let text = session_markdown(&account);
            for want in [
                "## Drills",
                "- **Way back**: to deploy 214",
                "| rollback | 2026-11-21 19:00 UTC | 3:00 | at most 10:00 | in time | Robin |",
                "| redeploy | 2026-11-21 19:10 UTC | 40:00 | under 30:00 | too slow | Robin |",
                "| | at most 10:00 | the clock was set back: time unknown, drill again |",
                "| | under 30:00 | running | | |",
                "## Rotation list",
                "| Stripe key | payments | bundle | Ada | 2026-11-21 20:00 UTC | not yet | |",
                "| 2026-11-21 19:40 UTC, Grace | 401 |",
                "| Sign up | fails | Grace, 2026-11-21 19:45 UTC | a blank page |",
                "| Sign in | waits for a check: no answer in 3 s | Grace",
                "| The mail | not walked yet | | |",
            ] {
                assert!(text.contains(want), "{want}\n{text}");
            }
            let (_, ours) = text.split_once("## Drills").unwrap();
            let (ours, _) = ours.split_once("## What is open").unwrap();
            assert!(!ours.contains("<b>x</b>"), "{ours}");
            let page = session_html(&account);
            assert!(page.contains("40:00"), "{page}");
        }
    }

    #[test]
    fn scripts_read_the_same() {
        let (session, book) = (session(), playbook());
        let account = Account {
            playbook: &book,
            ..fixture::account(&session, Edition::Client)
        };
        let text = session_json(&account).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let schema = serde_json::from_str(&session_schema().unwrap()).unwrap();
        assert!(jsonschema::is_valid(&schema, &value));
        let proofs = &value["proofs"];
        assert_eq!(proofs["drills"][0]["took_seconds"], 180);
        assert_eq!(proofs["drills"][0]["limit_seconds"], 600);
        assert_eq!(proofs["drills"][0]["outcome"], "in-time");
        assert_eq!(proofs["drills"][1]["outcome"], "too-slow");
        assert!(proofs["drills"][2]["took_seconds"].is_null());
        assert_eq!(proofs["drills"][3]["outcome"], "running");
        assert_eq!(proofs["rotation"][1]["rotated_by"], "Grace");
        assert_eq!(proofs["journey"][0]["state"], "fails");
        assert_eq!(proofs["journey"][1]["yes"], true);
    }

    #[test]
    fn nothing_done_is_said_in_words() {
        let state = fixture::session();
        let text = session_markdown(&fixture::account(&state, Edition::Client));
        for want in [
            "No way back is written.",
            "Nothing was drilled yet.",
            "No exposed secret is listed.",
        ] {
            assert!(text.contains(want), "{want}\n{text}");
        }
    }
}
