//! A second opinion on mail records: checkdmarc, on zones that NSD serves and Unbound resolves. Both agree, or the difference
//! stands in `checkdmarc/zones.toml` with the clause that makes ours right.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use launch_ready::checks::mail::bimi::record as bimi;
use launch_ready::checks::mail::mta_sts::{policy, record as sts};
use serde::Deserialize;
use serde_json::{Value, json};

use super::process::{Server, answers_dns};

/// Who serves the zones, and who resolves.
const SERVER: &str = "127.0.9.61";
const RESOLVER: &str = "127.0.9.62";
/// Nobody is there.
const NOBODY: &str = "127.0.9.63";

const CHECKS: [&str; 6] = [
    "mail.spf",
    "mail.spf-lookups",
    "mail.dmarc",
    "mail.dmarc-reports",
    "mail.mx",
    "mail.tls-rpt",
];
/// The fewest zones that are worth the name of a comparison.
const FEWEST: usize = 60;

/// `checkdmarc/zones.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    zone: Vec<Zone>,
    served: Vec<Served>,
    policy: Vec<PolicyCase>,
}

/// A zone, what we must say of it, and where the peer says something else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Zone {
    name: String,
    spf: Option<Vec<String>>,
    dmarc: Option<Vec<String>>,
    tls_rpt: Option<Vec<String>>,
    mta_sts: Option<Vec<String>>,
    bimi: Option<Vec<String>>,
    mx: Option<Vec<String>>,
    #[serde(default)]
    more: Vec<String>,
    #[serde(default)]
    bad: Vec<String>,
    #[serde(default)]
    unknown: Vec<String>,
    lookups: Option<u64>,
    void: Option<u64>,
    from: Option<String>,
    #[serde(default)]
    differs: Vec<Difference>,
}

/// A zone that others refer to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Served {
    name: String,
    lines: Vec<String>,
}

/// The text of an MTA-STS policy, which both read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyCase {
    text: String,
    #[serde(default)]
    bad: bool,
    #[serde(default)]
    differs: Vec<Difference>,
}

/// What the peer says instead, and why ours is right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    what: String,
    theirs: String,
    clause: String,
    why: String,
}

/// Verdicts by what was judged.
type Verdicts = BTreeMap<&'static str, String>;

/// Our verdicts on a zone, and our words on it for a person who looks into a difference.
struct Ours {
    verdicts: Verdicts,
    words: String,
}

#[test]
fn checkdmarc_agrees_or_the_difference_is_listed_with_its_clause() {
    if !super::wanted() {
        return;
    }
    let alone = super::ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let text = fs::read_to_string(beside("zones.toml")).unwrap();
    let table: Table = toml::from_str(&text).unwrap_or_else(|why| panic!("zones.toml: {why}"));
    let folder = tempfile::tempdir().unwrap();
    let _servers = serve(folder.path(), &table);
    let theirs = ask_checkdmarc(&table);
    let ours = ask_ours(folder.path(), &table);

    let mut tally = Tally::default();
    for zone in &table.zone {
        let said = &theirs["zones"][zone.origin()];
        let ours = &ours[&zone.name];
        tally.expect(&zone.name, &zone.expected(), ours);
        let theirs = their_verdicts(said);
        tally.compare(&zone.name, ours, &theirs, &zone.differs, said);
    }
    for case in &table.policy {
        let said = &theirs["policies"][&case.text];
        let problems = policy::read(&case.text).problems;
        let ours = Ours {
            verdicts: Verdicts::from([("policy", word(problems.is_empty()))]),
            words: problems.join("; "),
        };
        tally.expect(&case.text, &[("policy", word(!case.bad))], &ours);
        let theirs = Verdicts::from([("policy", word(said["valid"] == true))]);
        tally.compare(&case.text, &ours, &theirs, &case.differs, said);
    }
    // Straight to the terminal, so that CI shows it though the test passes.
    let told = format!(
        "{} zones and {} policies, {} verdicts compared with checkdmarc, {} differ, {}",
        table.zone.len(),
        table.policy.len(),
        tally.compared,
        tally.differ,
        if tally.wrong.is_empty() {
            "all listed"
        } else {
            "NOT all listed"
        }
    );
    writeln!(std::io::stderr(), "{told}").unwrap();
    drop(alone);
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    let names: BTreeSet<&str> = table.zone.iter().map(|zone| zone.name.as_str()).collect();
    assert!(names.len() == table.zone.len() && names.len() >= FEWEST);
}

