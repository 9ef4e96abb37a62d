//! Runs checks: order, limits, deadlines, cancellation, events; watches one until it is green.
//!
//! The engine judges nothing itself and keeps nothing: findings stream out as [`Progress`](crate::model::progress::Progress), whoever starts a run stores them.
//! A run leaves no task behind, and a check that breaks becomes `unknown` for that check alone.

pub mod inventory;
pub mod plan;
pub mod run;
pub mod unit;
pub mod vigil;
pub mod watch;

pub use plan::{Plan, Selection};
pub use run::{Handle, Outcome, start};
pub use vigil::Vigil;
pub use watch::{Look, Watch, watch};

/// Checks at work at the same moment.
pub const AT_ONCE: usize = 32;
