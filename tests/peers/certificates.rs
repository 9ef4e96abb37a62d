//! Private authorities, and certificates that are right and wrong.

use std::fs;
use std::path::Path;
use std::process::Command;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PublicKeyData, RevokedCertParams,
    SerialNumber, date_time_ymd,
};

/// Who signs: a root or an intermediate.
pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pub pem: String,
}

/// How old a certificate is, in days from now.
#[derive(Clone, Copy)]
pub struct Lifetime {
    pub from: i64,
    pub to: i64,
}

/// In the first part of its life.
pub const YOUNG: Lifetime = Lifetime { from: -10, to: 80 };
/// Ended ten days ago.
pub const ENDED: Lifetime = Lifetime {
    from: -100,
    to: -10,
};

impl Authority {
    /// A root that signed itself.
    pub fn root(name: &str, lifetime: Option<Lifetime>) -> Self {
        let mut params = authority(name);
        if let Some(lifetime) = lifetime {
            dated(&mut params, lifetime);
        }
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { params, key, pem }
    }

    /// An intermediate below this one.
    pub fn below(&self, name: &str) -> Self {
        self.below_with_key(name, KeyPair::generate().unwrap())
    }

    /// An intermediate with an RSA key of 2048 bits, as those that once signed with SHA-1.
    pub fn rsa_below(&self, name: &str) -> Self {
        self.below_with_key(name, KeyPair::from_pem(&rsa_key(2048)).unwrap())
    }

    fn below_with_key(&self, name: &str, key: KeyPair) -> Self {
        let params = authority(name);
        let pem = self.sign(&params, &key);
        Self { params, key, pem }
    }

    /// A second certificate of `other`, for the same name and key, signed by this one: a cross-signature.
    pub fn vouch_for(&self, other: &Self) -> String {
        self.sign(&other.params, &other.key)
    }

    /// The certificate as PEM.
    pub fn sign(&self, params: &CertificateParams, key: &impl PublicKeyData) -> String {
        let issuer = Issuer::from_params(&self.params, &self.key);
        params.signed_by(key, &issuer).unwrap().pem()
    }

    /// A list of what was revoked, as DER.
    pub fn revocation_list(&self, revoked: &[u8]) -> Vec<u8> {
        let day = |days| {
            let (year, month, day) = date(days);
            date_time_ymd(year, month, day)
        };
        let entry = RevokedCertParams {
            serial_number: SerialNumber::from_slice(revoked),
            revocation_time: day(-3),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: day(-2),
            next_update: day(5),
            crl_number: SerialNumber::from(7),
            issuing_distribution_point: None,
            revoked_certs: vec![entry],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&Issuer::from_params(&self.params, &self.key))
            .unwrap()
            .der()
            .to_vec()
    }

    /// Writes `<file>.pem` and `<file>.key` for the openssl program.
    pub fn write(&self, folder: &Path, file: &str) {
        fs::write(folder.join(format!("{file}.pem")), &self.pem).unwrap();
        fs::write(folder.join(format!("{file}.key")), self.key.serialize_pem()).unwrap();
    }
}

/// A root with an intermediate; `root.pem` lies in the folder.
pub struct Pki {
    pub root: Authority,
    pub intermediate: Authority,
}

impl Pki {
    /// Makes both, and writes `root.pem` into `folder`.
    pub fn new(folder: &Path) -> Self {
        let root = Authority::root("Peer Test Root", None);
        root.write(folder, "root");
        let intermediate = root.below("Peer Test Intermediate");
        Self { root, intermediate }
    }

    /// Writes `<file>.crt` and `<file>.key` for `names`; the chain is whole when `with_chain`.
    pub fn leaf(
        &self,
        folder: &Path,
        file: &str,
        names: &[&str],
        lifetime: Lifetime,
        with_chain: bool,
    ) {
        let key = KeyPair::generate().unwrap();
        let mut chain = self.intermediate.sign(&leaf(names, lifetime), &key);
        if with_chain {
            chain.push_str(&self.intermediate.pem);
        }
        fs::write(folder.join(format!("{file}.crt")), chain).unwrap();
        fs::write(folder.join(format!("{file}.key")), key.serialize_pem()).unwrap();
    }
}

/// What a leaf for `names` says.
pub fn leaf(names: &[&str], lifetime: Lifetime) -> CertificateParams {
    let names_owned: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let mut params = CertificateParams::new(names_owned).unwrap();
    params.distinguished_name.push(DnType::CommonName, names[0]);
    params.use_authority_key_identifier_extension = true;
    dated(&mut params, lifetime);
    params
}

/// A private RSA key as PEM, by the openssl program: the crate neither makes them nor takes short ones.
pub fn rsa_key(bits: u32) -> String {
    openssl(&["genrsa", &bits.to_string()])
}

/// What the openssl program prints.
pub fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn dated(params: &mut CertificateParams, lifetime: Lifetime) {
    let (year, month, day) = date(lifetime.from);
    params.not_before = date_time_ymd(year, month, day);
    let (year, month, day) = date(lifetime.to);
    params.not_after = date_time_ymd(year, month, day);
}

/// Year, month and day, so many days from now.
fn date(days: i64) -> (i32, u8, u8) {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(days * 24);
    let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    (
        date.year().into(),
        date.month().unsigned_abs(),
        date.day().unsigned_abs(),
    )
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
