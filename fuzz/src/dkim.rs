//! DKIM keys: the first two bytes choose whether the rest is the record or the bytes of the key.

use launch_ready::checks::mail::dkim::key::{Key, KeyKind, KeyRecord, is_key_record, read};

use super::world::assert_harmless;

pub fn run(data: &[u8]) {
    match data.split_first() {
        // The key itself, encoded, so that the fuzzer need not learn base64.
        Some((0, key)) => {
            let padded = base64(key);
            check(&format!("v=DKIM1; k=rsa; p={padded}"));
            check(&format!("v=DKIM1; k=ed25519; t=y; p={padded}"));
        }
        _ => check(&String::from_utf8_lossy(data)),
    }
}

fn check(text: &str) {
    let first = read(text);
    match &first {
        KeyRecord::Usable(Key { kind, notes, .. }) => {
            assert!(is_key_record(text), "{text:?}");
            notes.iter().for_each(|note| assert_harmless(note));
            if let KeyKind::Rsa(bits) = kind {
                // A base64 letter holds six bits.
                assert!(
                    (1..=text.len() * 6).contains(bits),
                    "{bits} bits in {text:?}"
                );
            }
        }
        KeyRecord::Revoked => assert!(is_key_record(text), "{text:?}"),
        KeyRecord::Broken(why) => {
            assert!(!why.is_empty());
            assert_harmless(why);
        }
    }
    // A receiver takes white space around the parts away, and so may a publisher.
    let spaced: Vec<&str> = text.split(';').collect();
    assert_eq!(read(&spaced.join(" ; ")), first, "{text:?}");
}

/// RFC 4648 §4, on its own feet.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number =
            chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = usize::try_from(number >> (18 - 6 * place) & 63).unwrap();
            out.push(if place > chunk.len() {
                '='
            } else {
                char::from(*LETTERS.get(six).unwrap())
            });
        }
    }
    out
}
