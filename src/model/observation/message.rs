//! Real messages: one that was handed to the portal's own submission server, and those that lie in a test inbox.
//!
//! The bytes of a message may hold a link that signs somebody in, so they are never written anywhere: [`RawMessage`] cannot be
//! serialised, and a check keeps only what it learnt from one.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;
use super::smtp::SmtpReply;

/// Most bytes of a message that are read; of a longer one the rest is left.
pub const LONGEST_MESSAGE: usize = 2 * 1024 * 1024;

/// A message as it came, never stored. Shows its source, folder and size only.
#[derive(Clone, PartialEq, Eq)]
pub struct RawMessage {
    /// Where it was found, for people: `INBOX of test@inbox.example at imap.inbox.example:993`, `a pasted message`.
    pub source: String,
    pub folder: Folder,
    /// When the inbox got it, by the inbox's own clock (RFC 3501 §2.3.3); `None` for a message that was pasted.
    pub arrived: Option<Timestamp>,
    /// At most [`LONGEST_MESSAGE`] bytes, as transferred: CRLF or LF.
    pub bytes: Arc<[u8]>,
    /// Whether there was more of it.
    pub cut: bool,
}

impl fmt::Debug for RawMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMessage")
            .field("source", &self.source)
            .field("folder", &self.folder)
            .field("size", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Where in the inbox a message lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Folder {
    Inbox,
    /// The folder that the server marks as `\Junk` (RFC 6154), or that is known by such a name.
    Junk(String),
    Other(String),
    /// It was pasted: nobody said.
    Untold,
}

/// A look into the test inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxLook {
    /// `test@inbox.example at imap.inbox.example:993`.
    pub source: String,
    pub at: Timestamp,
    pub took_ms: u64,
    /// The messages that were asked for, the oldest first.
    pub outcome: Result<Vec<RawMessage>, Failure>,
}

/// One message handed to a submission server (RFC 6409), or how far that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// `smtp.mailer.example:587`.
    pub server: String,
    pub at: Timestamp,
    pub took_ms: u64,
    /// The step that was reached last; the accepted message is at [`Step::Data`].
    pub step: Step,
    /// The last reply, when there was one.
    pub reply: Option<SmtpReply>,
    /// When the server took the message over.
    pub outcome: Result<Timestamp, Failure>,
}

/// The steps of a submission, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Connect,
    Greeting,
    Tls,
    SignIn,
    Sender,
    Recipient,
    Data,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_nothing_of_what_it_holds() {
        let bytes = b"To: a@b.example\n\nhttps://portal.example/reset?t=hunter2";
        let raw = RawMessage {
            source: "a pasted message".to_owned(),
            folder: Folder::Untold,
            arrived: None,
            bytes: bytes.as_slice().into(),
            cut: false,
        };
        let shown = format!("{:?}", [raw]);
        assert!(shown.contains("a pasted message"), "{shown}");
        assert!(shown.contains(&format!("size: {}", bytes.len())), "{shown}");
        // Neither as text nor as the numbers of its bytes.
        assert!(
            !shown.contains("hunter2") && !shown.contains("116, 58"),
            "{shown}"
        );
        assert!(shown.len() < 120, "{shown}");
    }
}
