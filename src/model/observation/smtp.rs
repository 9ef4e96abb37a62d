//! What mail servers said.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;

/// A greeting and the answer to EHLO.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmtpGreeting {
    pub host: String,
    pub address: IpAddr,
    pub at: Timestamp,
    pub took_ms: u64,
    pub outcome: Result<SmtpBanner, Failure>,
}

/// What was said before anything was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpBanner {
    /// Reply code of the banner: 220, 421, 554.
    pub code: u16,
    pub text: String,
    /// EHLO keywords, upper case; empty when EHLO was refused.
    pub extensions: Vec<String>,
}
