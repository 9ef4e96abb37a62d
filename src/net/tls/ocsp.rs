//! Stapled OCSP responses read as data (RFC 6960 §4.2), and whether the issuer stands behind them.

use jiff::Timestamp;
use x509_parser::asn1_rs::{
    Any, BitString, Class, Enumerated, FromDer as _, GeneralizedTime, OctetString, Oid, Sequence,
    Tag,
};
use x509_parser::prelude::X509Certificate;
use x509_parser::verify::verify_signature;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::probe::logs;
use super::recorder::Seen;
use crate::model::observation::tls::{Staple, Status};
use crate::model::text::escape;

/// id-pkix-ocsp-basic.
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";
/// The list of SCTs in a single response's extensions (RFC 6962 §3.3).
const SCT_LIST: &str = "1.3.6.1.4.1.11129.2.4.5";

/// What the stapled response says; `None` when none came.
pub(super) fn read(seen: &Seen) -> Option<Result<Staple, String>> {
    if seen.ocsp.is_empty() {
        return None;
    }
    let chain: Vec<X509Certificate<'_>> = seen
        .chain
        .iter()
        .filter_map(|der| X509Certificate::from_der(der).ok())
        .map(|(_, certificate)| certificate)
        .collect();
    Some(response(&seen.ocsp, &chain))
}

