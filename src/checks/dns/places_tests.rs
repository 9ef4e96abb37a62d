//! What other places tell, and what follows from it.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::checks::dns::propagation::{Propagation, Seen};
use crate::checks::rule::{Judgement, Rule};
use crate::model::exhibit::Shape;
use crate::model::observation::dns::Rcode;
use crate::model::observation::places::PlaceGap;

const HOST: &str = "portal.acme.example";
const NEW: &str = "203.0.113.20";
const OLD: &str = "203.0.113.99";

fn place(city: &str, answer: Result<DnsAnswer, PlaceGap>) -> Place {
    Place {
        city: city.to_owned(),
        country: "AU".to_owned(),
        network: "Southern Cable".to_owned(),
        resolver: "192.0.2.11".to_owned(),
        answer,
    }
}

fn answers(ttl: u32, address: &str) -> DnsAnswer {
    make::reply(HOST, RecordType::A, vec![make::address(HOST, ttl, address)])
}

fn says(city: &str, ttl: u32, address: &str) -> Place {
    place(city, Ok(answers(ttl, address)))
}

fn asked_of(name: &str, address: &str) -> Asked {
    Asked {
        title: name.to_owned(),
        name: name.to_owned(),
        a: answers(240, address),
        aaaa: make::nodata(HOST, RecordType::Aaaa, "acme.example"),
        filters: false,
    }
}

