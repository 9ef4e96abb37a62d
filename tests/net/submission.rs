//! Submission servers that take a message, refuse it, and try to get at the password.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use launch_ready::model::intent::message::{INBOX_PASSWORD, SUBMISSION_PASSWORD, SubmissionServer};
use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::message::{Step, Submission};
use launch_ready::net::{Credentials, NetworkConfig};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio_rustls::TlsAcceptor;

use crate::servers::{Dns, HOST, Tcp, network_to};
use crate::tls::{Authority, acceptor};

pub const PASSWORD: &str = "Tr0ub4dor&3-unsafe";
const MESSAGE: &str = "From: a@acme.example\r\nSubject: x\r\n\r\n.hidden\r\nend\r\n";
const OFFER: &str = "250-smtp\r\n250-8BITMIME\r\n250 STARTTLS\r\n";
const GO: &str = "220 go\r\n";
const OK: &str = "250 ok\r\n";
const AUTH: &str = "250-smtp\r\n250 AUTH LOGIN PLAIN\r\n";

type Heard = Arc<Mutex<Vec<String>>>;

/// Answers each line in turn, and a whole message after 354.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    answers: &[&str],
    heard: &Heard,
) {
    let mut in_data = false;
    for answer in answers {
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            let is_end = !in_data || line == ".\r\n";
            heard.lock().unwrap().push(line);
            if is_end {
                break;
            }
        }
        in_data = answer.starts_with("354");
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.flush().await;
    }
}

/// Says the first of `plain` and answers with the rest of it, then TLS and the answers of `secure`. Without `plain` TLS comes
/// first, and the first of `secure` is the banner.
async fn server(
    tls: TlsAcceptor,
    plain: &'static [&'static str],
    secure: &'static [&'static str],
) -> (Tcp, Heard) {
    let heard: Heard = Arc::default();
    let ears = Arc::clone(&heard);
    let tcp = Tcp::start(move |mut stream| {
        let (tls, ears) = (tls.clone(), Arc::clone(&ears));
        async move {
            if let Some((banner, answers)) = plain.split_first() {
                let mut lines = BufReader::new(&mut stream);
                lines.write_all(banner.as_bytes()).await.unwrap();
                talk(&mut lines, answers, &ears).await;
                if answers.last() != Some(&GO) {
                    return;
                }
            }
            let Ok(stream) = tls.accept(stream).await else {
                return;
            };
            let mut lines = BufReader::new(stream);
            let answers = if plain.is_empty() {
                let (banner, answers) = secure.split_first().unwrap();
                let _ = lines.write_all(banner.as_bytes()).await;
                let _ = lines.flush().await;
                answers
            } else {
                secure
            };
            talk(&mut lines, answers, &ears).await;
        }
    })
    .await;
    (tcp, heard)
}

/// The configuration of a network that reaches `at` as port `port` and knows both passwords.
pub fn knowing(dns: &Dns, port: u16, at: SocketAddr) -> NetworkConfig {
    let mut credentials = Credentials::default();
    credentials.insert(SUBMISSION_PASSWORD, PASSWORD.into());
    credentials.insert(INBOX_PASSWORD, PASSWORD.into());
    NetworkConfig {
        credentials,
        ..network_to(dns, port, at).config().clone()
    }
}

fn account(server: &str) -> SubmissionServer {
    SubmissionServer {
        server: server.to_owned(),
        user: "acme".to_owned(),
        from: "Acme <a@acme.example>".to_owned(),
    }
}

/// A whole attempt with a server at 587.
async fn attempt(
    plain: &'static [&'static str],
    secure: &'static [&'static str],
) -> (Submission, Vec<String>) {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let (server, heard) = server(authority.good(), plain, secure).await;
    let net = authority.trusted(knowing(&dns, 587, server.at));
    let submission = net
        .submit(&account(HOST), "test@inbox.example", MESSAGE)
        .await;
    assert!(server.met() <= 1, "handed over once");
    let heard = heard.lock().unwrap().clone();
    (submission, heard)
}

fn plain_message() -> String {
    BASE64.encode(format!("\0acme\0{PASSWORD}"))
}

#[tokio::test]
async fn a_message_is_handed_over_behind_starttls() {
    let (submission, heard) = attempt(
        &["220 hi\r\n", OFFER, GO],
        &[
            AUTH,
            "235 2.7.0 ok\r\n",
            "250 2.1.0 ok\r\n",
            "250 2.1.5 ok\r\n",
            "354 go\r\n",
            "250-2.0.0 queued\r\n250 2.0.0 as 77\r\n",
            "221 bye\r\n",
        ],
    )
    .await;
    let taken = submission.outcome.clone().unwrap();
    assert!(taken >= submission.at);
    assert_eq!(submission.step, Step::Data);
    let reply = submission.reply.unwrap();
    assert_eq!(
        (reply.code, reply.text.as_str()),
        (250, "2.0.0 queued\n2.0.0 as 77")
    );
    let auth = format!("AUTH PLAIN {}\r\n", plain_message());
    assert_eq!(
        heard,
        [
            "EHLO launch-ready.invalid\r\n",
            "STARTTLS\r\n",
            "EHLO launch-ready.invalid\r\n",
            auth.as_str(),
            "MAIL FROM:<a@acme.example>\r\n",
            "RCPT TO:<test@inbox.example>\r\n",
            "DATA\r\n",
            "From: a@acme.example\r\n",
            "Subject: x\r\n",
            "\r\n",
            "..hidden\r\n",
            "end\r\n",
            ".\r\n",
            "QUIT\r\n",
        ]
    );
}

