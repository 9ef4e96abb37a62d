//! The delegation of one zone: what the parent says, and what each of the zone's servers says.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::{join_all, join3};
use jiff::Timestamp;

use super::ask::{Mode, Question, ask};
use super::recursive::{addresses, ask_any};
use super::walk::{Arrival, Walk, glue_of, ns_names, put};
use crate::model::name::HostName;
use crate::model::observation::dns::{
    AnswerShape, Delegation, DelegationFound, DnsAnswer, DnsMessage, Record, RecordData,
    RecordType, Transport, ZoneServer,
};
use crate::model::observation::{Failure, FailureKind};
use crate::net::future::MovedZone;
use crate::net::memory::Sight;
use crate::net::reach::Reach;

/// What registries commonly give a delegation: two days.
const GLUE_TTL: u32 = 172_800;

impl Sight for Delegation {
    fn saw_nothing(&self) -> bool {
        self.outcome.as_ref().map_or(true, |found| {
            found.servers.iter().any(|server| {
                let asked = [&server.soa_udp, &server.soa_tcp, &server.ns];
                server.address.is_err() || asked.into_iter().flatten().any(DnsAnswer::is_unusable)
            })
        })
    }
}

/// Walks to `zone` and asks each of its servers.
pub(in crate::net) async fn look(reach: Arc<Reach>, zone: HostName) -> Delegation {
    let _waiting = reach.waits.begin(format!("delegation of {zone}"));
    Delegation {
        at: Timestamp::now(),
        outcome: found(&reach, &zone).await,
        zone,
    }
}

async fn found(reach: &Arc<Reach>, zone: &HostName) -> Result<DelegationFound, Failure> {
    let arrival = Walk::new(reach).reach_parent_of(zone).await?;
    let Some(message) = arrival.answer.message() else {
        return Err(Failure::new(
            FailureKind::Malformed,
            format!("walking to {zone}: the parent's answer is empty"),
        ));
    };
    let moved = reach.ground.config.future.servers_of(zone);
    let parent_ns = moved.map_or_else(|| delegated_to(&arrival, message, zone), new_names);
    if parent_ns.is_empty() {
        return Ok(not_delegated(&arrival, message));
    }
    let today = || {
        message
            .additional
            .iter()
            .filter(|record| record.data.address().is_some() && parent_ns.contains(&record.name))
            .cloned()
            .collect()
    };
    let mut glue: Vec<Record> = moved.map_or_else(today, new_addresses);
    let ds = put(reach, arrival.server, zone, RecordType::Ds).await;
    let servers = join_all(
        parent_ns
            .iter()
            .map(|name| name_server(reach, zone, name, &glue)),
    )
    .await
    .concat();
    if moved.is_some() {
        // Only a name inside the zone will have its address at the parent.
        glue.retain(|r| HostName::parse(&r.name).is_ok_and(|name| name.is_within(zone)));
    }
    Ok(DelegationFound {
        parent: arrival.cut.zone.clone(),
        parent_server: arrival.server,
        parent_ns,
        parent_ttl: referral_ttl(message, zone),
        absent: false,
        ds: ds.records().into_iter().cloned().collect(),
        glue,
        servers,
    })
}

/// The names in the referral; from a server that has both zones, those in its answer.
fn delegated_to(arrival: &Arrival, message: &DnsMessage, zone: &HostName) -> Vec<String> {
    match arrival.answer.shape() {
        AnswerShape::Referral => ns_names(&message.authority, zone.as_str()),
        AnswerShape::Records => ns_names(&message.answers, zone.as_str()),
        _ => Vec::new(),
    }
}

/// The TTL of the NS set as the parent gives it today.
fn referral_ttl(message: &DnsMessage, zone: &HostName) -> Option<u32> {
    message
        .authority
        .iter()
        .chain(&message.answers)
        .find(|r| r.name == zone.as_str() && matches!(r.data, RecordData::Ns(_)))
        .map(|r| r.ttl)
}

/// The names that the parent will have.
fn new_names(moved: &MovedZone) -> Vec<String> {
    moved.servers.keys().map(ToString::to_string).collect()
}

