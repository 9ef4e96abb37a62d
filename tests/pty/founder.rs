//! From *no DMARC, two SPF records, DKIM missing* to green with nothing but the guide, in a founder's words: each step says
//! where to go, what to type and what to delete, and turns green by itself once it is done.

use launch_ready::model::glossary::{unexplained, used_in};

use super::cockpit::{Cockpit, ENTER, ESC, Size, WIDE};
use super::drills::drill_and_return;

/// More fixes than this scenario has.
const MANY: usize = 12;

/// What the guide must say of each fix, beside the words that every one has: the part of its title, and its words.
const FIXES: [(&str, &[&str]); 3] = [
    (
        "One rule says what happens to mail",
        &[
            "Add a record: type TXT; name `_dmarc`",
            "+ add this record",
            "_dmarc   (that is _dmarc.acme.example)",
            "v=DMARC1; p=none; rua=mailto:dmarc@acme.example; adkim=s; aspf=s",
            "Make that mailbox or alias first",
        ],
    ),
    (
        "There is one valid list of services",
        &[
            "Merge the records into one: replace the first, delete the others.",
            "~ change this record",
            "@   (that is acme.example)",
            "old      v=spf1 include:_spf.mailer.example -all",
            "new      v=spf1 include:_spf.mailer.example ip4:198.51.100.80 ~all",
            "- delete this record",
            "Content  v=spf1 ip4:198.51.100.80 ~all",
        ],
    ),
    (
        "The seal on your mail can be checked",
        &[
            "Sign in at",
            "They show a record called DKIM.",
            "Add a record: type as",
            "name `mailer._domainkey`",
            "Paste the value as one piece",
        ],
    ),
];

#[test]
fn a_founder_comes_to_green_with_the_guide_alone() {
    from_red_to_green(WIDE);
}

#[test]
fn and_on_a_small_terminal_too() {
    from_red_to_green((24, 80));
}

fn from_red_to_green(size: Size) {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = Cockpit::start(data.path(), &["demo", "--scenario", "mail-basics"], size);
    cockpit.shows(" checks in ");
    assert!(cockpit.head().contains("NO-GO"), "{}", cockpit.text());
    cockpit.press("l");
    cockpit.press("f");
    cockpit.until("the guide", |c| c.head().contains("› guide"));
    for _ in 0..5 {
        cockpit.shows("Before you begin");
        let flag = place(&cockpit);
        cockpit.press("s");
        cockpit.fill("╭─ skip for now", &["asked on the call"]);
        cockpit.until("the next one", |c| place(c) != flag);
    }
    let mut met = Vec::new();
    for _ in 0..MANY {
        cockpit.until("a fix, or none", |c| {
            matches!(task(c), Shown::Fix | Shown::Question)
        });
        if task(&cockpit) == Shown::Question {
            break;
        }
        met.extend(follow(&mut cockpit));
    }
    cockpit.shows("  Question 1 of ");
    let titles: Vec<&str> = FIXES.iter().map(|(title, _)| *title).collect();
    met.sort_unstable();
    let mut wanted = titles.clone();
    wanted.sort_unstable();
    assert_eq!(met, wanted, "not every fix was shown");

    cockpit.press(ESC);
    cockpit.until("the sprint", |c| !c.head().contains('›'));
    cockpit.press("M");
    cockpit.until("the page of mail", |c| c.head().contains("› mail"));
    cockpit.until("every sender is fine", |c| {
        let rows = |name: &str| {
            let text = c.text();
            text.lines()
                .any(|line| line.contains(name) && line.matches('✔').count() == 4)
        };
        rows("acme.example") && rows("mailer")
    });
    cockpit.press(ESC);
    cockpit.until("the sprint", |c| !c.head().contains('›'));
    cockpit.press("g");
    prove_the_row_of_mail(&mut cockpit);
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
}

/// Reads what the fix says, does it, and waits until the check has seen it. The title of the fix, when it is one of ours.
fn follow(cockpit: &mut Cockpit) -> Option<&'static str> {
    let said = read(cockpit);
    for always in [
        "Why",
        "Do",
        "Open the DNS record editor for acme.example: sign in at",
        "Undo",
    ] {
        assert!(said.contains(always), "{always:?} is not said:\n{said}");
    }
    let text = cockpit.text();
    let head = text.lines().find(|line| line.contains("  Fix "));
    let head = head.unwrap_or_default().to_owned();
    let known = FIXES.iter().find(|(title, _)| head.contains(title));
    for words in known.map_or(&[][..], |(_, words)| words) {
        let wanted = self::words(words);
        assert!(said.contains(&wanted), "{wanted:?} is not said:\n{said}");
    }
    assert!(said.contains("not there yet"), "{said}");
    assert!(cockpit.foot().contains("m apply on the range"), "{said}");
    cockpit.press("m");
    cockpit.shows("✔ done. Seen by the check itself.");
    cockpit.hides("✔ done.");
    known.map(|(title, _)| *title)
}

