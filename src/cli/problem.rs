//! What a person sees when something cannot be done: what, why, and what to try next.

use std::fmt;
use std::io::{self, Write};

use super::exit::Exit;
use crate::model::text::escape;

/// A clear error. All text is escaped when shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What could not be done.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to try next.
    pub try_next: String,
    pub exit: Exit,
}

impl Problem {
    /// A problem with the way the program was called or configured.
    pub fn usage(
        what: impl Into<String>,
        why: impl fmt::Display,
        try_next: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            why: why.to_string(),
            try_next: try_next.into(),
            exit: Exit::Usage,
        }
    }

    /// Another exit code than usage.
    #[must_use]
    pub const fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl std::error::Error for Problem {}

/// Prints `error` on standard error and gives its exit code. A closed pipe is success.
pub fn report(error: &anyhow::Error) -> Exit {
    if error.chain().any(is_closed_pipe) {
        return Exit::Go;
    }
    let mut text = String::new();
    let exit = if let Some(problem) = error.downcast_ref::<Problem>() {
        text.push_str(&format!("launch-ready: {}\n", escape(&problem.what)));
        text.push_str(&format!("  why   {}\n", escape(&problem.why)));
        if !problem.try_next.is_empty() {
            text.push_str(&format!("  try   {}\n", escape(&problem.try_next)));
        }
        problem.exit
    } else {
        text.push_str(&format!(
            "launch-ready: {}\n",
            escape(&format!("{error:#}"))
        ));
        Exit::Usage
    };
    let _ = io::stderr().lock().write_all(text.as_bytes());
    exit
}

fn is_closed_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
