//! Bad input gets a clear sentence, what to do, and the documented exit code.

use std::fs;

use super::{Stage, code, json, program, stderr};

#[test]
fn what_is_no_domain_is_refused_with_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    for (typed, hint) in [
        ("192.0.2.1", "IP address"),
        ("localhost", "this computer"),
        ("http://localhost:3000/", "this computer"),
        ("acme", "no dot"),
        ("-acme.example", "acme"),
        ("a b.example", "domain name"),
        (" ", "no domain"),
    ] {
        let output = program(folder.path())
            .args(["check", "--", typed])
            .output()
            .unwrap();
        assert_eq!(code(&output), 2, "{typed}: {}", stderr(&output));
        assert!(
            stderr(&output).contains(hint),
            "{typed}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains("try "),
            "{typed}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_playbook_to_practise_that_does_not_exist_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    for (typed, hint) in [
        ("b2b-suport", "did you mean `b2b-support`?"),
        ("nothing-of-ours", "`launch-ready playbooks` lists them"),
    ] {
        let output = program(folder.path())
            .args(["demo", "--playbook", typed])
            .output()
            .unwrap();
        assert_eq!(code(&output), 2, "{typed}: {}", stderr(&output));
        let told = stderr(&output);
        assert!(told.contains("there is no playbook"), "{told}");
        assert!(told.contains(hint), "{told}");
    }
}

#[test]
fn a_domain_that_does_not_exist_is_said_so() {
    let stage = Stage::healthy();
    let output = stage.run(&["check", "no-such-client.example"]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("does not exist"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_internationalised_name_is_looked_at_in_its_ascii_form() {
    let stage = Stage::healthy();
    let output = stage.run(&["check", "bücher.example"]);
    assert!(
        stderr(&output).contains("xn--bcher-kva.example"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_resolver_that_is_silent_is_could_not_tell() {
    let stage = Stage::healthy();
    let intent = stage.range.intent_file().display().to_string();
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let output = program(stage.data())
        .args([
            "check",
            "acme.example",
            "--intent",
            &intent,
            "--resolver",
            &address,
            "--format",
            "json",
        ])
        .output()
        .unwrap();
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    let run = json(&output);
    let verdicts: Vec<&str> = run["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["verdict"].as_str().unwrap())
        .collect();
    assert!(verdicts.iter().all(|v| *v == "unknown"), "{verdicts:?}");
    assert!(
        !run["self_check"]["problems"].as_array().unwrap().is_empty(),
        "{}",
        run["self_check"]
    );
}

#[test]
fn a_typo_in_the_intent_names_line_and_nearest_key() {
    let stage = Stage::healthy();
    let file = stage.data().join("intent.toml");
    fs::write(
        &file,
        "domain = \"acme.example\"\n\ncannonical = \"https://www.acme.example/\"\n",
    )
    .unwrap();
    let output = stage.run(&[
        "check",
        "acme.example",
        "--intent",
        &file.display().to_string(),
    ]);
    assert_eq!(code(&output), 2);
    let text = stderr(&output);
    assert!(
        text.contains("line 3") && text.contains("canonical"),
        "{text}"
    );
}

#[test]
fn an_intent_about_another_domain_is_refused() {
    let stage = Stage::healthy();
    let file = stage.data().join("intent.toml");
    fs::write(&file, "domain = \"other.example\"\n").unwrap();
    let output = stage.run(&[
        "check",
        "acme.example",
        "--intent",
        &file.display().to_string(),
    ]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("other.example"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn names_that_do_not_exist_bring_the_nearest_one() {
    let stage = Stage::healthy();
    for (arguments, hint) in [
        (
            vec!["check", "acme.example", "--playbook", "b2b-suport"],
            "b2b-support",
        ),
        (
            vec!["check", "acme.example", "--only", "mail.dmrac"],
            "mail.dmarc",
        ),
        (vec!["explain", "mail.dmrac"], "mail.dmarc"),
        (
            vec![
                "check",
                "acme.example",
                "--third-parties",
                "rdap,globlaping",
            ],
            "did you mean `globalping`?",
        ),
        (
            vec!["watch", "acme.example", "--third-parties", "quad8"],
            "did you mean `quad9`?",
        ),
        (
            vec!["check", "acme.example", "--third-parties", "everybody"],
            "there are rdap, revocation, globalping, public-resolvers, blocklists, and",
        ),
        (
            vec!["check", "acme.example", "--third-parties", ""],
            "there are rdap",
        ),
        (
            vec![
                "check",
                "acme.example",
                "--host",
                "portal.acme.example=portl",
            ],
            "portal",
        ),
    ] {
        let output = stage.run(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert!(
            stderr(&output).contains(hint),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_playbook_file_with_a_typo_names_file_line_and_nearest_id() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let text =
        include_str!("../../assets/playbooks/b2b-support.toml").replacen("mail.spf", "mail.sfp", 1);
    fs::write(&file, &text).unwrap();
    let line = text
        .lines()
        .position(|line| line.contains("mail.sfp"))
        .unwrap()
        + 1;
    let output = program(folder.path())
        .args(["playbooks", "lint"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains(&format!("mine.toml:{line}")) && said.contains("mail.spf"),
        "{said}"
    );
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    fs::write(&config, "reslover = [\"1.1.1.1\"]\n").unwrap();
    let output = program(folder.path())
        .arg("--config")
        .arg(&config)
        .args(["config", "show"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("resolver"), "{}", stderr(&output));
    for arguments in [
        ["--resolver", "dns.example"],
        ["--reroute", "1.2.3.4"],
        ["--ca-file", "/nowhere/ca.pem"],
    ] {
        let output = program(folder.path())
            .args(["check", "acme.example"])
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn without_a_terminal_the_cockpit_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = program(folder.path()).output().unwrap();
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("check"), "{}", stderr(&output));
}
