//! The TLS of the practice range: a private authority, one certificate per host, and servers that can show bad ones.

pub mod authority;
pub mod hello;
pub mod server;
mod weak;
