//! Day one: a session is handed over on one computer and opened again on another, and the difference is what really changed.

use std::path::Path;

use jiff::Timestamp;
use launch_ready::model::event::EventBody;
use launch_ready::model::fact::mark;
use launch_ready::model::session::Session;
use launch_ready::store::{Store, file_of};

use super::{Stage, code, json, program, stderr, stdout};

/// Faults that came after the handover, each with the one finding that it makes worse.
const FAULTS: [(&str, &str, &str); 3] = [
    ("dns.stale-secondary", "dns.soa", "acme.example"),
    ("mail.tls-reports-twice", "mail.tls-rpt", "acme.example"),
    (
        "web.security-txt-expired",
        "web.security-txt",
        "www.acme.example",
    ),
];

#[test]
fn three_faults_after_the_handover_are_exactly_what_is_worse() {
    let stage = Stage::healthy();
    let intent = stage.range.intent_file().display().to_string();
    let output = stage.run(&["new", "acme.example", "--intent", &intent]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let output = stage.run(&["check", "acme-example"]);
    assert_ne!(code(&output), 2, "{}", stderr(&output));
    let findings = hand_over(&file_of(stage.data(), "acme-example"));

    let copy = stage.data().join("copy.launch").display().to_string();
    let output = stage.run(&["sessions", "export", "acme-example", "-o", &copy]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let other = tempfile::tempdir().unwrap();
    let output = program(other.path())
        .args(["sessions", "import", &copy])
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));

    for (fault, _, _) in FAULTS {
        let broken = stage.range.break_fault(fault);
        stage.runtime.block_on(broken).unwrap();
    }
    let output = stage.run_in(other.path(), &["check", "acme-example"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let diff = |more: &[&str]| {
        let mut arguments = vec!["diff", "acme-example"];
        arguments.extend(more);
        program(other.path()).args(arguments).output().unwrap()
    };
    let output = diff(&["--format", "json"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let changes: Vec<[String; 3]> = json(&output)
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            ["check", "subject", "change"].map(|key| line[key].as_str().unwrap().to_owned())
        })
        .collect();
    let expected: Vec<[String; 3]> = FAULTS
        .iter()
        .map(|(_, check, subject)| [check, subject, &"worse"].map(|text| (*text).to_owned()))
        .collect();
    assert_eq!(changes, expected);
    let same = format!("{} the same", findings - FAULTS.len());
    assert!(stdout(&diff(&[])).contains(&same), "{}", stdout(&diff(&[])));

    for (fault, _, _) in FAULTS {
        stage.runtime.block_on(stage.range.mend(fault)).unwrap();
    }
    let output = stage.run_in(other.path(), &["check", "acme-example"]);
    assert_ne!(code(&output), 2, "{}", stderr(&output));
    let output = diff(&[]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert_eq!(stdout(&output).trim(), format!("{findings} the same"));
}

#[test]
fn an_address_that_changed_is_a_surprise_until_somebody_says_that_it_was_meant() {
    let stage = Stage::healthy();
    let output = stage.run(&["new", "acme.example"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    // Without an intent that names the addresses, the portal may move and its name still lead somewhere.
    let look = || {
        let output = stage.run(&["check", "acme-example", "--only", "dns.addresses"]);
        assert_ne!(code(&output), 2, "{}", stderr(&output));
    };
    look();
    let file = file_of(stage.data(), "acme-example");
    hand_over(&file);
    let diff = |more: &[&str]| {
        let mut arguments = vec!["diff", "acme-example"];
        arguments.extend(more);
        program(stage.data()).args(arguments).output().unwrap()
    };
    let output = diff(&[]);
    assert_eq!(code(&output), 3, "nothing was looked at since");
    assert!(
        stdout(&output).contains("0 the same"),
        "{}",
        stdout(&output)
    );

    let broken = stage.range.break_fault("dns.wrong-address");
    stage.runtime.block_on(broken).unwrap();
    look();
    let output = diff(&["--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let lines = json(&output);
    let [line] = lines.as_array().unwrap().as_slice() else {
        panic!("{lines:#}");
    };
    assert_eq!(line["change"], "changed");
    assert_eq!(line["expected"], false);
    let fact = serde_json::json!({
        "fact": "A portal.acme.example", "before": ["203.0.113.20"], "now": ["203.0.113.40"],
    });
    assert_eq!(line["facts"], serde_json::json!([fact]));
    let text = stdout(&diff(&[]));
    let told = "A portal.acme.example 203.0.113.20 → 203.0.113.40";
    assert!(text.contains(told) && !text.contains("expected"), "{text}");

    let mut store = Store::open(&file).unwrap();
    let session = Session::fold(&store.events().unwrap());
    let moved = session
        .findings
        .values()
        .find(|f| f.subject == "portal.acme.example")
        .unwrap();
    let meant = EventBody::ChangeExpected {
        key: moved.key(),
        fingerprint: mark(moved),
        why: "the portal moved".to_owned(),
        by: "Ada".to_owned(),
    };
    store
        .append(vec![meant], Timestamp::now(), "ada", "desk")
        .unwrap();
    drop(store);
    let lines = json(&diff(&["--format", "json"]));
    assert_eq!(lines[0]["expected"], true);
    assert_eq!(lines[0]["because"], "meant, says Ada: the portal moved");
}

/// Hands the session over after its latest run; gives the number of findings that became the baseline.
fn hand_over(file: &Path) -> usize {
    let mut store = Store::open(file).unwrap();
    let session = Session::fold(&store.events().unwrap());
    let body = EventBody::HandedOver {
        run: session.runs.last().unwrap().id.clone(),
        to: "team@acme.example".to_owned(),
    };
    store
        .append(vec![body], Timestamp::now(), "ada", "desk")
        .unwrap();
    session.findings.len()
}
