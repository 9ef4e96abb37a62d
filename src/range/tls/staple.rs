//! OCSP responses to be stapled, good and bad (RFC 6960 §4.2).

use jiff::{SignedDuration, Timestamp};
use rcgen::{CertifiedIssuer, KeyPair, SigningKey};
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::problem;
use super::timestamps::{LOGS, timestamps};
use super::weak::{sequence, tagged};
use crate::range::change::StapleKind;
use crate::range::world::WorldProblem;

/// Object identifiers in DER: SHA-1, ecdsa-with-SHA256, id-pkix-ocsp-basic, the list of SCTs.
const SHA1: [u8; 7] = [0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a];
const ECDSA: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const BASIC: [u8; 11] = [
    0x06, 0x09, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01,
];
const SCT_LIST: [u8; 12] = [
    0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x05,
];

/// A response about `leaf`, which `issuer` certified, signed with `key`.
pub fn response(
    leaf: &CertificateDer<'_>,
    issuer: &CertifiedIssuer<'_, KeyPair>,
    key: &KeyPair,
    kind: StapleKind,
) -> Result<Vec<u8>, WorldProblem> {
    if kind == StapleKind::Garbage {
        return Ok(b"this is no OCSP response".to_vec());
    }
    let (_, leaf) = X509Certificate::from_der(leaf).map_err(problem)?;
    let (_, above) = X509Certificate::from_der(issuer.der()).map_err(problem)?;
    let digest =
        |bytes: &[u8]| ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let name_hash = digest(above.subject().as_raw());
    let key_hash = digest(&above.public_key().subject_public_key.data);
    let id = sequence(
        &[
            sequence(&SHA1),
            tagged(0x04, name_hash.as_ref()),
            tagged(0x04, key_hash.as_ref()),
            tagged(0x02, leaf.raw_serial()),
        ]
        .concat(),
    );
    let status = match kind {
        StapleKind::Revoked => tagged(0xa1, &time(-48)),
        StapleKind::Unknown => tagged(0x82, &[]),
        _ => tagged(0x80, &[]),
    };
    let (from, until) = match kind {
        StapleKind::Stale => (-192, -24),
        _ => (-24, 144),
    };
    let extensions = match kind {
        StapleKind::Timestamps => {
            let list = tagged(0x04, &tagged(0x04, &timestamps(&LOGS)));
            tagged(0xa1, &sequence(&sequence(&[&SCT_LIST[..], &list].concat())))
        }
        _ => Vec::new(),
    };
    let single = sequence(
        &[
            id,
            status,
            time(from),
            tagged(0xa0, &time(until)),
            extensions,
        ]
        .concat(),
    );
    let responder = tagged(0xa2, &tagged(0x04, key_hash.as_ref()));
    let data = sequence(&[responder, time(from), sequence(&single)].concat());
    let signature = key.sign(&data).map_err(problem)?;
    let basic = sequence(
        &[
            data,
            sequence(&ECDSA),
            tagged(0x03, &[&[0], signature.as_slice()].concat()),
        ]
        .concat(),
    );
    let bytes = sequence(&[&BASIC[..], &tagged(0x04, &basic)].concat());
    Ok(sequence(
        &[tagged(0x0a, &[0]), tagged(0xa0, &bytes)].concat(),
    ))
}

/// GeneralizedTime, so many hours from now.
fn time(hours: i64) -> Vec<u8> {
    let at = Timestamp::now() + SignedDuration::from_hours(hours);
    tagged(0x18, at.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes())
}