#[tokio::test]
async fn on_465_tls_comes_first_and_login_is_spoken_where_plain_is_not() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let (server, heard) = server(
        authority.good(),
        &[],
        &[
            "220 hi\r\n",
            "250-smtp\r\n250 AUTH=LOGIN CRAM-MD5\r\n",
            "334 VXNlcm5hbWU6\r\n",
            "334 UGFzc3dvcmQ6\r\n",
            "235 ok\r\n",
            "250 ok\r\n",
            "251 ok\r\n",
            "354 go\r\n",
            "250 ok\r\n",
        ],
    )
    .await;
    let net = authority.trusted(knowing(&dns, 465, server.at));
    let host = format!("{HOST}:465");
    let submission = net
        .submit(&account(&host), "test@inbox.example", MESSAGE)
        .await;
    assert!(submission.outcome.is_ok(), "{submission:?}");
    assert_eq!(submission.server, host);
    let heard = heard.lock().unwrap();
    assert_eq!(heard[1], "AUTH LOGIN\r\n");
    assert_eq!(heard[2], format!("{}\r\n", BASE64.encode("acme")));
    assert_eq!(heard[3], format!("{}\r\n", BASE64.encode(PASSWORD)));
}

#[tokio::test]
async fn no_password_is_said_where_others_could_hear_it() {
    for (plain, kind, words) in [
        (
            &[
                "220 hi\r\n",
                "250-smtp\r\n250 AUTH PLAIN\r\n",
                "221 bye\r\n",
            ][..],
            FailureKind::Tls,
            "not offered",
        ),
        (
            &["220 hi\r\n", OFFER, "454 4.7.0 not today\r\n"],
            FailureKind::Refused,
            "454 4.7.0 not today",
        ),
        (
            &["220 hi\r\n", OFFER, "220 go\r\n250 AUTH PLAIN\r\n"],
            FailureKind::Malformed,
            "AUTH PLAIN",
        ),
        (
            &["220 hi\r\n", OFFER, "220 go ahead\r\n"],
            FailureKind::Reset,
            "TLS",
        ),
    ] {
        let (submission, heard) = attempt(plain, &[]).await;
        let failure = submission.outcome.unwrap_err();
        assert_eq!(
            (failure.kind, submission.step),
            (kind, Step::Tls),
            "{failure}"
        );
        assert!(failure.text.contains(words), "{failure}");
        assert!(!heard.concat().contains("AUTH"), "{heard:?}");
    }
}

#[tokio::test]
async fn no_password_is_said_to_somebody_else() {
    let (dns, authority, stranger) = (Dns::plain().await, Authority::new(), Authority::new());
    let (leaf, key) = authority.leaf("mail.other.example", 2025, 2040);
    let wrong_name = acceptor(vec![leaf], key, &[]);
    let (leaf, key) = authority.leaf(HOST, 2020, 2021);
    let expired = acceptor(vec![leaf], key, &[]);
    for tls in [wrong_name, expired, stranger.good()] {
        let (server, heard) = server(tls, &["220 hi\r\n", OFFER, GO], &[AUTH, "235 ok\r\n"]).await;
        let net = authority.trusted(knowing(&dns, 587, server.at));
        let submission = net.submit(&account(HOST), "t@inbox.example", MESSAGE).await;
        let failure = submission.outcome.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Tls, "{failure}");
        assert!(failure.text.contains("no password is sent"), "{failure}");
        let heard = heard.lock().unwrap();
        assert_eq!(heard.len(), 2, "nothing behind STARTTLS: {heard:?}");
    }
}

#[tokio::test]
async fn refusals_keep_their_codes_and_step_and_a_goodbye_is_said() {
    for (secure, step, code) in [
        (
            &[AUTH, "535 5.7.8 no\r\n", "221 bye\r\n"][..],
            Step::SignIn,
            535,
        ),
        (
            &[AUTH, "235 ok\r\n", "550 5.7.1 not yours\r\n", "221 bye\r\n"],
            Step::Sender,
            550,
        ),
        (
            &[AUTH, "235 ok\r\n", OK, "450 4.2.0 later\r\n", "221 bye\r\n"],
            Step::Recipient,
            450,
        ),
        (
            &[
                AUTH,
                "235 ok\r\n",
                OK,
                OK,
                "554 5.5.0 no\r\n",
                "221 bye\r\n",
            ],
            Step::Data,
            554,
        ),
        (
            &[
                AUTH,
                "235 ok\r\n",
                OK,
                OK,
                "354 go\r\n",
                "552 5.3.4 spam\r\n",
                "221 bye\r\n",
            ],
            Step::Data,
            552,
        ),
    ] {
        let (submission, heard) = attempt(&["220 hi\r\n", OFFER, GO], secure).await;
        let failure = submission.outcome.unwrap_err();
        let reply = submission.reply.unwrap();
        assert_eq!((submission.step, reply.code), (step, code), "{failure}");
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(failure.text.contains(&reply.text), "{failure}");
        assert!(!failure.text.contains("may have been taken"), "{failure}");
        assert_eq!(heard.last().unwrap(), "QUIT\r\n");
    }
}

