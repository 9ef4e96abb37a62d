//! Test inboxes that are read, and servers that lie, stall, flood and break off.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use launch_ready::model::intent::message::{SubmissionServer, TestInbox};
use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::message::{Folder, InboxLook, LONGEST_MESSAGE};
use launch_ready::net::{NetworkConfig, Search};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::servers::{Dns, HOST, Tcp};
use crate::submission::{PASSWORD, knowing};
use crate::tls::Authority;

const WORD: &str = "LR-77";

type Heard = Arc<Mutex<Vec<String>>>;

/// What a server says to a command, without its tag; `None`: the usual.
type Say = fn(command: &str) -> Option<Vec<u8>>;

fn usual(_: &str) -> Option<Vec<u8>> {
    None
}

/// A mailbox with two messages in the inbox and one in the junk, as a well-behaved server tells it.
fn answer(command: &str, in_junk: &mut bool) -> Vec<u8> {
    let word = |name: &str| command.starts_with(name);
    let untagged = if word("CAPABILITY") {
        "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n".to_owned()
    } else if word("LIST") {
        "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Junk) \"/\" \"Courrier ind&AOk-sirable\"\r\n".to_owned()
    } else if word("EXAMINE") {
        *in_junk = !command.contains("INBOX");
        "* 2 EXISTS\r\n* OK [UNSEEN 1] {12}\r\n* FLAGS (\\Seen)\r\n".to_owned()
    } else if word("UID SEARCH") {
        if *in_junk {
            "* SEARCH 9\r\n"
        } else {
            "* SEARCH 5\r\n* SEARCH 4\r\n"
        }
        .to_owned()
    } else if command.ends_with("(UID INTERNALDATE)") {
        if *in_junk {
            dated(9, "26-Nov-2026 19:00:02 +0100")
        } else {
            dated(4, "26-Nov-2026 18:00:03 +0000") + &dated(5, "26-Nov-2026 18:00:01 +0000")
        }
    } else if word("UID FETCH") {
        let number = command.split(' ').nth(2).unwrap().parse().unwrap();
        return [
            fetched(number, &letter(number)),
            b"TAG OK done\r\n".to_vec(),
        ]
        .concat();
    } else {
        String::new()
    };
    format!("{untagged}TAG OK done\r\n").into_bytes()
}

fn dated(number: u32, date: &str) -> String {
    format!("* 1 FETCH (UID {number} INTERNALDATE \"{date}\")\r\n")
}

fn letter(number: u32) -> Vec<u8> {
    format!("Subject: {WORD} n{number}\r\n\r\na\0b\r\n").into_bytes()
}

fn fetched(number: u32, message: &[u8]) -> Vec<u8> {
    let head = format!(
        "* 1 FETCH (UID {number} BODY[]<0> {{{}}}\r\n",
        message.len()
    );
    [head.as_bytes(), message, b")\r\n"].concat()
}

/// Greets, and answers with `say` where it has something to say. An answer that begins with `!` ends the connection.
async fn server(authority: &Authority, greeting: &'static [u8], say: Say) -> (Tcp, Heard) {
    let heard: Heard = Arc::default();
    let (tls, ears) = (authority.good(), Arc::clone(&heard));
    let tcp = Tcp::start(move |stream| {
        let (tls, ears) = (tls.clone(), Arc::clone(&ears));
        async move {
            let Ok(stream) = tls.accept(stream).await else {
                return;
            };
            let mut stream = BufReader::new(stream);
            let _ = stream.write_all(greeting).await;
            let _ = stream.flush().await;
            let mut in_junk = false;
            let mut tag = String::new();
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return;
                }
                ears.lock().unwrap().push(line.trim_end().to_owned());
                let command = match line.trim_end().split_once(' ') {
                    Some((new, command)) => {
                        new.clone_into(&mut tag);
                        command
                    }
                    None => line.trim_end(),
                };
                let mut said = say(command).unwrap_or_else(|| answer(command, &mut in_junk));
                let ends = said.first() == Some(&b'!');
                if ends {
                    said.remove(0);
                }
                let at = said.windows(4).rposition(|bytes| bytes == b"TAG ");
                if let Some(at) = at {
                    said.splice(at..at + 3, tag.bytes());
                }
                let _ = stream.write_all(&said).await;
                let _ = stream.flush().await;
                if ends {
                    let _ = stream.shutdown().await;
                    return;
                }
            }
        }
    })
    .await;
    (tcp, heard)
}

fn inbox() -> TestInbox {
    TestInbox {
        address: "test@inbox.example".to_owned(),
        imap: Some(HOST.to_owned()),
        user: None,
        receiver: None,
        code: None,
    }
}

