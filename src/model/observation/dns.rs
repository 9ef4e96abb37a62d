//! What DNS servers said.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;
use crate::model::name::HostName;

/// Record types that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    A,
    Aaaa,
    Caa,
    Cname,
    Dnskey,
    Ds,
    Https,
    Mx,
    Ns,
    Ptr,
    Soa,
    Tlsa,
    Txt,
}

impl RecordType {
    /// The mnemonic of the IANA registry.
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Dnskey => "DNSKEY",
            Self::Ds => "DS",
            Self::Https => "HTTPS",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Ptr => "PTR",
            Self::Soa => "SOA",
            Self::Tlsa => "TLSA",
            Self::Txt => "TXT",
        }
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.mnemonic())
    }
}

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
            Ok(m) if m.rcode == Rcode::NoError => AnswerShape::NoData,
            Ok(m) if m.rcode == Rcode::NxDomain => AnswerShape::NoName,
            Ok(_) => AnswerShape::Error,
        }
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
            (Ok(m), AnswerShape::Error | AnswerShape::None) => m.rcode.mnemonic(),
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
    /// SERVFAIL, REFUSED and the like.
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
                matches!(r.data, RecordData::Ns(_))
                    && HostName::parse(&r.name).is_ok_and(|owner| name.is_within(&owner))
            })
    }
}

/// Response codes; the ones that rules name, and the rest by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rcode {
    NoError,
    FormErr,
    ServFail,
    NxDomain,
    NotImp,
    Refused,
    Other(u16),
}

impl Rcode {
    /// The mnemonic that `dig` prints.
    pub fn mnemonic(self) -> String {
        match self {
            Self::NoError => "NOERROR".to_owned(),
            Self::FormErr => "FORMERR".to_owned(),
            Self::ServFail => "SERVFAIL".to_owned(),
            Self::NxDomain => "NXDOMAIN".to_owned(),
            Self::NotImp => "NOTIMP".to_owned(),
            Self::Refused => "REFUSED".to_owned(),
            Self::Other(code) => format!("RCODE{code}"),
        }
    }
}

/// One resource record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Owner, lower case, no trailing dot; the root is the empty text.
    pub name: String,
    /// Seconds.
    pub ttl: u32,
    pub data: RecordData,
}

/// Record data. Names are lower case without the trailing dot; unknown types keep their presentation form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordData {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Caa(Caa),
    Cname(String),
    Dnskey {
        flags: u16,
        algorithm: u8,
        key_tag: u16,
        bits: Option<u32>,
    },
    Ds {
        key_tag: u16,
        algorithm: u8,
        digest_type: u8,
        digest: String,
    },
    Https {
        priority: u16,
        target: String,
        alpn: Vec<String>,
        hints: Vec<IpAddr>,
    },
    Mx {
        preference: u16,
        exchange: String,
    },
    Ns(String),
    Ptr(String),
    Rrsig {
        covers: String,
        algorithm: u8,
        key_tag: u16,
        inception: Timestamp,
        expiration: Timestamp,
        signer: String,
    },
    Soa(Soa),
    /// The character strings, each byte as one `char` U+0000..U+00FF when the record is not UTF-8.
    Txt(Vec<String>),
    Other {
        rtype: String,
        text: String,
    },
}

/// A CAA record (RFC 8659 §4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caa {
    pub critical: bool,
    /// Lower case.
    pub tag: String,
    pub value: String,
}

/// An SOA record (RFC 1035 §3.3.13); the timers are seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Soa {
    pub mname: String,
    pub rname: String,
    pub serial: u32,
    pub refresh: u32,
    pub retry: u32,
    pub expire: u32,
    pub minimum: u32,
}

impl RecordData {
    /// Whether the data is of type `rtype`.
    pub fn is(&self, rtype: RecordType) -> bool {
        match self {
            Self::Other { rtype: name, .. } => name == rtype.mnemonic(),
            _ => self.mnemonic() == rtype.mnemonic(),
        }
    }

    /// The type's mnemonic.
    pub fn mnemonic(&self) -> &str {
        match self {
            Self::A(_) => "A",
            Self::Aaaa(_) => "AAAA",
            Self::Caa(_) => "CAA",
            Self::Cname(_) => "CNAME",
            Self::Dnskey { .. } => "DNSKEY",
            Self::Ds { .. } => "DS",
            Self::Https { .. } => "HTTPS",
            Self::Mx { .. } => "MX",
            Self::Ns(_) => "NS",
            Self::Ptr(_) => "PTR",
            Self::Rrsig { .. } => "RRSIG",
            Self::Soa(_) => "SOA",
            Self::Txt(_) => "TXT",
            Self::Other { rtype, .. } => rtype,
        }
    }

    /// The address of an A or AAAA record.
    pub const fn address(&self) -> Option<IpAddr> {
        match self {
            Self::A(ip) => Some(IpAddr::V4(*ip)),
            Self::Aaaa(ip) => Some(IpAddr::V6(*ip)),
            _ => None,
        }
    }

