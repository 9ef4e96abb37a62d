//! Looking from other places, by the range's stand-in of Globalping: what is sent, what is learned, and how not looking is told.

use launch_ready::model::name::HostName;
use launch_ready::model::observation::places::{PlaceGap, Places, PlacesGap};
use launch_ready::net::{Network, NetworkConfig};
use launch_ready::range::Range;
use launch_ready::range::world::World;
use std::time::Duration;

const HOST: &str = "api.globalping.io";
const ASKED: &str = r#"third_parties = ["globalping"]"#;

async fn start(world: &str) -> (Range, Network) {
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let network = Network::new(NetworkConfig {
        timeout: Duration::from_secs(1),
        ..range.network_config()
    })
    .unwrap();
    (range, network)
}

async fn look(network: &Network, name: &str) -> Places {
    (*network.places(&HostName::parse(name).unwrap()).await).clone()
}

#[tokio::test]
async fn without_an_opt_in_nothing_is_sent() {
    for allowed in ["[]", r#"["rdap", "revocation", "public-resolvers"]"#] {
        let (range, network) = start(&format!("third_parties = {allowed}")).await;
        let seen = look(&network, "portal.acme.example").await;
        assert_eq!(seen.outcome, Err(PlacesGap::NotOptedIn));
        assert_eq!(seen.sent, "");
        let counts = range.counts();
        assert!(range.measurements().is_empty());
        assert!(!counts.requests.contains_key(HOST) && !counts.handshakes.contains_key(HOST));
        assert!(
            !counts
                .dns
                .keys()
                .any(|question| question.contains("globalping"))
        );
    }
}

#[tokio::test]
async fn the_name_goes_out_and_eight_places_answer() {
    let (range, network) = start(ASKED).await;
    let seen = look(&network, "www.acme.example").await;
    let want = r#"{"type":"dns","target":"www.acme.example","limit":8,"locations":[{"magic":"World"}],"measurementOptions":{"query":{"type":"A"}}}"#;
    assert_eq!(range.measurements(), [want]);
    assert_eq!(seen.sent, want);
    assert_eq!(seen.seen().len(), 8);
    for place in seen.seen() {
        let answer = place.answer.as_ref().unwrap();
        let addresses: Vec<String> = answer.addresses().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["203.0.113.10"], "{}", place.title());
        assert!(!place.network.is_empty() && !place.resolver.is_empty());
    }
    // One look while it was under way, one when it was done.
    assert_eq!(range.counts().requests[HOST], 3);
}

#[tokio::test]
async fn a_run_asks_twice_and_a_watch_no_more_often() {
    let (range, network) = start(ASKED).await;
    let first = look(&network, "portal.acme.example").await;
    look(&network, "www.acme.example").await;
    let third = look(&network, "api.acme.example").await;
    assert_eq!(third.outcome, Err(PlacesGap::Spent(2)));
    assert_eq!(look(&network, "portal.acme.example").await, first);
    let again = network.fresh();
    assert_eq!(look(&again, "portal.acme.example").await, first);
    assert_eq!(range.measurements().len(), 2);
    look(&again, "api.acme.example").await;
    assert_eq!(range.measurements().len(), 3);
}

#[tokio::test]
async fn every_way_of_not_looking_has_its_name() {
    let http = |path: &str, rest: &str| {
        format!("{ASKED}\n[[http]]\nurl = \"https://{HOST}/v1/measurements{path}\"\n{rest}")
    };
    let said = |kind: &str| format!(r#"body = '{{"error":{{"type":"x","message":"{kind}"}}}}'"#);
    for (world, want) in [
        (
            http("", &format!("status = 400\n{}", said("bad target"))),
            "does not take the question (400): bad target",
        ),
        (
            http("", &format!("status = 422\n{}", said("No suitable probes"))),
            "no probe that would ask (422): No suitable probes",
        ),
        (
            http(
                "",
                "status = 429\nheaders = [\"retry-after: 77\"]\nbody = \"\"",
            ),
            "too often from here (429); try again 77 s later",
        ),
        (
            http("/*", "status = 429\nbody = \"\""),
            "too often from here (429); try again in an hour",
        ),
        (http("", "status = 500\nbody = \"\""), "it answers 500"),
        (
            http("", "status = 200\nbody = \"<!doctype html>\""),
            "the answer to the question is not JSON",
        ),
        (
            http("", "status = 302\nheaders = [\"location: /elsewhere\"]"),
            "it answers 302",
        ),
        (http("/*", "body = \"<!doctype html>\""), "it is not JSON"),
        (
            http("/*", "body = '{\"type\":\"dns\"}'"),
            "it names no target",
        ),
        (
            http("/*", "status = 404\nbody = \"\""),
            "its own measurement any more (404)",
        ),
        (http("/*", "does = \"reset\""), "connection"),
        (http("", "does = \"silent\""), "no answer in"),
        (
            format!("{ASKED}\n[[tls]]\nhost = \"{HOST}\"\ncertificate = \"self-signed\""),
            "the certificate of api.globalping.io does not verify",
        ),
    ] {
        let (range, network) = start(&world).await;
        let seen = look(&network, "portal.acme.example").await;
        let gap = seen.outcome.unwrap_err();
        assert!(gap.said().contains(want), "{want}: {}", gap.said());
        if matches!(gap, PlacesGap::NotTrusted(_)) {
            assert_eq!((range.measurements().len(), seen.sent.as_str()), (0, ""));
        } else {
            assert_eq!(range.measurements().len(), 1, "{want}");
        }
    }
}

#[tokio::test]
async fn a_place_that_is_never_done_does_not_hold_up_the_others() {
    let hangs = |cities: &[&str]| {
        cities.iter().fold(ASKED.to_owned(), |world, city| {
            format!("{world}\n[[place]]\ncity = \"{city}\"\ndoes = \"hangs\"")
        })
    };
    let (_range, network) = start(&hangs(&["Lagos"])).await;
    let seen = look(&network, "portal.acme.example").await;
    let (done, waiting): (Vec<_>, Vec<_>) = seen.seen().iter().partition(|p| p.answer.is_ok());
    assert_eq!((done.len(), waiting.len()), (7, 1));
    assert_eq!(waiting[0].answer, Err(PlaceGap::NotFinished));
    let all = [
        "Sydney",
        "Sao Paulo",
        "Frankfurt",
        "Mumbai",
        "Tokyo",
        "Lagos",
        "Ashburn",
        "Cape Town",
    ];
    let (_range, network) = start(&hangs(&all)).await;
    let seen = look(&network, "portal.acme.example").await;
    assert_eq!(seen.outcome, Err(PlacesGap::NotFinished(4)));
}
