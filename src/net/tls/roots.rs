//! What is trusted: the public roots that browsers trust (roughly), and the operator's own. Reads files, once.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::lenient;
use crate::model::text::escape;
use crate::net::config::{NetworkConfig, NetworkProblem};

/// The means of judging certificates.
pub(in crate::net) struct Trust {
    pub(in crate::net) provider: Arc<CryptoProvider>,
    /// By the public roots and the operator's own.
    pub(in crate::net) verifier: Arc<WebPkiServerVerifier>,
    /// By the public roots alone.
    pub(in crate::net) public: Arc<WebPkiServerVerifier>,
    /// By all roots, where weak keys and signatures count.
    pub(in crate::net) lenient: Arc<WebPkiServerVerifier>,
    /// What all roots are called: the content of their distinguished names.
    names: BTreeSet<Vec<u8>>,
}

impl Trust {
    /// The public roots with those of `config.public_ca_files`, and those of `config.ca_files`.
    pub(in crate::net) fn new(config: &NetworkConfig) -> Result<Self, NetworkProblem> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        for path in &config.public_ca_files {
            add(&mut roots, path)?;
        }
        let verifier = |roots: RootCertStore, provider: &Arc<CryptoProvider>| {
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                .build()
                .map_err(|why| NetworkProblem::Tls(why.to_string()))
        };
        let public = verifier(roots.clone(), &provider)?;
        for path in &config.ca_files {
            add(&mut roots, path)?;
        }
        Ok(Self {
            names: roots
                .roots
                .iter()
                .map(|root| root.subject.to_vec())
                .collect(),
            lenient: verifier(roots.clone(), &Arc::new(lenient::provider()))?,
            verifier: verifier(roots, &provider)?,
            public,
            provider,
        })
    }

    /// Whether a root is called so; `name` without its tag and length.
    pub(in crate::net) fn knows(&self, name: &[u8]) -> bool {
        self.names.contains(name)
    }
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), NetworkProblem> {
    let unusable = |why: String| NetworkProblem::Content {
        path: path.to_owned(),
        what: "root certificate",
        why: escape(&why),
    };
    let pem = std::fs::read(path).map_err(|source| NetworkProblem::File {
        path: path.to_owned(),
        source,
    })?;
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|why| unusable(why.to_string()))?;
        roots
            .add(certificate)
            .map_err(|why| unusable(why.to_string()))?;
    }
    if roots.len() == before {
        return Err(unusable("there is no PEM certificate in it".to_owned()));
    }
    Ok(())
}
