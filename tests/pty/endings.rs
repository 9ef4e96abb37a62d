//! Every way out of the running program: the keys, the signals, the shell's job control, and the power that goes.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use super::cockpit::{Cockpit, WIDE, only_session, practise, run};
use super::terminal::assert_given_back;

/// Runs the practice range; writes the number of its process, and afterwards how it ended and what the terminal is like.
const WATCHED: &str =
    r#"bash -c 'echo $$ > number; exec "$PROGRAM" demo'; echo "ENDED $?"; stty -a; echo ALL-DONE"#;

fn process(data: &Path) -> Pid {
    let text = fs::read_to_string(data.join("number")).unwrap();
    Pid::from_raw(text.trim().parse().unwrap()).unwrap()
}

/// How many blockers the line at the top names: it counts only what is in the session's file.
fn blockers(head: &str) -> usize {
    let words: Vec<&str> = head.split_whitespace().collect();
    let named = words.windows(2).find(|pair| pair[1].starts_with("blocker"));
    named.map_or(0, |pair| pair[0].parse().unwrap())
}

fn watched(data: &Path) -> Cockpit {
    let mut cockpit = Cockpit::shell(data, WATCHED, WIDE);
    cockpit.shows("NO-GO");
    cockpit
}

#[test]
fn ctrl_c_leaves_at_once_with_130_and_a_whole_terminal() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = watched(data.path());
    cockpit.press("\x03");
    cockpit.shows("ALL-DONE");
    assert!(cockpit.raw().contains("ENDED 130"), "{}", cockpit.text());
    assert_given_back(&cockpit.raw());
    assert!(cockpit.is_on_the_ordinary_screen());
}

#[test]
fn a_signal_to_end_gives_the_terminal_back() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let data = tempfile::tempdir().unwrap();
        let mut cockpit = watched(data.path());
        kill_process(process(data.path()), signal).unwrap();
        cockpit.shows("ALL-DONE");
        assert!(cockpit.raw().contains("ENDED 130"), "{}", cockpit.text());
        assert_given_back(&cockpit.raw());
        assert!(cockpit.is_on_the_ordinary_screen());
        let (told, intact) = run(data.path(), &["verify", &only_session(data.path())]);
        assert!(intact, "{told}");
    }
}

#[test]
fn ctrl_z_stops_and_fg_goes_on_where_it_was() {
    let data = tempfile::tempdir().unwrap();
    let script = r#"set -m; "$PROGRAM" demo; stty -a; echo READ; read -r line; fg; echo "ENDED $?"; stty -a; echo ALL-DONE"#;
    let mut cockpit = Cockpit::shell(data.path(), script, WIDE);
    cockpit.shows(" checks in ");
    cockpit.press("g");
    cockpit.until("the gate", |c| c.head().contains("› gate"));
    cockpit.press("\x1a");
    cockpit.shows("READ");
    assert_given_back(&cockpit.raw());
    assert!(cockpit.is_on_the_ordinary_screen());
    cockpit.press("\r");
    cockpit.until("the gate again", |c| {
        c.is_given_a_screen() && c.head().contains("› gate") && c.foot().contains("? keys")
    });
    cockpit.press("q");
    cockpit.shows("ALL-DONE");
    assert!(cockpit.raw().contains("ENDED 0"), "{}", cockpit.text());
    assert_given_back(&cockpit.raw());
}

#[test]
fn what_was_saved_is_there_after_the_power_went() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = watched(data.path());
    cockpit.until("a blocker that is saved", |c| blockers(&c.head()) > 0);
    let saved = blockers(&cockpit.head());
    kill_process(process(data.path()), Signal::KILL).unwrap();
    cockpit.shows("ALL-DONE");
    let slug = only_session(data.path());
    let (told, intact) = run(data.path(), &["verify", &slug]);
    assert!(intact && told.contains("intact"), "{told}");
    let mut again = Cockpit::start(data.path(), &["open", &slug], WIDE);
    again.until("the session", |c| c.head().contains("acme.example"));
    again.until("what was shown as saved", |c| blockers(&c.head()) >= saved);
    assert!(again.head().contains("NO-GO"), "{}", again.text());
    again.assert_sane();
    again.press("q");
    assert_eq!(again.ends(), 0);
}

#[test]
fn a_terminal_that_is_too_small_says_so_and_the_keys_work() {
    let data = tempfile::tempdir().unwrap();
    for (key, code) in [("q", 0), ("\x03", 130)] {
        let mut cockpit = Cockpit::start(data.path(), &[], (5, 20));
        cockpit.shows("This needs");
        assert!(cockpit.text().contains("60×16"), "{}", cockpit.text());
        cockpit.press(key);
        assert_eq!(cockpit.ends(), code);
        assert!(cockpit.is_on_the_ordinary_screen());
    }
}

#[test]
fn a_terminal_that_is_made_larger_is_filled_again() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    cockpit.resize((5, 20));
    cockpit.shows("This needs");
    for size in [(24, 80), (16, 60), (50, 160), WIDE] {
        cockpit.resize(size);
        cockpit.until("all of it", |c| {
            c.head().contains("acme.example") && c.foot().contains("? keys")
        });
        cockpit.assert_sane();
    }
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
}
