//! Worlds for `dns.ttl`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::exhibit::Shape;
use crate::model::finding::RecordAction;
use crate::model::intent::Role;
use crate::model::observation::dns::{Record, RecordData};
use crate::model::verdict::Verdict;

const APEX: &str = "acme.example";
const HOST: &str = "portal.acme.example";
const WWW: &str = "www.acme.example";
const NEW: &str = "203.0.113.20";
const OLD: &str = "203.0.113.99";

fn server(name: &str, records: Vec<Record>) -> Asked {
    let owner = records.first().map_or(HOST, |r| r.name.as_str()).to_owned();
    Asked {
        title: name.to_owned(),
        name: name.to_owned(),
        a: make::reply(&owner, RecordType::A, records),
        aaaa: make::nodata(&owner, RecordType::Aaaa, APEX),
        filters: false,
    }
}

fn alias(owner: &str, ttl: u32, target: &str) -> Record {
    make::record(owner, ttl, RecordData::Cname(target.to_owned()))
}

fn both(records: &[Record]) -> Vec<Asked> {
    vec![
        server("ns1", records.to_vec()),
        server("ns2", records.to_vec()),
    ]
}

fn seen(authorities: Vec<Asked>) -> Seen {
    let a = authorities[0].a.clone();
    Seen {
        lost: String::new(),
        aaaa: make::nodata(a.name.as_str(), RecordType::Aaaa, APEX),
        a,
        authorities,
        honest: true,
        target: None,
        parent_ttl: None,
    }
}

/// The judgement on `host`, which the intent wants at `address` or `target`.
fn judge_at(host: &str, seen: Seen, meant: impl FnOnce(&mut Intent)) -> Judgement {
    let mut intent = make::intent(&[(host, Role::Portal)]);
    meant(&mut intent);
    Ttl.judge(&Some(seen), make::case(host, &intent))
}

fn address(text: &'static str) -> impl FnOnce(&mut Intent) {
    move |intent| intent.hosts[0].address = vec![make::ip(text)]
}

fn target(text: &'static str) -> impl FnOnce(&mut Intent) {
    move |intent| intent.hosts[0].target = Some(make::name(text))
}

fn judge(records: &[Record], meant: impl FnOnce(&mut Intent)) -> Judgement {
    judge_at(HOST, seen(both(records)), meant)
}

fn said(judgement: &Judgement) -> (Verdict, Severity) {
    (
        judgement.verdict,
        judgement.severity.unwrap_or(META.severity),
    )
}

const PASS: (Verdict, Severity) = (Verdict::Pass, Severity::Advice);
const FAIL: (Verdict, Severity) = (Verdict::Fail, Severity::Advice);
const WARN: (Verdict, Severity) = (Verdict::Warn, Severity::Advice);

#[test]
fn a_record_is_judged_by_what_is_ahead_of_it() {
    for (at, ttl, want) in [
        (NEW, 3_600, PASS),
        (NEW, 86_400, PASS),
        (NEW, 3_599, WARN),
        (NEW, 300, WARN),
        (OLD, 300, PASS),
        (OLD, 60, PASS),
        (OLD, 301, FAIL),
        (OLD, 86_400, FAIL),
    ] {
        let judgement = judge(&[make::address(HOST, ttl, at)], address(NEW));
        assert_eq!(said(&judgement), want, "{at} {ttl}: {}", judgement.summary);
    }
    // Where nothing is meant, a change may be ahead: a short time is only told.
    for (ttl, want) in [(3_600, PASS), (60, (Verdict::Warn, Severity::Info))] {
        assert_eq!(said(&judge(&[make::address(HOST, ttl, OLD)], |_| {})), want);
    }
}

#[test]
fn the_longest_time_counts_before_a_change_and_the_shortest_after() {
    let differ = |at: &str| {
        vec![
            server("ns1", vec![make::address(HOST, 3_600, at)]),
            server("ns2", vec![make::address(HOST, 60, at)]),
        ]
    };
    let before = judge_at(HOST, seen(differ(OLD)), address(NEW));
    assert_eq!(said(&before), FAIL);
    let after = judge_at(HOST, seen(differ(NEW)), address(NEW));
    assert_eq!(said(&after), WARN);
    assert!(
        after.summary.contains("60 s and 3600 s"),
        "{}",
        after.summary
    );
    // One server is there already, the other is not: the change is under way.
    let half = vec![
        server("ns1", vec![make::address(HOST, 300, NEW)]),
        server("ns2", vec![make::address(HOST, 3_600, OLD)]),
    ];
    assert_eq!(said(&judge_at(HOST, seen(half), address(NEW))), FAIL);
}

