//! The DNS checks: whether the zone is delegated and served as it should be, and whether the hosts of the intent are where
//! they are meant to be.
//!
//! What a record *should* say comes from the intent; what it *does* say comes from the authoritative servers wherever they
//! can be asked. SERVFAIL, REFUSED, a truncated answer and silence are never read as "no record".

pub mod addresses;
pub mod binding;
pub mod caa;
pub mod caa_set;
pub mod cname;
pub mod dangling;
pub mod delegation;
pub mod dnssec;
pub mod https_record;
pub mod ipv6;
pub mod kept;
pub mod nameservers;
pub mod outlook;
pub mod places;
pub mod promise;
pub mod propagation;
pub mod soa;
pub mod special;
pub mod told;
pub mod ttl;
pub mod view;
pub mod wildcard;
pub mod zone;

#[cfg(test)]
pub(in crate::checks) mod fixtures;