fn new_addresses(moved: &MovedZone) -> Vec<Record> {
    let servers = moved.servers.iter();
    servers
        .flat_map(|(name, addresses)| {
            addresses.iter().map(|address| Record {
                name: name.to_string(),
                ttl: GLUE_TTL,
                data: match address {
                    IpAddr::V4(v4) => RecordData::A(*v4),
                    IpAddr::V6(v6) => RecordData::Aaaa(*v6),
                },
            })
        })
        .collect()
}

fn not_delegated(arrival: &Arrival, message: &DnsMessage) -> DelegationFound {
    // The owner of the SOA names the zone that denies (RFC 2308 §3); one server may have several.
    let denying = message
        .authority
        .iter()
        .find(|record| matches!(record.data, RecordData::Soa(_)))
        .map_or_else(|| arrival.cut.zone.clone(), |soa| soa.name.clone());
    DelegationFound {
        parent: denying,
        parent_server: arrival.server,
        parent_ns: Vec::new(),
        parent_ttl: None,
        absent: true,
        ds: Vec::new(),
        glue: Vec::new(),
        servers: Vec::new(),
    }
}

/// One entry per address of `name`, or one without.
async fn name_server(
    reach: &Arc<Reach>,
    zone: &HostName,
    name: &str,
    glue: &[Record],
) -> Vec<ZoneServer> {
    let unresolved = |failure| ZoneServer {
        name: name.to_owned(),
        address: Err(failure),
        is_cname: false,
        soa_udp: None,
        soa_tcp: None,
        ns: None,
    };
    let host = match HostName::parse(name) {
        Ok(host) => host,
        Err(why) => {
            return vec![unresolved(Failure::new(
                FailureKind::NoAddress,
                format!("resolving the name server of {zone}: {why}"),
            ))];
        }
    };
    let is_cname = is_alias(reach, &host).await;
    let with_glue = glue_of(glue, name);
    let resolved = if with_glue.is_empty() {
        resolve(reach, &host).await
    } else {
        Ok(with_glue)
    };
    let servers = match resolved {
        Ok(addresses) if addresses.is_empty() => vec![unresolved(Failure::new(
            FailureKind::NoAddress,
            format!("resolving the name server {name}: it has no address"),
        ))],
        Ok(addresses) => {
            join_all(
                addresses
                    .into_iter()
                    .map(|address| ask_server(reach, zone, name, address)),
            )
            .await
        }
        Err(failure) => vec![unresolved(failure)],
    };
    servers
        .into_iter()
        .map(|server| ZoneServer { is_cname, ..server })
        .collect()
}

/// By a walk of its own; where that fails, what the resolver says, so that the server can be asked all the same.
async fn resolve(reach: &Arc<Reach>, host: &HostName) -> Result<Vec<IpAddr>, Failure> {
    match Walk::new(reach).addresses_of(host).await {
        Ok(found) if !found.is_empty() => Ok(found),
        walked => match addresses(reach, host).await {
            Ok(found) if !found.is_empty() => Ok(found),
            resolved => walked.and(resolved),
        },
    }
}

async fn is_alias(reach: &Arc<Reach>, host: &HostName) -> bool {
    let asked = ask_any(reach, host, RecordType::A, Mode::Recursive).await;
    asked.answer.message().is_some_and(|message| {
        message.answers.iter().any(|record| {
            record.name == host.as_str() && matches!(record.data, RecordData::Cname(_))
        })
    })
}

async fn ask_server(
    reach: &Arc<Reach>,
    zone: &HostName,
    name: &str,
    address: IpAddr,
) -> ZoneServer {
    let question = |rtype, transport| Question {
        server: SocketAddr::new(address, 53),
        name: zone.clone(),
        rtype,
        mode: Mode::Authority,
        transport,
    };
    let (soa_udp, soa_tcp, ns) = join3(
        ask(reach, question(RecordType::Soa, Transport::Udp)),
        ask(reach, question(RecordType::Soa, Transport::Tcp)),
        ask(reach, question(RecordType::Ns, Transport::Udp)),
    )
    .await;
    ZoneServer {
        name: name.to_owned(),
        address: Ok(address),
        is_cname: false,
        soa_udp: Some((*soa_udp.answer).clone()),
        soa_tcp: Some((*soa_tcp.answer).clone()),
        ns: Some((*ns.answer).clone()),
    }
}
