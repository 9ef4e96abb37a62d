//! `--as-if` and `--as-if-ns`: today's verdicts stay, those of the world after the switch differ, and neither is taken for
//! the other.

use launch_ready::range::world::World;
use serde_json::Value;

use super::{Stage, code, json, stderr, stdout};

/// A portal that is to move: the new web server has the wrong certificate, and the new pair of name servers serves a copy of
/// the zone without its keys, while the parent keeps its DS.
const MOVING: &str = r#"
[[tls]]
host = "portal.acme.example"
address = "203.0.113.40"
certificate = "wrong-name"

[[dns]]
server = "198.51.100.13"
remove = ["acme.example NS", "acme.example DNSKEY", "portal.acme.example A"]
add = [
    "acme.example. 3600 IN NS ns3.acme.example.",
    "acme.example. 3600 IN NS ns4.acme.example.",
    "ns3.acme.example. 3600 IN A 198.51.100.13",
    "ns4.acme.example. 3600 IN A 198.51.100.14",
    "portal.acme.example. 3600 IN A 203.0.113.40",
]

[[dns]]
server = "198.51.100.14"
remove = ["acme.example NS", "acme.example DNSKEY", "portal.acme.example A"]
add = [
    "acme.example. 3600 IN NS ns3.acme.example.",
    "acme.example. 3600 IN NS ns4.acme.example.",
    "ns3.acme.example. 3600 IN A 198.51.100.13",
    "ns4.acme.example. 3600 IN A 198.51.100.14",
    "portal.acme.example. 3600 IN A 203.0.113.40",
]
"#;

const HOST: [&str; 2] = ["--as-if", "portal.acme.example=203.0.113.40"];
const SERVERS: [&str; 4] = [
    "--as-if-ns",
    "ns3.acme.example=198.51.100.13",
    "--as-if-ns",
    "ns4.acme.example=198.51.100.14",
];

fn moving() -> Stage {
    Stage::of(World::parse(MOVING).unwrap())
}

fn finding<'a>(run: &'a Value, check: &str, subject: &str) -> &'a Value {
    run["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["check"] == check && f["subject"] == subject)
        .unwrap_or_else(|| panic!("no {check} {subject}"))
}

fn verdict<'a>(run: &'a Value, check: &str, subject: &str) -> &'a str {
    finding(run, check, subject)["verdict"].as_str().unwrap()
}

#[test]
fn a_host_is_looked_at_where_it_will_be() {
    let stage = moving();
    let wanted = ["--format", "json", "--only", "tls.hostname,dns.*"];
    let today = json(&stage.check(&wanted));
    assert!(today.get("as_if").is_none(), "{today}");
    assert_eq!(
        verdict(&today, "tls.hostname", "portal.acme.example"),
        "pass"
    );

    let output = stage.check(&[&wanted[..], &HOST].concat());
    let then = json(&output);
    assert_eq!(
        then["as_if"],
        serde_json::json!(["portal.acme.example has the address 203.0.113.40"])
    );
    assert_eq!(
        verdict(&then, "tls.hostname", "portal.acme.example"),
        "fail"
    );
    assert_eq!(code(&output), 1);
    for check in ["dns.addresses", "dns.propagation"] {
        let seen = finding(&then, check, "portal.acme.example");
        assert_eq!(seen["verdict"], "pass", "{seen}");
        assert!(seen.to_string().contains("203.0.113.40"), "{seen}");
    }
    // The rest of DNS stays true.
    for (check, subject) in [
        ("dns.dnssec", "acme.example"),
        ("dns.delegation", "acme.example"),
        ("tls.hostname", "www.acme.example"),
    ] {
        assert_eq!(verdict(&then, check, subject), "pass", "{check} {subject}");
    }
    the_schema_holds(&stage, &then);
}

#[test]
fn a_stale_ds_is_found_before_the_name_servers_change() {
    let stage = moving();
    let wanted = ["--format", "json", "--only", "dns.*,tls.hostname,mail.*"];
    let today = json(&stage.check(&wanted));
    assert_eq!(verdict(&today, "dns.dnssec", "acme.example"), "pass");

    let then = json(&stage.check(&[&wanted[..], &SERVERS].concat()));
    let dnssec = finding(&then, "dns.dnssec", "acme.example");
    assert_eq!(dnssec["verdict"], "fail", "{dnssec}");
    assert_eq!(dnssec["severity"], "blocker");
    let summary = dnssec["summary"].as_str().unwrap();
    assert!(summary.contains("no DNSKEY"), "{summary}");
    // The delegation of the future is sound, and its servers are those that were named.
    let delegation = finding(&then, "dns.delegation", "acme.example");
    assert_eq!(delegation["verdict"], "pass", "{delegation}");
    assert!(
        delegation["summary"]
            .as_str()
            .unwrap()
            .contains("ns3.acme.example")
    );
    assert_eq!(
        verdict(&then, "dns.nameservers", "acme.example"),
        verdict(&today, "dns.nameservers", "acme.example")
    );
    // Addresses come from the new zone; an alias that leaves it is followed.
    assert_eq!(
        verdict(&then, "tls.hostname", "portal.acme.example"),
        "fail"
    );
    assert_eq!(
        verdict(&then, "dns.addresses", "portal.acme.example"),
        "fail"
    );
    for finding in then["findings"].as_array().unwrap() {
        if finding["check"] == "mail.dkim" {
            assert_eq!(finding["verdict"], "pass", "{finding}");
        }
    }
    the_schema_holds(&stage, &then);
}

