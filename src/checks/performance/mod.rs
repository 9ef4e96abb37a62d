//! How long people wait, measured from here.

pub mod latency;
pub mod sample;
