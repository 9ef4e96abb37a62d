//! Real messages: a submission server at the mail sender, which signs and delivers, and a test inbox, which looks at what
//! comes as receivers do and keeps it.
//!
//! Nothing leaves the range, and nothing waits: a message is in the inbox when the submission server has said so. One message
//! is always on its way without anybody's doing: the one that the portal writes to whoever forgot the password.

mod inbox;
mod receive;
mod sign;
mod submission;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::change::TlsChange;
use super::state::{Shared, State};
use super::tls::authority::Shape;
use crate::model::intent::message::{INBOX_PASSWORD, SUBMISSION_PASSWORD};

pub use inbox::serve as serve_inbox;
pub use submission::serve as serve_submission;

/// Where mail is handed over, and where it is read.
pub const SUBMISSION: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 66));
pub const INBOX: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 94));
/// Ports of mail, with TLS first or later.
pub const PORTS: [u16; 3] = [465, 587, 993];

const SUBMISSION_HOST: &str = "smtp.mailer.example";
const INBOX_HOST: &str = "imap.testbox.example";
/// The domain of the test inbox, and who has one there.
const INBOX_DOMAIN: &str = "testbox.example";

/// Who may sign in, as `assets/range/intent.toml` has it, and with what. Published here, they protect nothing.
struct Account {
    user: &'static str,
    password: &'static str,
}

const SENDER: Account = Account {
    user: "acme",
    password: "range-submission-3c1f",
};
const READER: Account = Account {
    user: "test@testbox.example",
    password: "range-inbox-7d42",
};

/// The passwords of the range by the vault's names.
pub const PASSWORDS: [(&str, &str); 2] = [
    (SUBMISSION_PASSWORD, SENDER.password),
    (INBOX_PASSWORD, READER.password),
];

/// When the portal writes once more.
const STALE: SignedDuration = SignedDuration::from_hours(12);

/// Longest line that is read, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// The messages of the test inbox.
#[derive(Default)]
pub struct Post(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    letters: Vec<Stored>,
    /// The number that was given last; none is given twice.
    last: usize,
}

impl Kept {
    fn keep(&mut self, letter: Stored) {
        self.last += 1;
        let uid = self.last;
        self.letters.push(Stored { uid, ..letter });
    }
}

/// A message in the test inbox.
#[derive(Debug, Clone)]
struct Stored {
    /// Its number in the inbox, once it is kept.
    uid: usize,
    /// Of a message that the portal wrote by itself: the epoch of the world then.
    epoch: Option<u64>,
    in_junk: bool,
    arrived: Timestamp,
    bytes: Vec<u8>,
}

impl Post {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a message under a number that no other has.
    fn keep(&self, letter: Stored) {
        self.kept().keep(letter);
    }

    /// What the portal wrote last is there: somebody asked it for a new password, in the world as it is now.
    fn refresh(&self, state: &State) {
        let now = Timestamp::now();
        let is_good = |letter: &Stored| {
            letter.epoch == Some(state.epoch) && now.duration_since(letter.arrived) < STALE
        };
        let mut kept = self.kept();
        if kept.letters.iter().any(is_good) {
            return;
        }
        kept.letters.retain(|letter| letter.epoch.is_none());
        if let Some(letter) = receive::reset(state, now) {
            kept.keep(Stored {
                epoch: Some(state.epoch),
                ..letter
            });
        }
    }
}

/// TLS as the world has it at that host.
async fn secure(
    stream: TcpStream,
    host: &str,
    public: SocketAddr,
    shared: &Shared,
) -> Option<TlsStream<TcpStream>> {
    let state = shared.now();
    let rules: Vec<&TlsChange> = state.tls_rules(host, public.ip()).collect();
    let config = shared.authority.config(host, &Shape::of(&rules)).ok()?;
    TlsAcceptor::from(config).accept(stream).await.ok()
}

/// One line without its end; `None` at the end of the connection and for lines that are too long.
async fn line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut raw = Vec::new();
    let read = stream
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut raw)
        .await
        .ok()?;
    if read == 0 || !raw.ends_with(b"\n") {
        return None;
    }
    Some(String::from_utf8_lossy(raw.trim_ascii_end()).into_owned())
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    reply: &[u8],
) -> io::Result<()> {
    stream.write_all(reply).await?;
    stream.flush().await
}

/// Whether a PLAIN message (RFC 4616 §2) is this account's.
fn is_plain_of(message: &[u8], account: &Account) -> bool {
    let mut parts = message.split(|byte| *byte == 0).skip(1);
    parts.next() == Some(account.user.as_bytes())
        && parts.next() == Some(account.password.as_bytes())
}
