//! Worlds for `dns.addresses`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::finding::RecordAction;
use crate::model::observation::dns::Rcode;
use crate::model::verdict::Verdict;

const HOST: &str = "portal.acme.example";

fn told(answer: DnsAnswer) -> Told {
    Told {
        truth: answer.clone(),
        resolver: answer,
        honest: true,
    }
}

fn a(addresses: &[&str]) -> DnsAnswer {
    let records = addresses
        .iter()
        .map(|x| make::address(HOST, 300, x))
        .collect();
    make::reply(HOST, RecordType::A, records)
}

fn no_aaaa() -> DnsAnswer {
    make::nodata(HOST, RecordType::Aaaa, "acme.example")
}

fn judge(
    a: DnsAnswer,
    aaaa: DnsAnswer,
    change: impl FnOnce(&mut Host, &mut Option<DnsAnswer>),
) -> Judgement {
    let mut intent = make::intent(&[(HOST, Role::Portal)]);
    let mut target = None;
    change(&mut intent.hosts[0], &mut target);
    let seen = Seen {
        a: told(a),
        aaaa: told(aaaa),
        target,
    };
    Addresses.judge(&Some(seen), make::case(HOST, &intent))
}

fn expecting(address: &str) -> impl FnOnce(&mut Host, &mut Option<DnsAnswer>) + use<'_> {
    move |host, _| host.address = vec![make::ip(address)]
}

#[test]
fn what_is_meant_passes() {
    assert_eq!(
        judge(a(&["203.0.113.20"]), no_aaaa(), |_, _| {}).verdict,
        Verdict::Pass
    );
    assert_eq!(
        judge(a(&["203.0.113.20"]), no_aaaa(), expecting("203.0.113.20")).verdict,
        Verdict::Pass
    );
}

#[test]
fn another_address_fails_and_the_remedy_replaces_it() {
    let judgement = judge(a(&["203.0.113.99"]), no_aaaa(), expecting("203.0.113.20"));
    assert_eq!(judgement.verdict, Verdict::Fail);
    let records = judgement.remedy.unwrap().records;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].action, RecordAction::Replace);
    assert_eq!(records[0].old.as_deref(), Some("203.0.113.99"));
    assert_eq!(records[0].value, "203.0.113.20");
    let both = judge(
        a(&["203.0.113.20", "203.0.113.99"]),
        no_aaaa(),
        expecting("203.0.113.20"),
    );
    assert_eq!(both.verdict, Verdict::Fail);
}

#[test]
fn a_family_that_the_intent_does_not_name_is_a_warning() {
    let aaaa = make::reply(
        HOST,
        RecordType::Aaaa,
        vec![make::address(HOST, 300, "2001:db8::20")],
    );
    assert_eq!(
        judge(
            a(&["203.0.113.20"]),
            aaaa.clone(),
            expecting("203.0.113.20")
        )
        .verdict,
        Verdict::Warn
    );
    assert_eq!(
        judge(a(&["203.0.113.20"]), aaaa, |_, _| {}).verdict,
        Verdict::Pass
    );
    let made_up = make::reply(
        HOST,
        RecordType::Aaaa,
        vec![make::address(HOST, 300, "64:ff9b::cb00:7114")],
    );
    assert_eq!(
        judge(a(&["203.0.113.20"]), made_up, expecting("203.0.113.20")).verdict,
        Verdict::Pass
    );
}

#[test]
fn private_addresses_fail_but_for_a_staging_host_that_is_meant_to_have_one() {
    assert_eq!(
        judge(a(&["10.0.0.7"]), no_aaaa(), |_, _| {}).verdict,
        Verdict::Fail
    );
    let staging = judge(a(&["10.0.0.7"]), no_aaaa(), |host, _| {
        host.role = Role::Staging;
        host.address = vec![make::ip("10.0.0.7")];
    });
    assert_eq!(staging.verdict, Verdict::Warn);
}

#[test]
fn a_flattened_alias_is_compared_by_address() {
    let target = |host: &mut Host, answer: &mut Option<DnsAnswer>| {
        host.target = Some(make::name("x.host.example"));
        *answer = Some(make::reply(
            "x.host.example",
            RecordType::A,
            vec![make::address("x.host.example", 60, "203.0.113.20")],
        ));
    };
    assert_eq!(
        judge(a(&["203.0.113.20"]), no_aaaa(), target).verdict,
        Verdict::Pass
    );
    assert_eq!(
        judge(a(&["203.0.113.21"]), no_aaaa(), target).verdict,
        Verdict::Fail
    );
    let untold = judge(a(&["203.0.113.20"]), no_aaaa(), |host, answer| {
        host.target = Some(make::name("x.host.example"));
        *answer = Some(make::timeout("x.host.example", RecordType::A));
    });
    assert_eq!(untold.verdict, Verdict::Unknown);
    let alias = make::reply(
        HOST,
        RecordType::A,
        vec![
            make::cname(HOST, "x.host.example"),
            make::address("x.host.example", 60, "203.0.113.44"),
        ],
    );
    assert_eq!(judge(alias, no_aaaa(), target).verdict, Verdict::Pass);
}

#[test]
fn nothing_is_a_failure_only_when_it_is_proven() {
    let gone = |rtype| make::nxdomain(HOST, rtype, "acme.example");
    assert_eq!(
        judge(gone(RecordType::A), gone(RecordType::Aaaa), |_, _| {}).verdict,
        Verdict::Fail
    );
    let empty = make::nodata(HOST, RecordType::A, "acme.example");
    assert_eq!(
        judge(empty.clone(), no_aaaa(), |_, _| {}).verdict,
        Verdict::Fail
    );
    for broken in [
        make::error(HOST, RecordType::A, Rcode::ServFail),
        make::error(HOST, RecordType::A, Rcode::Refused),
        make::timeout(HOST, RecordType::A),
    ] {
        assert_eq!(
            judge(broken, no_aaaa(), |_, _| {}).verdict,
            Verdict::Unknown
        );
    }
    // No A, and whether there is an AAAA could not be asked: not proven.
    assert_eq!(
        judge(empty, make::timeout(HOST, RecordType::Aaaa), |_, _| {}).verdict,
        Verdict::Unknown
    );
    // An A that is there is judged although the other family is silent.
    let half = judge(
        a(&["203.0.113.20"]),
        make::timeout(HOST, RecordType::Aaaa),
        |_, _| {},
    );
    assert_eq!(half.verdict, Verdict::Pass);
}
