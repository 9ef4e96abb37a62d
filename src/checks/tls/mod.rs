//! What TLS shows on port 443: each host, every address of it.
//!
//! The rules share one handshake an address through the network's memory. A finding is about a host and says the worst of
//! its addresses, by name: one good address never hides a bad one.

pub mod alpn;
pub mod chain;
pub mod ciphers;
pub mod expiry;
pub mod hostname;
pub mod key;
pub mod look;
pub mod names;
pub mod path;
pub mod reachable;
pub mod renewal;
pub mod revocation;
#[cfg(test)]
pub(in crate::checks) mod samples;
pub mod says;
mod show;
pub mod transparency;
pub mod versions;
