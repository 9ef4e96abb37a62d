//! What an authoritative server says from a zone (RFC 1034 §4.3.2, wildcards by RFC 4592, denial by RFC 4035 §3.1.3).
//!
//! Nothing here knows who asks or how; that is for the servers.

use hickory_proto::dnssec::rdata::{DNSSECRData, NSEC};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::key::is_signable;
use super::zone::Zone;

/// CNAMEs that are followed inside one zone.
const CHAIN: usize = 16;

/// What a zone says to a question.
#[derive(Clone)]
pub struct Said {
    pub kind: Kind,
    pub answers: Vec<Record>,
    pub authority: Vec<Record>,
    pub additional: Vec<Record>,
}

/// The kinds of thing that a zone says.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// Records of the asked type, perhaps behind CNAMEs.
    Records,
    /// The chain of CNAMEs leaves the zone for this name.
    Leads(Name),
    /// The chain of CNAMEs comes back to where it was.
    Loops,
    NoData,
    NoName,
    /// The zone at this name is somebody else's.
    Referral(Name),
}

/// Whether signatures and denials are wanted (the DO bit).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Proofs {
    Wanted,
    Unwanted,
}

impl Zone {
    /// Answers a question; `None` when the name is not in the zone.
    pub fn say(&self, name: &Name, rtype: RecordType, proofs: Proofs) -> Option<Said> {
        if !self.origin.zone_of(name) {
            return None;
        }
        let mut said = Said {
            kind: Kind::Records,
            answers: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
        };
        let mut owner = name.to_lowercase();
        let mut seen = vec![owner.clone()];
        loop {
            match self.step(&owner, rtype, proofs, &mut said) {
                Step::Done(kind) => said.kind = kind,
                Step::Chase(target) if seen.contains(&target) || seen.len() >= CHAIN => {
                    said.kind = Kind::Loops;
                }
                Step::Chase(target) if !self.is_ours(&target) => said.kind = Kind::Leads(target),
                Step::Chase(target) => {
                    seen.push(target.clone());
                    owner = target;
                    continue;
                }
            }
            return Some(said);
        }
    }

    fn step(&self, owner: &Name, rtype: RecordType, proofs: Proofs, said: &mut Said) -> Step {
        if let Some(cut) = self.cut_above(owner, rtype) {
            self.refer(&cut, proofs, said);
            return Step::Done(Kind::Referral(cut));
        }
        let Some(source) = self.source_of(owner) else {
            let wildcard = self.encloser(owner).into_wildcard_child();
            self.negative(proofs, said);
            self.deny(owner, proofs, &mut said.authority);
            self.deny(&wildcard, proofs, &mut said.authority);
            return Step::Done(Kind::NoName);
        };
        if source != *owner {
            self.deny(owner, proofs, &mut said.authority);
        }
        let found = if rtype == RecordType::ANY {
            self.nodes
                .get(&source)
                .map(|n| n.values().flatten().cloned().collect())
                .unwrap_or_default()
        } else {
            self.set(&source, rtype).to_vec()
        };
        if !found.is_empty() {
            self.push(owner, &found, proofs, &mut said.answers);
            self.add_addresses(&found, said);
            return Step::Done(Kind::Records);
        }
        let alias = self.set(&source, RecordType::CNAME);
        if let Some(RData::CNAME(target)) = alias.first().map(|r| &r.data) {
            let target = target.0.to_lowercase();
            self.push(owner, alias, proofs, &mut said.answers);
            return Step::Chase(target);
        }
        self.negative(proofs, said);
        self.deny(&source, proofs, &mut said.authority);
        Step::Done(Kind::NoData)
    }

    /// The highest delegation at or above `owner`, but below the apex. DS belongs to the parent's side of a cut.
    fn cut_above(&self, owner: &Name, rtype: RecordType) -> Option<Name> {
        let apex = self.origin.iter().count();
        let depth = owner.iter().count();
        (apex + 1..=depth)
            .map(|labels| owner.trim_to(labels))
            .find(|name| !self.set(name, RecordType::NS).is_empty())
            .filter(|cut| !(cut == owner && rtype == RecordType::DS))
    }

    fn is_ours(&self, name: &Name) -> bool {
        self.origin.zone_of(name) && self.cut_above(name, RecordType::A).is_none()
    }

