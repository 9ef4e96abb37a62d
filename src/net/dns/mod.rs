//! DNS: questions to resolvers and to authoritative servers, the walk down the delegations, and signatures.
//!
//! hickory encodes, decodes and verifies; the sockets are ours, because a closed port, silence and rubbish are three
//! different answers here and hickory's client streams fold them into one.

pub(in crate::net) mod anchor;
pub(in crate::net) mod ask;
pub(in crate::net) mod convert;
pub(in crate::net) mod delegation;
pub(in crate::net) mod dnssec;
pub(in crate::net) mod exchange;
pub(in crate::net) mod moved;
pub(in crate::net) mod recursive;
pub(in crate::net) mod root_hints;
pub(in crate::net) mod walk;
