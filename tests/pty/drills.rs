//! Drills against a clock that outlives the cockpit, secrets by name alone, and the client's journey, by the keyboard.

use super::cockpit::{Cockpit, ENTER, ESC, WIDE, only_session, practise, run};

/// Goes to the proofs, writes the way back, does both drills, and returns.
pub fn do_the_drills(cockpit: &mut Cockpit) {
    to_the_proofs(cockpit);
    drill_and_return(cockpit);
}

/// Writes the way back, does both drills, and returns to the screen before.
pub fn drill_and_return(cockpit: &mut Cockpit) {
    while !cockpit.selected().contains("the way back") {
        let row = cockpit.selected();
        cockpit.press("k");
        cockpit.until("the row above", |c| c.selected() != row);
    }
    write_the_way_back(cockpit);
    for kind in ["rollback", "redeploy"] {
        cockpit.down();
        cockpit.press(ENTER);
        cockpit.until("the clock", |c| c.selected().contains("running: enter"));
        end_the_drill(cockpit, kind);
    }
    cockpit.shows("2 of 2 drills in time");
    cockpit.press(ESC);
    cockpit.until("the screen before", |c| !c.head().contains("› proofs"));
}

fn to_the_proofs(cockpit: &mut Cockpit) {
    cockpit.press("P");
    cockpit.until("the proofs", |c| c.head().contains("› proofs"));
}

fn write_the_way_back(cockpit: &mut Cockpit) {
    assert!(cockpit.selected().contains("not written"));
    cockpit.press(ENTER);
    let way = ["the deploy of Friday", "deploy 214", "promote 214", "Ada"];
    cockpit.fill("╭─ the way back", &way);
    cockpit.shows("the way back to deploy 214");
}

fn end_the_drill(cockpit: &mut Cockpit, kind: &str) {
    cockpit.press(ENTER);
    let form = format!("╭─ end of the {kind} drill");
    cockpit.fill(&form, &["", "Robin", ""]);
    cockpit.until("the result", |c| c.selected().contains(", Robin"));
}

#[test]
fn a_drill_waits_for_its_way_back_and_runs_on_while_the_cockpit_is_closed() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    to_the_proofs(&mut cockpit);
    cockpit.down();
    cockpit.press(ENTER);
    cockpit.shows("write the way back first");
    cockpit.press("k");
    cockpit.until("the way back", |c| c.selected().contains("not written"));
    write_the_way_back(&mut cockpit);
    cockpit.down();
    cockpit.press(ENTER);
    cockpit.shows("): the clock runs");
    cockpit.press(ESC);
    cockpit.until("the sprint", |c| !c.head().contains('›'));
    assert!(cockpit.text().contains("): the clock runs"));
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);

    let slug = only_session(data.path());
    let mut again = Cockpit::start(data.path(), &["open", &slug], WIDE);
    again.shows("): the clock runs");
    to_the_proofs(&mut again);
    again.down();
    end_the_drill(&mut again, "rollback");
    again.shows("1 of 2 drills in time");
    again.press("q");
    assert_eq!(again.ends(), 0);
    let (told, fine) = run(data.path(), &["report", &slug, "--format", "markdown"]);
    assert!(
        fine && told.contains("| at most 10:00 | in time | Robin |"),
        "{told}"
    );
    assert!(told.contains("- **Way back**: to deploy 214"), "{told}");
}

#[test]
fn a_secret_is_listed_by_name_and_its_value_is_nowhere() {
    let value = "sk_live_51H8xYzAbCdEfGh";
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    to_the_proofs(&mut cockpit);
    cockpit.press("+");
    cockpit.shows("╭─ an exposed secret");
    for typed in ["Stripe live key", value, "bundle", "Ada", "2d"] {
        cockpit.press(typed);
        cockpit.press(ENTER);
    }
    cockpit.shows("never the value");
    assert!(!cockpit.text().contains(value), "{}", cockpit.text());
    for typed in ["payments", "", "", ""] {
        cockpit.press(typed);
        cockpit.press(ENTER);
    }
    cockpit.hides("╭─ an exposed secret");
    cockpit.shows("opens payments; seen: bundle");
    cockpit.shows("1 of 1 secrets not rotated");
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
    let slug = only_session(data.path());
    let (told, fine) = run(data.path(), &["report", &slug, "--format", "json"]);
    assert!(fine && told.contains("exposed and not rotated: Stripe live key"));
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        let held = bytes.windows(value.len()).any(|w| w == value.as_bytes());
        assert!(!held, "{}", path.display());
    }
}

#[test]
fn the_journey_is_walked_one_step_at_a_time_and_goes_on_the_next_day() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    to_the_proofs(&mut cockpit);
    cockpit.shows("step 1 of 7: Sign up");
    assert!(!cockpit.text().contains("Sign in"), "{}", cockpit.text());
    cockpit.press("\x1b[F");
    cockpit.until("the step", |c| c.selected().contains("step 1 of 7"));
    cockpit.press(ENTER);
    cockpit.fill("╭─ journey: sign up", &["", "Grace", "the welcome page"]);
    cockpit.until("the next step", |c| c.selected().contains("step 2 of 7"));
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
    let slug = only_session(data.path());
    let mut again = Cockpit::start(data.path(), &["open", &slug], WIDE);
    again.until("the session", |c| c.head().contains("acme.example"));
    to_the_proofs(&mut again);
    again.shows("step 2 of 7: Sign in");
    assert!(again.text().contains("Grace"), "{}", again.text());
    again.press("q");
    assert_eq!(again.ends(), 0);
}
