//! `mail.test-message` on messages that went the whole way: handed to Postfix, signed by OpenDKIM, delivered, judged by the
//! receiver's SPF, DKIM and DMARC programs, filed by Sieve, and found over IMAP. Every fault that the check knows of is made in
//! truth, and for each signature our own verification must say what OpenDKIM says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use launch_ready::checks::mail::test_message::TestMessage;
use launch_ready::checks::mail::test_message::seen::TestMessageSeen;
use launch_ready::checks::mail::test_message::verify::Fate;
use launch_ready::checks::rule::{Case, Judgement, Look, Rule};
use launch_ready::model::intent::Intent;
use launch_ready::model::verdict::Verdict;
use launch_ready::net::{Network, Search};

use super::super::{compare, wanted};
use super::wire::{inbox, letter, messages, network, submission, wait};
use super::{INBOX, PASSWORD, PORTAL, Post, said};

/// What a message of a domain must give.
struct Expected {
    domain: &'static str,
    server: &'static str,
    verdict: Verdict,
    /// The points of the judgement, as its fact tells them.
    points: &'static [&'static str],
    fate: Fate,
    /// What the receiver says of DKIM and of DMARC.
    theirs: (&'static str, &'static str),
}

fn sent(
    domain: &'static str,
    verdict: Verdict,
    points: &'static [&'static str],
    fate: Fate,
    theirs: (&'static str, &'static str),
) -> Expected {
    Expected {
        domain,
        server: "smtp.mailer.example",
        verdict,
        points,
        fate,
        theirs,
    }
}

const GOOD: (&str, &str) = ("pass", "pass");

fn expected() -> [Expected; 9] {
    [
        sent("acme.example", Verdict::Pass, &[], Fate::Verifies, GOOD),
        Expected {
            server: "simple.mailer.example",
            ..sent("simple.example", Verdict::Pass, &[], Fate::Verifies, GOOD)
        },
        Expected {
            server: "curve.mailer.example",
            ..sent("curve.example", Verdict::Pass, &[], Fate::Verifies, GOOD)
        },
        sent(
            "unlisted.example",
            Verdict::Fail,
            &["spf"],
            Fate::Verifies,
            GOOD,
        ),
        sent(
            "rotated.example",
            Verdict::Fail,
            &["dkim", "signature"],
            Fate::HeaderAltered,
            ("fail", "pass"),
        ),
        sent(
            "footer.example",
            Verdict::Fail,
            &["dkim", "signature"],
            Fate::BodyAltered,
            ("fail", "pass"),
        ),
        sent(
            "tagged.example",
            Verdict::Fail,
            &["dkim", "signature"],
            Fate::HeaderAltered,
            ("fail", "pass"),
        ),
        sent(
            "unaligned.example",
            Verdict::Fail,
            &["dmarc"],
            Fate::Verifies,
            ("pass", "fail"),
        ),
        sent(
            "spam.example",
            Verdict::Fail,
            &["junk"],
            Fate::Verifies,
            GOOD,
        ),
    ]
}

