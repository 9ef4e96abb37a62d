//! One DKIM key record, read to the bytes of the key (RFC 6376 §3.6.1, RFC 8301, RFC 8463).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::{PublicKey, RSAPublicKey};
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::checks::mail::tags::Tags;
use crate::model::text::escape;

/// Bits below which receivers do not verify (RFC 8301 §3.2), and from which on a key is good.
pub const LEAST_RSA: usize = 1024;
pub const GOOD_RSA: usize = 2048;

/// What stands at a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRecord {
    Usable(Key),
    /// `p=` is empty: taken back on purpose.
    Revoked,
    /// No verifier can use it; why.
    Broken(String),
}

/// A key that can verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub kind: KeyKind,
    /// `t=y`: the domain tests DKIM, and asks not to be judged by it.
    pub testing: bool,
    /// Peculiarities that some verifiers stumble over.
    pub notes: Vec<String>,
}

/// The algorithm and, for RSA, the length of the modulus in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Rsa(usize),
    Ed25519,
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}

/// Whether a TXT record is meant as a DKIM key: it has a `p=`, or says so.
pub fn is_key_record(text: &str) -> bool {
    let tags = Tags::parse(text);
    tags.value("v").is_some_and(|v| v == "DKIM1")
        || tags.value("p").is_some() && tags.value("v").is_none_or(|v| v != "DMARC1")
}

/// Reads a key record.
pub fn read(text: &str) -> KeyRecord {
    match usable(text) {
        Ok(Some(key)) => KeyRecord::Usable(key),
        Ok(None) => KeyRecord::Revoked,
        Err(why) => KeyRecord::Broken(why),
    }
}

/// The key, `None` when it is revoked.
fn usable(text: &str) -> Result<Option<Key>, String> {
    let tags = Tags::parse(text);
    if let Some(name) = tags.repeated().first() {
        return Err(format!("the tag `{}=` stands twice", escape(name)));
    }
    match tags.value("v") {
        Some("DKIM1") if tags.first().is_some_and(|n| n.eq_ignore_ascii_case("v")) => {}
        Some("DKIM1") => return Err("`v=DKIM1` must stand first".to_owned()),
        Some(other) => return Err(format!("the version is `{}`, not `DKIM1`", escape(other))),
        None => {}
    }
    let published = tags
        .value("p")
        .ok_or("there is no `p=`: the key is missing")?;
    let raw: String = published.chars().filter(|c| !c.is_whitespace()).collect();
    if raw.is_empty() {
        return Ok(None);
    }
    restrictions(&tags)?;
    let mut notes = Vec::new();
    let bytes = decode(&raw)?;
    let kind = match tags
        .value("k")
        .unwrap_or("rsa")
        .to_ascii_lowercase()
        .as_str()
    {
        "rsa" => KeyKind::Rsa(rsa_bits(&bytes, &mut notes)?),
        "ed25519" if bytes.len() == 32 => KeyKind::Ed25519,
        "ed25519" => {
            return Err(format!(
                "an Ed25519 key is 32 bytes long, this one is {}",
                bytes.len()
            ));
        }
        other => return Err(format!("`k={}` is no known kind of key", escape(other))),
    };
    let testing = list(&tags, "t").is_some_and(|flags| flags.iter().any(|f| f == "y"));
    Ok(Some(Key {
        kind,
        testing,
        notes,
    }))
}

/// The numbers of a key, big-endian, with which a signature is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    Ed25519(Vec<u8>),
}

/// The numbers of the key in a record that [`read`] finds usable.
pub fn material(text: &str) -> Option<Material> {
    let KeyRecord::Usable(key) = read(text) else {
        return None;
    };
    let tags = Tags::parse(text);
    let raw: String = tags.value("p")?.split_whitespace().collect();
    let bytes = decode(&raw).ok()?;
    if key.kind == KeyKind::Ed25519 {
        return Some(Material::Ed25519(bytes));
    }
    let inner = SubjectPublicKeyInfo::from_der(&bytes)
        .map(|(_, info)| info.subject_public_key.data.to_vec())
        .unwrap_or(bytes);
    let (_, rsa) = RSAPublicKey::from_der(&inner).ok()?;
    let bare = |number: &[u8]| {
        let start = number.iter().position(|byte| *byte != 0);
        start.and_then(|at| number.get(at..)).map(<[u8]>::to_vec)
    };
    Some(Material::Rsa {
        modulus: bare(rsa.modulus)?,
        exponent: bare(rsa.exponent)?,
    })
}

