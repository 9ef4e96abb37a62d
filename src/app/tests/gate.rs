use super::*;
use crate::app::overlay::Overlay;
use crate::app::select;
use crate::model::criterion::CriterionState;

fn broken_mail() -> Vec<Finding> {
    let mut world = all_pass();
    world.retain(|f| f.check.family() != "mail");
    world.push(finding("mail.dmarc", Verdict::Fail, Severity::Blocker));
    world
}

fn row(cockpit: &Cockpit, id: &str) -> CriterionState {
    select::gate::all(&cockpit.state)
        .into_iter()
        .find(|r| r.criterion.id == id)
        .unwrap()
        .report
        .state
}

fn on_row(cockpit: &mut Cockpit, id: &str) {
    cockpit.press("home");
    let at = crate::playbook::builtin()[0]
        .criteria
        .iter()
        .position(|c| c.id == id)
        .unwrap();
    for _ in 0..at {
        cockpit.press("down");
    }
}

#[test]
fn signing_is_refused_by_the_rows_that_block() {
    let mut cockpit = Cockpit::in_sprint(broken_mail());
    cockpit.press("g s");
    assert!(cockpit.said().contains("rows block"), "{}", cockpit.said());
    assert!(cockpit.said().contains("email-valid"));
    assert!(cockpit.state.overlay.is_none());
}

#[test]
fn a_waiver_needs_everything_and_covers_what_was_seen() {
    let mut cockpit = Cockpit::in_sprint(broken_mail());
    assert_eq!(row(&cockpit, "email-valid"), CriterionState::Failing);
    cockpit.press("g");
    on_row(&mut cockpit, "email-valid");
    cockpit.press("x enter enter enter enter");
    assert!(
        cockpit.state.overlay.is_some(),
        "reason and name are missing"
    );
    cockpit.press("esc x");
    cockpit.fill(&[
        "goes out on Monday",
        "founder",
        "3d",
        "support answers by phone",
    ]);
    let waiver = &cockpit.session().waivers[0];
    assert_eq!(
        (waiver.criterion.as_str(), waiver.by.as_str()),
        ("email-valid", "founder")
    );
    assert_eq!(waiver.fingerprints.len(), 1);
    cockpit.pass(SignedDuration::from_hours(73));
    assert_eq!(
        row(&cockpit, "email-valid"),
        CriterionState::Failing,
        "it lapsed"
    );
}

#[test]
fn taking_a_waiver_back_is_asked_and_not_by_the_same_key() {
    let mut cockpit = Cockpit::in_sprint(broken_mail());
    cockpit.press("g");
    on_row(&mut cockpit, "email-valid");
    cockpit.press("x");
    cockpit.fill(&["later", "founder", "3d", "phone"]);
    cockpit.press("X X");
    assert!(matches!(cockpit.state.overlay, Some(Overlay::Confirm(_))));
    cockpit.press("n");
    assert_eq!(cockpit.session().waivers.len(), 1);
    cockpit.press("X y");
    assert!(cockpit.session().waivers.is_empty());
}

#[test]
fn questions_are_answered_by_name_and_with_evidence() {
    let mut cockpit = Cockpit::in_sprint(all_pass());
    cockpit.press("g");
    on_row(&mut cockpit, "authorization");
    cockpit.press("a");
    cockpit.fill(&["", "grace", "test log of Tuesday"]);
    let answer = &cockpit.session().answers["tenant-isolation"];
    assert!(answer.yes);
    assert_eq!(answer.by, "grace");
    cockpit.press("a right");
    cockpit.fill(&["", "grace", "it was not"]);
    assert!(!cockpit.session().answers["tenant-isolation"].yes);
    assert_eq!(row(&cockpit, "authorization"), CriterionState::Failing);
}

#[test]
fn enter_leads_to_what_a_row_rests_on() {
    let mut cockpit = Cockpit::in_sprint(broken_mail());
    cockpit.press("g");
    on_row(&mut cockpit, "email-valid");
    cockpit.press("enter");
    assert!(matches!(cockpit.screen(), Screen::Finding(f) if f.key == key("mail.dmarc", DOMAIN)));
    cockpit.press("esc");
    assert!(matches!(cockpit.screen(), Screen::Gate(_)));
}
