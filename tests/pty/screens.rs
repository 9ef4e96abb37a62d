//! Every screen and everything that opens over one, at the sizes of small terminals: something to read, the keys at the
//! bottom, and nothing that belongs to the terminal and not to the reader.

use super::cockpit::{Cockpit, ENTER, ESC, Size, practise};

const SMALL: [Size; 2] = [(24, 80), (16, 60)];

/// From the sprint: the keys that lead there, what is readable there and not in the sprint, and the keys that lead back.
const WAYS: [(&[&str], &str, &[&str]); 19] = [
    (&[ENTER], "› finding", &[ESC]),
    (&["g"], "› gate", &[ESC]),
    (&["h"], "› handover", &[ESC]),
    (&["v"], "› vault", &[ESC]),
    (&["M"], "› mail", &[ESC]),
    // The guide speaks in a founder's words from then on.
    (&["f"], "› guide", &[ESC, "l"]),
    (&["a"], "everything, blockers first", &["a"]),
    (&["\x0f"], "presenter mode: other", &["\x0f"]),
    (&["?"], "╭─ keys", &[ESC]),
    (&["\x10"], "╭─ anything", &[ESC]),
    (&["p"], "╭─ write a report", &[ESC]),
    (&["n"], "╭─ note", &[ESC]),
    (&["o"], "╭─ owner and due", &[ESC]),
    (&["t"], "╭─ pause the clock", &[ESC]),
    (&["x"], "╭─ accept", &[ESC]),
    (&["g", "a"], "╭─ answer", &[ESC, ESC]),
    (&["P"], "› proofs", &[ESC]),
    (&["P", "+"], "╭─ an exposed secret", &[ESC, ESC]),
    (&["/"], "keep the filter", &[ESC]),
];

#[test]
fn every_screen_and_all_that_opens_over_it_is_whole_on_a_small_terminal() {
    for size in SMALL {
        let data = tempfile::tempdir().unwrap();
        let mut cockpit = practise(data.path(), size);
        cockpit.assert_sane();
        cockpit.hides(" checks in ");
        let (head, foot) = (cockpit.head(), cockpit.foot());
        for (there, word, back) in WAYS {
            press(&mut cockpit, there);
            cockpit.shows(word);
            cockpit.assert_sane();
            press(&mut cockpit, back);
            cockpit.until(&format!("the way back from {word}"), |c| {
                c.head() == head && c.foot() == foot && !c.text().contains(word)
            });
        }
        cockpit.press(ESC);
        cockpit.until("home", |c| c.head().contains("launch-ready"));
        cockpit.assert_sane();
        cockpit.press("n");
        cockpit.until("a new session", |c| c.foot().contains("look it up"));
        cockpit.assert_sane();
        cockpit.press("\x03");
        assert_eq!(cockpit.ends(), 130);
    }
}

/// Presses one key after the other, each when the one before it did something.
fn press(cockpit: &mut Cockpit, keys: &[&str]) {
    for key in keys {
        let before = cockpit.text();
        cockpit.press(key);
        cockpit.until("a change", |c| c.text() != before);
    }
}
