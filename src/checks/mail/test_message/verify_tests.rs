//! The examples of the RFCs, and signatures that are made and then broken.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair};

use super::super::message::Lines;
use super::super::signature;
use super::*;
use crate::checks::mail::worlds::{broken, no_name, txt};
use crate::model::observation::dns::RecordType;

/// RFC 6376 §A.2 and the key of §C.
const RFC_6376: &str = "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
";
const RFC_6376_KEY: &str = "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";

/// RFC 8463 §A.3 with the keys of §A.2.
const RFC_8463: &str = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
";
const RFC_8463_KEYS: [&str; 2] = [
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
];

/// The fates of all signatures, each with its key.
fn fates(text: &str, keys: &[&str], cut: bool) -> Vec<Fate> {
    let lines = Lines::of(text.as_bytes());
    let message = lines.message();
    let fields = message.all("DKIM-Signature").zip(keys);
    fields
        .map(|(field, key)| {
            let signed = Signed {
                message: &message,
                field,
                cut,
                arrived: Timestamp::from_second(1_600_000_000).ok(),
            };
            match signature::read(&field.text().unwrap()) {
                Ok(read) => verify(signed, &read, &txt("s._domainkey.example.com", &[key])),
                Err(why) => Fate::Refused(why),
            }
        })
        .collect()
}

#[test]
fn the_examples_of_the_rfcs_verify_and_break() {
    let old = |text: &str| fates(text, &[RFC_6376_KEY], false);
    let new = |text: &str| fates(text, &RFC_8463_KEYS, false);
    assert_eq!(old(RFC_6376), [Fate::Verifies]);
    assert_eq!(old(&RFC_6376.replace('\n', "\r\n")), [Fate::Verifies]);
    assert_eq!(new(RFC_8463), [Fate::Verifies, Fate::Verifies]);
    let both = |fate: Fate| [fate.clone(), fate];
    assert_eq!(
        new(&RFC_8463.replace("Joe.", "Joe.\n-- \nfooter")),
        both(Fate::BodyAltered)
    );
    assert_eq!(
        new(&RFC_8463.replace("dinner", "supper")),
        both(Fate::HeaderAltered)
    );
    assert_eq!(
        new(&RFC_8463.replace("\nTo:", "\nFrom: ceo@bank.example\nTo:")),
        both(Fate::HeaderAltered)
    );
    // What relaxed forgives, simple does not.
    assert_eq!(
        new(&RFC_8463
            .replace("Subject: Is", "SUBJECT:   Is")
            .replace("game.  Are", "game. \t Are ")),
        both(Fate::Verifies)
    );
    assert_eq!(
        old(&RFC_6376.replace("Subject: Is", "Subject:  Is")),
        [Fate::HeaderAltered]
    );
    assert_eq!(
        old(&RFC_6376.replace("game. Are", "game.  Are")),
        [Fate::BodyAltered]
    );
    assert_eq!(new(&format!("{RFC_8463}\n\n \n")), both(Fate::Verifies));
}

#[test]
fn keys_that_are_gone_short_or_of_another_kind() {
    let with = |key: &str| fates(RFC_8463, &[key], false).remove(0);
    assert_eq!(with("v=DKIM1; p="), Fate::KeyRevoked);
    assert_eq!(with("v=spf1 -all"), Fate::KeyMissing);
    assert!(matches!(with(RFC_6376_KEY), Fate::KeyBroken(why) if why.contains("RSA 1024")));
    assert!(matches!(
        with("v=DKIM1; k=ed25519; p=AAAA"),
        Fate::KeyBroken(_)
    ));
    let other = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode([9u8; 32]));
    assert_eq!(with(&other), Fate::HeaderAltered);
    let short = format!("p={}", crate::checks::mail::dkim::key::samples::rsa(512));
    assert_eq!(fates(RFC_6376, &[&short], false), [Fate::KeyShort(512)]);
    let own_only = RFC_6376_KEY.replace("v=DKIM1;", "v=DKIM1; t=s;");
    assert!(
        matches!(&fates(RFC_6376, &[&own_only], false)[0], Fate::KeyBroken(why) if why.contains("t=s"))
    );
}

#[test]
fn what_could_not_be_looked_at_is_not_broken() {
    assert!(
        matches!(&fates(RFC_8463, &RFC_8463_KEYS, true)[0], Fate::Unseen(why) if why.contains("missing"))
    );
    let lines = Lines::of(RFC_8463.as_bytes());
    let message = lines.message();
    let field = message.first("dkim-signature").unwrap();
    let read = signature::read(&field.text().unwrap()).unwrap();
    let signed = Signed {
        message: &message,
        field,
        cut: false,
        arrived: None,
    };
    let owner = "brisbane._domainkey.football.example.com";
    let none = verify(signed, &read, &no_name(owner, RecordType::Txt));
    assert_eq!(none, Fate::KeyMissing);
    let blind = verify(signed, &read, &broken(owner, RecordType::Txt));
    assert!(
        matches!(&blind, Fate::Unseen(why) if why.contains("SERVFAIL")),
        "{blind:?}"
    );
    assert!(!blind.is_broken() && none.is_broken());
}