#[test]
fn a_resolvers_time_is_what_is_left_and_does_not_count() {
    let mut world = seen(both(&[make::address(HOST, 3_600, NEW)]));
    world.a = make::reply(HOST, RecordType::A, vec![make::address(HOST, 7, NEW)]);
    assert_eq!(said(&judge_at(HOST, world, address(NEW))), PASS);
    // A server that repeats what it heard counts down as well.
    let mut world = seen(both(&[make::address(HOST, 3_600, NEW)]));
    if let Ok(message) = world.authorities[1].a.outcome.as_mut() {
        message.aa = false;
        message.answers[0].ttl = 7;
    }
    let judgement = judge_at(HOST, world, address(NEW));
    assert_eq!(judgement.verdict, Verdict::Unknown);
    assert!(
        judgement.summary.contains("without authority"),
        "{}",
        judgement.summary
    );
}

#[test]
fn the_record_that_changes_is_judged_and_not_the_one_beside_it() {
    let www = |alias_ttl, address_ttl| Seen {
        target: Some(make::nxdomain(
            "new.host.example",
            RecordType::A,
            "host.example",
        )),
        ..seen(both(&[
            alias(WWW, alias_ttl, "web.acme.example"),
            make::address("web.acme.example", address_ttl, OLD),
        ]))
    };
    // New addresses: the record that has the old ones changes.
    assert_eq!(said(&judge_at(WWW, www(86_400, 300), address(NEW))), PASS);
    assert_eq!(said(&judge_at(WWW, www(300, 86_400), address(NEW))), FAIL);
    // A new target: the alias changes.
    assert_eq!(
        said(&judge_at(WWW, www(300, 86_400), target("new.host.example"))),
        PASS
    );
    assert_eq!(
        said(&judge_at(WWW, www(86_400, 300), target("new.host.example"))),
        FAIL
    );
    // An alias out of the zone is all that can change here; the time behind it is somebody else's.
    let out = |ttl| {
        let mut world = seen(both(&[alias(WWW, ttl, "x.old.example")]));
        let behind = make::address("x.old.example", 20, OLD);
        world.a = make::reply(
            WWW,
            RecordType::A,
            vec![alias(WWW, 9, "x.old.example"), behind],
        );
        world
    };
    assert_eq!(said(&judge_at(WWW, out(3_600), address(NEW))), FAIL);
    assert_eq!(said(&judge_at(WWW, out(3_600), address(OLD))), PASS);
    assert_eq!(said(&judge_at(WWW, out(60), address(OLD))), WARN);
}

#[test]
fn an_alias_to_nowhere_is_about_to_change_whatever_edge_is_named() {
    let mut world = seen(both(&[alias(WWW, 3_600, "gone.old.example")]));
    world.a = make::nxdomain(WWW, RecordType::A, "old.example");
    let judgement = judge_at(WWW, world, |intent| {
        intent.edge = Some("cloudflare".into());
        intent.hosts[0].address = vec![make::ip(NEW)];
    });
    assert_eq!(said(&judgement), FAIL, "{}", judgement.summary);
}

#[test]
fn what_is_a_host_of_its_own_is_told_there() {
    let www = |alias_ttl| {
        seen(both(&[
            alias(WWW, alias_ttl, APEX),
            make::address(APEX, 60, NEW),
        ]))
    };
    let with_apex = |intent: &mut Intent| {
        intent.hosts[0].target = Some(make::name(APEX));
        intent
            .hosts
            .extend(make::intent(&[(APEX, Role::Apex)]).hosts);
    };
    assert_eq!(said(&judge_at(WWW, www(3_600), with_apex)), PASS);
    assert_eq!(said(&judge_at(WWW, www(3_600), target(APEX))), WARN);
    assert_eq!(said(&judge_at(WWW, www(60), with_apex)), WARN);
}

#[test]
fn what_the_operator_cannot_set_is_not_demanded() {
    let edge = "104.16.1.1";
    let proxied = || both(&[make::address(HOST, 300, edge)]);
    let on_cloudflare = |intent: &mut Intent| {
        intent.dns_host = Some("cloudflare".into());
        intent.hosts[0].address = vec![make::ip(edge)];
    };
    let judgement = judge_at(HOST, seen(proxied()), on_cloudflare);
    assert_eq!(said(&judgement), PASS);
    assert!(
        judgement.summary.contains("set by Cloudflare"),
        "{}",
        judgement.summary
    );
    // By the names of the servers as well; at another DNS host the record is the operator's.
    let mut by_name = proxied();
    by_name[0].name = "ada.ns.cloudflare.com".into();
    by_name[1].name = "bob.ns.cloudflare.com".into();
    assert_eq!(said(&judge_at(HOST, seen(by_name), address(edge))), PASS);
    assert_eq!(said(&judge_at(HOST, seen(proxied()), address(edge))), WARN);
    // Flattened: the intent's alias answers as addresses.
    let mut flat = seen(both(&[make::address(HOST, 20, NEW)]));
    flat.target = Some(make::reply(
        "x.host.example",
        RecordType::A,
        vec![make::address("x.host.example", 20, NEW)],
    ));
    let judgement = judge_at(HOST, flat, target("x.host.example"));
    assert_eq!(said(&judgement), PASS);
    assert!(
        judgement.summary.contains("flattens"),
        "{}",
        judgement.summary
    );
}