fn search() -> Search {
    Search {
        since: "2026-11-26T18:00:00Z".parse().unwrap(),
        any_of: vec![WORD.to_lowercase()],
    }
}

async fn look_at(greeting: &'static [u8], say: Say) -> (InboxLook, Vec<String>) {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let (server, heard) = server(&authority, greeting, say).await;
    let net = authority.trusted(NetworkConfig {
        timeout: Duration::from_millis(400),
        ..knowing(&dns, 993, server.at)
    });
    let begun = Instant::now();
    let look = net.inbox(&inbox(), &search()).await;
    assert!(begun.elapsed() < Duration::from_secs(8), "{look:?}");
    let heard = heard.lock().unwrap().clone();
    (look, heard)
}

const HELLO: &[u8] = b"* OK hello\r\n";

#[tokio::test]
async fn inbox_and_junk_are_read_and_nothing_is_changed() {
    let (look, heard) = look_at(HELLO, usual).await;
    assert_eq!(look.source, format!("test@inbox.example at {HOST}"));
    let found = look.outcome.unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|m| (m.folder.clone(), m.arrived.unwrap().to_string(), m.cut))
        .collect();
    let junk = Folder::Junk("Courrier indésirable".to_owned());
    assert_eq!(
        seen,
        [
            (Folder::Inbox, "2026-11-26T18:00:01Z".to_owned(), false),
            (junk, "2026-11-26T18:00:02Z".to_owned(), false),
            (Folder::Inbox, "2026-11-26T18:00:03Z".to_owned(), false),
        ]
    );
    assert_eq!(*found[0].bytes, *letter(5));
    assert_eq!(
        found[0].source,
        format!("INBOX of test@inbox.example at {HOST}:993")
    );
    let commands: Vec<_> = heard
        .iter()
        .map(|line| line.split_once(' ').unwrap().1)
        .collect();
    assert_eq!(
        commands[..6],
        [
            "CAPABILITY",
            &format!("LOGIN \"test@inbox.example\" \"{PASSWORD}\""),
            "LIST \"\" \"*\"",
            "EXAMINE INBOX",
            "UID SEARCH SINCE 25-Nov-2026 OR OR SUBJECT \"lr-77\" TO \"lr-77\" FROM \"lr-77\"",
            "UID FETCH 4,5 (UID INTERNALDATE)",
        ]
    );
    assert_eq!(*commands.last().unwrap(), "LOGOUT");
    for command in &commands[6..] {
        let reads = command.contains("BODY.PEEK[]<0.2097153>") || command.contains("INTERNALDATE");
        assert!(
            reads
                || command.starts_with("EXAMINE")
                || command.contains("SEARCH")
                || *command == "LOGOUT",
            "{command}"
        );
    }
}

