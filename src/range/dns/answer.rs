//! From a question on the wire to an answer on the wire.

use std::net::{IpAddr, Ipv4Addr};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use super::copies::{Copies, RESOLVERS};
use super::resolve::{Exists, Trust, Walk, conduct};
use super::say::{Kind, Proofs};
use super::spoil;
use super::zone::Zone;
use crate::range::change::{ServerChange, ServerDoes};

/// The largest datagram that is sent, whatever the client allows (the common limit against fragmentation).
const DATAGRAM: u16 = 1232;

/// Where a resolver that rewrites NXDOMAIN sends people.
pub(super) const REWRITTEN: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 99);

/// Addresses that no zone names but an answer may.
pub fn rewritten() -> [IpAddr; 1] {
    [IpAddr::V4(REWRITTEN)]
}

/// How a question came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Udp,
    Tcp,
}

/// Where and how a question came.
#[derive(Clone, Copy)]
pub struct Arrival {
    /// The server's address.
    pub at: IpAddr,
    pub via: Via,
    /// Whether it is the first of two equal ones.
    pub is_first: bool,
}

/// What goes back.
pub enum Reply {
    Bytes(Vec<u8>),
    /// A byte a second.
    Drip(Vec<u8>),
    /// From another address than the one that was asked.
    Elsewhere(Vec<u8>),
    /// The first with another id, the second from another address, then the right one.
    Forged([Vec<u8>; 3]),
    /// Nothing at all.
    Silence,
    /// Nothing, and the connection ends.
    HangUp,
}

/// The DNS side of a world.
#[derive(Clone)]
pub struct DnsWorld {
    pub copies: Copies,
    pub servers: Vec<ServerChange>,
}

/// Reads the question of a message, if it has one.
pub fn question(request: &Message) -> Option<(Name, RecordType)> {
    let query = request.queries.first()?;
    Some((query.name.to_lowercase(), query.query_type))
}

impl DnsWorld {
    /// Answers what came.
    pub fn reply(&self, arrival: Arrival, request: &Message) -> Reply {
        let Arrival {
            at: address, via, ..
        } = arrival;
        let Some((name, rtype)) = question(request) else {
            return encode(&blank(request, ResponseCode::FormErr), request, via);
        };
        let does: Vec<ServerDoes> = conduct(&self.servers, address, &name).collect();
        match early(&does, arrival) {
            Some(Early::Silence) => return Reply::Silence,
            Some(Early::HangUp) => return Reply::HangUp,
            Some(Early::Rubbish) => return Reply::Bytes(spoil::rubbish(request)),
            Some(Early::Code(code)) => return encode(&blank(request, code), request, via),
            Some(Early::Truncated) => {
                let mut message = blank(request, ResponseCode::NoError);
                message.metadata.truncation = true;
                return encode(&message, request, via);
            }
            None => {}
        }
        let query_class = request.queries.first().map(|q| q.query_class);
        let mut message = if request.metadata.op_code != OpCode::Query {
            blank(request, ResponseCode::NotImp)
        } else if query_class != Some(DNSClass::IN)
            || matches!(rtype, RecordType::AXFR | RecordType::IXFR)
        {
            blank(request, ResponseCode::Refused)
        } else if RESOLVERS.contains(&address) {
            self.recurse(address, request, &name, rtype, &does)
        } else if does.contains(&ServerDoes::Intercepted) {
            self.recurse(RESOLVERS[0], request, &name, rtype, &does)
        } else {
            self.authoritative(address, request, &name, rtype)
        };
        spoil::spoil(&mut message, &does, &name, rtype);
        match encode(&message, request, via) {
            Reply::Bytes(bytes) if via == Via::Udp && does.contains(&ServerDoes::Elsewhere) => {
                Reply::Elsewhere(bytes)
            }
            Reply::Bytes(bytes) if via == Via::Udp && does.contains(&ServerDoes::Forged) => {
                let [other_id, other_place] =
                    spoil::forgeries(blank(request, ResponseCode::NoError));
                Reply::Forged([other_id, other_place, bytes])
            }
            Reply::Bytes(bytes) if does.contains(&ServerDoes::Drip) => Reply::Drip(bytes),
            reply => reply,
        }
    }

    fn authoritative(
        &self,
        address: IpAddr,
        request: &Message,
        name: &Name,
        rtype: RecordType,
    ) -> Message {
        let zones = self.copies.of(address);
        let holds = |zone: &&Zone| zone.origin.zone_of(name);
        let Some(zone) = zones
            .iter()
            .filter(holds)
            .max_by_key(|zone| zone.origin.num_labels())
        else {
            return blank(request, ResponseCode::Refused);
        };
        let Some(said) = zone.say(name, rtype, proofs(request)) else {
            return blank(request, ResponseCode::Refused);
        };
        let code = match said.kind {
            Kind::NoName => ResponseCode::NXDomain,
            _ => ResponseCode::NoError,
        };
        let mut message = blank(request, code);
        message.metadata.authoritative = !matches!(said.kind, Kind::Referral(_));
        message.add_answers(said.answers);
        message.add_authorities(said.authority);
        message.add_additionals(said.additional);
        message
    }

