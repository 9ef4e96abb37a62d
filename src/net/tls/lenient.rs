//! RSA signatures with SHA-1 or by short keys, verified all the same: so that a weak signature is told from a wrong one.

use std::sync::LazyLock;

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RsaParameters, UnparsedPublicKey,
};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring as strict};
use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// sha1WithRSAEncryption with NULL (RFC 4055 §5, RFC 3279 §2.2.1).
const RSA_PKCS1_SHA1: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
]);

/// PKCS #1 signatures from 1024 bits on.
#[derive(Debug)]
struct Weak {
    signature: AlgorithmIdentifier,
    method: &'static RsaParameters,
}

static WEAK: [Weak; 3] = [
    Weak {
        signature: RSA_PKCS1_SHA1,
        method: &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    },
    Weak {
        signature: alg_id::RSA_PKCS1_SHA256,
        method: &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    },
    Weak {
        signature: alg_id::RSA_PKCS1_SHA512,
        method: &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    },
];

/// The weak ones first: of two for one signature only the first is asked.
static ALL: LazyLock<Vec<&'static dyn SignatureVerificationAlgorithm>> = LazyLock::new(|| {
    let weak = WEAK.iter().map(|weak| weak as _);
    let strong = strict::default_provider()
        .signature_verification_algorithms
        .all;
    weak.chain(strong.iter().copied()).collect()
});

impl SignatureVerificationAlgorithm for Weak {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(self.method, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

/// The provider whose certificates may be weak. For judging only: nothing is agreed with it.
pub(super) fn provider() -> CryptoProvider {
    let provider = strict::default_provider();
    CryptoProvider {
        signature_verification_algorithms: WebPkiSupportedAlgorithms {
            all: ALL.as_slice(),
            ..provider.signature_verification_algorithms
        },
        ..provider
    }
}
