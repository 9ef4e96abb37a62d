//! Answers of today as they will read.

use hickory_proto::rr::rdata::{CNAME, MX, NS, SOA};

use super::*;
use crate::model::observation::dns::Transport;

const HOST: &str = "portal.acme.example";

fn name(text: &str) -> Name {
    Name::from_ascii(format!("{text}.")).unwrap()
}

fn future(addresses: &[&str]) -> Future {
    let addresses = addresses.iter().map(|a| a.parse().unwrap()).collect();
    Future {
        hosts: [(HostName::parse(HOST).unwrap(), addresses)].into(),
        zone: None,
    }
}

fn question(asked: &str, rtype: RecordType, mode: Mode) -> Question {
    Question {
        server: "192.0.2.53:53".parse().unwrap(),
        name: HostName::parse(asked).unwrap(),
        rtype,
        mode,
        transport: Transport::Udp,
    }
}

fn record(owner: &str, data: RData) -> Record {
    Record::from_rdata(name(owner), 60, data)
}

fn alias(owner: &str, target: &str) -> Record {
    record(owner, RData::CNAME(CNAME(name(target))))
}

fn at(owner: &str, address: &str) -> Record {
    let data = match address.parse().unwrap() {
        IpAddr::V4(v4) => RData::A(v4.into()),
        IpAddr::V6(v6) => RData::AAAA(v6.into()),
    };
    record(owner, data)
}

fn answer(code: ResponseCode, answers: Vec<Record>) -> Message {
    let mut message = Message::query().into_response();
    message.metadata.response_code = code;
    message.add_answers(answers);
    message
}

/// `owner data` of each answer.
fn lines(message: &Message) -> Vec<String> {
    let line = |r: &Record| format!("{} {}", name_text(&r.name), r.data);
    message.answers.iter().map(line).collect()
}

#[test]
fn an_address_gives_way_to_the_assumed_ones() {
    let future = future(&["203.0.113.40", "2001:db8::40"]);
    let new4 = ["portal.acme.example 203.0.113.40"];
    let new6 = ["portal.acme.example 2001:db8::40"];
    let old = || vec![at(HOST, "203.0.113.20")];
    let elsewhere = || {
        vec![
            alias(HOST, "acme.platform.example"),
            at("acme.platform.example", "192.0.2.7"),
        ]
    };
    let cases = [
        ("an address", ResponseCode::NoError, old()),
        ("an alias", ResponseCode::NoError, elsewhere()),
        ("no record", ResponseCode::NoError, Vec::new()),
        ("no such name", ResponseCode::NXDomain, Vec::new()),
        (
            "a dangling alias",
            ResponseCode::NXDomain,
            vec![alias(HOST, "gone.platform.example")],
        ),
    ];
    for mode in [Mode::Recursive, Mode::Unchecked, Mode::Authority] {
        for (what, code, answers) in cases.clone() {
            for (rtype, new) in [(RecordType::A, &new4), (RecordType::Aaaa, &new6)] {
                let then = future.says(&question(HOST, rtype, mode), answer(code, answers.clone()));
                assert_eq!(lines(&then), *new, "{what}");
                assert_eq!(then.metadata.response_code, ResponseCode::NoError, "{what}");
            }
        }
    }
}

#[test]
fn a_family_that_is_not_assumed_is_gone_and_other_records_stay() {
    let future = future(&["203.0.113.40"]);
    let then = future.says(
        &question(HOST, RecordType::Aaaa, Mode::Recursive),
        answer(ResponseCode::NoError, vec![at(HOST, "2001:db8::20")]),
    );
    assert!(lines(&then).is_empty());
    let mx = record(HOST, RData::MX(MX::new(10, name("mx.acme.example"))));
    let then = future.says(
        &question(HOST, RecordType::Mx, Mode::Recursive),
        answer(ResponseCode::NoError, vec![mx]),
    );
    assert_eq!(lines(&then), ["portal.acme.example 10 mx.acme.example."]);
    // With the alias goes what it led to.
    let then = future.says(
        &question(HOST, RecordType::Txt, Mode::Recursive),
        answer(
            ResponseCode::NoError,
            vec![alias(HOST, "acme.platform.example")],
        ),
    );
    assert!(lines(&then).is_empty());
}

