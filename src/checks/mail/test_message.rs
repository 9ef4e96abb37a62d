//! `mail.test-message`: a real message reached the inbox in time, and the receiver found SPF, DKIM and DMARC in order.

pub mod address;
pub mod canonical;
pub mod message;
pub mod parse;
pub mod results;
pub mod scan;
pub mod signature;
pub mod trust;
pub mod verify;
pub mod word;
