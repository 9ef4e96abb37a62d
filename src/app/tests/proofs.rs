//! Drills, rotation and journey by the keyboard: what each key does, and what is refused.

use super::*;
use crate::app::overlay::Overlay;
use crate::app::proofs::ProofRow;
use crate::app::select;
use crate::model::drill::{DrillKind, Outcome};

/// Writes the way back on the screen of proofs, with the cursor on its row.
pub(super) fn write_way_back(cockpit: &mut Cockpit) {
    cockpit.press("home enter");
    cockpit.fill(&["the deploy of Friday", "deploy 214", "promote 214", "Ada"]);
}

/// Starts the drill under the cursor, and ends it after that time.
pub(super) fn drill(cockpit: &mut Cockpit, seconds: i64, by: &str) {
    cockpit.press("enter");
    cockpit.pass(SignedDuration::from_secs(seconds));
    cockpit.press("enter");
    cockpit.fill(&["", by, ""]);
}

fn at_proofs() -> Cockpit {
    let mut cockpit = Cockpit::in_sprint(all_pass());
    cockpit.press("P");
    assert!(matches!(cockpit.screen(), Screen::Proofs(_)));
    cockpit
}

fn to(cockpit: &mut Cockpit, row: &ProofRow) {
    cockpit.press("home");
    let keys = select::proofs::keys(&cockpit.state);
    let at = keys.iter().position(|key| key == row).unwrap();
    for _ in 0..at {
        cockpit.press("down");
    }
}

fn problem(cockpit: &Cockpit, field: usize) -> &str {
    match &cockpit.state.overlay {
        Some(Overlay::Form(form)) => form.fields[field].problem.as_deref().unwrap_or_default(),
        _ => "",
    }
}

#[test]
fn no_rollback_drill_before_the_way_back_is_written() {
    let mut cockpit = at_proofs();
    cockpit.press("down enter");
    assert!(cockpit.said().starts_with("write the way back first"));
    assert!(cockpit.session().proofs.drills.is_empty());
    write_way_back(&mut cockpit);
    assert_eq!(
        cockpit.session().proofs.way_back.as_ref().unwrap().to,
        "deploy 214"
    );
    cockpit.press("down enter");
    assert!(cockpit.session().proofs.running().is_some());
}

#[test]
fn a_drill_in_time_attests_and_a_slow_one_says_no() {
    let mut cockpit = at_proofs();
    write_way_back(&mut cockpit);
    cockpit.press("down");
    drill(&mut cockpit, 192, "Robin");
    let answer = cockpit.session().answers["rollback-drill"].clone();
    assert!(answer.yes && answer.by == "Robin", "{answer:?}");
    assert!(
        answer.evidence.contains("3:12 (at most 10:00)"),
        "{answer:?}"
    );
    drill(&mut cockpit, 601, "Robin");
    assert!(!cockpit.session().answers["rollback-drill"].yes);
    let latest = cockpit.session().proofs.latest(DrillKind::Rollback);
    assert_eq!(latest.unwrap().outcome(), Outcome::TooSlow);
    // The end is one entry: taken back, the drill runs again and the answer is that of before.
    cockpit.press("u");
    assert!(cockpit.session().proofs.running().is_some());
    assert!(cockpit.session().answers["rollback-drill"].yes);
}

#[test]
fn a_running_drill_is_seen_everywhere_counts_seconds_and_outlives_the_cockpit() {
    let mut cockpit = at_proofs();
    cockpit.pass(SignedDuration::from_secs(20));
    let still = select::pulse::next_tick(&cockpit.state);
    cockpit.press("down down enter");
    cockpit.pass(SignedDuration::from_secs(70));
    cockpit.press("esc");
    assert!(matches!(cockpit.screen(), Screen::Sprint(_)));
    let (text, late) = select::proofs::running(&cockpit.state).unwrap();
    assert!(
        text.starts_with("redeploy drill 1:10 (under 30:00)"),
        "{text}"
    );
    assert!(!late);
    assert!(still.as_secs() > 1, "{still:?}");
    assert!(select::pulse::next_tick(&cockpit.state).as_secs() <= 1);

    let events = cockpit.state.opened.as_ref().unwrap().events.clone();
    let mut later = Cockpit::new();
    later.now = cockpit.now + SignedDuration::from_mins(29);
    later.send(Message::SessionOpened(Box::new(SessionFile {
        file: PathBuf::from("acme-example.launch"),
        read_only: None,
        samples: Vec::default(),
        events,
    })));
    let (text, late) = select::proofs::running(&later.state).unwrap();
    assert!(late && text.contains("30:1"), "{text}");
    later.press("P down enter");
    assert!(later.said().starts_with("the redeploy drill is running"));
}

#[test]
fn the_operator_does_not_redeploy() {
    let mut cockpit = at_proofs();
    cockpit.press("down down");
    drill(&mut cockpit, 60, " Ada ");
    assert!(problem(&cockpit, 1).starts_with("that is the operator"));
    assert!(cockpit.session().proofs.running().is_some());
    cockpit.press("esc enter");
    cockpit.fill(&["", "Robin", ""]);
    assert!(cockpit.session().answers["redeploy-drill"].yes);
    assert!(cockpit.session().ticked.contains("redeployed-by-team"));
}