    /// A TXT record's strings joined without a separator.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Txt(strings) => Some(strings.concat()),
            _ => None,
        }
    }
}

impl fmt::Display for RecordData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(ip) => write!(f, "{ip}"),
            Self::Aaaa(ip) => write!(f, "{ip}"),
            Self::Caa(caa) => write!(
                f,
                "{} {} \"{}\"",
                u8::from(caa.critical) << 7,
                caa.tag,
                caa.value
            ),
            Self::Cname(name) | Self::Ns(name) | Self::Ptr(name) => write!(f, "{name}"),
            Self::Dnskey {
                flags,
                algorithm,
                key_tag,
                ..
            } => {
                write!(f, "flags {flags} algorithm {algorithm} key tag {key_tag}")
            }
            Self::Ds {
                key_tag,
                algorithm,
                digest_type,
                digest,
            } => {
                write!(f, "{key_tag} {algorithm} {digest_type} {digest}")
            }
            Self::Https {
                priority,
                target,
                alpn,
                ..
            } => {
                write!(f, "{priority} {} alpn={}", dotted(target), alpn.join(","))
            }
            Self::Mx {
                preference,
                exchange,
            } => {
                write!(f, "{preference} {}", dotted(exchange))
            }
            Self::Rrsig {
                covers,
                key_tag,
                expiration,
                signer,
                ..
            } => {
                write!(f, "{covers} by {signer} key {key_tag} until {expiration}")
            }
            Self::Soa(soa) => write!(
                f,
                "{} {} {} {} {} {} {}",
                soa.mname, soa.rname, soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum
            ),
            Self::Txt(strings) => {
                let quoted: Vec<String> = strings.iter().map(|s| format!("\"{s}\"")).collect();
                write!(f, "{}", quoted.join(" "))
            }
            Self::Other { text, .. } => write!(f, "{text}"),
        }
    }
}

/// The root as people write it.
fn dotted(name: &str) -> &str {
    if name.is_empty() { "." } else { name }
}

/// The walk from the root hints to a zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delegation {
    pub zone: HostName,
    pub at: Timestamp,
    /// `Err` when the walk could not reach the parent.
    pub outcome: Result<DelegationFound, Failure>,
}

/// What the parent side says, and what each server of the zone says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DelegationFound {
    /// The zone that delegates; the empty text is the root.
    pub parent: String,
    /// The address of the parent server that answered.
    pub parent_server: IpAddr,
    /// NS names in the referral, sorted; empty when the parent says that no such name exists.
    pub parent_ns: Vec<String>,
    /// Whether the parent answered NXDOMAIN (or NODATA) instead of a referral.
    pub absent: bool,
    /// DS records at the parent.
    pub ds: Vec<Record>,
    /// Addresses that came with the referral.
    pub glue: Vec<Record>,
    /// Every name server of the parent's set, with its addresses and answers.
    pub servers: Vec<ZoneServer>,
}

/// One name server of the zone, one entry per address (or one without, when its name has none).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneServer {
    pub name: String,
    /// `Err` when the name server's name could not be resolved.
    pub address: Result<IpAddr, Failure>,
    /// Whether the name owns a CNAME (RFC 2181 §10.3 forbids it).
    pub is_cname: bool,
    /// SOA asked over UDP.
    pub soa_udp: Option<DnsAnswer>,
    /// SOA asked over TCP.
    pub soa_tcp: Option<DnsAnswer>,
    /// NS asked over UDP.
    pub ns: Option<DnsAnswer>,
}

impl ZoneServer {
    /// Whether it answers for the zone with authority (over UDP).
    pub fn is_authoritative(&self) -> bool {
        self.soa_udp
            .as_ref()
            .is_some_and(|a| a.message().is_some_and(|m| m.aa) && a.shape() == AnswerShape::Records)
    }
}

/// DNSSEC of one zone, as seen at parent and child, signatures verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dnssec {
    pub zone: HostName,
    pub at: Timestamp,
    pub ds: DnsAnswer,
    pub dnskey: DnsAnswer,
    /// The question of the zone's SOA through the recursive resolver, with CD=0 and with CD=1 (trap 27).
    pub checked: DnsAnswer,
    pub unchecked: DnsAnswer,
    /// Key tags of the DNSKEYs that a DS of the parent matches, by digest.
    pub ds_matches: Vec<u16>,
    /// Each RRSIG over DNSKEY and SOA, and whether it verifies with a key of the zone.
    pub signatures: Vec<Signature>,
}

/// One RRSIG that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub covers: String,
    pub key_tag: u16,
    pub algorithm: u8,
    pub inception: Timestamp,
    pub expiration: Timestamp,
    /// `Ok` when the signature is good (its times not considered).
    pub verified: Result<(), String>,
}
