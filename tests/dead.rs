//! What is dead costs its own time and nobody else's: one of two name servers, one host of three. Whole runs on the practice
//! range, compared with a healthy one; no bound here is tight.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use launch_ready::engine::{Plan, Selection, start};
use launch_ready::model::finding::Finding;
use launch_ready::net::{Network, NetworkConfig};
use launch_ready::range::Range;
use launch_ready::range::world::World;
use tokio::sync::mpsc;

/// For one question or connection.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long whoever is dead may hold up what asks it: a question or a connection, and another one after it.
const HELD_UP: Duration = Duration::from_secs(3);

/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(4);

struct Run {
    took: Duration,
    findings: BTreeMap<String, Finding>,
}

async fn run(world: &str) -> Run {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let network = Network::new(NetworkConfig {
        timeout: PATIENCE,
        ..range.network_config()
    })
    .unwrap();
    // Times are measured by one check on purpose; they are not what this is about.
    let selection = Selection {
        only: Vec::new(),
        skip: vec!["performance.*".to_owned()],
    };
    let plan = Plan::new(range.intent().clone(), &selection, false);
    let (events, mut heard) = mpsc::channel(1024);
    let drain = tokio::spawn(async move { while heard.recv().await.is_some() {} });
    let begun = Instant::now();
    let outcome = start(plan, network, events).join().await.unwrap();
    let took = begun.elapsed();
    drain.await.unwrap();
    let findings = outcome
        .findings
        .into_iter()
        .map(|f| (format!("{} {}", f.check, f.subject), f))
        .collect();
    Run { took, findings }
}

/// Every finding that `spared` names: the same verdict as in health, and hardly later.
fn assert_spared(name: &str, healthy: &Run, sick: &Run, spared: impl Fn(&str) -> bool) {
    let mut wrong = Vec::new();
    let mut compared = 0;
    let slowest = healthy.findings.values().map(|f| f.took_ms).max().unwrap();
    let bound = Duration::from_millis(slowest) + HELD_UP + SLACK;
    for (key, finding) in sick.findings.iter().filter(|(key, _)| spared(key)) {
        compared += 1;
        let before = &healthy.findings[key];
        let took = Duration::from_millis(finding.took_ms);
        if finding.verdict != before.verdict || took > bound {
            wrong.push(format!(
                "{key}: {} in {took:?}, was {}: {}",
                finding.verdict, before.verdict, finding.summary
            ));
        }
    }
    println!(
        "{name}: {:?}, healthy {:?}; {compared} findings compared, each within {bound:?}",
        sick.took, healthy.took
    );
    assert!(compared > 80, "{name}: only {compared} findings");
    let whole = healthy.took + HELD_UP * 2 + SLACK;
    assert!(sick.took < whole, "{name}: {:?}, not {whole:?}", sick.took);
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dead_costs_only_its_own_time() {
    let healthy = run("").await;
    let one_server = run("[[server]]\naddress = \"198.51.100.12\"\ndoes = \"silent\"").await;
    assert_spared("a dead name server", &healthy, &one_server, |key| {
        [
            "dns.delegation ",
            "dns.soa ",
            "dns.propagation ",
            "dns.ttl ",
        ]
        .iter()
        .all(|asks_it| !key.starts_with(asks_it))
    });
    let one_host = run(
        "[[tls]]\nhost = \"api.acme.example\"\naddress = \"203.0.113.30\"\ndoes = \"silent\"\n\
         [[http]]\nurl = \"http://api.acme.example/*\"\ndoes = \"silent\"",
    )
    .await;
    assert_spared("a dead host", &healthy, &one_host, |key| {
        !key.contains("api.")
    });
}
