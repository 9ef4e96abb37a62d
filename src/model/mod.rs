//! The words of the house as plain data and pure functions.
//!
//! Nothing here opens a file or a socket, waits, or asks what time it is: `now` is always an argument. Everything else may
//! import this room; it imports no other.

pub mod access;
pub mod board;
pub mod clock;
pub mod criterion;
pub mod drift;
pub mod encoded_word;
pub mod event;
pub mod exhibit;
pub mod finding;
pub mod gate;
pub mod intent;
pub mod inventory;
pub mod name;
pub mod observation;
pub mod pack;
pub mod playbook;
pub mod progress;
pub mod quiz;
pub mod receiver;
pub mod record;
pub mod renewal;
pub mod risk;
pub mod run;
pub mod session;
pub mod standing;
pub mod switch;
pub mod text;
pub mod third_party;
pub mod verdict;