#[test]
fn who_could_not_be_asked_is_unknown_unless_a_record_is_wrong_already() {
    let dark = |name: &str| Asked {
        a: make::timeout(HOST, RecordType::A),
        ..server(name, Vec::new())
    };
    let one = |ttl| {
        vec![
            server("ns1", vec![make::address(HOST, ttl, NEW)]),
            dark("ns2"),
        ]
    };
    for (authorities, want) in [
        (vec![dark("ns1"), dark("ns2")], Verdict::Unknown),
        (one(3_600), Verdict::Unknown),
        (one(60), Verdict::Warn),
    ] {
        let judgement = judge_at(HOST, seen(authorities), address(NEW));
        assert_eq!(judgement.verdict, want, "{}", judgement.summary);
    }
    let mut untold = seen(both(&[make::address(HOST, 3_600, NEW)]));
    untold.target = Some(make::timeout("x.host.example", RecordType::A));
    let judgement = judge_at(HOST, untold, target("x.host.example"));
    assert_eq!(judgement.verdict, Verdict::Unknown);
}

#[test]
fn a_resolver_that_asked_before_the_time_was_lowered_is_shown_until_it_forgets() {
    let rows = |left| -> Vec<jiff::Timestamp> {
        let mut world = seen(both(&[make::address(HOST, 300, OLD)]));
        let copy = make::address(HOST, left, OLD);
        world.a = make::reply(HOST, RecordType::A, vec![copy]);
        let judgement = judge_at(HOST, world, address(NEW));
        assert_eq!(said(&judgement), PASS);
        match &judgement.exhibits[0].shape {
            Shape::Table { rows, .. } => rows.iter().filter_map(|row| row.until).collect(),
            other => panic!("{other:?}"),
        }
    };
    let later = make::now() + jiff::SignedDuration::from_secs(3_000);
    assert_eq!(rows(3_000), [later]);
    assert_eq!(rows(299), []);
}

#[test]
fn a_host_without_a_record_has_nothing_to_set() {
    let mut world = seen(both(&[make::address(HOST, 60, NEW)]));
    for asked in &mut world.authorities {
        asked.a = make::nxdomain(HOST, RecordType::A, APEX);
    }
    let judgement = judge_at(HOST, world, address(NEW));
    assert_eq!(judgement.verdict, Verdict::NotApplicable);
    assert!(
        judgement.summary.contains("for 300 s"),
        "{}",
        judgement.summary
    );
}

#[test]
fn the_remedy_changes_the_time_and_nothing_else() {
    let judgement = judge(&[make::address(HOST, 86_400, OLD)], address(NEW));
    let remedy = judgement.remedy.unwrap();
    let change = &remedy.records[0];
    assert_eq!(
        (
            change.action,
            change.ttl,
            change.value.as_str(),
            &change.old
        ),
        (RecordAction::Replace, 300, OLD, &None)
    );
    assert!(remedy.steps[1].contains("leave content `203.0.113.99` as it is; make it TTL 300 s"));
    assert!(remedy.steps.iter().any(|s| s.contains("Wait 86400 s")));
    assert!(remedy.undo.contains("86400 s"), "{}", remedy.undo);
}

#[test]
fn the_table_shows_the_parents_time_as_nobodys() {
    let mut world = seen(both(&[make::address(APEX, 3_600, NEW)]));
    world.parent_ttl = Some(172_800);
    let judgement = judge_at(APEX, world, address(NEW));
    assert_eq!(said(&judgement), PASS);
    let Shape::Table { rows, .. } = &judgement.exhibits[0].shape else {
        panic!("{:?}", judgement.exhibits);
    };
    assert_eq!(
        rows[0].cells,
        ["A acme.example", "3600 s", "at least 3600 s"]
    );
    assert_eq!(
        (rows[1].verdict, rows[1].cells[1].as_str()),
        (None, "172800 s")
    );
}
