//! DNSSEC of one zone: which keys the parent vouches for, and whether the signatures are good (RFC 4034, RFC 4035 §5).
//!
//! Everything is asked with CD=1, so that a broken zone can be seen; only `checked` lets the resolver judge.

use std::sync::Arc;

use futures_util::future::join4;
use hickory_proto::dnssec::Verifier;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, RRSIG};
use hickory_proto::op::Message;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType as WireType};
use jiff::Timestamp;

use super::anchor::Anchor;
use super::ask::{Asked, Mode};
use super::convert::{moment, wire_name};
use super::recursive::ask_any;
use crate::model::name::HostName;
use crate::model::observation::dns::{Dnssec, RecordType, Signature};
use crate::model::text::escape;
use crate::net::memory::Sight;
use crate::net::reach::Reach;

impl Sight for Dnssec {
    fn saw_nothing(&self) -> bool {
        [&self.ds, &self.dnskey, &self.checked, &self.unchecked]
            .into_iter()
            .any(crate::model::observation::dns::DnsAnswer::is_unusable)
    }
}

/// Looks at the keys and signatures of `zone`.
pub(in crate::net) async fn look(reach: Arc<Reach>, zone: HostName) -> Dnssec {
    let (ds, dnskey, checked, unchecked) = join4(
        ask_any(&reach, &zone, RecordType::Ds, Mode::Unchecked),
        ask_any(&reach, &zone, RecordType::Dnskey, Mode::Unchecked),
        ask_any(&reach, &zone, RecordType::Soa, Mode::Recursive),
        ask_any(&reach, &zone, RecordType::Soa, Mode::Unchecked),
    )
    .await;
    let seen = wire_name(&zone).map(|name| Seen {
        keys: keys(&dnskey, &name),
        name,
    });
    let (ds_matches, signatures) = seen.map_or_else(Default::default, |seen| {
        let mut signatures = seen.signatures(&dnskey, WireType::DNSKEY);
        signatures.extend(seen.signatures(&unchecked, WireType::SOA));
        (seen.vouched(&ds, &reach.ground.anchors), signatures)
    });
    Dnssec {
        zone,
        at: Timestamp::now(),
        ds: (*ds.answer).clone(),
        dnskey: (*dnskey.answer).clone(),
        checked: (*checked.answer).clone(),
        unchecked: (*unchecked.answer).clone(),
        ds_matches,
        signatures,
    }
}

/// A zone and its keys.
struct Seen {
    name: Name,
    keys: Vec<DNSKEY>,
}

impl Seen {
    /// Key tags of the keys that a DS of the parent, or an anchor of the operator's, matches.
    fn vouched(&self, ds: &Asked, anchors: &[Anchor]) -> Vec<u16> {
        let digests: Vec<&DS> = at(ds.message.as_ref(), &self.name)
            .filter_map(|record| match &record.data {
                RData::DNSSEC(DNSSECRData::DS(ds)) => Some(ds),
                _ => None,
            })
            .collect();
        let mut tags: Vec<u16> = self
            .keys
            .iter()
            .filter(|key| {
                digests.iter().any(|ds| covers(ds, &self.name, key))
                    || anchors.iter().any(|anchor| anchor.trusts(&self.name, key))
            })
            .filter_map(|key| key.calculate_key_tag().ok())
            .collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// Each signature over the zone's records of `covered` in that answer.
    fn signatures(&self, asked: &Asked, covered: WireType) -> Vec<Signature> {
        let records: Vec<&Record> = at(asked.message.as_ref(), &self.name)
            .filter(|record| record.record_type() == covered)
            .collect();
        at(asked.message.as_ref(), &self.name)
            .filter_map(|record| match &record.data {
                RData::DNSSEC(DNSSECRData::RRSIG(rrsig)) => Some(rrsig),
                _ => None,
            })
            .filter(|rrsig| rrsig.input().type_covered == covered)
            .map(|rrsig| self.judged(rrsig, &records))
            .collect()
    }

    fn judged(&self, rrsig: &RRSIG, records: &[&Record]) -> Signature {
        let input = rrsig.input();
        Signature {
            covers: input.type_covered.to_string(),
            key_tag: input.key_tag,
            algorithm: u8::from(input.algorithm),
            inception: moment(input.sig_inception.get()),
            expiration: moment(input.sig_expiration.get()),
            verified: self.verify(rrsig, records),
        }
    }

    /// Tags are not unique (RFC 4034 §5.3.1): any key of that tag may have signed.
    fn verify(&self, rrsig: &RRSIG, records: &[&Record]) -> Result<(), String> {
        let input = rrsig.input();
        if input.signer_name != self.name {
            return Err(escape(&format!("it is signed by {}", input.signer_name)));
        }
        let mut outcome = Err(format!(
            "the zone has no key {} of algorithm {}",
            input.key_tag,
            u8::from(input.algorithm)
        ));
        let candidates = self.keys.iter().filter(|key| {
            key.zone_key()
                && key.algorithm() == input.algorithm
                && key.calculate_key_tag().ok() == Some(input.key_tag)
        });
        for key in candidates {
            outcome = key
                .verify_rrsig(&self.name, DNSClass::IN, rrsig, records.iter().copied())
                .map_err(|why| escape(&format!("it does not verify: {why}")));
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }
}

fn keys(dnskey: &Asked, name: &Name) -> Vec<DNSKEY> {
    at(dnskey.message.as_ref(), name)
        .filter_map(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some(key.clone()),
            _ => None,
        })
        .collect()
}

/// Answer records that `name` owns.
fn at<'a>(message: Option<&'a Message>, name: &'a Name) -> impl Iterator<Item = &'a Record> {
    message
        .into_iter()
        .flat_map(|message| &message.answers)
        .filter(move |record| record.name == *name)
}

fn covers(ds: &DS, name: &Name, key: &DNSKEY) -> bool {
    key.calculate_key_tag().ok() == Some(ds.key_tag())
        && key.algorithm() == ds.algorithm()
        && ds.covers(name, key).unwrap_or(false)
}
