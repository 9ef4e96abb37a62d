//! The DKIM-Signature field: its tags, and whether they can be used (RFC 6376 §3.5, RFC 8301, RFC 8463).

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::checks::mail::tags::Tags;
use crate::model::name::HostName;

/// Most names in `h=` that are looked for.
const MOST_NAMES: usize = 200;

/// Base64 with padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A signature that can be verified, as far as its field goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub domain: HostName,
    pub selector: String,
    pub algorithm: Algorithm,
    pub header: Canon,
    pub body: Canon,
    /// Names of the signed fields, lower case, in their order; a name may stand more than once.
    pub signed: Vec<String>,
    pub body_hash: Vec<u8>,
    pub signature: Vec<u8>,
    /// Bytes of the canonical body that are signed; `None`: all.
    pub length: Option<u64>,
    /// Seconds since 1970.
    pub made: Option<i64>,
    /// Whether `i=` names a subdomain of `d=`.
    pub for_subdomain: bool,
    pub expires: Option<i64>,
}

/// Signing algorithms that count (RFC 8301 §3.1, RFC 8463 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    RsaSha256,
    Ed25519Sha256,
}

impl Algorithm {
    /// The word of `a=`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RsaSha256 => "rsa-sha256",
            Self::Ed25519Sha256 => "ed25519-sha256",
        }
    }
}

/// How header or body is made the same everywhere (RFC 6376 §3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canon {
    Simple,
    Relaxed,
}

/// What of a signature's name can be read even where the rest cannot: `d=` and `s=`.
pub fn named(text: &str) -> (Option<HostName>, Option<String>) {
    let tags = Tags::parse(text);
    let domain = tags.value("d").and_then(|d| HostName::parse(d).ok());
    (domain, tags.value("s").map(str::to_owned))
}

/// Reads the value of a field, unfolded; `Err` says why no verifier takes it.
pub fn read(text: &str) -> Result<Signature, String> {
    let tags = Tags::parse(text);
    if tags.pairs.len() > 50 {
        return Err("it has more tags than any signature".to_owned());
    }
    if let Some(name) = tags.repeated().first() {
        return Err(format!("the tag {name}= stands twice"));
    }
    let needed = |name: &str| tags.value(name).ok_or(format!("it has no {name}="));
    if needed("v")? != "1" {
        return Err("its version is not 1".to_owned());
    }
    let algorithm = match needed("a")?.to_ascii_lowercase().as_str() {
        "rsa-sha256" => Algorithm::RsaSha256,
        "ed25519-sha256" => Algorithm::Ed25519Sha256,
        "rsa-sha1" => {
            return Err(
                "it is made with rsa-sha1, which no receiver may accept (RFC 8301 §3.1)".to_owned(),
            );
        }
        _ => return Err("its algorithm is not known".to_owned()),
    };
    let domain = HostName::parse(needed("d")?).map_err(|_| "its d= is no domain".to_owned())?;
    let selector = needed("s")?.to_owned();
    HostName::parse(&selector).map_err(|_| "its s= is no selector".to_owned())?;
    let for_subdomain = agent(&tags, &domain)?;
    let (header, body) = canons(tags.value("c").unwrap_or("simple/simple"))?;
    let signed = names(needed("h")?)?;
    if tags
        .value("q")
        .is_some_and(|q| !q.split(':').any(|way| way.trim() == "dns/txt"))
    {
        return Err("its key is not to be had from DNS".to_owned());
    }
    let (made, expires) = (number(&tags, "t")?, number(&tags, "x")?);
    if made
        .zip(expires)
        .is_some_and(|(made, expires)| expires <= made)
    {
        return Err("it expires before it was made".to_owned());
    }
    Ok(Signature {
        domain,
        selector,
        algorithm,
        header,
        body,
        signed,
        body_hash: bytes("bh", needed("bh")?)?,
        signature: bytes("b", needed("b")?)?,
        length: number(&tags, "l")?.and_then(|l| u64::try_from(l).ok()),
        made,
        for_subdomain,
        expires,
    })
}

