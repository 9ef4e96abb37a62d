//! `mail.starttls` against Postfix: encrypted, with certificates that are worth nothing, without, with the TLS of yesterday, too
//! busy, behind postscreen and behind a banner that comes late; and the openssl program's word on the same servers.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::super::{compare, wanted};
use super::names::RECEIVERS;
use super::{Post, said};

/// Domain, verdict, and what the summary must speak of.
const EXPECTED: [(&str, &str, &str); 8] = [
    ("encrypted.example", "pass", "a certificate for its name"),
    ("outdated.example", "warn", "has expired"),
    ("misnamed.example", "warn", "is for another name"),
    ("plain.example", "fail", "offers no STARTTLS"),
    ("old.example", "fail", "no TLS of today"),
    ("busy.example", "unknown", "too busy to talk (421"),
    ("screened.example", "pass", "a certificate for its name"),
    ("slow.example", "pass", "a certificate for its name"),
];

#[test]
fn postfix_gets_the_verdict_on_starttls_that_it_deserves_and_openssl_agrees() {
    if !wanted() {
        return;
    }
    let post = Post::start();
    // The only place at the busy one is taken while the program looks.
    let mut guest = TcpStream::connect("127.0.10.35:25").unwrap();
    guest
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let mut banner = [0; 3];
    guest.read_exact(&mut banner).unwrap();
    assert_eq!(&banner, b"220");

    let only: &[String] = &["--only", "mail.starttls"].map(str::to_owned);
    let post = &post;
    // Some make their guests wait, so all are looked at together.
    let (runs, theirs): (Vec<_>, BTreeMap<_, _>) = thread::scope(|scope| {
        let ours = EXPECTED.map(|(domain, ..)| scope.spawn(move || post.check(domain, "", only)));
        // Whom the busy one may not speak to, that has no word on it.
        let others = RECEIVERS
            .iter()
            .filter(|(domain, _)| *domain != "busy.example");
        let theirs: Vec<_> = others
            .map(|(domain, last)| {
                (
                    *domain,
                    scope.spawn(|| proven(post.folder(), domain, *last)),
                )
            })
            .collect();
        (
            ours.into_iter().map(|look| look.join().unwrap()).collect(),
            theirs
                .into_iter()
                .map(|(domain, look)| (domain, look.join().unwrap()))
                .collect(),
        )
    });
    let mut wrong = Vec::new();
    for ((domain, verdict, words), (verdicts, _, run)) in EXPECTED.iter().zip(&runs) {
        let key = format!("mail.starttls {domain}");
        compare(domain, run, verdicts, &[(&key, verdict)], &mut wrong);
        let summary = run["findings"][0]["summary"].as_str().unwrap_or_default();
        if !summary.contains(words) {
            wrong.push(format!("{domain}: no {words:?} in {summary:?}"));
        }
        let ours = verdicts.get(&key).is_some_and(|verdict| verdict == "pass");
        if theirs.get(domain).is_some_and(|theirs| *theirs != ours) {
            wrong.push(format!(
                "{domain}: openssl does not agree with our {:?}",
                verdicts.get(&key)
            ));
        }
    }
    assert!(wrong.is_empty(), "STARTTLS:\n{}", wrong.join("\n"));
}

/// Whether the openssl program agrees on TLS with the domain's mail server, and takes its certificate for the name.
fn proven(folder: &Path, domain: &str, last: u8) -> bool {
    let name = format!("mx.{domain}");
    let text = said(
        Command::new("openssl")
            .args(["s_client", "-starttls", "smtp", "-brief"])
            .args(["-connect", &format!("127.0.10.{last}:25")])
            .args(["-servername", &name, "-verify_hostname", &name])
            .arg("-CAfile")
            .arg(folder.join("root.pem"))
            .stdin(Stdio::null()),
    );
    text.contains("Verification: OK") && text.contains(&format!("Verified peername: {name}"))
}
