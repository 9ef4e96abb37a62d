//! The registration of the domain, as its registry tells it over RDAP.
//!
//! The registry is a third party: it is asked only where the operator opted in, and what it does not tell is unknown.

pub mod expiry;
pub mod gap;
pub mod status;

#[cfg(test)]
mod fixtures;
