//! Mail servers that greet, refuse, wait and talk nonsense.

use std::sync::{Arc, Mutex};

use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::smtp::{SmtpReply, StartTls};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::servers::{Dns, HOST, Tcp, address, network_to};

/// Says `banner`, then answers each line in turn with one of `answers`.
async fn server(
    banner: &'static str,
    answers: &'static [&'static str],
) -> (Tcp, Arc<Mutex<Vec<String>>>) {
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let ears = Arc::clone(&heard);
    let tcp = Tcp::start(move |stream| {
        let ears = Arc::clone(&ears);
        async move {
            let mut stream = BufReader::new(stream);
            stream.write_all(banner.as_bytes()).await.unwrap();
            for answer in answers {
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                ears.lock().unwrap().push(line);
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    (tcp, heard)
}

#[tokio::test]
async fn banner_and_extensions_are_read_and_quit_is_said() {
    let dns = Dns::plain().await;
    let (server, heard) = server(
        "220-mx.acme.example ESMTP\r\n220 be \x1b[31mnice\r\n",
        &[
            "250-mx.acme.example\r\n250-size 1000\r\n250 StartTLS\r\n",
            "454 not today\r\n",
            "221 bye\r\n",
        ],
    )
    .await;
    let net = network_to(&dns, 25, server.at);
    let greeting = net.smtp_greeting(HOST, address()).await;
    let banner = greeting.outcome.as_ref().unwrap();
    assert_eq!(banner.code, 220);
    assert_eq!(banner.text, "mx.acme.example ESMTP\nbe \\x1b[31mnice");
    assert_eq!(banner.extensions, ["SIZE 1000", "STARTTLS"]);
    assert_eq!(
        *heard.lock().unwrap(),
        ["EHLO launch-ready.invalid\r\n", "STARTTLS\r\n", "QUIT\r\n"]
    );
    assert_eq!(
        banner.starttls,
        StartTls::Refused(SmtpReply {
            code: 454,
            text: "not today".into()
        })
    );
    net.smtp_greeting(HOST, address()).await;
    assert_eq!((server.met(), net.counts().smtp), (1, 1));
}

#[tokio::test]
async fn a_refusing_banner_is_an_answer_without_a_greeting() {
    let dns = Dns::plain().await;
    let (server, heard) = server("421 too busy\r\n", &["221 bye\r\n"]).await;
    let greeting = network_to(&dns, 25, server.at)
        .smtp_greeting(HOST, address())
        .await;
    let banner = greeting.outcome.as_ref().unwrap();
    assert_eq!((banner.code, banner.text.as_str()), (421, "too busy"));
    assert!(banner.extensions.is_empty());
    assert_eq!(
        (&banner.ehlo, &banner.starttls),
        (&None, &StartTls::NotAsked)
    );
    assert_eq!(*heard.lock().unwrap(), ["QUIT\r\n"]);
}

#[tokio::test]
async fn nonsense_hanging_up_and_silence_are_failures() {
    let dns = Dns::plain().await;
    let (nonsense, _) = server("SSH-2.0-OpenSSH\r\n", &[]).await;
    let (hangs_up, _) = server("", &[]).await;
    let silent = Tcp::start(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let endless =
        Tcp::start(
            |mut stream| async move { while stream.write_all(b"220-more\r\n").await.is_ok() {} },
        )
        .await;
    for (at, want) in [
        (nonsense.at, FailureKind::Malformed),
        (hangs_up.at, FailureKind::Reset),
        (silent.at, FailureKind::Timeout),
        (endless.at, FailureKind::Malformed),
    ] {
        let greeting = network_to(&dns, 25, at)
            .smtp_greeting(HOST, address())
            .await;
        let failure = greeting.outcome.as_ref().unwrap_err();
        assert_eq!(failure.kind, want, "{failure}");
        assert!(greeting.connected);
    }
    let gone = silent.at;
    drop(silent);
    let greeting = network_to(&dns, 25, gone)
        .smtp_greeting(HOST, address())
        .await;
    assert!(!greeting.connected);
}

#[tokio::test]
async fn the_invitation_to_tls_is_where_plain_text_ends() {
    let dns = Dns::plain().await;
    let offer = "250-mx.acme.example\r\n250 STARTTLS\r\n";
    for (said, want) in [
        ("220 go\r\n250 more\r\n", FailureKind::Malformed),
        ("220 go\r\n", FailureKind::Reset),
    ] {
        let answers = Box::leak(Box::new([offer, said]));
        let (server, _) = server("220 mx.acme.example\r\n", answers).await;
        let greeting = network_to(&dns, 25, server.at)
            .smtp_greeting(HOST, address())
            .await;
        let StartTls::Broken(failure) = &greeting.outcome.as_ref().unwrap().starttls else {
            panic!("{greeting:?}");
        };
        assert_eq!(failure.kind, want, "{failure}");
    }
}