/// Whether `t=s` asks that no subdomain signs with this key (RFC 6376 §3.6.1).
pub fn is_for_the_domain_alone(text: &str) -> bool {
    list(&Tags::parse(text), "t").is_some_and(|flags| flags.iter().any(|flag| flag == "s"))
}

/// `h=` and `s=` may exclude what mail needs.
fn restrictions(tags: &Tags) -> Result<(), String> {
    if let Some(hashes) = list(tags, "h")
        && !hashes.iter().any(|h| h == "sha256")
    {
        return Err(
            "`h=` leaves out sha256, the only hash that receivers accept (RFC 8301 §3.1)"
                .to_owned(),
        );
    }
    if let Some(services) = list(tags, "s")
        && !services.iter().any(|s| s == "*" || s == "email")
    {
        return Err("`s=` leaves out `email`".to_owned());
    }
    Ok(())
}

fn list(tags: &Tags, name: &str) -> Option<Vec<String>> {
    let items = tags.value(name)?.split(':');
    Some(
        items
            .map(|item| item.trim().to_ascii_lowercase())
            .filter(|item| !item.is_empty())
            .collect(),
    )
}

fn decode(raw: &str) -> Result<Vec<u8>, String> {
    if raw.contains(['"', '\'', '\\']) {
        return Err(
            "`p=` holds quotation marks: the parts of the key were pasted with their quotes"
                .to_owned(),
        );
    }
    if raw.contains("BEGIN") {
        return Err(
            "`p=` holds the `-----BEGIN` line of a key file: only the base64 text belongs there"
                .to_owned(),
        );
    }
    STANDARD
        .decode(raw)
        .map_err(|_| "`p=` is no valid base64: the key is cut off or mistyped".to_owned())
}

fn rsa_bits(bytes: &[u8], notes: &mut Vec<String>) -> Result<usize, String> {
    if let Ok((_, info)) = SubjectPublicKeyInfo::from_der(bytes) {
        return match info.parsed() {
            Ok(PublicKey::RSA(key)) => bits(key.modulus),
            Ok(_) => Err("`k=` says RSA, but the key is of another kind".to_owned()),
            Err(_) => Err("the key inside `p=` is damaged".to_owned()),
        };
    }
    if let Ok((_, key)) = RSAPublicKey::from_der(bytes) {
        notes.push(
            "the key is a bare RSAPublicKey; some verifiers read a SubjectPublicKeyInfo only"
                .to_owned(),
        );
        return bits(key.modulus);
    }
    Err("`p=` does not hold a whole RSA key: it was cut off".to_owned())
}

fn bits(modulus: &[u8]) -> Result<usize, String> {
    let start = modulus.iter().position(|b| *b != 0);
    let significant = start.and_then(|at| modulus.get(at..)).unwrap_or_default();
    match significant.first() {
        Some(first) => Ok(significant.len() * 8 - first.leading_zeros() as usize),
        None => Err("the key inside `p=` is zero".to_owned()),
    }
}

#[cfg(test)]
pub mod samples {
    use super::*;

    fn der(tag: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        match body.len() {
            0..=127 => out.extend(short(body.len(), 1)),
            128..=255 => out.extend([vec![0x81], short(body.len(), 1)].concat()),
            _ => out.extend([vec![0x82], short(body.len(), 2)].concat()),
        }
        out.extend(body);
        out
    }

    /// The last bytes of a length, big-endian.
    fn short(length: usize, bytes: usize) -> Vec<u8> {
        let all = length.to_be_bytes();
        all[all.len() - bytes..].to_vec()
    }

