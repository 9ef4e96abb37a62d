//! A session with ten thousand events: opening it, drift, its pack as one page, and the merge of two copies that parted.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use launch_ready::model::event::EventBody;
use launch_ready::model::session::Session;
use launch_ready::playbook;
use launch_ready::report::{Account, Edition, session_html};
use launch_ready::store::{Samples, Store};

use super::{check, row, spread};

const EVENTS: usize = 10_000;
const RUNS: usize = 9;
/// Events that each of two copies has for itself.
const PARTED: usize = 2_000;

pub fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme-example.launch");
    long(&path);

    // As the cockpit does, which keeps the events for undo.
    let open = || {
        let events = Store::open(&path).unwrap().events().unwrap();
        (Session::fold(&events), events)
    };
    let times = (0..RUNS).map(|_| time(open).0).collect();
    row(
        "open a session of 10000 events",
        &spread(times),
        "<= 100 ms",
    );

    let (session, events) = open();
    let now = Timestamp::now();
    let times = (0..RUNS).map(|_| time(|| session.drift(now)).0).collect();
    assert!(!session.drift(now).unwrap().lines.is_empty());
    row(
        "drift of a whole run, after the checks",
        &spread(times),
        "<= 50 ms",
    );

    let playbook = &playbook::builtin()[0];
    let samples = Samples::new();
    let page = || {
        session_html(&Account {
            session: &session,
            playbook,
            events: &events,
            edition: Edition::Internal,
            now,
            seal: None,
            samples: &samples,
        })
    };
    let times = (0..RUNS).map(|_| time(page).0).collect();
    row(
        "pack of a whole session as HTML",
        &spread(times),
        "<= 500 ms",
    );
    let megabytes = page().len() as f64 / 1e6;
    row("  its size", &format!("{megabytes:.2} MB"), "<= 2 MB");

    let times = (0..RUNS)
        .map(|number| merged(folder.path(), &path, number))
        .collect();
    row(
        "merge of two copies of 10000 events",
        &spread(times),
        "<= 1 s",
    );
}

fn time<T>(what: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let made = what();
    (begun.elapsed(), made)
}

/// A sprint as long as no sprint is: run after run until there are as many events as promised, handed over in between.
fn long(path: &Path) {
    let findings = check::findings();
    let start = Timestamp::now() - SignedDuration::from_hours(48);
    let created = EventBody::Created {
        slug: "acme-example".to_owned(),
        domain: "acme.example".to_owned(),
        playbook: playbook::builtin()[0].id.clone(),
    };
    let mut store = Store::create(path, created, start, "bench", "desk").unwrap();
    let mut bodies = vec![EventBody::ClockStarted];
    let mut run = 0;
    while bodies.len() < EVENTS - 1 {
        run += 1;
        let id = format!("run-{run}");
        bodies.push(EventBody::RunStarted {
            run: id.clone(),
            rules: 1,
        });
        bodies.extend(findings.iter().cloned().map(|mut finding| {
            // Each run sees something else, so that there is history to keep and drift to tell.
            finding.fingerprint = format!("{}-{run}", finding.fingerprint);
            EventBody::Found {
                run: id.clone(),
                finding: Box::new(finding),
            }
        }));
        if run == 1 {
            bodies.push(EventBody::HandedOver {
                run: id,
                to: "team@acme.example".to_owned(),
            });
        }
        bodies.extend((0..20).map(|number| noted(&format!("run {run}, note {number}"))));
    }
    bodies.truncate(EVENTS - 1);
    store.append(bodies, start, "bench", "desk").unwrap();
    assert_eq!(store.events().unwrap().len(), EVENTS);
}

fn noted(text: &str) -> EventBody {
    EventBody::Noted {
        item: String::new(),
        text: text.to_owned(),
    }
}

/// Two copies that share ten thousand events go on by themselves, and then merge.
fn merged(folder: &Path, path: &Path, number: usize) -> Duration {
    let copies = ["a", "b"].map(|name| folder.join(format!("{name}-{number}.launch")));
    for copy in &copies {
        fs::copy(path, copy).unwrap();
        let mut store = Store::open(copy).unwrap();
        let own = (0..PARTED).map(|at| noted(&format!("{at}"))).collect();
        store
            .append(own, Timestamp::now(), "bench", "desk")
            .unwrap();
    }
    let mut store = Store::open(&copies[0]).unwrap();
    let (took, result) = time(|| store.merge(&copies[1]).unwrap());
    assert_eq!((result.added, result.shared), (PARTED, EVENTS));
    took
}
