//! A private CA with an intermediate, and leaves that are right and wrong.

use std::fs;
use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// The CA; `root.pem` lies in the folder.
pub struct Pki {
    intermediate: CertificateParams,
    intermediate_key: KeyPair,
    intermediate_pem: String,
}

/// How old a leaf is, in days from now.
pub struct Lifetime {
    pub from: i64,
    pub to: i64,
}

impl Pki {
    /// Makes a root and an intermediate, and writes `root.pem` into `folder`.
    pub fn new(folder: &Path) -> Self {
        let root_key = KeyPair::generate().unwrap();
        let root = authority("Peer Test Root");
        let root_cert = root.self_signed(&root_key).unwrap();
        fs::write(folder.join("root.pem"), root_cert.pem()).unwrap();
        let issuer = Issuer::from_params(&root, &root_key);
        let intermediate = authority("Peer Test Intermediate");
        let intermediate_key = KeyPair::generate().unwrap();
        let intermediate_pem = intermediate
            .signed_by(&intermediate_key, &issuer)
            .unwrap()
            .pem();
        Self {
            intermediate,
            intermediate_key,
            intermediate_pem,
        }
    }

    /// Writes `<file>.crt` and `<file>.key` for `names`; the chain is whole when `with_chain`.
    pub fn leaf(
        &self,
        folder: &Path,
        file: &str,
        names: &[&str],
        lifetime: &Lifetime,
        with_chain: bool,
    ) {
        let mut params =
            CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>())
                .unwrap();
        params.distinguished_name.push(DnType::CommonName, names[0]);
        let now = jiff::Timestamp::now();
        let day = |days: i64| {
            let at = now + jiff::SignedDuration::from_hours(days * 24);
            let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
            rcgen::date_time_ymd(
                date.year().into(),
                date.month().unsigned_abs(),
                date.day().unsigned_abs(),
            )
        };
        (params.not_before, params.not_after) = (day(lifetime.from), day(lifetime.to));
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.intermediate, &self.intermediate_key);
        let mut chain = params.signed_by(&key, &issuer).unwrap().pem();
        if with_chain {
            chain.push_str(&self.intermediate_pem);
        }
        fs::write(folder.join(format!("{file}.crt")), chain).unwrap();
        fs::write(folder.join(format!("{file}.key")), key.serialize_pem()).unwrap();
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
