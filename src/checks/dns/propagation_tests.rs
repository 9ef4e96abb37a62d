//! Worlds for `dns.propagation`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::exhibit::Shape;
use crate::model::intent::Role;
use crate::model::observation::dns::Rcode;
use crate::model::verdict::Verdict;

const HOST: &str = "portal.acme.example";

fn asked(name: &str, a: DnsAnswer) -> Asked {
    Asked {
        title: name.to_owned(),
        name: name.to_owned(),
        a,
        aaaa: make::nodata(HOST, RecordType::Aaaa, "acme.example"),
        filters: false,
    }
}

fn says(name: &str, address: &str) -> Asked {
    asked(
        name,
        make::reply(HOST, RecordType::A, vec![make::address(HOST, 240, address)]),
    )
}

fn leads(name: &str, target: &str) -> Asked {
    asked(
        name,
        make::reply(HOST, RecordType::A, vec![make::cname(HOST, target)]),
    )
}

fn judge_with(authorities: Vec<Asked>, resolvers: Vec<Asked>, intended: Option<&str>) -> Judgement {
    let mut intent = make::intent(&[(HOST, Role::Portal)]);
    intent.hosts[0].address = intended.into_iter().map(make::ip).collect();
    let seen = Seen {
        lost: String::new(),
        authorities,
        resolvers,
        places: None,
    };
    Propagation.judge(&Some(seen), make::case(HOST, &intent))
}

fn judge(authorities: Vec<Asked>, resolvers: Vec<Asked>) -> Judgement {
    judge_with(authorities, resolvers, None)
}

/// The times of an exhibit's rows.
fn until(judgement: &Judgement, exhibit: usize) -> Vec<Option<jiff::Timestamp>> {
    match &judgement.exhibits[exhibit].shape {
        Shape::Table { rows, .. } => rows.iter().map(|row| row.until).collect(),
        other => panic!("{other:?}"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the field wants it")]
fn after(seconds: i64) -> Option<jiff::Timestamp> {
    Some(make::now() + jiff::SignedDuration::from_secs(seconds))
}

const NEW: &str = "203.0.113.20";
const OLD: &str = "203.0.113.99";

fn both(address: &str) -> Vec<Asked> {
    vec![says("ns1", address), says("ns2", address)]
}

#[test]
fn the_same_answer_everywhere_passes() {
    assert_eq!(
        judge(both(NEW), vec![says("r1", NEW), says("r2", NEW)]).verdict,
        Verdict::Pass
    );
    let alias = || {
        vec![
            leads("ns1", "x.host.example"),
            leads("ns2", "x.host.example"),
        ]
    };
    assert_eq!(
        judge(alias(), vec![leads("r1", "x.host.example")]).verdict,
        Verdict::Pass
    );
}

#[test]
fn authorities_that_differ_or_miss_the_intent_fail() {
    let mixed = || vec![says("ns1", NEW), says("ns2", OLD)];
    assert_eq!(judge(mixed(), vec![says("r1", NEW)]).verdict, Verdict::Fail);
    let intended = judge_with(mixed(), vec![says("r1", NEW)], Some(NEW));
    assert_eq!(intended.verdict, Verdict::Fail);
    assert!(
        intended.summary.contains("ns2 says 203.0.113.99"),
        "{}",
        intended.summary
    );
    assert_eq!(
        judge_with(both(OLD), vec![says("r1", OLD)], Some(NEW)).verdict,
        Verdict::Fail
    );
    let gone = || asked("ns2", make::nxdomain(HOST, RecordType::A, "acme.example"));
    assert_eq!(
        judge(vec![says("ns1", NEW), gone()], vec![]).verdict,
        Verdict::Fail
    );
    assert_eq!(judge(vec![gone(), gone()], vec![]).verdict, Verdict::Fail);
    assert_eq!(
        judge(
            vec![says("ns1", NEW), leads("ns2", "x.host.example")],
            vec![]
        )
        .verdict,
        Verdict::Fail
    );
}

#[test]
fn a_lagging_resolver_is_a_warning_with_the_time_left() {
    let lag = judge(both(NEW), vec![says("r1", OLD), says("r2", NEW)]);
    assert_eq!(
        (lag.verdict, lag.severity),
        (Verdict::Warn, Some(Severity::Info))
    );
    assert_eq!(until(&lag, 0), [None, None, after(240), after(240)]);
    // The healthy record's own TTL is no longer here; either way nobody keeps the old answer for longer.
    assert_eq!(until(&lag, 1), [after(240), after(240)]);
    let text = format!("{}{:?}", lag.summary, lag.remedy);
    assert!(!text.contains("240") && !text.contains("4 min"), "{text}");
    // A name that was asked for too early is remembered as missing for as long as the SOA says.
    let early = judge(
        both(NEW),
        vec![asked(
            "r1",
            make::nxdomain(HOST, RecordType::A, "acme.example"),
        )],
    );
    assert_eq!(until(&early, 0), [None, None, after(300)]);
    assert_eq!(until(&early, 1), [after(300), after(300)]);
}

#[test]
fn who_could_not_be_asked_is_not_counted_as_agreeing() {
    let dark = |name| asked(name, make::timeout(HOST, RecordType::A));
    let refused = |name| asked(name, make::error(HOST, RecordType::A, Rcode::Refused));
    assert_eq!(
        judge(vec![says("ns1", NEW), dark("ns2")], vec![says("r1", NEW)]).verdict,
        Verdict::Unknown
    );
    assert_eq!(
        judge(vec![dark("ns1"), refused("ns2")], vec![says("r1", NEW)]).verdict,
        Verdict::Unknown
    );
    assert_eq!(
        judge(both(NEW), vec![dark("r1"), refused("r2")]).verdict,
        Verdict::Unknown
    );
    assert_eq!(
        judge(both(NEW), vec![says("r1", NEW), dark("r2")]).verdict,
        Verdict::Warn
    );
}

#[test]
fn public_resolvers_are_asked_only_when_they_are_allowed() {
    assert!(public_resolvers(&[]).is_empty());
    assert!(public_resolvers(&["blocklists".to_owned()]).is_empty());
    let one = public_resolvers(&["quad9".to_owned()]);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].0, "Quad9 (9.9.9.9)");
    let public = public_resolvers(&[PUBLIC_RESOLVERS.name.to_owned()]);
    assert_eq!(public.len(), resolver::all().len());
    assert_eq!(public[0].0, "Google Public DNS (8.8.8.8)");
}

#[test]
fn a_missing_name_at_a_resolver_that_filters_proves_nothing() {
    let gone = make::nxdomain(HOST, RecordType::A, "acme.example");
    let filtering = Asked {
        filters: true,
        ..asked("r2", gone)
    };
    let judgement = judge(both(NEW), vec![says("r1", NEW), filtering]);
    assert!(
        judgement.summary.contains("not told by r2"),
        "{}",
        judgement.summary
    );
}