#[test]
fn an_alias_that_leads_to_the_host_leads_to_the_new_address() {
    let future = future(&["203.0.113.40"]);
    let asked = |mode| question("www.acme.example", RecordType::A, mode);
    let today = || {
        answer(
            ResponseCode::NoError,
            vec![alias("www.acme.example", HOST), at(HOST, "203.0.113.20")],
        )
    };
    let new = [
        "www.acme.example portal.acme.example.",
        "portal.acme.example 203.0.113.40",
    ];
    assert_eq!(lines(&future.says(&asked(Mode::Recursive), today())), new);
    assert_eq!(lines(&future.says(&asked(Mode::Authority), today())), new);
    // An authority that does not hold the target does not say it then either.
    let alone = answer(ResponseCode::NoError, vec![alias("www.acme.example", HOST)]);
    assert_eq!(
        lines(&future.says(&asked(Mode::Authority), alone)),
        new[..1]
    );
    // A loop ends.
    let turns = answer(
        ResponseCode::NoError,
        vec![
            alias("a.example", "b.example"),
            alias("b.example", "a.example"),
        ],
    );
    let asked = question("a.example", RecordType::A, Mode::Recursive);
    assert_eq!(future.says(&asked, turns.clone()), turns);
}

#[test]
fn what_is_about_the_server_stays() {
    let future = future(&["203.0.113.40"]);
    let asked = question(HOST, RecordType::A, Mode::Authority);
    let mut referral = answer(ResponseCode::NoError, Vec::new());
    referral.add_authority(record(
        "acme.example",
        RData::NS(NS(name("ns1.acme.example"))),
    ));
    let mut cut = answer(ResponseCode::NoError, Vec::new());
    cut.metadata.truncation = true;
    for message in [
        referral,
        cut,
        answer(ResponseCode::ServFail, Vec::new()),
        answer(ResponseCode::Refused, Vec::new()),
    ] {
        assert_eq!(future.says(&asked, message.clone()), message);
    }
    let other = question("acme.example", RecordType::A, Mode::Recursive);
    let mut nothing = answer(ResponseCode::NXDomain, Vec::new());
    let soa = SOA::new(name("ns1.example"), name("x.example"), 1, 2, 3, 4, 5);
    nothing.add_authority(record("example", RData::SOA(soa)));
    assert_eq!(future.says(&other, nothing.clone()), nothing);
}

#[test]
fn the_ds_of_a_moved_zone_is_the_parents() {
    let moved = MovedZone {
        zone: HostName::parse("acme.example").unwrap(),
        servers: BTreeMap::new(),
    };
    let answers = |text: &str, rtype| moved.answers(&HostName::parse(text).unwrap(), rtype);
    assert!(!answers("acme.example", RecordType::Ds));
    assert!(answers("acme.example", RecordType::Dnskey));
    assert!(answers("sub.acme.example", RecordType::Ds));
    assert!(!answers("notacme.example", RecordType::A));
}

#[test]
fn assumptions_read_as_sentences() {
    assert!(Future::default().assumptions().is_empty());
    let mut future = future(&["203.0.113.40", "2001:db8::40"]);
    future.zone = Some(MovedZone {
        zone: HostName::parse("acme.example").unwrap(),
        servers: [(
            HostName::parse("ns1.new.example").unwrap(),
            vec!["192.0.2.53".parse().unwrap()],
        )]
        .into(),
    });
    assert_eq!(
        future.assumptions(),
        [
            "acme.example is served by ns1.new.example (192.0.2.53)",
            "portal.acme.example has the address 203.0.113.40 and 2001:db8::40",
        ]
    );
}
