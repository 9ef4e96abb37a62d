use super::*;
use crate::app::overlay::Overlay;
use crate::app::select;
use crate::app::select::day_one::{Entry, Part};
use crate::model::drift::Change;
use crate::model::expected::Expected;

fn handed_over() -> Cockpit {
    let mut cockpit = Cockpit::new();
    let mut expiry = finding("tls.expiry", Verdict::Pass, Severity::Fix);
    expiry.at = cockpit.now;
    cockpit.world = vec![finding("tls.expiry", Verdict::Fail, Severity::Fix)];
    cockpit.open(&[
        EventBody::RunStarted {
            run: "signed".into(),
            rules: 1,
        },
        EventBody::Found {
            run: "signed".into(),
            finding: Box::new(expiry),
        },
        EventBody::HandedOver {
            run: "signed".into(),
            to: "team@acme.example".into(),
        },
    ]);
    cockpit
}

fn parts(cockpit: &Cockpit) -> Vec<Part> {
    match cockpit.screen() {
        Screen::DayOne(s) => select::day_one::parts(&cockpit.state, s),
        other => panic!("{other:?}"),
    }
}

fn changes(cockpit: &Cockpit) -> Vec<Change> {
    let all = parts(cockpit).into_iter().flat_map(|part| part.entries);
    all.filter_map(|entry| match entry {
        Entry::Change(line) => Some(line.change),
        _ => None,
    })
    .collect()
}

fn row(cockpit: &Cockpit) -> Option<Entry> {
    match cockpit.screen() {
        Screen::DayOne(s) => select::day_one::current(&cockpit.state, s),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_sections_stand_in_the_order_in_which_they_are_read() {
    let mut cockpit = handed_over();
    cockpit.press("r");
    let titles: Vec<&str> = parts(&cockpit).iter().map(|part| part.title).collect();
    assert_eq!(
        titles,
        [
            "what nobody expected",
            "what ends within 90 days, and who pays",
            "who is woken, and how it is known",
            "where things live",
            "if something breaks",
        ]
    );
    assert!(matches!(row(&cockpit), Some(Entry::Change(_))));
    cockpit.press("tab");
    assert!(matches!(row(&cockpit), Some(Entry::Woken(w)) if w.known.is_none()));
    cockpit.press("tab");
    assert!(matches!(row(&cockpit), Some(Entry::Unsaid(p)) if p.name == "registrar"));
    cockpit.press("x");
    assert_eq!(cockpit.said(), "nothing changed here");
    cockpit.press("tab");
    assert!(matches!(row(&cockpit), Some(Entry::Trouble(t)) if t.id == "site-down"));
    cockpit.press("enter");
    assert!(matches!(
        &cockpit.state.overlay,
        Some(Overlay::Reader(r)) if r.lines[1].contains("launch-ready check acme.example")
    ));
    cockpit.press("esc tab");
    assert!(matches!(row(&cockpit), Some(Entry::Change(_))));
    cockpit.press("backtab down");
    assert!(matches!(row(&cockpit), Some(Entry::Trouble(t)) if t.id == "certificate"));
}

#[test]
fn a_session_that_was_handed_over_opens_on_what_changed() {
    let mut cockpit = handed_over();
    assert!(changes(&cockpit).is_empty());
    cockpit.press("e");
    assert_eq!(changes(&cockpit), [Change::NotLookedAt]);
    cockpit.press("e r");
    assert_eq!(changes(&cockpit), [Change::Worse]);
}

fn expected(cockpit: &Cockpit) -> Option<String> {
    let drift = select::day_one::drift(&cockpit.state).unwrap();
    drift.lines[0].expected.as_ref().map(Expected::text)
}

#[test]
fn a_change_that_was_meant_is_said_once_and_of_that_fact() {
    let mut cockpit = handed_over();
    cockpit.press("r x");
    assert!(matches!(
        &cockpit.state.overlay,
        Some(Overlay::Form(f)) if f.title == "this change was meant"
    ));
    cockpit.fill(&["moved", ""]);
    let operator = &cockpit.state.operator;
    let said = format!("meant, says {operator}: moved");
    assert_eq!(expected(&cockpit), Some(said));
    cockpit.press("x");
    assert_eq!(cockpit.said(), "somebody said so already");
    cockpit.world[0].fingerprint = "another".into();
    cockpit.press("r");
    assert_eq!(expected(&cockpit), None);
}

#[test]
fn runbook_and_owners_are_there_to_read() {
    let mut cockpit = handed_over();
    for keys in ["b", "o"] {
        cockpit.press(keys);
        assert!(matches!(&cockpit.state.overlay, Some(Overlay::Reader(r)) if r.lines.len() > 3));
        cockpit.press("esc");
    }
}
