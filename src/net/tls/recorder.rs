//! A certificate verifier that notes its verdict and lets the handshake go on, so that a bad chain can be shown.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::certificate;
use super::roots::Trust;
use crate::model::observation::tls::ChainProblem;

/// Bits of an RSA key below which the library verifies nothing with it.
const SHORT: u32 = 2048;

/// What a handshake showed.
#[derive(Debug, Clone, Default)]
pub(in crate::net) struct Seen {
    /// Leaf first, as sent.
    pub(in crate::net) chain: Vec<CertificateDer<'static>>,
    /// `None` as long as no certificate was shown.
    pub(in crate::net) verdict: Option<Result<(), Error>>,
    /// Whether the path leads to a public root; `None` where none was built.
    pub(in crate::net) public: Option<bool>,
    /// Whether a path builds where weak keys and signatures count, and only there.
    pub(in crate::net) weak: bool,
    /// What is wrong with the handshake's own signature, where a path builds.
    pub(in crate::net) complaint: Option<ChainProblem>,
    /// The OCSP response that came along; empty: none.
    pub(in crate::net) ocsp: Vec<u8>,
}

impl Seen {
    /// Whether a browser would go on.
    pub(in crate::net) fn flawless(&self) -> bool {
        matches!(self.verdict, Some(Ok(()))) && self.complaint.is_none()
    }
}

/// Where a recorder writes.
pub(in crate::net) type Record = Arc<Mutex<Seen>>;

/// Judges as the public verifier does, and refuses nothing.
#[derive(Debug)]
pub(in crate::net) struct Recorder {
    judge: Arc<WebPkiServerVerifier>,
    public: Arc<WebPkiServerVerifier>,
    lenient: Arc<WebPkiServerVerifier>,
    record: Record,
}

impl Recorder {
    pub(in crate::net) fn new(trust: &Trust, record: Record) -> Self {
        Self {
            judge: Arc::clone(&trust.verifier),
            public: Arc::clone(&trust.public),
            lenient: Arc::clone(&trust.lenient),
            record,
        }
    }

    /// A handshake signature that does not verify spoils a good verdict. Whether it is wrong or only of a kind that the
    /// library does not take is told apart.
    fn note(
        &self,
        leaf: &CertificateDer<'_>,
        scheme: SignatureScheme,
        signature: Result<HandshakeSignatureValid, Error>,
    ) -> HandshakeSignatureValid {
        signature.unwrap_or_else(|why| {
            let mut seen = self.record.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.verdict.as_ref().is_some_and(has_path) {
                let key = certificate::read(leaf).key;
                let what = format!("the handshake's signature ({scheme:?})");
                let bad = matches!(
                    why,
                    Error::InvalidCertificate(CertificateError::BadSignature)
                );
                seen.complaint = Some(if key.kind == "RSA" && key.bits < SHORT {
                    let bits = key.bits;
                    ChainProblem::Weak(format!(
                        "{what} proves nothing with an RSA key of {bits} bits"
                    ))
                } else if bad {
                    ChainProblem::BadSignature(format!(
                        "{what} was not made with the certificate's key"
                    ))
                } else {
                    ChainProblem::Unproven(format!(
                        "{what} is of a kind that cannot be verified here"
                    ))
                });
            }
            HandshakeSignatureValid::assertion()
        })
    }
}

/// Whether a path to a root was built: the name is looked at only afterwards.
fn has_path(verdict: &Result<(), Error>) -> bool {
    matches!(
        verdict,
        Ok(())
            | Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
            ))
    )
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self
            .judge
            .verify_server_cert(leaf, intermediates, name, ocsp, now)
            .map(|_| ());
        let public = has_path(&verdict).then(|| {
            let judged = self
                .public
                .verify_server_cert(leaf, intermediates, name, ocsp, now);
            has_path(&judged.map(|_| ()))
        });
        let weak = !has_path(&verdict) && {
            let judged = self
                .lenient
                .verify_server_cert(leaf, intermediates, name, ocsp, now);
            has_path(&judged.map(|_| ()))
        };
        let mut seen = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        seen.weak = weak;
        seen.chain = std::iter::once(leaf)
            .chain(intermediates)
            .map(|certificate| certificate.clone().into_owned())
            .collect();
        seen.verdict = Some(verdict);
        seen.public = public;
        ocsp.clone_into(&mut seen.ocsp);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(self.note(
            certificate,
            signature.scheme,
            self.judge
                .verify_tls12_signature(message, certificate, signature),
        ))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(self.note(
            certificate,
            signature.scheme,
            self.judge
                .verify_tls13_signature(message, certificate, signature),
        ))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        // P-521 cannot be verified here, but a server that has nothing else would break off and show no certificate.
        let mut schemes = self.judge.supported_verify_schemes();
        schemes.push(SignatureScheme::ECDSA_NISTP521_SHA512);
        schemes
    }
}
