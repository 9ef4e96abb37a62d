//! The program in a pseudo-terminal: what it shows, what it sent, and the keyboard.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longest wait for something to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// Rows and columns of a terminal.
pub type Size = (u16, u16);

/// The size that most tests run at.
pub const WIDE: Size = (40, 120);

pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";

/// A pseudo-terminal with the program in it.
pub struct Cockpit {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    bytes: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// Everything that came so far.
    raw: Vec<u8>,
    /// A frame has begun (synchronised output) and has not ended: what is on the screen is half of two pictures.
    in_frame: bool,
}

const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

impl Cockpit {
    /// Starts the program with its sessions in `data`.
    pub fn start(data: &Path, arguments: &[&str], size: Size) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_launch-ready"));
        command.args(arguments);
        Self::spawn(command, data, size)
    }

    /// Starts a shell that finds the program as `$PROGRAM`.
    pub fn shell(data: &Path, script: &str, size: Size) -> Self {
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "-c", script]);
        command.env("PROGRAM", env!("CARGO_BIN_EXE_launch-ready"));
        Self::spawn(command, data, size)
    }

    fn spawn(mut command: CommandBuilder, data: &Path, (rows, cols): Size) -> Self {
        let pair = native_pty_system().openpty(pty_size(rows, cols)).unwrap();
        command.env("LAUNCH_READY_DATA_DIR", data);
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        command.env_remove("NO_COLOR");
        command.cwd(data);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, bytes) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            bytes,
            screen: vt100::Parser::new(cells(rows), cells(cols), 0),
            raw: Vec::new(),
            in_frame: false,
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn resize(&mut self, (rows, cols): Size) {
        self.screen.screen_mut().set_size(cells(rows), cells(cols));
        self.master.resize(pty_size(rows, cols)).unwrap();
    }

    /// What is on the screen now.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Everything that was sent so far.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// The line that the cursor of a list stands on.
    pub fn selected(&self) -> String {
        let text = self.text();
        let line = text.lines().find(|line| line.starts_with(" ▸ "));
        line.unwrap_or_default().trim_end().to_owned()
    }

    /// The line at the top of the screen.
    pub fn head(&self) -> String {
        let text = self.text();
        text.lines()
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned()
    }

    /// The line at the bottom of the screen.
    pub fn foot(&self) -> String {
        let (rows, cols) = self.screen.screen().size();
        let last = usize::from(rows.get() - 1);
        let mut rows = self.screen.screen().rows(0, cols.get());
        rows.nth(last).unwrap_or_default().trim_end().to_owned()
    }

    /// Waits until `text` is on the screen.
    pub fn shows(&mut self, text: &str) {
        self.until(text, |cockpit| cockpit.text().contains(text));
    }

    /// Waits until `text` is not on the screen any more.
    pub fn hides(&mut self, text: &str) {
        self.until(&format!("no {text}"), |cockpit| {
            !cockpit.text().contains(text)
        });
    }

    /// Fills a form, a field after the other, and saves it.
    pub fn fill(&mut self, title: &str, values: &[&str]) {
        self.shows(title);
        for value in values {
            self.press(value);
            self.press(ENTER);
        }
        self.hides(title);
    }

    /// To the next row of the list.
    pub fn down(&mut self) {
        let row = self.selected();
        self.press("j");
        self.until("the next row", |c| c.selected() != row);
    }

    /// Waits until something holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            while let Ok(more) = self.bytes.try_recv() {
                self.take(&more);
            }
            if !self.in_frame && holds(self) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(more) => self.take(&more),
                Err(why) => panic!("{what:?} did not come ({why}):\n{}", self.text()),
            }
        }
    }

    /// Whether nothing comes for so long.
    pub fn is_silent_for(&mut self, time: Duration) -> bool {
        match self.bytes.recv_timeout(time) {
            Ok(more) => {
                self.take(&more);
                false
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => panic!("it ended:\n{}", self.text()),
        }
    }

    /// Waits until what was asked for is drawn and nothing more comes.
    pub fn settles(&mut self) {
        while !self.is_silent_for(Duration::from_millis(300)) {}
    }

    /// Waits until the program ended, and everything that it sent was read.
    pub fn ends(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(more) => self.take(&more),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("still there:\n{}", self.text()),
            }
        }
        self.child.wait().unwrap().exit_code()
    }

    /// Whether the screen is the one that the shell had.
    pub fn is_on_the_ordinary_screen(&self) -> bool {
        let screen = self.screen.screen();
        !screen.alternate_screen() && !screen.hide_cursor()
    }

    pub fn is_given_a_screen(&self) -> bool {
        self.screen.screen().alternate_screen()
    }

    /// Fails when the screen holds anything that no screen should.
    pub fn assert_sane(&self) {
        let text = self.text();
        for garbage in [
            "\u{fffd}", "\x1b", "[?", "[0m", "[38;", "[48;", "2026h", "52;c;",
        ] {
            assert!(!text.contains(garbage), "{garbage:?} in:\n{text}");
        }
        let odd = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(odd, None, "{text}");
        let foot = self.foot();
        let below = ["? keys", "enter ", "esc "]
            .iter()
            .any(|k| foot.contains(k));
        let over = ["esc close", "esc leave", "esc no"]
            .iter()
            .any(|k| text.contains(k));
        assert!(below || over, "no keys to be seen:\n{text}");
        let mut head = text.lines().take(2);
        assert!(
            head.any(|line| !line.trim().is_empty()),
            "no header:\n{text}"
        );
    }

    fn take(&mut self, more: &[u8]) {
        let known = self.raw.len().saturating_sub(FRAME_ENDS.len() - 1);
        self.screen.process(more);
        self.raw.extend_from_slice(more);
        for part in self.raw[known..].windows(FRAME_ENDS.len()) {
            if part == FRAME_BEGINS || part == FRAME_ENDS {
                self.in_frame = part == FRAME_BEGINS;
            }
        }
    }
}

impl Drop for Cockpit {
    /// A test that failed leaves nothing behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the practice range and waits until everything was looked at.
pub fn practise(data: &Path, size: Size) -> Cockpit {
    let mut cockpit = Cockpit::start(data, &["demo"], size);
    cockpit.shows(" checks in ");
    cockpit
}

/// Runs the program without a terminal: what it printed, and whether it was content.
pub fn run(data: &Path, arguments: &[&str]) -> (String, bool) {
    let out = Command::new(env!("CARGO_BIN_EXE_launch-ready"))
        .args(arguments)
        .env("LAUNCH_READY_DATA_DIR", data)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    (
        told + &String::from_utf8_lossy(&out.stderr),
        out.status.success(),
    )
}

/// The name of the only session.
pub fn only_session(data: &Path) -> String {
    let (list, fine) = run(data, &["sessions", "list"]);
    assert!(fine, "{list}");
    assert_eq!(list.lines().count(), 1, "{list}");
    list.split_whitespace().next().unwrap().to_owned()
}

fn pty_size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}