/// The whole text of a fix, from the top to the bottom, as one line: what is wrapped on the screen is whole here.
fn read(cockpit: &mut Cockpit) -> String {
    cockpit.shows("not there yet");
    let mut said = String::new();
    for _ in 0..MANY {
        let text = cockpit.text();
        said.push_str(&words(&text));
        said.push(' ');
        if !text.contains("goes on below") {
            break;
        }
        // The seconds of the status change by themselves: what scrolled is told by the text above it.
        let top = body(&text);
        cockpit.press("jjj");
        cockpit.until("more of the text", |c| body(&c.text()) != top);
    }
    said
}

/// The text above the status.
fn body(text: &str) -> String {
    text.split("Status").next().unwrap_or_default().to_owned()
}

/// A text as one line of single spaces, without what is drawn around it.
fn words(text: &str) -> String {
    let drawn = ["┃", "│", "▐"];
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !drawn.contains(word))
        .collect();
    words.join(" ")
}

fn prove_the_row_of_mail(cockpit: &mut Cockpit) {
    cockpit.until("the gate", |c| c.head().contains("› gate"));
    for _ in 0..60 {
        if cockpit
            .selected()
            .contains("Mail proves where it comes from")
        {
            break;
        }
        let before = cockpit.selected();
        cockpit.press("j");
        cockpit.until("the next row", |c| c.selected() != before);
    }
    cockpit.press("a");
    cockpit.shows("╭─ answer");
    for value in ["", "Grace", "both inboxes, seen on the call"] {
        cockpit.press(value);
        cockpit.press(ENTER);
    }
    cockpit.hides("╭─ answer");
    cockpit.until("the row of mail is proven", |c| {
        c.selected().contains("▸ ✔")
    });
}

/// Fixes, questions and puttings-off that the default scenario may ask for at most.
const WHOLE: usize = 90;

/// From the first screen of the default scenario to *go*, in a founder's words and with the keys of the guide alone. Every
/// screen on the way explains each technical word that stands on it.
#[test]
fn a_founder_comes_from_the_default_scenario_to_go_and_meets_no_word_that_is_not_explained() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = super::cockpit::practise(data.path(), WIDE);
    cockpit.press("l");
    cockpit.shows("in the engineer's words: l");
    cockpit.settles();
    explains_itself(&mut cockpit);
    cockpit.press("f");
    let mut met = [0; 3];
    for _ in 0..WHOLE {
        cockpit.until("a task", |c| {
            c.head().contains("› guide") && task(c) != Shown::Other
        });
        let shown = task(&cockpit);
        if shown == Shown::Gate {
            break;
        }
        let said = whole(&mut cockpit);
        if !said.contains("this one is done") {
            explained(&said, &said);
        }
        let place = place(&cockpit);
        match shown {
            Shown::Flag => {
                met[0] += 1;
                cockpit.press(ENTER);
                let by = if said.contains("1 of 5") { "Grace" } else { "" };
                cockpit.fill("╭─ does it hold?", &["", by, ""]);
            }
            Shown::Question => {
                met[2] += 1;
                cockpit.press(ENTER);
                cockpit.until("a form, or the drills", |c| {
                    c.text().contains("╭─ answer") || c.head().contains("› proofs")
                });
                if cockpit.head().contains("› proofs") {
                    explains_itself(&mut cockpit);
                    drill_and_return(&mut cockpit);
                    without_messages(&mut cockpit);
                    continue;
                }
                explained(&cockpit.text(), &said);
                cockpit.fill("╭─ answer", &["", "", "seen on the call"]);
            }
            Shown::Fix | Shown::Other | Shown::Gate => {
                met[1] += 1;
                assert!(said.contains("Why") && said.contains("Do"), "{said}");
                if cockpit.foot().contains("m apply on the range") && !said.contains("✔ done.") {
                    // What this stands for: the founder pastes it, or the engineer of the brief does it.
                    cockpit.press("m");
                }
            }
        }
        // Nobody goes on by hand: the next task comes by itself.
        cockpit.until("the next task", |c| self::place(c) != place);
    }
    assert_eq!(met[0], 5, "red flags first");
    assert!(met[1] >= 10, "{met:?}");
    assert!(met[2] >= 10, "{met:?}");
    cockpit.shows("✔ GO  Everything was seen to hold");
    assert!(cockpit.head().contains("✔ GO"), "{}", cockpit.text());
    explains_itself(&mut cockpit);
    cockpit.press(ENTER);
    cockpit.until("the gate", |c| c.head().contains("› gate"));
    cockpit.settles();
    assert!(
        cockpit.text().contains("no row blocks"),
        "{}",
        cockpit.text()
    );
    explains_itself(&mut cockpit);
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
}

