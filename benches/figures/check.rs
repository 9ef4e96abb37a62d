//! A whole check of the practice range: wall time, also on a slow network, and what it asks.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use launch_ready::engine::{self, Plan, Selection};
use launch_ready::model::finding::Finding;
use launch_ready::model::playbook::glob_matches;
use launch_ready::net::Network;
use launch_ready::range::world::World;
use launch_ready::range::{Range, scenario};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::{row, spread};

pub const RUNS: usize = 9;
pub const SLOW: Duration = Duration::from_millis(40);

/// The checks that look at a host from outside.
const PACK: [&str; 4] = ["dns.*", "domain.*", "tls.*", "web.*"];

/// A check that waits on purpose: it repeats its requests one after another to measure them.
const SEQUENTIAL: &str = "performance.latency";

pub fn measure() {
    let runtime = runtime();
    let range = served(&runtime);
    let times = (0..RUNS).map(|_| whole_program(&range, &[])).collect();
    row(
        "check of the default scenario, whole program",
        &spread(times),
        "<= 1500 ms",
    );

    far_away(&runtime, &range, &[], "<= 3");

    let five = five_hosts(&runtime);
    let only: Vec<&str> = PACK.iter().flat_map(|glob| ["--only", glob]).collect();
    let times = (0..RUNS).map(|_| whole_program(&five, &only)).collect();
    row(
        "dns, domain, tls and web of 5 hosts, whole program",
        &spread(times),
        "<= 800 ms",
    );
    far_away(&runtime, &five, &PACK, "<= 2.5");

    let fresh = served(&runtime);
    let questions = run(&runtime, &fresh, &[], &[]).1;
    let counts = fresh.counts();
    let most =
        |map: &BTreeMap<String, usize>| map.values().max().copied().unwrap_or_default().to_string();
    row("DNS questions of a run", &questions.to_string(), "<= 150");
    row(
        "TLS handshakes, the busiest host",
        &most(&counts.handshakes),
        "<= 12",
    );
    row(
        "HTTP requests, the busiest host",
        &most(&counts.requests),
        "<= 60",
    );
}

/// Wall time where every answer comes late, beside the longest chain of questions that wait for one another.
fn far_away(runtime: &Runtime, range: &Range, only: &[&str], promised: &str) {
    range.set_delay(SLOW);
    let slow = (0..3).map(|_| run(runtime, range, only, &[SEQUENTIAL]).0);
    let wall = slow.min().unwrap();
    let chains = longest_chain(runtime, range, only);
    let (check, chain) = chains.iter().max_by_key(|(_, time)| **time).unwrap();
    range.set_delay(Duration::ZERO);
    row(
        "  with 40 ms on every answer, all checks at once",
        &format!("{} ms", wall.as_millis()),
        "",
    );
    row(
        &format!("  longest chain of dependent questions ({check})"),
        &format!("{} ms", chain.as_millis()),
        "",
    );
    let ratio = wall.as_secs_f64() / chain.as_secs_f64();
    row("  wall / longest chain", &format!("{ratio:.2}"), promised);
}

/// Findings of one run, for the frame.
pub fn findings() -> Vec<Finding> {
    let runtime = runtime();
    let range = served(&runtime);
    run(&runtime, &range, &[], &[]).2
}

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
}

pub fn served(runtime: &Runtime) -> Range {
    let world = scenario::find("default").unwrap().world();
    runtime.block_on(Range::start(world)).unwrap()
}

/// The default scenario with a fifth host that serves pages.
fn five_hosts(runtime: &Runtime) -> Range {
    let faults = scenario::find("default").unwrap().faults.clone();
    let mut world: World = World::parse(FIVE_HOSTS).unwrap();
    world.faults = faults;
    runtime.block_on(Range::start(world)).unwrap()
}

const FIVE_HOSTS: &str = r#"
[intent]
host = [
  { name = "acme.example", role = "apex" },
  { name = "www.acme.example", role = "www" },
  { name = "portal.acme.example", role = "portal" },
  { name = "api.acme.example", role = "api" },
  { name = "staging.acme.example", role = "staging" },
]
[[dns]]
add = ["staging.acme.example. 300 IN A 203.0.113.10"]
"#;

/// Start to exit of `launch-ready check`, as a script sees it.
pub fn whole_program(range: &Range, more: &[&str]) -> Duration {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_launch-ready"))
        .args(["check", "acme.example", "--format", "json"])
        .args(range.flags())
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1), "the default scenario is a no-go");
    begun.elapsed()
}

/// Each check alone, every subject at once: what takes longest then is a chain of questions that wait for one another.
/// `only`: of these, all when empty.
fn longest_chain(
    runtime: &Runtime,
    range: &Range,
    only: &[&str],
) -> BTreeMap<&'static str, Duration> {
    launch_ready::checks::registry::CHECKS
        .iter()
        .map(|check| check.meta().id)
        .filter(|id| *id != SEQUENTIAL)
        .filter(|id| only.is_empty() || only.iter().any(|glob| glob_matches(glob, id)))
        .map(|id| (id, run(runtime, range, &[id], &[]).0))
        .collect()
}

pub fn run(
    runtime: &Runtime,
    range: &Range,
    only: &[&str],
    skip: &[&str],
) -> (Duration, usize, Vec<Finding>) {
    let own = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
    let selection = Selection {
        only: own(only),
        skip: own(skip),
    };
    runtime.block_on(async {
        let network = Network::new(range.network_config()).unwrap();
        let plan = Plan::new(range.intent().clone(), &selection, false);
        let (sender, mut steps) = mpsc::channel(256);
        let begun = Instant::now();
        let handle = engine::start(plan, network, sender);
        while steps.recv().await.is_some() {}
        let outcome = handle.join().await.unwrap();
        (begun.elapsed(), outcome.queries.dns, outcome.findings)
    })
}
