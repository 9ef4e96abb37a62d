//! What people write down for those who take over: every list by the keyboard, and what keeps the portal from changing hands.

use super::*;
use crate::app::handover::HandoverRow;
use crate::app::overlay::{Form, Overlay};
use crate::app::select;
use crate::model::finding::Evidence;

fn there() -> Cockpit {
    let mut world = all_pass();
    world[0].evidence = vec![Evidence {
        kind: "dns".into(),
        at: world[0].at,
        source: "198.51.100.53".into(),
        text: "odd.acme.example TXT: NOERROR, flags aa\nodd.acme.example. 300 IN TXT \"hello\""
            .into(),
        repeat: String::new(),
    }];
    let mut cockpit = Cockpit::in_sprint(world);
    cockpit.state.operator = "ada".into();
    cockpit.press("h home");
    cockpit
}

/// Moves to the first line that fits.
fn to(cockpit: &mut Cockpit, fits: impl Fn(&HandoverRow) -> bool) {
    cockpit.press("home");
    for row in select::handover::keys(&cockpit.state) {
        if fits(&row) {
            return;
        }
        cockpit.press("down");
    }
    panic!("there is no such line");
}

fn form(cockpit: &Cockpit) -> &Form {
    match &cockpit.state.overlay {
        Some(Overlay::Form(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn missing(cockpit: &Cockpit, line: &str) -> bool {
    let missing = select::handover::missing(&cockpit.state);
    missing.iter().any(|text| text == line)
}

#[test]
fn tab_goes_from_section_to_section() {
    let mut cockpit = there();
    let mut seen = Vec::new();
    for _ in 0..10 {
        let row = crate::app::handover::current(&cockpit.state).unwrap();
        seen.push(select::handover::section(&row));
        cockpit.press("tab");
    }
    assert_eq!(seen.first(), seen.last(), "round and round: {seen:?}");
    seen.pop();
    assert!(seen.contains(&"whoever takes over answers"), "{seen:?}");
    assert_eq!(seen.len(), 9);
    cockpit.press("backtab backtab");
    let row = crate::app::handover::current(&cockpit.state).unwrap();
    assert_eq!(select::handover::section(&row), "signatures");
}

#[test]
fn an_account_is_written_over_its_proposal_renamed_and_taken_away() {
    let mut cockpit = there();
    to(&mut cockpit, |row| {
        *row == HandoverRow::Access("DNS".into())
    });
    cockpit.press("enter");
    assert_eq!(form(&cockpit).value(0), "DNS");
    cockpit.fill(&[
        "",
        "Acme Ltd",
        "Grace",
        "own account",
        "Ada, consultant",
        "it@acme.example",
    ]);
    let map = &cockpit.session().access;
    assert_eq!(map.len(), 1);
    assert_eq!(map[0].second_factor, "Ada, consultant");
    let keys = select::handover::keys(&cockpit.state);
    let lines = keys
        .iter()
        .filter(|k| **k == HandoverRow::Access("DNS".into()));
    assert_eq!(lines.count(), 1, "the proposal is gone");
    let warnings = select::handover::warnings(&cockpit.state);
    assert_eq!(warnings.len(), 2, "{warnings:?}");

    to(&mut cockpit, |row| {
        *row == HandoverRow::Access("DNS".into())
    });
    cockpit.press("enter");
    cockpit.fill(&["DNS host", "", "", "", "", ""]);
    let places: Vec<&str> = cockpit
        .session()
        .access
        .iter()
        .map(|a| a.place.as_str())
        .collect();
    assert_eq!(places, ["DNS host"]);

    to(&mut cockpit, |row| {
        *row == HandoverRow::Access("DNS host".into())
    });
    cockpit.press("enter enter");
    for _ in 0..5 {
        cockpit.press("ctrl-e ctrl-u enter");
    }
    assert!(cockpit.session().access.is_empty());
}

#[test]
fn plus_adds_to_the_list_that_the_cursor_is_in() {
    let mut cockpit = there();
    to(&mut cockpit, |row| *row == HandoverRow::AddContact);
    cockpit.press("+");
    cockpit.fill(&["Robin", "the portal is down", "", ""]);
    assert_eq!(cockpit.session().pack.contacts[0].name, "Robin");
    to(&mut cockpit, |row| {
        *row == HandoverRow::Contact("Robin".into())
    });
    cockpit.press("+");
    cockpit.fill(&["Grace", "", "", ""]);
    assert_eq!(
        form(&cockpit).fields[2].problem.as_deref(),
        Some("by which channel?")
    );
    cockpit.press("esc");

    to(&mut cockpit, |row| *row == HandoverRow::AddRenewal);
    cockpit.press("enter");
    cockpit.fill(&["Trial of the host", "", ""]);
    assert_eq!(
        form(&cockpit).fields[1].problem.as_deref(),
        Some("on which day does it end?")
    );
    cockpit.fill(&["30d", "card of Acme"]);
    let id = "by-hand:trial of the host";
    assert_eq!(cockpit.session().pack.planned[id].payer, "card of Acme");
    to(&mut cockpit, |row| *row == HandoverRow::Renewal(id.into()));
    cockpit.press("enter");
    cockpit.fill(&["Plan of the host", "120d", ""]);
    let keys: Vec<&String> = cockpit.session().pack.planned.keys().collect();
    assert_eq!(keys, ["by-hand:plan of the host"]);
    let list = select::handover::renewals(&cockpit.state);
    assert!(
        list.iter().any(|r| r.what == "Plan of the host"),
        "written down, though later than in 90 days"
    );
    cockpit.press("u");
    cockpit.press("u");
    assert!(
        cockpit.session().pack.planned.contains_key(id),
        "what was renamed comes back"
    );
}

#[test]
fn a_record_gets_its_purpose() {
    let mut cockpit = there();
    to(&mut cockpit, |row| matches!(row, HandoverRow::Record(_)));
    let Some(HandoverRow::Record(key)) = crate::app::handover::current(&cockpit.state) else {
        panic!("no record");
    };
    cockpit.press("enter");
    cockpit.fill(&["the label printer looks for it"]);
    let records = select::handover::records(&cockpit.state);
    let record = records.iter().find(|r| r.key() == key).unwrap();
    assert!(record.by_hand && record.purpose == "the label printer looks for it");
    cockpit.press("enter ctrl-e ctrl-u enter");
    assert!(cockpit.session().pack.purposes.is_empty());
}

#[test]
fn who_runs_the_sprint_does_not_take_the_quiz() {
    let mut cockpit = there();
    assert!(missing(
        &cockpit,
        "7 of 7 questions wait for whoever takes over"
    ));
    to(&mut cockpit, |row| matches!(row, HandoverRow::Quiz(_)));
    cockpit.press("a");
    cockpit.fill(&["", "Ada", "I can"]);
    let problem = form(&cockpit).fields[1].problem.clone();
    assert_eq!(
        problem.as_deref(),
        Some("somebody who stays answers, not who runs the sprint")
    );
    cockpit.press("ctrl-e ctrl-u");
    cockpit.text("Robin");
    cockpit.press("enter ctrl-e ctrl-u enter");
    assert_eq!(
        form(&cockpit).fields[2].problem.as_deref(),
        Some("in their words: what is the answer?")
    );
    cockpit.text("Grace can; the key is in the safe");
    cockpit.press("enter");
    assert!(missing(
        &cockpit,
        "6 of 7 questions wait for whoever takes over"
    ));
    assert!(cockpit.session().answers["quiz-registrar"].yes);
}

#[test]
fn a_gap_needs_an_owner_and_a_day() {
    let mut cockpit = there();
    to(&mut cockpit, |row| {
        *row == HandoverRow::Quiz("quiz-down".into())
    });
    cockpit.press("o");
    assert!(cockpit.state.overlay.is_none());
    assert!(
        cockpit.said().contains("only a gap has an owner"),
        "{}",
        cockpit.said()
    );
    cockpit.press("enter right right");
    cockpit.fill(&["", "Robin", ""]);
    let answer = &cockpit.session().answers["quiz-down"];
    assert!(!answer.yes);
    assert_eq!(answer.evidence, "does not know");
    assert!(missing(&cockpit, "1 gap has no owner and day"));
    cockpit.press("o");
    cockpit.fill(&["Grace", ""]);
    assert_eq!(
        form(&cockpit).fields[1].problem.as_deref(),
        Some("this is needed")
    );
    cockpit.fill(&["2d"]);
    assert!(!missing(&cockpit, "1 gap has no owner and day"));
    let risks = select::handover::risks(&cockpit.state);
    assert_eq!(risks.len(), 1);
    assert_eq!(risks[0].by, "Grace");
    let text = select::text::pane(&cockpit.state).join("\n");
    assert!(
        text.contains("Where do you see that the portal is down? · Grace"),
        "{text}"
    );
}
