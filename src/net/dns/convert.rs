//! Between hickory's messages and the model's. Pure; keeps everything as found.

use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, RRSIG};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::svcb::SvcParamValue;
use hickory_proto::rr::rdata::{CAA, SOA, SVCB, TXT};
use hickory_proto::rr::{self, Name, RData};
use jiff::Timestamp;

use crate::model::name::HostName;
use crate::model::observation::dns::{
    Caa, DnsMessage, Https, Rcode, Record, RecordData, RecordType, Soa, Tlsa,
};
use crate::model::text::hex;

/// A name as it goes into a message; `None` when it is too long for one.
pub(in crate::net) fn wire_name(name: &HostName) -> Option<Name> {
    Name::from_ascii(format!("{name}.")).ok()
}

/// Lower case, no trailing dot; the root is the empty text.
pub(in crate::net) fn name_text(name: &Name) -> String {
    let text = name.to_ascii().to_ascii_lowercase();
    text.strip_suffix('.').map(str::to_owned).unwrap_or(text)
}

/// The record type as hickory names it.
pub(in crate::net) const fn wire_type(rtype: RecordType) -> rr::RecordType {
    match rtype {
        RecordType::A => rr::RecordType::A,
        RecordType::Aaaa => rr::RecordType::AAAA,
        RecordType::Caa => rr::RecordType::CAA,
        RecordType::Cname => rr::RecordType::CNAME,
        RecordType::Dnskey => rr::RecordType::DNSKEY,
        RecordType::Ds => rr::RecordType::DS,
        RecordType::Https => rr::RecordType::HTTPS,
        RecordType::Mx => rr::RecordType::MX,
        RecordType::Ns => rr::RecordType::NS,
        RecordType::Ptr => rr::RecordType::PTR,
        RecordType::Soa => rr::RecordType::SOA,
        RecordType::Tlsa => rr::RecordType::TLSA,
        RecordType::Txt => rr::RecordType::TXT,
    }
}

/// A whole message.
pub(in crate::net) fn message(from: &Message) -> DnsMessage {
    let section = |records: &[rr::Record]| records.iter().map(record).collect();
    DnsMessage {
        rcode: rcode(from.metadata.response_code),
        aa: from.metadata.authoritative,
        tc: from.metadata.truncation,
        ra: from.metadata.recursion_available,
        ad: from.metadata.authentic_data,
        answers: section(&from.answers),
        authority: section(&from.authorities),
        additional: section(&from.additionals),
    }
}

fn rcode(code: ResponseCode) -> Rcode {
    match code {
        ResponseCode::NoError => Rcode::NoError,
        ResponseCode::FormErr => Rcode::FormErr,
        ResponseCode::ServFail => Rcode::ServFail,
        ResponseCode::NXDomain => Rcode::NxDomain,
        ResponseCode::NotImp => Rcode::NotImp,
        ResponseCode::Refused => Rcode::Refused,
        other => Rcode::Other(u16::from(other)),
    }
}

fn record(from: &rr::Record) -> Record {
    Record {
        name: name_text(&from.name),
        ttl: from.ttl,
        data: data(&from.data),
    }
}

fn data(from: &RData) -> RecordData {
    match from {
        RData::A(a) => RecordData::A(a.0),
        RData::AAAA(aaaa) => RecordData::Aaaa(aaaa.0),
        RData::CAA(record) => caa(record),
        RData::CNAME(name) => RecordData::Cname(name_text(&name.0)),
        RData::NS(name) => RecordData::Ns(name_text(&name.0)),
        RData::PTR(name) => RecordData::Ptr(name_text(&name.0)),
        RData::MX(mx) => RecordData::Mx {
            preference: mx.preference,
            exchange: name_text(&mx.exchange),
        },
        RData::SOA(record) => soa(record),
        RData::TLSA(tlsa) => RecordData::Tlsa(Tlsa {
            usage: u8::from(tlsa.cert_usage),
            selector: u8::from(tlsa.selector),
            matching: u8::from(tlsa.matching),
            data: hex(&tlsa.cert_data),
        }),
        RData::TXT(record) => RecordData::Txt(strings(record)),
        RData::HTTPS(record) => https(&record.0),
        RData::DNSSEC(DNSSECRData::DNSKEY(key)) => dnskey(key),
        RData::DNSSEC(DNSSECRData::DS(ds)) => RecordData::Ds {
            key_tag: ds.key_tag(),
            algorithm: u8::from(ds.algorithm()),
            digest_type: u8::from(ds.digest_type()),
            digest: hex(ds.digest()),
        },
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => rrsig(signature),
        RData::Unknown { code, rdata } => RecordData::Other {
            rtype: code.to_string(),
            // RFC 3597 §5.
            text: format!("\\# {} {}", rdata.anything.len(), hex(&rdata.anything)),
        },
        other => RecordData::Other {
            rtype: other.record_type().to_string(),
            text: other.to_string(),
        },
    }
}

fn caa(from: &CAA) -> RecordData {
    RecordData::Caa(Caa {
        critical: from.issuer_critical,
        tag: from.tag.to_ascii_lowercase(),
        value: String::from_utf8_lossy(&from.value).into_owned(),
    })
}

