//! Record types, response codes and record data.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Https;

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
    Https(Https),
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
    Tlsa(Tlsa),
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

/// A TLSA record (RFC 6698 §2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tlsa {
    pub usage: u8,
    pub selector: u8,
    pub matching: u8,
    /// Hex, lower case.
    pub data: String,
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
            Self::Https(_) => "HTTPS",
            Self::Mx { .. } => "MX",
            Self::Ns(_) => "NS",
            Self::Ptr(_) => "PTR",
            Self::Rrsig { .. } => "RRSIG",
            Self::Soa(_) => "SOA",
            Self::Tlsa(_) => "TLSA",
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
            Self::Https(https) => write!(f, "{https}"),
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
            Self::Tlsa(tlsa) => write!(
                f,
                "{} {} {} {}",
                tlsa.usage, tlsa.selector, tlsa.matching, tlsa.data
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
