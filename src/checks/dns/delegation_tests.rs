//! Worlds for `dns.delegation`.

use super::*;
use crate::checks::dns::fixtures::{self as make, intent, name};
use crate::model::observation::Failure;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::{Delegation, Rcode};
use crate::model::verdict::Verdict;

fn judge(delegation: Delegation, hosts: Vec<DnsAnswer>) -> Judgement {
    let seen = Seen {
        zone: ZoneSeen {
            soa: make::soa("acme.example", 7),
            delegation,
        },
        hosts,
    };
    DelegationCheck.judge(&seen, make::case("acme.example", &intent(&[])))
}

fn verdict(change: impl FnOnce(&mut DelegationFound)) -> (Verdict, Option<Severity>) {
    let judgement = judge(make::delegation(change), Vec::new());
    (judgement.verdict, judgement.severity)
}

#[test]
fn a_sound_delegation_passes() {
    assert_eq!(verdict(|_| {}), (Verdict::Pass, None));
}

#[test]
fn broken_servers_fail_and_block_only_when_none_is_left() {
    let refuses = || Some(make::error("acme.example", RecordType::Soa, Rcode::Refused));
    assert_eq!(
        verdict(|f| f.servers[1].soa_udp = refuses()),
        (Verdict::Fail, Some(Severity::Fix))
    );
    assert_eq!(
        verdict(|f| f.servers.iter_mut().for_each(|s| s.soa_udp = refuses())),
        (Verdict::Fail, None)
    );
    assert_eq!(
        verdict(|f| f.servers[0].soa_tcp = Some(make::timeout("acme.example", RecordType::Soa))),
        (Verdict::Fail, Some(Severity::Fix))
    );
}

#[test]
fn half_migrated_sets_fail() {
    let fix = (Verdict::Fail, Some(Severity::Fix));
    assert_eq!(verdict(|f| f.parent_ns.push("ns.old.example".into())), fix);
    let other = || {
        Some(make::ns(
            "acme.example",
            &["ns1.acme.example", "ns3.acme.example"],
        ))
    };
    assert_eq!(verdict(|f| f.servers[1].ns = other()), fix);
    assert_eq!(
        verdict(|f| f.servers.iter_mut().for_each(|s| s.ns = other())),
        fix
    );
}

#[test]
fn glue_must_be_what_the_zone_says() {
    let host = |address| {
        make::reply(
            "ns1.acme.example",
            RecordType::A,
            vec![make::address("ns1.acme.example", 300, address)],
        )
    };
    let right = judge(make::delegation(|_| {}), vec![host("198.51.100.11")]);
    assert_eq!(right.verdict, Verdict::Pass);
    let wrong = judge(make::delegation(|_| {}), vec![host("198.51.100.19")]);
    assert_eq!(wrong.verdict, Verdict::Fail);
    let v6 = make::reply(
        "ns1.acme.example",
        RecordType::Aaaa,
        vec![make::address("ns1.acme.example", 300, "2001:db8::11")],
    );
    assert_eq!(
        judge(make::delegation(|_| {}), vec![v6]).verdict,
        Verdict::Warn
    );
}

#[test]
fn what_could_not_be_seen_is_unknown_never_a_pass() {
    assert_eq!(judge(make::lost(), Vec::new()).verdict, Verdict::Unknown);
    let no_route = |f: &mut DelegationFound| {
        let mut answer = make::timeout("acme.example", RecordType::Soa);
        answer.outcome = Err(Failure::new(FailureKind::Unreachable, "no route"));
        f.servers[1].soa_udp = Some(answer);
    };
    assert_eq!(verdict(no_route).0, Verdict::Unknown);
    let second_family = |f: &mut DelegationFound| {
        let mut v6 = make::server("ns1.acme.example", "2001:db8::1", 7);
        let mut answer = make::timeout("acme.example", RecordType::Soa);
        answer.outcome = Err(Failure::new(FailureKind::Unreachable, "no route"));
        v6.soa_udp = Some(answer);
        f.servers.push(v6);
    };
    assert_eq!(verdict(second_family).0, Verdict::Pass);
}

#[test]
fn a_domain_that_is_not_delegated_blocks_and_a_subdomain_is_no_zone() {
    let gone = |f: &mut DelegationFound| {
        f.absent = true;
        f.parent_ns.clear();
        f.servers.clear();
    };
    assert_eq!(verdict(gone), (Verdict::Fail, None));
    let seen = Seen {
        zone: ZoneSeen {
            soa: make::nodata("acme.example", RecordType::Soa, "example"),
            delegation: make::delegation(gone),
        },
        hosts: Vec::new(),
    };
    let judgement = DelegationCheck.judge(
        &seen,
        make::case("acme.example", &Intent::of(name("acme.example"))),
    );
    assert_eq!(judgement.verdict, Verdict::NotApplicable);
}
