//! What only a real pseudo-terminal shows: the terminal that is given back, and the whole program driven with the keyboard.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says by panicking that it failed"
)]

mod cockpit;
mod drills;
mod endings;
mod evidence;
mod founder;
mod journey;
mod over_time;
mod playbooks;
mod rest;
mod screens;
mod terminal;
mod together;
