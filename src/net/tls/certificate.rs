//! Certificates read as data (RFC 5280). A certificate that breaks a rule is read as far as it goes, and says what is odd.

use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use sha2::{Digest, Sha256, Sha512};
use x509_parser::asn1_rs::Any;
use x509_parser::extensions::DistributionPointName;
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::{
    ASN1Time, FromDer, GeneralName, ParsedExtension, SubjectPublicKeyInfo, X509Certificate,
    X509Extension,
};
use x509_parser::public_key::PublicKey as Key;

use crate::model::observation::smtp::{Digests, Prints};
use crate::model::observation::tls::{Certificate, PublicKey};
use crate::model::text::{escape, hex};

/// id-pe-tlsfeature (RFC 7633 §4.1).
const TLS_FEATURE: &str = "1.3.6.1.5.5.7.1.24";
/// `status_request` as an INTEGER in the extension's value.
const STATUS_REQUEST: [u8; 3] = [2, 1, 5];
const AD_OCSP: &str = "1.3.6.1.5.5.7.48.1";
const AD_CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
const SUBJECT_ALT_NAME: &str = "2.5.29.17";

/// One certificate, from its DER.
pub(in crate::net) fn read(der: &[u8]) -> Certificate {
    let mut certificate = blank(der);
    match X509Certificate::from_der(der) {
        Ok((rest, parsed)) => {
            let mut oddities = Vec::new();
            if !rest.is_empty() {
                oddities.push(format!("{} bytes after its end", rest.len()));
            }
            fill(&mut certificate, &parsed, &mut oddities);
            if !oddities.is_empty() {
                certificate.problem = Some(oddities.join("; "));
            }
        }
        Err(why) => certificate.problem = Some(format!("not a readable certificate: {why}")),
    }
    certificate
}

/// The content of its issuer's distinguished name, without tag and length.
pub(in crate::net) fn issuer(der: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let (_, name) = Any::from_der(certificate.issuer().as_raw()).ok()?;
    Some(name.data.to_vec())
}

/// Digests of a certificate and of its key; of the key only where it reads.
pub(in crate::net) fn prints(der: &[u8]) -> Prints {
    let digests = |bytes: &[u8]| Digests {
        sha256: hex(&Sha256::digest(bytes)),
        sha512: hex(&Sha512::digest(bytes)),
    };
    Prints {
        whole: digests(der),
        key: X509Certificate::from_der(der)
            .map(|(_, certificate)| digests(certificate.public_key().raw))
            .unwrap_or_default(),
    }
}

fn blank(der: &[u8]) -> Certificate {
    Certificate {
        subject: String::new(),
        issuer: String::new(),
        serial: String::new(),
        sha256: hex(&Sha256::digest(der)),
        not_before: Timestamp::UNIX_EPOCH,
        not_after: Timestamp::UNIX_EPOCH,
        dns_names: Vec::new(),
        ip_names: Vec::new(),
        key: PublicKey {
            kind: String::new(),
            bits: 0,
        },
        signature: String::new(),
        is_ca: false,
        self_signed: false,
        below_root: false,
        issuer_urls: Vec::new(),
        ocsp_urls: Vec::new(),
        must_staple: false,
        crl_urls: Vec::new(),
        spki: String::new(),
        scts: 0,
        sct_logs: Vec::new(),
        problem: None,
    }
}

fn fill(into: &mut Certificate, from: &X509Certificate<'_>, oddities: &mut Vec<String>) {
    into.subject = escape(&from.subject().to_string());
    into.issuer = escape(&from.issuer().to_string());
    into.serial = from.raw_serial_as_string().to_ascii_uppercase();
    into.not_before = moment(from.validity().not_before, "notBefore", oddities);
    into.not_after = moment(from.validity().not_after, "notAfter", oddities);
    if into.not_after < into.not_before {
        oddities.push("it ends before it begins".to_owned());
    }
    into.key = key(from.public_key());
    into.signature = algorithm_name(&from.signature_algorithm.algorithm);
    into.self_signed = from.subject().as_raw() == from.issuer().as_raw() && signed_by_itself(from);
    let alternative_names = from
        .extensions()
        .iter()
        .filter(|extension| extension.oid.to_id_string() == SUBJECT_ALT_NAME)
        .count();
    if alternative_names > 1 {
        oddities.push(format!(
            "{alternative_names} subjectAltName extensions, one is allowed"
        ));
    }
    from.extensions()
        .iter()
        .for_each(|extension| extend(into, extension, oddities));
    if into.is_ca {
        into.spki = BASE64.encode(from.public_key().raw);
    }
}

