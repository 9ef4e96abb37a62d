//! What a default run may cost: questions, handshakes and requests.

use launch_ready::model::third_party;

use super::{Stage, json, program, stdout};

#[test]
fn a_default_run_is_gentle() {
    let stage = Stage::healthy();
    let run = json(&stage.check(&["--format", "json"]));
    let questions = run["queries"]["dns"].as_u64().unwrap();
    assert!(questions <= 150, "{questions} DNS questions");
    let counts = stage.range.counts();
    for (host, handshakes) in &counts.handshakes {
        assert!(*handshakes <= 12, "{host}: {handshakes} handshakes");
    }
    for (host, requests) in &counts.requests {
        assert!(*requests <= 60, "{host}: {requests} requests");
    }
    assert!(
        !counts.handshakes.is_empty() && !counts.requests.is_empty(),
        "the range counted"
    );
}

#[test]
fn help_and_readme_say_who_may_be_asked_and_what_is_sent() {
    let readme = include_str!("../../README.md");
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(
        &program(folder.path())
            .args(["check", "--help"])
            .output()
            .unwrap(),
    );
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for party in third_party::ALL {
        let row = format!(
            "| `{}` | {} | {} | {} |",
            party.name, party.who, party.asked, party.sent
        );
        assert!(readme.contains(&row), "the README has no row {row}");
        let asked = party.asked.replace('`', "");
        assert!(help.contains(party.name) && help.contains(&asked), "{help}");
    }
    assert!(help.contains("quad9-unfiltered"), "{help}");
}
