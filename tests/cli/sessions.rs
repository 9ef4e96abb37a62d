//! Sessions from the command line: created, checked, verified, carried about, and refused when they are damaged.

use std::fs;
use std::path::PathBuf;

use super::{Stage, code, json, program, stderr, stdout};

fn created(stage: &Stage) -> PathBuf {
    let intent = stage.range.intent_file().display().to_string();
    let output = stage.run(&["new", "acme.example", "--intent", &intent]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let path = PathBuf::from(stdout(&output).trim());
    assert!(path.exists(), "{}", path.display());
    path
}

#[test]
fn a_session_keeps_what_a_run_found() {
    let stage = Stage::with_faults(&["mail.two-spf-records"]);
    let path = created(&stage);
    let before = fs::metadata(&path).unwrap().len();
    let output = stage.run(&["check", "acme-example", "--format", "json"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(fs::metadata(&path).unwrap().len() >= before);
    let verified = stage.run(&["verify", "acme-example"]);
    assert_eq!(code(&verified), 0, "{}", stdout(&verified));
    let events: usize = stdout(&verified)
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let findings = json(&output)["findings"].as_array().unwrap().len();
    assert!(events > findings, "{events} events, {findings} findings");

    let listed = stdout(&stage.run(&["sessions", "list"]));
    assert!(
        listed.contains("acme-example") && listed.contains("acme.example"),
        "{listed}"
    );
    let report = stage.run(&["report", "acme-example", "--format", "markdown"]);
    assert_eq!(code(&report), 0, "{}", stderr(&report));
    assert!(stdout(&report).contains("mail.spf"), "{}", stdout(&report));
}

#[test]
fn a_session_travels() {
    let stage = Stage::healthy();
    created(&stage);
    let elsewhere = tempfile::tempdir().unwrap();
    let export = elsewhere.path().join("copy.launch");
    let output = stage.run(&[
        "sessions",
        "export",
        "acme-example",
        "-o",
        &export.display().to_string(),
    ]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let other = tempfile::tempdir().unwrap();
    let import = |arguments: &[&str]| program(other.path()).args(arguments).output().unwrap();
    let output = import(&["sessions", "import", &export.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(code(&import(&["verify", "acme-example"])), 0);
    let output = import(&["sessions", "rm", "acme-example"]);
    assert_eq!(code(&output), 2, "nobody was asked, so nothing is removed");
    assert_eq!(
        code(&import(&["sessions", "rm", "acme-example", "--yes"])),
        0
    );
    assert_eq!(code(&import(&["verify", "acme-example"])), 2);
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_is() {
    let stage = Stage::healthy();
    let path = created(&stage);
    let whole = fs::read(&path).unwrap();
    for (name, bytes) in [
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("cut-short", whole[..50].to_vec()),
        ("text", b"this is no database, it is a letter".to_vec()),
        ("empty", Vec::new()),
    ] {
        let file = stage.data().join(format!("{name}.launch"));
        fs::write(&file, &bytes).unwrap();
        for command in [["open", name], ["verify", name], ["check", name]] {
            let output = stage.run(&command);
            assert_eq!(code(&output), 4, "{command:?}: {}", stderr(&output));
            assert!(
                stderr(&output).contains("try "),
                "{command:?}: {}",
                stderr(&output)
            );
        }
        assert_eq!(fs::read(&file).unwrap(), bytes, "{name} was changed");
    }
}

#[test]
fn a_flipped_byte_in_an_event_is_named() {
    let stage = Stage::healthy();
    let path = created(&stage);
    let mut bytes = fs::read(&path).unwrap();
    let needle = b"\"domain\":\"acme.example\"";
    let at = bytes
        .windows(needle.len())
        .position(|w| w == needle)
        .expect("the body lies in the file as text");
    bytes[at + 12] ^= 0x01;
    fs::write(&path, &bytes).unwrap();
    let output = stage.run(&["verify", &path.display().to_string()]);
    assert_eq!(code(&output), 4, "{}", stdout(&output));
    assert!(
        stdout(&output).contains("BROKEN  event "),
        "{}",
        stdout(&output)
    );
}
