//! Messages on their way through the range, handed over and read by `net`.

use jiff::{SignedDuration, Timestamp};

use super::PASSWORDS;
use crate::model::intent::Intent;
use crate::model::observation::FailureKind;
use crate::model::observation::message::{Folder, InboxLook, Step, Submission};
use crate::net::{Credentials, Network, NetworkConfig, Search};
use crate::range::Range;
use crate::range::world::World;

const WORD: &str = "LR-4711";

fn search() -> Search {
    Search {
        since: Timestamp::now() - SignedDuration::from_mins(1),
        any_of: vec![WORD.to_owned()],
    }
}

/// Hands a message over and looks for it.
async fn sent(network: &Network, intent: &Intent) -> (Submission, InboxLook) {
    let (server, inbox) = (
        intent.submission.as_ref().unwrap(),
        intent.test_inbox.as_ref().unwrap(),
    );
    let message = format!(
        "From: {}\r\nTo: {}\r\nSubject: {WORD}\r\n\r\nhello\r\n.\r\nbye\r\n",
        server.from, inbox.address
    );
    let submission = network.submit(server, &inbox.address, &message).await;
    let look = network.inbox(inbox, &search()).await;
    (submission, look)
}

async fn in_world(text: &str) -> (Submission, InboxLook) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let range = Range::start(World::parse(text).unwrap()).await.unwrap();
    let network = Network::new(range.network_config()).unwrap();
    sent(&network, range.intent()).await
}

/// Where the message lies, how late it came, and its text.
async fn arrival(text: &str) -> (Folder, i64, String) {
    let (submission, look) = in_world(text).await;
    let taken = submission.outcome.unwrap();
    let found = look.outcome.unwrap();
    let [message] = found.as_slice() else {
        panic!("{} messages", found.len());
    };
    let late = message.arrived.unwrap().duration_since(taken).as_secs();
    let text = String::from_utf8(message.bytes.to_vec()).unwrap();
    (message.folder.clone(), late, text)
}

#[tokio::test]
async fn in_the_healthy_world_a_message_arrives_at_once_and_passes() {
    let (folder, late, text) = arrival("").await;
    assert_eq!(folder, Folder::Inbox);
    assert!((-2..=2).contains(&late), "{late}");
    let head = "Return-Path: <portal@acme.example>\r\nAuthentication-Results: mx.testbox.example;\r\n\tdkim=pass header.d=acme.example header.s=mailer;\r\n\tspf=pass smtp.mailfrom=acme.example;\r\n\tdmarc=pass (p=QUARANTINE) header.from=acme.example\r\n";
    assert!(text.starts_with(head), "{text}");
    assert_eq!(text.matches("DKIM-Signature:").count(), 1);
    assert!(text.ends_with("\r\n\r\nhello\r\n.\r\nbye\r\n"), "{text}");
    assert!(text.contains("\r\nMessage-ID: <") && text.contains("Date: "));
}

#[tokio::test]
async fn each_mishap_is_seen_where_the_message_lies() {
    let junk = Folder::Junk("Junk".to_owned());
    for (does, folder, words) in [
        ("junk", &junk, "dmarc=pass"),
        ("late", &Folder::Inbox, "dmarc=pass"),
        ("unsigned", &Folder::Inbox, "dkim=none;"),
        ("unsigned", &Folder::Inbox, "dmarc=pass"),
        ("altered", &Folder::Inbox, "dkim=fail"),
        ("elsewhere", &junk, "spf=fail"),
        ("elsewhere", &junk, "dmarc=fail"),
    ] {
        let (at, late, text) = arrival(&format!("[[post]]\ndoes = \"{does}\"")).await;
        assert_eq!(at, *folder, "{does}");
        assert!(text.contains(words), "{does}: {text}");
        assert_eq!(late > 290, does == "late", "{does}: {late}");
        let is_signed = !matches!(does, "unsigned" | "elsewhere");
        assert_eq!(text.contains("DKIM-Signature:"), is_signed, "{does}");
    }
    let (submission, look) = in_world("[[post]]\ndoes = \"lost\"").await;
    assert!(submission.outcome.is_ok());
    assert_eq!(look.outcome, Ok(Vec::new()));
}

#[tokio::test]
async fn the_receiver_believes_what_the_dns_says() {
    for (fault, words) in [
        ("mail.dkim-revoked", "dkim=permerror (the key was revoked)"),
        ("mail.no-dmarc", "dmarc=none header.from=acme.example"),
    ] {
        let (_, _, text) = arrival(&format!("faults = [\"{fault}\"]")).await;
        assert!(text.contains(words), "{fault}: {text}");
    }
}

