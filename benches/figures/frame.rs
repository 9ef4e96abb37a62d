//! One frame: the state of a whole audit drawn into cells at 120×40.

use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use launch_ready::app::guides::Guides;
use launch_ready::app::keymap::DEFAULT;
use launch_ready::app::opened::SessionFile;
use launch_ready::app::state::{Size, Terminal as Capabilities};
use launch_ready::app::{Keymap, Message, Start, State, update};
use launch_ready::checks::registry::CHECKS;
use launch_ready::model::event::{Event, EventBody};
use launch_ready::ui::{Palette, Theme, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{check, row, spread};

const FRAMES: usize = 500;

pub fn measure() {
    let state = state();
    let theme = Theme::of(Capabilities::default(), Palette::Ansi);
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let times = (0..FRAMES)
        .map(|_| {
            let begun = Instant::now();
            terminal.draw(|frame| view(&state, frame, &theme)).unwrap();
            begun.elapsed()
        })
        .collect();
    row(
        "one frame at 120x40, a whole audit on it",
        &spread(times),
        "<= 2 ms",
    );
}

/// The sprint screen after an audit of the default scenario.
fn state() -> State {
    let now = Timestamp::now();
    let mut guides = Guides::default();
    for meta in CHECKS.iter().map(|check| check.meta()) {
        guides.insert(meta.id, meta.title, meta.intrusive, meta.guide);
    }
    let mut state = State::new(Start {
        playbooks: launch_ready::playbook::builtin().to_vec(),
        guides,
        keymap: Keymap::parse(DEFAULT).unwrap(),
        terminal: Capabilities::default(),
        size: Size {
            width: 120,
            height: 40,
        },
        operator: "bench".to_owned(),
        now,
        zone: TimeZone::UTC,
    });
    let mut bodies = vec![
        EventBody::Created {
            slug: "acme-example".to_owned(),
            domain: "acme.example".to_owned(),
            playbook: "b2b-support".to_owned(),
        },
        EventBody::ClockStarted,
    ];
    bodies.extend(
        check::findings()
            .into_iter()
            .map(|finding| EventBody::Found {
                run: "bench".to_owned(),
                finding: Box::new(finding),
            }),
    );
    let events = bodies
        .into_iter()
        .enumerate()
        .map(|(number, body)| Event {
            id: format!("{number:026}"),
            at: now,
            actor: "bench".to_owned(),
            device: "bench".to_owned(),
            body,
        })
        .collect();
    let file = SessionFile {
        file: PathBuf::from("acme-example.launch"),
        read_only: None,
        events,
        samples: Vec::new(),
    };
    update(&mut state, Message::SessionOpened(Box::new(file)), now);
    state
}
