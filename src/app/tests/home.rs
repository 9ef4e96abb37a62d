use std::path::PathBuf;

use super::*;
use crate::app::home::{HomeRow, Listing, SessionSummary};
use crate::app::select;
use crate::app::state::Exit;
use crate::model::clock::Clock;

fn summary(domain: &str) -> SessionSummary {
    SessionSummary {
        file: PathBuf::from(format!("{domain}.launch")),
        domain: domain.into(),
        playbook: "b2b-support".into(),
        clock: Clock::default(),
        gate: None,
        blockers: 1,
        next: None,
        phase: String::new(),
        gate_ahead: None,
        late: 0,
        handed_over: None,
        worse: 0,
        changed_at: Timestamp::UNIX_EPOCH,
        problem: None,
    }
}

fn listed() -> Cockpit {
    let mut cockpit = Cockpit::new();
    cockpit.send(Message::SessionsListed(vec![
        summary("acme.example"),
        summary("shop.example"),
    ]));
    cockpit
}

fn rows(cockpit: &Cockpit) -> Vec<HomeRow> {
    match cockpit.screen() {
        Screen::Home(home) => select::home::rows(&cockpit.state, home),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_range_is_there_before_anything_is_listed() {
    let cockpit = Cockpit::new();
    assert_eq!(cockpit.state.sessions, Listing::Loading);
    assert_eq!(rows(&cockpit), [HomeRow::Range]);
}

#[test]
fn enter_opens_what_the_cursor_is_on() {
    let mut cockpit = listed();
    cockpit.press("down enter");
    assert_eq!(
        cockpit.asked,
        [Effect::OpenSession(PathBuf::from("shop.example.launch"))]
    );
    cockpit.asked.clear();
    cockpit.press("end enter");
    assert_eq!(
        cockpit.asked,
        [Effect::StartRange {
            scenario: "default".into(),
            playbook: "b2b-support".into(),
        }]
    );
}

#[test]
fn a_filter_narrows_and_esc_gives_everything_back() {
    let mut cockpit = listed();
    cockpit.press("/");
    cockpit.text("shop q");
    assert_eq!(rows(&cockpit), [HomeRow::Range]);
    cockpit.press("ctrl-w");
    assert_eq!(rows(&cockpit).len(), 2);
    cockpit.press("enter enter");
    assert_eq!(
        cockpit.asked,
        [Effect::OpenSession(PathBuf::from("shop.example.launch"))]
    );
    cockpit.press("esc");
    assert_eq!(rows(&cockpit).len(), 3);
}

#[test]
fn presenter_mode_hides_other_clients() {
    let mut cockpit = listed();
    cockpit.press("ctrl-o");
    assert_eq!(rows(&cockpit), [HomeRow::Range]);
}

#[test]
fn the_open_session_goes_on_while_one_looks_around() {
    let mut cockpit = Cockpit::in_sprint(all_pass());
    cockpit.press("esc");
    assert!(matches!(cockpit.screen(), Screen::Home(_)));
    assert!(cockpit.state.opened.is_some());
    cockpit.send(Message::SessionsListed(vec![SessionSummary {
        file: PathBuf::from("acme-example.launch"),
        ..summary("acme.example")
    }]));
    cockpit.asked.clear();
    cockpit.press("enter");
    assert!(matches!(cockpit.screen(), Screen::Sprint(_)));
    assert!(cockpit.asked.is_empty());
}

#[test]
fn quitting_asks_only_when_something_would_be_lost() {
    let mut cockpit = listed();
    cockpit.press("q");
    assert_eq!(cockpit.asked, [Effect::Quit(Exit::Quit)]);
    assert_eq!(cockpit.state.leaving, Some(Exit::Quit));
}

#[test]
fn a_session_that_does_not_open_leaves_everything_as_it_was() {
    let mut cockpit = listed();
    let before = cockpit.state.screens.clone();
    cockpit.send(Message::SessionFailed {
        file: "x.launch".into(),
        why: "cut short".into(),
    });
    assert_eq!(cockpit.state.screens, before);
    assert_eq!(cockpit.said(), "x.launch: cut short");
}
