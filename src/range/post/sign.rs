//! Signatures of the mail sender: rsa-sha256, relaxed/relaxed (RFC 6376).

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

/// The selector under which the client's domain points at the sender's key.
pub const SELECTOR: &str = "mailer";
const KEY: &str = include_str!("../../../assets/range/dkim-key.txt");
/// What is signed, where it is there.
const FIELDS: [&str; 8] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
];

/// The DKIM-Signature field of a message for `domain`, with its line break; `None` when the key cannot be used.
pub fn signature(domain: &str, message: &str, at: Timestamp) -> Option<String> {
    let key = key()?;
    let (head, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
    let present = fields(head);
    let signed: Vec<&Field> = FIELDS
        .iter()
        .filter_map(|name| present.iter().rev().find(|field| field.name == *name))
        .collect();
    let names: Vec<&str> = signed.iter().map(|field| field.name.as_str()).collect();
    let hash = BASE64.encode(digest(&SHA256, relaxed_body(body).as_bytes()));
    let value = format!(
        " v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={SELECTOR};\r\n\tt={}; h={};\r\n\tbh={hash};\r\n\tb=",
        at.as_second(),
        names.join(":")
    );
    let mut data: String = signed
        .iter()
        .map(|field| format!("{}:{}\r\n", field.name, relaxed_value(&field.value)))
        .collect();
    data.push_str(&format!("dkim-signature:{}", relaxed_value(&value)));
    let mut made = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        data.as_bytes(),
        &mut made,
    )
    .ok()?;
    Some(format!("DKIM-Signature:{value}{}\r\n", BASE64.encode(made)))
}

/// The public key as it must be published, without white space.
pub fn public_key() -> Option<String> {
    // RFC 8017 §A.1.1 inside RFC 5280 §4.1: what `ring` gives is the inner sequence.
    let inner = key()?.public().as_ref().to_vec();
    let algorithm: &[u8] = &[
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let bits = [&[0][..], &inner].concat();
    let whole = [algorithm, &der(0x03, &bits)?].concat();
    Some(BASE64.encode(der(0x30, &whole)?))
}

/// A DER value with a length of two bytes.
fn der(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(content.len()).ok()?.to_be_bytes();
    Some([&[tag, 0x82][..], &length, content].concat())
}

fn key() -> Option<RsaKeyPair> {
    let text = KEY.lines().find(|line| !line.starts_with('#'))?;
    RsaKeyPair::from_pkcs8(&BASE64.decode(text).ok()?).ok()
}

/// A field of the head: its name in lower case, its value with its folds.
pub struct Field {
    pub name: String,
    pub value: String,
}

/// The fields of a head with CRLF, in order.
pub fn fields(head: &str) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            if let Some(last) = found.last_mut() {
                last.value.push_str("\r\n");
                last.value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            found.push(Field {
                name: name.trim_end().to_ascii_lowercase(),
                value: value.to_owned(),
            });
        }
    }
    found
}

/// RFC 6376 §3.4.2.
fn relaxed_value(value: &str) -> String {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    words.join(" ")
}

/// RFC 6376 §3.4.4.
fn relaxed_body(body: &str) -> String {
    let mut out = String::new();
    for line in body.split("\r\n") {
        let mut text = String::new();
        let mut blank = false;
        for c in line.chars() {
            if matches!(c, ' ' | '\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                text.push(' ');
            }
            text.push(c);
        }
        out.push_str(&text);
        out.push_str("\r\n");
    }
    let kept = out.trim_end_matches("\r\n");
    if kept.is_empty() {
        String::new()
    } else {
        format!("{kept}\r\n")
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    #[test]
    fn bodies_and_values_are_relaxed_as_the_rfc_shows() {
        // The example of RFC 6376 §3.4.5.
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(relaxed_body("\r\n\r\n"), "");
        assert_eq!(relaxed_value(" X\r\n\tY \t Z "), "X Y Z");
    }

    #[test]
    fn the_signature_verifies_with_the_published_key() {
        let zone = include_str!("../../../assets/range/zones/mailer.example.zone");
        let line = zone.lines().find(|line| line.contains("p=")).unwrap();
        let published: String = line.split_once("p=").unwrap().1.replace(['"', ' '], "");
        assert_eq!(public_key().unwrap(), published);

        let at = Timestamp::from_second(1_795_716_000).unwrap();
        let message = "From: a@acme.example\r\nSubject:  x\r\n y\r\n\r\nhello  \r\n";
        let field = signature("acme.example", message, at).unwrap();
        let (head, made) = field.trim_end().rsplit_once("b=").unwrap();
        let value = head.strip_prefix("DKIM-Signature:").unwrap();
        let data = format!(
            "from:a@acme.example\r\nsubject:x y\r\ndkim-signature:{} b=",
            relaxed_value(value)
        );
        let whole = BASE64.decode(published).unwrap();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &whole[24..])
            .verify(data.as_bytes(), &BASE64.decode(made).unwrap())
            .unwrap();
        let hash = BASE64.encode(digest(&SHA256, b"hello\r\n"));
        assert!(field.contains(&format!("bh={hash};")), "{field}");
    }
}
