//! Real peers: Debian's NSD, Knot, Unbound, delv, nginx, Postfix, Dovecot and OpenDKIM on loopback, set up right and wrong, and
//! the program run against them.
//!
//! So that one misreading of a standard cannot sit on both sides. Runs where `LAUNCH_READY_PEERS=1` is set (as `.ci/run` does
//! after installing the packages); the servers need ports below 1024 on 127.0.9.0/24 and 127.0.10.0/24, hence root.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test"
)]

mod certificates;
mod checkdmarc;
mod dns;
mod mail;
mod opinions;
mod process;
mod report;
mod tls;
mod web;
mod zones;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

/// Everything that is served; dropping it stops it.
struct Peers {
    _dns: dns::Servers,
    _web: process::Server,
    folder: TempDir,
    pki: certificates::Pki,
    _alone: MutexGuard<'static, ()>,
}

/// All tests use the same addresses.
static ALONE: Mutex<()> = Mutex::new(());

impl Peers {
    fn start() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let pki = certificates::Pki::new(folder.path());
        let servers = dns::Servers::start(folder.path());
        let web = web::start(folder.path(), &pki);
        Self {
            _dns: servers,
            _web: web,
            folder,
            pki,
            _alone: alone,
        }
    }

    /// Runs `check DOMAIN` with the intent and gives verdicts by `check subject`, and the exit code.
    fn check(&self, domain: &str, intent: &str) -> (BTreeMap<String, String>, i32, Value) {
        self.check_with(domain, intent, &[])
    }

    /// The same with more arguments.
    fn check_with(
        &self,
        domain: &str,
        intent: &str,
        more: &[String],
    ) -> (BTreeMap<String, String>, i32, Value) {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let mut arguments: Vec<String> = ["--resolver", dns::RESOLVER, "--root-hints", dns::ROOT]
            .map(str::to_owned)
            .into();
        arguments.extend(["--trust-anchor".to_owned(), path("anchor.ds")]);
        arguments.extend_from_slice(more);
        launch_ready(self.folder.path(), domain, intent, &arguments)
    }
}

/// Runs `check DOMAIN` with the intent, what is below `folder` and the arguments, and gives verdicts by `check subject`, the exit
/// code and the run.
fn launch_ready(
    folder: &Path,
    domain: &str,
    intent: &str,
    arguments: &[String],
) -> (BTreeMap<String, String>, i32, Value) {
    let file = folder.join(format!("{domain}.toml"));
    std::fs::write(&file, format!("domain = \"{domain}\"\n{intent}")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_launch-ready"))
        .args(["check", domain, "--format", "json", "--intent"])
        .arg(&file)
        .arg("--ca-file")
        .arg(folder.join("root.pem"))
        .arg("--data-dir")
        .arg(folder.join("sessions"))
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let run: Value =
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}\n{errors}"));
    let verdicts = run["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let key = format!(
                "{} {}",
                f["check"].as_str().unwrap(),
                f["subject"].as_str().unwrap()
            );
            (key, f["verdict"].as_str().unwrap().to_owned())
        })
        .collect();
    (verdicts, output.status.code().unwrap(), run)
}

/// Compares expectations with what came, all mismatches at once.
fn compare(
    name: &str,
    run: &Value,
    verdicts: &BTreeMap<String, String>,
    expected: &[(&str, &str)],
    wrong: &mut Vec<String>,
) {
    for (key, want) in expected {
        let got = verdicts.get(*key).map_or("nothing", String::as_str);
        if got != *want {
            let summary = run["findings"]
                .as_array()
                .unwrap()
                .iter()
                .find(|f| {
                    key.starts_with(f["check"].as_str().unwrap())
                        && key.ends_with(f["subject"].as_str().unwrap())
                })
                .map_or(String::new(), |f| f["summary"].to_string());
            wrong.push(format!(
                "{name}: {key}: wanted {want}, got {got}: {summary}"
            ));
        }
    }
}

/// Whether real peers are to be asked here.
fn wanted() -> bool {
    let wanted = std::env::var_os("LAUNCH_READY_PEERS").is_some();
    if !wanted {
        eprintln!(
            "skipped: set LAUNCH_READY_PEERS=1 where the packages that .ci/run names are installed"
        );
    }
    wanted
}

#[test]
fn verdicts_against_real_servers_are_those_that_the_setup_was_made_to_give() {
    if !wanted() {
        return;
    }
    assert!(Path::new("/usr/sbin/nsd").exists(), "nsd is installed");
    let peers = Peers::start();
    let mut wrong = Vec::new();

    let (verdicts, _, run) = peers.check("good.example", GOOD_INTENT);
    compare("good", &run, &verdicts, GOOD, &mut wrong);
    let (verdicts, exit, run) = peers.check("bad.example", BAD_INTENT);
    compare("bad", &run, &verdicts, BAD, &mut wrong);
    assert_eq!(exit, 1, "a broken portal is a no-go");
    for (zone, dnssec, others) in ZONES {
        let (verdicts, _, run) = peers.check(zone, "");
        let key = format!("dns.dnssec {zone}");
        compare(zone, &run, &verdicts, &[(&key, dnssec)], &mut wrong);
        compare(zone, &run, &verdicts, others, &mut wrong);
        let ours = match *dnssec {
            "pass" => "secure",
            "warn" => "insecure",
            _ => "bogus",
        };
        let theirs = dns::second_opinion(peers.folder.path(), zone);
        if ours != theirs {
            wrong.push(format!("{zone}: {ours} for us, {theirs} for delv"));
        }
    }
    assert!(
        wrong.is_empty(),
        "verdicts against real servers:\n{}",
        wrong.join("\n")
    );
}

