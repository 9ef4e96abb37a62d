//! Launch Ready: a terminal cockpit that takes a client portal from "it loads on my laptop" to *ready*.
//!
//! This is the tour. Read the rooms from the ground floor up; each knows only rooms below it, and
//! `tests/architecture.rs` holds the table.
//!
//! | room | what it is | what it never does |
//! | --- | --- | --- |
//! | [`model`] | the words of the house: intent, observation, finding, verdict, criterion, gate, clock, session as a fold of events | wait, open anything, or ask what time it is |
//! | [`playbook`] | audience × readiness target, read from TOML with the place of every mistake | know a check |
//! | [`net`] | the only door to the network: one question asked once a run, limits a host, reroutes; gives observations | judge |
//! | [`remedy`] | records and settings composed for what was found, in the words of the DNS host's console | touch the network |
//! | [`checks`] | one rule one file: `observe`, then a pure `judge`; [`checks::registry`] lists them | know in what world it runs |
//! | [`engine`] | runs checks within limits, watches one until green or a whole session for good, discovers the hosts of a domain | judge, or keep anything |
//! | [`store`] | a session's file: append-only events under a hash chain, and the samples of watches, in SQLite | hold a secret |
//! | [`vault`] | credentials in the OS keyring, an encrypted file, or the environment | write a value in the open |
//! | [`report`] | a run or a session as text, JSON, Markdown, HTML, JUnit, SARIF | let foreign text out of its place |
//! | [`range`] | the practice range: a small internet on loopback, with faults that can be set and mended | be known to a check |
//! | [`app`] | the cockpit as a state machine: `update(&mut State, Message, now) -> Vec<Effect>` | draw, wait, or do anything |
//! | [`ui`] | the picture: `view(&State)` into cells, and the terminal that is always given back | change the state |
//! | [`driver`] | the loop: what happens goes in, what follows is done, then one frame | decide what a key means |
//! | [`cli`] | arguments in, exit code out | judge or draw |
//! | [`diagnostics`] | the log | see a secret |
//!
//! An audit flows like this: [`cli`] or [`driver`] hands [`engine::start`] a plan of checks × subjects; each check asks
//! [`net::Network`] for observations and judges them; findings stream out as [`model::progress::Progress`], become events in
//! the [`store`], and [`model::session::Session`] folds them into rows and a gate.

pub mod app;
pub mod checks;
pub mod cli;
pub mod diagnostics;
pub mod driver;
pub mod engine;
pub mod model;
pub mod net;
pub mod playbook;
pub mod range;
pub mod remedy;
pub mod report;
pub mod store;
pub mod ui;
pub mod vault;
