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

/// Signatures over one set, and keys of one tag, that are tried. A zone can be made so that each of hundreds of signatures
/// asks for hundreds of keys (CVE-2023-50387); resolvers give up as early and call such a zone bogus.
const MOST_SIGNATURES: usize = 8;
const MOST_KEYS: usize = 4;

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
            .take(MOST_SIGNATURES)
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
        for key in candidates.take(MOST_KEYS) {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hickory_proto::dnssec::crypto::EcdsaSigningKey;
    use hickory_proto::dnssec::rdata::SigInput;
    use hickory_proto::dnssec::{Algorithm, DigestType, DnssecSigner, SigningKey, TBS};
    use hickory_proto::rr::SerialNumber;
    use hickory_proto::rr::rdata::SOA;

    use super::*;
    use crate::model::observation::dns::{DnsAnswer, Transport};

    const ZONE: &str = "acme.example";

    fn signer(zone: &Name) -> DnssecSigner {
        let algorithm = Algorithm::ECDSAP256SHA256;
        let pkcs8 = EcdsaSigningKey::generate_pkcs8(algorithm).unwrap();
        let key = EcdsaSigningKey::from_pkcs8(&pkcs8, algorithm).unwrap();
        let public = DNSKEY::from_key(&key.to_public_key().unwrap());
        DnssecSigner::new(
            public,
            Box::new(key),
            zone.clone(),
            Duration::from_mins(150),
        )
    }

    fn answer(records: Vec<Record>) -> Asked {
        let mut message = Message::query().into_response();
        message.add_answers(records);
        Asked {
            answer: Arc::new(DnsAnswer {
                name: HostName::parse(ZONE).unwrap(),
                rtype: RecordType::Soa,
                server: String::new(),
                recursive: true,
                transport: Transport::Udp,
                at: Timestamp::UNIX_EPOCH,
                took_ms: 0,
                outcome: Ok(super::super::convert::message(&message)),
            }),
            message: Some(message),
        }
    }

    /// A zone with one key, and its signed SOA.
    fn signed() -> (Seen, DnssecSigner, Vec<Record>) {
        let name = wire_name(&HostName::parse(ZONE).unwrap()).unwrap();
        let signer = signer(&name);
        let soa = SOA::new(name.clone(), name.clone(), 1, 2, 3, 4, 5);
        let soa = Record::from_rdata(name.clone(), 300, RData::SOA(soa));
        let input = SigInput {
            type_covered: WireType::SOA,
            algorithm: Algorithm::ECDSAP256SHA256,
            num_labels: name.num_labels(),
            original_ttl: 300,
            sig_expiration: SerialNumber::new(1_795_900_000),
            sig_inception: SerialNumber::new(1_795_000_000),
            key_tag: signer.calculate_key_tag().unwrap(),
            signer_name: name.clone(),
        };
        let bytes = TBS::from_input(&name, DNSClass::IN, &input, std::iter::once(&soa)).unwrap();
        let rrsig = RRSIG::from_sig(input, signer.sign(&bytes).unwrap());
        let rrsig = RData::DNSSEC(DNSSECRData::RRSIG(rrsig));
        let records = vec![soa, Record::from_rdata(name.clone(), 300, rrsig)];
        let seen = Seen {
            keys: vec![signer.to_dnskey()],
            name,
        };
        (seen, signer, records)
    }

    #[test]
    fn a_good_signature_verifies_and_a_touched_record_does_not() {
        let (seen, signer, mut records) = signed();
        let signatures = seen.signatures(&answer(records.clone()), WireType::SOA);
        assert_eq!(signatures.len(), 1);
        assert_eq!(signatures[0].verified, Ok(()));
        assert_eq!(signatures[0].key_tag, signer.calculate_key_tag().unwrap());
        assert_eq!(signatures[0].inception.as_second(), 1_795_000_000);
        assert!(
            seen.signatures(&answer(records.clone()), WireType::DNSKEY)
                .is_empty()
        );
        if let RData::SOA(soa) = &mut records[0].data {
            soa.serial += 1;
        }
        let touched = seen.signatures(&answer(records), WireType::SOA);
        assert!(touched[0].verified.is_err());
    }

    #[test]
    fn a_zone_that_is_made_to_keep_us_busy_does_not() {
        let (mut seen, signer, mut records) = signed();
        let few = answer(records.clone());
        // Words of a key change places: another key, the same tag (RFC 4034 appendix B).
        let good = signer.to_dnskey();
        let bytes = hickory_proto::dnssec::PublicKey::public_bytes(good.public_key()).to_vec();
        seen.keys = (0..1_000)
            .map(|turn: usize| {
                let mut other = bytes.clone();
                other.rotate_left(2 * (turn % 31 + 1));
                DNSKEY::from_key(&hickory_proto::dnssec::PublicKeyBuf::new(
                    other,
                    Algorithm::ECDSAP256SHA256,
                ))
            })
            .collect();
        let tag = good.calculate_key_tag().unwrap();
        assert!(
            seen.keys
                .iter()
                .all(|k| k.calculate_key_tag().unwrap() == tag)
        );
        let rrsig = records[1].clone();
        records.extend(std::iter::repeat_n(rrsig, 1_000));
        let begun = std::time::Instant::now();
        let signatures = seen.signatures(&answer(records), WireType::SOA);
        assert_eq!(signatures.len(), MOST_SIGNATURES);
        assert!(signatures.iter().all(|s| s.verified.is_err()));
        // A million verifications take minutes.
        assert!(begun.elapsed() < Duration::from_secs(10));
        // A good key among a few of its tag is found.
        seen.keys.truncate(MOST_KEYS - 1);
        seen.keys.push(good);
        assert_eq!(seen.signatures(&few, WireType::SOA)[0].verified, Ok(()));
    }

    #[test]
    fn a_signature_of_a_key_that_is_gone_says_so() {
        let (mut seen, _, records) = signed();
        seen.keys.clear();
        let signatures = seen.signatures(&answer(records), WireType::SOA);
        let why = signatures[0].verified.clone().unwrap_err();
        assert!(why.contains("has no key"), "{why}");
    }

    #[test]
    fn keys_are_vouched_for_by_digest_or_by_anchor() {
        let (seen, signer, _) = signed();
        let key = signer.to_dnskey();
        let tag = key.calculate_key_tag().unwrap();
        let digest = key.to_digest(&seen.name, DigestType::SHA256).unwrap();
        let ds = |digest: Vec<u8>| {
            let ds = DS::new(tag, key.algorithm(), DigestType::SHA256, digest);
            let data = RData::DNSSEC(DNSSECRData::DS(ds));
            answer(vec![Record::from_rdata(seen.name.clone(), 300, data)])
        };
        assert_eq!(seen.vouched(&ds(digest.as_ref().to_vec()), &[]), [tag]);
        assert!(seen.vouched(&ds(vec![0; 32]), &[]).is_empty());
        let anchor = |zone: &str| Anchor {
            zone: zone.to_owned(),
            kind: crate::net::dns::anchor::Kind::Key(key.clone()),
        };
        assert_eq!(seen.vouched(&answer(Vec::new()), &[anchor(ZONE)]), [tag]);
        assert!(seen.vouched(&answer(Vec::new()), &[anchor("")]).is_empty());
    }
}
