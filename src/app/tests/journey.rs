//! The whole way through `update` alone: a domain is typed, things are fixed, waived, answered, signed, handed over.

use super::*;
use crate::app::gate::GO_LIVE;
use crate::app::new_session::Discovered;
use crate::app::select;
use crate::model::drill::DrillKind;
use crate::model::gate::GateVerdict;
use crate::model::inventory;

fn verdict(cockpit: &Cockpit) -> GateVerdict {
    select::gate::report(&cockpit.state).unwrap().verdict
}

/// Does both drills, and answers every other question of every row on the scorecard with yes.
pub(super) fn answer_everything(cockpit: &mut Cockpit) {
    let playbook = crate::playbook::builtin()[0].clone();
    cockpit.press("g P");
    super::proofs::write_way_back(cockpit);
    for _ in DrillKind::ALL {
        cockpit.press("down");
        super::proofs::drill(cockpit, 240, "Robin");
    }
    cockpit.press("esc home");
    for criterion in &playbook.criteria {
        let by_hand = |id: &str| crate::app::proofs::drill_of(&cockpit.state, id).is_none();
        let asked = criterion
            .questions
            .iter()
            .filter(|q| by_hand(&q.id))
            .count();
        for _ in 0..asked {
            cockpit.press("a");
            if criterion.questions.len() > 1 {
                // The cursor is on the first that nobody answered.
                cockpit.press("enter");
            }
            cockpit.fill(&["", "grace", "seen together on the call"]);
        }
        cockpit.press("down");
    }
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one way from its beginning to its end"
)]
fn from_a_domain_to_a_handover() {
    let mut cockpit = Cockpit::new();
    cockpit.world = all_pass();
    for (check, severity) in [
        ("mail.dmarc", Severity::Blocker),
        ("tls.expiry", Severity::Fix),
    ] {
        cockpit.world.retain(|f| f.check.as_str() != check);
        cockpit.world.push(finding(check, Verdict::Fail, severity));
    }

    cockpit.press("n");
    cockpit.text(DOMAIN);
    cockpit.press("enter");
    for host in intent().hosts {
        cockpit.send(Message::Discovered(Discovered::Found(
            inventory::Discovery::Host(inventory::FoundHost {
                host,
                addresses: Vec::new(),
                why: vec!["answers".into()],
                doubt: None,
            }),
        )));
    }
    cockpit.send(Message::Discovered(Discovered::Done));
    cockpit.press("enter enter enter");
    cockpit.text("yes");
    cockpit.press("enter enter");
    assert!(matches!(cockpit.screen(), Screen::Sprint(_)));
    assert_eq!(cockpit.session().clock.started, None);
    confirm_access(&mut cockpit);
    assert!(cockpit.session().clock.started.is_some());
    assert!(!cockpit.session().started_without_access());
    assert_eq!(verdict(&cockpit), GateVerdict::NoGo);

    let dmarc = cockpit
        .world
        .iter_mut()
        .find(|f| f.check.as_str() == "mail.dmarc")
        .unwrap();
    *dmarc = finding("mail.dmarc", Verdict::Pass, Severity::Blocker);
    cockpit.press("home r");
    assert_eq!(select::sprint::counts(&cockpit.state).blockers, 0);

    cockpit.press("home x");
    cockpit.fill(&["renews on Monday", "founder", "5d", "a reminder is set"]);
    answer_everything(&mut cockpit);
    let report = select::gate::report(&cockpit.state).unwrap();
    assert_eq!(report.verdict, GateVerdict::Go, "{:?}", report.blocking);

    for gate in ["audit-closed", "fix-closed"] {
        cockpit.press("tab s");
        cockpit.fill(&["Grace", "founder"]);
        assert_eq!(
            select::gate::signatures(&cockpit.state, gate).len(),
            1,
            "{gate}"
        );
    }
    cockpit.press("tab s");
    cockpit.fill(&["Grace", "founder"]);
    cockpit.press("s");
    cockpit.fill(&["grace", "consultant"]);
    assert!(
        cockpit.state.overlay.is_some(),
        "the same person does not sign twice"
    );
    cockpit.press("esc s");
    cockpit.fill(&["Ada", "consultant"]);
    assert_eq!(select::gate::signatures(&cockpit.state, GO_LIVE).len(), 2);

    cockpit.press("h");
    assert!(!select::handover::missing(&cockpit.state).is_empty());
    cockpit.press("h");
    assert!(cockpit.state.overlay.is_none(), "{}", cockpit.said());
    cockpit.press("home");
    for row in select::handover::keys(&cockpit.state) {
        match row {
            crate::app::handover::HandoverRow::Question(_) => {
                cockpit.press("enter");
                cockpit.fill(&["", "founder", "said on the call"]);
            }
            crate::app::handover::HandoverRow::Quiz(_) => {
                cockpit.press("enter");
                cockpit.fill(&["", "Robin", "showed it on the call"]);
            }
            crate::app::handover::HandoverRow::Item(_) => cockpit.press("space"),
            _ => {}
        }
        cockpit.press("down");
    }
    cockpit.press("+");
    cockpit.fill(&["registrar", "founder", "founder", "own account", "", ""]);
    assert_eq!(
        select::handover::missing(&cockpit.state),
        ["0 of 1 people signed the handover gate"]
    );
    cockpit.press("s");
    cockpit.fill(&["Robin", "operator"]);
    assert_eq!(
        select::handover::missing(&cockpit.state),
        Vec::<String>::new()
    );
    cockpit.press("h");
    cockpit.fill(&["team@acme.example"]);
    let handed = cockpit.session().handed_over.as_ref().unwrap();
    assert_eq!(handed.to, "team@acme.example");
    assert!(!handed.run.is_empty());
    assert_eq!(cockpit.session().access.len(), 1);
    assert!(cockpit.state.opened.as_ref().unwrap().pending.is_empty());
}

/// Confirms every kind of access on the plan, and says no to every red flag. The clock starts with the last kind of access.
pub(super) fn confirm_access(cockpit: &mut Cockpit) {
    use crate::app::plan::PlanRow;
    cockpit.press("0");
    for row in select::plan::keys(&cockpit.state) {
        if matches!(row, PlanRow::Access(_) | PlanRow::Flag(_)) {
            cockpit.press("enter");
            cockpit.fill(&["", "Grace", "signed in on the call"]);
        }
        cockpit.press("down");
    }
    cockpit.press("esc");
}
