//! The words of the house as plain data and pure functions.
//!
//! Nothing here opens a file or a socket, waits, or asks what time it is: `now` is always an argument. Everything else may
//! import this room; it imports no other.

pub mod access;
pub mod attachment;
pub mod availability;
pub mod blocking;
pub mod board;
pub mod burndown;
pub mod clock;
pub mod criterion;
pub mod drift;
pub mod drill;
pub mod encoded_word;
pub mod event;
pub mod exhibit;
pub mod expected;
pub mod exposed;
pub mod fact;
pub mod finding;
pub mod gate;
pub mod glossary;
pub mod intent;
pub mod inventory;
pub mod name;
pub mod next;
pub mod observation;
pub mod pack;
pub mod playbook;
pub mod progress;
pub mod proofs;
pub mod quiz;
pub mod receiver;
pub mod record;
pub mod renewal;
pub mod run;
pub mod sample;
pub mod schedule;
pub mod session;
pub mod sight;
pub mod standing;
#[cfg(test)]
mod story;
pub mod switch;
pub mod text;
pub mod third_party;
pub mod verdict;
pub mod waiving;
