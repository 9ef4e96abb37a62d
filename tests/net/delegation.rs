//! Walks from a root of the test's own.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{NS, SOA};
use hickory_proto::rr::{Name, RData, RecordType as Wire};
use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::dns::{AnswerShape, Delegation};
use launch_ready::net::{Network, NetworkConfig};

use crate::servers::{Dns, Reply, Via, config, failed, host, record, reply};

const ROOT: &str = "198.51.100.1";
const TLD: &str = "198.51.100.2";
const NS1: &str = "198.51.100.11";
const NS2: &str = "198.51.100.12";
const OUTSIDE: &str = "198.51.100.21";

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

/// A referral to `zone` at `servers`, each with glue or without.
fn refer(question: &Message, zone: &str, servers: &[(&str, Option<&str>)]) -> Message {
    let mut message = reply(question);
    for (server, glue) in servers {
        message.add_authority(record(&name(zone), RData::NS(NS(name(server)))));
        if let Some(glue) = glue {
            message.add_additional(record(&name(server), address(glue)));
        }
    }
    message
}

fn address(text: &str) -> RData {
    match text.parse().unwrap() {
        IpAddr::V4(v4) => RData::A(v4.into()),
        IpAddr::V6(v6) => RData::AAAA(v6.into()),
    }
}

/// An answer with authority, with the zone's SOA when it is empty.
fn own(question: &Message, zone: &str, answers: Vec<RData>) -> Message {
    let mut message = reply(question);
    message.metadata.authoritative = true;
    if answers.is_empty() {
        message.add_authority(record(&name(zone), soa(zone)));
    }
    for data in answers {
        message.add_answer(record(&question.queries[0].name, data));
    }
    message
}

fn soa(zone: &str) -> RData {
    let at = |label: &str| name(&format!("{label}.{zone}").replace("..", "."));
    RData::SOA(SOA::new(
        at("ns1"),
        at("hostmaster"),
        7,
        3600,
        600,
        86400,
        60,
    ))
}

/// A server of `zone`: SOA and NS at its apex, addresses below.
fn serve(question: &Message, zone: &str, servers: &[&str], hosts: &[(&str, &str)]) -> Message {
    let query = &question.queries[0];
    let apex = query.name == name(zone);
    match query.query_type {
        Wire::SOA if apex => own(question, zone, vec![soa(zone)]),
        Wire::NS if apex => {
            let names = servers.iter().map(|s| RData::NS(NS(name(s)))).collect();
            own(question, zone, names)
        }
        Wire::A => {
            let here = hosts.iter().filter(|(host, _)| query.name == name(host));
            own(question, zone, here.map(|(_, a)| address(a)).collect())
        }
        _ => own(question, zone, Vec::new()),
    }
}

struct Internet {
    net: Network,
    root: Dns,
    _servers: Vec<Dns>,
}

/// root → example. → acme.example at ns1 (glue), ns2 (glue) and ns.mailer.example (no glue, its own zone).
async fn internet(tld: impl Fn(&Message) -> Message + Send + Sync + 'static) -> Internet {
    let root =
        Dns::start(|q, _| Reply::Message(refer(q, "example.", &[("ns.nic.example.", Some(TLD))])))
            .await;
    let tld = Dns::start(move |q, _| Reply::Message(tld(q))).await;
    let all = [
        "ns1.acme.example.",
        "ns2.acme.example.",
        "ns.mailer.example.",
    ];
    let good = move |q: &Message, _: Via| {
        let hosts = [("ns1.acme.example.", NS1), ("ns2.acme.example.", NS2)];
        Reply::Message(serve(q, "acme.example.", &all, &hosts))
    };
    let ns1 = Dns::start(good).await;
    let lame = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::Refused))).await;
    let outside = Dns::start(move |q, via| {
        let below = name("mailer.example.").zone_of(&q.queries[0].name);
        let hosts = [("ns.mailer.example.", OUTSIDE)];
        if below {
            Reply::Message(serve(q, "mailer.example.", &all[2..], &hosts))
        } else {
            good(q, via)
        }
    })
    .await;
    let resolver = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::NXDomain))).await;
    let at = |ip: &str, dns: &Dns| (SocketAddr::new(ip.parse().unwrap(), 53), dns.at);
    let net = Network::new(NetworkConfig {
        root_hints: vec![ROOT.parse().unwrap()],
        reroutes: vec![
            at(ROOT, &root),
            at(TLD, &tld),
            at(NS1, &ns1),
            at(NS2, &lame),
            at(OUTSIDE, &outside),
        ],
        ..config(&[&resolver])
    })
    .unwrap();
    Internet {
        net,
        root,
        _servers: vec![tld, ns1, lame, outside, resolver],
    }
}

