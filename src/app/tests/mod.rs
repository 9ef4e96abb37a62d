//! The cockpit without a terminal: keys in, state and effects out, against a store and an engine of a few lines.

mod day_one;
mod gate;
mod home;
mod items;
mod journey;
mod keymap;
mod mail;
mod new_session;
mod overlays;
mod proofs;
mod random;
mod refusals;
mod rehearsal;
mod saving;
mod sprint;
mod vault;
mod vigil;

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::guides::Guides;
use super::key::Key;
use super::keymap::DEFAULT;
use super::opened::SessionFile;
use super::state::{Size, Terminal};
use super::{Effect, Keymap, Message, Screen, Start, State, update};
use crate::model::event::{Event, EventBody};
use crate::model::finding::{CheckId, Finding, FindingKey, Remedy, fingerprint};
use crate::model::intent::{Host, Intent, Role};
use crate::model::name::HostName;
use crate::model::progress::Progress;
use crate::model::run::QueryCounts;
use crate::model::verdict::{Confidence, Severity, Verdict};

pub(super) const DOMAIN: &str = "acme.example";

/// A cockpit with a store that never fails and an engine that finds what it is told to.
pub(super) struct Cockpit {
    pub(super) state: State,
    pub(super) now: Timestamp,
    /// Effects that nobody here answers.
    pub(super) asked: Vec<Effect>,
    /// What the next runs find.
    pub(super) world: Vec<Finding>,
    next_id: u32,
}

impl Cockpit {
    /// At home, nothing listed yet.
    pub(super) fn new() -> Self {
        let now: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
        let mut guides = Guides::default();
        guides.insert(
            "mail.dmarc",
            "A DMARC record tells receivers what to do",
            false,
            "",
        );
        Self {
            state: State::new(Start {
                playbooks: crate::playbook::builtin().to_vec(),
                guides,
                keymap: Keymap::parse(DEFAULT).unwrap(),
                terminal: Terminal::default(),
                size: Size {
                    width: 120,
                    height: 40,
                },
                operator: "ada".into(),
                now,
                zone: jiff::tz::TimeZone::UTC,
            }),
            now,
            asked: Vec::new(),
            world: Vec::new(),
            next_id: 1,
        }
    }

    /// In the sprint of a session of the first playbook, after one run.
    pub(super) fn in_sprint(world: Vec<Finding>) -> Self {
        let mut cockpit = Self::new();
        cockpit.world = world;
        cockpit.open(&[
            EventBody::AuthorityStated {
                statement: "allowed".into(),
                hosts: vec![DOMAIN.into()],
            },
            EventBody::ClockStarted,
        ]);
        cockpit.asked.clear();
        cockpit
    }

    /// Opens a session with these events after its creation.
    pub(super) fn open(&mut self, bodies: &[EventBody]) {
        let mut all = vec![
            EventBody::Created {
                slug: "acme-example".into(),
                domain: DOMAIN.into(),
                playbook: "b2b-support".into(),
            },
            EventBody::IntentConfirmed {
                intent: Box::new(intent()),
            },
        ];
        all.extend_from_slice(bodies);
        let events = self.written(all);
        self.send(Message::SessionOpened(Box::new(SessionFile {
            file: PathBuf::from("acme-example.launch"),
            read_only: None,
            events,
            samples: Vec::new(),
        })));
    }