fn word(good: bool) -> String {
    if good { "good" } else { "bad" }.to_owned()
}

/// What came of comparing.
#[derive(Default)]
struct Tally {
    compared: usize,
    differ: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Our verdicts are those of the table.
    fn expect(&mut self, name: &str, expected: &[(&str, String)], ours: &Ours) {
        for (what, want) in expected {
            let got = ours.verdicts.get(what).map_or("nothing", String::as_str);
            if got != want {
                self.wrong.push(format!(
                    "{name}: {what}: {want} wanted, {got} for us: {}",
                    ours.words
                ));
            }
        }
    }

    /// The peer says the same, or what is listed.
    fn compare(
        &mut self,
        name: &str,
        ours: &Ours,
        theirs: &Verdicts,
        listed: &[Difference],
        said: &Value,
    ) {
        let all = theirs;
        for (what, theirs) in theirs {
            // Counts and places of a record that one of the two refuses say nothing.
            let rests_on = match *what {
                "lookups" | "void" => "spf",
                "reports" | "from" => "dmarc",
                other => other,
            };
            let is_good = |verdicts: &Verdicts| verdicts.get(rests_on).is_some_and(|v| v == "good");
            let compared = rests_on == *what || is_good(&ours.verdicts) && is_good(all);
            let Some(ours) = ours.verdicts.get(what).filter(|_| compared) else {
                continue;
            };
            self.compared += 1;
            let meant = listed.iter().find(|difference| difference.what == *what);
            self.differ += usize::from(ours != theirs);
            match meant {
                None if ours == theirs => {}
                None => self.wrong.push(format!(
                    "{name}: {what}: {ours} for us, {theirs} for checkdmarc: {}",
                    of(said, what)
                )),
                Some(meant) if ours != theirs && meant.theirs == *theirs => {
                    assert!(!meant.clause.is_empty() && !meant.why.is_empty());
                }
                Some(meant) => self.wrong.push(format!(
                    "{name}: {what}: {} was listed as checkdmarc's, which now says {theirs}: {}",
                    meant.theirs,
                    of(said, what)
                )),
            }
        }
        for difference in listed {
            if !theirs.contains_key(difference.what.as_str()) {
                self.wrong.push(format!(
                    "{name}: checkdmarc says nothing of {}",
                    difference.what
                ));
            }
        }
    }
}

/// What the peer said of that, for a person.
fn of(said: &Value, what: &str) -> String {
    let key = match what {
        "lookups" | "void" => "spf",
        "reports" | "from" => "dmarc",
        key => key,
    };
    let said = said.get(key).unwrap_or(said);
    format!("{} {}", said["error"], said["warnings"])
}

impl Zone {
    fn origin(&self) -> String {
        format!("{}.example", self.name)
    }

    /// The records of a kind, or the good one.
    fn texts(&self, own: Option<&Vec<String>>, good: &str) -> Vec<String> {
        let texts = own.cloned().unwrap_or_else(|| vec![good.to_owned()]);
        texts
            .iter()
            .map(|text| text.replace("{}", &self.origin()))
            .collect()
    }

    fn sts(&self) -> Vec<String> {
        self.texts(self.mta_sts.as_ref(), "v=STSv1; id=20261126")
    }

    fn bimi(&self) -> Vec<String> {
        self.texts(
            self.bimi.as_ref(),
            "v=BIMI1; l=https://logo.{}/logo.svg; a=",
        )
    }