fn soa(from: &SOA) -> RecordData {
    RecordData::Soa(Soa {
        mname: name_text(&from.mname),
        rname: name_text(&from.rname),
        serial: from.serial,
        refresh: from.refresh.cast_unsigned(),
        retry: from.retry.cast_unsigned(),
        expire: from.expire.cast_unsigned(),
        minimum: from.minimum,
    })
}

fn strings(from: &TXT) -> Vec<String> {
    let text: Option<Vec<String>> = from
        .txt_data
        .iter()
        .map(|bytes| std::str::from_utf8(bytes).ok().map(str::to_owned))
        .collect();
    text.unwrap_or_else(|| {
        from.txt_data
            .iter()
            .map(|bytes| bytes.iter().map(|byte| char::from(*byte)).collect())
            .collect()
    })
}

fn https(from: &SVCB) -> RecordData {
    let mut record = Https {
        priority: from.svc_priority,
        target: name_text(&from.target_name),
        ..Https::default()
    };
    for (key, value) in &from.svc_params {
        record.keys.push(u16::from(*key));
        match value {
            SvcParamValue::Mandatory(keys) => {
                record
                    .mandatory
                    .extend(keys.0.iter().map(|key| u16::from(*key)));
            }
            SvcParamValue::Alpn(names) => record.alpn.extend(names.0.iter().cloned()),
            SvcParamValue::NoDefaultAlpn => record.no_default_alpn = true,
            SvcParamValue::Port(port) => record.port = Some(*port),
            SvcParamValue::Ipv4Hint(hint) => {
                let hints = hint.0.iter().map(|a| std::net::IpAddr::V4(a.0));
                record.hints.extend(hints);
            }
            SvcParamValue::Ipv6Hint(hint) => {
                let hints = hint.0.iter().map(|a| std::net::IpAddr::V6(a.0));
                record.hints.extend(hints);
            }
            SvcParamValue::EchConfigList(_) | SvcParamValue::Unknown(_) => {}
        }
    }
    RecordData::Https(record)
}

fn dnskey(from: &DNSKEY) -> RecordData {
    let key = hickory_proto::dnssec::PublicKey::public_bytes(from.public_key());
    let algorithm = u8::from(hickory_proto::dnssec::PublicKey::algorithm(
        from.public_key(),
    ));
    RecordData::Dnskey {
        flags: from.flags(),
        algorithm,
        key_tag: from.calculate_key_tag().unwrap_or_default(),
        bits: key_bits(algorithm, key),
    }
}

/// Size of a zone key: the modulus of RSA (RFC 3110 §2), the curve of the others (RFC 6605, RFC 8080).
fn key_bits(algorithm: u8, key: &[u8]) -> Option<u32> {
    match algorithm {
        1 | 5 | 7 | 8 | 10 => {
            let (first, rest) = key.split_first()?;
            let (exponent, rest) = match first {
                0 => {
                    let (length, rest) = rest.split_at_checked(2)?;
                    (
                        usize::from(u16::from_be_bytes(length.try_into().ok()?)),
                        rest,
                    )
                }
                length => (usize::from(*length), rest),
            };
            let modulus = rest.get(exponent..)?;
            let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
            let leading = modulus.get(zeros)?.leading_zeros();
            Some(u32::try_from(modulus.len() - zeros).ok()? * 8 - leading)
        }
        13 | 15 => Some(256),
        14 => Some(384),
        16 => Some(456),
        _ => None,
    }
}

fn rrsig(from: &RRSIG) -> RecordData {
    let input = from.input();
    RecordData::Rrsig {
        covers: input.type_covered.to_string(),
        algorithm: u8::from(input.algorithm),
        key_tag: input.key_tag,
        inception: moment(input.sig_inception.get()),
        expiration: moment(input.sig_expiration.get()),
        signer: name_text(&input.signer_name),
    }
}

/// Seconds since 1970 as RRSIG carries them (RFC 4034 §3.1.5).
pub(in crate::net) fn moment(seconds: u32) -> Timestamp {
    Timestamp::from_second(i64::from(seconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_case_and_their_dot() {
        assert_eq!(
            name_text(&Name::from_ascii("WWW.Acme.Example.").unwrap()),
            "www.acme.example"
        );
        assert_eq!(name_text(&Name::root()), "");
    }

    #[test]
    fn txt_strings_are_text_where_they_can_be() {
        assert_eq!(
            strings(&TXT::from_bytes(vec!["grüße".as_bytes()])),
            ["grüße"]
        );
        assert_eq!(strings(&TXT::from_bytes(vec![b"a\xffb"])), ["a\u{ff}b"]);
    }

    #[test]
    fn key_sizes_are_read_from_the_key() {
        let mut rsa = vec![3, 1, 0, 1, 0];
        rsa.extend([0x80; 256]);
        assert_eq!(key_bits(8, &rsa), Some(2048));
        assert_eq!(key_bits(8, &[3, 1]), None);
        assert_eq!(key_bits(8, &[]), None);
        assert_eq!(key_bits(13, &[0; 64]), Some(256));
    }
}
