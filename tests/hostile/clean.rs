//! What may stand in anything that the program writes, and what may not.

use serde_json::Value;

/// Planted in pages, headers, cookies and addresses; none of them may be kept or shown.
pub const SECRETS: [&str; 9] = [
    "planted-database-password",
    "planted-app-key",
    "AKIAPLANTED0KEY00000",
    "planted-cookie-value",
    "planted-bearer-token",
    "planted-query-token",
    "planted-url-password",
    "planted-header-token",
    "planted-git-password",
];

/// Whether a character must never be written: every control character but the line feed, and what turns or hides its
/// neighbours. A list of its own, so that a hole in the program's list shows.
fn is_foul(c: char) -> bool {
    let code = c as u32;
    c != '\n'
        && (code < 0x20
            || (0x7f..0xa0).contains(&code)
            || (0x200b..=0x200f).contains(&code)
            || (0x202a..=0x202e).contains(&code)
            || (0x2066..=0x2069).contains(&code)
            || code == 0xfeff)
}

/// `bytes` are UTF-8 text without foul characters and without a planted secret.
pub fn assert_clean(what: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|e| panic!("{what}: {e}"));
    for (number, line) in text.lines().enumerate() {
        if let Some(at) = line.char_indices().find(|(_, c)| is_foul(*c)) {
            let begin = line
                .char_indices()
                .map(|(i, _)| i)
                .find(|i| i + 200 > at.0)
                .unwrap_or(0);
            let shown: String = line[begin..].chars().take(300).collect();
            panic!("{what}, line {}: {:?} in {shown:?}", number + 1, at.1);
        }
    }
    for secret in SECRETS {
        if let Some(at) = text.find(secret) {
            let begin = text.floor_char_boundary(at.saturating_sub(200));
            panic!(
                "{what} holds {secret}: {:?}",
                &text[begin..at + secret.len()]
            );
        }
    }
}

/// The same for every string inside the JSON, after it was decoded.
pub fn assert_clean_json(what: &str, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|e| {
        panic!(
            "{what}: {e}: {}",
            text.chars().take(300).collect::<String>()
        )
    });
    walk(what, &value);
}

fn walk(path: &str, value: &Value) {
    match value {
        Value::String(text) => assert_clean(path, text.as_bytes()),
        Value::Array(list) => {
            for (at, inner) in list.iter().enumerate() {
                walk(&format!("{path}[{at}]"), inner);
            }
        }
        Value::Object(map) => {
            for (key, inner) in map {
                assert_clean(path, key.as_bytes());
                walk(&format!("{path}.{key}"), inner);
            }
        }
        _ => {}
    }
}

#[test]
fn what_is_foul_is_found() {
    for foul in [
        "a\u{1b}b",
        "a\0",
        "\u{202e}",
        "x\ty",
        "\u{9b}2J",
        "planted-app-key",
    ] {
        let caught = std::panic::catch_unwind(|| assert_clean("test", foul.as_bytes()));
        assert!(caught.is_err(), "{foul:?}");
    }
    let caught = std::panic::catch_unwind(|| assert_clean_json("test", "{\"a\":[\"\\u001b[2J\"]}"));
    assert!(caught.is_err());
    assert_clean("test", "grüße\n日本 \\x1b".as_bytes());
}
