//! Hand-made observations for the tests of this family.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::checks::rule::Case;
use crate::model::intent::{Host, Intent, Role};
use crate::model::name::HostName;
use crate::model::observation::dns::{
    Delegation, DelegationFound, DnsAnswer, DnsMessage, Rcode, Record, RecordData, RecordType, Soa,
    Transport, ZoneServer,
};
use crate::model::observation::{Failure, FailureKind};

pub fn name(text: &str) -> HostName {
    HostName::parse(text).unwrap()
}

pub fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// `acme.example` with these hosts.
pub fn intent(hosts: &[(&str, Role)]) -> Intent {
    let mut intent = Intent::of(name("acme.example"));
    intent.hosts = hosts
        .iter()
        .map(|(host, role)| Host {
            name: name(host),
            role: *role,
            address: Vec::new(),
            target: None,
            why: String::new(),
        })
        .collect();
    intent
}

pub fn case<'a>(subject: &'a str, intent: &'a Intent) -> Case<'a> {
    Case {
        subject,
        intent,
        now: now(),
    }
}

pub fn now() -> Timestamp {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

pub fn record(owner: &str, ttl: u32, data: RecordData) -> Record {
    Record {
        name: owner.to_owned(),
        ttl,
        data,
    }
}

pub fn address(owner: &str, ttl: u32, address: &str) -> Record {
    let data = match ip(address) {
        IpAddr::V4(v4) => RecordData::A(v4),
        IpAddr::V6(v6) => RecordData::Aaaa(v6),
    };
    record(owner, ttl, data)
}

pub fn cname(owner: &str, target: &str) -> Record {
    record(owner, 300, RecordData::Cname(target.to_owned()))
}

fn raw(owner: &str, rtype: RecordType, outcome: Result<DnsMessage, Failure>) -> DnsAnswer {
    DnsAnswer {
        name: name(owner),
        rtype,
        server: "198.51.100.53:53".to_owned(),
        recursive: true,
        transport: Transport::Udp,
        at: now(),
        took_ms: 1,
        outcome,
    }
}

fn message(rcode: Rcode, answers: Vec<Record>, authority: Vec<Record>) -> DnsMessage {
    DnsMessage {
        rcode,
        aa: true,
        tc: false,
        ra: false,
        ad: false,
        answers,
        authority,
        additional: Vec::new(),
    }
}

pub fn reply(owner: &str, rtype: RecordType, answers: Vec<Record>) -> DnsAnswer {
    raw(
        owner,
        rtype,
        Ok(message(Rcode::NoError, answers, Vec::new())),
    )
}

fn soa_record(owner: &str, serial: u32) -> Record {
    let soa = Soa {
        mname: format!("ns1.{owner}"),
        rname: format!("hostmaster.{owner}"),
        serial,
        refresh: 14_400,
        retry: 3_600,
        expire: 1_209_600,
        minimum: 300,
    };
    record(owner, 3_600, RecordData::Soa(soa))
}

pub fn soa(owner: &str, serial: u32) -> DnsAnswer {
    reply(owner, RecordType::Soa, vec![soa_record(owner, serial)])
}

pub fn nodata(owner: &str, rtype: RecordType, zone: &str) -> DnsAnswer {
    raw(
        owner,
        rtype,
        Ok(message(
            Rcode::NoError,
            Vec::new(),
            vec![soa_record(zone, 1)],
        )),
    )
}

pub fn nxdomain(owner: &str, rtype: RecordType, zone: &str) -> DnsAnswer {
    raw(
        owner,
        rtype,
        Ok(message(
            Rcode::NxDomain,
            Vec::new(),
            vec![soa_record(zone, 1)],
        )),
    )
}

pub fn error(owner: &str, rtype: RecordType, rcode: Rcode) -> DnsAnswer {
    raw(owner, rtype, Ok(message(rcode, Vec::new(), Vec::new())))
}

pub fn timeout(owner: &str, rtype: RecordType) -> DnsAnswer {
    raw(
        owner,
        rtype,
        Err(Failure::new(FailureKind::Timeout, "no answer in 5 s")),
    )
}

pub fn ns(owner: &str, names: &[&str]) -> DnsAnswer {
    let records = names
        .iter()
        .map(|n| record(owner, 3_600, RecordData::Ns((*n).to_owned())))
        .collect();
    reply(owner, RecordType::Ns, records)
}

/// A server of `acme.example` that does its work.
pub fn server(host: &str, address: &str, serial: u32) -> ZoneServer {
    ZoneServer {
        name: host.to_owned(),
        address: Ok(ip(address)),
        is_cname: false,
        soa_udp: Some(soa("acme.example", serial)),
        soa_tcp: Some(soa("acme.example", serial)),
        ns: Some(ns(
            "acme.example",
            &["ns1.acme.example", "ns2.acme.example"],
        )),
    }
}

/// The healthy delegation of `acme.example`, changed by `change`.
pub fn delegation(change: impl FnOnce(&mut DelegationFound)) -> Delegation {
    let mut found = DelegationFound {
        parent: "example".to_owned(),
        parent_server: ip("198.51.100.2"),
        parent_ns: vec!["ns1.acme.example".to_owned(), "ns2.acme.example".to_owned()],
        parent_ttl: Some(86_400),
        absent: false,
        ds: Vec::new(),
        glue: vec![
            address("ns1.acme.example", 3_600, "198.51.100.11"),
            address("ns2.acme.example", 3_600, "198.51.100.12"),
        ],
        servers: vec![
            server("ns1.acme.example", "198.51.100.11", 7),
            server("ns2.acme.example", "198.51.100.12", 7),
        ],
    };
    change(&mut found);
    Delegation {
        zone: name("acme.example"),
        at: now(),
        outcome: Ok(found),
    }
}

/// A walk that did not reach the parent.
pub fn lost() -> Delegation {
    Delegation {
        zone: name("acme.example"),
        at: now(),
        outcome: Err(Failure::new(
            FailureKind::Timeout,
            "asking 198.51.100.1 for example NS: no answer in 5 s",
        )),
    }
}