    /// The lines of the zone, below its head.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (owner, texts) in [
            (
                "@",
                self.texts(self.spf.as_ref(), "v=spf1 ip4:192.0.2.1 -all"),
            ),
            (
                "_dmarc",
                self.texts(
                    self.dmarc.as_ref(),
                    "v=DMARC1; p=reject; rua=mailto:dmarc@{}",
                ),
            ),
            (
                "_smtp._tls",
                self.texts(self.tls_rpt.as_ref(), "v=TLSRPTv1; rua=mailto:tls@{}"),
            ),
            ("_mta-sts", self.sts()),
            ("default._bimi", self.bimi()),
        ] {
            lines.extend(texts.iter().map(|text| format!("{owner} TXT \"{text}\"")));
        }
        let servers = self.mx.clone().unwrap_or_else(|| vec!["10 mx".to_owned()]);
        lines.extend(servers.iter().map(|server| format!("@ MX {server}")));
        lines.push("mx A 11.0.0.25".to_owned());
        lines.extend(
            self.more
                .iter()
                .map(|line| line.replace("{}", &self.origin())),
        );
        lines
    }

    fn expected(&self) -> Vec<(&'static str, String)> {
        let mut expected = Vec::new();
        for what in [
            "spf", "dmarc", "reports", "mx", "tls-rpt", "mta-sts", "bimi",
        ] {
            let is = |list: &[String]| list.iter().any(|w| w == what);
            let want = if is(&self.unknown) {
                "unknown".to_owned()
            } else {
                word(!is(&self.bad))
            };
            expected.push((what, want));
        }
        for (what, count) in [("lookups", self.lookups), ("void", self.void)] {
            expected.extend(count.map(|count| (what, count.to_string())));
        }
        expected.extend(self.from.clone().map(|from| ("from", from)));
        expected
    }
}

fn zone_file(folder: &Path, origin: &str, lines: &[String]) -> String {
    let head = format!(
        "$ORIGIN {origin}\n$TTL 300\n@ SOA ns hostmaster 1 14400 3600 1209600 300\n@ NS ns\nns A {SERVER}\n"
    );
    let file = format!("{origin}zone");
    fs::write(folder.join(&file), head + &lines.join("\n") + "\n").unwrap();
    format!("zone:\n name: \"{origin}\"\n zonefile: \"{file}\"\n")
}

