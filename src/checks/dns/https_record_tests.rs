//! Worlds for `dns.https-record`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::checks::tls::samples;
use crate::model::finding::RecordAction;
use crate::model::intent::Role;
use crate::model::observation::dns::Rcode;
use crate::model::observation::tls::{ChainProblem, TlsHandshake, TlsSession};
use crate::model::observation::{Failure, FailureKind};

const HOST: &str = "portal.acme.example";
const HERE: &str = "203.0.113.20";
const OLD: &str = "203.0.113.40";
const V6: &str = "2001:4860::20";

fn told(answer: DnsAnswer) -> Told {
    let mut truth = answer.clone();
    truth.recursive = false;
    Told {
        truth,
        resolver: answer,
        honest: true,
    }
}

fn addresses(name: &str, rtype: RecordType, list: &[&str]) -> Told {
    let records: Vec<_> = list.iter().map(|a| make::address(name, 300, a)).collect();
    told(match records.is_empty() {
        true => make::nodata(name, rtype, "acme.example"),
        false => make::reply(name, rtype, records),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "as the field wants it")]
fn agrees(alpn: Option<&str>) -> Result<TlsSession, Failure> {
    Ok(TlsSession {
        alpn: alpn.map(str::to_owned),
        ..samples::session(vec![samples::leaf()], Ok(()))
    })
}

fn shakes(outcome: Result<TlsSession, Failure>) -> Vec<TlsHandshake> {
    vec![samples::shake(HERE, outcome)]
}

fn at(name: &str, list: &[&str]) -> Endpoint {
    Endpoint {
        name: make::name(name),
        port: 443,
        a: addresses(name, RecordType::A, list),
        aaaa: addresses(name, RecordType::Aaaa, &[]),
        onward: None,
        handshakes: shakes(agrees(Some("h2"))),
    }
}

fn service() -> Https {
    Https {
        priority: 1,
        alpn: vec!["h2".into()],
        hints: vec![make::ip(HERE)],
        keys: vec![1, 4],
        ..Https::default()
    }
}

fn leads(target: &str) -> Https {
    Https {
        target: target.into(),
        ..service()
    }
}

fn alias(target: &str) -> Https {
    Https {
        target: target.into(),
        ..Https::default()
    }
}

fn seen(records: Vec<Https>, endpoints: Vec<Endpoint>) -> Seen {
    let records: Vec<_> = records
        .into_iter()
        .map(|https| make::record(HOST, 300, RecordData::Https(https)))
        .collect();
    let https = match records.is_empty() {
        true => make::nodata(HOST, RecordType::Https, "acme.example"),
        false => make::reply(HOST, RecordType::Https, records),
    };
    Seen {
        https: told(https),
        a: addresses(HOST, RecordType::A, &[HERE]),
        endpoints,
    }
}

fn judge(seen: Seen) -> Judgement {
    let intent = make::intent(&[(HOST, Role::Portal)]);
    HttpsRecord.judge(&Some(seen), make::case(HOST, &intent))
}

/// The judgement on one service record at the host, both changed.
fn judge_one(change: impl FnOnce(&mut Https, &mut Endpoint)) -> Judgement {
    let (mut record, mut endpoint) = (service(), at(HOST, &[HERE]));
    change(&mut record, &mut endpoint);
    judge(seen(vec![record], vec![endpoint]))
}

fn refused() -> Failure {
    Failure::new(FailureKind::Refused, "connection refused")
}

#[test]
fn none_passes_and_no_answer_is_not_none() {
    assert_eq!(judge(seen(Vec::new(), Vec::new())).verdict, Verdict::Pass);
    let missing = make::nxdomain(HOST, RecordType::Https, "acme.example");
    for (answer, want) in [
        (missing, Verdict::Pass),
        (make::timeout(HOST, RecordType::Https), Verdict::Unknown),
        (
            make::error(HOST, RecordType::Https, Rcode::ServFail),
            Verdict::Unknown,
        ),
        (
            make::error(HOST, RecordType::Https, Rcode::NotImp),
            Verdict::Unknown,
        ),
    ] {
        let mut world = seen(Vec::new(), Vec::new());
        world.https = told(answer);
        assert_eq!(judge(world).verdict, want);
    }
}

type Change = fn(&mut Https, &mut Endpoint);

#[test]
fn a_service_record_is_held_against_what_is_there() {
    use Verdict::{Fail, Pass, Unknown, Warn};
    let cases: [(Verdict, Change); 16] = [
        (Pass, |_, _| {}),
        (Pass, |r, _| r.hints.clear()),
        // Fewer hints than addresses; a stale one; one of a family that the host does not have, or that was not told.
        (Pass, |_, e| {
            e.a = addresses(HOST, RecordType::A, &[HERE, OLD]);
        }),
        (Fail, |r, _| r.hints.push(make::ip(OLD))),
        (Fail, |r, _| r.hints.push(make::ip(V6))),
        (Unknown, |r, e| {
            r.hints.push(make::ip(V6));
            e.aaaa = told(make::timeout(HOST, RecordType::Aaaa));
        }),
        // h2 is not agreed: http/1.1 stands beside it, by name or by no name at all, or is excluded.
        (Warn, |_, e| e.handshakes = shakes(agrees(Some("http/1.1")))),
        (Warn, |_, e| e.handshakes = shakes(agrees(None))),
        (Fail, |r, e| {
            r.no_default_alpn = true;
            e.handshakes = shakes(agrees(Some("http/1.1")));
        }),
        (Unknown, |_, e| e.handshakes = shakes(Err(refused()))),
        // h3 alone, or no promise beyond the default: a handshake is not needed.
        (Pass, |r, e| {
            r.alpn = vec!["h3".into()];
            r.no_default_alpn = true;
            e.handshakes.clear();
        }),
        (Pass, |r, e| {
            r.alpn.clear();
            e.handshakes.clear();
        }),
        // At odds with itself; ignored, however wrong the rest is.
        (Fail, |r, _| {
            r.alpn.clear();
            r.no_default_alpn = true;
        }),
        (Warn, |r, _| {
            r.mandatory = vec![65_280];
            r.keys.push(65_280);
            r.hints = vec![make::ip(OLD)];
        }),
        // The target has no address, or it was not told.
        (Fail, |_, e| e.a = addresses(HOST, RecordType::A, &[])),
        (Unknown, |_, e| {
            e.a = told(make::timeout(HOST, RecordType::A));
        }),
    ];
    for (number, (want, change)) in cases.into_iter().enumerate() {
        let judgement = judge_one(change);
        let summary = &judgement.summary;
        assert_eq!(judgement.verdict, want, "{number}: {summary}");
        assert_eq!(
            judgement.remedy.is_some(),
            matches!(want, Fail | Warn),
            "{summary}"
        );
    }
}

#[test]
fn what_quic_speaks_is_said_to_be_unseen() {
    let judgement = judge_one(|r, _| r.alpn.push("h3".into()));
    assert_eq!(judgement.verdict, Verdict::Pass);
    assert!(
        judgement.summary.contains("cannot be seen"),
        "{}",
        judgement.summary
    );
}

#[test]
fn a_port_of_its_own_is_knocked_at() {
    let at_port = |outcome| {
        judge_one(|r, e| {
            r.port = Some(8443);
            e.port = 8443;
            e.handshakes = shakes(outcome);
        })
        .verdict
    };
    assert_eq!(at_port(agrees(Some("h2"))), Verdict::Pass);
    assert_eq!(at_port(Err(refused())), Verdict::Fail);
    assert_eq!(at_port(Err(samples::timeout())), Verdict::Unknown);
    // Port 443 is not looked at for it.
    let other = judge_one(|r, _| r.port = Some(8443));
    assert_eq!(other.verdict, Verdict::Unknown);
}

#[test]
fn a_target_elsewhere_needs_the_hosts_certificate() {
    const SVC: &str = "svc.host.example";
    let problem = || Err(ChainProblem::WrongName("for svc.host.example".into()));
    let with = |verified: Result<(), ChainProblem>| {
        let mut endpoint = at(SVC, &[HERE]);
        endpoint.handshakes = shakes(Ok(TlsSession {
            alpn: Some("h2".into()),
            ..samples::session(vec![samples::leaf()], verified)
        }));
        judge(seen(vec![leads(SVC)], vec![endpoint])).verdict
    };
    assert_eq!(with(Ok(())), Verdict::Pass);
    assert_eq!(with(problem()), Verdict::Fail);
}

#[test]
fn one_endpoint_elsewhere_is_visited() {
    let records = ["b.example", "", "c.example"].map(leads);
    let world = seen(records.to_vec(), Vec::new());
    let wanted = wanted(&world.https.truth, &make::name(HOST));
    let visited = wanted.iter().filter(|w| w.2).map(|w| w.0.as_str());
    assert!(visited.eq([HOST, "b.example"]));
    assert_eq!(wanted.len(), 3);
}

#[test]
fn an_alias_leads_somewhere() {
    const TO: &str = "web.host.example";
    let onward = |answer| {
        let mut endpoint = at(TO, &[]);
        endpoint.onward = Some(told(answer));
        endpoint
    };
    let absent = make::nodata(TO, RecordType::Https, "host.example");
    let more = make::reply(
        TO,
        RecordType::Https,
        vec![make::record(TO, 300, RecordData::Https(service()))],
    );
    let silent = make::timeout(TO, RecordType::Https);
    for (records, endpoints, want) in [
        (vec![alias(TO)], vec![at(TO, &[HERE])], Verdict::Pass),
        (vec![alias(TO)], vec![onward(absent)], Verdict::Fail),
        (vec![alias(TO)], vec![onward(more)], Verdict::Unknown),
        (vec![alias(TO)], vec![onward(silent)], Verdict::Unknown),
        (vec![alias("")], vec![], Verdict::Fail),
        (vec![alias(HOST)], vec![at(HOST, &[HERE])], Verdict::Fail),
        // Ignored beside an alias, however wrong.
        (
            vec![
                alias(TO),
                Https {
                    hints: vec![make::ip(OLD)],
                    ..service()
                },
            ],
            vec![at(TO, &[HERE])],
            Verdict::Warn,
        ),
        (
            vec![alias(TO), alias("b.host.example")],
            vec![at(TO, &[HERE]), at("b.host.example", &[HERE])],
            Verdict::Warn,
        ),
    ] {
        let judgement = judge(seen(records, endpoints));
        assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        assert_eq!(
            judgement.remedy.is_some(),
            want != Verdict::Pass && want != Verdict::Unknown
        );
    }
}

#[test]
fn hints_within_one_edge_are_not_stale() {
    let (one, two) = ("104.16.1.1", "104.16.2.2");
    let judgement = judge_one(|r, e| {
        r.hints = vec![make::ip(two)];
        e.a = addresses(HOST, RecordType::A, &[one]);
    });
    assert_eq!(judgement.verdict, Verdict::Pass, "{}", judgement.summary);
    let left = judge_one(|r, e| {
        r.hints = vec![make::ip(two)];
        e.a = addresses(HOST, RecordType::A, &[one, HERE]);
    });
    assert_eq!(left.verdict, Verdict::Fail);
}

#[test]
fn hints_that_somebody_else_makes_are_not_called_stale() {
    const TO: &str = "x.host.example";
    let stale = || Https {
        hints: vec![make::ip(OLD)],
        ..service()
    };
    // Behind an alias that leads out of the zone the whole record is the platform's.
    let mut behind = seen(Vec::new(), vec![at(TO, &[HERE])]);
    let record = make::record(TO, 300, RecordData::Https(stale()));
    let records = vec![make::cname(HOST, TO), record];
    behind.https = told(make::reply(HOST, RecordType::Https, records));
    assert_eq!(judge(behind).verdict, Verdict::Pass);
    // An own record whose target is the platform's, or before which an edge of unknown addresses stands.
    let leading = Https {
        target: TO.into(),
        ..stale()
    };
    let judgement = judge(seen(vec![leading], vec![at(TO, &[HERE])]));
    assert_eq!(judgement.verdict, Verdict::Warn, "{}", judgement.summary);
    let mut intent = make::intent(&[(HOST, Role::Portal)]);
    intent.edge = Some("cloudfront".into());
    let world = seen(vec![stale()], vec![at(HOST, &[HERE])]);
    let judgement = HttpsRecord.judge(&Some(world), make::case(HOST, &intent));
    assert_eq!(judgement.verdict, Verdict::Warn, "{}", judgement.summary);
    assert!(judgement.summary.contains("Amazon CloudFront may give"));
}

#[test]
fn a_record_beside_an_alias_is_seen_by_chance() {
    let mut world = seen(vec![service()], vec![at(HOST, &[HERE])]);
    world.a = told(make::reply(
        HOST,
        RecordType::A,
        vec![
            make::cname(HOST, "acme.example"),
            make::address("acme.example", 300, HERE),
        ],
    ));
    let judgement = judge(world.clone());
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert!(
        judgement.summary.contains("CNAME to acme.example"),
        "{}",
        judgement.summary
    );
    // Found behind the alias it is in its place.
    let owner = "acme.example";
    let records = vec![
        make::cname(HOST, owner),
        make::record(owner, 300, RecordData::Https(service())),
    ];
    world.https = told(make::reply(HOST, RecordType::Https, records));
    world.endpoints = vec![at(owner, &[HERE])];
    let judgement = judge(world);
    assert_eq!(judgement.verdict, Verdict::Pass, "{}", judgement.summary);
}

#[test]
fn the_remedy_takes_out_what_is_not_true() {
    let change = |judgement: Judgement| judgement.remedy.unwrap().records[0].clone();
    let hint = change(judge_one(|r, _| r.hints = vec![make::ip(OLD)]));
    assert_eq!(
        (hint.action, hint.value.as_str(), hint.old.as_deref()),
        (
            RecordAction::Replace,
            "1 . alpn=h2",
            Some("1 . alpn=h2 ipv4hint=203.0.113.40")
        )
    );
    let h2 = change(judge_one(|r, e| {
        r.no_default_alpn = true;
        e.handshakes = shakes(agrees(Some("http/1.1")));
    }));
    assert_eq!(h2.value, "1 . ipv4hint=203.0.113.20");
    // What cannot be written down whole is not rewritten.
    let ech = change(judge_one(|r, _| {
        r.hints = vec![make::ip(OLD)];
        r.keys.push(5);
    }));
    assert_eq!(ech.action, RecordAction::Delete);
}
