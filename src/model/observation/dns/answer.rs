//! One question, one server, and what came of it.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Rcode, Record, RecordData, RecordType};
use crate::model::name::HostName;
use crate::model::observation::Failure;

/// How a question travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    Udp,
    Tcp,
}

/// One question put to one server, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DnsAnswer {
    pub name: HostName,
    pub rtype: RecordType,
    /// Who was asked, as a person knows it: `198.51.100.7` or `198.51.100.7:5353`.
    pub server: String,
    /// Whether the server was asked to recurse.
    pub recursive: bool,
    /// The transport of the answer that counts; TCP after a truncated UDP answer.
    pub transport: Transport,
    pub at: Timestamp,
    pub took_ms: u64,
    pub outcome: Result<DnsMessage, Failure>,
}

impl DnsAnswer {
    /// The message, when there is one.
    pub fn message(&self) -> Option<&DnsMessage> {
        self.outcome.as_ref().ok()
    }

    /// Records of the asked type at the end of the CNAME chain that starts at the asked name. Empty when the answer is
    /// negative or there is none: look at [`Self::shape`] before saying "absent".
    pub fn records(&self) -> Vec<&Record> {
        let Some(message) = self.message() else {
            return Vec::new();
        };
        let owner = message
            .chain(&self.name)
            .last()
            .cloned()
            .unwrap_or_else(|| self.name.clone());
        message
            .answers
            .iter()
            .filter(|r| r.name == owner.as_str() && r.data.is(self.rtype))
            .collect()
    }

    /// What kind of answer this is.
    pub fn shape(&self) -> AnswerShape {
        match &self.outcome {
            Err(_) => AnswerShape::None,
            Ok(m) if m.tc => AnswerShape::Truncated,
            Ok(m) if m.rcode == Rcode::NoError && !self.records().is_empty() => {
                AnswerShape::Records
            }
            Ok(m) if m.rcode == Rcode::NoError && m.is_referral(&self.name) => {
                AnswerShape::Referral
            }
            Ok(m) if self.is_hearsay(m) => AnswerShape::Error,
            Ok(m) if m.rcode == Rcode::NoError => AnswerShape::NoData,
            Ok(m) if m.rcode == Rcode::NxDomain => AnswerShape::NoName,
            Ok(_) => AnswerShape::Error,
        }
    }

    /// Whether a server that was asked for what it holds itself answered without authority: that denies nothing.
    const fn is_hearsay(&self, message: &DnsMessage) -> bool {
        !self.recursive && !message.aa
    }

    /// Whether the answer proves that no such record exists.
    pub fn is_absent(&self) -> bool {
        matches!(self.shape(), AnswerShape::NoData | AnswerShape::NoName)
    }

    /// Whether nothing can be concluded: no answer, an error, a truncated answer, a referral.
    pub fn is_unusable(&self) -> bool {
        matches!(
            self.shape(),
            AnswerShape::None | AnswerShape::Error | AnswerShape::Truncated | AnswerShape::Referral
        )
    }

    /// TXT records at the name, each with its strings joined without a separator (RFC 7208 §3.3).
    pub fn texts(&self) -> Vec<String> {
        self.records()
            .iter()
            .filter_map(|r| r.data.text())
            .collect()
    }

    /// Addresses in the answer.
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.records()
            .iter()
            .filter_map(|r| r.data.address())
            .collect()
    }

    /// Seconds for which a resolver may keep a negative answer: the smaller of the SOA's TTL and its MINIMUM (RFC 2308 §5).
    pub fn negative_ttl(&self) -> Option<u32> {
        let message = self.message()?;
        message
            .authority
            .iter()
            .find_map(|record| match &record.data {
                RecordData::Soa(soa) => Some(record.ttl.min(soa.minimum)),
                _ => None,
            })
    }

    /// The outcome in one line: `NXDOMAIN`, `2 records`, `no answer in 3 s`.
    pub fn outcome_line(&self) -> String {
        match (&self.outcome, self.shape()) {
            (Err(failure), _) => failure.text.clone(),
            (Ok(_), AnswerShape::NoName) => "NXDOMAIN (no such name)".to_owned(),
            (Ok(_), AnswerShape::NoData) => {
                format!("NODATA (the name exists, no {} record)", self.rtype)
            }
            (Ok(_), AnswerShape::Referral) => "a referral to other servers".to_owned(),
            (Ok(_), AnswerShape::Truncated) => "truncated, and nothing over TCP".to_owned(),
            (Ok(m), AnswerShape::Error | AnswerShape::None) => match m.rcode {
                Rcode::NoError | Rcode::NxDomain => {
                    format!("{} without authority", m.rcode.mnemonic())
                }
                _ => m.rcode.mnemonic(),
            },
            (Ok(_), AnswerShape::Records) => self
                .records()
                .iter()
                .map(|r| r.data.to_string())
                .collect::<Vec<_>>()
                .join(" | "),
        }
    }
}

