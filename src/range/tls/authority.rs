//! The range's certification authority: root, intermediate, and a leaf per host in any of the shapes that a world asks for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    CrlDistributionPoint, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod,
    KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::timestamps::{self, LOGS};
use super::{odd, staple, weak};
use crate::range::change::{CertificateKind, StapleKind, TlsChange};
use crate::range::world::WorldProblem;

const DAY: i64 = 86_400;

/// What a server speaks that has left everything older behind.
const NEWEST: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13];

/// Where the intermediate can be fetched, as the leaves say (RFC 5280 §4.2.2.1).
const ISSUER_URL: &str = "http://range-ca.example/issuing-1.der";

/// The mail server with a key that never changes, and that key.
const MAIL_HOST: &str = "mx.acme.example";
const MAIL_KEY: &str = include_str!("../../../assets/range/mail-key.txt");

/// Where its revocation list is.
pub const LIST_URL: &str = "http://crl.range-ca.example/issuing-1.crl";

/// The serial number on that list.
const REVOKED: [u8; 8] = [0x5e, 0x11, 0x0f, 0xba, 0xd0, 0x0b, 0xad, 0x01];

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// What a server shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape {
    pub kind: CertificateKind,
    pub staple: Option<StapleKind>,
    pub protocols: Vec<String>,
    pub newest_only: bool,
}

impl Shape {
    /// What these rules say, the first first.
    pub fn of(rules: &[&TlsChange]) -> Self {
        let protocols = rules
            .iter()
            .map(|rule| rule.protocols.clone())
            .find(|list| !list.is_empty());
        Self {
            kind: rules
                .iter()
                .find_map(|rule| rule.certificate)
                .unwrap_or_default(),
            staple: rules.iter().find_map(|rule| rule.staple),
            newest_only: rules.iter().any(|rule| rule.newest_only),
            protocols: protocols.unwrap_or_else(|| vec!["h2".to_owned(), "http/1.1".to_owned()]),
        }
    }
}

/// An authority and the server configurations made with it.
pub struct Authority {
    root: Issuer,
    issuing: Issuer,
    stranger: Issuer,
    provider: Arc<CryptoProvider>,
    configs: Mutex<HashMap<(String, Shape), Arc<ServerConfig>>>,
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
    pub fn config(&self, host: &str, shape: &Shape) -> Result<Arc<ServerConfig>, WorldProblem> {
        let key = (host.to_owned(), shape.clone());
        let known = || self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = known().get(&key) {
            return Ok(Arc::clone(config));
        }
        let mut certified = self.certify(host, shape.kind)?;
        if let Some(kind) = shape.staple {
            let leaf = certified.cert.first().ok_or_else(|| problem("no leaf"))?;
            let signer = match kind {
                StapleKind::Forged => &self.stranger,
                _ => &self.issuing,
            };
            certified.ocsp = Some(staple::response(leaf, &self.issuing, signer.key(), kind)?);
        }
        let shown = Arc::new(SingleCertAndKey::from(certified));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(if shape.newest_only {
                NEWEST
            } else {
                rustls::DEFAULT_VERSIONS
            })
            .map_err(problem)?
            .with_no_client_auth()
            .with_cert_resolver(shown);
        config.alpn_protocols = shape
            .protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        let config = Arc::new(config);
        known().insert(key, Arc::clone(&config));
        Ok(config)
    }

    /// The revocation list of the issuing authority, in DER.
    pub fn list(&self) -> Result<Vec<u8>, WorldProblem> {
        let epoch = date_time_ymd(1970, 1, 1);
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from_slice(&REVOKED),
            revocation_time: epoch + since_epoch(-2),
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: epoch + since_epoch(-1),
            next_update: epoch + since_epoch(6),
            crl_number: SerialNumber::from(7),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuing).map_err(problem)?;
        Ok(list.der().to_vec())
    }

    fn certify(&self, host: &str, kind: CertificateKind) -> Result<CertifiedKey, WorldProblem> {
        let (begins, ends) = match kind {
            CertificateKind::Expired => (-91, -1),
            CertificateKind::Expiring => (-85, 5),
            CertificateKind::NotYet => (1, 91),
            CertificateKind::SixDays => (-2, 4),
            CertificateKind::Long => (-30, 170),
            _ => (-30, 60),
        };
        let name = match kind {
            CertificateKind::WrongName => "shared.hosting.example",
            _ => host,
        };
        let mut params = leaf(name, begins, ends)?;
        params.custom_extensions.extend(match kind {
            CertificateKind::NoScts => None,
            CertificateKind::OneLog => Some(timestamps::embedded(&[LOGS[0], LOGS[0]])),
            _ => Some(timestamps::embedded(&LOGS)),
        });
        odd::shape(&mut params, kind)?;
        if kind == CertificateKind::Revoked {
            params.serial_number = Some(SerialNumber::from_slice(&REVOKED));
        }
        if kind == CertificateKind::WeakKey {
            let (leaf, key) = weak::small_key_leaf(&params, &self.issuing)?;
            return Ok(CertifiedKey::new(
                vec![leaf, self.issuing.der().clone()],
                key,
            ));
        }
        let key = key_of(host)?;
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
            CertificateKind::CrossSigned => {
                let mut chain = chain(&params, &key, &self.issuing)?;
                chain.push(odd::cross_signed(&self.root)?);
                chain
            }
            CertificateKind::Sha1Root => {
                let mut chain = chain(&params, &key, &self.issuing)?;
                chain.push(weak::sha1_root()?);
                chain
            }
            CertificateKind::LongChain => {
                let mut chain = chain(&params, &key, &self.issuing)?;
                chain.resize(100, self.stranger.der().clone());
                chain
            }
            CertificateKind::NegativeSerial => odd::negative(&params, &key, &self.issuing)?,
            CertificateKind::Unparsable => {
                let mut chain = chain(&params, &key, &self.issuing)?;
                if let Some(leaf) = chain.first_mut() {
                    let half: Vec<u8> = leaf.iter().take(leaf.len() / 2).copied().collect();
                    *leaf = CertificateDer::from(half);
                }
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

/// A fresh key; the mail server's is always the same, so that worlds can name it in TLSA records.
fn key_of(host: &str) -> Result<KeyPair, WorldProblem> {
    if host != MAIL_HOST {
        return KeyPair::generate().map_err(problem);
    }
    let text = MAIL_KEY.lines().find(|line| !line.starts_with('#'));
    let der = BASE64.decode(text.unwrap_or_default()).map_err(problem)?;
    KeyPair::try_from(der).map_err(problem)
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
    params.crl_distribution_points = vec![CrlDistributionPoint {
        uris: vec![LIST_URL.to_owned()],
    }];
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

pub fn validity(params: &mut CertificateParams, begins: i64, ends: i64) {
    params.not_before = date_time_ymd(1970, 1, 1) + since_epoch(begins);
    params.not_after = date_time_ymd(1970, 1, 1) + since_epoch(ends);
}

/// The day so many days from now.
fn since_epoch(days: i64) -> Duration {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    Duration::from_secs(now.saturating_add_signed(days * DAY))
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
