//! Which server holds which zones, after all edits.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use hickory_proto::rr::rdata::svcb::SvcParamValue;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::key::ZoneKey;
use super::say::Proofs;
use super::zone::{Zone, parse_records};
use crate::range::change::DnsChange;
use crate::range::world::WorldProblem;

/// Where delegation walks start.
pub const ROOT: IpAddr = ip(198, 51, 100, 1);

/// The recursive resolvers.
pub const RESOLVERS: [IpAddr; 2] = [ip(198, 51, 100, 53), ip(198, 51, 100, 54)];

/// Origin, text, and the servers that hold it. The last two servers of the client's zone stand ready and are not delegated to.
const ZONES: [(&str, &str, &[IpAddr]); 5] = [
    (
        ".",
        include_str!("../../../assets/range/zones/root.zone"),
        &[ROOT],
    ),
    (
        "example.",
        include_str!("../../../assets/range/zones/example.zone"),
        &[ip(198, 51, 100, 2)],
    ),
    (
        "acme.example.",
        include_str!("../../../assets/range/zones/acme.example.zone"),
        &[
            ip(198, 51, 100, 11),
            ip(198, 51, 100, 12),
            ip(198, 51, 100, 13),
            ip(198, 51, 100, 14),
        ],
    ),
    (
        "mailer.example.",
        include_str!("../../../assets/range/zones/mailer.example.zone"),
        &[ip(198, 51, 100, 21)],
    ),
    (
        "testbox.example.",
        include_str!("../../../assets/range/zones/testbox.example.zone"),
        &[ip(198, 51, 100, 22)],
    ),
];

const fn ip(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

/// Every authoritative server's zones, and what each resolver believes when it differs.
#[derive(Clone)]
pub struct Copies {
    servers: BTreeMap<IpAddr, Vec<Zone>>,
    beliefs: BTreeMap<IpAddr, BTreeMap<IpAddr, Vec<Zone>>>,
}

/// What happens to an edit that finds nothing to remove.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    IsAProblem,
    IsFine,
}

impl Copies {
    /// The healthy zones, with fresh keys; each zone's DS at its parent, but for the mail sender's, which is not secured.
    pub fn healthy() -> Result<Self, WorldProblem> {
        let mut servers: BTreeMap<IpAddr, Vec<Zone>> = BTreeMap::new();
        let mut delegated = Vec::new();
        for (origin, text, addresses) in ZONES {
            let zone =
                Zone::parse(origin, text, Arc::new(ZoneKey::generate()?)).map_err(|why| {
                    WorldProblem::Record {
                        line: format!("zone {origin}"),
                        why,
                    }
                })?;
            if origin != "." {
                delegated.push(zone.key().ds(&zone.origin)?);
            }
            for address in addresses {
                servers.entry(*address).or_default().push(zone.clone());
            }
        }
        let mut copies = Self {
            servers,
            beliefs: BTreeMap::new(),
        };
        for ds in delegated {
            for zone in copies.parents_of(&ds.name) {
                zone.insert(ds.clone());
            }
        }
        Ok(copies)
    }

    /// Addresses of every authoritative server.
    pub fn servers(&self) -> impl Iterator<Item = IpAddr> {
        self.servers.keys().copied()
    }

    /// The zones of one authoritative server.
    pub fn of(&self, server: IpAddr) -> &[Zone] {
        self.servers.get(&server).map_or(&[], Vec::as_slice)
    }

    /// The zones of `server` as `resolver` believes them to be.
    pub fn believed(&self, resolver: IpAddr, server: IpAddr) -> &[Zone] {
        match self.beliefs.get(&resolver) {
            Some(belief) => belief.get(&server).map_or(&[], Vec::as_slice),
            None => self.of(server),
        }
    }

    /// DS line of the root's key.
    pub fn trust_anchor(&self) -> Result<String, WorldProblem> {
        let root = Name::root();
        let zone = self
            .of(ROOT)
            .first()
            .ok_or_else(|| WorldProblem::NoSuchZone(".".to_owned()))?;
        let ds = zone.key().ds(&root)?;
        Ok(format!(". 86400 IN DS {}\n", ds.data))
    }

