//! Encoded words of a subject (RFC 2047), decoded so that a message can be told from others. What comes out is compared and
//! dropped, never shown or kept.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::GeneralPurposeConfig;

/// Base64 as mail programs write it: with padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Longest encoded word, in characters; the RFC has 75, and some write more.
const LONGEST: usize = 250;

/// The text with its encoded words decoded; what cannot be stays as it is. UTF-8, ASCII and ISO 8859-1 are known.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        if let Some((word, after)) = encoded(from) {
            // White space between two encoded words is none (RFC 2047 §6.2).
            if !(after_word && before.trim().is_empty()) {
                out.push_str(before);
            }
            out.push_str(&word);
            rest = after;
            after_word = true;
        } else {
            out.push_str(before);
            out.push_str("=?");
            rest = from.get(2..).unwrap_or_default();
            after_word = false;
        }
    }
    out.push_str(rest);
    out
}

/// One encoded word at the beginning, and what follows.
fn encoded(text: &str) -> Option<(String, &str)> {
    let limit = text
        .char_indices()
        .nth(LONGEST)
        .map_or(text.len(), |(at, _)| at);
    let mut parts = text.get(2..limit)?.splitn(3, '?');
    let (charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    if encoding.len() != 1 {
        return None;
    }
    let body = rest.split_once("?=")?.0;
    let head = 2 + charset.len() + 1 + encoding.len() + 1 + body.len() + 2;
    let after = text.get(head..)?;
    let bytes = match encoding {
        "B" | "b" => LENIENT.decode(body).ok()?,
        "Q" | "q" => quoted(body)?,
        _ => return None,
    };
    let charset = charset.split('*').next()?.to_ascii_lowercase();
    let word = match charset.as_str() {
        "utf-8" | "utf8" | "us-ascii" => String::from_utf8_lossy(&bytes).into_owned(),
        "iso-8859-1" | "windows-1252" => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => return None,
    };
    Some((word, after))
}

fn quoted(body: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut bytes = body.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => {
                let digits = [bytes.next()?, bytes.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                u8::from_str_radix(digits, 16).ok()?
            }
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_decoded_and_others_stay() {
        for (text, want) in [
            ("Reset your password", "Reset your password"),
            (
                "=?UTF-8?B?UmVzZXQ=?= =?utf-8?q?_your_pass?=\t=?utf-8?q?word?=",
                "Reset your password",
            ),
            ("=?iso-8859-1?Q?Gr=FC=DFe?= an alle", "Grüße an alle"),
            ("=?utf-8*de?b?UmVzZXQ?=", "Reset"),
            ("=?x?y?z?= a=?b", "=?x?y?z?= a=?b"),
            ("=?utf-8?q?=G1?=", "=?utf-8?q?=G1?="),
        ] {
            assert_eq!(decode(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(=\\?|\\?=|\\?|utf-8|q|b|\\PC){0,60}") {
            let _ = decode(&text);
        }
    }
}
