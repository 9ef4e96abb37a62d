//! The way down from the root servers, cut by cut, without any resolver's help (RFC 1034 §5.3.3).
//!
//! Bounded in questions and in depth, so that delegations which lead in a circle end.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::ask::{Mode, Question, ask};
use crate::model::name::HostName;
use crate::model::observation::dns::{
    AnswerShape, DnsAnswer, Record, RecordData, RecordType, Transport,
};
use crate::model::observation::{Failure, FailureKind};
use crate::net::future::MovedZone;
use crate::net::reach::Reach;

/// Questions that one walk may ask, side walks included.
const MOST_QUESTIONS: usize = 60;
/// Silent servers of one zone that are waited for.
const MOST_SILENT: usize = 4;
/// Side walks inside one another, for name servers whose addresses are not in the referral.
const MOST_DEPTH: usize = 4;

/// A zone and who serves it, as the zone above says.
#[derive(Debug, Clone)]
pub(in crate::net) struct Cut {
    /// The root is the empty text.
    pub(in crate::net) zone: String,
    pub(in crate::net) servers: Vec<NameServer>,
}

impl Cut {
    fn moved(moved: &MovedZone) -> Self {
        let servers = moved.servers.iter().map(|(name, addresses)| NameServer {
            name: name.to_string(),
            addresses: addresses.clone(),
        });
        Self {
            zone: moved.zone.to_string(),
            servers: servers.collect(),
        }
    }
}

#[derive(Debug, Clone)]
pub(in crate::net) struct NameServer {
    pub(in crate::net) name: String,
    /// From the referral; empty when it gave none.
    pub(in crate::net) addresses: Vec<IpAddr>,
}

/// Cuts that were met in this run.
pub(in crate::net) struct Cuts {
    met: Mutex<BTreeMap<String, Arc<Cut>>>,
    /// The one that will be elsewhere: what the parent says of it today does not count.
    moved: Option<Arc<Cut>>,
}

impl Cuts {
    /// Knowing nothing but the zone that is assumed to have moved.
    pub(in crate::net) fn new(moved: Option<&MovedZone>) -> Self {
        Self {
            met: Mutex::default(),
            moved: moved.map(|moved| Arc::new(Cut::moved(moved))),
        }
    }

    /// The deepest known cut above `name`, or at it.
    fn above(&self, name: &HostName) -> Option<Arc<Cut>> {
        let cuts = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at = Some(name.clone());
        while let Some(zone) = at {
            let moved = self.moved.as_ref().filter(|cut| cut.zone == zone.as_str());
            if let Some(cut) = moved.or_else(|| cuts.get(zone.as_str())) {
                return Some(Arc::clone(cut));
            }
            at = zone.parent();
        }
        None
    }

    fn keep(&self, cut: &Arc<Cut>) {
        self.met
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(cut.zone.clone(), Arc::clone(cut));
    }
}

/// Where a walk ended.
pub(in crate::net) struct Arrival {
    /// The zone whose server answered.
    pub(in crate::net) cut: Arc<Cut>,
    pub(in crate::net) server: IpAddr,
    pub(in crate::net) answer: Arc<DnsAnswer>,
}

