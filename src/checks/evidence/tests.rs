//! What evidence must never let through.

use super::*;
use crate::model::name::HostName;
use crate::model::observation::dns::{Rcode, RecordType, Transport};
use crate::model::observation::{Failure, FailureKind};

fn txt(value: &str) -> DnsAnswer {
    DnsAnswer {
        name: HostName::parse("acme.example").unwrap(),
        rtype: RecordType::Txt,
        server: "198.51.100.53:53".into(),
        recursive: true,
        transport: Transport::Tcp,
        at: Timestamp::UNIX_EPOCH,
        took_ms: 7,
        outcome: Ok(DnsMessage {
            rcode: Rcode::NoError,
            aa: false,
            tc: false,
            ra: true,
            ad: false,
            answers: vec![Record {
                name: "acme.example".into(),
                ttl: 300,
                data: RecordData::Txt(vec![value.into()]),
            }],
            authority: Vec::new(),
            additional: Vec::new(),
        }),
    }
}

#[test]
fn a_record_cannot_forge_a_second_line_or_an_escape_sequence() {
    let evidence = dns(&txt("a\nacme.example. 300 IN TXT \"forged\"\x1b[2J"));
    assert_eq!(evidence.text.lines().count(), 2);
    assert!(evidence.text.contains("\\x0aacme.example"));
    assert!(!evidence.text.contains('\x1b'));
}

#[test]
fn a_failure_is_told_as_it_was() {
    let mut answer = txt("x");
    answer.outcome = Err(Failure::new(FailureKind::Timeout, "no answer in 3 s"));
    assert_eq!(dns(&answer).text, "acme.example TXT: no answer in 3 s");
}

#[test]
fn cookies_are_masked_and_headers_kept() {
    let exchange = HttpExchange {
        method: "GET".into(),
        url: "https://portal.acme.example/reset?token=abc&x=1"
            .parse()
            .unwrap(),
        address: "203.0.113.20".parse().ok(),
        at: Timestamp::UNIX_EPOCH,
        took_ms: 1,
        outcome: Ok(HttpResponse {
            status: 200,
            version: "HTTP/2".into(),
            headers: vec![
                ("set-cookie".into(), "sid=s3cret; Path=/; Secure".into()),
                ("server".into(), "nginx".into()),
            ],
            body: String::new(),
            body_bytes: 0,
            truncated: false,
            ttfb_ms: 1,
            certificate_ok: Some(true),
        }),
    };
    let evidence = http_with(
        &exchange,
        &[("authorization".into(), "Bearer s3cret".into())],
    );
    let all = format!("{evidence:?}");
    assert!(!all.contains("s3cret") && !all.contains("abc"), "{all}");
    assert!(
        evidence.text.contains("set-cookie: sid=…; Path=/; Secure"),
        "{}",
        evidence.text
    );
    assert!(evidence.text.contains("server: nginx"));
}
