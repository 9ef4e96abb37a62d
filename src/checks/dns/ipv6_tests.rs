//! Worlds for `dns.ipv6`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::intent::Role;
use crate::model::observation::Failure;
use crate::model::observation::dns::{DnsAnswer, Rcode};
use crate::model::verdict::Verdict;

const HOST: &str = "www.acme.example";
const PAGE: &str = "<html>Acme client portal: invoices, tickets and reports for customers</html>";

fn told(answer: DnsAnswer) -> Told {
    Told {
        truth: answer.clone(),
        resolver: answer,
        honest: true,
    }
}

fn aaaa(address: &str) -> Told {
    told(make::reply(
        HOST,
        RecordType::Aaaa,
        vec![make::address(HOST, 300, address)],
    ))
}

fn page(address: &str, status: u16, body: &str) -> HttpExchange {
    HttpExchange {
        method: "GET".into(),
        url: format!("https://{HOST}/").parse().unwrap(),
        address: Some(make::ip(address)),
        at: make::now(),
        took_ms: 1,
        outcome: Ok(HttpResponse {
            status,
            version: "HTTP/1.1".into(),
            headers: vec![("content-type".into(), "text/html".into())],
            body: body.into(),
            body_bytes: body.len(),
            truncated: false,
            ttfb_ms: 1,
            certificate_ok: Some(true),
        }),
    }
}

fn nothing(kind: FailureKind) -> HttpExchange {
    let mut exchange = page("2001:db8::10", 200, "");
    exchange.outcome = Err(Failure::new(kind, "nothing"));
    exchange
}

fn judge(aaaa: Told, v6: Vec<HttpExchange>, v6_works_here: bool) -> Judgement {
    let seen = Seen {
        aaaa,
        v4: Some(page("203.0.113.10", 200, PAGE)),
        v6,
        v6_works_here,
    };
    Ipv6.judge(
        &Some(seen),
        make::case(HOST, &make::intent(&[(HOST, Role::Www)])),
    )
}

#[test]
fn without_an_aaaa_there_is_nothing_to_differ() {
    let none = told(make::nodata(HOST, RecordType::Aaaa, "acme.example"));
    assert_eq!(judge(none, vec![], false).verdict, Verdict::Pass);
    assert_eq!(
        judge(aaaa("64:ff9b::cb00:710a"), vec![], false).verdict,
        Verdict::Pass
    );
    let broken = told(make::error(HOST, RecordType::Aaaa, Rcode::ServFail));
    assert_eq!(judge(broken, vec![], false).verdict, Verdict::Unknown);
}

#[test]
fn the_same_site_passes_another_fails() {
    let at = "2001:db8::10";
    assert_eq!(
        judge(aaaa(at), vec![page(at, 200, PAGE)], true).verdict,
        Verdict::Pass
    );
    let parked = "<html>This domain is parked, buy cheap hosting packages today</html>";
    let other = judge(aaaa(at), vec![page(at, 200, parked)], true);
    assert_eq!(
        (other.verdict, other.severity),
        (Verdict::Fail, Some(Severity::Fix))
    );
    assert_eq!(
        judge(aaaa(at), vec![page(at, 404, PAGE)], true).verdict,
        Verdict::Fail
    );
}

#[test]
fn nonces_make_no_other_site_and_shared_mark_up_no_same_one() {
    let at = "2001:db8::10";
    let shell = |title: &str, nonce: &str| {
        format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=width=device-width><title>{title}</title>\
             <meta name=csrf-token content={nonce}><script nonce={nonce} src=/assets/index.js></script><link rel=stylesheet href=/assets/index.css></head>\
             <body><noscript>enable scripts</noscript><div id=root></div></body></html>"
        )
    };
    let judged = |four: HttpExchange, six: HttpExchange| {
        let seen = Seen {
            aaaa: aaaa(at),
            v4: Some(four),
            v6: vec![six],
            v6_works_here: true,
        };
        let intent = make::intent(&[(HOST, Role::Www)]);
        Ipv6.judge(&Some(seen), make::case(HOST, &intent)).verdict
    };
    let v4 = |body: &str| page("203.0.113.10", 200, body);
    let v6 = |body: &str| page(at, 200, body);
    let ours = shell("Acme portal", "aXbcQ");
    assert_eq!(
        judged(v4(&ours), v6(&shell("Acme portal", "ZzYyXx"))),
        Verdict::Pass
    );
    assert_eq!(
        judged(v4(&ours), v6(&shell("Harbour Boats", "aXbcQ"))),
        Verdict::Fail
    );
    let leads = |address: &str, to: &str| {
        let mut exchange = page(address, 302, "");
        if let Ok(response) = exchange.outcome.as_mut() {
            response.headers.push(("location".into(), to.into()));
        }
        exchange
    };
    let four = || leads("203.0.113.10", "/sign-in?state=one");
    assert_eq!(
        judged(four(), leads(at, "/sign-in?state=two")),
        Verdict::Pass
    );
    assert_eq!(judged(four(), leads(at, "/welcome")), Verdict::Fail);
}

#[test]
fn dead_blocks_and_is_told_from_what_could_not_be_visited() {
    let at = "2001:db8::10";
    let refused = judge(aaaa(at), vec![nothing(FailureKind::Refused)], false);
    assert_eq!((refused.verdict, refused.severity), (Verdict::Fail, None));
    assert_eq!(refused.remedy.unwrap().records.len(), 1);
    assert_eq!(
        judge(aaaa(at), vec![nothing(FailureKind::Unreachable)], false).verdict,
        Verdict::Unknown
    );
    assert_eq!(
        judge(aaaa(at), vec![nothing(FailureKind::Timeout)], false).verdict,
        Verdict::Unknown
    );
    assert_eq!(
        judge(aaaa(at), vec![nothing(FailureKind::Timeout)], true).verdict,
        Verdict::Fail
    );
    assert_eq!(
        judge(aaaa("::ffff:203.0.113.1"), vec![], false).verdict,
        Verdict::Fail
    );
}
