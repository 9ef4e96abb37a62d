//! Each built-in playbook from the first minute to an accepted handover, by the keyboard alone and by what the screen says:
//! the plan is answered, the four gates are signed one after the other, the receiver accepts, and the file holds all of it.

use std::path::Path;

use launch_ready::model::playbook::{Gate, Playbook};
use launch_ready::model::session::Session;
use launch_ready::playbook;
use launch_ready::store::{Store, file_of};

use super::cockpit::{Cockpit, ENTER, ESC, WIDE, only_session, practise, run};
use super::drills::do_the_drills;

/// More questions than any row has.
const MANY: usize = 6;

const TEAM: &str = "ops@acme.example";

#[test]
fn b2b_support_goes_all_the_way() {
    all_the_way("b2b-support");
}

#[test]
fn internal_ops_goes_all_the_way() {
    all_the_way("internal-ops");
}

#[test]
fn b2b_production_goes_all_the_way() {
    all_the_way("b2b-production");
}

#[test]
fn ecommerce_handover_goes_all_the_way() {
    all_the_way("ecommerce-handover");
}

#[test]
fn coaching_security_review_goes_all_the_way() {
    all_the_way("coaching-security-review");
}

#[test]
fn a_gate_that_is_shut_is_not_signed_and_says_why() {
    let data = tempfile::tempdir().unwrap();
    let mut cockpit = practise(data.path(), WIDE);
    cockpit.press("g");
    cockpit.until("the gate", |c| c.head().contains("› gate"));
    for front in ["[audit closed", "[fix closed", "[go-live"] {
        cockpit.press("\t");
        cockpit.shows(front);
        cockpit.press("s");
        // The names of the rows are in the answer to the key alone, not in what the board shows anyway.
        cockpit.shows("rows block: ");
        cockpit.settles();
        assert!(!cockpit.text().contains("╭─ sign"), "{}", cockpit.text());
        assert!(
            cockpit.text().contains("signed by 0 of "),
            "{}",
            cockpit.text()
        );
    }
}

fn all_the_way(id: &str) {
    let data = tempfile::tempdir().unwrap();
    let book = playbook::find(id).unwrap();
    let tape = data.path().join("tape").display().to_string();
    let arguments = [
        "demo",
        "--scenario",
        "healthy",
        "--playbook",
        id,
        "--record",
        &tape,
    ];
    let mut cockpit = Cockpit::start(data.path(), &arguments, WIDE);
    cockpit.shows(" checks in ");
    answer_the_plan(&mut cockpit, book);
    do_the_drills(&mut cockpit);

    cockpit.press("g");
    cockpit.until("the gate", |c| c.head().contains("› gate"));
    for gate in &book.gates {
        cockpit.press("\t");
        let front = format!("[{}", gate.title.to_lowercase());
        cockpit.shows(&front);
        answer_the_rows(&mut cockpit, book, gate);
        cockpit.shows("nothing keeps it shut");
        if gate.id != "handover" {
            sign(&mut cockpit, gate);
        }
    }
    assert!(cockpit.head().contains("✔ GO"), "{}", cockpit.text());

    cockpit.press("h");
    cockpit.until("the handover", |c| c.head().contains("› handover"));
    prepare_the_handover(&mut cockpit, book);
    cockpit.press("h");
    cockpit.shows("before the handover  0 of 1 people signed the handover gate");
    cockpit.press("s");
    cockpit.fill("╭─ sign “handover”", &["Robin", "operator"]);
    cockpit.shows("ready to hand over");
    cockpit.press("h");
    cockpit.fill("╭─ hand over", &[TEAM]);
    cockpit.shows(&format!(" ago to {TEAM}"));
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
    assert!(cockpit.is_on_the_ordinary_screen());
    the_file_holds(data.path(), book);

    let mut again = Cockpit::start(data.path(), &["--replay", &tape], WIDE);
    again.shows(&format!(" ago to {TEAM}"));
    again.press("q");
    assert_eq!(again.ends(), 0);
}

/// Confirms every kind of access, and says of every red flag that it does not hold.
fn answer_the_plan(cockpit: &mut Cockpit, book: &Playbook) {
    cockpit.press("0");
    cockpit.until("the plan", |c| c.head().contains("› plan"));
    let access = book.access.len();
    assert!(access > 0 && !book.red_flags.is_empty());
    cockpit.shows(&format!("0 of {access} kinds of access confirmed"));
    for at in 0..access + book.red_flags.len() {
        assert!(is_asked(cockpit), "{}", cockpit.text());
        cockpit.press(ENTER);
        let (form, said) = match at < access {
            true => ("╭─ answer", "  yes, Grace"),
            false => ("╭─ does it hold?", "  no, Grace"),
        };
        cockpit.fill(form, &["", "Grace", "signed in on the call"]);
        cockpit.until("the answer", |c| c.selected().contains(said));
        cockpit.down();
    }
    assert!(!is_asked(cockpit), "{}", cockpit.text());
    cockpit.shows(&format!("{access} of {access} kinds of access confirmed"));
    cockpit.press(ESC);
    cockpit.until("the sprint", |c| !c.head().contains('›'));
}

fn is_asked(cockpit: &Cockpit) -> bool {
    cockpit.selected().contains("  asked")
}

