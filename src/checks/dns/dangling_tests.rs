//! Worlds for `dns.dangling`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::intent::Role;
use crate::model::observation::dns::{Rcode, Record};
use crate::model::observation::{Failure, FailureKind};

const HOST: &str = "old.acme.example";

fn told(answer: DnsAnswer) -> Told {
    Told {
        truth: answer.clone(),
        resolver: answer,
        honest: true,
    }
}

/// The alias to `target` with `end` behind it; NXDOMAIN if `end` is `None`.
fn alias(target: &str, end: Option<Vec<Record>>) -> DnsAnswer {
    let zone = "host.example";
    let mut answer = match end {
        None => make::nxdomain(HOST, RecordType::A, zone),
        Some(_) => make::nodata(HOST, RecordType::A, zone),
    };
    if let Ok(message) = answer.outcome.as_mut() {
        message.answers.push(make::cname(HOST, target));
        message.answers.extend(end.into_iter().flatten());
    }
    answer
}

fn lives(target: &str) -> DnsAnswer {
    alias(
        target,
        Some(vec![make::address(target, 60, "203.0.113.40")]),
    )
}

fn seen(a: DnsAnswer) -> Seen {
    Seen {
        a: told(a),
        aaaa: told(make::nodata(HOST, RecordType::Aaaa, "acme.example")),
        nobody: Some(make::nxdomain(
            "lr-x.acme.example",
            RecordType::A,
            "acme.example",
        )),
        above: None,
        page: None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the field wants it")]
fn page(sentence: Option<&str>, obscured: Option<&str>) -> Option<Shown> {
    Some(Shown {
        exchange: HttpExchange {
            method: "GET".into(),
            url: "http://old.acme.example/".parse().unwrap(),
            address: None,
            at: make::now(),
            took_ms: 1,
            outcome: Err(Failure::new(FailureKind::Timeout, "no answer in 5 s")),
        },
        obscured: obscured.map(str::to_owned),
        sentence: sentence.map(str::to_owned),
    })
}

fn judge(seen: Seen) -> Judgement {
    let intent = make::intent(&[(HOST, Role::Other)]);
    Dangling.judge(&Some(seen), make::case(HOST, &intent))
}

#[test]
fn a_free_name_at_a_service_blocks_and_another_missing_name_is_to_be_fixed() {
    let free = judge(seen(alias("gone.azurewebsites.net", None)));
    assert_eq!(free.verdict, Verdict::Fail);
    assert_eq!(free.severity, Some(Severity::Blocker));
    let gone = judge(seen(alias("gone.host.example", None)));
    assert_eq!((gone.verdict, gone.severity), (Verdict::Fail, None));
    // A name at GitHub that does not exist cannot be made by a stranger just because it is missing.
    let pages = judge(seen(alias("gone.github.io", None)));
    assert_eq!((pages.verdict, pages.severity), (Verdict::Fail, None));
}

#[test]
fn a_domain_that_is_gone_is_named() {
    let mut world = seen(alias("www.gone.example", None));
    world.above = Some(make::nxdomain("gone.example", RecordType::Soa, "example"));
    let judgement = judge(world);
    assert!(
        judgement.summary.contains("nor does gone.example"),
        "{}",
        judgement.summary
    );
}

#[test]
fn a_name_without_address_is_no_takeover() {
    let judgement = judge(seen(alias("gone.azurewebsites.net", Some(vec![]))));
    assert_eq!(
        (judgement.verdict, judgement.severity),
        (Verdict::Warn, None)
    );
    let mut dark = seen(alias("gone.azurewebsites.net", Some(vec![])));
    dark.aaaa = told(make::timeout(HOST, RecordType::Aaaa));
    assert_eq!(judge(dark).verdict, Verdict::Unknown);
}

#[test]
fn alias_and_sentence_together_prove_it() {
    let said = "there isn't a github pages site here";
    let mut world = seen(lives("acme.github.io"));
    world.page = page(Some(said), None);
    let taken = judge(world.clone());
    assert_eq!(
        (taken.verdict, taken.severity),
        (Verdict::Fail, Some(Severity::Blocker))
    );
    world.page = page(None, None);
    assert_eq!(judge(world.clone()).verdict, Verdict::Pass);
    world.page = page(None, Some("no answer in 5 s"));
    assert_eq!(judge(world.clone()).verdict, Verdict::Unknown);
    world.a = told(lives("acme.myshopify.com"));
    world.page = page(Some("sorry, this shop is currently unavailable"), None);
    assert_eq!(judge(world).severity, Some(Severity::Fix));
    // The sentence without the alias is not even looked at.
    let own = make::reply(
        HOST,
        RecordType::A,
        vec![make::address(HOST, 60, "203.0.113.40")],
    );
    let mut alone = seen(own);
    alone.page = page(Some(said), None);
    assert_eq!(judge(alone).verdict, Verdict::Pass);
}

#[test]
fn the_wildcard_is_named_where_it_answers() {
    let mut world = seen(alias("gone.azurewebsites.net", None));
    let wild = "lr-x.acme.example";
    world.nobody = Some(make::reply(
        wild,
        RecordType::A,
        vec![make::cname(wild, "gone.azurewebsites.net")],
    ));
    let judgement = judge(world);
    assert!(
        judgement.summary.starts_with("*.acme.example"),
        "{}",
        judgement.summary
    );
    assert_eq!(judgement.remedy.unwrap().records[0].name, "*.acme.example");
}

#[test]
fn an_error_is_no_missing_name() {
    for answer in [
        make::error(HOST, RecordType::A, Rcode::ServFail),
        make::error(HOST, RecordType::A, Rcode::Refused),
        make::timeout(HOST, RecordType::A),
    ] {
        assert_eq!(judge(seen(answer)).verdict, Verdict::Unknown);
    }
}
