//! What is kept when something goes wrong: a log file, and a report of a panic. Nothing from the network enters unescaped
//! (callers escape), and no secret enters at all (callers redact).

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::model::text::escape;

/// Writes the log to `path`, appending. Without a path nothing is logged. `LAUNCH_READY_LOG_LEVEL` is a level: `debug`,
/// `trace`. Only this program's own words are kept, whatever the level: libraries log what they read, cookies included.
pub fn log_to(path: Option<&Path>) -> io::Result<()> {
    let Some(path) = path else { return Ok(()) };
    let file: File = OpenOptions::new().create(true).append(true).open(path)?;
    let level = std::env::var("LAUNCH_READY_LOG_LEVEL")
        .ok()
        .and_then(|word| word.parse().ok())
        .unwrap_or(LevelFilter::DEBUG);
    let own = EnvFilter::new(format!("off,launch_ready={level}"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(own)
        .with_span_events(FmtSpan::NONE)
        .with_ansi(false)
        .json()
        .with_writer(std::sync::Mutex::new(file))
        .try_init();
    Ok(())
}

/// Sends every panic to the log before it goes its way: a check that breaks is caught by the engine, and the log then says
/// where it broke.
pub fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let text = info.payload_as_str().unwrap_or("a panic without words");
        tracing::error!(place, text = %escape(text), "panic");
        before(info);
    }));
}
