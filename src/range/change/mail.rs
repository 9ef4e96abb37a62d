//! Behaviours of mail servers, as data.

use std::net::IpAddr;

use serde::Deserialize;

/// A behaviour of an SMTP server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpChange {
    pub address: IpAddr,
    pub does: SmtpDoes,
}

/// Ways in which a mail server misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmtpDoes {
    /// The port is closed.
    Closed,
    /// Takes the connection and says nothing.
    Silent,
    /// Takes the connection and resets it.
    Reset,
    /// Says 421 instead of a banner.
    Busy,
    /// Says 421 to EHLO.
    BusyLater,
    /// Its banner comes after three seconds.
    Late,
    /// Its banner comes a byte a second.
    Drip,
    /// Refuses EHLO with 550.
    Unwelcoming,
    /// Offers no STARTTLS.
    NoStartTls,
    /// A firewall on the way writes over what it does not know.
    Masked,
    /// Offers STARTTLS and says 454 to it.
    StartTlsRefused,
    /// Invites to TLS and speaks something else.
    StartTlsBroken,
    /// Invites to TLS and says nothing more.
    StartTlsSilent,
    /// Goes on in the clear behind its invitation to TLS.
    StartTlsTalks,
}

/// A behaviour on the way of real messages.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostChange {
    pub does: PostDoes,
}

/// What may happen to a message that is handed to the submission server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostDoes {
    /// The submission server knows no such user and password.
    SubmissionRefuses,
    /// The inbox knows no such user and password.
    InboxRefuses,
    /// It lands among the junk.
    Junk,
    /// It comes five minutes later, by the inbox's clock.
    Late,
    /// Nobody signs it.
    Unsigned,
    /// Something is added to it behind the signature.
    Altered,
    /// It goes out unsigned and by a server that SPF does not name.
    Elsewhere,
    /// It is taken over and never comes.
    Lost,
}