/// What the guide asks for.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Flag,
    Fix,
    Question,
    Gate,
    Other,
}

/// The line that says where in the guide this is.
fn place(cockpit: &Cockpit) -> String {
    let text = cockpit.text();
    let starts = [
        "  Before you begin",
        "  Fix ",
        "  To be seen",
        "  Question ",
        "  The last step",
    ];
    let line = text
        .lines()
        .find(|line| starts.iter().any(|s| line.contains(s)));
    // The bar behind it moves when another fix is closed.
    let line = line.unwrap_or_default();
    format!(
        "{}{}",
        line.split('━').next().unwrap_or_default(),
        line.rsplit("  ").next().unwrap_or_default()
    )
}

fn task(cockpit: &Cockpit) -> Shown {
    match place(cockpit).trim_start() {
        line if line.starts_with("Before") => Shown::Flag,
        line if line.starts_with("Fix") || line.starts_with("To be seen") => Shown::Fix,
        line if line.starts_with("Question") => Shown::Question,
        line if line.starts_with("The last step") => Shown::Gate,
        _ => Shown::Other,
    }
}

/// The whole text of a task with what frames it, scrolled from its top to its end.
fn whole(cockpit: &mut Cockpit) -> String {
    cockpit.until("what the check sees", |c| !c.text().contains("under way"));
    let mut said = words(&cockpit.text());
    for _ in 0..WHOLE {
        if !cockpit.text().contains("goes on below") {
            break;
        }
        let top = body(&cockpit.text());
        cockpit.press("jjj");
        cockpit.until("more of the text", |c| body(&c.text()) != top);
        said.push(' ');
        said.push_str(&words(&cockpit.text()));
    }
    said
}

/// Fails for a technical word of `shown` whose sentence does not stand in `explanation`.
fn explained(shown: &str, explanation: &str) {
    let explanation = words(explanation);
    for term in used_in(shown) {
        assert!(
            explanation.contains(&term.says),
            "“{}” is not explained:\n{shown}",
            term.term
        );
    }
    assert_eq!(
        unexplained(shown),
        [""; 0],
        "never in a founder's text:\n{shown}"
    );
}

/// Waits until no message lies over the screen.
fn without_messages(cockpit: &mut Cockpit) {
    cockpit.until("no message over it", |c| {
        let text = c.text();
        ![
            " checks in ",
            "green: ",
            "mended: ",
            "drill runs: enter",
            "drill answers this",
        ]
        .iter()
        .any(|message| text.contains(message))
    });
}

/// Holds a screen against what the key for words says of it.
fn explains_itself(cockpit: &mut Cockpit) {
    without_messages(cockpit);
    let shown = cockpit.text();
    cockpit.press("L");
    cockpit.shows("╭─ what the words mean");
    let mut explanation = String::new();
    for _ in 0..WHOLE {
        let text = cockpit.text();
        explanation.push_str(&boxed(&text, "╭─ what the words mean"));
        explanation.push(' ');
        cockpit.press("\x1b[6~");
        cockpit.settles();
        if cockpit.text() == text {
            break;
        }
    }
    cockpit.press(ESC);
    cockpit.hides("╭─ what the words mean");
    explained(&shown, &explanation);
}

/// What stands inside the box with that title, as one line.
fn boxed(text: &str, title: &str) -> String {
    let top = text.lines().find(|line| line.contains(title)).unwrap();
    let (before, rest) = top.split_once(title).unwrap();
    let left = before.chars().count() + 1;
    let width = title.chars().count() + rest.chars().position(|c| c == '╮').unwrap() - 1;
    let inside = text
        .lines()
        .map(|line| line.chars().skip(left).take(width).collect::<String>());
    words(&inside.collect::<Vec<_>>().join(" "))
}
