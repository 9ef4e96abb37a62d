//! Stopping for Ctrl-Z, and knowing when we were woken. The terminal is given back before and taken again after; not here.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_current_process_group};
use signal_hook::consts::SIGCONT;
use signal_hook::{flag, low_level};

/// How long the stop may take to reach us. In an orphaned group it never does.
const REACH: Duration = Duration::from_millis(500);

/// Stops the foreground group and comes back once it was continued. The kernel may hand the signal to another thread of
/// ours, so that this one runs on for a moment: it must not take the terminal again before the stop.
pub fn until_continued() -> io::Result<()> {
    let continued = Arc::new(AtomicBool::new(false));
    let listener = flag::register(SIGCONT, Arc::clone(&continued))?;
    let begun = Instant::now();
    let sent = kill_current_process_group(Signal::TSTP).map_err(io::Error::from);
    while sent.is_ok() && !continued.load(Ordering::SeqCst) && begun.elapsed() < REACH {
        thread::sleep(Duration::from_millis(5));
    }
    low_level::unregister(listener);
    sent
}
