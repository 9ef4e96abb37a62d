//! The SPF evaluator against the conformance suite of RFC 7208, which stands beside the checkout. Without it there is
//! nothing to compare with, and the test says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use launch_ready::checks::mail::spf::check_host::{Evaluation, Request, check_host};
use launch_ready::checks::mail::spf::zone::{Question, Reply, Zone};
use launch_ready::model::observation::dns::{RecordData, RecordType};
use saphyr::{LoadableYamlNode, Yaml};

/// How many cases the suite has: fewer would mean that they were not read.
const CASES: usize = 203;

#[test]
fn every_case_of_the_suite_has_a_result_that_the_suite_allows() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/rfc7208-tests.yml");
    let Ok(text) = fs::read_to_string(&file) else {
        println!("no suite at {}: nothing to compare with", file.display());
        return;
    };
    let scenarios = Yaml::load_from_str(&text).unwrap();
    let mut cases = 0;
    let mut wrong = Vec::new();
    for scenario in scenarios.iter().filter(|s| s.as_mapping().is_some()) {
        let zone = Records::of(&scenario["zonedata"]);
        let title = scenario["description"].as_str().unwrap();
        for (name, case) in scenario["tests"].as_mapping().unwrap() {
            cases += 1;
            if let Err(why) = compare(&zone, case) {
                wrong.push(format!("{title}, {}: {why}", name.as_str().unwrap()));
            }
        }
    }
    // Straight to the terminal, so that CI shows the count though the test passes.
    let told = format!("RFC 7208 suite: {} of {cases}\n", cases - wrong.len());
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases, CASES);
}

fn compare(zone: &Records, case: &Yaml<'_>) -> Result<(), String> {
    let got = evaluation(zone, case);
    let want = words(&case["result"]);
    if !want.contains(&got.result.word().to_owned()) {
        return Err(format!("{want:?} wanted, but {got:?}"));
    }
    let explanation = case.as_mapping_get("explanation").and_then(Yaml::as_str);
    match explanation {
        Some("DEFAULT") if got.explanation.is_some() => {
            Err(format!("no explanation wanted, but {got:?}"))
        }
        Some(text) if text != "DEFAULT" && got.explanation.as_deref() != Some(text) => {
            Err(format!("`{text}` wanted, but {got:?}"))
        }
        _ => Ok(()),
    }
}

fn evaluation(zone: &Records, case: &Yaml<'_>) -> Evaluation {
    let helo = case["helo"].as_str().unwrap();
    let sender = match case["mailfrom"].as_str().unwrap() {
        "" => format!("postmaster@{helo}"),
        address => address.to_owned(),
    };
    let request = Request {
        ip: case["host"].as_str().unwrap().parse().unwrap(),
        domain: sender.rsplit_once('@').unwrap().1.to_owned(),
        sender,
        helo: helo.to_owned(),
        receiver: None,
        at: 0,
    };
    check_host(zone, &request).expect("every question has a reply")
}

/// One value or a list of them.
fn words(value: &Yaml<'_>) -> Vec<String> {
    match value.as_sequence() {
        Some(list) => list
            .iter()
            .map(|v| v.as_str().unwrap().to_owned())
            .collect(),
        None => vec![value.as_str().unwrap().to_owned()],
    }
}

/// The zone data of a scenario.
struct Records(BTreeMap<String, Owner>);

#[derive(Default)]
struct Owner {
    records: Vec<RecordData>,
    /// Types without a record time out.
    silent: bool,
}

impl Records {
    fn of(data: &Yaml<'_>) -> Self {
        let owners = data.as_mapping().unwrap().iter();
        Self(
            owners
                .map(|(name, entries)| {
                    let name = name.as_str().unwrap().to_ascii_lowercase();
                    (name, Owner::of(entries.as_sequence().unwrap()))
                })
                .collect(),
        )
    }
}

impl Owner {
    /// An SPF entry is a TXT record too, unless the name has entries for TXT.
    fn of(entries: &[Yaml<'_>]) -> Self {
        let has = |kind| entries.iter().any(|e| e.as_mapping_get(kind).is_some());
        let texts = if has("TXT") { "TXT" } else { "SPF" };
        let mut owner = Self::default();
        for entry in entries {
            if entry.as_str() == Some("TIMEOUT") {
                owner.silent = true;
                continue;
            }
            for (kind, value) in entry.as_mapping().unwrap() {
                let kind = kind.as_str().unwrap();
                if value.as_str() != Some("NONE")
                    && (kind == texts || !["TXT", "SPF"].contains(&kind))
                {
                    owner.records.push(record(kind, value));
                }
            }
        }
        owner
    }
}

fn record(kind: &str, value: &Yaml<'_>) -> RecordData {
    let text = || value.as_str().unwrap().to_owned();
    match kind {
        "A" => RecordData::A(text().parse().unwrap()),
        "AAAA" => RecordData::Aaaa(text().parse().unwrap()),
        "TXT" | "SPF" => RecordData::Txt(words(value)),
        "MX" => RecordData::Mx {
            preference: u16::try_from(value[0].as_integer().unwrap()).unwrap(),
            exchange: value[1].as_str().unwrap().to_owned(),
        },
        "PTR" => RecordData::Ptr(text()),
        "CNAME" => RecordData::Cname(text()),
        other => panic!("{other} is not known here"),
    }
}

impl Zone for Records {
    fn reply(&self, question: &Question) -> Option<Reply> {
        let mut name = question.name.clone();
        let mut passed = vec![name.clone()];
        loop {
            let Some(owner) = self.0.get(&name) else {
                return Some(Reply::Found(Vec::new()));
            };
            let found: Vec<RecordData> = owner
                .records
                .iter()
                .filter(|data| data.is(question.rtype))
                .cloned()
                .collect();
            let alias = owner.records.iter().find_map(|data| match data {
                RecordData::Cname(target) => {
                    Some(target.trim_end_matches('.').to_ascii_lowercase())
                }
                _ => None,
            });
            match alias {
                _ if !found.is_empty() || question.rtype == RecordType::Cname => {
                    return Some(Reply::Found(found));
                }
                _ if owner.silent => return Some(Reply::Failed("no answer".to_owned())),
                Some(next) if passed.contains(&next) => {
                    return Some(Reply::Failed("a loop of aliases".to_owned()));
                }
                Some(next) => {
                    passed.push(next.clone());
                    name = next;
                }
                None => return Some(Reply::Found(found)),
            }
        }
    }
}
