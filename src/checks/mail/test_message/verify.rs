//! Whether a DKIM signature of a message verifies, and if not, why (RFC 6376 §6.1).
//!
//! The receiver has verified it already; this is a second look at the bytes as they lie in the inbox, with the key as it is
//! published now. It tells body from header, and a key that is gone from one that is short.

use jiff::Timestamp;
use ring::signature::{
    ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::canonical;
use super::message::{Field, Message};
use super::signature::{Algorithm, Signature};
use crate::checks::mail::dkim::key::{
    KeyKind, KeyRecord, LEAST_RSA, Material, is_for_the_domain_alone, is_key_record, material, read,
};
use crate::model::observation::dns::DnsAnswer;
use crate::model::text::escape;

/// What became of one signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    Verifies,
    /// The body is not the one that was signed.
    BodyAltered,
    /// The body is; one of the signed fields is not, or another key signed.
    HeaderAltered,
    /// No verifier takes the field; why.
    Refused(String),
    /// The key was taken back: `p=` is empty.
    KeyRevoked,
    /// Nothing stands at the selector.
    KeyMissing,
    /// What stands at the selector is no key for it; why.
    KeyBroken(String),
    /// Bits of an RSA key below 1024 (RFC 8301 §3.2).
    KeyShort(usize),
    /// `x=` was over when the message arrived.
    Expired(Timestamp),
    /// It could not be told; why.
    Unseen(String),
}

impl Fate {
    /// In words, behind `the signature`.
    pub fn said(&self) -> String {
        match self {
            Self::Verifies => "verifies".to_owned(),
            Self::BodyAltered => "does not verify: the body was altered after signing".to_owned(),
            Self::HeaderAltered => {
                "does not verify: a signed header field was altered, or another key signed"
                    .to_owned()
            }
            Self::Refused(why) => format!("cannot be used: {why}"),
            Self::KeyRevoked => "does not verify: its key was revoked".to_owned(),
            Self::KeyMissing => "does not verify: its key is not published".to_owned(),
            Self::KeyBroken(why) => format!("does not verify: {why}"),
            Self::KeyShort(bits) => {
                format!("does not count: its key has {bits} bits, and receivers want {LEAST_RSA}")
            }
            Self::Expired(at) => format!("had expired when the message arrived: {at}"),
            Self::Unseen(why) => format!("could not be verified: {why}"),
        }
    }

    /// Whether it is seen to be broken.
    pub const fn is_broken(&self) -> bool {
        !matches!(self, Self::Verifies | Self::Unseen(_))
    }

    /// Whether it is broken for its key or its field, whatever happened to the copy that lies in the inbox.
    pub const fn is_broken_at_the_sender(&self) -> bool {
        self.is_broken() && !matches!(self, Self::BodyAltered | Self::HeaderAltered)
    }
}

/// The message that a signature is verified in.
#[derive(Clone, Copy)]
pub struct Signed<'a> {
    pub message: &'a Message<'a>,
    /// The signature's own field.
    pub field: &'a Field<'a>,
    /// Whether the end of the body is missing.
    pub cut: bool,
    /// When the message arrived, as far as that is known.
    pub arrived: Option<Timestamp>,
}

/// Verifies `signature` with what is published at its selector.
pub fn verify(signed: Signed<'_>, signature: &Signature, published: &DnsAnswer) -> Fate {
    let over = signature
        .expires
        .and_then(|at| Timestamp::from_second(at).ok())
        .filter(|over| signed.arrived.is_some_and(|arrived| arrived > *over));
    if let Some(over) = over {
        return Fate::Expired(over);
    }
    match key(signature, published) {
        Err(fate) => fate,
        Ok(key) => with_key(signed, signature, &key),
    }
}

/// The key at the selector.
fn key(signature: &Signature, published: &DnsAnswer) -> Result<Material, Fate> {
    if published.is_unusable() {
        return Err(Fate::Unseen(format!(
            "{}: {}",
            published.name,
            escape(&published.outcome_line())
        )));
    }
    let texts = published.texts();
    let records: Vec<&String> = texts.iter().filter(|text| is_key_record(text)).collect();
    let Some(first) = records.first() else {
        return Err(Fate::KeyMissing);
    };
    let usable = |text: &&&String| matches!(read(text), KeyRecord::Usable(_));
    let text = records.iter().find(usable).unwrap_or(first);
    let found = match read(text) {
        KeyRecord::Revoked => return Err(Fate::KeyRevoked),
        KeyRecord::Broken(why) => return Err(Fate::KeyBroken(why)),
        KeyRecord::Usable(found) => found,
    };
    match (found.kind, signature.algorithm) {
        (KeyKind::Rsa(bits), Algorithm::RsaSha256) if bits < LEAST_RSA => Err(Fate::KeyShort(bits)),
        (KeyKind::Rsa(_), Algorithm::RsaSha256) | (KeyKind::Ed25519, Algorithm::Ed25519Sha256) => {
            if signature.for_subdomain && is_for_the_domain_alone(text) {
                return Err(Fate::KeyBroken(
                    "its key (t=s) may not sign for a subdomain".to_owned(),
                ));
            }
            material(text).ok_or_else(|| Fate::KeyBroken("its key cannot be read".to_owned()))
        }
        (kind, algorithm) => Err(Fate::KeyBroken(format!(
            "it is made with {}, and its key is {kind}",
            algorithm.word()
        ))),
    }
}

fn with_key(signed: Signed<'_>, signature: &Signature, key: &Material) -> Fate {
    let header = canonical::header(
        signed.message,
        signed.field,
        &signature.signed,
        signature.header,
    );
    let header_holds = holds(key, &header, &signature.signature);
    let body = canonical::body(signed.message.body, signature.body, signature.length);
    let cut = || Fate::Unseen("the end of the message is missing".to_owned());
    let body_holds = match body {
        // The last line may be cut in two, so that nothing but a length within what is there can be believed.
        _ if signed.cut && signature.length.is_none() => None,
        Some(body) => Some(Sha256::digest(body).as_slice() == signature.body_hash),
        None if signed.cut => None,
        None => Some(false),
    };
    match (body_holds, header_holds) {
        (_, false) if signed.message.crowded => {
            Fate::Unseen("the message has too many header fields".to_owned())
        }
        (Some(true), true) => Fate::Verifies,
        (Some(false), _) => Fate::BodyAltered,
        (_, false) => Fate::HeaderAltered,
        (None, true) => cut(),
    }
}

/// Whether `bytes` are what was signed. Ed25519 signs the hash of the header, not the header (RFC 8463 §3).
fn holds(key: &Material, bytes: &[u8], signature: &[u8]) -> bool {
    match key {
        Material::Rsa { modulus, exponent } => RsaPublicKeyComponents {
            n: modulus,
            e: exponent,
        }
        .verify(
            &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            bytes,
            signature,
        )
        .is_ok(),
        Material::Ed25519(public) => UnparsedPublicKey::new(&ED25519, public)
            .verify(&Sha256::digest(bytes), signature)
            .is_ok(),
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