fn tld(question: &Message) -> Message {
    let asked = &question.queries[0].name;
    if name("acme.example.").zone_of(asked) && question.queries[0].query_type != Wire::DS {
        let servers = [
            ("ns2.acme.example.", Some(NS2)),
            ("ns1.acme.example.", Some(NS1)),
            ("ns.mailer.example.", None),
        ];
        refer(question, "acme.example.", &servers)
    } else if name("mailer.example.").zone_of(asked) {
        refer(
            question,
            "mailer.example.",
            &[("ns.mailer.example.", Some(OUTSIDE))],
        )
    } else {
        let mut message = own(question, "example.", Vec::new());
        if *asked != name("acme.example.") {
            message.metadata.response_code = ResponseCode::NXDomain;
        }
        message
    }
}

async fn look(internet: &Internet, zone: &str) -> Arc<Delegation> {
    internet.net.delegation(&host(zone)).await
}

#[tokio::test]
async fn every_server_of_a_zone_is_found_and_asked() {
    let internet = internet(tld).await;
    let delegation = look(&internet, "acme.example").await;
    let found = delegation.outcome.as_ref().unwrap();
    assert_eq!((found.parent.as_str(), found.absent), ("example", false));
    assert_eq!(found.parent_server, TLD.parse::<IpAddr>().unwrap());
    let names = ["ns.mailer.example", "ns1.acme.example", "ns2.acme.example"];
    assert_eq!(found.parent_ns, names);
    assert_eq!(found.glue.len(), 2);
    let seen: Vec<_> = found
        .servers
        .iter()
        .map(|s| {
            (
                s.name.as_str(),
                s.address.clone().unwrap().to_string(),
                s.is_authoritative(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (names[0], OUTSIDE.to_owned(), true),
            (names[1], NS1.to_owned(), true),
            (names[2], NS2.to_owned(), false)
        ]
    );
    let good = &found.servers[1];
    assert_eq!(good.soa_tcp.as_ref().unwrap().shape(), AnswerShape::Records);
    assert_eq!(good.ns.as_ref().unwrap().records().len(), 3);
    look(&internet, "other.acme.example").await;
    assert_eq!(internet.root.asked(), 1, "the cuts of a run are remembered");
}

#[tokio::test]
async fn what_the_parent_denies_is_absent() {
    let internet = internet(tld).await;
    let delegation = look(&internet, "nobody.example").await;
    let found = delegation.outcome.as_ref().unwrap();
    assert!(found.absent && found.parent_ns.is_empty() && found.servers.is_empty());
    assert_eq!(found.parent, "example");
}

#[tokio::test]
async fn a_parent_that_cannot_be_reached_is_a_failure() {
    for code in [ResponseCode::ServFail, ResponseCode::Refused] {
        let internet = internet(move |q| failed(q, code)).await;
        let delegation = look(&internet, "acme.example").await;
        let failure = delegation.outcome.as_ref().unwrap_err();
        assert!(failure.text.contains("no server of example"), "{failure}");
    }
}

#[tokio::test]
async fn delegations_in_a_circle_end() {
    // Each zone's only server is named in the other.
    let internet = internet(|question| {
        let asked = &question.queries[0].name;
        if name("a.example.").zone_of(asked) {
            refer(question, "a.example.", &[("ns.b.example.", None)])
        } else {
            refer(question, "b.example.", &[("ns.a.example.", None)])
        }
    })
    .await;
    let delegation = look(&internet, "www.a.example").await;
    let failure = delegation.outcome.as_ref().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed, "{failure}");
    // And a referral that leads back up is no way down.
    let internet =
        crate::delegation::internet(|q| refer(q, "example.", &[("ns.nic.example.", Some(TLD))]))
            .await;
    assert!(look(&internet, "acme.example").await.outcome.is_err());
}