#[tokio::test]
async fn where_login_is_switched_off_plain_is_spoken() {
    let (look, heard) = look_at(HELLO, |command| match command {
        "CAPABILITY" => Some(b"* CAPABILITY LOGINDISABLED AUTH=PLAIN\r\nTAG OK x\r\n".to_vec()),
        "AUTHENTICATE PLAIN" => Some(b"+ \r\n".to_vec()),
        _ => None,
    })
    .await;
    assert_eq!(look.outcome.unwrap().len(), 3);
    let message = BASE64.encode(format!("\0test@inbox.example\0{PASSWORD}"));
    assert_eq!(heard[2], message);
    let (look, heard) = look_at(HELLO, |command| {
        (command == "CAPABILITY")
            .then(|| b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK x\r\n".to_vec())
    })
    .await;
    assert!(look.outcome.unwrap_err().text.contains("no AUTH=PLAIN"));
    assert_eq!(heard.len(), 2, "{heard:?}");
}

#[tokio::test]
async fn what_nobody_asked_for_is_not_taken() {
    let (look, _) = look_at(HELLO, |command| {
        if command.contains("PEEK") {
            let number = command.split(' ').nth(2).unwrap().parse().unwrap();
            let other = fetched(77, b"Subject: LR-77 of another\r\n\r\n");
            let wrong = fetched(number, b"Subject: nothing\r\n\r\nLR-77");
            return Some([other, wrong, b"TAG OK x\r\n".to_vec()].concat());
        }
        command.contains("INTERNALDATE").then(|| {
            let old = dated(4, "26-Nov-2026 17:59:59 +0000");
            let new = dated(5, "26-Nov-2026 18:00:01 +0000");
            let strange = dated(6, "26-Nov-2026 18:00:01 +0000");
            format!("{old}{new}{strange}TAG OK x\r\n").into_bytes()
        })
    })
    .await;
    assert_eq!(look.outcome.unwrap().len(), 0);
}

#[tokio::test]
async fn of_a_long_message_the_beginning_is_kept_and_a_longer_one_refused() {
    let (look, _) = look_at(HELLO, |command| of_length(command, LONGEST_MESSAGE + 1)).await;
    for message in look.outcome.unwrap() {
        assert_eq!((message.bytes.len(), message.cut), (LONGEST_MESSAGE, true));
    }
    let (look, _) = look_at(HELLO, |command| of_length(command, LONGEST_MESSAGE)).await;
    for message in look.outcome.unwrap() {
        assert_eq!((message.bytes.len(), message.cut), (LONGEST_MESSAGE, false));
    }
    let (look, _) = look_at(HELLO, |command| of_length(command, LONGEST_MESSAGE + 2)).await;
    assert_eq!(look.outcome.unwrap_err().kind, FailureKind::Malformed);
}

fn of_length(command: &str, length: usize) -> Option<Vec<u8>> {
    command.contains("PEEK").then(|| {
        let number = command.split(' ').nth(2).unwrap().parse().unwrap();
        let mut message = letter(number);
        message.resize(length, b'x');
        [fetched(number, &message), b"TAG OK x\r\n".to_vec()].concat()
    })
}

#[tokio::test]
async fn refusals_and_goodbyes_say_what_to_do_and_hide_the_password() {
    let (look, _) = look_at(HELLO, |command| {
        command.starts_with("LOGIN").then(|| {
            let coded = BASE64.encode(PASSWORD);
            format!("TAG NO [AUTHENTICATIONFAILED] {PASSWORD} ({coded})\r\n").into_bytes()
        })
    })
    .await;
    let failure = look.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.text.contains("app password"), "{failure}");
    assert!(failure.text.contains("[hidden] ([hidden]"), "{failure}");
    let (look, heard) = look_at(b"* BYE too many of you\r\n", usual).await;
    let failure = look.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.text.contains("too many of you"), "{failure}");
    assert!(!heard.concat().contains("LOGIN"), "{heard:?}");
    let (look, _) = look_at(HELLO, |command| {
        command
            .starts_with("LIST")
            .then(|| b"* BYE going down\r\n".to_vec())
    })
    .await;
    assert!(look.outcome.unwrap_err().text.contains("going down"));
}

#[tokio::test]
async fn nothing_found_is_said_only_where_the_server_said_so() {
    let cases: [(Say, FailureKind); 6] = [
        (
            |command| {
                command
                    .contains("SEARCH")
                    .then(|| b"TAG NO [BADCHARSET] no\r\n".to_vec())
            },
            FailureKind::Refused,
        ),
        (
            |command| command.contains("SEARCH").then(|| b"!".to_vec()),
            FailureKind::Reset,
        ),
        (
            |command| {
                command
                    .contains("SEARCH")
                    .then(|| b"!* SEARCH 4 5\r\n".to_vec())
            },
            FailureKind::Reset,
        ),
        (
            |command| {
                command
                    .contains("PEEK")
                    .then(|| b"TAG NO not now\r\n".to_vec())
            },
            FailureKind::Refused,
        ),
        (
            |command| {
                command
                    .contains("EXAMINE \"Courrier")
                    .then(|| b"TAG NO not yours\r\n".to_vec())
            },
            FailureKind::Refused,
        ),
        (
            |command| {
                command
                    .contains("PEEK")
                    .then(|| b"!* 1 FETCH (UID 5 BODY[]<0> {100}\r\nSubject: LR-".to_vec())
            },
            FailureKind::Reset,
        ),
    ];
    for (say, kind) in cases {
        let (look, _) = look_at(HELLO, say).await;
        let failure = look.outcome.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
    }
    let (look, _) = look_at(HELLO, |command| {
        command
            .contains("SEARCH")
            .then(|| b"* SEARCH\r\nTAG OK x\r\n".to_vec())
    })
    .await;
    assert_eq!(look.outcome.unwrap(), []);
}