/// The kinds of answer that a rule must tell apart (`research` trap 24: SERVFAIL and REFUSED are not absence).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerShape {
    /// Nothing came back.
    None,
    /// Records of the asked type.
    Records,
    /// NOERROR without such a record: the name exists.
    NoData,
    /// NXDOMAIN.
    NoName,
    /// A pointer to other servers.
    Referral,
    /// TC is still set: the answer is not whole.
    Truncated,
    /// SERVFAIL, REFUSED and the like, and denials without authority.
    Error,
}

/// A DNS message, header bits and sections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsMessage {
    pub rcode: Rcode,
    /// Authoritative answer.
    pub aa: bool,
    /// Truncated.
    pub tc: bool,
    /// Recursion available.
    pub ra: bool,
    /// Authenticated data.
    pub ad: bool,
    pub answers: Vec<Record>,
    pub authority: Vec<Record>,
    pub additional: Vec<Record>,
}

impl DnsMessage {
    /// The names of the CNAME chain from `start`, `start` first. Ends at the first name without a CNAME or at a loop.
    pub fn chain(&self, start: &HostName) -> Vec<HostName> {
        let mut names = vec![start.clone()];
        while let Some(next) = names.last().and_then(|owner| self.cname_of(owner)) {
            if names.contains(&next) {
                break;
            }
            names.push(next);
        }
        names
    }

    fn cname_of(&self, owner: &HostName) -> Option<HostName> {
        self.answers
            .iter()
            .filter(|r| r.name == owner.as_str())
            .find_map(|r| match &r.data {
                RecordData::Cname(target) => HostName::parse(target).ok(),
                _ => None,
            })
    }

    /// NS records in the authority section, no answer, not authoritative: a delegation of `name` or of something above it.
    pub fn is_referral(&self, name: &HostName) -> bool {
        !self.aa
            && self.answers.is_empty()
            && self.authority.iter().any(|r| {
                // The root is no host name, and servers do refer to it.
                matches!(r.data, RecordData::Ns(_))
                    && (r.name.is_empty()
                        || HostName::parse(&r.name).is_ok_and(|owner| name.is_within(&owner)))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(rcode: Rcode, recursive: bool, aa: bool, authority: Vec<Record>) -> DnsAnswer {
        DnsAnswer {
            name: HostName::parse("portal.acme.example").unwrap(),
            rtype: RecordType::A,
            server: "198.51.100.11".into(),
            recursive,
            transport: Transport::Udp,
            at: Timestamp::UNIX_EPOCH,
            took_ms: 1,
            outcome: Ok(DnsMessage {
                rcode,
                aa,
                tc: false,
                ra: recursive,
                ad: false,
                answers: Vec::new(),
                authority,
                additional: Vec::new(),
            }),
        }
    }

    fn ns(owner: &str) -> Vec<Record> {
        vec![Record {
            name: owner.into(),
            ttl: 60,
            data: RecordData::Ns("ns.host.example".into()),
        }]
    }

    #[test]
    fn only_an_authority_or_a_resolver_denies() {
        for (rcode, recursive, aa, want) in [
            (Rcode::NoError, false, true, AnswerShape::NoData),
            (Rcode::NxDomain, false, true, AnswerShape::NoName),
            (Rcode::NoError, true, false, AnswerShape::NoData),
            (Rcode::NxDomain, true, false, AnswerShape::NoName),
            (Rcode::NoError, false, false, AnswerShape::Error),
            (Rcode::NxDomain, false, false, AnswerShape::Error),
        ] {
            let answer = answer(rcode, recursive, aa, Vec::new());
            assert_eq!(answer.shape(), want, "{rcode:?} {recursive} {aa}");
            assert_ne!(answer.is_absent(), answer.is_unusable());
        }
        let hearsay = answer(Rcode::NxDomain, false, false, Vec::new());
        assert_eq!(hearsay.outcome_line(), "NXDOMAIN without authority");
    }

    #[test]
    fn the_root_is_referred_to_as_any_zone_above_is() {
        for (owner, want) in [
            ("", AnswerShape::Referral),
            ("example", AnswerShape::Referral),
            ("portal.acme.example", AnswerShape::Referral),
            ("other.example", AnswerShape::NoData),
        ] {
            let answer = answer(Rcode::NoError, true, false, ns(owner));
            assert_eq!(answer.shape(), want, "{owner}");
        }
    }
}