fn looked(outcome: Result<Vec<Place>, PlacesGap>) -> Places {
    Places {
        name: HostName::parse(HOST).unwrap(),
        at: make::now(),
        source: "https://api.globalping.io/v1/measurements/x".to_owned(),
        sent: format!(r#"{{"target":"{HOST}"}}"#),
        outcome,
    }
}

fn judge_at(
    authority: &str,
    resolver: &str,
    outcome: Result<Vec<Place>, PlacesGap>,
    seconds: i64,
) -> Judgement {
    let intent = make::intent(&[(HOST, Role::Portal)]);
    let seen = Seen {
        lost: String::new(),
        authorities: vec![asked_of("ns1", NEW), asked_of("ns2", authority)],
        resolvers: vec![asked_of("r1", resolver)],
        places: Some(looked(outcome)),
    };
    let mut case = make::case(HOST, &intent);
    case.now += jiff::SignedDuration::from_secs(seconds);
    Propagation.judge(&Some(seen), case)
}

fn judge(outcome: Result<Vec<Place>, PlacesGap>) -> Judgement {
    judge_at(NEW, NEW, outcome, 0)
}

/// Verdict, last cell and time of each row of an exhibit.
fn rows(judgement: &Judgement, index: usize) -> Vec<(Option<Verdict>, String, Option<i64>)> {
    let Shape::Table { columns, rows } = &judgement.exhibits[index].shape else {
        panic!("a table");
    };
    rows.iter()
        .map(|row| {
            assert_eq!(row.cells.len(), columns.len());
            let left = row.until.map(|until| (until - make::now()).get_seconds());
            (row.verdict, row.cells.last().unwrap().clone(), left)
        })
        .collect()
}

#[test]
fn places_that_have_it_are_counted_and_nothing_else_changes() {
    let judgement = judge(Ok(vec![says("Sydney", 60, NEW), says("Lagos", 30, NEW)]));
    assert_eq!(judgement.verdict, Verdict::Pass);
    assert!(
        judgement
            .summary
            .ends_with("seen from elsewhere, the 2 places that could tell have it too"),
        "{}",
        judgement.summary
    );
    assert_eq!(
        rows(&judgement, 1)[0],
        (Some(Verdict::Pass), NEW.to_owned(), Some(60))
    );
    assert!(!judgement.summary.contains('%'));
    let evidence = judgement.evidence.last().unwrap();
    assert!(evidence.text.starts_with("sent {"), "{}", evidence.text);
    assert!(
        evidence
            .text
            .contains("Sydney, AU (Southern Cable, resolver 192.0.2.11): 203.0.113.20, 60 s left")
    );
    assert!(
        evidence
            .repeat
            .ends_with("https://api.globalping.io/v1/measurements")
    );
}

#[test]
fn a_place_with_the_old_answer_extends_the_wait() {
    let judgement = judge(Ok(vec![says("Sydney", 900, OLD), says("Lagos", 30, NEW)]));
    assert_eq!(
        (judgement.verdict, judgement.severity),
        (Verdict::Warn, Some(crate::model::verdict::Severity::Info))
    );
    assert!(
        judgement
            .summary
            .contains("Sydney, AU says 203.0.113.99, which is older or meant for that place"),
        "{}",
        judgement.summary
    );
    let clear = rows(&judgement, 2);
    assert_eq!((clear[0].2, clear[1].2), (Some(900), Some(900)));
    // A resolver that lags less long does not shorten it.
    let both = judge_at(NEW, OLD, Ok(vec![says("Sydney", 900, OLD)]), 0);
    assert!(
        both.summary
            .contains("r1 says 203.0.113.99 from an earlier time; seen from elsewhere")
    );
    assert_eq!(rows(&both, 2)[0].2, Some(900));
}

#[test]
fn an_answer_that_has_run_out_since_is_no_lag() {
    let outcome = || Ok(vec![says("Sydney", 60, OLD), says("Lagos", 30, NEW)]);
    assert_eq!(judge_at(NEW, NEW, outcome(), 59).verdict, Verdict::Warn);
    let over = judge_at(NEW, NEW, outcome(), 60);
    assert_eq!(over.verdict, Verdict::Pass);
    let sydney = &rows(&over, 1)[0];
    assert_eq!(sydney.0, Some(Verdict::Unknown));
    assert!(sydney.1.contains("run out since"), "{}", sydney.1);
}

#[test]
fn who_tells_nothing_is_nothing() {
    let filter = |address| says("Lagos", 60, address);
    let silent = vec![
        place("Sydney", Err(PlaceGap::Failed("timed out".to_owned()))),
        place("Tokyo", Err(PlaceGap::Offline)),
        place("Mumbai", Err(PlaceGap::NotFinished)),
        place(
            "Ashburn",
            Ok(make::error(HOST, RecordType::A, Rcode::ServFail)),
        ),
        place(
            "Frankfurt",
            Ok(make::nxdomain(HOST, RecordType::A, "acme.example")),
        ),
        place(
            "Cape Town",
            Ok(make::nodata(HOST, RecordType::A, "acme.example")),
        ),
        filter("0.0.0.0"),
        filter("127.0.0.1"),
        filter("10.1.1.1"),
    ];
    let judgement = judge(Ok(silent.clone()));
    assert_eq!(judgement.verdict, Verdict::Pass);
    assert!(
        judgement
            .summary
            .contains("9 other places were asked and none could tell"),
        "{}",
        judgement.summary
    );
    for (verdict, said, until) in rows(&judgement, 1) {
        assert_eq!((verdict, until), (Some(Verdict::Unknown), None), "{said}");
    }
    // And it hides nobody who does tell.
    let mut all = silent;
    all.push(says("Sao Paulo", 60, OLD));
    assert_eq!(judge(Ok(all)).verdict, Verdict::Warn);
}

#[test]
fn a_look_that_failed_is_said_and_judges_nothing() {
    let again = make::now() + jiff::SignedDuration::from_secs(120);
    for gap in [
        PlacesGap::Spent(2),
        PlacesGap::Refused("no".to_owned()),
        PlacesGap::NoProbes("none".to_owned()),
        PlacesGap::Gone,
        PlacesGap::RateLimited {
            seconds: Some(120),
            again: Some(again),
        },
        PlacesGap::NotFinished(20),
        PlacesGap::NotMeasurement("it is not JSON".to_owned()),
        PlacesGap::NotTrusted("the certificate does not verify".to_owned()),
        PlacesGap::Failed(Failure::new(FailureKind::Timeout, "no answer in 5 s")),
    ] {
        let judgement = judge(Err(gap.clone()));
        assert_eq!(judgement.verdict, Verdict::Pass, "{gap:?}");
        assert!(
            judgement.summary.contains(&gap.said()),
            "{gap:?}: {}",
            judgement.summary
        );
        let row = &rows(&judgement, 1)[0];
        assert_eq!(row.0, Some(Verdict::Unknown));
        let limited = matches!(gap, PlacesGap::RateLimited { .. });
        assert_eq!(row.2, limited.then_some(120), "{gap:?}");
    }
}

#[test]
fn authorities_decide_whatever_places_see() {
    let everywhere = || Ok(vec![says("Sydney", 60, NEW), says("Lagos", 60, NEW)]);
    assert_eq!(judge_at(OLD, NEW, everywhere(), 0).verdict, Verdict::Fail);
}

#[test]
fn only_ipv4_is_held_against_places() {
    let address = |text: &str| text.parse::<std::net::IpAddr>().unwrap();
    let of = |texts: &[&str]| Truth::Addresses {
        set: texts.iter().map(|text| address(text)).collect(),
        varies: false,
    };
    let told = |truth: &Truth| Told::by(&says("Sydney", 60, NEW), Some(truth), make::now());
    assert!(matches!(told(&of(&[NEW, "2001:db8::20"])), Told::Right(_)));
    assert!(matches!(told(&of(&["2001:db8::20"])), Told::Unjudged(_)));
    assert!(matches!(told(&of(&[OLD])), Told::Other(_)));
}

#[test]
fn few_hosts_are_named_to_others_and_never_a_hidden_one() {
    let intent = make::intent(&[
        ("acme.example", Role::Apex),
        ("mx.acme.example", Role::Mail),
        ("new.acme.example", Role::Staging),
        ("www.acme.example", Role::Www),
        (HOST, Role::Portal),
        ("x.acme.example", Role::Other),
    ]);
    let named: Vec<&str> = intent
        .hosts
        .iter()
        .map(|host| host.name.as_str())
        .filter(|host| is_looked_at(host, &intent))
        .collect();
    assert_eq!(named, ["www.acme.example", HOST]);
    let bare = make::intent(&[]);
    assert!(is_looked_at(bare.domain.as_str(), &bare));
}
