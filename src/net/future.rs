//! The world after the switch: what is assumed of it, and how an answer of today reads then.
//!
//! Two assumptions, both optional: hosts that have other addresses, and a zone that is served by other servers. Everything
//! else stays as it is. The pure part is here; [`super::dns::moved`] asks the new servers.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record};

use super::Network;
use super::config::NetworkProblem;
use super::dns::ask::{Mode, Question};
use super::dns::convert::{name_text, wire_name};
use crate::model::name::HostName;
use crate::model::observation::Failure;
use crate::model::observation::dns::RecordType;
use crate::model::switch::Switch;

/// For a record that nobody has made yet.
const TTL: u32 = 300;

/// What is assumed. Empty: nothing, the world is looked at as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Future {
    /// Hosts and all the addresses that each will have. An alias there today will be gone.
    pub hosts: BTreeMap<HostName, Vec<IpAddr>>,
    /// The zone that will be served elsewhere.
    pub zone: Option<MovedZone>,
}

/// Why the world after the switch cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum FutureProblem {
    #[error("the new name server {0} has no address today")]
    NoAddress(HostName),
    #[error("the address of the new name server {server}: {failure}")]
    Unresolved { server: HostName, failure: Failure },
    #[error(transparent)]
    Network(#[from] NetworkProblem),
}

/// A zone and the servers that the parent will name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedZone {
    pub zone: HostName,
    /// Each name with its addresses.
    pub servers: BTreeMap<HostName, Vec<IpAddr>>,
}

impl Future {
    /// What `switch` assumes of `zone`. Servers without an address have the one that they have `today`.
    pub(in crate::net) async fn of(
        switch: &Switch,
        zone: HostName,
        today: &Network,
    ) -> Result<Self, FutureProblem> {
        let mut future = Self::default();
        for (host, address) in &switch.hosts {
            let addresses = future.hosts.entry(host.clone()).or_default();
            if !addresses.contains(address) {
                addresses.push(*address);
            }
        }
        let mut servers: BTreeMap<HostName, Vec<IpAddr>> = BTreeMap::new();
        for (name, address) in &switch.servers {
            let found = match address {
                Some(address) => vec![*address],
                None => resolved(name, today).await?,
            };
            let addresses = servers.entry(name.clone()).or_default();
            for address in found {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
        }
        if !servers.is_empty() {
            future.zone = Some(MovedZone { zone, servers });
        }
        Ok(future)
    }

    /// Each assumption in one line, sorted. Empty when nothing is assumed.
    pub fn assumptions(&self) -> Vec<String> {
        let hosts = self
            .hosts
            .iter()
            .map(|(host, addresses)| format!("{host} has the address {}", listed(addresses)));
        let servers = self.zone.iter().flat_map(|moved| {
            moved.servers.iter().map(|(server, addresses)| {
                format!(
                    "{} is served by {server} ({})",
                    moved.zone,
                    listed(addresses)
                )
            })
        });
        let mut lines: Vec<String> = hosts.chain(servers).collect();
        lines.sort();
        lines
    }

    /// The new servers, where `zone` is the one that moves.
    pub(in crate::net) fn servers_of(&self, zone: &HostName) -> Option<&MovedZone> {
        self.zone.as_ref().filter(|moved| moved.zone == *zone)
    }

    /// What the server will say where it says `message` today. Errors, referrals and truncated answers stay: they are about
    /// the server, not about the host.
    pub(in crate::net) fn says(&self, question: &Question, mut message: Message) -> Message {
        if self.hosts.is_empty() || !is_about_the_name(&message) {
            return message;
        }
        let Some(arrival) = self.arrival(question, &message) else {
            return message;
        };
        let records_of = |owner: &Name| {
            let owner = owner.clone();
            move |record: &&Record| record.name == owner
        };
        let old: Vec<&Record> = message
            .answers
            .iter()
            .filter(records_of(&arrival.owner))
            .collect();
        let leads_on = old.iter().any(|r| matches!(r.data, RData::CNAME(_)));
        let is_address = matches!(question.rtype, RecordType::A | RecordType::Aaaa);
        message.metadata.response_code = ResponseCode::NoError;
        if !is_address && !leads_on {
            return message;
        }
        let ttl = old.iter().map(|r| r.ttl).min().unwrap_or(TTL);
        let new: Vec<Record> = arrival
            .addresses
            .iter()
            .filter_map(|address| data(*address, question.rtype))
            .map(|data| Record::from_rdata(arrival.owner.clone(), ttl, data))
            .collect();
        message.answers.retain(|r| arrival.before.contains(&r.name));
        message.authorities.retain(|r| {
            new.is_empty() && matches!(r.data, RData::SOA(_)) && r.name.zone_of(&arrival.owner)
        });
        message.add_answers(new);
        message
    }

    /// The first name on the way from the question that is assumed to have other addresses.
    fn arrival(&self, question: &Question, message: &Message) -> Option<Arrival<'_>> {
        let mut owner = wire_name(&question.name)?.to_lowercase();
        let mut before = Vec::new();
        loop {
            let assumed = HostName::parse(&name_text(&owner))
                .ok()
                .and_then(|host| self.hosts.get(&host));
            let said = before.is_empty() || message.answers.iter().any(|r| r.name == owner);
            match assumed {
                // An authority that does not hold an alias's target says nothing of it, then as now.
                Some(_) if question.mode == Mode::Authority && !said => return None,
                Some(addresses) => {
                    return Some(Arrival {
                        owner,
                        before,
                        addresses,
                    });
                }
                None => {}
            }
            let next = message
                .answers
                .iter()
                .find_map(|record| match &record.data {
                    RData::CNAME(target) if record.name == owner => Some(target.0.to_lowercase()),
                    _ => None,
                })?;
            before.push(std::mem::replace(&mut owner, next));
            if before.contains(&owner) {
                return None;
            }
        }
    }
}

async fn resolved(server: &HostName, today: &Network) -> Result<Vec<IpAddr>, FutureProblem> {
    let found = today.addresses(server).await;
    let found = found.map_err(|failure| FutureProblem::Unresolved {
        server: server.clone(),
        failure,
    })?;
    if found.is_empty() {
        return Err(FutureProblem::NoAddress(server.clone()));
    }
    Ok(found)
}

struct Arrival<'a> {
    owner: Name,
    /// The aliases that led there.
    before: Vec<Name>,
    addresses: &'a [IpAddr],
}

impl MovedZone {
    /// Whether the new servers answer that question: the DS of the zone itself is the parent's (RFC 4035 §3.1.4.1).
    pub(in crate::net) fn answers(&self, name: &HostName, rtype: RecordType) -> bool {
        name.is_within(&self.zone) && !(rtype == RecordType::Ds && *name == self.zone)
    }
}

fn is_about_the_name(message: &Message) -> bool {
    let code = message.metadata.response_code;
    let refers = message.answers.is_empty()
        && !message.metadata.authoritative
        && message
            .authorities
            .iter()
            .any(|r| matches!(r.data, RData::NS(_)));
    matches!(code, ResponseCode::NoError | ResponseCode::NXDomain)
        && !message.metadata.truncation
        && !refers
}

fn data(address: IpAddr, rtype: RecordType) -> Option<RData> {
    match (address, rtype) {
        (IpAddr::V4(v4), RecordType::A) => Some(RData::A(v4.into())),
        (IpAddr::V6(v6), RecordType::Aaaa) => Some(RData::AAAA(v6.into())),
        _ => None,
    }
}

fn listed(addresses: &[IpAddr]) -> String {
    let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    texts.join(" and ")
}

#[cfg(test)]
#[path = "future_tests.rs"]
mod tests;
