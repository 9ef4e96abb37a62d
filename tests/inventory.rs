//! The discovery of a domain, against the practice range over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use std::sync::Mutex;
use std::time::Duration;

use launch_ready::engine::inventory::{InventoryProblem, discover};
use launch_ready::model::intent::{Intent, Role};
use launch_ready::model::inventory::Discovery;
use launch_ready::model::name::HostName;
use launch_ready::net::{Network, NetworkConfig};
use launch_ready::range::Range;
use launch_ready::range::world::World;

async fn explore(world: &str, domain: &str) -> (Result<Intent, InventoryProblem>, Vec<Discovery>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let network = Network::new(NetworkConfig {
        timeout: Duration::from_secs(1),
        ..range.network_config()
    })
    .unwrap();
    let steps = Mutex::new(Vec::new());
    let domain = HostName::parse(domain).unwrap();
    let outcome = discover(&domain, &network, |step| steps.lock().unwrap().push(step)).await;
    (outcome, steps.into_inner().unwrap())
}

fn hosts(intent: &Intent) -> Vec<(&str, Role)> {
    intent
        .hosts
        .iter()
        .map(|h| (h.name.as_str(), h.role))
        .collect()
}

fn says(steps: &[Discovery], text: &str) -> bool {
    steps
        .iter()
        .any(|s| matches!(s, Discovery::Note(note) if note.contains(text)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_healthy_portal_is_found_whole() {
    let (outcome, steps) = explore("", "acme.example").await;
    let intent = outcome.unwrap();
    assert_eq!(
        hosts(&intent),
        [
            ("acme.example", Role::Apex),
            ("www.acme.example", Role::Www),
            ("api.acme.example", Role::Api),
            ("portal.acme.example", Role::Portal),
            ("mx.acme.example", Role::Mail),
        ]
    );
    assert_eq!(
        intent.canonical.unwrap().as_str(),
        "https://www.acme.example/"
    );
    assert_eq!(intent.sends_mail, Some(true));
    let sender = intent.senders.first().unwrap();
    assert_eq!(intent.senders.len(), 1);
    assert_eq!(sender.name, "mailer.example");
    assert_eq!(sender.selectors, ["mailer"]);
    assert_eq!(
        sender.include.as_ref().unwrap().as_str(),
        "_spf.mailer.example"
    );
    assert_eq!(
        sender.bounce_domain.as_ref().unwrap().as_str(),
        "bounce.acme.example"
    );
    assert!(
        intent
            .hosts
            .iter()
            .all(|h| !h.why.is_empty() && h.address.is_empty())
    );
    let told = steps
        .iter()
        .filter(|s| matches!(s, Discovery::Host(_)))
        .count();
    assert_eq!(told, intent.hosts.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_only_a_wildcard_answers_are_not_hosts() {
    let (outcome, steps) = explore("faults = [\"dns.wildcard\"]", "acme.example").await;
    let intent = outcome.unwrap();
    assert_eq!(intent.hosts.len(), 5, "{:?}", hosts(&intent));
    assert!(says(&steps, "wildcard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_does_not_exist_is_said_to() {
    let (outcome, _) = explore("", "nobody.example").await;
    assert!(
        matches!(outcome, Err(InventoryProblem::NoSuchName { .. })),
        "{outcome:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_not_absence() {
    let world = r#"
        [[server]]
        address = "198.51.100.53"
        does = "silent"
        [[server]]
        address = "198.51.100.54"
        does = "silent"
        [[server]]
        address = "198.51.100.1"
        does = "silent"
    "#;
    let (outcome, _) = explore(world, "acme.example").await;
    assert!(
        matches!(outcome, Err(InventoryProblem::CouldNotTell { .. })),
        "{outcome:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_with_a_broken_seal_is_explored_all_the_same() {
    let (outcome, steps) = explore("faults = [\"dns.bogus-dnssec\"]", "acme.example").await;
    let intent = outcome.unwrap();
    assert!(says(&steps, "DNSSEC is broken"));
    assert_eq!(intent.hosts.len(), 5, "{:?}", hosts(&intent));
    assert_eq!(intent.sends_mail, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_mail_domain_sends_nothing() {
    let world = r#"
        [[dns]]
        remove = ["acme.example MX", "acme.example TXT"]
        add = ['acme.example. 300 IN TXT "v=spf1 -all"', "acme.example. 300 IN MX 0 ."]
    "#;
    let (outcome, _) = explore(world, "acme.example").await;
    let intent = outcome.unwrap();
    assert_eq!(intent.sends_mail, Some(false));
}
