//! A zone that is assumed to be served elsewhere: who is asked for what, and aliases over its border.

use std::net::SocketAddr;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::CNAME;
use hickory_proto::rr::{Name, RData, RecordType as Wire};
use launch_ready::model::observation::dns::{AnswerShape, RecordType};
use launch_ready::net::{Future, MovedZone, Network, NetworkConfig};

use crate::servers::{Dns, Reply, config, failed, host, record, reply};

const NEW: &str = "198.51.100.13";

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn alias(question: &Message, owner: &str, target: &str) -> Message {
    let mut message = reply(question);
    message.metadata.authoritative = true;
    message.add_answer(record(&name(owner), RData::CNAME(CNAME(name(target)))));
    message
}

fn address(mut message: Message, owner: &str, last: u8) -> Message {
    message.metadata.authoritative = true;
    let data = RData::A(std::net::Ipv4Addr::new(203, 0, 113, last).into());
    message.add_answer(record(&name(owner), data));
    message
}

/// The new server: `www` is an alias out of the zone, `inner` one within that it does not follow.
fn new(question: &Message) -> Message {
    let asked = question.queries[0].name.to_ascii();
    match (asked.as_str(), question.queries[0].query_type) {
        ("www.acme.example.", Wire::A) => {
            alias(question, "www.acme.example.", "edge.platform.example.")
        }
        ("inner.acme.example.", Wire::A) => {
            alias(question, "inner.acme.example.", "portal.acme.example.")
        }
        ("portal.acme.example.", Wire::A) => address(reply(question), "portal.acme.example.", 40),
        ("loop.acme.example.", Wire::A) => {
            alias(question, "loop.acme.example.", "back.platform.example.")
        }
        ("lame.acme.example.", _) => failed(question, ResponseCode::Refused),
        _ => {
            let mut message = failed(question, ResponseCode::NXDomain);
            message.metadata.authoritative = true;
            message
        }
    }
}

/// The resolver, which knows the old zone only.
fn today(question: &Message) -> Message {
    let asked = question.queries[0].name.to_ascii();
    match asked.as_str() {
        "edge.platform.example." => address(reply(question), "edge.platform.example.", 7),
        "vanity.platform.example." => address(
            alias(question, "vanity.platform.example.", "portal.acme.example."),
            "portal.acme.example.",
            20,
        ),
        "back.platform.example." => alias(question, "back.platform.example.", "loop.acme.example."),
        _ => failed(question, ResponseCode::NXDomain),
    }
}

async fn world() -> (Network, Dns, Dns) {
    let there = Dns::start(|q, _| Reply::Message(new(q))).await;
    let resolver = Dns::start(|q, _| Reply::Message(today(q))).await;
    let servers = [(host("ns1.new.example"), vec![NEW.parse().unwrap()])].into();
    let zone = host("acme.example");
    let net = Network::new(NetworkConfig {
        reroutes: vec![(SocketAddr::new(NEW.parse().unwrap(), 53), there.at)],
        future: Future {
            zone: Some(MovedZone { zone, servers }),
            ..Future::default()
        },
        ..config(&[&resolver])
    })
    .unwrap();
    (net, there, resolver)
}

#[tokio::test]
async fn names_of_the_zone_come_from_its_new_servers_over_every_alias() {
    let (net, there, _resolver) = world().await;
    for (asked, last) in [
        ("portal.acme.example", 40),
        ("inner.acme.example", 40),
        ("www.acme.example", 7),
        ("vanity.platform.example", 40),
        ("edge.platform.example", 7),
    ] {
        let answer = net.ask(&host(asked), RecordType::A).await;
        let addresses: Vec<String> = answer.addresses().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, [format!("203.0.113.{last}")], "{asked}");
        assert_eq!(answer.name, host(asked));
    }
    let portal = net.ask(&host("portal.acme.example"), RecordType::A).await;
    assert_eq!((portal.server.as_str(), portal.recursive), (NEW, false));
    let questions = there.questions.lock().unwrap();
    assert!(questions.iter().all(|(q, _)| !q.metadata.recursion_desired));
}

#[tokio::test]
async fn nothing_is_taken_from_the_old_zone() {
    let (net, _there, resolver) = world().await;
    let gone = net.ask(&host("old.acme.example"), RecordType::A).await;
    assert_eq!(gone.shape(), AnswerShape::NoName);
    let lame = net.ask(&host("lame.acme.example"), RecordType::A).await;
    assert!(lame.is_unusable());
    assert_eq!(resolver.asked(), 0);
    // The parent keeps the DS.
    net.ask(&host("acme.example"), RecordType::Ds).await;
    assert_eq!(resolver.asked(), 1);
}

#[tokio::test]
async fn a_loop_over_the_border_ends() {
    let (net, _there, _resolver) = world().await;
    let answer = net.ask(&host("loop.acme.example"), RecordType::A).await;
    assert!(answer.addresses().is_empty());
}
