//! Which real messages must arrive, where they are received, and how the portal hands them over. Passwords are in the vault.

use serde::{Deserialize, Serialize};

use crate::model::name::HostName;

/// The inbox to which the portal writes its test messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestInbox {
    /// `test@inbox.example`.
    pub address: String,
    /// IMAP over TLS as `HOST` or `HOST:PORT` (993); absent: messages are pasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imap: Option<String>,
    /// Who signs in; absent: the address. The password is in the vault as [`INBOX_PASSWORD`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The authserv-id whose `Authentication-Results` count (RFC 8601 §2.5); absent: known from the catalogue of inboxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// Stands in the subject of what we send, and behind a `+` in the address to which the portal is asked to write, so that
    /// message and session belong together; absent: made from the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl TestInbox {
    /// The code that ties a message to this session: what was said, else made from the domain, `acme-example`.
    pub fn code_for(&self, domain: &HostName) -> String {
        let made = || domain.as_str().replace('.', "-");
        self.code.clone().unwrap_or_else(made)
    }

    /// The address to which the portal is asked to write a message: `test+acme-example-reset@inbox.example` (subaddressing,
    /// RFC 5233 §1). `None` when the address of the inbox is none.
    pub fn tagged(&self, domain: &HostName, kind: MessageKind) -> Option<String> {
        let (local, host) = self.address.rsplit_once('@')?;
        Some(format!("{local}+{}@{host}", self.tag(domain, kind)))
    }

    /// What stands behind the `+` of [`Self::tagged`]: `acme-example-reset`.
    pub fn tag(&self, domain: &HostName, kind: MessageKind) -> String {
        format!("{}-{}", self.code_for(domain), kind.word())
    }
}

/// The vault's name for the password of the test inbox.
pub const INBOX_PASSWORD: &str = "test-inbox";
/// The vault's name for the password of the portal's submission server.
pub const SUBMISSION_PASSWORD: &str = "submission";

/// The server to which the portal hands its mail (RFC 6409).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmissionServer {
    /// `HOST` or `HOST:PORT`; absent port: 587. On 465 TLS comes first (RFC 8314 §3.3), elsewhere STARTTLS.
    pub server: String,
    /// Who signs in. The password is in the vault as [`SUBMISSION_PASSWORD`].
    pub user: String,
    /// The address in From, as the portal writes it.
    pub from: String,
}

/// A message that must arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedMessage {
    pub kind: MessageKind,
    /// The address in From; absent: any of the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Words of its subject, by which it is told from the others; absent: by the tag in the recipient's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// The one that we hand to the submission server ourselves.
    Test,
    Reset,
    Invite,
    SignUp,
    Notification,
    Receipt,
}

impl MessageKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Test,
        Self::Reset,
        Self::Invite,
        Self::SignUp,
        Self::Notification,
        Self::Receipt,
    ];

    /// The word in the intent file and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Reset => "reset",
            Self::Invite => "invite",
            Self::SignUp => "sign-up",
            Self::Notification => "notification",
            Self::Receipt => "receipt",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_an_address_of_its_own() {
        let domain = HostName::parse("acme.example").unwrap();
        let inbox = |address: &str, code: Option<&str>| TestInbox {
            address: address.into(),
            imap: None,
            user: None,
            receiver: None,
            code: code.map(str::to_owned),
        };
        for (inbox, want) in [
            (
                inbox("test@inbox.example", None),
                Some("test+acme-example-sign-up@inbox.example"),
            ),
            (
                inbox("test@inbox.example", Some("k7")),
                Some("test+k7-sign-up@inbox.example"),
            ),
            (inbox("nobody", None), None),
        ] {
            assert_eq!(inbox.tagged(&domain, MessageKind::SignUp).as_deref(), want);
        }
    }
}
