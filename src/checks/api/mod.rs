//! The API as strangers and foreign pages see it. Few requests, no credentials, nothing that changes anything.

pub mod cors;
pub mod health;
