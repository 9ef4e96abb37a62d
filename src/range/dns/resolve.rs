//! The recursive resolvers: they walk the same zones from the root that everybody else walks, in process.
//!
//! Nothing is cached, so a mended fault is seen at once.

use std::net::IpAddr;

use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::copies::{Copies, ROOT};
use super::key::is_known;
use super::say::{Kind, Proofs};
use super::zone::Zone;
use crate::range::change::{ServerChange, ServerDoes};

/// Referrals and aliases followed for one question; name servers resolved on the way count too.
const BUDGET: u32 = 40;

/// What a resolver found out.
pub struct Resolved {
    pub exists: Exists,
    pub answers: Vec<Record>,
    pub authority: Vec<Record>,
    pub trust: Trust,
}

/// Whether there is something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Exists {
    /// Records, or the name without such records.
    Name,
    /// NXDOMAIN.
    Nothing,
}

/// What DNSSEC says of an answer, the worst of the zones on the way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    Secure,
    Insecure,
    Bogus,
}

/// A walk that one resolver makes.
pub struct Walk<'a> {
    pub resolver: IpAddr,
    pub copies: &'a Copies,
    pub servers: &'a [ServerChange],
}

impl Walk<'_> {
    /// Finds the records, or `None` where a resolver gives up with SERVFAIL.
    pub fn find(&self, name: &Name, rtype: RecordType, proofs: Proofs) -> Option<Resolved> {
        self.resolve(name, rtype, proofs, &mut BUDGET.clone())
    }

    fn resolve(
        &self,
        name: &Name,
        rtype: RecordType,
        proofs: Proofs,
        budget: &mut u32,
    ) -> Option<Resolved> {
        let mut owner = name.to_lowercase();
        let mut answers = Vec::new();
        let mut trust = Trust::Secure;
        let mut visited = vec![owner.clone()];
        loop {
            let (zone, zone_trust) = self.zone_of(&owner, rtype, budget)?;
            trust = trust.max(zone_trust);
            let said = zone.say(&owner, rtype, proofs)?;
            answers.extend(said.answers);
            let exists = match said.kind {
                Kind::Records | Kind::NoData => Exists::Name,
                Kind::NoName => Exists::Nothing,
                Kind::Loops | Kind::Referral(_) => return None,
                Kind::Leads(target) => {
                    if visited.contains(&target) {
                        return None;
                    }
                    visited.push(target.clone());
                    owner = target;
                    continue;
                }
            };
            return Some(Resolved {
                exists,
                answers,
                authority: said
                    .authority
                    .into_iter()
                    .filter(|r| !matches!(r.data, RData::NS(_)))
                    .collect(),
                trust,
            });
        }
    }

    /// The zone that answers for a name, as its first usable server holds it.
    fn zone_of(&self, name: &Name, rtype: RecordType, budget: &mut u32) -> Option<(&Zone, Trust)> {
        let mut zone = self.usable(ROOT, &Name::root(), name)?;
        let mut trust = Trust::Secure;
        loop {
            *budget = budget.checked_sub(1)?;
            let said = zone.say(name, rtype, Proofs::Unwanted)?;
            let Kind::Referral(cut) = said.kind else {
                return Some((zone, trust));
            };
            let ds = zone.set(&cut, RecordType::DS);
            let mut servers: Vec<IpAddr> = Vec::new();
            for record in &said.authority {
                if let RData::NS(host) = &record.data {
                    servers.extend(self.addresses_of(
                        &host.0.to_lowercase(),
                        &said.additional,
                        budget,
                    ));
                }
            }
            servers.sort_unstable();
            let child = servers
                .into_iter()
                .find_map(|server| self.usable(server, &cut, name))?;
            trust = match (trust, ds.is_empty()) {
                (Trust::Secure, true) => Trust::Insecure,
                (Trust::Secure, false) if !is_known(ds) => Trust::Insecure,
                (Trust::Secure, false) if child.validates(ds) => Trust::Secure,
                (Trust::Secure, false) => Trust::Bogus,
                (other, _) => other,
            };
            zone = child;
        }
    }

    /// The addresses of a name server: from the referral, else by asking.
    fn addresses_of(&self, host: &Name, glue: &[Record], budget: &mut u32) -> Vec<IpAddr> {
        let known = ipv4s(glue.iter().filter(|r| r.name == *host));
        if !known.is_empty() {
            return known;
        }
        *budget = budget.saturating_sub(4);
        if *budget == 0 {
            return Vec::new();
        }
        self.resolve(host, RecordType::A, Proofs::Unwanted, budget)
            .map(|found| ipv4s(found.answers.iter()))
            .unwrap_or_default()
    }

    /// The copy of a zone at one server, if the server gives a useful answer for the name.
    fn usable(&self, server: IpAddr, origin: &Name, name: &Name) -> Option<&Zone> {
        let broken = conduct(self.servers, server, name).any(|does| !does.is_usable());
        if broken {
            return None;
        }
        self.copies
            .believed(self.resolver, server)
            .iter()
            .find(|zone| zone.origin == *origin)
    }
}

/// What the server at `address` does to questions for `name`.
pub fn conduct<'a>(
    servers: &'a [ServerChange],
    address: IpAddr,
    name: &'a Name,
) -> impl Iterator<Item = ServerDoes> + 'a {
    servers
        .iter()
        .filter(move |rule| rule.address == address)
        .filter(move |rule| rule.names.is_empty() || rule.names.iter().any(|n| same(n, name)))
        .map(|rule| rule.does)
}

fn same(text: &str, name: &Name) -> bool {
    text.trim_end_matches('.')
        .eq_ignore_ascii_case(name.to_ascii().trim_end_matches('.'))
}

fn ipv4s<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<IpAddr> {
    records
        .filter_map(|record| match &record.data {
            RData::A(a) => Some(IpAddr::V4(a.0)),
            _ => None,
        })
        .collect()
}
