//! Hostile text and hostile servers, through the whole program and over real sockets: nothing that it prints, keeps, logs or
//! reports holds a raw control character, a character that turns or hides its neighbours, or a secret, and every run ends.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod clean;
mod disk;
mod offline;
mod screen;
mod servers;
mod stage;

use std::time::Instant;

use serde_json::Value;
use stage::{BOUND, Stage};

/// Clears the screen, sets the clipboard, turns the text around, hides, ends a C string.
const EVIL: &str =
    "\u{1b}]52;c;SE9TVElMRQ==\u{7}\u{1b}[2J\u{202e}gnirts\u{200b}\u{9b}31m\u{feff}\u{0}\r\u{8}";

fn findings(json: &str) -> Vec<Value> {
    let run: Value = serde_json::from_str(json).unwrap();
    run["findings"].as_array().unwrap().clone()
}

/// The finding of `check` whose subject begins like that.
fn finding(json: &str, check: &str, subject: &str) -> Value {
    findings(json)
        .into_iter()
        .find(|f| f["check"] == check && f["subject"].as_str().unwrap().starts_with(subject))
        .unwrap_or_else(|| panic!("no {check} {subject}"))
}

fn verdict(json: &str, check: &str, subject: &str) -> String {
    finding(json, check, subject)["verdict"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn hostile_records_and_pages_stay_text_and_secrets_stay_out() {
    let stage = Stage::new(include_str!("world.toml"));
    let (session, json) = stage.checked();
    // The payload arrived: what was seen is told, made visible.
    assert!(
        json.contains(r"\\x1b]52;c;SE9TVElMRQ=="),
        "the sequence is shown escaped"
    );
    assert!(json.contains(r"\\u{202e}"), "the override is shown escaped");
    for (check, subject) in [
        ("mail.spf", "acme.example"),
        ("exposure.files", "portal.acme.example"),
        ("auth.protected-routes", "https://portal.acme.example/app"),
        ("api.cors", "https://api.acme.example"),
        ("api.health", "acme.example"),
    ] {
        let seen = finding(&json, check, subject);
        assert_eq!(seen["verdict"], "fail", "{check} {subject}: {seen}");
    }
    stage.everything_is_clean(&session);
}

#[test]
fn hosts_that_are_found_on_hostile_pages_are_clean_too() {
    let stage = Stage::new(include_str!("world.toml"));
    let output = stage.run(&["check", "acme.example", "--format", "json"]);
    let json = String::from_utf8(output.stdout).unwrap();
    clean::assert_clean_json("check without an intent", &json);
    assert!(!findings(&json).is_empty());
    stage.run(&["new", "acme.example"]);
    clean::assert_clean("the log", &std::fs::read(stage.log()).unwrap());
}

#[test]
fn raw_bytes_from_servers_without_manners_stay_text() {
    let mut stage = Stage::new("");
    let page = format!(
        "HTTP/1.1 200 OK{EVIL}\r\nServer: {}\r\nSet-Cookie: session=planted-cookie-value\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>{EVIL}</title>",
        "x\u{202e}y\u{9b}2J"
    );
    let broken = format!("HTTP/1.1 200 OK\r\nServer: {EVIL}\r\n{EVIL}: x\r\n\r\n{EVIL}");
    let mail = format!("220 mx.acme.example {EVIL} ESMTP\u{1b}[2J\r\n").into_bytes();
    let ehlo =
        format!("250-mx {EVIL}\r\n250-STARTTLS\r\n250-{EVIL}\r\n250 \u{ff}SIZE\r\n").into_bytes();
    let (smtp, plain, other, secure) = stage.runtime.block_on(async {
        (
            servers::speaks(mail, ehlo).await,
            servers::speaks(Vec::new(), page.clone().into_bytes()).await,
            servers::speaks(Vec::new(), broken.into_bytes()).await,
            servers::shows_certificate("api.acme.example", EVIL, page.into_bytes()).await,
        )
    });
    stage.lead("203.0.113.25:25", smtp);
    stage.lead("203.0.113.20:80", plain);
    stage.lead("203.0.113.30:80", other);
    stage.lead("203.0.113.30:443", secure);
    // Nothing at all about TLS: the answer is an escape sequence.
    let noise = stage
        .runtime
        .block_on(servers::speaks(EVIL.into(), EVIL.into()));
    stage.lead("203.0.113.20:443", noise);
    let (session, json) = stage.checked();
    let chain = finding(&json, "tls.chain", "api.acme.example");
    assert_eq!(chain["verdict"], "fail", "{chain}");
    assert!(
        json.contains(r"\\x1b]52;c;SE9TVElMRQ=="),
        "the sequence is shown escaped"
    );
    stage.everything_is_clean(&session);
}

#[test]
fn a_record_as_large_as_dns_carries_is_cut_and_told() {
    // 240 strings of 255 bytes: with its signature nearly what a message over TCP holds (RFC 1035 §4.2.2).
    let strings = format!("\"{}\" ", "large".repeat(51)).repeat(240);
    let world = format!("[[dns]]\nadd = ['''_dmarc.acme.example. 300 IN TXT {strings}''']\n");
    let stage = Stage::new(&world);
    let (session, json) = stage.checked();
    let seen = finding(&json, "mail.dmarc", "acme.example");
    assert!(
        seen["evidence"].to_string().contains("more characters"),
        "{seen}"
    );
    assert!(
        seen.to_string().len() < 50_000,
        "{} bytes",
        seen.to_string().len()
    );
    stage.everything_is_clean(&session);
}

#[test]
fn bombs_loops_and_drips_end() {
    let stage = Stage::new(
        r#"
        [[http]]
        url = "https://www.acme.example/*"
        does = "bomb"
        [[http]]
        url = "https://portal.acme.example/*"
        does = "loop"
        [[http]]
        url = "https://api.acme.example/*"
        does = "drip"
        "#,
    );
    let begun = Instant::now();
    let (session, json) = stage.checked();
    assert!(begun.elapsed() < BOUND, "took {:?}", begun.elapsed());
    assert_ne!(
        verdict(
            &json,
            "auth.protected-routes",
            "https://portal.acme.example/app"
        ),
        "pass"
    );
    assert!(std::fs::metadata(&session).unwrap().len() < 20_000_000);
    let verified = stage.run(&["verify", "acme-example"]);
    assert_eq!(verified.status.code(), Some(0));
}

#[test]
fn name_servers_without_manners_end() {
    // Whoever is asked: a byte a second, rubbish, answers from elsewhere, text without end.
    for (one, other) in [
        ("drip", "rubbish"),
        ("elsewhere", "truncated-for-ever"),
        ("refers-up", "silent"),
    ] {
        let stage = Stage::new(&format!(
            r#"
            [[server]]
            address = "198.51.100.11"
            does = "{one}"
            [[server]]
            address = "198.51.100.12"
            does = "{other}"
            [[server]]
            address = "198.51.100.54"
            does = "padded"
            "#
        ));
        let begun = Instant::now();
        let (_, json) = stage.checked();
        println!("{one} and {other}: {:?}", begun.elapsed());
        assert!(begun.elapsed() < BOUND, "took {:?}", begun.elapsed());
        assert_eq!(verdict(&json, "dns.delegation", "acme.example"), "fail");
        for check in ["dns.addresses", "dns.caa", "mail.spf", "mail.dmarc"] {
            assert_eq!(verdict(&json, check, "acme.example"), "unknown", "{check}");
        }
        // The sibling domain has name servers of its own.
        let passed: Vec<Value> = findings(&json)
            .into_iter()
            .filter(|f| f["verdict"] == "pass" && f["subject"] != "acme-old.example")
            .collect();
        assert!(
            passed
                .iter()
                .all(|f| f["check"].as_str().unwrap().starts_with("domain.")),
            "{one} and {other}: {passed:#?}"
        );
    }
}
