//! Handing one message to a submission server, and looking for messages in a test inbox.

use jiff::Timestamp;

use super::Network;
use super::imap::look;
use super::smtp::submit::submit;
use crate::model::intent::message::{MessageKind, SubmissionServer, TestInbox};
use crate::model::observation::message::{InboxLook, RawMessage, Submission};

/// A message that the operator brought: pasted, or named as a file.
#[derive(Debug, Clone)]
pub struct Brought {
    pub kind: MessageKind,
    pub message: RawMessage,
}

/// Which messages of an inbox are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// None that arrived before.
    pub since: Timestamp,
    /// Words of which one must stand in Subject, To or From, whatever the case.
    pub any_of: Vec<String>,
}

impl Network {
    /// The messages of that kind that the operator brought.
    pub fn brought(&self, kind: MessageKind) -> Vec<&RawMessage> {
        let brought = self.config().brought.iter();
        brought
            .filter(|brought| brought.kind == kind)
            .map(|brought| &brought.message)
            .collect()
    }

    /// Signs in at `server` over TLS and hands over `message`, once, for `to`.
    pub async fn submit(&self, server: &SubmissionServer, to: &str, message: &str) -> Submission {
        submit(&self.reach, server, to, message).await
    }

    /// Signs in to `inbox` over TLS and reads the newest messages that `search` wants, from the inbox and the junk folder.
    pub async fn inbox(&self, inbox: &TestInbox, search: &Search) -> InboxLook {
        look(&self.reach, inbox, search).await
    }
}
