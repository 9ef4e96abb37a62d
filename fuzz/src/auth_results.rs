//! Authentication-Results, and the message around it: whose word counts, and that nobody can add to it.

use launch_ready::checks::mail::test_message::canonical::body;
use launch_ready::checks::mail::test_message::message::{Lines, MOST_FIELDS, Message};
use launch_ready::checks::mail::test_message::parse::parse;
use launch_ready::checks::mail::test_message::results::read;
use launch_ready::checks::mail::test_message::signature::Canon;
use launch_ready::checks::mail::test_message::trust::{Receiver, trusted};
use launch_ready::model::intent::message::TestInbox;

use super::world::assert_harmless;

const RECEIVER: &str = "mx.acme.example";
const METHODS: [&str; 3] = ["spf", "dkim", "dmarc"];

pub fn run(data: &[u8]) {
    let parsed = parse(data);
    let errors = parsed.from.iter().filter_map(|from| from.as_ref().err());
    let broken = parsed
        .signatures
        .iter()
        .filter_map(|read| read.as_ref().err());
    errors.chain(broken).for_each(|why| assert_harmless(why));
    let lines = Lines::of(data);
    let message = lines.message();
    rewritten(&message);
    canonical(message.body);
    one_field(&String::from_utf8_lossy(data));
    believed(data);
}

/// The fields and the body, written out and taken apart again, are the same.
fn rewritten(message: &Message<'_>) {
    if message.fields.len() >= MOST_FIELDS {
        return;
    }
    // In front, so that no field is taken for the separator of a mailbox file.
    let mut text = b"X-First: 1\r\n".to_vec();
    for field in &message.fields {
        text.extend([field.raw, b"\r\n"].concat());
        assert!(field.raw.starts_with(field.name()) && field.raw.ends_with(field.value));
    }
    text.extend(b"\r\n");
    text.extend(message.body);
    let lines = Lines::of(&text);
    let again = lines.message();
    assert_eq!(again.fields.get(1..), Some(message.fields.as_slice()));
    assert_eq!(again.body, message.body);
}

/// What is in its canonical form stays in it.
fn canonical(bytes: &[u8]) {
    for canon in [Canon::Simple, Canon::Relaxed] {
        let once = body(bytes, canon, None).unwrap();
        assert_eq!(body(&once, canon, None).as_ref(), Some(&once));
    }
}

/// The value of one field; what stands in a comment or in quotes is never taken for a result.
fn one_field(text: &str) {
    for info in read(text).results {
        assert!(!info.method.is_empty() && !info.result.is_empty());
    }
    let inner: String = text.chars().filter(|c| !"()\"\\".contains(*c)).collect();
    for text in [
        format!("{RECEIVER}; spf=fail ({inner}) smtp.mailfrom=a.example"),
        format!("{RECEIVER}; spf=fail reason=\"{inner}\" smtp.mailfrom=a.example"),
    ] {
        let read = read(&text);
        let said: Vec<(&str, &str)> = read
            .results
            .iter()
            .map(|i| (i.method.as_str(), i.result.as_str()))
            .collect();
        assert_eq!(said, [("spf", "fail")], "{text:?}");
        assert_eq!(
            read.results[0].property(&["smtp.mailfrom"]),
            Some("a.example")
        );
    }
}

/// Whatever comes below the receiver's own word changes nothing of it, and below a stranger's Received nothing is believed.
fn believed(data: &[u8]) {
    let inbox = TestInbox {
        address: "t@acme.example".to_owned(),
        imap: None,
        user: None,
        receiver: Some(RECEIVER.to_owned()),
        code: None,
    };
    let receiver = Receiver::of(Some(&inbox));
    let arrived = format!(
        "Received: from out.sender.example by {RECEIVER} with ESMTPS; Thu, 26 Nov 2026 10:00:01 +0000\r\n"
    );
    let own =
        format!("Authentication-Results: {RECEIVER}; spf=fail; dkim=fail; dmarc=fail\r\n{arrived}");
    let lines = Lines::of(&[own.as_bytes(), data].concat());
    let found = trusted(&lines.message(), receiver.as_ref());
    for method in METHODS {
        let results: Vec<&str> = found
            .results
            .iter()
            .filter(|i| i.method == method)
            .map(|i| i.result.as_str())
            .collect();
        assert_eq!(results, ["fail"], "{method}");
    }
    found
        .ignored
        .iter()
        .for_each(|ignored| assert_harmless(&ignored.authserv_id));

    let strange = "Received: from a.example by mx.stranger.example; Thu, 26 Nov 2026 10:00:01 +0000\r\nX-Below: 1\r\n";
    let lines = Lines::of(&[strange.as_bytes(), data].concat());
    let found = trusted(&lines.message(), receiver.as_ref());
    assert!(!found.any && found.results.is_empty());
    let lines = Lines::of(data);
    assert!(trusted(&lines.message(), None).results.is_empty());
}
