//! What a gate refuses, as a person meets it: a row that is not known, old evidence, a waiver that is over, nobody who is
//! told, a name that is missing.

use super::journey::{answer_everything, confirm_access};
use super::*;
use crate::app::effect::RunRequest;
use crate::app::handover::HANDOVER;
use crate::app::overlay::{FormPurpose, Overlay};
use crate::app::select;

/// How often `tab` turns from the scorecard to going live.
const TO_GO_LIVE: &str = "tab tab tab";

/// A session in which people have answered everything.
fn answered(world: Vec<Finding>) -> Cockpit {
    let mut cockpit = Cockpit::in_sprint(world);
    confirm_access(&mut cockpit);
    answer_everything(&mut cockpit);
    cockpit.press(TO_GO_LIVE);
    cockpit
}

/// Presses `s`: what is said when it is refused.
fn refused(cockpit: &mut Cockpit) -> String {
    let names = cockpit.session().sign_offs.len();
    cockpit.press("s");
    assert!(cockpit.state.overlay.is_none(), "it may be signed");
    assert_eq!(cockpit.session().sign_offs.len(), names);
    cockpit.said().to_owned()
}

/// Presses `s`: which gate the form is for.
fn signs(cockpit: &mut Cockpit) -> Option<String> {
    cockpit.press("s");
    match &cockpit.state.overlay {
        Some(Overlay::Form(form)) => match &form.purpose {
            FormPurpose::Sign { gate } => Some(gate.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn runs(cockpit: &Cockpit) -> Vec<&RunRequest> {
    let asked = cockpit.asked.iter();
    asked
        .filter_map(|effect| match effect {
            Effect::StartRun(request) => Some(&**request),
            _ => None,
        })
        .collect()
}

fn replace(cockpit: &mut Cockpit, new: Finding) {
    cockpit.world.retain(|f| f.check != new.check);
    cockpit.world.push(new);
}

#[test]
fn a_killer_row_that_is_not_known_keeps_it_shut() {
    let mut world = all_pass();
    world.retain(|f| f.check.as_str() != "tls.expiry");
    world.push(finding("tls.expiry", Verdict::Unknown, Severity::Blocker));
    let mut cockpit = answered(world);
    let said = refused(&mut cockpit);
    assert!(said.starts_with("one row blocks: "), "{said}");

    replace(
        &mut cockpit,
        finding("tls.expiry", Verdict::Pass, Severity::Blocker),
    );
    cockpit.press("esc R g");
    cockpit.press(TO_GO_LIVE);
    assert_eq!(signs(&mut cockpit).as_deref(), Some("go-live"));
}

#[test]
fn old_evidence_is_looked_at_again_when_it_is_all_that_keeps_it_shut() {
    let mut cockpit = answered(all_pass());
    cockpit.pass(SignedDuration::from_hours(25));
    cockpit.asked.clear();
    let board = select::gate::board(&cockpit.state).unwrap();
    assert!(!board.is_open());
    let old = board.stale().len();
    assert!(old > 1, "{old}");

    refused(&mut cockpit);
    let mut said = cockpit.state.toasts.iter();
    assert!(said.any(|toast| toast.text.contains("looking again, then s signs")));
    let asked = runs(&cockpit);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].only.len(), old, "only what is old is looked at");
    assert_eq!(signs(&mut cockpit).as_deref(), Some("go-live"));
}

#[test]
fn old_evidence_beside_something_else_is_refused_and_looked_at_row_by_row() {
    let mut cockpit = answered(all_pass());
    replace(
        &mut cockpit,
        finding("tls.expiry", Verdict::Fail, Severity::Blocker),
    );
    cockpit.press("esc R g");
    cockpit.press(TO_GO_LIVE);
    cockpit.pass(SignedDuration::from_hours(25));
    cockpit.asked.clear();
    let before = select::gate::board(&cockpit.state)
        .unwrap()
        .blocking()
        .len();
    let said = refused(&mut cockpit);
    assert!(said.contains("rows block: "), "{said}");
    assert!(runs(&cockpit).is_empty(), "nothing is looked at unasked");

    replace(
        &mut cockpit,
        finding("tls.expiry", Verdict::Pass, Severity::Blocker),
    );
    cockpit.press("home");
    for _ in 0..before {
        cockpit.press("r down");
    }
    assert_eq!(signs(&mut cockpit).as_deref(), Some("go-live"));
}

#[test]
fn a_waiver_that_is_over_counts_no_more() {
    for way in ["by its day", "by a fact that changed"] {
        let mut cockpit = answered(all_pass());
        let dmarc = finding("mail.dmarc", Verdict::Fail, Severity::Blocker);
        replace(&mut cockpit, dmarc.clone());
        cockpit.press("esc R g");
        cockpit.press("/");
        cockpit.text("email-valid");
        cockpit.press("enter x");
        cockpit.fill(&["goes out on Monday", "founder", "3d", "support telephones"]);
        assert_eq!(cockpit.session().waivers.len(), 1, "{way}");
        cockpit.press("esc esc g");
        cockpit.press(TO_GO_LIVE);
        assert_eq!(signs(&mut cockpit).as_deref(), Some("go-live"), "{way}");
        cockpit.press("esc");

        if way == "by its day" {
            cockpit.pass(SignedDuration::from_hours(73));
        } else {
            let another = fingerprint("mail.dmarc", DOMAIN, Verdict::Fail, "2");
            replace(
                &mut cockpit,
                Finding {
                    fingerprint: another,
                    ..dmarc
                },
            );
        }
        cockpit.press("esc R g");
        cockpit.press(TO_GO_LIVE);
        let said = refused(&mut cockpit);
        assert_eq!(said, "one row blocks: email-valid", "{way}");
    }
}

#[test]
fn an_alert_that_reaches_nobody_keeps_it_shut() {
    let mut cockpit = answered(all_pass());
    cockpit.press("/");
    cockpit.text("monitoring-live");
    cockpit.press("enter a enter right");
    cockpit.fill(&["", "Grace", "one person only"]);
    assert!(!cockpit.session().answers["alert-drill"].yes);
    assert_eq!(refused(&mut cockpit), "one row blocks: monitoring-live");
}

#[test]
fn a_red_flag_that_is_up_keeps_it_shut_on_the_scorecard_too() {
    let mut cockpit = answered(all_pass());
    cockpit.press("esc 0");
    for _ in 0..cockpit.state.playbook().unwrap().access.len() {
        cockpit.press("down");
    }
    cockpit.press("enter right");
    cockpit.fill(&["", "Grace", "seen in the console"]);
    cockpit.press("esc g");
    let said = refused(&mut cockpit);
    assert!(said.starts_with("a red flag is up: "), "{said}");
    let missing = select::handover::missing(&cockpit.state);
    let flags = missing.iter().filter(|line| line.starts_with("a red flag"));
    assert_eq!(flags.count(), 1, "{missing:?}");
}

#[test]
fn a_handover_needs_its_names_and_somebody_to_go_to() {
    let mut cockpit = answered(all_pass());
    cockpit.press("s");
    cockpit.fill(&["Ada", "consultant"]);
    cockpit.press("h");
    for row in select::handover::keys(&cockpit.state) {
        match row {
            crate::app::handover::HandoverRow::Item(_) => cockpit.press("space"),
            crate::app::handover::HandoverRow::Quiz(_) => {
                cockpit.press("enter");
                cockpit.fill(&["", "Robin", "showed it on the call"]);
            }
            _ => {}
        }
        cockpit.press("down");
    }
    cockpit.press("h");
    assert!(cockpit.state.overlay.is_none());
    assert!(
        cockpit
            .said()
            .starts_with("1 of 2 people signed the go-live gate"),
        "{}",
        cockpit.said()
    );
    assert_eq!(signs(&mut cockpit).as_deref(), Some("go-live"));
    cockpit.fill(&["Grace", "founder"]);

    cockpit.press("h");
    assert!(cockpit.state.overlay.is_none());
    assert_eq!(cockpit.said(), "0 of 1 people signed the handover gate");
    assert_eq!(signs(&mut cockpit).as_deref(), Some(HANDOVER));
    cockpit.fill(&["Robin", "operator"]);

    cockpit.press("h enter");
    let Some(Overlay::Form(form)) = &cockpit.state.overlay else {
        panic!("it went to nobody: {}", cockpit.said());
    };
    assert_eq!(form.fields[0].problem.as_deref(), Some("this is needed"));
    assert!(cockpit.session().handed_over.is_none());
    cockpit.fill(&["ops@acme.example"]);
    assert!(cockpit.session().handed_over.is_some());
}

#[test]
fn what_changed_since_the_latest_signature_is_listed() {
    let mut cockpit = answered(all_pass());
    cockpit.press("c");
    assert!(cockpit.said().contains("nothing was signed yet"));
    cockpit.press("backtab backtab s");
    cockpit.fill(&["Ada", "consultant"]);
    cockpit.press("c");
    assert!(cockpit.said().contains("nothing changed"));

    replace(
        &mut cockpit,
        finding("mail.dmarc", Verdict::Fail, Severity::Blocker),
    );
    cockpit.press("esc R g");
    cockpit.press(TO_GO_LIVE);
    cockpit.press("c");
    let Some(Overlay::Picker(picker)) = &cockpit.state.overlay else {
        panic!("nothing is listed: {}", cockpit.said());
    };
    let notes: Vec<&str> = picker.choices.iter().map(|c| c.note.as_str()).collect();
    assert_eq!(notes, ["fail · mail.dmarc says fail"]);
    cockpit.press("enter");
    assert!(matches!(cockpit.screen(), Screen::Finding(f) if f.key == key("mail.dmarc", DOMAIN)));
}