/// NSD with every zone and those above them, and Unbound.
fn serve(folder: &Path, table: &Table) -> [Server; 2] {
    let zones = table.zone.iter().map(|zone| (zone.origin(), zone.lines()));
    let served = table
        .served
        .iter()
        .map(|zone| (format!("{}.example", zone.name), zone.lines.clone()));
    let all: Vec<(String, Vec<String>)> = zones.chain(served).collect();
    let mut above: Vec<String> = all
        .iter()
        .flat_map(|(origin, _)| {
            [
                format!("{origin}. NS ns.{origin}."),
                format!("ns.{origin}. A {SERVER}"),
            ]
        })
        .collect();
    above.push("dead NS ns.dead".to_owned());
    above.push(format!("ns.dead A {NOBODY}"));
    let home = folder.display();
    let mut text = format!(
        "server:\n ip-address: {SERVER}\n port: 53\n username: \"\"\n zonesdir: \"{home}\"\n pidfile: \"{home}/nsd.pid\"\n \
         database: \"\"\n xfrdfile: \"{home}/nsd.xfrd\"\n zonelistfile: \"{home}/nsd.list\"\n xfrdir: \"{home}\"\n \
         server-count: 1\n hide-version: yes\nremote-control:\n control-enable: no\n"
    );
    for (origin, lines) in &all {
        text.push_str(&zone_file(folder, &format!("{origin}."), lines));
    }
    text.push_str(&zone_file(folder, "example.", &above));
    fs::write(
        folder.join("root.zone"),
        format!(
            ". 300 IN SOA a.root-servers.net. hostmaster.example. 1 14400 3600 1209600 300\n. 300 IN NS a.root-servers.net.\n\
             a.root-servers.net. 300 IN A {SERVER}\nexample. 300 IN NS ns.example.\nns.example. 300 IN A {SERVER}\n"
        ),
    )
    .unwrap();
    text.push_str("zone:\n name: \".\"\n zonefile: \"root.zone\"\n");
    fs::write(folder.join("nsd.conf"), text).unwrap();
    let nsd = Server::start(
        "nsd",
        Command::new("/usr/sbin/nsd")
            .arg("-d")
            .arg("-c")
            .arg(folder.join("nsd.conf")),
    )
    .wait(|| answers_dns(&format!("{SERVER}:53")));

    fs::write(
        folder.join("hints"),
        format!(". 3600 IN NS a.root-servers.net.\na.root-servers.net. 3600 IN A {SERVER}\n"),
    )
    .unwrap();
    let text = format!(
        "server:\n directory: \"{home}\"\n chroot: \"\"\n username: \"\"\n pidfile: \"{home}/unbound.pid\"\n interface: {RESOLVER}\n \
         access-control: 127.0.0.0/8 allow\n do-not-query-localhost: no\n root-hints: \"{home}/hints\"\n module-config: \"iterator\"\n \
         do-ip6: no\n num-threads: 1\n use-syslog: no\n do-daemonize: no\n target-fetch-policy: \"0 0 0 0 0\"\n \
         local-zone: \"example\" nodefault\nremote-control:\n control-enable: no\n"
    );
    fs::write(folder.join("unbound.conf"), text).unwrap();
    let unbound = Server::start(
        "unbound",
        Command::new("/usr/sbin/unbound")
            .arg("-d")
            .arg("-c")
            .arg(folder.join("unbound.conf")),
    )
    .wait(|| answers_dns(&format!("{RESOLVER}:53")));
    [nsd, unbound]
}

fn beside(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers/checkdmarc")
        .join(file)
}

/// The Python that checkdmarc is installed for.
fn python() -> PathBuf {
    let place = std::env::var_os("LAUNCH_READY_CHECKDMARC").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/checkdmarc/bin/python"),
        PathBuf::from,
    );
    assert!(
        place.exists(),
        "no {}: python3 -m venv target/checkdmarc && target/checkdmarc/bin/pip install -r tests/peers/checkdmarc/requirements.txt",
        place.display()
    );
    place
}

/// One process for everything.
fn ask_checkdmarc(table: &Table) -> Value {
    let zones: Vec<String> = table.zone.iter().map(Zone::origin).collect();
    let policies: Vec<&str> = table.policy.iter().map(|case| case.text.as_str()).collect();
    let wanted = json!({"resolver": RESOLVER, "zones": zones, "policies": policies});
    let mut child = Command::new(python())
        .arg(beside("ask.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(wanted.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| {
        panic!(
            "checkdmarc: {why}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// A warning that finds no fault with the MX records: names of addresses have a check of their own here, and to take no mail
/// is a choice.
fn is_remark(warning: &str) -> bool {
    [
        "reverse DNS",
        "has a null MX record",
        "has no MX records; mail could",
    ]
    .iter()
    .any(|part| warning.contains(part))
}

fn their_verdicts(said: &Value) -> Verdicts {
    let valid = |what: &str| said[what]["valid"] == true;
    let warnings = |what: &str| -> Vec<String> {
        let list = said[what]["warnings"].as_array().unwrap();
        list.iter()
            .map(|warning| warning.as_str().unwrap().to_owned())
            .collect()
    };
    let reports = valid("dmarc")
        && !warnings("dmarc").iter().any(|warning| {
            [
                " accepts DMARC reports ",
                "MX records",
                "not a valid DMARC report URI",
                "rua",
            ]
            .iter()
            .any(|part| warning.contains(part))
        });
    let mut verdicts = Verdicts::from([
        ("spf", word(valid("spf"))),
        ("dmarc", word(valid("dmarc"))),
        ("reports", word(reports)),
        (
            "mx",
            word(valid("mx") && warnings("mx").iter().all(|w| is_remark(w))),
        ),
        ("tls-rpt", word(valid("tls-rpt"))),
        ("mta-sts", word(valid("mta-sts"))),
        ("bimi", word(valid("bimi"))),
    ]);
    if valid("spf") {
        for (what, key) in [("lookups", "lookups"), ("void", "void")] {
            verdicts.insert(what, said["spf"][key].to_string());
        }
    }
    if valid("dmarc") {
        verdicts.insert(
            "from",
            said["dmarc"]["location"].as_str().unwrap().to_owned(),
        );
    }
    verdicts
}

/// The program on every zone, and its readers on the records of which it judges more than the record.
fn ask_ours(folder: &Path, table: &Table) -> BTreeMap<String, Ours> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(zone) = table.zone.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdicts = our_verdicts(folder, zone);
                    all.lock().unwrap().insert(zone.name.clone(), verdicts);
                }
            });
        }
    });
    all.into_inner().unwrap()
}

