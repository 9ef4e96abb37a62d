//! Answers of the policy's server for unit tests.

pub use crate::checks::web::samples::{exchange, response};

pub const PLACE: &str = "https://mta-sts.acme.example/.well-known/mta-sts.txt";
pub const TEXT: (&str, &str) = ("content-type", "text/plain");
pub const GOOD: &str = "version: STSv1\nmode: enforce\nmx: mx.acme.example\nmax_age: 604800\n";
