//! The range's certification authority: root, intermediate, and a leaf per host in any of the shapes that a world asks for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::weak;
use crate::range::change::CertificateKind;
use crate::range::world::WorldProblem;

const DAY: i64 = 86_400;

/// Where the intermediate can be fetched, as the leaves say (RFC 5280 §4.2.2.1).
const ISSUER_URL: &str = "http://range-ca.example/issuing-1.der";

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// An authority and the server configurations made with it.
pub struct Authority {
    root: Issuer,
    issuing: Issuer,
    stranger: Issuer,
    provider: Arc<CryptoProvider>,
    configs: Mutex<HashMap<(String, CertificateKind), Arc<ServerConfig>>>,
}

impl Authority {
    /// A fresh authority.
    pub fn generate() -> Result<Self, WorldProblem> {
        let root = root("Range Root R1", "Range CA")?;
        let issuing = intermediate("Range Issuing 1", "Range CA", &root)?;
        let elsewhere = root_of_strangers()?;
        let stranger = intermediate("Harbour Issuing 4", "Harbour Certificates", &elsewhere)?;
        Ok(Self {
            root,
            issuing,
            stranger,
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            configs: Mutex::new(HashMap::new()),
        })
    }

    /// The root, for those who are to trust it.
    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The configuration of a server that shows such a certificate for `host`.
    pub fn config(
        &self,
        host: &str,
        kind: CertificateKind,
    ) -> Result<Arc<ServerConfig>, WorldProblem> {
        let key = (host.to_owned(), kind);
        let known = || self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = known().get(&key) {
            return Ok(Arc::clone(config));
        }
        let shown = Arc::new(SingleCertAndKey::from(self.certify(host, kind)?));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(problem)?
            .with_no_client_auth()
            .with_cert_resolver(shown);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let config = Arc::new(config);
        known().insert(key, Arc::clone(&config));
        Ok(config)
    }

    fn certify(&self, host: &str, kind: CertificateKind) -> Result<CertifiedKey, WorldProblem> {
        let (begins, ends) = match kind {
            CertificateKind::Expired => (-91, -1),
            CertificateKind::Expiring => (-85, 5),
            CertificateKind::NotYet => (1, 91),
            _ => (-30, 60),
        };
        let name = match kind {
            CertificateKind::WrongName => "shared.hosting.example",
            _ => host,
        };
        let params = leaf(name, begins, ends)?;
        if kind == CertificateKind::WeakKey {
            let (leaf, key) = weak::small_key_leaf(&params, &self.issuing)?;
            return Ok(CertifiedKey::new(
                vec![leaf, self.issuing.der().clone()],
                key,
            ));
        }
        let key = KeyPair::generate().map_err(problem)?;
        let chain = match kind {
            CertificateKind::SelfSigned => {
                vec![params.self_signed(&key).map_err(problem)?.der().clone()]
            }
            CertificateKind::UnknownRoot => chain(&params, &key, &self.stranger)?,
            CertificateKind::LeafOnly => chain(&params, &key, &self.issuing)?
                .into_iter()
                .take(1)
                .collect(),
            CertificateKind::Reversed => {
                let mut chain = chain(&params, &key, &self.issuing)?;
                chain.insert(1, self.root.der().clone());
                chain
            }
            CertificateKind::Sha1 => weak::sha1_chain(&params, &key, &self.root)?,
            _ => chain(&params, &key, &self.issuing)?,
        };
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = self
            .provider
            .key_provider
            .load_private_key(private)
            .map_err(problem)?;
        Ok(CertifiedKey::new(chain, signing))
    }
}

fn chain(
    params: &CertificateParams,
    key: &KeyPair,
    issuer: &Issuer,
) -> Result<Vec<CertificateDer<'static>>, WorldProblem> {
    let leaf = params.signed_by(key, issuer).map_err(problem)?;
    Ok(vec![leaf.der().clone(), issuer.der().clone()])
}

/// A leaf's parameters; the days are relative to now.
fn leaf(host: &str, begins: i64, ends: i64) -> Result<CertificateParams, WorldProblem> {
    let mut params = CertificateParams::new(vec![host.to_owned()]).map_err(problem)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, host);
    validity(&mut params, begins, ends);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.custom_extensions = vec![issuer_access(ISSUER_URL)];
    Ok(params)
}

fn root(name: &str, organisation: &str) -> Result<Issuer, WorldProblem> {
    let params = authority_params(name, organisation, BasicConstraints::Unconstrained)?;
    let key = KeyPair::generate().map_err(problem)?;
    Issuer::self_signed(params, key).map_err(problem)
}

fn root_of_strangers() -> Result<Issuer, WorldProblem> {
    root("Harbour Root", "Harbour Certificates")
}

fn intermediate(name: &str, organisation: &str, root: &Issuer) -> Result<Issuer, WorldProblem> {
    let mut params = authority_params(name, organisation, BasicConstraints::Constrained(0))?;
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().map_err(problem)?;
    Issuer::signed_by(params, key, root).map_err(problem)
}

/// The parameters of a certificate that may sign others, valid for years around now.
pub fn authority_params(
    name: &str,
    organisation: &str,
    depth: BasicConstraints,
) -> Result<CertificateParams, WorldProblem> {
    let mut params = CertificateParams::new(Vec::new()).map_err(problem)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, organisation);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(depth);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    validity(&mut params, -900, 2700);
    Ok(params)
}

fn validity(params: &mut CertificateParams, begins: i64, ends: i64) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    let day = |days: i64| {
        let seconds = now.saturating_add_signed(days * DAY);
        date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
    };
    params.not_before = day(begins);
    params.not_after = day(ends);
}

/// Authority information access with one caIssuers URL, in DER. Lengths below 128 take one byte.
fn issuer_access(url: &str) -> CustomExtension {
    const CA_ISSUERS: [u8; 10] = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let tagged = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
        [&[tag, length], content].concat()
    };
    let location = tagged(0x86, url.as_bytes());
    let description = tagged(0x30, &[CA_ISSUERS.as_slice(), &location].concat());
    let access = tagged(0x30, &description);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], access)
}

/// A certificate or key that could not be made.
pub fn problem(error: impl std::fmt::Display) -> WorldProblem {
    WorldProblem::Making {
        what: "a certificate",
        why: error.to_string(),
    }
}