fn extend(into: &mut Certificate, extension: &X509Extension<'_>, oddities: &mut Vec<String>) {
    match extension.parsed_extension() {
        ParsedExtension::BasicConstraints(constraints) => into.is_ca |= constraints.ca,
        ParsedExtension::SubjectAlternativeName(names) => {
            for name in &names.general_names {
                match name {
                    GeneralName::DNSName(name) => {
                        into.dns_names.push(escape(&name.to_ascii_lowercase()));
                    }
                    GeneralName::IPAddress(bytes) => match address(bytes) {
                        Some(address) => into.ip_names.push(address),
                        None => oddities.push("an iPAddress of the wrong length".to_owned()),
                    },
                    GeneralName::Invalid(..) => oddities.push("an unreadable name".to_owned()),
                    _ => {}
                }
            }
        }
        ParsedExtension::AuthorityInfoAccess(access) => {
            for description in &access.accessdescs {
                if let GeneralName::URI(url) = &description.access_location {
                    match description.access_method.to_id_string().as_str() {
                        AD_CA_ISSUERS => into.issuer_urls.push(escape(url)),
                        AD_OCSP => into.ocsp_urls.push(escape(url)),
                        _ => {}
                    }
                }
            }
        }
        ParsedExtension::SCT(timestamps) => {
            into.scts += timestamps.len();
            into.sct_logs
                .extend(timestamps.iter().map(|sct| hex(sct.id.key_id)));
        }
        ParsedExtension::CRLDistributionPoints(points) => into.crl_urls.extend(
            points
                .points
                .iter()
                .filter_map(|point| point.distribution_point.as_ref())
                .flat_map(urls_of)
                .filter(|url| url.starts_with("http://"))
                .map(escape),
        ),
        ParsedExtension::ParseError { error } => oddities.push(format!(
            "extension {} is unreadable ({error})",
            extension.oid.to_id_string()
        )),
        _ if extension.oid.to_id_string() == TLS_FEATURE => {
            into.must_staple |= extension
                .value
                .windows(STATUS_REQUEST.len())
                .any(|window| window == STATUS_REQUEST);
        }
        _ => {}
    }
}

/// The URLs of a distribution point.
pub(super) fn urls_of<'a>(point: &'a DistributionPointName<'a>) -> Vec<&'a str> {
    match point {
        DistributionPointName::FullName(names) => names
            .iter()
            .filter_map(|name| match name {
                GeneralName::URI(url) => Some(*url),
                _ => None,
            })
            .collect(),
        DistributionPointName::NameRelativeToCRLIssuer(_) => Vec::new(),
    }
}

