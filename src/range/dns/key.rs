//! The key of a zone and what is made with it: DNSKEY, DS, RRSIG (RFC 4034).

use std::time::{SystemTime, UNIX_EPOCH};

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, RRSIG, SigInput};
use hickory_proto::dnssec::{Algorithm, DigestType, SigningKey, TBS};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use crate::range::change::Signatures;
use crate::range::world::WorldProblem;

const DAY: u32 = 86_400;

/// One key that signs the whole zone (ECDSA P-256 with SHA-256, RFC 6605).
pub struct ZoneKey {
    signing: EcdsaSigningKey,
    /// Not in the zone; signs when signatures are to be wrong.
    stranger: EcdsaSigningKey,
    dnskey: DNSKEY,
    tag: u16,
    /// Seconds since 1970; every signature counts from here, so that asking twice gives the same answer.
    made: u32,
}

impl ZoneKey {
    /// A fresh key.
    pub fn generate() -> Result<Self, WorldProblem> {
        let signing = ecdsa()?;
        let dnskey = DNSKEY::from_key(&signing.to_public_key().map_err(problem)?);
        let tag = dnskey.calculate_key_tag().map_err(problem)?;
        Ok(Self {
            signing,
            stranger: ecdsa()?,
            dnskey,
            tag,
            made: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| u32::try_from(since.as_secs()).ok())
                .unwrap_or(u32::MAX),
        })
    }

    /// The zone's DNSKEY record.
    pub fn dnskey(&self, origin: &Name) -> Record {
        let data = RData::DNSSEC(DNSSECRData::DNSKEY(self.dnskey.clone()));
        Record::from_rdata(origin.clone(), 3600, data)
    }

    /// The DS record for the parent.
    pub fn ds(&self, origin: &Name) -> Result<Record, WorldProblem> {
        let digest = self
            .dnskey
            .to_digest(origin, DigestType::SHA256)
            .map_err(problem)?;
        let ds = DS::new(
            self.tag,
            Algorithm::ECDSAP256SHA256,
            DigestType::SHA256,
            digest.as_ref().to_vec(),
        );
        let data = RData::DNSSEC(DNSSECRData::DS(ds));
        Ok(Record::from_rdata(origin.clone(), 86_400, data))
    }

    /// Whether one of these DS records points at this key.
    pub fn matches(&self, origin: &Name, ds: &[Record]) -> bool {
        ds.iter().any(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::DS(ds)) => {
                ds.key_tag() == self.tag && ds.covers(origin, &self.dnskey).unwrap_or(false)
            }
            _ => false,
        })
    }

    /// The RRSIG over one RRset of the zone; `None` for an empty set or when signatures are to be missing.
    pub fn sign(&self, origin: &Name, set: &[Record], like: Signatures) -> Option<Record> {
        let first = set.first()?;
        let now = self.made;
        let (inception, expiration, key) = match like {
            Signatures::Missing => return None,
            Signatures::Good => (now - DAY, now + 20 * DAY, &self.signing),
            Signatures::Wrong => (now - DAY, now + 20 * DAY, &self.stranger),
            Signatures::Expired => (now - 31 * DAY, now - DAY, &self.signing),
        };
        let input = SigInput {
            type_covered: first.record_type(),
            algorithm: Algorithm::ECDSAP256SHA256,
            num_labels: first.name.num_labels(),
            original_ttl: first.ttl,
            sig_expiration: expiration.into(),
            sig_inception: inception.into(),
            key_tag: self.tag,
            signer_name: origin.clone(),
        };
        let tbs = TBS::from_input(&first.name, DNSClass::IN, &input, set.iter()).ok()?;
        let signature = key.sign(&tbs).ok()?;
        let data = DNSSECRData::RRSIG(RRSIG::from_sig(input, signature));
        Some(Record::from_rdata(
            first.name.clone(),
            first.ttl,
            RData::DNSSEC(data),
        ))
    }
}

/// Whether a validator knows algorithm and digest of one of these DS records; else it takes the zone as unsigned
/// (RFC 4035 §5.2, RFC 6840 §5.2).
pub fn is_known(ds: &[Record]) -> bool {
    ds.iter().any(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::DS(ds)) => {
            ds.algorithm().is_supported() && ds.digest_type().is_supported()
        }
        _ => false,
    })
}

/// Whether records of this type carry signatures of their own.
pub fn is_signable(rtype: RecordType) -> bool {
    rtype != RecordType::RRSIG
}

fn ecdsa() -> Result<EcdsaSigningKey, WorldProblem> {
    let pkcs8 = EcdsaSigningKey::generate_pkcs8(Algorithm::ECDSAP256SHA256).map_err(problem)?;
    EcdsaSigningKey::from_pkcs8(&pkcs8, Algorithm::ECDSAP256SHA256).map_err(problem)
}

fn problem(error: impl std::fmt::Display) -> WorldProblem {
    WorldProblem::Making {
        what: "a zone key",
        why: error.to_string(),
    }
}
