//! Trust anchors from a file: DS or DNSKEY lines as zone files have them (RFC 4034 §2.2, §5.3). Read once, before anything is sent.

use std::path::Path;

use base64::Engine as _;
use hickory_proto::dnssec::rdata::{DNSKEY, DS};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKeyBuf};
use hickory_proto::rr::Name;

use super::convert::name_text;
use crate::model::text::escape;
use crate::net::config::NetworkProblem;

/// A zone and what its keys must match.
#[derive(Debug, Clone)]
pub(in crate::net) struct Anchor {
    /// Lower case, no trailing dot; the root is the empty text.
    pub(in crate::net) zone: String,
    pub(in crate::net) kind: Kind,
}

#[derive(Debug, Clone)]
pub(in crate::net) enum Kind {
    Digest(DS),
    Key(DNSKEY),
}

impl Anchor {
    /// Whether `key` of `zone` is what this anchor trusts.
    pub(in crate::net) fn trusts(&self, zone: &Name, key: &DNSKEY) -> bool {
        self.zone == name_text(zone)
            && match &self.kind {
                Kind::Digest(digest) => digest.covers(zone, key).unwrap_or(false),
                Kind::Key(anchored) => anchored.public_key() == key.public_key(),
            }
    }
}

/// The anchors in the file at `path`.
pub(in crate::net) fn read(path: &Path) -> Result<Vec<Anchor>, NetworkProblem> {
    let text = std::fs::read_to_string(path).map_err(|source| NetworkProblem::File {
        path: path.to_owned(),
        source,
    })?;
    parse(&text).map_err(|why| NetworkProblem::Content {
        path: path.to_owned(),
        what: "trust anchor",
        why,
    })
}

fn parse(text: &str) -> Result<Vec<Anchor>, String> {
    let mut anchors = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let plain = line.split(';').next().unwrap_or_default();
        let plain = plain.replace(['(', ')', '"'], " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        let anchor = entry(&words).ok_or_else(|| {
            format!(
                "line {} is no DS or DNSKEY record: {}",
                number + 1,
                escape(line)
            )
        })?;
        anchors.push(anchor);
    }
    if anchors.is_empty() {
        return Err("there is no DS or DNSKEY line in it".to_owned());
    }
    Ok(anchors)
}

/// `owner [ttl] [class] DS|DNSKEY rdata…`.
fn entry(words: &[&str]) -> Option<Anchor> {
    let at = words
        .iter()
        .take(4)
        .position(|word| matches!(word.to_ascii_uppercase().as_str(), "DS" | "DNSKEY"))?;
    let owner = Name::from_ascii(words.first().filter(|_| at > 0)?).ok()?;
    let [a, b, c, rest @ ..] = words.get(at + 1..)? else {
        return None;
    };
    let data = rest.concat();
    let kind = if words.get(at)?.eq_ignore_ascii_case("DS") {
        let digest_type = DigestType::from(c.parse::<u8>().ok()?);
        let digest = unhex(&data)?;
        Kind::Digest(DS::new(
            a.parse().ok()?,
            Algorithm::from_u8(b.parse().ok()?),
            digest_type,
            digest,
        ))
    } else {
        // The protocol field has one value (RFC 4034 §2.1.2).
        b.parse::<u8>().ok().filter(|protocol| *protocol == 3)?;
        let key = base64::engine::general_purpose::STANDARD
            .decode(data)
            .ok()?;
        let algorithm = Algorithm::from_u8(c.parse().ok()?);
        Kind::Key(DNSKEY::with_flags(
            a.parse().ok()?,
            PublicKeyBuf::new(key, algorithm),
        ))
    };
    Some(Anchor {
        zone: name_text(&owner),
        kind,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ds_and_dnskey_lines_with_and_without_ttl_are_read() {
        let text = "; the root\n\
            . 86400 IN DS 20326 8 2 ( E06D44B80B8F1D39A95C0B0D7C65D084 58E880409BBC683457104237C7F8EC8D )\n\n\
            Acme.Example. DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ== ; ksk\n";
        let anchors = parse(text).unwrap();
        assert_eq!(anchors.len(), 2);
        assert_eq!(anchors[0].zone, "");
        assert_eq!(anchors[1].zone, "acme.example");
        assert!(matches!(&anchors[0].kind, Kind::Digest(ds) if ds.key_tag() == 20326));
    }

    #[test]
    fn rubbish_is_refused_with_its_line() {
        assert!(parse("\n; nothing\n").is_err());
        for text in [
            ". IN DS 1 8 2 xyz",
            ". IN A 127.0.0.1",
            "DS 1 8 2 aa",
            ". DNSKEY 257 4 13 aaaa",
        ] {
            assert!(parse(text).unwrap_err().contains("line 1"), "{text}");
        }
    }
}
