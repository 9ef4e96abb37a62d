//! The watch over time in the cockpit: started with a key, drawn while it looks, and there again when the session is opened
//! another day.

use super::cockpit::{Cockpit, ENTER, Size, only_session, practise};

const SIZE: Size = (24, 80);
const PALETTE: &str = "\x10";

fn to_the_watches(cockpit: &mut Cockpit) {
    cockpit.press(PALETTE);
    cockpit.shows("╭─ anything");
    cockpit.press("being watched");
    cockpit.shows("what is being watched");
    cockpit.press(ENTER);
    cockpit.shows("› watch");
}

#[test]
fn front_doors_are_watched_and_what_was_seen_stays() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), SIZE);
    cockpit.hides(" checks in ");
    to_the_watches(&mut cockpit);
    cockpit.shows("Nothing is being watched.");
    cockpit.press("w");
    cockpit.shows("next look in");
    let seen = |c: &Cockpit| {
        let text = c.text();
        text.contains("portal.acme.example")
            && text.contains("24 h")
            && text.contains("not looked at")
    };
    cockpit.until("the front doors", seen);
    cockpit.assert_sane();
    cockpit.press("\x03");
    assert_eq!(cockpit.ends(), 130);

    let session = only_session(data.path());
    let mut again = Cockpit::start(data.path(), &["open", &session], SIZE);
    again.until("the sprint", |c| c.foot().contains("r re-check"));
    to_the_watches(&mut again);
    again.until("the front doors again", seen);
    again.shows("w goes on watching");
}