    /// Whether the name owns records or something below it does (an empty non-terminal).
    fn exists(&self, name: &Name) -> bool {
        self.nodes.contains_key(name) || self.nodes.keys().any(|other| name.zone_of(other))
    }

    fn encloser(&self, name: &Name) -> Name {
        let mut above = name.base_name();
        while !self.exists(&above) && above != self.origin && !above.is_root() {
            above = above.base_name();
        }
        above
    }

    /// The owner whose records answer for `name`: itself, or the wildcard at its closest encloser (RFC 4592 §3.3.1).
    fn source_of(&self, name: &Name) -> Option<Name> {
        if self.exists(name) {
            return Some(name.clone());
        }
        let wildcard = self.encloser(name).into_wildcard_child();
        self.nodes.contains_key(&wildcard).then_some(wildcard)
    }

    fn refer(&self, cut: &Name, proofs: Proofs, said: &mut Said) {
        let servers = self.set(cut, RecordType::NS);
        said.authority.extend_from_slice(servers);
        if proofs == Proofs::Wanted {
            let ds = self.set(cut, RecordType::DS);
            if ds.is_empty() {
                self.deny(cut, proofs, &mut said.authority);
            } else {
                self.push(cut, ds, proofs, &mut said.authority);
            }
        }
        self.add_addresses(servers, said);
    }

    /// Addresses of the hosts that NS and MX records name, as far as the zone knows them.
    fn add_addresses(&self, records: &[Record], said: &mut Said) {
        for record in records {
            let host = match &record.data {
                RData::NS(ns) => ns.0.to_lowercase(),
                RData::MX(mx) => mx.exchange.to_lowercase(),
                _ => continue,
            };
            for rtype in [RecordType::A, RecordType::AAAA] {
                said.additional.extend_from_slice(self.set(&host, rtype));
            }
        }
    }

    fn negative(&self, proofs: Proofs, said: &mut Said) {
        let soa = self.set(&self.origin, RecordType::SOA);
        self.push(&self.origin, soa, proofs, &mut said.authority);
    }

    /// The NSEC that stands at or covers `name`.
    fn deny(&self, name: &Name, proofs: Proofs, into: &mut Vec<Record>) {
        if proofs == Proofs::Unwanted || self.set(&self.origin, RecordType::DNSKEY).is_empty() {
            return;
        }
        let names: Vec<&Name> = self
            .nodes
            .keys()
            .filter(|owner| self.cut_above(owner, RecordType::DS).is_none())
            .collect();
        let at = names
            .partition_point(|owner| *owner <= name)
            .saturating_sub(1);
        let (Some(owner), Some(next)) = (names.get(at), names.get(at + 1).or(names.first())) else {
            return;
        };
        let types = self
            .nodes
            .get(*owner)
            .into_iter()
            .flat_map(|node| node.keys().copied());
        let nsec = NSEC::new_cover_self((*next).clone(), types);
        let record = Record::from_rdata(
            (*owner).clone(),
            300,
            RData::DNSSEC(DNSSECRData::NSEC(nsec)),
        );
        if !into
            .iter()
            .any(|r| r.name == record.name && r.data == record.data)
        {
            self.push(owner, &[record], proofs, into);
        }
    }

    /// Adds a set under `owner` (which differs from the set's own for a wildcard), with its signatures.
    fn push(&self, owner: &Name, set: &[Record], proofs: Proofs, into: &mut Vec<Record>) {
        let renamed = |record: &Record| {
            let mut record = record.clone();
            record.name.clone_from(owner);
            record
        };
        into.extend(set.iter().map(renamed));
        if proofs == Proofs::Unwanted || self.set(&self.origin, RecordType::DNSKEY).is_empty() {
            return;
        }
        let mut types: Vec<RecordType> = set.iter().map(Record::record_type).collect();
        types.dedup();
        for rtype in types.into_iter().filter(|t| is_signable(*t)) {
            let of_type: Vec<Record> = set
                .iter()
                .filter(|r| r.record_type() == rtype)
                .cloned()
                .collect();
            let signature = self.key.sign(&self.origin, &of_type, self.signatures);
            into.extend(signature.iter().map(renamed));
        }
    }
}

enum Step {
    Done(Kind),
    Chase(Name),
}

/// `*` below a name.
trait WildcardChild {
    fn into_wildcard_child(self) -> Name;
}

impl WildcardChild for Name {
    fn into_wildcard_child(self) -> Name {
        self.prepend_label("*").unwrap_or(self)
    }
}
