//! The state machine of the cockpit: what happened goes in, the new state and what is to be done come out.
//!
//! No terminal, no runtime, no file, no clock: `now` is an argument. [`update()`] is the only function that changes a
//! [`State`]; the screens are drawn from it elsewhere, and [`Effect`]s are done by the driver.

pub mod action;
pub mod attach;
pub mod cursor;
pub mod day_one;
pub mod effect;
pub mod enabled;
pub mod finding;
pub mod gate;
pub mod guide;
pub mod guides;
pub mod handover;
pub mod home;
pub mod input;
pub mod key;
pub mod keymap;
pub mod mail;
pub mod message;
pub mod new_session;
pub mod next;
pub mod opened;
pub mod overlay;
pub mod plan;
pub mod proofs;
pub mod range;
pub mod rehearsal;
pub mod run;
pub mod screen;
pub mod select;
pub mod sprint;
pub mod state;
pub mod update;
pub mod vault;
pub mod vigil;
pub mod watch;

#[cfg(test)]
mod tests;

pub use action::{Action, Reason};
pub use effect::Effect;
pub use keymap::{Context, Keymap};
pub use message::Message;
pub use overlay::Overlay;
pub use screen::Screen;
pub use state::{Start, State};
pub use update::update;
