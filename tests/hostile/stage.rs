//! A served range whose addresses may lead elsewhere, a data folder, and the program.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use launch_ready::range::Range;
use launch_ready::range::world::World;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::clean::{assert_clean, assert_clean_json};

/// A whole run ends within this, whatever the servers do.
pub const BOUND: Duration = Duration::from_secs(30);

pub struct Stage {
    pub runtime: Runtime,
    range: Range,
    folder: TempDir,
    /// Public address to a server of the test's own.
    elsewhere: BTreeMap<SocketAddr, SocketAddr>,
}

impl Stage {
    pub fn new(world: &str) -> Self {
        let world = World::parse(world).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let range = runtime.block_on(Range::start(world)).unwrap();
        Self {
            runtime,
            range,
            folder: tempfile::tempdir().unwrap(),
            elsewhere: BTreeMap::new(),
        }
    }

    /// Leads `public` to a server of the test's own.
    pub fn lead(&mut self, public: &str, to: SocketAddr) {
        self.elsewhere.insert(public.parse().unwrap(), to);
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub fn log(&self) -> PathBuf {
        self.data().join("all.log")
    }

    pub fn intent(&self) -> String {
        self.range.intent_file().display().to_string()
    }

    /// The flags that lead to the range, but for the intent and the third parties, which not every command takes.
    pub fn flags(&self) -> Vec<String> {
        let mut flags: Vec<String> = self
            .range
            .flags()
            .chunks(2)
            .filter(|pair| pair[0] != "--intent" && pair[0] != "--third-parties")
            .filter(|pair| pair[0] != "--reroute" || !self.is_led_elsewhere(&pair[1]))
            .flatten()
            .cloned()
            .collect();
        for (public, to) in &self.elsewhere {
            flags.extend(["--reroute".to_owned(), format!("{public}={to}")]);
        }
        flags
    }

    fn is_led_elsewhere(&self, route: &str) -> bool {
        self.elsewhere
            .keys()
            .any(|public| route.starts_with(&format!("{public}=")))
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(self.data());
        command
            .args(arguments)
            .arg("--log")
            .arg(self.log())
            .args(self.flags())
            .env("LAUNCH_READY_LOG_LEVEL", "trace");
        command
    }

    /// Runs the program; what it says is clean, and it ends in time.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let begun = Instant::now();
        let output = self.command(arguments).output().unwrap();
        assert!(
            begun.elapsed() < BOUND,
            "{arguments:?} took {:?}",
            begun.elapsed()
        );
        assert_clean(&format!("stdout of {arguments:?}"), &output.stdout);
        assert_clean(&format!("stderr of {arguments:?}"), &output.stderr);
        output
    }

    /// A session of this world, checked once; gives its file and the run's JSON.
    pub fn checked(&self) -> (PathBuf, String) {
        let created = self.run(&["new", "acme.example", "--intent", &self.intent()]);
        let stdout = String::from_utf8(created.stdout).unwrap();
        let path = PathBuf::from(stdout.trim());
        assert!(
            path.exists(),
            "{}",
            String::from_utf8_lossy(&created.stderr)
        );
        let output = self.run(&["check", "acme-example", "--format", "json", "--authorised"]);
        let json = String::from_utf8(output.stdout).unwrap();
        assert_clean_json("check --format json", &json);
        (path, json)
    }

    /// Everything that can be made of the session, and the session itself, is clean.
    pub fn everything_is_clean(&self, session: &Path) {
        self.every_format();
        for edition in ["client", "internal"] {
            for format in ["markdown", "html", "json"] {
                let output = self.run(&[
                    "report",
                    "acme-example",
                    "--format",
                    format,
                    "--edition",
                    edition,
                ]);
                assert_eq!(output.status.code(), Some(0));
                let text = String::from_utf8(output.stdout).unwrap();
                assert!(text.len() > 1000, "{format} {edition}: {text}");
                if format == "json" {
                    assert_clean_json(&format!("report json {edition}"), &text);
                }
            }
        }
        for more in [
            ["sessions", "list"],
            ["diff", "acme-example"],
            ["verify", "acme-example"],
        ] {
            self.run(&more);
        }
        session_is_clean(session);
        let log = std::fs::read(self.log()).unwrap();
        assert!(!log.is_empty(), "there is a log");
        assert_clean("the log", &log);
        for line in String::from_utf8(log).unwrap().lines() {
            assert_clean_json("the log", line);
        }
    }

    /// `check` in every format, side by side.
    fn every_format(&self) {
        let begun = Instant::now();
        let children: Vec<_> = ["text", "jsonl", "markdown", "junit", "sarif"]
            .map(|format| {
                let intent = self.intent();
                let child = self
                    .command(&[
                        "check",
                        "acme.example",
                        "--intent",
                        &intent,
                        "--format",
                        format,
                    ])
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap();
                (format, child)
            })
            .into_iter()
            .collect();
        for (format, child) in children {
            let output = child.wait_with_output().unwrap();
            assert!(
                begun.elapsed() < BOUND * 2,
                "{format} took {:?}",
                begun.elapsed()
            );
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.contains("dns.soa"), "{format}: {text}");
            assert_clean(&format!("check --format {format}"), text.as_bytes());
            assert_clean(&format!("stderr of --format {format}"), &output.stderr);
            match format {
                "sarif" => assert_clean_json("sarif", &text),
                "jsonl" => text
                    .lines()
                    .for_each(|line| assert_clean_json("jsonl", line)),
                _ => {}
            }
        }
    }
}

/// The program with its data in `data`, no settings from outside, and no input.
pub fn bare(data: &Path) -> Command {
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

/// Every text of every table, and the bytes of the file for secrets.
fn session_is_clean(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(tables.iter().any(|t| t == "event"), "{tables:?}");
    let mut texts = 0;
    for table in tables {
        let mut rows = connection
            .prepare(&format!("SELECT * FROM {table}"))
            .unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let rusqlite::types::ValueRef::Text(bytes) = row.get_ref(column).unwrap() else {
                    continue;
                };
                texts += 1;
                let what = format!("session file, {table}");
                assert_clean(&what, bytes);
                if bytes.starts_with(b"{") {
                    assert_clean_json(&what, std::str::from_utf8(bytes).unwrap());
                }
            }
        }
    }
    assert!(texts > 100, "{texts} texts were looked at");
    let raw = std::fs::read(path).unwrap();
    // Long enough not to come about by chance in a hash.
    for foul in [b"\x1b]52;".as_slice(), b"\x1b[2J", b"\x1b[31m"] {
        assert!(
            !raw.windows(foul.len()).any(|w| w == foul),
            "{foul:?} is in the session file"
        );
    }
    let lossy = String::from_utf8_lossy(&raw);
    for secret in super::clean::SECRETS {
        assert!(!lossy.contains(secret), "{secret} is in the session file");
    }
}
