//! At rest nothing is sent to the terminal: no clock of seconds, no blinking, no drawing for nothing.

use std::time::Duration;

use jiff::Timestamp;

use super::cockpit::{WIDE, practise};

/// The promise: nothing is drawn in so much idle time.
const IDLE: Duration = Duration::from_secs(2);

#[test]
fn when_nothing_happens_not_a_byte_is_sent() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    cockpit.hides(" checks in ");
    cockpit.settles();
    for screen in ["g", "?"] {
        let (before, begun) = (cockpit.text(), Timestamp::now());
        if !cockpit.is_silent_for(IDLE) {
            // The clock of the sprint shows minutes: one frame may come when a minute is full, and only then.
            assert_ne!(minute(begun), minute(Timestamp::now()), "{before}");
            cockpit.settles();
            assert!(cockpit.is_silent_for(IDLE), "{}", cockpit.text());
        }
        cockpit.press(screen);
        cockpit.until("a change", |c| c.text() != before);
        cockpit.settles();
    }
    assert!(cockpit.is_silent_for(IDLE) || cockpit.is_silent_for(IDLE));
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}
