//! Day one: a session is handed over on one computer and opened again on another, and the difference is what really changed.

use std::path::Path;

use jiff::Timestamp;
use launch_ready::model::event::EventBody;
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
