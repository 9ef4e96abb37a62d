//! The signatures and keys of a zone: whether a set counts as signed, and what is weak or soon late.

use jiff::{SignedDuration, Timestamp};

use crate::model::clock::ago;
use crate::model::observation::dns::{Dnssec, RecordData, Signature};
use crate::model::text::escape;

/// A signature that ends sooner is late: signers renew days ahead (D18).
const LATE: SignedDuration = SignedDuration::from_hours(12);

/// RSA keys below this are weak.
const RSA_BITS: u32 = 2_048;

/// Why a set counts as not signed.
pub(super) enum Uncovered {
    RanOut(String),
    Otherwise(String),
}

/// Whether one good and current signature over `covers` stands; for DNSKEY it must be by a key that a DS matches.
pub(super) fn covered(seen: &Dnssec, covers: &str, now: Timestamp) -> Result<(), Uncovered> {
    let over: Vec<&Signature> = seen
        .signatures
        .iter()
        .filter(|s| {
            s.covers == covers && (covers != "DNSKEY" || seen.ds_matches.contains(&s.key_tag))
        })
        .collect();
    if over.is_empty() {
        return Err(Uncovered::Otherwise(format!(
            "no signature over {covers}{}",
            if covers == "DNSKEY" {
                " by the key that the DS names"
            } else {
                ""
            }
        )));
    }
    let current = |s: &&Signature| s.inception <= now && now < s.expiration;
    let good = |s: &&Signature| s.verified.is_ok();
    if over.iter().any(|s| current(s) && good(s)) {
        return Ok(());
    }
    if let Some(late) = over
        .iter()
        .filter(|s| good(s))
        .find(|s| s.expiration <= now)
    {
        return Err(Uncovered::RanOut(format!(
            "the signature over {covers} ran out on {}, though the DS at the parent fits",
            late.expiration
        )));
    }
    if let Some(early) = over.iter().filter(|s| good(s)).find(|s| s.inception > now) {
        return Err(Uncovered::Otherwise(format!(
            "the signature over {covers} begins only on {}",
            early.inception
        )));
    }
    let why = over
        .iter()
        .find_map(|s| s.verified.as_ref().err())
        .map_or("", String::as_str);
    Err(Uncovered::Otherwise(format!(
        "the signature over {covers} does not verify: {}",
        escape(why)
    )))
}

/// What is weak or soon late about keys and signatures that hold.
pub(super) fn remarks(seen: &Dnssec, now: Timestamp) -> Vec<String> {
    let mut list = Vec::new();
    if let Some(soon) = seen
        .signatures
        .iter()
        .filter(|s| s.verified.is_ok() && now < s.expiration)
        .map(|s| s.expiration)
        .min()
        .filter(|end| end.duration_since(now) < LATE)
    {
        list.push(format!(
            "a signature ends in {}",
            ago(soon.duration_since(now))
        ));
    }
    for record in seen.dnskey.records() {
        if let RecordData::Dnskey {
            algorithm,
            key_tag,
            bits,
            ..
        } = &record.data
        {
            if matches!(algorithm, 1 | 3 | 5 | 6 | 7 | 12) {
                list.push(format!("key {key_tag} uses algorithm {algorithm}, which is not to be used for signing (RFC 8624 §3.1)"));
            } else if bits.is_some_and(|bits| matches!(algorithm, 8 | 10) && bits < RSA_BITS) {
                list.push(format!(
                    "key {key_tag} has only {} bits",
                    bits.unwrap_or_default()
                ));
            }
        }
    }
    list
}