    /// Every address that a record of any copy names.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let believed = self.beliefs.values().flat_map(BTreeMap::values);
        let zones = self.servers.values().chain(believed).flatten();
        zones.flat_map(Zone::records).filter_map(address)
    }

    /// Every port that an HTTPS record of any copy names.
    pub fn ports(&self) -> impl Iterator<Item = u16> {
        let records = self.servers.values().flatten().flat_map(Zone::records);
        records
            .flat_map(|record| match &record.data {
                RData::HTTPS(https) => https.0.svc_params.as_slice(),
                _ => &[],
            })
            .filter_map(|(_, value)| match value {
                SvcParamValue::Port(port) => Some(*port),
                _ => None,
            })
    }

    /// The addresses of a host by the copies themselves, whatever their servers do.
    pub fn addresses_of(&self, host: &str) -> Vec<IpAddr> {
        let Ok(name) = parse_name(host) else {
            return Vec::new();
        };
        let mut found: Vec<IpAddr> = [RecordType::A, RecordType::AAAA]
            .into_iter()
            .flat_map(|rtype| {
                let zones = self.servers.values().flatten();
                zones
                    .filter_map(|zone| zone.say(&name, rtype, Proofs::Unwanted))
                    .collect::<Vec<_>>()
            })
            .flat_map(|said| said.answers)
            .filter_map(|record| address(&record))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Carries out edits in order.
    pub fn edit(&mut self, changes: &[DnsChange], missing: Missing) -> Result<(), WorldProblem> {
        changes
            .iter()
            .try_for_each(|change| self.edit_one(change, missing))
    }

    fn edit_one(&mut self, change: &DnsChange, missing: Missing) -> Result<(), WorldProblem> {
        for line in &change.remove {
            let (owner, rtype) = parse_removal(line)?;
            let gone: usize = self
                .zones_for(change.server, &owner, rtype)?
                .into_iter()
                .map(|zone| zone.remove(&owner, rtype))
                .sum();
            if gone == 0 && missing == Missing::IsAProblem {
                return Err(WorldProblem::NothingThere(line.clone()));
            }
        }
        for line in &change.add {
            let records = parse_records(line).map_err(|why| WorldProblem::Record {
                line: line.clone(),
                why,
            })?;
            for record in records {
                let rtype = Some(record.record_type());
                for zone in self.zones_for(change.server, &record.name, rtype)? {
                    zone.insert(record.clone());
                }
            }
        }
        if let (Some(name), Some(signatures)) = (&change.zone, change.signatures) {
            let origin = parse_name(name)?;
            let mut zones: Vec<&mut Zone> = self
                .zones_for(change.server, &origin, None)?
                .into_iter()
                .filter(|zone| zone.origin == origin)
                .collect();
            if zones.is_empty() {
                return Err(WorldProblem::NoSuchZone(name.clone()));
            }
            for zone in &mut zones {
                zone.signatures = signatures;
            }
        }
        Ok(())
    }

    /// The copies that an edit of `owner` is about: the deepest zone on the way to it; for DS, the parent's side.
    fn zones_for(
        &mut self,
        server: Option<IpAddr>,
        owner: &Name,
        rtype: Option<RecordType>,
    ) -> Result<Vec<&mut Zone>, WorldProblem> {
        let above = rtype == Some(RecordType::DS);
        let zones: Vec<&mut Zone> = match server {
            None => {
                let believed = self.beliefs.values_mut().flat_map(BTreeMap::values_mut);
                self.servers
                    .values_mut()
                    .chain(believed)
                    .flatten()
                    .collect()
            }
            Some(resolver) if RESOLVERS.contains(&resolver) => {
                let belief = self
                    .beliefs
                    .entry(resolver)
                    .or_insert_with(|| self.servers.clone());
                belief.values_mut().flatten().collect()
            }
            Some(address) => match self.servers.get_mut(&address) {
                Some(zones) => zones.iter_mut().collect(),
                None => return Err(WorldProblem::NoSuchServer(address)),
            },
        };
        let fits = |zone: &Zone| zone.origin.zone_of(owner) && !(above && zone.origin == *owner);
        let deepest = zones
            .iter()
            .filter(|z| fits(z))
            .map(|z| z.origin.num_labels())
            .max();
        Ok(zones
            .into_iter()
            .filter(|zone| fits(zone) && Some(zone.origin.num_labels()) == deepest)
            .collect())
    }

    fn parents_of(&mut self, child: &Name) -> Vec<&mut Zone> {
        self.zones_for(None, child, Some(RecordType::DS))
            .unwrap_or_default()
    }
}

fn address(record: &Record) -> Option<IpAddr> {
    match &record.data {
        RData::A(a) => Some(IpAddr::V4(a.0)),
        RData::AAAA(a) => Some(IpAddr::V6(a.0)),
        _ => None,
    }
}

fn parse_name(name: &str) -> Result<Name, WorldProblem> {
    let mut parsed = Name::from_ascii(name).map_err(|e| WorldProblem::Removal {
        line: name.to_owned(),
        why: e.to_string(),
    })?;
    parsed.set_fqdn(true);
    Ok(parsed.to_lowercase())
}

fn parse_removal(line: &str) -> Result<(Name, Option<RecordType>), WorldProblem> {
    let mut words = line.split_whitespace();
    let owner = parse_name(words.next().unwrap_or_default())?;
    let rtype = words
        .next()
        .map(|word| word.to_ascii_uppercase().parse::<RecordType>())
        .transpose()
        .map_err(|e| WorldProblem::Removal {
            line: line.to_owned(),
            why: e.to_string(),
        })?;
    Ok((owner, rtype))
}