/// One walk and what it may still cost.
pub(in crate::net) struct Walk<'a> {
    reach: &'a Arc<Reach>,
    left: usize,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(in crate::net) const fn new(reach: &'a Arc<Reach>) -> Self {
        Self {
            reach,
            left: MOST_QUESTIONS,
            depth: 0,
        }
    }

    /// Goes down to the servers of the zone *above* `zone`: the answer is their referral to it, their denial, or, from a
    /// server of both zones, the name servers themselves.
    pub(in crate::net) async fn reach_parent_of(
        &mut self,
        zone: &HostName,
    ) -> Result<Arrival, Failure> {
        let start = zone
            .parent()
            .and_then(|above| self.reach.cuts.above(&above));
        self.down(start, zone, RecordType::Ns, Some(zone)).await
    }

    /// Addresses of `name` from the servers of its own zone, IPv4 first.
    pub(in crate::net) async fn addresses_of(
        &mut self,
        name: &HostName,
    ) -> Result<Vec<IpAddr>, Failure> {
        let mut found = Vec::new();
        for rtype in [RecordType::A, RecordType::Aaaa] {
            let start = self.reach.cuts.above(name);
            let arrival = self.down(start, name, rtype, None).await?;
            found.extend(arrival.answer.addresses());
        }
        Ok(found)
    }

    /// Goes down to the zone of `name` and asks it; for DS, the zone above (RFC 4035 §3.1.4.1).
    pub(in crate::net) async fn answer_of(
        &mut self,
        name: &HostName,
        rtype: RecordType,
    ) -> Result<Arrival, Failure> {
        let from = match rtype {
            RecordType::Ds => name.parent(),
            _ => Some(name.clone()),
        };
        let start = from.and_then(|from| self.reach.cuts.above(&from));
        self.down(start, name, rtype, None).await
    }

    /// Follows referrals from `start` (the root, when `None`) until something else than a referral comes, or the referral to
    /// `stop_at`.
    async fn down(
        &mut self,
        start: Option<Arc<Cut>>,
        name: &HostName,
        rtype: RecordType,
        stop_at: Option<&HostName>,
    ) -> Result<Arrival, Failure> {
        let mut cut = start.unwrap_or_else(|| Arc::new(self.root()));
        loop {
            let arrival = self.ask_zone(&cut, name, rtype).await?;
            if arrival.answer.shape() != AnswerShape::Referral {
                return Ok(arrival);
            }
            let Some(next) = referral(&arrival.answer).map(Arc::new) else {
                return Ok(arrival);
            };
            self.reach.cuts.keep(&next);
            if stop_at.is_some_and(|zone| zone.as_str() == next.zone) {
                return Ok(arrival);
            }
            cut = next;
        }
    }

    fn root(&self) -> Cut {
        Cut {
            zone: String::new(),
            servers: vec![NameServer {
                name: "the root servers".to_owned(),
                addresses: self.reach.ground.root_hints.clone(),
            }],
        }
    }

    /// Asks the zone's servers in turn until one gives an answer that leads on.
    async fn ask_zone(
        &mut self,
        cut: &Arc<Cut>,
        name: &HostName,
        rtype: RecordType,
    ) -> Result<Arrival, Failure> {
        let mut why = Vec::new();
        let mut silent = 0;
        let known: Vec<IpAddr> = cut
            .servers
            .iter()
            .flat_map(|s| s.addresses.clone())
            .collect();
        for server in known {
            if silent >= MOST_SILENT {
                break;
            }
            match self.ask_one(cut, server, name, rtype).await {
                Ok(arrival) => return Ok(arrival),
                Err(failure) => {
                    silent += usize::from(failure.kind == FailureKind::Timeout);
                    why.push(failure);
                }
            }
        }
        // Name servers outside of the zone have no glue: their addresses need a walk of their own.
        for bare in cut.servers.iter().filter(|s| s.addresses.is_empty()) {
            let addresses = match self.aside(&bare.name).await {
                Ok(addresses) => addresses,
                Err(failure) => {
                    why.push(failure);
                    continue;
                }
            };
            for server in addresses {
                match self.ask_one(cut, server, name, rtype).await {
                    Ok(arrival) => return Ok(arrival),
                    Err(failure) => why.push(failure),
                }
            }
        }
        Err(none_answered(cut, &why))
    }

    /// Addresses of a name server, by a walk inside this one.
    fn aside<'b>(&'b mut self, name: &'b str) -> BoxFuture<'b, Result<Vec<IpAddr>, Failure>> {
        async move {
            if self.depth >= MOST_DEPTH {
                return Err(Failure::new(
                    FailureKind::Malformed,
                    format!("resolving the name server {name}: its delegation leads in a circle"),
                ));
            }
            let host = HostName::parse(name)
                .map_err(|why| Failure::new(FailureKind::Malformed, why.to_string()))?;
            self.depth += 1;
            let found = self.addresses_of(&host).await;
            self.depth -= 1;
            found
        }
        .boxed()
    }

    async fn ask_one(
        &mut self,
        cut: &Arc<Cut>,
        server: IpAddr,
        name: &HostName,
        rtype: RecordType,
    ) -> Result<Arrival, Failure> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            Failure::new(
                FailureKind::Malformed,
                format!("walking to {name}: not there after {MOST_QUESTIONS} questions"),
            )
        })?;
        let answer = put(self.reach, server, name, rtype).await;
        let useful = match (&answer.outcome, answer.shape()) {
            (Err(failure), _) => return Err(failure.clone()),
            (Ok(_), AnswerShape::Referral) => leads_down(cut, &answer),
            (Ok(message), AnswerShape::Records | AnswerShape::NoData | AnswerShape::NoName) => {
                message.aa
            }
            (Ok(_), _) => false,
        };
        if useful {
            return Ok(Arrival {
                cut: Arc::clone(cut),
                server,
                answer,
            });
        }
        Err(Failure::new(
            FailureKind::Malformed,
            format!(
                "asking {server} for {name} {rtype}: it is listed for {} and does not serve it ({})",
                zone_name(&cut.zone),
                answer.outcome_line()
            ),
        ))
    }
}

