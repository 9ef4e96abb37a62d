//! Revocation lists (RFC 5280 §5), fetched from where a certificate says that its authority publishes them. That is a third
//! party: nothing is sent unless the operator opted in.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use url::Url;
use x509_parser::prelude::{
    ASN1Time, CertificateRevocationList, FromDer, ParsedExtension, SubjectPublicKeyInfo,
};

use super::certificate::urls_of;
use crate::model::observation::tls::{Certificate, ListReading, RevocationList};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::model::third_party::REVOCATION;
use crate::net::http::exchange::fetch;
use crate::net::memory::Sight;
use crate::net::reach::Reach;

/// A list, and the certificate that is looked for in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::net) struct Wanted {
    url: String,
    serial: String,
    /// As printed in the leaf.
    issuer: String,
    /// The issuer's public key in base64.
    key: String,
}

impl Wanted {
    pub(in crate::net) fn new(url: &str, leaf: &Certificate, issuer: &Certificate) -> Self {
        Self {
            url: url.to_owned(),
            serial: leaf.serial.clone(),
            issuer: leaf.issuer.clone(),
            key: issuer.spki.clone(),
        }
    }
}

impl Sight for RevocationList {
    fn saw_nothing(&self) -> bool {
        self.outcome.is_err()
    }
}

/// Fetches and reads.
pub(in crate::net) async fn look(reach: Arc<Reach>, wanted: Wanted) -> RevocationList {
    let at = Timestamp::now();
    let outcome = outcome(&reach, &wanted).await;
    RevocationList {
        url: wanted.url,
        at,
        outcome,
    }
}

async fn outcome(reach: &Arc<Reach>, wanted: &Wanted) -> Result<ListReading, Failure> {
    let doing = format!("fetching {}", escape(&wanted.url));
    if !reach.ground.config.may_ask(&REVOCATION) {
        let text = format!("{doing}: asking authorities was not opted in to");
        return Err(Failure::new(FailureKind::NotAllowed, text));
    }
    let malformed =
        |why: String| Failure::new(FailureKind::Malformed, format!("{doing}: {}", escape(&why)));
    let url = Url::parse(&wanted.url).map_err(|why| malformed(why.to_string()))?;
    let (status, bytes) = fetch(reach, &url).await?;
    if status != 200 {
        return Err(malformed(format!("the answer is {status}")));
    }
    read(&bytes, wanted).map_err(malformed)
}

fn read(der: &[u8], wanted: &Wanted) -> Result<ListReading, String> {
    let (_, list) = CertificateRevocationList::from_der(der)
        .map_err(|why| format!("not a readable revocation list: {why}"))?;
    let revoked = list.iter_revoked_certificates().find(|entry| {
        entry
            .raw_serial_as_string()
            .eq_ignore_ascii_case(&wanted.serial)
    });
    Ok(ListReading {
        signed: stands(&list, wanted),
        this_update: moment(list.last_update())?,
        next_update: list.next_update().map(moment).transpose()?,
        entries: list.iter_revoked_certificates().count(),
        revoked: revoked
            .map(|entry| moment(entry.revocation_date))
            .transpose()?,
    })
}

/// Whether the list is the issuer's word on this certificate.
fn stands(list: &CertificateRevocationList<'_>, wanted: &Wanted) -> Result<(), String> {
    if escape(&list.issuer().to_string()) != wanted.issuer {
        return Err("another authority issued it".to_owned());
    }
    let der = BASE64.decode(&wanted.key).unwrap_or_default();
    let (_, key) = SubjectPublicKeyInfo::from_der(&der)
        .map_err(|_| "the issuer's key was not seen".to_owned())?;
    list.verify_signature(&key)
        .map_err(|why| format!("its signature does not verify: {why}"))?;
    for extension in list.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(scope) => {
                let elsewhere = scope
                    .distribution_point
                    .as_ref()
                    .is_some_and(|point| !urls_of(point).contains(&wanted.url.as_str()));
                if scope.only_contains_ca_certs
                    || scope.only_contains_attribute_certs
                    || scope.indirect_crl
                    || scope.only_some_reasons.is_some()
                    || elsewhere
                {
                    return Err("it speaks of other certificates".to_owned());
                }
            }
            _ if extension.critical => {
                return Err(format!(
                    "it has a critical extension {} that is not known here",
                    extension.oid.to_id_string()
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn moment(time: ASN1Time) -> Result<Timestamp, String> {
    Timestamp::from_second(time.timestamp())
        .map_err(|_| "a time is no time on any calendar".to_owned())
}

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
        IsCa, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber, date_time_ymd,
    };

    use super::super::certificate;
    use super::*;

    fn authority() -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    #[test]
    fn a_list_is_believed_only_from_the_issuer() {
        let (issuer, stranger) = (authority(), authority());
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 11, 1),
            next_update: date_time_ymd(2026, 12, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from_slice(&[0x0a, 0xbc]),
                revocation_time: date_time_ymd(2026, 11, 2),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        }
        .signed_by(&issuer)
        .unwrap();
        let shown = certificate::read(issuer.der());
        let wanted = |serial: &str, by: &Certificate| Wanted {
            url: "http://crl.example/1.crl".into(),
            serial: serial.into(),
            issuer: shown.subject.clone(),
            key: by.spki.clone(),
        };
        let reading = read(list.der(), &wanted("0A:BC", &shown)).unwrap();
        assert_eq!((reading.entries, reading.signed.clone()), (1, Ok(())));
        assert_eq!(reading.revoked.unwrap().to_string(), "2026-11-02T00:00:00Z");
        assert_eq!(
            read(list.der(), &wanted("0B", &shown)).unwrap().revoked,
            None
        );
        let foreign = certificate::read(stranger.der());
        assert!(
            read(list.der(), &wanted("0B", &foreign))
                .unwrap()
                .signed
                .is_err()
        );
        assert!(read(b"<html>", &wanted("0B", &shown)).is_err());
    }
}