#[tokio::test]
async fn hostile_servers_cost_neither_time_nor_memory() {
    let cases: [(Say, FailureKind); 6] = [
        (
            |command| {
                command
                    .contains("PEEK")
                    .then(|| b"* 1 FETCH (UID 5 BODY[]<0> {4294967296}\r\nx".to_vec())
            },
            FailureKind::Malformed,
        ),
        (
            |command| {
                command
                    .contains("LIST")
                    .then(|| [&b"* LIST (\\Junk) \"/\" "[..], &vec![b'x'; 300_000]].concat())
            },
            FailureKind::Malformed,
        ),
        (
            |command| command.contains("SEARCH").then(Vec::new),
            FailureKind::Timeout,
        ),
        (
            |command| {
                command
                    .contains("SEARCH")
                    .then(|| b"GET / HTTP/1.1\r\n".to_vec())
            },
            FailureKind::Malformed,
        ),
        (
            |command| command.contains("SEARCH").then(|| b"+ more\r\n".to_vec()),
            FailureKind::Malformed,
        ),
        (
            |command| {
                command
                    .contains("SEARCH")
                    .then(|| b"a999 OK done\r\n".to_vec())
            },
            FailureKind::Malformed,
        ),
    ];
    for (say, kind) in cases {
        let (look, _) = look_at(HELLO, say).await;
        let failure = look.outcome.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
    }
    // Depth, letters of two bytes and NUL are no danger, and beside the point.
    let (look, _) = look_at("* OK [ALERT]é\r\n".as_bytes(), |command| {
        command.contains("SEARCH").then(|| {
            let deep = "(".repeat(100_000);
            format!("* 1 FETCH (BODYSTRUCTURE {deep}\r\n* é\0 {{\r\n* SEARCH 4\r\nTAG OK x\r\n")
                .into_bytes()
        })
    })
    .await;
    assert_eq!(look.outcome.unwrap().len(), 1);
}

#[tokio::test]
async fn floods_and_drips_end() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    for (piece, pause) in [(&b"* 1 EXISTS\r\n"[..], 0), (b"*", 50)] {
        let tls = authority.good();
        let server = Tcp::start(move |stream| {
            let tls = tls.clone();
            async move {
                let Ok(mut stream) = tls.accept(stream).await else {
                    return;
                };
                let _ = stream.write_all(b"* OK hello\r\n").await;
                let _ = stream.flush().await;
                while stream.write_all(piece).await.is_ok() && stream.flush().await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            }
        })
        .await;
        let net = authority.trusted(NetworkConfig {
            timeout: Duration::from_millis(200),
            ..knowing(&dns, 993, server.at)
        });
        let begun = Instant::now();
        let failure = net.inbox(&inbox(), &search()).await.outcome.unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(
            matches!(failure.kind, FailureKind::Timeout | FailureKind::Malformed),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn without_a_verified_certificate_or_a_password_nothing_is_said() {
    let (dns, authority, stranger) = (Dns::plain().await, Authority::new(), Authority::new());
    let (server, heard) = server(&stranger, HELLO, usual).await;
    let net = authority.trusted(knowing(&dns, 993, server.at));
    let failure = net.inbox(&inbox(), &search()).await.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Tls);
    assert!(failure.text.contains("no password is sent"), "{failure}");
    assert!(heard.lock().unwrap().is_empty());
    let net = authority.network(&dns, 993, server.at);
    let failure = net.inbox(&inbox(), &search()).await.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotAllowed);
    let mut two_lines = inbox();
    two_lines.user = Some("x\r\na1 DELETE INBOX".to_owned());
    let net = authority.trusted(knowing(&dns, 993, server.at));
    let failure = net.inbox(&two_lines, &search()).await.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(heard.lock().unwrap().is_empty());
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_password_reaches_the_log_an_error_or_a_debug_output() {
    let log = Log::default();
    let lines = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || lines.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    tracing::trace!("the log is open");

    let (dns, authority) = (Dns::plain().await, Authority::new());
    let echo: Say = |command: &str| {
        command
            .starts_with("LOGIN")
            .then(|| format!("TAG BAD {command}\r\n").into_bytes())
    };
    let (server, heard) = server(&authority, HELLO, echo).await;
    let net = authority.trusted(knowing(&dns, 993, server.at));
    let look = net.inbox(&inbox(), &search()).await;
    let account = SubmissionServer {
        server: format!("{HOST}:993"),
        user: "acme".to_owned(),
        from: "a@acme.example".to_owned(),
    };
    let submission = net.submit(&account, "t@inbox.example", "x").await;
    assert!(
        heard.lock().unwrap().concat().contains(PASSWORD),
        "it was told"
    );

    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("the log is open"));
    let coded = BASE64.encode(PASSWORD);
    for text in [
        logged,
        format!("{look:?} {}", look.outcome.as_ref().unwrap_err()),
        format!("{submission:?}"),
        format!("{:?}", net.config()),
    ] {
        assert!(!text.contains(PASSWORD) && !text.contains(&coded), "{text}");
    }
    assert!(look.at <= Timestamp::now());
}
