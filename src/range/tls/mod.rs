//! The TLS of the practice range: a private authority, one certificate per host, and servers that can show bad ones.

pub mod authority;
pub mod hello;
mod odd;
pub mod server;
mod staple;
mod timestamps;
mod weak;
