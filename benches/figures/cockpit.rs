//! The cockpit in a real pseudo-terminal: first frame, draws at rest, memory.

use std::io::Read;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use super::{row, spread};

const RUNS: usize = 15;
const ROWS: NonZero<u16> = NonZero::new(40).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(120).unwrap();

struct Cockpit {
    child: Box<dyn Child + Send + Sync>,
    bytes: Receiver<Vec<u8>>,
    begun: Instant,
    screen: vt100::Parser,
    _folder: tempfile::TempDir,
    _pair: portable_pty::PtyPair,
}

impl Cockpit {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 40,
                cols: 120,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_launch-ready"));
        command.arg("--data-dir");
        command.arg(folder.path());
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, bytes) = channel();
        let begun = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(read) = reader.read(&mut buffer) {
                if read == 0 || sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            bytes,
            begun,
            screen: vt100::Parser::new(ROWS, COLUMNS, 0),
            _folder: folder,
            _pair: pair,
        }
    }

    /// How long until the screen shows `text`.
    fn until(&mut self, text: &str) -> Duration {
        while !self.screen.screen().contents().contains(text) {
            assert!(
                self.begun.elapsed() < Duration::from_secs(30),
                "never showed {text}"
            );
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(200)) {
                self.screen.process(&bytes);
            }
        }
        self.begun.elapsed()
    }

    /// How many bytes come in a span of time, once it has been quiet for a moment.
    fn bytes_within(&mut self, span: Duration) -> usize {
        while let Ok(bytes) = self.bytes.recv_timeout(Duration::from_secs(6)) {
            self.screen.process(&bytes);
            if self.begun.elapsed() > Duration::from_secs(40) {
                break;
            }
        }
        let end = Instant::now() + span;
        let mut count = 0;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            count += self.bytes.recv_timeout(left).map_or(0, |bytes| bytes.len());
        }
        count
    }

    /// Most memory it ever held, in megabytes, by the kernel's word.
    fn peak_megabytes(&self) -> Option<f64> {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.process_id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes / 1024.0)
    }
}

impl Drop for Cockpit {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn measure() {
    let times = (0..RUNS)
        .map(|_| Cockpit::start(&[]).until("launch-ready"))
        .collect();
    row("start to first frame (120x40)", &spread(times), "<= 50 ms");
    let mut demo = Cockpit::start(&["demo"]);
    demo.until("NO-GO");
    let drawn = demo.bytes_within(Duration::from_secs(2));
    row("bytes drawn in 2 s at rest", &drawn.to_string(), "0");
    let peak = demo
        .peak_megabytes()
        .map_or_else(|| "not told".to_owned(), |mb| format!("{mb:.1} MB"));
    row(
        "memory of the cockpit with its range (peak)",
        &peak,
        "<= 60 MB",
    );
}
