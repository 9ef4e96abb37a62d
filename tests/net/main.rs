//! `Network` against small servers on loopback, each of which misbehaves in one way.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers fail the test"
)]

mod delegation;
mod dns;
mod footing;
mod hostile;
mod http;
mod inbox;
mod moved;
mod places;
mod servers;
mod smtp;
mod submission;
mod tls;
mod web;
