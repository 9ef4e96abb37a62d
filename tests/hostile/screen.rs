//! The cockpit in a pseudo-terminal, showing what hostile servers said.

use std::io::{Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::clean::assert_clean;
use super::stage::Stage;

const ROWS: u16 = 50;
const COLUMNS: u16 = 150;
const PATIENCE: Duration = Duration::from_secs(20);

/// The cockpit, and everything that it drew so far.
struct Cockpit {
    writer: Box<dyn Write + Send>,
    bytes: mpsc::Receiver<Vec<u8>>,
    raw: Vec<u8>,
    screen: vt100::Parser,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Cockpit {
    fn open(stage: &Stage) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let program = stage.command(&["open", "acme-example"]);
        let mut command = CommandBuilder::new(program.get_program());
        command.args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            }
        }
        command.env("TERM", "xterm-256color");
        command.env_remove("TMUX");
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (send, bytes) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
            let _ = child.wait();
        });
        Self {
            writer,
            bytes,
            raw: Vec::new(),
            screen: vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0),
            _master: pair.master,
        }
    }

    fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen shows `text`.
    fn until(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.text().contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(more) => {
                    self.screen.process(&more);
                    self.raw.extend(more);
                }
                Err(problem) => panic!("{text:?} did not come ({problem}):\n{}", self.text()),
            }
        }
    }

    /// What came until the program ended.
    fn rest(&mut self) {
        while let Ok(more) = self.bytes.recv_timeout(PATIENCE) {
            self.raw.extend(more);
        }
    }
}

#[test]
fn the_cockpit_draws_hostile_text_as_text() {
    let stage = Stage::new(include_str!("world.toml"));
    stage.checked();
    let mut cockpit = Cockpit::open(&stage);
    cockpit.until("blockers first");
    cockpit.press("/mail.spf\r");
    cockpit.until("mail.spf ·");
    cockpit.press("\r");
    cockpit.until("\\x1b]52");
    assert_clean("the screen", cockpit.text().as_bytes());
    cockpit.press("\u{3}");
    cockpit.rest();
    let stream = String::from_utf8_lossy(&cockpit.raw).into_owned();
    assert!(
        !stream.contains("\u{1b}]52;c;SE9TVElMRQ=="),
        "the clipboard was set"
    );
    for foul in ['\u{202e}', '\u{200b}', '\u{9b}', '\u{feff}', '\0'] {
        assert!(!stream.contains(foul), "{foul:?} reached the terminal");
    }
}
