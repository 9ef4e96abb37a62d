//! Worlds of TLSA records, and their verdicts.

use jiff::Timestamp;

use super::*;
use crate::checks::mail::worlds::{
    answer, case, intent, mx, name, no_name, nothing, record, silent,
};
use crate::checks::tls::samples::{leaf, session};
use crate::model::observation::Failure;
use crate::model::observation::dns::Rcode;
use crate::model::observation::smtp::{Digests, Prints, SmtpBanner};

const OWNER: &str = "_25._tcp.mx.acme.example";

fn tlsa(usage: u8, signed: bool, data: &str) -> DnsAnswer {
    let data = RecordData::Tlsa(Tlsa {
        usage,
        selector: 1,
        matching: 1,
        data: data.to_owned(),
    });
    let records = vec![record(OWNER, data)];
    let mut answer = answer(OWNER, RecordType::Tlsa, Ok((Rcode::NoError, records)));
    answer.outcome.as_mut().unwrap().ad = signed;
    answer
}

fn key() -> String {
    "ab".repeat(32)
}

fn greeting(starttls: StartTls) -> SmtpGreeting {
    SmtpGreeting {
        host: "mx.acme.example".into(),
        address: "203.0.113.25".parse().unwrap(),
        at: Timestamp::UNIX_EPOCH,
        took_ms: 1,
        connected: true,
        outcome: Ok(SmtpBanner {
            code: 220,
            text: String::new(),
            ehlo: None,
            extensions: Vec::new(),
            starttls,
        }),
    }
}

fn shown() -> SmtpGreeting {
    let digests = Digests {
        sha256: key(),
        sha512: String::new(),
    };
    greeting(StartTls::Agreed {
        session: Box::new(session(vec![leaf()], Ok(()))),
        prints: vec![Prints {
            whole: Digests::default(),
            key: digests,
        }],
    })
}

fn published(tlsa: DnsAnswer, greeting: SmtpGreeting) -> Published {
    Published {
        name: name("mx.acme.example"),
        tlsa,
        ds: None,
        greetings: vec![greeting],
    }
}

fn judged(published: Vec<Published>) -> Judgement {
    let seen = DaneSeen {
        mx: mx("acme.example", &[(10, "mx.acme.example")]),
        servers: vec![MailServer {
            name: name("mx.acme.example"),
            addresses: Ok(vec!["203.0.113.25".parse().unwrap()]),
        }],
        published,
    };
    Dane.judge(&seen, case("acme.example", &intent()))
}

#[test]
fn worlds_and_verdicts() {
    let with_ds = |ds: DnsAnswer| Published {
        ds: Some(ds),
        ..published(tlsa(3, false, &key()), shown())
    };
    let other = "00".repeat(32);
    let lost = SmtpGreeting {
        outcome: Err(Failure::new(FailureKind::Timeout, "no answer in 3 s")),
        ..shown()
    };
    for (world, want, words) in [
        (
            published(tlsa(3, true, &key()), shown()),
            Verdict::Pass,
            "shows the key",
        ),
        (
            published(tlsa(3, true, &other), shown()),
            Verdict::Fail,
            "matches nothing",
        ),
        (
            published(tlsa(1, true, &key()), shown()),
            Verdict::Warn,
            "of a kind",
        ),
        (
            published(tlsa(3, true, &key()), greeting(StartTls::NotOffered)),
            Verdict::Fail,
            "offers no STARTTLS",
        ),
        (
            published(tlsa(3, true, &key()), greeting(StartTls::NotAsked)),
            Verdict::Unknown,
            "not heard",
        ),
        (
            published(tlsa(3, true, &other), lost),
            Verdict::Unknown,
            "no answer",
        ),
        (
            with_ds(nothing("acme.example", RecordType::Ds)),
            Verdict::Warn,
            "not signed",
        ),
        (
            with_ds(silent("acme.example", RecordType::Ds)),
            Verdict::Unknown,
            "could not be told",
        ),
        (
            published(silent(OWNER, RecordType::Tlsa), shown()),
            Verdict::Unknown,
            "could not be looked up",
        ),
        (
            published(no_name(OWNER, RecordType::Tlsa), shown()),
            Verdict::NotApplicable,
            "no TLSA",
        ),
    ] {
        let judgement = judged(vec![world]);
        assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
    }
}

#[test]
fn a_server_without_a_record_beside_one_that_has_it_is_the_open_door() {
    let mut bare = published(no_name(OWNER, RecordType::Tlsa), shown());
    bare.name = name("mx2.acme.example");
    let judgement = judged(vec![published(tlsa(3, true, &key()), shown()), bare]);
    assert_eq!(judgement.verdict, Verdict::Warn);
    assert!(
        judgement.summary.starts_with("mx2.acme.example"),
        "{}",
        judgement.summary
    );
}
