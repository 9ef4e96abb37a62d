//! How a command ends, as scripts see it.

use std::process::ExitCode;

use crate::model::gate::GateVerdict;

/// Exit codes of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Go, or the command did what it was asked to.
    Go,
    /// No-go: something was seen to be broken.
    NoGo,
    /// Usage or configuration.
    Usage,
    /// Could not tell.
    CouldNotTell,
    /// The session is locked, newer than this program, or damaged.
    Session,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Go => 0,
            Self::NoGo => 1,
            Self::Usage => 2,
            Self::CouldNotTell => 3,
            Self::Session => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<GateVerdict> for Exit {
    fn from(verdict: GateVerdict) -> Self {
        match verdict {
            GateVerdict::Go => Self::Go,
            GateVerdict::NoGo => Self::NoGo,
            GateVerdict::Undetermined => Self::CouldNotTell,
        }
    }
}