#[tokio::test]
async fn sign_ins_are_refused_by_faults_and_for_wrong_passwords() {
    let (submission, look) = in_world("[[post]]\ndoes = \"submission-refuses\"").await;
    assert!(submission.outcome.is_err());
    assert_eq!(submission.step, Step::SignIn);
    assert_eq!(submission.reply.unwrap().code, 535);
    assert_eq!(look.outcome, Ok(Vec::new()));
    let (submission, look) = in_world("[[post]]\ndoes = \"inbox-refuses\"").await;
    assert!(submission.outcome.is_ok());
    assert_eq!(look.outcome.unwrap_err().kind, FailureKind::Refused);

    let range = Range::start(World::healthy()).await.unwrap();
    let mut wrong = Credentials::default();
    for (name, _) in PASSWORDS {
        wrong.insert(name, "guessed".into());
    }
    let network = Network::new(range.network_config()).unwrap();
    let network = network.with_credentials(wrong).unwrap();
    let (submission, look) = sent(&network, range.intent()).await;
    assert_eq!(submission.step, Step::SignIn);
    assert_eq!(look.outcome.unwrap_err().kind, FailureKind::Refused);
}

#[tokio::test]
async fn tls_first_is_spoken_too_and_a_bad_certificate_gets_no_password() {
    let range = Range::start(World::healthy()).await.unwrap();
    let network = Network::new(range.network_config()).unwrap();
    let mut intent = range.intent().clone();
    intent.submission.as_mut().unwrap().server = "smtp.mailer.example:465".to_owned();
    let (submission, look) = sent(&network, &intent).await;
    assert!(submission.outcome.is_ok(), "{submission:?}");
    assert_eq!(look.outcome.unwrap().len(), 1);

    let bad = "[[tls]]\nhost = \"smtp.mailer.example\"\ncertificate = \"wrong-name\"\n[[tls]]\nhost = \"imap.testbox.example\"\ncertificate = \"expired\"";
    let (submission, look) = in_world(bad).await;
    assert_eq!(submission.outcome.unwrap_err().kind, FailureKind::Tls);
    assert_eq!(submission.step, Step::Tls);
    assert_eq!(look.outcome.unwrap_err().kind, FailureKind::Tls);
}

#[tokio::test]
async fn the_files_of_the_range_hold_what_a_run_needs() {
    let range = Range::start(World::healthy()).await.unwrap();
    for (name, password) in PASSWORDS {
        let file = range.credentials_dir().join(name);
        assert_eq!(std::fs::read_to_string(file).unwrap(), password);
        assert!(range.intent().passwords().contains(&name));
    }
    let NetworkConfig { credentials, .. } = range.network_config();
    let shown = format!("{credentials:?}");
    assert!(shown.contains("submission") && !shown.contains(PASSWORDS[0].1));
    assert!(range.flags().contains(&"--credentials-dir".to_owned()));
}

#[tokio::test]
async fn the_portals_own_message_is_there_in_the_world_as_it_is() {
    let range = Range::start(World::healthy()).await.unwrap();
    let network = Network::new(range.network_config()).unwrap();
    let inbox = range.intent().test_inbox.clone().unwrap();
    let search = Search {
        any_of: vec!["+acme-example-reset".to_owned()],
        ..search()
    };
    for (fault, words) in [
        (None, "dkim=pass"),
        (Some("mail.dkim-revoked"), "dkim=permerror"),
        (None, "dkim=pass"),
    ] {
        for id in range.faults().await {
            range.mend(&id).await.unwrap();
        }
        if let Some(id) = fault {
            range.break_fault(id).await.unwrap();
        }
        for _ in 0..2 {
            let found = network.inbox(&inbox, &search).await.outcome.unwrap();
            let [message] = found.as_slice() else {
                panic!("{} messages", found.len());
            };
            let text = String::from_utf8_lossy(&message.bytes);
            assert!(text.contains(words), "{fault:?}: {text}");
        }
    }
}

#[tokio::test]
async fn a_late_message_of_the_portal_says_when_it_was_written() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let world = World::parse("[[post]]\ndoes = \"late\"").unwrap();
    let range = Range::start(world).await.unwrap();
    let network = Network::new(range.network_config()).unwrap();
    let inbox = range.intent().test_inbox.as_ref().unwrap();
    let search = Search {
        any_of: vec!["+acme-example-reset".to_owned()],
        ..search()
    };
    let found = network.inbox(inbox, &search).await.outcome.unwrap();
    let text = String::from_utf8_lossy(&found[0].bytes);
    let (_, date) = text.split_once("\r\nDate: ").unwrap();
    let written = jiff::fmt::rfc2822::parse(date.split("\r\n").next().unwrap()).unwrap();
    let took = found[0]
        .arrived
        .unwrap()
        .duration_since(written.timestamp());
    assert_eq!(took.as_mins(), 5);
    assert!(found[0].arrived.unwrap() <= Timestamp::now());
}
