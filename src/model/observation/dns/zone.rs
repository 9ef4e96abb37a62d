//! A zone as its parent, its servers and its signatures show it.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AnswerShape, DnsAnswer, Record};
use crate::model::name::HostName;
use crate::model::observation::Failure;

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
    /// Seconds for which a resolver keeps that referral; the registry's choice.
    #[serde(default)]
    pub parent_ttl: Option<u32>,
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
