//! HTTP/1.1 and HTTP/2, one hop at a time, over connections that are ours: so a request goes to exactly the address that is
//! meant (an IP literal, an explicit port, a reroute), certificates are judged and not refused, and handshakes are counted.
//!
//! hyper speaks the protocol. No credential may ever be put into a request that goes out here.

pub(in crate::net) mod body;
pub(in crate::net) mod connection;
pub(in crate::net) mod exchange;
pub(in crate::net) mod follow;
pub(in crate::net) mod glance;
pub(in crate::net) mod pool;
pub(in crate::net) mod retry;
pub(in crate::net) mod timing;
