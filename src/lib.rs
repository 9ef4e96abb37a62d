//! Launch Ready: a terminal cockpit that takes a client portal from "it loads on my laptop" to *ready*.
//!
//! Read the rooms in this order; each knows only the rooms below it (`tests/architecture.rs` holds the table).

pub mod app;
pub mod checks;
pub mod cli;
pub mod diagnostics;
pub mod driver;
pub mod engine;
pub mod model;
pub mod net;
pub mod playbook;
pub mod providers;
pub mod range;
pub mod remedy;
pub mod report;
pub mod store;
pub mod ui;
pub mod vault;
