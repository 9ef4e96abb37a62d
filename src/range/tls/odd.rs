//! Certificates that hold and are strange all the same: more names than anybody reads, serial numbers below zero, a root
//! that an older one vouched for.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, Issuer, KeyPair,
    PublicKeyData, SanType, SerialNumber, SigningKey,
};
use rustls::pki_types::CertificateDer;

use super::authority::{authority_params, problem, validity};
use super::weak::{sequence, tagged};
use crate::range::change::CertificateKind;
use crate::range::world::WorldProblem;

/// A serial number as it is written, and as it is to be: below zero.
const SERIAL: [u8; 9] = [0x11, 0x0d, 0xd5, 0xe2, 0x1a, 0x10, 0x0d, 0xd5, 0xe2];
const BELOW_ZERO: [u8; 9] = [0x91, 0x0d, 0xd5, 0xe2, 0x1a, 0x10, 0x0d, 0xd5, 0xe2];

/// What is strange about a leaf's content.
pub fn shape(params: &mut CertificateParams, kind: CertificateKind) -> Result<(), WorldProblem> {
    match kind {
        CertificateKind::MustStaple => {
            let feature = CustomExtension::from_oid_content(
                &[1, 3, 6, 1, 5, 5, 7, 1, 24],
                vec![0x30, 3, 2, 1, 5],
            );
            params.custom_extensions.push(feature);
        }
        CertificateKind::ManyNames => {
            for number in 0..1_000 {
                let name = format!("host-{number:04}.shared.example");
                params
                    .subject_alt_names
                    .push(SanType::DnsName(name.try_into().map_err(problem)?));
            }
        }
        CertificateKind::TwoLists => {
            let second = sequence(&tagged(0x82, b"second-list.example"));
            params
                .custom_extensions
                .push(CustomExtension::from_oid_content(&[2, 5, 29, 17], second));
        }
        _ => {}
    }
    Ok(())
}

/// The root's key and name, certified by an older root in days that are over.
pub fn cross_signed(
    root: &CertifiedIssuer<'_, KeyPair>,
) -> Result<CertificateDer<'static>, WorldProblem> {
    let older = authority_params("Range Root R0", "Range CA", BasicConstraints::Unconstrained)?;
    let older = CertifiedIssuer::self_signed(older, KeyPair::generate().map_err(problem)?)
        .map_err(problem)?;
    let mut params =
        authority_params("Range Root R1", "Range CA", BasicConstraints::Unconstrained)?;
    validity(&mut params, -900, -1);
    let certificate = params.signed_by(root.key(), &older).map_err(problem)?;
    Ok(certificate.der().clone())
}

/// A chain whose leaf has a serial number below zero.
pub fn negative(
    params: &CertificateParams,
    key: &KeyPair,
    issuer: &CertifiedIssuer<'_, KeyPair>,
) -> Result<Vec<CertificateDer<'static>>, WorldProblem> {
    let mut params = params.clone();
    params.serial_number = Some(SerialNumber::from_slice(&SERIAL));
    let pen = Issuer::from_ca_cert_der(issuer.der(), Altering(issuer.key())).map_err(problem)?;
    let leaf = params.signed_by(key, &pen).map_err(problem)?;
    Ok(vec![
        CertificateDer::from(altered(leaf.der())),
        issuer.der().clone(),
    ])
}

/// A key that signs what the message is to become.
struct Altering<'a>(&'a KeyPair);

impl PublicKeyData for Altering<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.der_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        PublicKeyData::algorithm(self.0)
    }
}

impl SigningKey for Altering<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.0.sign(&altered(message))
    }
}

fn altered(der: &[u8]) -> Vec<u8> {
    let mut bytes = der.to_vec();
    let at = bytes
        .windows(SERIAL.len())
        .position(|window| window == SERIAL);
    if let Some(window) = at.and_then(|at| bytes.get_mut(at..at + SERIAL.len())) {
        window.copy_from_slice(&BELOW_ZERO);
    }
    bytes
}
