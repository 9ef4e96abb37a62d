//! [`Network::submit`] at Postfix's submission and [`Network::inbox`] at Dovecot: what they take, what they refuse, that no
//! password goes over a line that is not secured for the right name, and that looking leaves no trace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use launch_ready::model::intent::message::{
    INBOX_PASSWORD, SUBMISSION_PASSWORD, SubmissionServer, TestInbox,
};
use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::message::{
    Folder, InboxLook, LONGEST_MESSAGE, RawMessage, Step,
};
use launch_ready::net::{Network, NetworkConfig, Search};
use secrecy::SecretString;

use super::super::wanted;
use super::{INBOX, PASSWORD, PORTAL, Post, RESOLVER, names};

const WRONG: &str = "not the password";

/// A network of this world with these passwords.
pub fn network(post: &Post, submission: &str, inbox: &str) -> Network {
    let mut config = NetworkConfig {
        resolvers: vec![format!("{RESOLVER}:53").parse().unwrap()],
        ca_files: vec![post.folder().join("root.pem")],
        reroutes: names::ways()
            .iter()
            .map(|(public, real)| (public.parse().unwrap(), real.parse().unwrap()))
            .collect(),
        ..NetworkConfig::default()
    };
    for (name, value) in [(SUBMISSION_PASSWORD, submission), (INBOX_PASSWORD, inbox)] {
        config.credentials.insert(name, SecretString::from(value));
    }
    Network::new(config).unwrap()
}

pub fn submission(server: &str, domain: &str) -> SubmissionServer {
    SubmissionServer {
        server: server.to_owned(),
        user: PORTAL.to_owned(),
        from: format!("portal@{domain}"),
    }
}

pub fn inbox() -> TestInbox {
    TestInbox {
        address: INBOX.to_owned(),
        imap: Some("imap.inbox.example".to_owned()),
        user: None,
        receiver: Some("mx.inbox.example".to_owned()),
        code: None,
    }
}

/// A message as a portal writes it, dated so long ago.
pub fn letter(domain: &str, to: &str, subject: &str, ago: SignedDuration) -> String {
    let date =
        jiff::fmt::rfc2822::to_string(&(Timestamp::now() - ago).to_zoned(jiff::tz::TimeZone::UTC))
            .unwrap();
    format!(
        "From: Portal <portal@{domain}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{subject}@{domain}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         Hello,\r\n\r\n.a line that begins with a dot,\r\nand  one  with blanks behind it. \t\r\n\r\n\r\n"
    )
}

/// Server, address in From, password; the step that is reached, the code of the last reply (0: none), and the kind of failure.
type Course = (
    &'static str,
    &'static str,
    &'static str,
    Step,
    u16,
    Option<FailureKind>,
);

const COURSES: [Course; 8] = [
    (
        "smtp.mailer.example",
        "acme.example",
        PASSWORD,
        Step::Data,
        250,
        None,
    ),
    (
        "smtp.mailer.example:465",
        "acme.example",
        PASSWORD,
        Step::Data,
        250,
        None,
    ),
    (
        "smtp.mailer.example",
        "acme.example",
        WRONG,
        Step::SignIn,
        535,
        Some(FailureKind::Refused),
    ),
    // Postfix keeps what it has against the sender until the recipient is named.
    (
        "smtp.mailer.example",
        "stranger.example",
        PASSWORD,
        Step::Recipient,
        553,
        Some(FailureKind::Refused),
    ),
    (
        "closed.mailer.example",
        "acme.example",
        PASSWORD,
        Step::Recipient,
        554,
        Some(FailureKind::Refused),
    ),
    (
        "plain.mailer.example",
        "acme.example",
        PASSWORD,
        Step::Tls,
        250,
        Some(FailureKind::Tls),
    ),
    (
        "misnamed.mailer.example",
        "acme.example",
        PASSWORD,
        Step::Tls,
        220,
        Some(FailureKind::Tls),
    ),
    (
        "nowhere.mailer.example",
        "acme.example",
        PASSWORD,
        Step::Connect,
        0,
        Some(FailureKind::NoAddress),
    ),
];

#[tokio::test]
async fn postfix_takes_a_message_and_refuses_as_it_should_and_no_password_goes_astray() {
    if !wanted() {
        return;
    }
    let post = Post::start();
    let mut wrong = Vec::new();
    for (server, domain, password, step, code, kind) in COURSES {
        let network = network(&post, password, PASSWORD);
        let text = letter(domain, INBOX, "course", SignedDuration::ZERO);
        let got = network
            .submit(&submission(server, domain), INBOX, &text)
            .await;
        let reply = got.reply.as_ref().map_or(0, |reply| reply.code);
        let failure = got.outcome.as_ref().err().map(|failure| failure.kind);
        if (got.step, reply, failure) != (step, code, kind) {
            wrong.push(format!("{server} from {domain}: {got:?}"));
        }
        let told = format!("{got:?}");
        assert!(!told.contains(PASSWORD) && !told.contains(WRONG), "{told}");
    }
    assert!(wrong.is_empty(), "submission:\n{}", wrong.join("\n"));
    // Postfix counts what it heard: where no TLS was proven it heard no AUTH.
    let log = fs::read_to_string(post.folder().join("sender/log")).unwrap();
    let visits: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("disconnect from") && !line.contains("commands=0/0"))
        .collect();
    let signed_in = visits.iter().filter(|line| line.contains(" auth=")).count();
    assert_eq!((visits.len(), signed_in), (7, 5), "{log}");
    assert!(
        log.contains("auth=0/1"),
        "the wrong password is one of them: {log}"
    );
}