fn our_verdicts(folder: &Path, zone: &Zone) -> Ours {
    let origin = zone.origin();
    let intent = folder.join(format!("{origin}.toml"));
    fs::write(
        &intent,
        format!("domain = \"{origin}\"\nsends_mail = true\n"),
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_launch-ready"))
        .args([
            "check",
            &origin,
            "--format",
            "json",
            "--resolver",
            RESOLVER,
            "--root-hints",
            SERVER,
        ])
        .arg("--intent")
        .arg(&intent)
        .args(CHECKS.iter().flat_map(|check| ["--only", check]))
        .arg("--data-dir")
        .arg(folder.join("sessions"))
        .output()
        .unwrap();
    let run: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|why| {
        panic!(
            "{origin}: {why}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    });
    let finding = |check: &str| {
        let findings = run["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|f| f["check"] == check)
            .unwrap_or_else(|| panic!("{check} of {origin}"))
    };
    let graded = |check: &str, warning: bool| match finding(check)["verdict"].as_str().unwrap() {
        "pass" => "good",
        "warn" if warning => "good",
        "unknown" | "blocked" => "unknown",
        _ => "bad",
    };
    let both = [graded("mail.spf", true), graded("mail.spf-lookups", true)];
    let spf = ["bad", "unknown", "good"]
        .into_iter()
        .find(|word| both.contains(word))
        .unwrap();
    let is_one =
        |texts: &[String], good: &dyn Fn(&str) -> bool| word(texts.len() == 1 && good(&texts[0]));
    let mut verdicts = Verdicts::from([
        ("spf", spf.to_owned()),
        ("dmarc", graded("mail.dmarc", true).to_owned()),
        ("reports", graded("mail.dmarc-reports", false).to_owned()),
        ("mx", graded("mail.mx", false).to_owned()),
        ("tls-rpt", graded("mail.tls-rpt", false).to_owned()),
        (
            "mta-sts",
            is_one(&zone.sts(), &|text| {
                text.starts_with("v=STSv1;") && sts::read(text).problems.is_empty()
            }),
        ),
        (
            "bimi",
            is_one(&zone.bimi(), &|text| bimi::read(text).problems.is_empty()),
        ),
    ]);
    let counts = &finding("mail.spf-lookups")["details"];
    for what in ["lookups", "void"] {
        if counts[what].is_u64() {
            verdicts.insert(what, counts[what].to_string());
        }
    }
    if verdicts["dmarc"] == "good" {
        let from = &finding("mail.dmarc")["details"]["from"];
        verdicts.insert("from", from.as_str().unwrap_or(&origin).to_owned());
    }
    let words = CHECKS.map(|check| finding(check)["summary"].to_string());
    Ours {
        verdicts,
        words: words.join("; "),
    }
}