/// A message signed with Ed25519: tags besides the usual, header fields, body.
fn signed(tags: &str, header: &str, body: &str) -> (String, String) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let key = format!(
        "v=DKIM1; k=ed25519; p={}",
        STANDARD.encode(pair.public_key())
    );
    let unsigned = |bh: &str, b: &str| {
        format!(
            "DKIM-Signature: v=1; a=ed25519-sha256; d=example.com; s=s; {tags} bh={bh}; b={b}\r\n{header}\r\n\r\n{body}"
        )
    };
    let draft = unsigned("AAAA", "AAAA");
    let lines = Lines::of(draft.as_bytes());
    let message = lines.message();
    let read = signature::read(&message.first("dkim-signature").unwrap().text().unwrap()).unwrap();
    let hashed = canonical::body(message.body, read.body, read.length).unwrap();
    let bh = STANDARD.encode(Sha256::digest(hashed));
    let draft = unsigned(&bh, "");
    let lines = Lines::of(draft.as_bytes());
    let message = lines.message();
    let field = message.first("dkim-signature").unwrap();
    let header = canonical::header(&message, field, &read.signed, read.header);
    let b = STANDARD.encode(pair.sign(&Sha256::digest(header)));
    (unsigned(&bh, &b), key)
}

#[test]
fn lengths_times_and_repeated_fields() {
    let header = "From: a@example.com\r\nTo: one@x.example\r\nTo: two@x.example";
    let (text, key) = signed("l=5; h=from:to;", header, "hello");
    let all = |text: &str| fates(text, &[&key], false);
    assert_eq!(all(&text), [Fate::Verifies]);
    assert_eq!(all(&format!("{text} and more")), [Fate::Verifies]);
    assert_eq!(
        fates(&format!("{text} and more"), &[&key], true),
        [Fate::Verifies]
    );
    assert_eq!(all(&text.replace("hello", "hel")), [Fate::BodyAltered]);
    // Only the lower To is signed.
    assert_eq!(all(&text.replace("one@", "other@")), [Fate::Verifies]);
    assert_eq!(all(&text.replace("two@", "other@")), [Fate::HeaderAltered]);
    let (text, key) = signed("t=1500000000; x=1599999999; h=from;", header, "hello");
    assert!(matches!(&fates(&text, &[&key], false)[0], Fate::Expired(_)));
}

proptest! {
    /// Whatever is signed verifies, and one letter changed in what is signed never does.
    #[test]
    fn signed_then_broken(
        canon in "(simple|relaxed)/(simple|relaxed)",
        subject in "[a-zA-Z0-9]{1,12}( [a-z]{1,9}){0,3}",
        body in "([a-z .\t]{0,20}\r\n){0,6}[a-z]{0,5}",
        at in any::<proptest::sample::Index>(),
    ) {
        let header = format!("From: a@example.com\r\nSubject: {subject}");
        let (text, key) = signed(&format!("c={canon}; h=from:subject:cc;"), &header, &body);
        prop_assert_eq!(fates(&text, &[&key], false), [Fate::Verifies]);
        let letters: Vec<usize> = body.char_indices().filter(|(_, c)| c.is_ascii_lowercase()).map(|(i, _)| i).collect();
        if !letters.is_empty() {
            let mut other = body.clone().into_bytes();
            other[letters[at.index(letters.len())]] = b'#';
            let other = text.replace(&format!("\r\n\r\n{body}"), &format!("\r\n\r\n{}", String::from_utf8(other).unwrap()));
            prop_assert_eq!(fates(&other, &[&key], false), [Fate::BodyAltered]);
        }
        let at = at.index(subject.len());
        if subject.as_bytes()[at] != b' ' {
            let mut other = subject.clone().into_bytes();
            other[at] = b'#';
            let other = text.replace(&format!("Subject: {subject}"), &format!("Subject: {}", String::from_utf8(other).unwrap()));
            prop_assert_eq!(fates(&other, &[&key], false), [Fate::HeaderAltered]);
        }
        let added = text.replace("\r\nSubject", "\r\nCc: b@example.com\r\nSubject");
        prop_assert_eq!(fates(&added, &[&key], false), [Fate::HeaderAltered]);
    }

    #[test]
    fn no_message_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut text = RFC_8463.as_bytes().to_vec();
        let at = bytes.len() * 3 % text.len();
        text.splice(at..at, bytes);
        let lossy = String::from_utf8_lossy(&text).into_owned();
        let _ = fates(&lossy, &RFC_8463_KEYS, false);
    }
}