#[tokio::test]
async fn dovecot_shows_what_lies_where_and_nothing_is_changed_by_looking() {
    if !wanted() {
        return;
    }
    let post = Post::start();
    let begun = Timestamp::now();
    let network = network(&post, PASSWORD, PASSWORD);
    let server = "smtp.mailer.example";
    for (domain, subject) in [
        ("acme.example", "first-word"),
        ("spam.example", "second-word"),
    ] {
        let text = letter(domain, INBOX, subject, SignedDuration::ZERO);
        let got = network
            .submit(&submission(server, domain), INBOX, &text)
            .await;
        assert!(got.outcome.is_ok(), "{got:?}");
    }
    let search = |words: &[&str]| Search {
        since: begun - SignedDuration::from_mins(5),
        any_of: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    let words = search(&["First-Word", "second-word", "third-word"]);
    let found = wait(&network, &words, 2).await;
    let folders: Vec<Folder> = found.iter().map(|raw| raw.folder.clone()).collect();
    assert!(folders.contains(&Folder::Inbox), "{folders:?}");
    assert!(
        folders.contains(&Folder::Junk("Rubbish".to_owned())),
        "{folders:?}"
    );
    for raw in &found {
        assert!(
            !raw.cut && raw.arrived.unwrap() >= begun - SignedDuration::from_secs(1),
            "{raw:?}"
        );
        let whole = String::from_utf8(raw.bytes.to_vec()).unwrap();
        assert!(
            whole.contains("\r\n\r\nHello,\r\n\r\n.a line that begins"),
            "{whole}"
        );
        assert!(
            whole.ends_with("blanks behind it. \t\r\n\r\n\r\n"),
            "{whole:?}"
        );
    }

    // One of three megabytes, and one that came two days ago.
    let maildir = post
        .folder()
        .join("dovecot/mail")
        .join(INBOX)
        .join("Maildir");
    let big = letter("acme.example", INBOX, "third-word", SignedDuration::ZERO)
        + &"0123456789abcde\r\n".repeat(190_000);
    drop_in(&maildir, "1.big", &big, SignedDuration::ZERO);
    let old = letter("acme.example", INBOX, "first-word", SignedDuration::ZERO);
    drop_in(&maildir, "2.old", &old, SignedDuration::from_hours(48));
    let found = wait(&network, &words, 3).await;
    let big: Vec<_> = found.iter().filter(|raw| raw.cut).collect();
    assert_eq!(
        (found.len(), big.len()),
        (3, 1),
        "the old one is not wanted"
    );
    assert_eq!(big[0].bytes.len(), LONGEST_MESSAGE);
    assert!(big[0].bytes.starts_with(b"From: Portal"));
    let none = network.inbox(&inbox(), &search(&["fourth-word"])).await;
    assert_eq!(none.outcome.unwrap().len(), 0);

    let files = messages(&maildir);
    assert_eq!(files.len(), 4, "{files:?}");
    let seen: Vec<_> = files
        .iter()
        .filter(|file| flags(file).contains('S'))
        .collect();
    assert!(seen.is_empty(), "looking marked {seen:?}");

    let stranger = self::network(&post, PASSWORD, WRONG);
    let look = stranger.inbox(&inbox(), &words).await;
    let told = format!("{look:?}");
    let failure = look.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{failure:?}");
    assert!(!told.contains(WRONG), "{told}");
    let elsewhere = TestInbox {
        imap: Some("elsewhere.inbox.example".to_owned()),
        ..inbox()
    };
    let look = network.inbox(&elsewhere, &words).await;
    assert_eq!(look.outcome.unwrap_err().kind, FailureKind::Tls);
}

/// Looks until so many messages are there.
pub async fn wait(network: &Network, search: &Search, many: usize) -> Vec<RawMessage> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let InboxLook { outcome, .. } = network.inbox(&inbox(), search).await;
        let found = outcome.unwrap();
        if found.len() >= many {
            return found;
        }
        assert!(
            Instant::now() < end,
            "{} of {many} messages came",
            found.len()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Puts a message into the inbox, as if it had come so long ago.
fn drop_in(maildir: &Path, name: &str, text: &str, ago: SignedDuration) {
    let file = maildir.join("new").join(name);
    fs::write(&file, text).unwrap();
    let at = std::time::SystemTime::now() - Duration::try_from(ago).unwrap();
    fs::File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .set_modified(at)
        .unwrap();
    let status = Command::new("chown")
        .arg("nobody:nogroup")
        .arg(&file)
        .status()
        .unwrap();
    assert!(status.success());
}

/// Every message's file.
pub fn messages(maildir: &Path) -> Vec<PathBuf> {
    let folders = ["new", "cur", ".Rubbish/new", ".Rubbish/cur"];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(maildir.join(folder)).unwrap());
    files.map(|entry| entry.unwrap().path()).collect()
}

/// Maildir's flags of a message.
fn flags(file: &Path) -> String {
    let name = file.file_name().unwrap().to_string_lossy();
    name.rsplit_once(":2,")
        .map_or(String::new(), |(_, flags)| flags.to_owned())
}