/// Answers each question of each killer row of the gate in front.
fn answer_the_rows(cockpit: &mut Cockpit, book: &Playbook, gate: &Gate) {
    let rows = book.killer_rows(&gate.id).count();
    assert!(rows > 0, "{}", gate.id);
    let yes = |c: &Cockpit| c.text().matches("✔ yes ").count();
    for row in 0..rows {
        for _ in 0..MANY {
            if !cockpit.selected().contains('◌') {
                break;
            }
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
        assert!(cockpit.selected().contains("▸ ✔"), "{}", cockpit.text());
        if row + 1 < rows {
            cockpit.down();
        }
    }
}

/// As many names under the gate in front as it asks for.
fn sign(cockpit: &mut Cockpit, gate: &Gate) {
    let people = [("Ada", "consultant"), ("Grace", "founder")];
    let wanted = gate.signatures;
    let mut names = Vec::new();
    for (name, role) in people.into_iter().take(wanted) {
        assert!(cockpit.foot().contains("s sign"), "{}", cockpit.text());
        cockpit.press("s");
        let form = format!("╭─ sign “{}”", gate.id);
        cockpit.fill(&form, &[name, role]);
        names.push(name);
        let all = names.join(", ");
        cockpit.shows(&match names.len() {
            n if n < wanted => format!("signed by {n} of {wanted}: {all}"),
            _ => format!("signed by {all}"),
        });
    }
    cockpit.shows(&format!("[{} ✔]", gate.title.to_lowercase()));
}

/// Answers what the founder was not asked yet, ticks every line, names an owner of every row, writes down who may reach the
/// registrar, and lets somebody who stays take the quiz.
fn prepare_the_handover(cockpit: &mut Cockpit, book: &Playbook) {
    cockpit.shows("the founder answers");
    for _ in &book.founder_questions {
        if cockpit.selected().contains("nobody yet") {
            cockpit.press(ENTER);
            cockpit.fill("╭─ answer", &["", "Grace", "said on the call"]);
        }
        // A drill says who did it.
        cockpit.until("the answer", |c| {
            ["  yes, Grace", "  yes, Robin"]
                .iter()
                .any(|said| c.selected().contains(said))
        });
        cockpit.down();
    }
    for _ in &book.checklist {
        // A drill ticked its line.
        if !cockpit.selected().contains("[x]") {
            cockpit.press(" ");
        }
        cockpit.until("the tick", |c| c.selected().contains("[x]"));
        cockpit.down();
    }
    for _ in &book.criteria {
        assert!(
            cockpit.selected().contains("  nobody"),
            "{}",
            cockpit.text()
        );
        cockpit.press(ENTER);
        cockpit.fill("╭─ owner and due", &["Robin", "30d"]);
        cockpit.until("the owner", |c| c.selected().contains("  Robin"));
        cockpit.down();
    }
    assert!(cockpit.selected().contains("registrar"));
    cockpit.press(ENTER);
    cockpit.fill(
        "╭─ access map",
        &[
            "",
            "Acme",
            "Robin",
            "own account",
            "Robin",
            "codes in the safe",
        ],
    );
    cockpit.until("the place", |c| c.selected().contains("account of Acme"));
    while !cockpit.selected().contains(&book.quiz[0].text) {
        let row = cockpit.selected();
        cockpit.press("\t");
        cockpit.until("the next section", |c| c.selected() != row);
    }
    for _ in &book.quiz {
        assert!(
            cockpit.selected().contains("nobody yet"),
            "{}",
            cockpit.text()
        );
        cockpit.press(ENTER);
        cockpit.fill(
            "╭─ answer of whoever takes over",
            &["", "Robin", "shown on the call"],
        );
        cockpit.until("the answer", |c| c.selected().contains("  yes, Robin"));
        cockpit.down();
    }
}

/// The answers, the signatures, the owners and the handover are in the file, and it is as it was written.
fn the_file_holds(data: &Path, book: &Playbook) {
    let slug = only_session(data);
    let (told, intact) = run(data, &["verify", &slug]);
    assert!(intact && told.contains("intact"), "{told}");
    let store = Store::open_read_only(&file_of(data, &slug)).unwrap();
    let session = Session::fold(&store.events().unwrap());
    assert_eq!(session.playbook, book.id);
    assert!(session.clock.started.is_some());
    for gate in &book.gates {
        let names = session.signatures(&gate.id).len();
        assert_eq!(names, gate.signatures, "{}", gate.id);
    }
    for asked in &book.access {
        assert!(session.answers[&asked.id].yes, "{}", asked.id);
    }
    for flag in &book.red_flags {
        assert!(!session.answers[&flag.id].yes, "{}", flag.id);
    }
    for asked in &book.quiz {
        assert_eq!(session.answers[&asked.id].by, "Robin", "{}", asked.id);
    }
    for drilled in ["rollback-drill", "redeploy-drill"] {
        let answer = &session.answers[drilled];
        assert!(answer.yes && answer.by == "Robin", "{answer:?}");
        assert!(answer.evidence.contains(" drill, in time: 0:"));
    }
    assert!(session.waivers.is_empty());
    assert_eq!(session.ticked.len(), book.checklist.len());
    assert_eq!(session.owners.len(), book.criteria.len());
    assert_eq!(session.access.len(), 1);
    let handed = session.handed_over.as_ref().unwrap();
    assert_eq!(handed.to, TEAM);
    assert!(
        session
            .runs
            .iter()
            .any(|run| run.id == handed.run && run.finished.is_some())
    );
}