/// `i=` must be at or below `d=` (RFC 6376 §3.5); whether it is below.
fn agent(tags: &Tags, domain: &HostName) -> Result<bool, String> {
    let Some(agent) = tags.value("i") else {
        return Ok(false);
    };
    let host = agent.rsplit('@').next().unwrap_or_default();
    match HostName::parse(host) {
        Ok(host) if host.is_within(domain) => Ok(host != *domain),
        _ => Err("its i= is not within d=".to_owned()),
    }
}

fn canons(text: &str) -> Result<(Canon, Canon), String> {
    let one = |word: &str| match word.trim().to_ascii_lowercase().as_str() {
        "simple" => Ok(Canon::Simple),
        "relaxed" => Ok(Canon::Relaxed),
        _ => Err("its c= is not known".to_owned()),
    };
    let (header, body) = text.split_once('/').unwrap_or((text, "simple"));
    Ok((one(header)?, one(body)?))
}

fn names(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = text
        .split(':')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    if names.len() > MOST_NAMES {
        return Err("its h= names more fields than any message has".to_owned());
    }
    if !names.iter().any(|name| name == "from") {
        return Err("it does not sign From".to_owned());
    }
    Ok(names)
}

fn number(tags: &Tags, name: &str) -> Result<Option<i64>, String> {
    let Some(text) = tags.value(name) else {
        return Ok(None);
    };
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if plain => Ok(Some(number)),
        _ => Err(format!("its {name}= is no number")),
    }
}

fn bytes(name: &str, text: &str) -> Result<Vec<u8>, String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match LENIENT.decode(bare) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(format!("its {name}= is no base64")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "v=1; a=rsa-sha256; c=relaxed/simple; d=Acme.example; s=s1; i=@mail.acme.example; h=From : To:from; bh=AAAA; b=AA AA; t=5; x=6; l=0";

    #[test]
    fn a_signature_is_read() {
        let read = read(GOOD).unwrap();
        assert_eq!(read.domain.as_str(), "acme.example");
        assert_eq!((read.header, read.body), (Canon::Relaxed, Canon::Simple));
        assert_eq!(read.signed, ["from", "to", "from"]);
        assert_eq!(
            (read.made, read.expires, read.length),
            (Some(5), Some(6), Some(0))
        );
        assert_eq!(read.signature, [0, 0, 0]);
    }

    #[test]
    fn what_no_verifier_takes() {
        for (from, to, words) in [
            ("rsa-sha256", "rsa-sha1", "sha1"),
            ("rsa-sha256", "dsa-sha256", "algorithm"),
            ("v=1", "v=2", "version"),
            ("v=1; ", "", "no v="),
            ("d=Acme.example; ", "", "no d="),
            ("s=s1", "s=a b", "selector"),
            ("@mail.acme.example", "@other.example", "i="),
            ("relaxed/simple", "nowsp", "c="),
            ("From : ", "Subject : ", "h="),
            ("h=From : To:from", "h=To", "From"),
            ("bh=AAAA", "bh=*", "bh="),
            ("b=AA AA", "b=", "b="),
            ("t=5", "t=7", "expires"),
            ("l=0", "l=-1", "l="),
            ("l=0", "l=99999999999999999999", "l="),
            ("t=5", "t=5; t=5", "twice"),
            ("t=5", "q=http", "DNS"),
        ] {
            let text = GOOD.replace(from, to);
            match read(&text) {
                Err(why) => assert!(why.contains(words), "{text}: {why}"),
                Ok(_) if words == "h=" => {}
                Ok(read) => panic!("{text}: {read:?}"),
            }
        }
        assert_eq!(
            named("d=a.example; s=x; v=9").0.unwrap().as_str(),
            "a.example"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([a-z]{1,2}=|;|=|:|[A-Za-z0-9+/@.]{0,8}|\\PC){0,60}") {
            let _ = (read(&text), named(&text));
        }
    }
}
