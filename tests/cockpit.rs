//! The whole program in a real pseudo-terminal: the practice range is opened, walked through and left.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says by panicking that it failed"
)]

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longest wait for something to appear.
const PATIENCE: Duration = Duration::from_mins(1);

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

struct Cockpit {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    _data: tempfile::TempDir,
}

impl Cockpit {
    fn start(arguments: &[&str], (rows, cols): (u16, u16)) -> Self {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let data = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_launch-ready"));
        command.args(arguments);
        command.env("LAUNCH_READY_DATA_DIR", data.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.cwd(data.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(rows), cells(cols), 0)));
        let seen = screen.clone();
        let mut reader = pair.master.try_clone_reader().unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                seen.lock().unwrap().process(buffer.get(..read).unwrap());
            }
        });
        Self {
            child,
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            screen,
            _data: data,
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Waits until `text` is on the screen.
    fn shows(&self, text: &str) {
        self.wait(&format!("“{text}”"), |screen| screen.contains(text));
    }

    fn wait(&self, what: &str, due: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !due(&self.text()) {
            assert!(
                Instant::now() < deadline,
                "{what} did not come:\n{}",
                self.text()
            );
            thread::yield_now();
        }
    }

    /// Waits until the program ended.
    fn ends(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "still there:\n{}", self.text());
            thread::yield_now();
        }
    }

    fn is_on_the_ordinary_screen(&self) -> bool {
        !self.screen.lock().unwrap().screen().alternate_screen()
    }
}

#[test]
fn the_practice_range_from_the_first_frame_to_the_shell() {
    let mut cockpit = Cockpit::start(&["demo"], (40, 120));
    cockpit.shows("NO-GO");
    cockpit.wait("the end of the run", |screen| {
        screen.contains(" checks in ")
    });
    cockpit.press("g");
    cockpit.shows("Sign-in is enforced");
    cockpit.press("?");
    cockpit.shows("take a waiver back");
    cockpit.press("\x1b");
    cockpit.wait("the help to go", |screen| {
        !screen.contains("take a waiver back")
    });
    cockpit.press("q");
    assert_eq!(cockpit.ends(), 0);
    cockpit.wait("the ordinary screen", |_| {
        cockpit.is_on_the_ordinary_screen()
    });
}

#[test]
fn a_smaller_terminal_is_drawn_anew_and_ctrl_c_leaves() {
    let mut cockpit = Cockpit::start(&[], (40, 120));
    cockpit.shows("practice range");
    for (rows, cols) in [(24, 80), (16, 60), (5, 20), (24, 80)] {
        cockpit
            .screen
            .lock()
            .unwrap()
            .screen_mut()
            .set_size(cells(rows), cells(cols));
        cockpit
            .master
            .resize(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
    }
    cockpit.shows("practice range");
    cockpit.press("\x03");
    assert_eq!(cockpit.ends(), 130);
    cockpit.wait("the ordinary screen", |_| {
        cockpit.is_on_the_ordinary_screen()
    });
}