/// Whether its own key made its signature. Old RSA keys and digests count here too: they are weak, not strange.
fn signed_by_itself(certificate: &X509Certificate<'_>) -> bool {
    if certificate.verify_signature(None).is_ok() {
        return true;
    }
    let id = certificate.signature_algorithm.algorithm.to_id_string();
    let algorithm: &ring::signature::RsaParameters = match algorithm_label(&id) {
        Some("sha1WithRSAEncryption") => {
            &ring::signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY
        }
        Some("sha256WithRSAEncryption") => {
            &ring::signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        Some("sha512WithRSAEncryption") => {
            &ring::signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        _ => return false,
    };
    ring::signature::UnparsedPublicKey::new(
        algorithm,
        &certificate.public_key().subject_public_key.data,
    )
    .verify(
        certificate.tbs_certificate.as_ref(),
        &certificate.signature_value.data,
    )
    .is_ok()
}

fn moment(time: ASN1Time, what: &str, oddities: &mut Vec<String>) -> Timestamp {
    Timestamp::from_second(time.timestamp()).unwrap_or_else(|_| {
        oddities.push(format!("{what} is no time on any calendar"));
        Timestamp::UNIX_EPOCH
    })
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

fn key(info: &SubjectPublicKeyInfo<'_>) -> PublicKey {
    let oid = info.algorithm.algorithm.to_id_string();
    let (kind, bits) = match (oid.as_str(), info.parsed()) {
        ("1.3.101.112", _) => ("Ed25519".to_owned(), 256),
        ("1.3.101.113", _) => ("Ed448".to_owned(), 456),
        (_, Ok(Key::RSA(rsa))) => ("RSA".to_owned(), modulus_bits(rsa.modulus)),
        (_, Ok(Key::EC(_))) => ("EC".to_owned(), curve_bits(info)),
        _ => (oid, 0),
    };
    PublicKey { kind, bits }
}

fn modulus_bits(modulus: &[u8]) -> u32 {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let leading = modulus.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(modulus.len() - zeros)
        .map_or(u32::MAX, |bytes| (bytes * 8).saturating_sub(leading))
}

/// Size of the curve that the parameters name (RFC 5480 §2.1.1.1); 0 for any other.
fn curve_bits(info: &SubjectPublicKeyInfo<'_>) -> u32 {
    let curve = info
        .algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.as_oid().ok())
        .map(|oid| oid.to_id_string());
    match curve.as_deref() {
        Some("1.2.840.10045.3.1.7") => 256,
        Some("1.3.132.0.33") => 224,
        Some("1.3.132.0.34") => 384,
        Some("1.3.132.0.35") => 521,
        _ => 0,
    }
}

/// `sha256WithRSAEncryption`, or the number of an algorithm without a known name.
fn algorithm_name(oid: &Oid<'_>) -> String {
    let id = oid.to_id_string();
    algorithm_label(&id).map_or(id.clone(), str::to_owned)
}

fn algorithm_label(id: &str) -> Option<&'static str> {
    Some(match id {
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, CustomExtension, KeyPair, SanType, date_time_ymd};

    use super::*;

    #[test]
    fn a_certificate_becomes_plain_data() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["WWW.acme.example".to_owned()]).unwrap();
        params
            .subject_alt_names
            .push(SanType::IpAddress("203.0.113.10".parse().unwrap()));
        params.not_before = date_time_ymd(2026, 1, 2);
        params.not_after = date_time_ymd(2026, 4, 2);
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(
                &[1, 3, 6, 1, 5, 5, 7, 1, 24],
                vec![0x30, 3, 2, 1, 5],
            ));
        let read = read(params.self_signed(&key).unwrap().der());
        assert_eq!(read.dns_names, ["www.acme.example"]);
        assert_eq!(read.ip_names, ["203.0.113.10".parse::<IpAddr>().unwrap()]);
        assert_eq!(read.not_before.to_string(), "2026-01-02T00:00:00Z");
        assert_eq!((read.key.kind.as_str(), read.key.bits), ("EC", 256));
        assert_eq!(read.signature, "ecdsa-with-SHA256");
        assert!(read.self_signed && read.must_staple && !read.is_ca);
        assert_eq!(read.problem, None);
        assert_eq!(read.sha256.len(), 64);
    }

    #[test]
    fn a_second_list_of_names_is_read_and_told() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(
                &[2, 5, 29, 17],
                [&[0x30, 11, 0x82, 9][..], b"b.example"].concat(),
            ));
        let read = read(params.self_signed(&key).unwrap().der());
        assert!(
            read.problem
                .is_some_and(|p| p.contains("subjectAltName") || p.contains("unique"))
        );
    }

    #[test]
    fn rubbish_is_a_certificate_with_a_problem() {
        for der in [&b""[..], b"\x30\x82\xff\xff", b"hello"] {
            assert!(read(der).problem.is_some());
        }
    }
}
