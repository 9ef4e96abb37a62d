//! Worlds and the verdicts they must give: every `tests/simulations/*.toml`, and every fault of the catalogue, served by the
//! practice range over real sockets. `SIMULATION=part-of-a-name` runs the worlds of that name only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use launch_ready::checks::registry;
use launch_ready::checks::rule::{Case, Judgement, Look};
use launch_ready::model::glossary::unexplained;
use launch_ready::model::intent::Intent;
use launch_ready::model::playbook::glob_matches;
use launch_ready::model::verdict::Verdict;
use launch_ready::net::{Credentials, Network, NetworkConfig};
use launch_ready::range::Range;
use launch_ready::range::fault::{self, Fault};
use launch_ready::range::scenario;
use launch_ready::range::world::World;

/// Worlds that run at once.
const AT_ONCE: usize = 6;

/// For one question or connection; servers of a world answer at once or never.
const PATIENCE: Duration = Duration::from_secs(1);

/// For one check on one subject.
const DEADLINE: Duration = Duration::from_secs(40);

/// What one check said of one subject.
struct Said {
    subject: String,
    verdict: Verdict,
    summary: String,
    /// Everything that it shows; empty when the check did not end.
    all: String,
    /// What a founder would not understand in it.
    jargon: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_world_gives_its_verdicts() {
    let wanted = std::env::var("SIMULATION").unwrap_or_default();
    let files: Vec<PathBuf> = files()
        .into_iter()
        .filter(|path| path.to_string_lossy().contains(&wanted))
        .collect();
    let is_fault = fault::catalogue().iter().any(|f| f.id.contains(&wanted));
    assert!(
        !files.is_empty() || is_fault,
        "no world and no fault is called like `{wanted}`"
    );
    let count = files.len();
    // A world in which time is measured has the machine for itself.
    let (timed, others): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.contains("\"performance.")
    });
    let mut reports = stream::iter(others)
        .map(run_file)
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    for path in timed {
        reports.push(run_file(path).await);
    }
    let mut good = 0;
    let mut problems = Vec::new();
    for report in reports {
        good += report.good;
        problems.extend(report.problems);
    }
    problems.sort();
    println!(
        "{count} worlds, {good} verdicts as expected, {} not",
        problems.len()
    );
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_seen_and_only_when_it_is_there() {
    let wanted = std::env::var("SIMULATION").unwrap_or_default();
    let faults = fault::catalogue()
        .iter()
        .filter(|fault| fault.id.contains(&wanted));
    let reports = stream::iter(faults)
        .map(|fault| async move {
            let with = verdicts(World::with_faults([fault.id.as_str()]), &fault.check).await;
            let without = verdicts(World::healthy(), &fault.check).await;
            let has = |said: &[Said]| said.iter().any(|s| s.verdict == fault.verdict);
            let Fault {
                id, check, verdict, ..
            } = fault;
            let mut problems = Vec::new();
            if !has(&with) {
                problems.push(format!(
                    "{id}: {check} does not say {verdict}: {}",
                    list(&with)
                ));
            }
            if has(&without) {
                problems.push(format!(
                    "{id}: {check} says {verdict} without it: {}",
                    list(&without)
                ));
            }
            problems
        })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    let problems: Vec<String> = reports.into_iter().flatten().collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_a_scenario_do_not_hide_one_another() {
    let mut hidden = Vec::new();
    for scenario in scenario::all() {
        let (range, network) = start(scenario.world()).await.unwrap();
        for id in &scenario.faults {
            let Fault { check, verdict, .. } = fault::find(id).unwrap();
            let said = run(check, range.intent(), &network, false).await;
            if !said.iter().any(|s| s.verdict == *verdict) {
                hidden.push(format!(
                    "{}: {id} is not seen: {}",
                    scenario.name,
                    list(&said)
                ));
            }
        }
    }
    assert!(hidden.is_empty(), "\n{}", hidden.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_judged_counts_on_until_it_is_old() {
    let text = include_str!("simulations/mail-test-message-in-order.toml");
    let (range, network) = start(World::parse(text).unwrap()).await.unwrap();
    let without = Network::new(range.network_config()).unwrap();
    let subject = "reset message";
    let look = |network, kept| Look {
        subject,
        intent: range.intent(),
        network,
        authorised: false,
        kept,
    };
    let check = registry::find("mail.test-message").unwrap();
    let first = check.run(look(&network, None)).await;
    assert_eq!(first.judgement.verdict, Verdict::Pass);
    let kept = first.judgement.details["kept"].clone();
    assert_eq!(kept, first.seen, "it is read again as it was");

    let lost = check.run(look(&without, None)).await.judgement;
    assert_eq!(lost.verdict, Verdict::Blocked);
    assert!(!lost.details.contains_key("kept"), "what was kept stays");
    let again = check.run(look(&without, Some(&kept))).await;
    assert_eq!(again.judgement.verdict, Verdict::Pass);
    let later = |hours| {
        let case = Case {
            subject,
            intent: range.intent(),
            now: Timestamp::now() + SignedDuration::from_hours(hours),
        };
        check.rejudge(&again.seen, case).unwrap()
    };
    let (day, old) = (later(23), later(25));
    assert_eq!(day.verdict, Verdict::Pass);
    assert!(
        day.summary.contains("the message is 23 h old"),
        "{}",
        day.summary
    );
    assert_eq!(old.verdict, Verdict::Unknown);
    assert!(old.summary.contains("older than 24 h"), "{}", old.summary);
    let steps = old.remedy.unwrap().steps.join(" ");
    assert!(steps.contains("send a new reset message"), "{steps}");
    // What cannot be read any more is as nothing.
    let broken = serde_json::json!({ "at": 1 });
    let none = check.run(look(&without, Some(&broken))).await.judgement;
    assert_eq!(none.verdict, Verdict::Blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_hands_over_one_message_and_looks_for_it() {
    let text = include_str!("simulations/mail-test-message-handed-over.toml");
    let (range, network) = start(World::parse(text).unwrap()).await.unwrap();
    let check = registry::find("mail.test-message").unwrap();
    let mut took = Vec::new();
    let other = network.asking(&["somebody".to_owned()]).unwrap();
    for network in [&network, &network.fresh(), &other] {
        let look = Look {
            subject: "test message",
            intent: range.intent(),
            network,
            authorised: true,
            kept: None,
        };
        let judged = check.run(look).await;
        let summary = &judged.judgement.summary;
        assert_eq!(judged.judgement.verdict, Verdict::Pass, "{summary}");
        took.push(judged.seen["handed"].clone());
    }
    assert!(
        took.iter()
            .all(|handed| *handed == took[0] && !handed.is_null())
    );
    let inbox = range.intent().test_inbox.as_ref().unwrap();
    let search = launch_ready::net::Search {
        since: Timestamp::now() - SignedDuration::from_mins(5),
        any_of: vec!["Launch Ready test message".to_owned()],
    };
    let found = network.inbox(inbox, &search).await.outcome.unwrap();
    assert_eq!(found.len(), 1);
}

/// What came of one world.
#[derive(Default)]
struct Report {
    good: usize,
    problems: Vec<String>,
}

async fn run_file(path: PathBuf) -> Report {
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut report = Report::default();
    let text = std::fs::read_to_string(&path).unwrap();
    let world = match World::parse(&text) {
        Ok(world) => world,
        Err(problem) => {
            report.problems.push(format!("{name}: {problem}"));
            return report;
        }
    };
    let mut checks: BTreeMap<String, Vec<(Option<String>, Verdict)>> = BTreeMap::new();
    for (key, verdict) in &world.expect {
        let (check, subject) = match key.split_once(' ') {
            Some((check, subject)) => (check, Some(subject.to_owned())),
            None => (key.as_str(), None),
        };
        let ids: Vec<&str> = registry::CHECKS
            .iter()
            .map(|c| c.meta().id)
            .filter(|id| glob_matches(check, id))
            .collect();
        if ids.is_empty() {
            report
                .problems
                .push(format!("{name}: no check is called {check}"));
        }
        for id in ids {
            checks
                .entry(id.to_owned())
                .or_default()
                .push((subject.clone(), *verdict));
        }
    }
    let says = world.says.clone();
    let authorised = world.authorised;
    for key in says.keys() {
        let check = key.split(' ').next().unwrap_or_default();
        if !checks.contains_key(check) {
            let problem = format!("{name}: {key} says something, and no verdict is expected of it");
            report.problems.push(problem);
        }
    }
    let (range, network) = match start(world).await {
        Ok(started) => started,
        Err(problem) => {
            report.problems.push(format!("{name}: {problem}"));
            return report;
        }
    };
    for (check, expected) in checks {
        let said = run(&check, range.intent(), &network, authorised).await;
        let jargon = said.iter().flat_map(|s| &s.jargon);
        report
            .problems
            .extend(jargon.map(|j| format!("{name}: {j}")));
        for lost in said.iter().filter(|s| s.all.is_empty()) {
            let problem = format!("{name}: {check} {} did not end in time", lost.subject);
            report.problems.push(problem);
        }
        let about_this = |key: &str| key.split(' ').next() == Some(&check);
        for (key, words) in says.iter().filter(|(key, _)| about_this(key)) {
            let about = said
                .iter()
                .find(|s| *key == format!("{check} {}", s.subject));
            for word in words {
                if !about.is_some_and(|s| s.all.contains(word)) {
                    let all = about.map_or("no such subject", |s| &s.all);
                    report
                        .problems
                        .push(format!("{name}: {key} does not say `{word}`:\n{all}"));
                }
            }
        }
        for (subject, verdict) in expected {
            let about: Vec<&Said> = said
                .iter()
                .filter(|s| subject.as_ref().is_none_or(|wanted| *wanted == s.subject))
                .collect();
            if !about.is_empty() && about.iter().all(|s| s.verdict == verdict) {
                report.good += 1;
                continue;
            }
            let of = subject.map(|s| format!(" {s}")).unwrap_or_default();
            report.problems.push(format!(
                "{name}: {check}{of} should be {verdict}: {}",
                list(&said)
            ));
        }
    }
    report
}

async fn verdicts(world: World, check: &str) -> Vec<Said> {
    let (range, network) = start(world).await.unwrap();
    run(check, range.intent(), &network, false).await
}

async fn start(world: World) -> Result<(Arc<Range>, Network), String> {
    // The provider may be installed already by another test.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (brought, no_passwords) = (world.brought(), world.no_passwords);
    let range = Range::start(world).await.map_err(|e| e.to_string())?;
    let mut config = NetworkConfig {
        timeout: PATIENCE,
        brought,
        ..range.network_config()
    };
    if no_passwords {
        config.credentials = Credentials::default();
    }
    let network = Network::new(config).map_err(|e| e.to_string())?;
    Ok((Arc::new(range), network))
}

async fn run(check: &str, intent: &Intent, network: &Network, authorised: bool) -> Vec<Said> {
    let check = registry::find(check).unwrap_or_else(|| panic!("no check is called {check}"));
    let subjects = check.subjects(intent);
    stream::iter(subjects)
        .map(|subject| async move {
            let look = Look {
                subject: &subject,
                intent,
                network,
                authorised,
                kept: None,
            };
            match tokio::time::timeout(DEADLINE, check.run(look)).await {
                Ok(judged) => Said {
                    subject,
                    jargon: jargon(check.meta().id, check.meta().guide, &judged.judgement),
                    all: format!("{:#?}", judged.judgement),
                    verdict: judged.judgement.verdict,
                    summary: judged.judgement.summary,
                },
                Err(_) => Said {
                    subject,
                    verdict: Verdict::Unknown,
                    summary: "THE CHECK DID NOT END".to_owned(),
                    all: String::new(),
                    jargon: Vec::new(),
                },
            }
        })
        .buffered(4)
        .collect()
        .await
}

/// What a founder meets of a finding and nothing explains: in its sentence, and in the fix unless it is an engineer's work.
fn jargon(check: &str, guide: &str, judgement: &Judgement) -> Vec<String> {
    let bad = matches!(judgement.verdict, Verdict::Fail | Verdict::Warn);
    let mut texts = vec![judgement.plain.clone()];
    if let Some(remedy) = judgement
        .remedy
        .as_ref()
        .filter(|_| bad && !guide.contains("**Stop.**"))
    {
        texts.extend(remedy.steps.iter().chain([&remedy.undo]).cloned());
        texts.extend(
            remedy
                .settings
                .iter()
                .map(|s| format!("{}, {}", s.place, s.name)),
        );
    }
    let words = |text: &String| {
        let words = unexplained(text);
        (!words.is_empty())
            .then(|| format!("{check}: {} in a founder's text: {text}", words.join(", ")))
    };
    let mut problems: Vec<String> = texts.iter().filter_map(words).collect();
    if bad && judgement.plain.is_empty() {
        problems.push(format!(
            "{check} says nothing in a founder's words: {}",
            judgement.summary
        ));
    }
    problems
}

fn list(said: &[Said]) -> String {
    if said.is_empty() {
        return "it has no subject".to_owned();
    }
    said.iter()
        .map(|s| format!("\n    {} {}: {}", s.subject, s.verdict, s.summary))
        .collect::<Vec<_>>()
        .concat()
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}
