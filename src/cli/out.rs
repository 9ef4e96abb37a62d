//! Standard output, where a closed pipe is not an error to complain about.

use std::io::{self, IsTerminal, Write};

/// Writes `text` as it is and flushes. The caller has escaped whatever came from outside.
pub fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes `text` and a line feed.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// A short note to the person, on standard error.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether a person reads standard output.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}
