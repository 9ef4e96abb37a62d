//! `check`: what a run prints and how it ends.

use std::io::Read;
use std::process::Stdio;

use launch_ready::range::world::World;
use serde_json::Value;

use super::{Stage, code, json, program, stderr, stdout};

#[test]
fn a_healthy_portal_is_go() {
    let stage = Stage::healthy();
    let output = stage.check(&["--format", "json"]);
    let run = json(&output);
    let wrong: Vec<String> = run["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| !["pass", "not-applicable"].contains(&f["verdict"].as_str().unwrap()))
        .map(|f| {
            format!(
                "{} {}: {} {}",
                f["check"], f["subject"], f["verdict"], f["summary"]
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(run["gate"]["verdict"], "go", "{}", run["gate"]);
    assert_eq!(code(&output), 0);
}

#[test]
fn a_broken_portal_is_no_go_and_the_rows_are_named() {
    let stage = Stage::with_faults(&["mail.two-spf-records"]);
    let output = stage.check(&["--format", "json"]);
    let run = json(&output);
    assert_eq!(code(&output), 1);
    assert_eq!(run["gate"]["verdict"], "no-go");
    // How quick the range answers is the machine's affair, not this test's.
    let blocking: Vec<&str> = run["gate"]["blocking"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .filter(|row| *row != "api-latency")
        .collect();
    assert_eq!(blocking, ["email-valid"]);
    let spf = run["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["check"] == "mail.spf")
        .unwrap();
    assert_eq!(
        (&spf["verdict"], &spf["severity"]),
        (&"fail".into(), &"blocker".into())
    );
    let remedy = &spf["remedy"];
    assert!(
        remedy["steps"].as_array().is_some_and(|s| !s.is_empty()),
        "{remedy}"
    );
    assert!(
        remedy["undo"].as_str().is_some_and(|s| !s.is_empty()),
        "{remedy}"
    );
    assert_eq!(remedy["proof"], "mail.spf");
    assert!(spf["evidence"].as_array().is_some_and(|e| {
        e.iter()
            .any(|e| e["repeat"].as_str().is_some_and(|r| r.starts_with("dig")))
    }));
}

#[test]
fn the_json_is_as_the_schema_says() {
    let stage = Stage::with_faults(&["mail.two-spf-records", "tls.expired-certificate"]);
    let schema: Value = serde_json::from_slice(&stage.run(&["schema"]).stdout).unwrap();
    let run = json(&stage.check(&["--format", "json"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&run)
        .map(|e| format!("{}: {e}", e.instance_path))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let mut broken = run.clone();
    broken["findings"][0]["verdict"] = "fine".into();
    assert!(
        !validator.is_valid(&broken),
        "the schema tells right from wrong"
    );
}

#[test]
fn what_other_places_see_is_in_the_json_as_the_schema_says() {
    let world = |parties: &str| {
        let world = format!(
            "third_parties = {parties}\n[[place]]\ncity = \"Sydney\"\nremembers = [\"portal.acme.example. 660 IN A 203.0.113.40\"]\n[[place]]\ncity = \"Lagos\"\ndoes = \"failed\""
        );
        Stage::of(World::parse(&world).unwrap())
    };
    let stage = world("[\"globalping\"]");
    let schema: Value = serde_json::from_slice(&stage.run(&["schema"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let look = ["--only", "dns.propagation", "--format", "json"];
    let run = json(&stage.check(&look));
    let errors: Vec<String> = validator.iter_errors(&run).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let findings = run["findings"].as_array().unwrap();
    let of = |host: &str| findings.iter().find(|f| f["subject"] == host).unwrap();
    let portal = of("portal.acme.example");
    assert_eq!(portal["verdict"], "warn");
    let seen = &portal["exhibits"][1];
    assert!(seen["title"].as_str().unwrap().contains("a third party"));
    let rows = seen["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    let sydney = &rows[0];
    assert_eq!(
        (&sydney["cells"][0], &sydney["cells"][3], &sydney["verdict"]),
        (&"Sydney, AU".into(), &"203.0.113.40".into(), &"warn".into())
    );
    assert!(sydney["until"].is_string() && rows[5]["until"].is_null());
    let sent = portal["evidence"].as_array().unwrap().last().unwrap();
    assert_eq!(sent["kind"], "globalping");
    assert!(
        sent["text"]
            .as_str()
            .unwrap()
            .contains("\"target\":\"portal.acme.example\"")
    );
    assert!(!portal.to_string().contains('%'), "no percentages");
    assert_eq!(
        of("api.acme.example")["exhibits"].as_array().unwrap().len(),
        1
    );
    // Two runs print the same.
    let mut again = json(&stage.check(&look));
    let mut run = run.clone();
    without_times(&mut run);
    without_times(&mut again);
    assert_eq!(run["findings"], again["findings"]);
    // And without an opt-in nobody is asked.
    let alone = world("[\"rdap\"]");
    let run = json(&alone.check(&look));
    assert!(!run.to_string().contains("lobalping"));
    assert!(alone.range.measurements().is_empty());
}

#[test]
fn two_runs_differ_in_times_only() {
    let stage = Stage::with_faults(&["mail.two-spf-records", "web.redirect-loop"]);
    // What is measured is a time.
    let run = || json(&stage.check(&["--format", "json", "--skip", "performance.*"]));
    let (mut first, mut second) = (run(), run());
    without_times(&mut first);
    without_times(&mut second);
    assert_eq!(first["findings"], second["findings"]);
    assert_eq!(first, second);
}

/// Blanks every value that is a time or is made of measured times.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                let timed = matches!(
                    key.as_str(),
                    "at" | "until" | "from" | "to" | "started" | "finished" | "took_ms"
                ) || key.ends_with("_ms");
                if timed {
                    *inner = Value::Null;
                } else {
                    without_times(inner);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(without_times),
        _ => {}
    }
}

#[test]
fn every_format_prints_and_agrees_on_the_exit_code() {
    let stage = Stage::with_faults(&["mail.two-spf-records"]);
    for format in ["text", "json", "jsonl", "markdown", "junit", "sarif"] {
        let output = stage.check(&["--format", format, "--only", "mail.*"]);
        assert_eq!(code(&output), 1, "{format}: {}", stderr(&output));
        let text = stdout(&output);
        assert!(text.contains("mail.spf"), "{format}: {text}");
        assert!(!text.contains('\u{1b}'), "{format}: no colours into a pipe");
    }
    let lines = stdout(&stage.check(&["--format", "jsonl", "--only", "mail.*"]));
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
}

#[test]
fn only_and_skip_choose_the_checks() {
    let stage = Stage::healthy();
    let run = json(&stage.check(&[
        "--format",
        "json",
        "--only",
        "mail.*,dns.soa",
        "--skip",
        "mail.spf*",
    ]));
    let mut ids: Vec<&str> = run["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["check"].as_str().unwrap())
        .collect();
    ids.dedup();
    assert!(
        ids.contains(&"dns.soa") && ids.contains(&"mail.dmarc"),
        "{ids:?}"
    );
    assert!(
        ids.iter()
            .all(|id| *id == "dns.soa" || id.starts_with("mail.") && !id.starts_with("mail.spf")),
        "{ids:?}"
    );
}

#[test]
fn without_an_intent_the_hosts_are_found() {
    let stage = Stage::healthy();
    let output = stage.run(&[
        "check",
        "https://www.acme.example/some/path?x=1",
        "--only",
        "dns.addresses",
        "--format",
        "json",
    ]);
    // A URL names a host; what is looked at is that name.
    let run = json(&output);
    assert_eq!(run["domain"], "www.acme.example", "{}", stderr(&output));
    assert!(
        stderr(&output).contains("only the domain"),
        "{}",
        stderr(&output)
    );
    let run = json(&stage.run(&[
        "check",
        "acme.example",
        "--only",
        "dns.addresses",
        "--format",
        "json",
    ]));
    let subjects: Vec<&str> = run["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["subject"].as_str().unwrap())
        .collect();
    for host in [
        "acme.example",
        "www.acme.example",
        "portal.acme.example",
        "api.acme.example",
    ] {
        assert!(subjects.contains(&host), "{subjects:?}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let stage = Stage::healthy();
    let mut child = program(stage.data())
        .args(["explain", "mail.dmarc"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{errors}");
    assert_eq!(errors, "");
}

#[test]
fn watching_ends_when_it_turns_green() {
    let stage = Stage::with_faults(&["mail.two-spf-records"]);
    let intent = stage.range.intent_file().display().to_string();
    let flags = stage.range.flags();
    let mut child = program(stage.data())
        .args([
            "watch",
            "acme.example",
            "--only",
            "mail.spf",
            "--every",
            "1s",
            "--timeout",
            "60s",
            "--intent",
            &intent,
        ])
        .args(
            flags
                .chunks(2)
                .filter(|pair| pair[0] != "--intent")
                .flatten(),
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    std::io::BufRead::read_line(&mut reader, &mut first).unwrap();
    assert!(first.contains("mail.spf") && first.contains('✖'), "{first}");
    stage
        .runtime
        .block_on(stage.range.mend("mail.two-spf-records"))
        .unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert!(
        rest.lines().last().unwrap_or_default().contains('✔'),
        "{rest}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
