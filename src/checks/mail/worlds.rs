//! Answers for unit tests, as short as a test wants to say them.

#![allow(
    clippy::missing_panics_doc,
    reason = "a test's names are known to be names"
)]

use jiff::Timestamp;

use crate::checks::rule::Case;
use crate::model::intent::{Intent, Sender};
use crate::model::name::HostName;
use crate::model::observation::dns::{
    DnsAnswer, DnsMessage, Rcode, Record, RecordData, RecordType, Transport,
};
use crate::model::observation::{Failure, FailureKind};

pub fn name(text: &str) -> HostName {
    HostName::parse(text).unwrap()
}

pub fn intent() -> Intent {
    Intent::of(name("acme.example"))
}

/// The intent of a domain that sends through `mailer`.
pub fn sending_intent() -> Intent {
    let mut intent = intent();
    intent.sends_mail = Some(true);
    intent.senders.push(Sender {
        name: "mailer".into(),
        selectors: vec!["mailer".into()],
        include: Some(name("_spf.mailer.example")),
        bounce_domain: None,
    });
    intent
}

pub fn case<'a>(subject: &'a str, intent: &'a Intent) -> Case<'a> {
    Case {
        subject,
        intent,
        now: Timestamp::UNIX_EPOCH,
    }
}

pub fn answer(
    owner: &str,
    rtype: RecordType,
    outcome: Result<(Rcode, Vec<Record>), Failure>,
) -> DnsAnswer {
    DnsAnswer {
        name: name(owner),
        rtype,
        server: "198.51.100.53".into(),
        recursive: true,
        transport: Transport::Udp,
        at: Timestamp::UNIX_EPOCH,
        took_ms: 1,
        outcome: outcome.map(|(rcode, answers)| DnsMessage {
            rcode,
            aa: false,
            tc: false,
            ra: true,
            ad: false,
            answers,
            authority: Vec::new(),
            additional: Vec::new(),
        }),
    }
}

pub fn record(owner: &str, data: RecordData) -> Record {
    Record {
        name: owner.to_owned(),
        ttl: 300,
        data,
    }
}

pub fn txt(owner: &str, values: &[&str]) -> DnsAnswer {
    let records = values
        .iter()
        .map(|v| record(owner, RecordData::Txt(vec![(*v).to_owned()])));
    answer(
        owner,
        RecordType::Txt,
        Ok((Rcode::NoError, records.collect())),
    )
}

pub fn mx(owner: &str, servers: &[(u16, &str)]) -> DnsAnswer {
    let records = servers.iter().map(|(preference, exchange)| {
        record(
            owner,
            RecordData::Mx {
                preference: *preference,
                exchange: (*exchange).to_owned(),
            },
        )
    });
    answer(
        owner,
        RecordType::Mx,
        Ok((Rcode::NoError, records.collect())),
    )
}

pub fn address(owner: &str, address: &str) -> DnsAnswer {
    let data = RecordData::A(address.parse().unwrap());
    answer(
        owner,
        RecordType::A,
        Ok((Rcode::NoError, vec![record(owner, data)])),
    )
}

/// NOERROR without records.
pub fn nothing(owner: &str, rtype: RecordType) -> DnsAnswer {
    answer(owner, rtype, Ok((Rcode::NoError, Vec::new())))
}

/// NXDOMAIN.
pub fn no_name(owner: &str, rtype: RecordType) -> DnsAnswer {
    answer(owner, rtype, Ok((Rcode::NxDomain, Vec::new())))
}

/// No answer in time.
pub fn silent(owner: &str, rtype: RecordType) -> DnsAnswer {
    let failure = Failure::new(FailureKind::Timeout, "no answer in 3 s");
    answer(owner, rtype, Err(failure))
}

/// SERVFAIL.
pub fn broken(owner: &str, rtype: RecordType) -> DnsAnswer {
    answer(owner, rtype, Ok((Rcode::ServFail, Vec::new())))
}
