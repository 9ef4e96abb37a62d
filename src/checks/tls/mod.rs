//! What TLS shows on port 443: each host, every address of it.
//!
//! The rules share one handshake an address through the network's memory. A finding is about a host and says the worst of
//! its addresses, by name: one good address never hides a bad one.

pub mod chain;
pub mod expiry;
pub mod hostname;
pub mod key;
pub mod look;
pub mod names;
pub mod path;
pub mod reachable;
#[cfg(test)]
mod samples;
pub mod says;
pub mod versions;
