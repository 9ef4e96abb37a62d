//! Two cockpits on one session at once: nothing is lost, and both show what both did.

use launch_ready::model::event::EventBody;
use launch_ready::playbook;
use launch_ready::store::{Store, file_of};

use super::cockpit::{Cockpit, ENTER, WIDE, only_session, run};

const BOOK: &str = "b2b-support";

fn plan(cockpit: &mut Cockpit) {
    cockpit.press("0");
    cockpit.until("the plan", |c| c.head().contains("› plan"));
}

/// Begins to answer the line that the cursor is on, as `name`.
fn answer(cockpit: &mut Cockpit, name: &str) {
    cockpit.press(ENTER);
    cockpit.fill("╭─ answer", &["", name, "signed in on the call"]);
}

#[test]
fn two_cockpits_on_one_session_lose_nothing_and_show_both() {
    let data = tempfile::tempdir().unwrap();
    let arguments = ["demo", "--scenario", "healthy", "--playbook", BOOK];
    let mut ada = Cockpit::start(data.path(), &arguments, WIDE);
    // While the first one's run still writes its findings.
    ada.until("a session that is saved", |c| {
        c.head().contains("acme.example")
    });
    let slug = only_session(data.path());
    let mut grace = Cockpit::start(data.path(), &["open", &slug], WIDE);
    grace.until("the session", |c| c.head().contains("acme.example"));
    plan(&mut ada);
    plan(&mut grace);
    let kinds = playbook::find(BOOK).unwrap().access.len();
    assert!(kinds > 2);
    // Hers is every other line, from the second on.
    grace.down();
    for line in (0..kinds).step_by(2) {
        answer(&mut ada, "Ada");
        if line + 1 < kinds {
            answer(&mut grace, "Grace");
        }
        for cockpit in [&mut ada, &mut grace] {
            if line + 2 < kinds {
                cockpit.down();
                cockpit.down();
            }
        }
    }
    for cockpit in [&mut ada, &mut grace] {
        cockpit.shows(&format!("{kinds} of {kinds} kinds of access confirmed"));
        for name in ["yes, Ada", "yes, Grace"] {
            assert!(cockpit.text().contains(name), "{}", cockpit.text());
        }
    }
    ada.press("q");
    assert_eq!(ada.ends(), 0);
    grace.press("q");
    assert_eq!(grace.ends(), 0);

    let store = Store::open(&file_of(data.path(), &slug)).unwrap();
    let events = store.events().unwrap();
    let answered = |event: &&launch_ready::model::event::Event| {
        matches!(event.body, EventBody::Answered { .. })
    };
    assert_eq!(events.iter().filter(answered).count(), kinds);
    let (told, intact) = run(data.path(), &["verify", &slug]);
    assert!(intact && told.contains("intact"), "{told}");
}
