//! The DS records at the parent, held against the keys of the zone. A validator leaves out those whose algorithm or digest
//! it does not know; where none is left, the zone counts as unsigned and not as broken (RFC 4035 §5.2, RFC 6840 §5.2).

use jiff::SignedDuration;

use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::observation::dns::{Dnssec, RecordData};
use crate::model::verdict::Verdict;

/// Algorithms that validators know in common (RFC 8624 §3.1).
const ALGORITHMS: [u8; 7] = [5, 7, 8, 10, 13, 14, 15];

/// Digests that validators know in common: SHA-1, SHA-256, SHA-384 (RFC 8624 §3.3).
const DIGESTS: [u8; 3] = [1, 2, 4];

/// A DS record and what it is to the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ds {
    pub key_tag: u16,
    algorithm: u8,
    digest_type: u8,
    /// Seconds that the resolver still keeps it.
    ttl: u32,
    pub fit: Fit,
}

/// How a DS stands to the keys of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Fits,
    /// It names a key that the zone does not have.
    NoKey,
    /// It names a key of the zone, and its digest is of something else.
    OtherDigest,
    /// Validators do not know its algorithm or digest, and leave it out.
    LeftOut,
}

/// Every DS of the parent, in its order.
pub fn all(seen: &Dnssec) -> Vec<Ds> {
    let keys: Vec<u16> = seen
        .dnskey
        .records()
        .iter()
        .filter_map(|record| match record.data {
            RecordData::Dnskey { key_tag, .. } => Some(key_tag),
            _ => None,
        })
        .collect();
    let read = |data: &RecordData, ttl: u32| match *data {
        RecordData::Ds {
            key_tag,
            algorithm,
            digest_type,
            ..
        } => Some(Ds {
            key_tag,
            algorithm,
            digest_type,
            ttl,
            fit: if !ALGORITHMS.contains(&algorithm) || !DIGESTS.contains(&digest_type) {
                Fit::LeftOut
            } else if seen.ds_matches.contains(&key_tag) {
                Fit::Fits
            } else if keys.contains(&key_tag) {
                Fit::OtherDigest
            } else {
                Fit::NoKey
            },
        }),
        _ => None,
    };
    let records = seen.ds.records();
    records
        .iter()
        .filter_map(|record| read(&record.data, record.ttl))
        .collect()
}

/// Whether the parent, or an anchor of the operator's, vouches for a key of the zone.
pub fn vouch(list: &[Ds], seen: &Dnssec) -> bool {
    let by_anchor = |tag: &u16| list.iter().all(|ds| ds.key_tag != *tag);
    list.iter().any(|ds| ds.fit == Fit::Fits) || seen.ds_matches.iter().any(by_anchor)
}

/// `algorithm 12, digest type 3`: of each record, each once.
pub fn kinds(list: &[Ds]) -> Vec<String> {
    let mut kinds: Vec<String> = list
        .iter()
        .map(|ds| format!("algorithm {}, digest type {}", ds.algorithm, ds.digest_type))
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// One row a record. `until`: when the resolver lets go of one that does not fit.
pub fn table(list: &[Ds], seen: &Dnssec) -> Option<Exhibit> {
    let row = |ds: &Ds| {
        let (verdict, fits) = match ds.fit {
            Fit::Fits => (Verdict::Pass, "a key of the zone"),
            Fit::NoKey => (Verdict::Fail, "no key of the zone"),
            Fit::OtherDigest => (Verdict::Fail, "no key: the digest is of something else"),
            Fit::LeftOut => (Verdict::Warn, "left out: validators do not know it"),
        };
        let what = format!(
            "key tag {}, algorithm {}, digest type {}",
            ds.key_tag, ds.algorithm, ds.digest_type
        );
        let row = TableRow::judged(verdict, [what.as_str(), fits]);
        let until = seen
            .ds
            .at
            .checked_add(SignedDuration::from_secs(ds.ttl.into()));
        match (verdict, until) {
            (Verdict::Fail, Ok(until)) => row.until(until),
            _ => row,
        }
    };
    (!list.is_empty()).then(|| {
        Exhibit::table(
            "the DS records at the parent",
            &["DS", "fits"],
            list.iter().map(row),
        )
    })
}