#[test]
fn servers_that_do_not_serve_the_zone_are_no_pass() {
    let stage = Stage::healthy();
    let arguments = [
        "--format",
        "json",
        "--only",
        "dns.*",
        "--as-if-ns",
        "ns.mailer.example",
    ];
    let then = json(&stage.check(&arguments));
    assert_eq!(verdict(&then, "dns.delegation", "acme.example"), "fail");
    assert_eq!(
        verdict(&then, "dns.addresses", "www.acme.example"),
        "unknown"
    );
}

#[test]
fn the_future_is_marked_and_kept_in_no_session() {
    let stage = moving();
    let intent = stage.range.intent_file().display().to_string();
    let made = stage.run(&["new", "acme.example", "--intent", &intent]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let status = |stage: &Stage| {
        stdout(&stage.run(&[
            "report",
            "acme-example",
            "--format",
            "json",
            "--edition",
            "internal",
        ]))
    };
    let before = status(&stage);
    let then = stage.run(&[&["check", "acme-example", "--plain"][..], &HOST].concat());
    let text = stdout(&then);
    let line = text.lines().nth(2).unwrap();
    assert!(line.starts_with("before the switch: "), "{text}");
    assert!(
        line.contains("portal.acme.example has the address 203.0.113.40"),
        "{line}"
    );
    assert!(
        stderr(&then).contains("nothing of this run is kept"),
        "{}",
        stderr(&then)
    );
    let without_time = |text: &str| {
        let mut value: Value = serde_json::from_str(text).unwrap();
        for key in ["started", "finished"] {
            value["run"][key] = Value::Null;
        }
        value
    };
    assert_eq!(without_time(&before), without_time(&status(&stage)));
    assert_eq!(
        without_time(&before)["run"]["findings"],
        serde_json::json!([])
    );
    // A run about today is kept as ever.
    stage.run(&["check", "acme-example"]);
    assert_ne!(
        without_time(&status(&stage))["run"]["findings"],
        serde_json::json!([])
    );
}

#[test]
fn a_watch_of_the_future_says_so() {
    let stage = moving();
    let intent = stage.range.intent_file().display().to_string();
    let output = stage.run(
        &[
            &[
                "watch",
                "acme.example",
                "--intent",
                &intent,
                "--only",
                "dns.addresses",
                "--every",
                "1s",
                "--timeout",
                "20s",
            ][..],
            &HOST,
        ]
        .concat(),
    );
    let text = stdout(&output);
    assert!(text.starts_with("before the switch: "), "{text}");
    assert_eq!(code(&output), 0, "{text}");
}

#[test]
fn other_places_are_not_asked_about_the_future() {
    let world = format!("third_parties = [\"globalping\"]\n{MOVING}");
    let stage = Stage::of(World::parse(&world).unwrap());
    let look = ["--only", "dns.propagation", "--format", "json"];
    stage.check(&[&look[..], &HOST].concat());
    assert!(stage.range.measurements().is_empty());
    // About today they are.
    stage.check(&look);
    assert_eq!(stage.range.measurements().len(), 2);
}

#[test]
fn assumptions_that_cannot_be_are_named() {
    let stage = Stage::healthy();
    for (arguments, why) in [
        (
            ["--as-if", "portal.acme.example=203.0.113"],
            "is no IP address",
        ),
        (["--as-if", "not a host=203.0.113.40"], "not a host"),
        (
            ["--as-if", "portal.acme.example"],
            "write a host and an address",
        ),
        (["--as-if-ns", "ns9.acme.example"], "ns9.acme.example"),
    ] {
        let output = stage.check(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
    let output = stage.check(&["--only", "dns.soa", "--as-if", "other.example=203.0.113.40"]);
    assert!(stderr(&output).contains("other.example of --as-if is not in acme.example"));
    assert_ne!(code(&output), 2);
}

fn the_schema_holds(stage: &Stage, run: &Value) {
    let schema: Value = serde_json::from_slice(&stage.run(&["schema"]).stdout).unwrap();
    assert!(schema.to_string().contains("as_if"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(run));
}