#[test]
fn nobody_answers_or_ticks_for_a_drill_by_hand() {
    let mut cockpit = Cockpit::in_sprint(all_pass());
    cockpit.press("h");
    let row = crate::app::handover::HandoverRow::Item("redeployed-by-team".into());
    let keys = select::handover::keys(&cockpit.state);
    for _ in 0..keys.iter().position(|key| *key == row).unwrap() {
        cockpit.press("down");
    }
    cockpit.press("space");
    assert!(cockpit.said().contains("a drill ticks this line"));
    assert!(cockpit.session().ticked.is_empty());
    cockpit.press("enter");
    let Screen::Proofs(screen) = cockpit.screen() else {
        panic!("{:?}", cockpit.screen().title());
    };
    let drill = ProofRow::Drill(DrillKind::Redeploy);
    assert_eq!(screen.cursor.selected, Some(drill));
    assert!(cockpit.said().contains("nobody does by hand"));

    cockpit.press("esc esc g end a");
    let Some(Overlay::Picker(picker)) = &cockpit.state.overlay else {
        panic!("no choice: {}", cockpit.said());
    };
    let ids = picker.ids();
    let at = ids.iter().position(|id| id == "rollback-drill").unwrap();
    cockpit.press("home");
    for _ in 0..at {
        cockpit.press("down");
    }
    cockpit.press("enter");
    assert!(cockpit.state.overlay.is_none());
    assert!(matches!(cockpit.screen(), Screen::Proofs(_)));
    assert!(cockpit.session().answers.is_empty());
}

#[test]
fn a_value_is_refused_and_gone_from_the_form() {
    let value = "sk_live_51H8xYzAbCdEfGh";
    let mut cockpit = at_proofs();
    cockpit.press("+");
    cockpit.fill(&["Stripe live key", value, "bundle", "Ada", "2d"]);
    let said = problem(&cockpit, 1);
    assert!(said.contains("never the value"), "{said}");
    assert!(!format!("{:?}", cockpit.state).contains(value));
    assert!(cockpit.session().proofs.exposed.is_empty());
    cockpit.fill(&["payments", "", "", ""]);
    assert_eq!(cockpit.session().proofs.exposed[0].opens, "payments");

    to(&mut cockpit, &ProofRow::Secret("Stripe live key".into()));
    cockpit.press("enter");
    cockpit.fill(&["Ada", &format!("{value} gives 401")]);
    assert!(problem(&cockpit, 1).contains("never the value"));
    cockpit.fill(&["a call with it gives 401"]);
    let entry = cockpit.session().proofs.exposed[0].clone();
    assert_eq!(entry.done.unwrap().shown, "a call with it gives 401");
    cockpit.press("enter");
    assert!(cockpit.said().contains("it is rotated"));
    cockpit.press("o");
    assert!(cockpit.state.overlay.is_none());
}

#[test]
fn the_owner_of_a_secret_changes_and_the_row_says_who() {
    let mut cockpit = at_proofs();
    cockpit.press("o");
    assert!(cockpit.said().starts_with("only secrets"));
    cockpit.press("+");
    cockpit.fill(&["Stripe live key", "payments", "bundle", "Ada", "2d"]);
    to(&mut cockpit, &ProofRow::Secret("Stripe live key".into()));
    cockpit.press("o");
    cockpit.fill(&["", "", "", "Grace", ""]);
    assert_eq!(cockpit.session().proofs.exposed[0].owner, "Grace");
    let rows = select::gate::all(&cockpit.state);
    let row = rows.iter().find(|r| r.criterion.id == "secrets-removed");
    let because = &row.unwrap().report.because;
    assert_eq!(
        because[0],
        "exposed and not rotated: Stripe live key (Grace)"
    );
    cockpit.press("g");
    let caution = select::proofs::caution(&cockpit.state, "secrets-rotated").unwrap();
    assert!(caution.starts_with("1 secret of"), "{caution}");
}

#[test]
fn what_a_check_found_waits_to_be_listed() {
    let mut world = all_pass();
    world.retain(|f| f.check.as_str() != "exposure.files");
    world.push(finding("exposure.files", Verdict::Fail, Severity::Blocker));
    let mut cockpit = Cockpit::in_sprint(world);
    cockpit.press("P");
    to(&mut cockpit, &ProofRow::Seen(key("exposure.files", DOMAIN)));
    cockpit.press("enter");
    cockpit.fill(&["", "the portal's database", "/.env", "Ada", "6h"]);
    let entry = &cockpit.session().proofs.exposed[0];
    assert_eq!(entry.name, format!("exposure.files {DOMAIN}"));
    let seen = ProofRow::Seen(key("exposure.files", DOMAIN));
    assert!(!select::proofs::keys(&cockpit.state).contains(&seen));
}

#[test]
fn the_journey_is_read_one_step_at_a_time() {
    let mut cockpit = at_proofs();
    let steps = |cockpit: &Cockpit| {
        let keys = select::proofs::keys(&cockpit.state);
        let steps = keys.iter().filter(|k| matches!(k, ProofRow::Step(_)));
        steps.count()
    };
    assert_eq!(steps(&cockpit), 1);
    cockpit.press("end enter");
    cockpit.fill(&["", "Grace", "the welcome page"]);
    assert_eq!(steps(&cockpit), 2);
    cockpit.press("enter right");
    cockpit.fill(&["", "Grace", "the wrong password was let in"]);
    assert_eq!(steps(&cockpit), 3);
    let rows = select::gate::all(&cockpit.state);
    let row = rows.iter().find(|r| r.criterion.id == "auth-enforced");
    let because = &row.unwrap().report.because;
    assert_eq!(
        because[0],
        "journey, “Sign in”: Grace said no: the wrong password was let in"
    );
    // The step before is small, and can be said anew.
    cockpit.press("up enter right");
    cockpit.fill(&["", "Grace", "it is refused now"]);
    assert!(cockpit.session().proofs.journey["sign-in"].yes);
    assert_eq!(steps(&cockpit), 3);
}