    /// RSAPublicKey of that many bits; the modulus is no product of primes, which no parser can see.
    pub fn rsa_bare(bits: usize) -> Vec<u8> {
        let mut modulus = vec![0u8];
        modulus.extend(vec![0xc3; bits / 8]);
        der(0x30, &[der(2, &modulus), der(2, &[1, 0, 1])].concat())
    }

    /// Base64 of a SubjectPublicKeyInfo of that many bits.
    pub fn rsa(bits: usize) -> String {
        let oid = [
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
        ];
        let mut key = vec![0u8];
        key.extend(rsa_bare(bits));
        STANDARD.encode(der(0x30, &[der(0x30, &oid), der(3, &key)].concat()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::samples::{rsa, rsa_bare};
    use super::*;

    fn spaced(key: &str) -> String {
        key.as_bytes()
            .chunks(60)
            .map(|c| String::from_utf8_lossy(c).into_owned())
            .collect::<Vec<_>>()
            .join(" \t")
    }

    #[test]
    fn keys_that_verify() {
        for (record, kind, testing) in [
            (
                format!("v=DKIM1; k=rsa; p={}", rsa(2048)),
                KeyKind::Rsa(2048),
                false,
            ),
            (format!("p={}", rsa(1024)), KeyKind::Rsa(1024), false),
            (
                format!("v=DKIM1;t=y:s;p={}", spaced(&rsa(2048))),
                KeyKind::Rsa(2048),
                true,
            ),
            (
                format!("v=DKIM1; h=sha1:sha256; s=email; p={};", rsa(4096)),
                KeyKind::Rsa(4096),
                false,
            ),
            (
                format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode([7u8; 32])),
                KeyKind::Ed25519,
                false,
            ),
        ] {
            match read(&record) {
                KeyRecord::Usable(key) => {
                    assert_eq!((key.kind, key.testing), (kind, testing), "{record}");
                }
                other => panic!("{record}: {other:?}"),
            }
        }
    }

    #[test]
    fn keys_that_do_not() {
        let good = rsa(2048);
        let cut = &good[..200];
        let ed = STANDARD.encode([7u8; 44]);
        for (record, words) in [
            (format!("k=rsa; v=DKIM1; p={good}"), "first"),
            (format!("v=DKIM2; p={good}"), "version"),
            ("v=DKIM1; k=rsa".to_owned(), "no `p=`"),
            (format!("v=DKIM1; p={good}; p={good}"), "twice"),
            (format!("v=DKIM1; h=sha1; p={good}"), "sha256"),
            (format!("v=DKIM1; s=other; p={good}"), "email"),
            (format!("v=DKIM1; k=dsa; p={good}"), "kind of key"),
            (format!("v=DKIM1; p={cut}"), "cut off"),
            (
                format!("v=DKIM1; p={}\" \"{}", &good[..100], &good[100..]),
                "quotes",
            ),
            (
                format!("v=DKIM1; p=-----BEGIN PUBLIC KEY-----{good}"),
                "BEGIN",
            ),
            ("v=DKIM1; p=not*base64".to_owned(), "base64"),
            (format!("v=DKIM1; k=ed25519; p={ed}"), "32 bytes"),
        ] {
            match read(&record) {
                KeyRecord::Broken(why) => assert!(why.contains(words), "{record}: {why}"),
                other => panic!("{record}: {other:?}"),
            }
        }
        assert_eq!(read("v=DKIM1; p= ;"), KeyRecord::Revoked);
    }

    #[test]
    fn a_bare_key_is_read_with_a_note() {
        let record = format!("v=DKIM1; p={}", STANDARD.encode(rsa_bare(2048)));
        assert!(matches!(read(&record), KeyRecord::Usable(key) if key.notes.len() == 1));
    }

    #[test]
    fn other_records_are_no_keys() {
        assert!(!is_key_record("v=spf1 -all"));
        assert!(!is_key_record("v=DMARC1; p=none"));
        assert!(is_key_record("k=rsa; p="));
    }

    proptest! {
        #[test]
        fn no_record_panics(text in "(v=DKIM1; ?)?(k=(rsa|ed25519); ?)?p=[A-Za-z0-9+/= ]{0,200}") {
            let _ = read(&text);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&format!("p={}", STANDARD.encode(bytes)));
        }
    }
}
