//! Answers with a file: read by the program for its hash, told when it changed, and refused with what to do when it is none.

use super::cockpit::{ENTER, ESC, WIDE, practise};

#[test]
fn a_file_shows_an_answer_and_is_told_when_it_changed() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("login.txt");
    std::fs::write(&file, "signed in").unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    cockpit.press("0");
    cockpit.until("the plan", |c| c.head().contains("› plan"));

    cockpit.press(ENTER);
    cockpit.shows("╭─ answer");
    let folder = data.path().to_str().unwrap();
    cockpit.press(&[ENTER, "Grace", ENTER, folder, ENTER].concat());
    cockpit.shows("is a folder: name one file in it");
    let path = file.to_str().unwrap();
    let name: String = ["\u{5}\u{15}", path, ENTER].concat();
    cockpit.press(&name);
    cockpit.until("the answer", |c| c.selected().contains("  yes, Grace +1"));

    std::fs::write(&file, "somebody else").unwrap();
    cockpit.press("F");
    cockpit.shows("changed since");
    std::fs::remove_file(&file).unwrap();
    cockpit.press("F");
    cockpit.shows("is not there");
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
}

#[test]
fn one_key_leads_to_the_next_step() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    cockpit.shows("next  ask: ");
    cockpit.press(".");
    cockpit.until("the red flags", |c| c.selected().contains("  asked"));
    cockpit.press(".");
    cockpit.shows("╭─ does it hold?");
    cockpit.press(ESC);
    cockpit.hides("╭─ does it hold?");
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
}
