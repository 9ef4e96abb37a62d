//! The command line as scripts see it: exit codes, JSON, bad input. The practice range plays the world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod bad_input;
mod day_one;
mod future;
mod messages;
mod promises;
mod runs;
mod sessions;
mod vigil;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use launch_ready::range::Range;
use launch_ready::range::world::World;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A served range, a data folder of its own, and the program.
struct Stage {
    runtime: Runtime,
    range: Range,
    folder: TempDir,
}

impl Stage {
    fn with_faults(faults: &[&str]) -> Self {
        Self::of(World::with_faults(faults.iter().copied()))
    }

    fn of(world: World) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let range = runtime.block_on(Range::start(world)).unwrap();
        Self {
            runtime,
            range,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn healthy() -> Self {
        Self::with_faults(&[])
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the program with these arguments and the flags that lead to the range (but for `--intent`,
    /// and for `--third-parties` where nothing is looked at).
    fn run(&self, arguments: &[&str]) -> Output {
        self.run_in(self.data(), arguments)
    }

    /// The same with another data folder.
    fn run_in(&self, data: &Path, arguments: &[&str]) -> Output {
        let flags = self.range.flags();
        let network: Vec<&String> = flags
            .chunks(2)
            .filter(|pair| pair[0] != "--intent")
            .filter(|pair| {
                pair[0] != "--third-parties"
                    || matches!(arguments.first(), Some(&"check" | &"watch"))
            })
            .flatten()
            .collect();
        program(data)
            .args(arguments)
            .args(network)
            .output()
            .unwrap()
    }

    /// `check acme.example` with the range's intent.
    fn check(&self, more: &[&str]) -> Output {
        let intent = self.range.intent_file().display().to_string();
        let mut arguments = vec!["check", "acme.example", "--intent", &intent];
        arguments.extend(more);
        self.run(&arguments)
    }
}

/// The program with its data in `data`, no settings from outside, and no input.
fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_launch-ready"));
    command
        .stdin(Stdio::null())
        .arg("--data-dir")
        .arg(data)
        .env("HOME", data)
        .env("XDG_CONFIG_HOME", data);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LAUNCH_READY_")) {
        command.env_remove(name);
    }
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}\n{}", stdout(output), stderr(output)))
}
