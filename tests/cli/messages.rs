//! Real messages brought to a session: judged once, counted on by the runs that follow, kept nowhere.

use std::fs;

use launch_ready::range::world::World;
use serde_json::Value;

use super::{Stage, code, json, stderr, stdout};

const IN_ORDER: &str = include_str!("../simulations/mail-test-message-in-order.toml");
const NAMED: &str = ", message = [ { kind = \"reset\" } ]";
const ONLY: [&str; 6] = [
    "check",
    "acme-example",
    "--only",
    "mail.test-message",
    "--format",
    "json",
];

/// A session in that world, and the argument that brings its message.
fn stage(world: &str) -> (Stage, String) {
    let world = World::parse(world).unwrap();
    let bytes = world.brought()[0].message.bytes.clone();
    let stage = Stage::of(world);
    let file = stage.range.folder().join("reset.eml");
    fs::write(&file, bytes).unwrap();
    let intent = stage.range.intent_file().display().to_string();
    let output = stage.run(&["new", "acme.example", "--intent", &intent]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    (stage, format!("reset={}", file.display()))
}

fn looked(stage: &Stage, more: &[&str]) -> Value {
    let output = stage.run(&[&ONLY, more].concat());
    let run = json(&output);
    let findings = run["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings[0].clone()
}

#[test]
fn a_message_that_was_judged_is_not_lost() {
    // Also where the intent does not name such a message: it was brought, so it is expected from then on.
    for world in [IN_ORDER.to_owned(), IN_ORDER.replace(NAMED, "")] {
        let (stage, message) = stage(&world);
        let first = looked(&stage, &["--message", &message]);
        assert_eq!(first["subject"], "reset message");
        assert_eq!(first["verdict"], "pass", "{first:#}");
        for _ in 0..2 {
            let again = looked(&stage, &[]);
            assert_eq!(again["subject"], "reset message");
            assert_eq!(again["verdict"], "pass", "{again:#}");
            // The fact is the same, so what was waived or signed off stays so.
            assert_eq!(again["fingerprint"], first["fingerprint"]);
            let summary = again["summary"].as_str().unwrap();
            assert!(
                summary.contains(" old, no newer one was brought"),
                "{summary}"
            );
        }
        let watch = stage.run(&["watch", "acme-example", "--only", "mail.test-message"]);
        assert_eq!(code(&watch), 0, "{}", stdout(&watch));
        // A world after a switch is another one.
        let ahead =
            stage.run(&[&ONLY[..], &["--moved", "portal.acme.example=203.0.113.40"]].concat());
        assert!(
            !stdout(&ahead).contains("no newer one"),
            "{}",
            stdout(&ahead)
        );
    }
}

#[test]
fn a_message_under_another_intent_is_brought_again() {
    let (stage, message) = stage(IN_ORDER);
    looked(&stage, &["--message", &message]);
    let file = stage.range.intent_file();
    let intent = fs::read_to_string(&file).unwrap();
    let other = intent.replace("acme.test@gmail.com", "acme.test@outlook.com");
    assert_ne!(intent, other);
    fs::write(&file, other).unwrap();
    let named = file.display().to_string();
    let again = looked(&stage, &["--intent", &named]);
    assert_eq!(again["verdict"], "blocked", "{again:#}");
}

#[test]
fn nothing_of_a_message_is_written_anywhere() {
    let (stage, message) = stage(IN_ORDER);
    looked(&stage, &["--message", &message]);
    looked(&stage, &[]);
    let mut seen = false;
    let mut folders = vec![stage.data().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            seen |= text.contains("\"kept\"");
            for secret in [
                "secret-token",
                "Reset your password",
                "asked for a new",
                "no-reply@",
            ] {
                assert!(!text.contains(secret), "{secret} in {}", path.display());
            }
        }
    }
    assert!(seen, "the facts are kept");
}