fn response(der: &[u8], chain: &[X509Certificate<'_>]) -> Result<Staple, String> {
    let (outer, _) = sequence(der)?;
    let (rest, status) = Enumerated::from_der(&outer).map_err(unreadable)?;
    if status.0 != 0 {
        return Err(format!("the responder answers with error {}", status.0));
    }
    let (bytes, _) = sequence(tagged(rest, 0)?.0)?;
    let (rest, kind) = Oid::from_der(&bytes).map_err(unreadable)?;
    if kind.to_id_string() != BASIC {
        return Err(format!("a response of the kind {}", kind.to_id_string()));
    }
    let (_, basic) = OctetString::from_der(rest).map_err(unreadable)?;
    let (basic, _) = sequence(basic.as_ref())?;
    let (rest, _) = Any::from_der(&basic).map_err(unreadable)?;
    let signed_part = basic
        .get(..basic.len() - rest.len())
        .ok_or("a length is wrong")?;
    let (rest, algorithm) = AlgorithmIdentifier::from_der(rest).map_err(unreadable)?;
    let (rest, signature) = BitString::from_der(rest).map_err(unreadable)?;
    let signer = Signed {
        part: signed_part,
        algorithm,
        signature,
        certificates: tagged(rest, 0)
            .map(|(content, _)| content)
            .unwrap_or_default(),
    };
    data(signed_part, chain, &signer)
}

/// What the signature covers: ResponseData.
fn data(der: &[u8], chain: &[X509Certificate<'_>], signer: &Signed<'_>) -> Result<Staple, String> {
    let (data, _) = sequence(der)?;
    let rest = tagged(&data, 0).map_or(data.as_ref(), |(_, rest)| rest);
    let (rest, _responder) = Any::from_der(rest).map_err(unreadable)?;
    let (rest, _produced) = GeneralizedTime::from_der(rest).map_err(unreadable)?;
    let (list, _) = sequence(rest)?;
    let leaf = chain.first().map(|leaf| leaf.raw_serial());
    let mut answers = Vec::new();
    let mut rest: &[u8] = &list;
    while !rest.is_empty() {
        let (one, next) = sequence(rest)?;
        answers.push(single(&one, leaf)?);
        rest = next;
    }
    let at = answers.iter().position(|one| one.about_leaf).unwrap_or(0);
    let mut staple = answers.into_iter().nth(at).ok_or("it says nothing")?;
    staple.signed = signer.verify(chain);
    Ok(staple)
}

fn single(der: &[u8], leaf: Option<&[u8]>) -> Result<Staple, String> {
    let (id, rest) = sequence(der)?;
    let (_hash, after) = sequence(&id)?;
    let (after, _name) = OctetString::from_der(after).map_err(unreadable)?;
    let (after, _key) = OctetString::from_der(after).map_err(unreadable)?;
    let (_, serial) = Any::from_der(after).map_err(unreadable)?;
    let (rest, status) = Any::from_der(rest).map_err(unreadable)?;
    let status = match (status.class(), status.tag().0) {
        (Class::ContextSpecific, 0) => Status::Good,
        (Class::ContextSpecific, 1) => Status::Revoked(time(status.data)?.0),
        _ => Status::Unknown,
    };
    let (this_update, rest) = time(rest)?;
    let next_update = tagged(rest, 0)
        .ok()
        .map(|(content, rest)| time(content).map(|(at, _)| (at, rest)))
        .transpose()?;
    let rest = next_update.map_or(rest, |(_, rest)| rest);
    Ok(Staple {
        status,
        about_leaf: leaf.is_some_and(|leaf| trimmed(leaf) == trimmed(serial.data)),
        signed: Err(String::new()),
        this_update,
        next_update: next_update.map(|(at, _)| at),
        sct_logs: tagged(rest, 1)
            .ok()
            .and_then(|(content, _)| sct_list(content))
            .unwrap_or_default(),
    })
}

/// The logs of the SCT extension among a single response's extensions.
fn sct_list(extensions: &[u8]) -> Option<Vec<String>> {
    let (list, _) = sequence(extensions).ok()?;
    let mut rest: &[u8] = &list;
    while let Ok((one, next)) = sequence(rest) {
        let (value, oid) = Oid::from_der(&one).ok()?;
        if oid.to_id_string() == SCT_LIST {
            let (_, value) = OctetString::from_der(value).ok()?;
            let (_, inner) = OctetString::from_der(value.as_ref()).ok()?;
            return Some(logs(inner.as_ref()));
        }
        rest = next;
    }
    None
}

struct Signed<'a> {
    part: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    signature: BitString<'a>,
    /// The responder's own certificates.
    certificates: &'a [u8],
}

impl Signed<'_> {
    /// By the leaf's issuer, or by a responder that this issuer certified for it (RFC 6960 §4.2.2.2).
    fn verify(&self, chain: &[X509Certificate<'_>]) -> Result<(), String> {
        let issuer = chain
            .first()
            .and_then(|leaf| {
                chain
                    .iter()
                    .skip(1)
                    .find(|c| c.subject().as_raw() == leaf.issuer().as_raw())
            })
            .ok_or("the issuer was not sent, so its signature cannot be verified")?;
        if self.by(issuer.public_key()) {
            return Ok(());
        }
        let delegate = sequence(self.certificates)
            .ok()
            .and_then(|(list, _)| {
                let (_, certificate) = X509Certificate::from_der(&list).ok()?;
                let for_this = certificate
                    .extended_key_usage()
                    .ok()
                    .flatten()
                    .is_some_and(|usage| usage.value.ocsp_signing);
                let certified = certificate
                    .verify_signature(Some(issuer.public_key()))
                    .is_ok();
                Some(for_this && certified && self.by(certificate.public_key()))
            })
            .unwrap_or(false);
        if delegate {
            return Ok(());
        }
        Err("neither the issuer nor a responder of its own signed it".to_owned())
    }

    fn by(&self, key: &SubjectPublicKeyInfo<'_>) -> bool {
        verify_signature(key, &self.algorithm, &self.signature, self.part).is_ok()
    }
}

/// The content of a SEQUENCE, and what follows it.
fn sequence(der: &[u8]) -> Result<(std::borrow::Cow<'_, [u8]>, &[u8]), String> {
    let (rest, sequence) = Sequence::from_der(der).map_err(unreadable)?;
    Ok((sequence.content, rest))
}

/// The content of a context-specific tag, and what follows it.
fn tagged(der: &[u8], number: u32) -> Result<(&[u8], &[u8]), String> {
    let (rest, any) = Any::from_der(der).map_err(unreadable)?;
    let fits = any.class() == Class::ContextSpecific && any.tag() == Tag(number);
    fits.then_some((any.data, rest))
        .ok_or_else(|| "another field was expected".to_owned())
}

fn time(der: &[u8]) -> Result<(Timestamp, &[u8]), String> {
    let (rest, time) = GeneralizedTime::from_der(der).map_err(unreadable)?;
    let seconds = time
        .utc_datetime()
        .map_err(|_| "a time is no time on any calendar")?
        .unix_timestamp();
    let at = Timestamp::from_second(seconds).map_err(|_| "a time is no time on any calendar")?;
    Ok((at, rest))
}

fn trimmed(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

fn unreadable(why: impl std::fmt::Display) -> String {
    format!("it cannot be read: {}", escape(&why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubbish_is_told_and_nothing_panics() {
        for der in [
            &b"hello"[..],
            &[0x30, 0x03, 0x0a, 0x01, 0x06],
            &[0x30, 0x80],
            &[0x30, 0x03, 0x0a, 0x01, 0x00],
            &[0x30, 0x82, 0xff, 0xff],
        ] {
            assert!(response(der, &[]).is_err(), "{der:?}");
        }
        assert_eq!(
            response(&[0x30, 0x03, 0x0a, 0x01, 0x03], &[]).unwrap_err(),
            "the responder answers with error 3"
        );
    }
}
