//! The whole way on the practice range, with the keyboard alone and by what the screen says: everything that fails is
//! mended, every question is answered, two people sign, the portal is handed over, and all of it is there the next time.

use super::cockpit::{Cockpit, ENTER, ESC, WIDE, only_session, practise, run};
use super::drills::do_the_drills;

/// More rows than any list on this way has.
const MANY: usize = 60;

/// More lines than the handover has, with those that are answered.
const LONG: usize = 250;

#[test]
fn from_no_go_to_a_handover_that_is_there_the_next_time() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    assert!(cockpit.head().contains("NO-GO"), "{}", cockpit.text());

    mend_everything(&mut cockpit);
    assert!(cockpit.text().contains("for an answer: g, then a."));
    do_the_drills(&mut cockpit);
    cockpit.press("g");
    cockpit.until("the gate", |c| c.head().contains("› gate"));
    answer_everything(&mut cockpit);
    assert!(cockpit.head().contains("✔ GO"), "{}", cockpit.text());

    sign(&mut cockpit, "Ada", "consultant");
    cockpit.shows("signed by 1 of 2: Ada");
    sign(&mut cockpit, "Grace", "founder");
    cockpit.shows("signed by Ada, Grace");
    cockpit.press("h");
    cockpit.until("the handover", |c| c.head().contains("› handover"));
    prepare_the_handover(&mut cockpit);
    cockpit.press("h");
    cockpit.shows("0 of 1 people signed the handover gate");
    sign(&mut cockpit, "Grace", "founder");
    cockpit.shows("ready to hand over");
    cockpit.press("h");
    cockpit.fill("╭─ hand over", &["ops@acme.example"]);
    cockpit.shows(" ago to ops@acme.example");
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
    assert!(cockpit.is_on_the_ordinary_screen());

    let slug = only_session(data.path());
    let (told, intact) = run(data.path(), &["verify", &slug]);
    assert!(intact && told.contains("intact"), "{told}");
    let mut again = Cockpit::start(data.path(), &["open", &slug], WIDE);
    again.until("go", |c| c.head().contains("✔ GO"));
    again.shows(" ago to ops@acme.example");
    assert!(again.foot().contains("g gate"), "{}", again.text());
    again.press("g");
    again.shows("signed by Ada, Grace");
    assert!(again.text().contains("no row blocks"), "{}", again.text());
    again.press("q");
    assert_eq!(again.ends(), 0);
}

/// Opens the first row and mends it, until none is left.
fn mend_everything(cockpit: &mut Cockpit) {
    for _ in 0..MANY {
        // A row whose fault is mended stays until it was looked at again.
        let over = |c: &Cockpit| c.text().contains("Nothing is left to fix here.");
        cockpit.until("a row to mend, or none", |c| {
            over(c) || c.foot().contains("m apply on the range")
        });
        if over(cockpit) {
            return;
        }
        cockpit.press(ENTER);
        cockpit.until("a finding", |c| c.head().contains("› finding"));
        if cockpit.foot().contains("m apply on the range") {
            cockpit.press("m");
        }
        cockpit.shows("✔ pass · ");
        cockpit.press(ESC);
        cockpit.until("the sprint", |c| !c.head().contains('›'));
    }
    panic!("it never ends:\n{}", cockpit.text());
}

/// Answers every question of every row of the gate with yes.
fn answer_everything(cockpit: &mut Cockpit) {
    let yes = |c: &Cockpit| c.text().matches("✔ yes ").count();
    for _ in 0..MANY {
        if cockpit.head().contains("✔ GO") {
            return;
        }
        if !cockpit.selected().contains('◌') {
            cockpit.down();
            continue;
        }
        assert!(cockpit.foot().contains("a answer"));
        let before = yes(cockpit);
        cockpit.press("a");
        cockpit.until("a question", |c| {
            c.text().contains("╭─ answer") || c.text().contains("which question?")
        });
        if cockpit.text().contains("which question?") {
            cockpit.press(ENTER);
        }
        cockpit.fill("╭─ answer", &["", "Grace", "seen on the call"]);
        cockpit.until("the answer", |c| yes(c) > before);
    }
    panic!("it never ends:\n{}", cockpit.text());
}

/// Says yes to every founder's question and to every one of the quiz, and ticks every line.
fn prepare_the_handover(cockpit: &mut Cockpit) {
    for _ in 0..LONG {
        // Nothing stands in that line beside the signature.
        let last = "before the handover  0 of 1 people signed the handover gate";
        let text = cockpit.text();
        if text.lines().any(|line| line.trim_end().ends_with(last)) {
            return;
        }
        let row = cockpit.selected();
        if row.contains("nobody yet") {
            cockpit.press(ENTER);
            cockpit.fill("╭─ answer", &["", "Grace", "said on the call"]);
            cockpit.until("the answer", |c| !c.selected().contains("nobody yet"));
        } else if row.contains("[ ]") {
            cockpit.press(" ");
            cockpit.until("the tick", |c| c.selected().contains("[x]"));
        } else {
            cockpit.down();
        }
    }
    panic!("it never ends:\n{}", cockpit.text());
}

fn sign(cockpit: &mut Cockpit, name: &str, role: &str) {
    assert!(cockpit.foot().contains("s sign"));
    cockpit.press("s");
    cockpit.fill("╭─ sign", &[name, role]);
}
