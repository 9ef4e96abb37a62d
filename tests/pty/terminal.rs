//! The terminal is given back as it was: driven in a real pseudo-terminal, on every way out.
//!
//! Each test starts this test program again as the child that takes the terminal (`LAUNCH_READY_PTY` says what it does),
//! behind a shell that prints what the terminal is like afterwards.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use launch_ready::ui::terminal::{self, Tty, Wishes};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use ratatui::text::Line;

/// What the child does; empty: this is no child.
const ROLE: &str = "LAUNCH_READY_PTY";
/// Longest wait for something to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// Not a test of its own: what the others start.
#[test]
fn child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    terminal::install_panic_hook(|_| {});
    let mut tty = match Tty::open(Wishes { mouse: true }) {
        Ok(tty) => tty,
        Err(problem) => {
            std::io::stderr()
                .write_all(problem.to_string().as_bytes())
                .unwrap();
            return;
        }
    };
    draw(&mut tty, "the cockpit is open");
    match role.as_str() {
        "panic" => panic!("something broke while drawing"),
        "elsewhere" => {
            thread::spawn(|| panic!("a check broke"))
                .join()
                .unwrap_err();
            draw(&mut tty, "still open");
        }
        "suspend" => {
            tty.suspend().unwrap();
            draw(&mut tty, "back again");
        }
        "mouse" => {
            tty.capture_mouse(false).unwrap();
            tty.copy("v=DMARC1; p=none").unwrap().unwrap();
        }
        _ => {}
    }
}

fn draw(tty: &mut Tty, text: &str) {
    tty.draw(|frame| frame.render_widget(Line::from(text.to_owned()), frame.area()))
        .unwrap();
}

/// A shell in a pseudo-terminal, and everything that it printed so far.
struct Shell {
    _master: Box<dyn MasterPty + Send>,
    bytes: Receiver<Vec<u8>>,
    seen: String,
}

impl Shell {
    /// Runs `script` with `$CHILD` standing for the child in that role.
    fn run(role: &str, script: &str) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "-c", script]);
        command.env(ROLE, role);
        command.env("TERM", "xterm-256color");
        command.env("CHILD", std::env::current_exe().unwrap());
        command.env_remove("TMUX");
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, bytes) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
            child.wait().unwrap();
        });
        Self {
            _master: pair.master,
            bytes,
            seen: String::new(),
        }
    }

    /// Waits until `text` was printed; what came before it and with it.
    fn until(&mut self, text: &str) -> &str {
        let deadline = Instant::now() + PATIENCE;
        while !self.seen.contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(more) => self.seen.push_str(&String::from_utf8_lossy(&more)),
                Err(problem) => panic!("{text:?} did not come ({problem}):\n{:?}", self.seen),
            }
        }
        &self.seen
    }
}

const CHILD: &str = "\"$CHILD\" --exact terminal::child --nocapture --test-threads 1";

/// Private modes that are on after `text`, the cursor (25) told as hidden.
fn modes_left_on(text: &str) -> Vec<String> {
    let mut on: Vec<String> = Vec::new();
    for part in text.split("\x1b[?").skip(1) {
        let Some(end) = part.find(['h', 'l']) else {
            continue;
        };
        let (numbers, rest) = part.split_at(end);
        for number in numbers.split(';') {
            let hidden_cursor = number == "25";
            if rest.starts_with('h') ^ hidden_cursor {
                on.push(number.to_owned());
            } else {
                on.retain(|n| n != number);
            }
        }
    }
    on
}

pub fn assert_given_back(text: &str) {
    assert_eq!(modes_left_on(text), Vec::<String>::new(), "{text:?}");
    let settings = text.rsplit("speed").next().unwrap();
    for word in ["icanon", "echo", "isig"] {
        let off = format!("-{word}");
        assert!(
            settings.split([' ', ';', '\n', '\r']).any(|w| w == word),
            "{word}: {settings}"
        );
        assert!(
            !settings.split([' ', ';', '\n', '\r']).any(|w| w == off),
            "{off}: {settings}"
        );
    }
}

#[test]
fn after_leaving_everything_is_as_it_was() {
    let mut shell = Shell::run("leave", &format!("{CHILD}; stty -a; echo ALL-DONE"));
    let text = shell.until("ALL-DONE").to_owned();
    assert!(text.contains("cockpit"), "{text:?}");
    assert!(
        text.contains("\x1b[?1049h") && text.contains("\x1b[?2026h"),
        "{text:?}"
    );
    assert_given_back(&text);
}

#[test]
fn a_panic_is_read_on_the_ordinary_screen() {
    let mut shell = Shell::run("panic", &format!("{CHILD}; stty -a; echo ALL-DONE"));
    let text = shell.until("ALL-DONE").to_owned();
    let left = text.find("\x1b[?1049l").unwrap();
    let told = text.find("something broke while drawing").unwrap();
    assert!(left < told, "{text:?}");
    assert_given_back(&text);
}

#[test]
fn a_panic_of_a_check_does_not_tear_the_picture() {
    let mut shell = Shell::run("elsewhere", &format!("{CHILD}; stty -a; echo ALL-DONE"));
    let text = shell.until("ALL-DONE").to_owned();
    let left = text.find("\x1b[?1049l").unwrap();
    assert!(text.find("still").unwrap() < left, "{text:?}");
    assert!(!text.contains("a check broke"), "{text:?}");
    assert_given_back(&text);
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again() {
    let script =
        format!("set -m; {CHILD}; echo STOPPED; stty -a; echo READ; fg; stty -a; echo ALL-DONE");
    let mut shell = Shell::run("suspend", &script);
    assert_given_back(shell.until("READ"));
    let text = shell.until("ALL-DONE").to_owned();
    let after = text.split("READ").nth(1).unwrap();
    assert!(after.contains("\x1b[?1049h"), "{after:?}");
    assert_given_back(&text);
}

#[test]
fn the_mouse_can_be_given_back_alone_and_a_copy_goes_through_the_terminal() {
    let mut shell = Shell::run("mouse", &format!("{CHILD}; stty -a; echo ALL-DONE"));
    let text = shell.until("ALL-DONE").to_owned();
    assert_eq!(text.matches("\x1b[?1000l").count(), 1, "{text:?}");
    assert!(
        text.contains("\x1b]52;c;dj1ETUFSQzE7IHA9bm9uZQ==\x07"),
        "{text:?}"
    );
    assert_given_back(&text);
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "terminal::child", "--nocapture"])
        .env(ROLE, "leave")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(
        text.contains("needs a terminal") && text.contains("launch-ready check"),
        "{text}"
    );
    assert!(!String::from_utf8_lossy(&out.stdout).contains('\x1b'));
}
