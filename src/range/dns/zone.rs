//! One zone as a server holds it: its records, its key, and what its signatures are like. What it says to a question is in
//! [`super::say`].

use std::collections::BTreeMap;
use std::sync::Arc;

use hickory_proto::rr::{Name, Record, RecordType};
use hickory_proto::serialize::binary::BinEncodable;
use hickory_proto::serialize::txt::Parser;

use super::key::ZoneKey;
use crate::range::change::Signatures;

/// A zone as one server holds it.
#[derive(Clone)]
pub struct Zone {
    pub origin: Name,
    pub(super) nodes: BTreeMap<Name, BTreeMap<RecordType, Vec<Record>>>,
    pub(super) key: Arc<ZoneKey>,
    pub signatures: Signatures,
}

impl Zone {
    /// A zone from master file text with fully qualified names.
    pub fn parse(origin: &str, text: &str, key: Arc<ZoneKey>) -> Result<Self, String> {
        let origin = Name::from_ascii(origin).map_err(|e| e.to_string())?;
        let mut zone = Self {
            origin,
            nodes: BTreeMap::new(),
            key,
            signatures: Signatures::Good,
        };
        for record in parse_records(text)? {
            zone.insert(record);
        }
        let dnskey = zone.key.dnskey(&zone.origin);
        zone.insert(dnskey);
        Ok(zone)
    }

    /// The key that the zone is signed with.
    pub fn key(&self) -> &ZoneKey {
        &self.key
    }

    /// Adds a record; a record that is there already is not added again.
    pub fn insert(&mut self, record: Record) {
        let set = self
            .nodes
            .entry(record.name.to_lowercase())
            .or_default()
            .entry(record.record_type())
            .or_default();
        if !set.iter().any(|r| r.data == record.data) {
            set.push(record);
        }
    }

    /// Removes a set, or all sets of an owner. Gives the number of records removed.
    pub fn remove(&mut self, owner: &Name, rtype: Option<RecordType>) -> usize {
        let Some(node) = self.nodes.get_mut(owner) else {
            return 0;
        };
        let gone: usize = match rtype {
            Some(rtype) => node.remove(&rtype).map_or(0, |set| set.len()),
            None => std::mem::take(node).values().map(Vec::len).sum(),
        };
        if node.is_empty() {
            self.nodes.remove(owner);
        }
        gone
    }

    /// The records of one set.
    pub fn set(&self, owner: &Name, rtype: RecordType) -> &[Record] {
        self.nodes
            .get(owner)
            .and_then(|node| node.get(&rtype))
            .map_or(&[], Vec::as_slice)
    }

    /// Every record.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.nodes.values().flat_map(BTreeMap::values).flatten()
    }

    /// Whether the zone holds its own key and its signatures verify.
    pub fn validates(&self, ds: &[Record]) -> bool {
        self.signatures == Signatures::Good
            && !self.set(&self.origin, RecordType::DNSKEY).is_empty()
            && self.key.matches(&self.origin, ds)
    }
}

/// Master file lines with fully qualified names as records, in order.
pub fn parse_records(text: &str) -> Result<Vec<Record>, String> {
    let mut records = Vec::new();
    for line in text.lines().filter(|l| !l.trim_start().starts_with(';')) {
        let (_, sets) = Parser::new(format!("{line}\n"), None, Some(Name::root()))
            .parse()
            .map_err(|e| e.to_string())?;
        for set in sets.into_values() {
            for record in set.records_without_rrsigs() {
                let mut record = record.clone();
                record.name = record.name.to_lowercase();
                record.name.set_fqdn(true);
                // What cannot be sent (a string of more than 255 bytes) is better said now than by silence later.
                record.to_bytes().map_err(|e| e.to_string())?;
                records.push(record);
            }
        }
    }
    Ok(records)
}
