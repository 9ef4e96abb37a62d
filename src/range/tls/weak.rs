//! Certificates that no library makes any more: RSA with 1024 bits, and signatures with SHA-1. The keys are published in
//! this repository and protect nothing; nothing here may ever be used to keep a secret.

use std::sync::Arc;

use num_bigint::BigUint;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, Issuer, KeyPair, PublicKeyData,
    SigningKey as CertificateSigner,
};
use rustls::pki_types::CertificateDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};
use sha2::{Digest, Sha256};

use super::authority::{authority_params, problem};
use crate::range::world::WorldProblem;

const KEYS: &str = include_str!("../../../assets/range/weak-keys.txt");

/// DigestInfo of SHA-1 and SHA-256 without the digest (RFC 8017 §9.2 note 1).
const SHA1_INFO: [u8; 15] = [
    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14,
];

/// The object identifiers sha256WithRSAEncryption and sha1WithRSAEncryption in DER; equally long.
const SHA256_RSA: [u8; 11] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b,
];
const SHA1_RSA: [u8; 11] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05,
];

/// A leaf with a key of 1024 bits, and that key.
pub fn small_key_leaf(
    params: &CertificateParams,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<(CertificateDer<'static>, Arc<dyn SigningKey>), WorldProblem> {
    let key = Rsa::read("1024")?;
    let leaf = params.signed_by(&key, issuer).map_err(problem)?;
    Ok((leaf.der().clone(), Arc::new(key)))
}

/// A chain whose leaf is signed with SHA-1.
pub fn sha1_chain(
    params: &CertificateParams,
    key: &KeyPair,
    root: &Issuer<'_, KeyPair>,
) -> Result<Vec<CertificateDer<'static>>, WorldProblem> {
    let legacy = authority_params(
        "Range Issuing 0",
        "Range CA",
        BasicConstraints::Constrained(0),
    )?;
    let issuer = CertifiedIssuer::signed_by(legacy, Rsa::read("2048")?, root).map_err(problem)?;
    let leaf = params.signed_by(key, &issuer).map_err(problem)?;
    Ok(vec![
        CertificateDer::from(as_sha1(leaf.der())),
        issuer.der().clone(),
    ])
}

/// A root that signed itself with SHA-1.
pub fn sha1_root() -> Result<CertificateDer<'static>, WorldProblem> {
    let params = authority_params("Range Root R0", "Range CA", BasicConstraints::Unconstrained)?;
    let root = params.self_signed(&Rsa::read("2048")?).map_err(problem)?;
    Ok(CertificateDer::from(as_sha1(root.der())))
}

/// An RSA key as two numbers.
#[derive(Clone)]
struct Rsa {
    modulus: BigUint,
    exponent: BigUint,
    /// RSAPublicKey in DER (RFC 8017 §A.1.1).
    public: Vec<u8>,
}

impl std::fmt::Debug for Rsa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rsa({} bits)", self.modulus.bits())
    }
}

impl Rsa {
    fn read(bits: &str) -> Result<Self, WorldProblem> {
        let mut words = KEYS
            .lines()
            .filter_map(|line| line.strip_prefix(bits))
            .flat_map(str::split_whitespace)
            .map(|hex| BigUint::parse_bytes(hex.as_bytes(), 16));
        let (Some(Some(modulus)), Some(Some(exponent))) = (words.next(), words.next()) else {
            return Err(problem("the weak keys do not read"));
        };
        let public = sequence(&[integer(&modulus), integer(&BigUint::from(65_537_u32))].concat());
        Ok(Self {
            modulus,
            exponent,
            public,
        })
    }

    fn size(&self) -> usize {
        usize::try_from(self.modulus.bits().div_ceil(8)).unwrap_or_default()
    }

    /// RSASP1 (RFC 8017 §5.2.1) of an encoded message.
    fn apply(&self, encoded: &[u8]) -> Vec<u8> {
        let number = BigUint::from_bytes_be(encoded).modpow(&self.exponent, &self.modulus);
        let bytes = number.to_bytes_be();
        [vec![0; self.size().saturating_sub(bytes.len())], bytes].concat()
    }
}

impl PublicKeyData for Rsa {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl CertificateSigner for Rsa {
    /// Signs with SHA-1 what names SHA-256; [`as_sha1`] then puts the right name in (EMSA-PKCS1-v1_5, RFC 8017 §9.2).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let digest =
            ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &as_sha1(message));
        let tail = [&[0], SHA1_INFO.as_slice(), digest.as_ref()].concat();
        let padding = vec![0xff; self.size().saturating_sub(tail.len() + 2)];
        Ok(self.apply(&[vec![0, 1], padding, tail].concat()))
    }
}

impl SigningKey for Rsa {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered
            .contains(&SignatureScheme::RSA_PSS_SHA256)
            .then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

impl Signer for Rsa {
    /// EMSA-PSS with SHA-256 (RFC 8017 §9.1.1).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let mut salt = [0_u8; 32];
        getrandom::fill(&mut salt).map_err(|e| rustls::Error::General(e.to_string()))?;
        let hash = Sha256::new()
            .chain_update([0_u8; 8])
            .chain_update(Sha256::digest(message))
            .chain_update(salt)
            .finalize();
        let length = self.size().saturating_sub(hash.len() + 1);
        let zeros = vec![0; length.saturating_sub(salt.len() + 1)];
        let block = [zeros, vec![1], salt.to_vec()].concat();
        let mut masked: Vec<u8> = block
            .iter()
            .zip(mask(&hash, length))
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        // The modulus has a multiple of eight bits, so one bit must be clear.
        if let Some(first) = masked.first_mut() {
            *first &= 0x7f;
        }
        Ok(self.apply(&[masked, hash.to_vec(), vec![0xbc]].concat()))
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::RSA_PSS_SHA256
    }
}

/// MGF1 with SHA-256 (RFC 8017 §B.2.1).
fn mask(seed: &[u8], length: usize) -> impl Iterator<Item = u8> {
    (0_u32..)
        .flat_map(move |counter| {
            Sha256::new()
                .chain_update(seed)
                .chain_update(counter.to_be_bytes())
                .finalize()
        })
        .take(length)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The same DER with sha1WithRSAEncryption for sha256WithRSAEncryption.
fn as_sha1(der: &[u8]) -> Vec<u8> {
    let mut bytes = der.to_vec();
    let length = SHA256_RSA.len();
    for at in 0..bytes.len().saturating_sub(length) {
        if let Some(window) = bytes.get_mut(at..at + length).filter(|w| **w == SHA256_RSA) {
            window.copy_from_slice(&SHA1_RSA);
        }
    }
    bytes
}

pub(super) fn integer(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    tagged(0x02, &bytes)
}

pub(super) fn sequence(content: &[u8]) -> Vec<u8> {
    tagged(0x30, content)
}

/// DER with a definite length below 65536.
pub(super) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    let head = match length {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content.to_vec()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_a_key() {
        for bits in ["1024", "2048"] {
            let key = Rsa::read(bits).unwrap();
            let message = vec![7_u8; key.size() - 1];
            let signed = BigUint::from_bytes_be(&key.apply(&message));
            let back = signed.modpow(&BigUint::from(65_537_u32), &key.modulus);
            assert_eq!(back.to_bytes_be(), message, "{bits}");
        }
    }
}
