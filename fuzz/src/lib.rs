//! What must hold for every input of the mail parsers. The fuzz targets call these with what libFuzzer makes up, and
//! `tests/seeds.rs` with every seed that is kept; a broken promise panics.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test"
)]

pub mod dkim;
pub mod dmarc;
pub mod mta_sts;
pub mod spf;
pub mod tls_rpt;
pub mod world;