#[tokio::test]
async fn a_test_message_passes_and_every_fault_of_its_way_is_seen() {
    if !wanted() {
        return;
    }
    let post = Post::start();
    let all = expected();
    let runs = all.iter().map(|expected| {
        let intent = intent(expected.domain, expected.server, "test");
        let network = network(&post, PASSWORD, PASSWORD);
        async move { check(&network, &intent, "test message").await }
    });
    let mut wrong = Vec::new();
    for (expected, (seen, judgement)) in all.iter().zip(join_all(runs).await) {
        let domain = expected.domain;
        let told = format!("{domain}: {}", judgement.summary);
        let points: Vec<&str> = judgement
            .fact
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        if (judgement.verdict, points.as_slice()) != (expected.verdict, expected.points) {
            wrong.push(format!("{} {points:?}: {told}", judgement.verdict));
        }
        let Ok(facts) = &seen.message else {
            wrong.push(told);
            continue;
        };
        let word = |method: &str| -> Vec<&str> {
            facts
                .of(method)
                .map(|result| result.result.as_str())
                .collect()
        };
        let (dkim, dmarc) = expected.theirs;
        if (word("dkim").as_slice(), word("dmarc").as_slice()) != (&[dkim], &[dmarc]) {
            wrong.push(format!("{domain}: the receiver says {:?}", facts.results));
        }
        let fates: Vec<&Fate> = facts
            .signatures
            .iter()
            .map(|signature| &signature.fate)
            .collect();
        if fates != [&expected.fate] {
            wrong.push(format!("{domain}: our word on its signatures is {fates:?}"));
        }
        if (expected.fate == Fate::Verifies) != (dkim == "pass") {
            wrong.push(format!(
                "{domain}: OpenDKIM says {dkim}, we {:?}",
                expected.fate
            ));
        }
    }
    // The same messages as files that the operator brings to the command line.
    let maildir = post
        .folder()
        .join("dovecot/mail")
        .join(INBOX)
        .join("Maildir");
    for (domain, verdict) in [("acme.example", "pass"), ("footer.example", "fail")] {
        let file = delivered(&maildir, domain);
        let text = intent_text(domain, "smtp.mailer.example", "test");
        let (_, rest) = text.split_once('\n').unwrap();
        let brought = format!("test={}", file.display());
        let more = ["--only", "mail.test-message", "--message", &brought].map(str::to_owned);
        let (verdicts, _, run) = post.check(domain, rest, &more);
        let key = "mail.test-message test message";
        compare(domain, &run, &verdicts, &[(key, verdict)], &mut wrong);
    }
    assert!(wrong.is_empty(), "messages:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_message_that_is_held_is_missing_first_and_late_afterwards() {
    if !wanted() {
        return;
    }
    let post = Post::start();
    let network = network(&post, PASSWORD, PASSWORD);
    let server = "smtp.mailer.example";
    let intent = intent("held.example", server, "reset");
    let to = INBOX.replace('@', "+held-example-reset@");
    let text = letter(
        "held.example",
        &to,
        "held-word",
        SignedDuration::from_mins(10),
    );
    let handed = network
        .submit(&submission(server, "held.example"), &to, &text)
        .await;
    assert!(handed.outcome.is_ok(), "{handed:?}");
    let (_, judgement) = check(&network, &intent, "reset message").await;
    assert_eq!(judgement.verdict, Verdict::Blocked, "{}", judgement.summary);

    let home = post.folder().join("sender");
    let text = said(
        Command::new("/usr/sbin/postsuper")
            .arg("-c")
            .arg(&home)
            .args(["-H", "ALL"]),
    );
    let text = text
        + &said(
            Command::new("/usr/sbin/postqueue")
                .arg("-c")
                .arg(&home)
                .arg("-f"),
        );
    let search = Search {
        since: Timestamp::now() - SignedDuration::from_mins(5),
        any_of: vec!["held-word".to_owned()],
    };
    assert_eq!(wait(&network, &search, 1).await.len(), 1, "{text}");
    let (seen, judgement) = check(&network, &intent, "reset message").await;
    assert_eq!(
        judgement.fact.as_deref(),
        Some("late"),
        "{}",
        judgement.summary
    );
    assert_eq!(judgement.verdict, Verdict::Fail);
    let facts = seen.message.unwrap();
    let fates: Vec<&Fate> = facts
        .signatures
        .iter()
        .map(|signature| &signature.fate)
        .collect();
    assert_eq!(fates, [&Fate::Verifies]);
}

async fn check(network: &Network, intent: &Intent, subject: &str) -> (TestMessageSeen, Judgement) {
    let look = Look {
        subject,
        intent,
        network,
        authorised: true,
        kept: None,
    };
    let seen = TestMessage.observe(look).await;
    let case = Case {
        subject,
        intent,
        now: Timestamp::now(),
    };
    let judgement = TestMessage.judge(&seen, case);
    (seen, judgement)
}

/// The file in the inbox that holds the domain's message.
fn delivered(maildir: &Path, domain: &str) -> PathBuf {
    let mut files = messages(maildir).into_iter();
    let from = format!("\nFrom: portal@{domain}\n");
    files
        .find(|file| {
            let text = String::from_utf8(fs::read(file).unwrap()).unwrap();
            text.replace('\r', "").contains(&from)
        })
        .unwrap()
}

fn intent(domain: &str, server: &str, kind: &str) -> Intent {
    toml::from_str(&intent_text(domain, server, kind)).unwrap()
}

fn intent_text(domain: &str, server: &str, kind: &str) -> String {
    let inbox = inbox();
    format!(
        "domain = \"{domain}\"\nsends_mail = true\n\
         [test_inbox]\naddress = \"{INBOX}\"\nimap = \"{}\"\nreceiver = \"{}\"\n\
         [submission]\nserver = \"{server}\"\nuser = \"{PORTAL}\"\nfrom = \"portal@{domain}\"\n\
         [[message]]\nkind = \"{kind}\"\n",
        inbox.imap.unwrap_or_default(),
        inbox.receiver.unwrap_or_default(),
    )
}