const GOOD_INTENT: &str = r#"
canonical = "https://www.good.example/"
sends_mail = true
[[host]]
name = "good.example"
role = "apex"
[[host]]
name = "www.good.example"
role = "www"
[[host]]
name = "portal.good.example"
role = "portal"
[[sender]]
name = "house"
selectors = ["s1"]
[[route]]
url = "https://portal.good.example/app"
class = "protected"
"#;

const GOOD: &[(&str, &str)] = &[
    ("dns.cname good.example", "pass"),
    ("dns.delegation good.example", "pass"),
    ("dns.dnssec good.example", "pass"),
    ("dns.nameservers good.example", "pass"),
    ("dns.soa good.example", "pass"),
    ("dns.ipv6 www.good.example", "pass"),
    ("dns.https-record portal.good.example", "pass"),
    ("dns.https-record www.good.example", "pass"),
    // Unbound's copy counts down; the zone's own servers do not.
    ("dns.ttl portal.good.example", "pass"),
    ("dns.ttl www.good.example", "warn"),
    ("tls.reachable www.good.example", "pass"),
    ("tls.chain www.good.example", "pass"),
    ("tls.hostname www.good.example", "pass"),
    ("tls.expiry www.good.example", "pass"),
    ("tls.key www.good.example", "pass"),
    ("tls.versions www.good.example", "pass"),
    ("web.https-redirect good.example", "pass"),
    ("web.hsts www.good.example", "pass"),
    ("web.content-type-options www.good.example", "pass"),
    ("web.frame-protection www.good.example", "pass"),
    ("mail.spf good.example", "pass"),
    ("mail.spf-lookups good.example", "pass"),
    ("mail.dmarc good.example", "pass"),
    ("mail.dkim s1._domainkey.good.example", "pass"),
    (
        "auth.protected-routes https://portal.good.example/app",
        "pass",
    ),
    // Loopback is no public address: said as this check's finding, and nothing else stops.
    ("dns.addresses www.good.example", "fail"),
];

const BAD_INTENT: &str = r#"
canonical = "https://www.bad.example/"
sends_mail = true
[[host]]
name = "bad.example"
role = "apex"
[[host]]
name = "www.bad.example"
role = "www"
[[host]]
name = "expired.bad.example"
role = "app"
[[host]]
name = "leafonly.bad.example"
role = "other"
[[host]]
name = "wrongname.bad.example"
role = "other"
[[host]]
name = "old.bad.example"
role = "other"
[[host]]
name = "closed.bad.example"
role = "other"
[[route]]
url = "https://www.bad.example/app"
class = "protected"
"#;

const BAD: &[(&str, &str)] = &[
    ("dns.delegation bad.example", "fail"),
    ("dns.dnssec bad.example", "warn"),
    ("dns.https-record bad.example", "fail"),
    ("tls.expiry expired.bad.example", "fail"),
    ("tls.chain leafonly.bad.example", "fail"),
    ("tls.hostname wrongname.bad.example", "fail"),
    ("tls.versions old.bad.example", "fail"),
    ("tls.reachable closed.bad.example", "fail"),
    ("web.https-redirect bad.example", "fail"),
    ("web.hsts www.bad.example", "fail"),
    ("web.content-type-options www.bad.example", "fail"),
    ("web.frame-protection www.bad.example", "fail"),
    ("web.indexing www.bad.example", "fail"),
    ("web.mixed-content www.bad.example", "fail"),
    ("exposure.files www.bad.example", "fail"),
    ("mail.spf bad.example", "fail"),
    ("mail.dmarc bad.example", "fail"),
    ("auth.protected-routes https://www.bad.example/app", "fail"),
];

/// Check and subject, and the verdict.
type Expected = &'static [(&'static str, &'static str)];

/// Zones with the verdict of `dns.dnssec`, and others that they must give.
const ZONES: &[(&str, &str, Expected)] = &[
    ("good.example", "pass", &[]),
    ("bogus.example", "fail", &[]),
    (
        "nsec3.example",
        "pass",
        &[
            ("dns.delegation nsec3.example", "pass"),
            ("dns.soa nsec3.example", "pass"),
        ],
    ),
    ("expired.example", "fail", &[]),
    (
        "insecure.example",
        "warn",
        &[
            ("dns.delegation insecure.example", "pass"),
            ("dns.propagation insecure.example", "pass"),
        ],
    ),
    (
        "split.example",
        "warn",
        &[
            ("dns.soa split.example", "fail"),
            ("dns.propagation split.example", "fail"),
        ],
    ),
];