    fn recurse(
        &self,
        address: IpAddr,
        request: &Message,
        name: &Name,
        rtype: RecordType,
        does: &[ServerDoes],
    ) -> Message {
        let walk = Walk {
            resolver: address,
            copies: &self.copies,
            servers: &self.servers,
        };
        let found = walk.find(name, rtype, proofs(request));
        let validates = !does.contains(&ServerDoes::Unvalidating);
        let checked = validates && !request.metadata.checking_disabled;
        let mut message = match found {
            None => blank(request, ResponseCode::ServFail),
            Some(found) if found.trust == Trust::Bogus && checked => {
                blank(request, ResponseCode::ServFail)
            }
            Some(found) => {
                let code = match found.exists {
                    Exists::Name => ResponseCode::NoError,
                    Exists::Nothing => ResponseCode::NXDomain,
                };
                let mut message = blank(request, code);
                let asked = request.metadata.authentic_data || proofs(request) == Proofs::Wanted;
                message.metadata.authentic_data =
                    validates && asked && found.trust == Trust::Secure;
                message.add_answers(found.answers);
                message.add_authorities(found.authority);
                message
            }
        };
        let nothing = message.metadata.response_code == ResponseCode::NXDomain;
        if nothing && does.contains(&ServerDoes::NxdomainRewrite) {
            message = blank(request, ResponseCode::NoError);
            if rtype == RecordType::A {
                let data = RData::A(REWRITTEN.into());
                message.add_answer(Record::from_rdata(name.clone(), 60, data));
            }
        }
        message.metadata.recursion_available = true;
        message
    }
}

enum Early {
    Silence,
    HangUp,
    Rubbish,
    Code(ResponseCode),
    Truncated,
}

fn early(does: &[ServerDoes], arrival: Arrival) -> Option<Early> {
    does.iter().find_map(|does| match (does, arrival.via) {
        (ServerDoes::Silent, _) | (ServerDoes::NoUdp, Via::Udp) => Some(Early::Silence),
        (ServerDoes::FirstLost, Via::Udp) if arrival.is_first => Some(Early::Silence),
        (ServerDoes::FirstCut, Via::Udp) if arrival.is_first => Some(Early::Truncated),
        (ServerDoes::NoTcp | ServerDoes::Truncated, Via::Tcp) => Some(Early::HangUp),
        (ServerDoes::Truncated | ServerDoes::Drip, Via::Udp)
        | (ServerDoes::TruncatedForEver, _) => Some(Early::Truncated),
        (ServerDoes::Rubbish, _) => Some(Early::Rubbish),
        (ServerDoes::Refused, _) => Some(Early::Code(ResponseCode::Refused)),
        (ServerDoes::Servfail, _) => Some(Early::Code(ResponseCode::ServFail)),
        _ => None,
    })
}

fn proofs(request: &Message) -> Proofs {
    let wanted = request
        .edns
        .as_ref()
        .is_some_and(|edns| edns.flags().dnssec_ok);
    if wanted {
        Proofs::Wanted
    } else {
        Proofs::Unwanted
    }
}

/// A response without records.
fn blank(request: &Message, code: ResponseCode) -> Message {
    let mut message = Message::new(
        request.metadata.id,
        MessageType::Response,
        request.metadata.op_code,
    );
    message.metadata.recursion_desired = request.metadata.recursion_desired;
    message.metadata.checking_disabled = request.metadata.checking_disabled;
    message.metadata.response_code = code;
    message.add_queries(request.queries.iter().cloned());
    if let Some(asked) = &request.edns {
        let mut edns = Edns::new();
        edns.set_max_payload(DATAGRAM);
        edns.set_version(0);
        edns.set_dnssec_ok(asked.flags().dnssec_ok);
        message.set_edns(edns);
    }
    message
}

fn encode(message: &Message, request: &Message, via: Via) -> Reply {
    let limit = match (&request.edns, via) {
        (_, Via::Tcp) => usize::from(u16::MAX),
        (Some(edns), Via::Udp) => usize::from(edns.max_payload().clamp(512, DATAGRAM)),
        (None, Via::Udp) => 512,
    };
    match message.to_vec() {
        Ok(bytes) if bytes.len() <= limit => Reply::Bytes(bytes),
        // What is only helpful goes first; what was asked for is never cut silently.
        Ok(_) if !message.additionals.is_empty() && !message.answers.is_empty() => {
            let mut shorter = message.clone();
            shorter.additionals.clear();
            encode(&shorter, request, via)
        }
        Ok(_) => message
            .truncate()
            .to_vec()
            .map_or(Reply::Silence, Reply::Bytes),
        Err(_) => Reply::Silence,
    }
}
