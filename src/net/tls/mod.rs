//! TLS: handshakes that keep what the server shows, however bad it is, and raw hellos of versions that nobody should speak.
//!
//! Nothing secret may travel over a connection made here, but for those of [`verified`]: elsewhere certificates are judged
//! afterwards, not refused.

pub(in crate::net) mod certificate;
pub(in crate::net) mod handshake;
mod hello;
pub(in crate::net) mod legacy;
mod lenient;
mod ocsp;
pub(in crate::net) mod probe;
pub(in crate::net) mod recorder;
pub(in crate::net) mod revocation;
pub(in crate::net) mod roots;
pub(in crate::net) mod verified;