    /// Presses keys by name, one after the other: `"down enter"`.
    pub(super) fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.send(Message::Key(key.parse().unwrap()));
        }
    }

    /// Types a text, character by character.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            self.send(Message::Key(Key::char(c)));
        }
    }

    /// Fills the fields of a form from the first on and saves it. An empty one is left as it is.
    pub(super) fn fill(&mut self, values: &[&str]) {
        for value in values {
            if !value.is_empty() {
                self.press("ctrl-e ctrl-u");
                self.text(value);
            }
            self.press("enter");
        }
    }

    pub(super) fn pass(&mut self, time: SignedDuration) {
        self.now += time;
        self.send(Message::Tick);
    }

    /// One message; its effects are answered at once as the driver would.
    pub(super) fn send(&mut self, message: Message) {
        self.now += SignedDuration::from_millis(10);
        for effect in update(&mut self.state, message, self.now) {
            self.answer(effect);
        }
    }

    fn answer(&mut self, effect: Effect) {
        match effect {
            Effect::Append { ticket, bodies } => {
                let events = self.written(bodies);
                self.send(Message::Stored { ticket, events });
            }
            Effect::CreateSession { bodies, .. } => {
                let events = self.written(bodies);
                self.send(Message::SessionOpened(Box::new(SessionFile {
                    file: PathBuf::from("acme-example.launch"),
                    read_only: None,
                    events,
                    samples: Vec::new(),
                })));
            }
            Effect::StartRun(request) => {
                let found: Vec<Finding> = self
                    .world
                    .iter()
                    .filter(|f| request.only.is_empty() || request.only.contains(&f.key()))
                    .cloned()
                    .collect();
                self.asked.push(Effect::StartRun(request));
                self.run(found);
            }
            other => self.asked.push(other),
        }
    }

    fn run(&mut self, found: Vec<Finding>) {
        self.next_id += 1;
        let run = format!("run-{}", self.next_id);
        let step = |s: &mut Self, p: Progress| s.send(Message::Progress(Box::new(p)));
        step(
            self,
            Progress::Planned {
                run: run.clone(),
                rules: 1,
                keys: found.iter().map(Finding::key).collect(),
            },
        );
        for mut finding in found {
            step(self, Progress::Started(finding.key()));
            finding.at = self.now;
            step(self, Progress::Finished(Box::new(finding)));
        }
        step(
            self,
            Progress::Ended {
                run,
                took_ms: 1_830,
                queries: QueryCounts::default(),
                cancelled: false,
            },
        );
    }

    pub(super) fn written(&mut self, bodies: Vec<EventBody>) -> Vec<Event> {
        bodies
            .into_iter()
            .map(|body| {
                self.next_id += 1;
                Event {
                    id: format!("{:06}", self.next_id),
                    at: self.now,
                    actor: "ada".into(),
                    device: "desk".into(),
                    body,
                }
            })
            .collect()
    }

    pub(super) fn screen(&self) -> &Screen {
        self.state.screen().unwrap()
    }

    pub(super) fn session(&self) -> &crate::model::session::Session {
        &self.state.opened.as_ref().unwrap().session
    }

    /// The last message that was shown.
    pub(super) fn said(&self) -> &str {
        self.state.toasts.back().map_or("", |t| &t.text)
    }
}

pub(super) fn intent() -> Intent {
    let mut intent = Intent::of(HostName::parse(DOMAIN).unwrap());
    intent.hosts = [
        ("acme.example", Role::Apex),
        ("portal.acme.example", Role::Portal),
    ]
    .into_iter()
    .map(|(name, role)| Host {
        name: HostName::parse(name).unwrap(),
        role,
        address: Vec::new(),
        target: None,
        why: String::new(),
    })
    .collect();
    intent
}

pub(super) fn key(check: &str, subject: &str) -> FindingKey {
    FindingKey {
        check: CheckId::from(check),
        subject: subject.into(),
    }
}

pub(super) fn finding(check: &str, verdict: Verdict, severity: Severity) -> Finding {
    Finding {
        check: CheckId::from(check),
        subject: DOMAIN.into(),
        verdict,
        severity,
        confidence: Confidence::Certain,
        summary: format!("{check} says {verdict}"),
        plain: format!("{check}, plainly"),
        details: serde_json::Map::new(),
        exhibits: Vec::new(),
        evidence: Vec::new(),
        remedy: (verdict == Verdict::Fail).then(|| Remedy {
            steps: vec!["add the record".into()],
            undo: "delete it".into(),
            proof: check.into(),
            ..Remedy::default()
        }),
        standards: Vec::new(),
        fingerprint: fingerprint(check, DOMAIN, verdict, "1"),
        took_ms: 5,
        at: Timestamp::UNIX_EPOCH,
    }
}

/// A finding for every check that the playbook of the tests names, all of them passing.
pub(super) fn all_pass() -> Vec<Finding> {
    let mut checks: Vec<String> = crate::playbook::builtin()[0]
        .criteria
        .iter()
        .flat_map(|c| c.checks.iter().cloned())
        .map(|glob| glob.replace('*', "x"))
        .collect();
    checks.sort();
    checks.dedup();
    checks
        .iter()
        .map(|check| finding(check, Verdict::Pass, Severity::Fix))
        .collect()
}