/// One question without recursion, over UDP first.
pub(in crate::net) async fn put(
    reach: &Arc<Reach>,
    server: IpAddr,
    name: &HostName,
    rtype: RecordType,
) -> Arc<DnsAnswer> {
    let question = Question {
        server: SocketAddr::new(server, 53),
        name: name.clone(),
        rtype,
        mode: Mode::Authority,
        transport: Transport::Udp,
    };
    Arc::clone(&ask(reach, question).await.answer)
}

/// A referral must lead further down (RFC 1034 §5.3.3: "closer"), else it goes in circles.
fn leads_down(cut: &Cut, answer: &DnsAnswer) -> bool {
    let deeper = |zone: &str| {
        zone != cut.zone
            && (cut.zone.is_empty()
                || zone
                    .strip_suffix(&cut.zone)
                    .is_some_and(|head| head.ends_with('.')))
    };
    referral(answer).is_some_and(|next| deeper(&next.zone))
}

/// The cut that a referral names: NS records of one owner in the authority section, and their addresses.
fn referral(answer: &DnsAnswer) -> Option<Cut> {
    let message = answer.message()?;
    let zone = message
        .authority
        .iter()
        .filter(|record| matches!(record.data, RecordData::Ns(_)))
        .map(|record| &record.name)
        .find(|owner| HostName::parse(owner).is_ok_and(|zone| answer.name.is_within(&zone)))?
        .clone();
    let names = ns_names(&message.authority, &zone);
    let servers = names
        .into_iter()
        .map(|name| NameServer {
            addresses: glue_of(&message.additional, &name),
            name,
        })
        .collect();
    Some(Cut { zone, servers })
}

/// NS names of `zone` among `records`, sorted, each once.
pub(in crate::net) fn ns_names(records: &[Record], zone: &str) -> Vec<String> {
    let mut names: Vec<String> = records
        .iter()
        .filter(|record| record.name == zone)
        .filter_map(|record| match &record.data {
            RecordData::Ns(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Addresses of `name` among `records`, IPv4 first.
pub(in crate::net) fn glue_of(records: &[Record], name: &str) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = records
        .iter()
        .filter(|record| record.name == name)
        .filter_map(|record| record.data.address())
        .collect();
    addresses.sort_by_key(|address| (address.is_ipv6(), *address));
    addresses.dedup();
    addresses
}

fn none_answered(cut: &Cut, why: &[Failure]) -> Failure {
    let kind = why
        .first()
        .map_or(FailureKind::NoAddress, |failure| failure.kind);
    let mut reasons: Vec<&str> = why.iter().map(|failure| failure.text.as_str()).collect();
    reasons.truncate(3);
    Failure::new(
        kind,
        format!(
            "no server of {} gave an answer: {}",
            zone_name(&cut.zone),
            reasons.join("; ")
        ),
    )
}

fn zone_name(zone: &str) -> &str {
    if zone.is_empty() { "the root" } else { zone }
}