#[tokio::test]
async fn what_breaks_off_behind_the_message_may_have_been_taken() {
    let (submission, _) = attempt(
        &["220 hi\r\n", OFFER, GO],
        &[AUTH, "235 ok\r\n", OK, OK, "354 go\r\n", ""],
    )
    .await;
    let failure = submission.outcome.unwrap_err();
    assert!(failure.text.contains("may have been taken"), "{failure}");
    assert_eq!(submission.step, Step::Data);
    assert_eq!(submission.reply.unwrap().code, 354);
}

#[tokio::test]
async fn a_server_that_echoes_the_password_is_shown_without_it() {
    let echo = Box::leak(
        format!(
            "535-5.7.8 {PASSWORD} is wrong\r\n535 5.7.8 {} too\r\n",
            plain_message()
        )
        .into_boxed_str(),
    );
    let nonsense = Box::leak(format!("what is {PASSWORD}?\r\n").into_boxed_str());
    for answer in [&*echo, &*nonsense] {
        let secure = Box::leak(Box::new([AUTH, answer]));
        let (submission, _) = attempt(&["220 hi\r\n", OFFER, GO], secure).await;
        let shown = format!("{submission:?}");
        assert!(shown.contains("[hidden]"), "{shown}");
        assert!(!shown.contains(PASSWORD) && !shown.contains(&plain_message()));
        assert!(
            !serde_json::to_string(&submission)
                .unwrap()
                .contains(PASSWORD)
        );
    }
}

#[tokio::test]
async fn banners_that_refuse_come_late_drip_or_never_end() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let late = Tcp::start(|mut stream| async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let _ = stream.write_all(b"220 hi\r\n").await;
        let _ = BufReader::new(&mut stream)
            .read_line(&mut String::new())
            .await;
        let _ = stream.write_all(b"421 4.3.2 closing\r\n").await;
    })
    .await;
    let busy = Tcp::start(|mut stream| async move {
        let _ = stream.write_all(b"421 4.7.0 too busy\r\n").await;
        let _ = stream.shutdown().await;
    })
    .await;
    let drip = Tcp::start(|mut stream| async move {
        while stream.write_all(b"2").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let endless = Tcp::start(|mut stream| async move {
        while stream.write_all(b"220-and more\r\n").await.is_ok() {}
    })
    .await;
    for (at, kind, words) in [
        (late.at, FailureKind::Refused, "421 4.3.2 closing"),
        (busy.at, FailureKind::Refused, "421 4.7.0 too busy"),
        (drip.at, FailureKind::Timeout, "no answer in 900 ms"),
        (endless.at, FailureKind::Malformed, "without end"),
    ] {
        let net = authority.trusted(NetworkConfig {
            timeout: Duration::from_millis(150),
            ..knowing(&dns, 587, at)
        });
        let begun = Instant::now();
        let submission = net.submit(&account(HOST), "t@inbox.example", MESSAGE).await;
        let failure = submission.outcome.unwrap_err();
        assert_eq!(
            (failure.kind, submission.step),
            (kind, Step::Greeting),
            "{failure}"
        );
        assert!(failure.text.contains(words), "{failure}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn nothing_is_asked_with_an_address_that_says_more_or_without_a_password() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let (server, _) = server(authority.good(), &["220 hi\r\n"], &[]).await;
    let net = authority.trusted(knowing(&dns, 587, server.at));
    let mut two_lines = account(HOST);
    two_lines.user = "acme\r\nRSET".to_owned();
    let mut from = account(HOST);
    from.from = "a@acme.example>\r\nRCPT TO:<b@x.example".to_owned();
    for (account, to) in [
        (account(HOST), "t@inbox.example>\r\nDATA"),
        (account("smtp host"), "t@inbox.example"),
        (account("203.0.113.10"), "t@inbox.example"),
        (two_lines, "t@inbox.example"),
        (from, "t@inbox.example"),
    ] {
        let submission = net.submit(&account, to, MESSAGE).await;
        let failure = submission.outcome.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{failure}");
    }
    let poor = authority.network(&dns, 587, server.at);
    let submission = poor
        .submit(&account(HOST), "t@inbox.example", MESSAGE)
        .await;
    let failure = submission.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotAllowed);
    assert!(
        failure.text.contains("credentials set submission"),
        "{failure}"
    );
    assert_eq!(server.met(), 0);
}
