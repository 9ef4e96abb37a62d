//! Answers and cases to judge, and what must hold for all words that a person sees.

use jiff::Timestamp;
use launch_ready::checks::rule::{Case, Judgement};
use launch_ready::model::intent::Intent;
use launch_ready::model::name::HostName;
use launch_ready::model::observation::dns::{
    DnsAnswer, DnsMessage, Rcode, Record, RecordData, RecordType, Transport,
};
use launch_ready::model::text::is_harmless;

/// The domain that every input is published at.
pub const DOMAIN: &str = "acme.example";

pub fn name(text: &str) -> HostName {
    HostName::parse(text).unwrap()
}

pub fn intent() -> Intent {
    Intent::of(name(DOMAIN))
}

pub fn case(intent: &Intent) -> Case<'_> {
    Case {
        subject: DOMAIN,
        intent,
        now: Timestamp::UNIX_EPOCH,
    }
}

/// An answer with these records.
pub fn answer(owner: &str, rtype: RecordType, data: Vec<RecordData>) -> DnsAnswer {
    let answers = data.into_iter().map(|data| Record {
        name: owner.to_owned(),
        ttl: 300,
        data,
    });
    DnsAnswer {
        name: name(owner),
        rtype,
        server: "198.51.100.53".to_owned(),
        recursive: true,
        transport: Transport::Udp,
        at: Timestamp::UNIX_EPOCH,
        took_ms: 1,
        outcome: Ok(DnsMessage {
            rcode: Rcode::NoError,
            aa: false,
            tc: false,
            ra: true,
            ad: false,
            answers: answers.collect(),
            authority: Vec::new(),
            additional: Vec::new(),
        }),
    }
}

/// An answer with one text in one string.
pub fn txt(owner: &str, text: &str) -> DnsAnswer {
    answer(
        owner,
        RecordType::Txt,
        vec![RecordData::Txt(vec![text.to_owned()])],
    )
}

/// An answer with one mail server.
pub fn mx() -> DnsAnswer {
    let server = RecordData::Mx {
        preference: 10,
        exchange: format!("mx.{DOMAIN}"),
    };
    answer(DOMAIN, RecordType::Mx, vec![server])
}

/// Nothing that could steer a terminal.
pub fn assert_harmless(text: &str) {
    let odd = text.chars().find(|c| *c != '\n' && !is_harmless(*c));
    assert_eq!(odd, None, "unescaped in {text:?}");
}

/// The words of a judgement, and the records that it proposes.
pub fn assert_words_harmless(judgement: &Judgement) {
    assert!(!judgement.summary.is_empty() && !judgement.plain.is_empty());
    assert_harmless(&judgement.summary);
    assert_harmless(&judgement.plain);
    for change in judgement.remedy.iter().flat_map(|remedy| &remedy.records) {
        assert_harmless(&change.value);
    }
}
