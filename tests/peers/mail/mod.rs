//! A small world of mail on loopback: a provider through which portals send (Postfix with submission, OpenDKIM that signs)
//! and a house of inboxes (Postfix, a policy server for SPF, OpenDKIM that verifies, OpenDMARC, Dovecot with Sieve), served
//! with names by NSD and Unbound. Which fault a message meets is said by the domain that sends it: see [`names::SENDERS`].
//!
//! Nothing below `/etc` is touched: every server has its configuration in a temporary folder, and sees a `resolv.conf` of its
//! own in a private mount namespace. Addresses are those of 127.0.10.0/24; the program is told of public ones and rerouted.

mod message;
mod names;
mod opinions;
mod servers;
mod starttls;
mod wire;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

use super::certificates::{ENDED, Pki, YOUNG};
use super::process::Server;

/// The resolver of this world.
pub const RESOLVER: &str = "127.0.10.53";
/// Whose mail this is, at the submission server and in the inbox.
pub const PORTAL: &str = "portal@mailer.example";
pub const INBOX: &str = "test@inbox.example";
/// The password of both.
pub const PASSWORD: &str = "correct horse";

/// Everything that runs; dropping it stops it.
pub struct Post {
    servers: Vec<Server>,
    folder: TempDir,
    _alone: MutexGuard<'static, ()>,
}

/// All tests use the same addresses.
static ALONE: Mutex<()> = Mutex::new(());

impl Post {
    /// Starts all of it.
    pub fn start() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        servers::open_to_all(folder.path());
        let pki = Pki::new(folder.path());
        let right = names::certified();
        let right: Vec<&str> = right.iter().map(String::as_str).collect();
        pki.leaf(folder.path(), "right", &right, YOUNG, true);
        pki.leaf(folder.path(), "expired", &right, ENDED, true);
        pki.leaf(
            folder.path(),
            "elsewhere",
            &["elsewhere.example"],
            YOUNG,
            true,
        );
        Self {
            servers: servers::start(folder.path()),
            folder,
            _alone: alone,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `check DOMAIN`, told of the public addresses, and gives verdicts by `check subject`, the exit code and the run.
    pub fn check(
        &self,
        domain: &str,
        intent: &str,
        more: &[String],
    ) -> (BTreeMap<String, String>, i32, Value) {
        let mut arguments: Vec<String> = ["--resolver", RESOLVER].map(str::to_owned).into();
        for (public, real) in names::ways() {
            arguments.extend(["--reroute".to_owned(), format!("{public}={real}")]);
        }
        arguments.extend_from_slice(more);
        super::launch_ready(self.folder(), domain, intent, &arguments)
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        // All at once, so that none waits for another.
        for server in &self.servers {
            server.ask_to_end();
        }
    }
}

/// What a program prints on both ways, whatever its end.
pub fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A program for which our resolver is the only one: it has a `resolv.conf` of its own, in a mount namespace of its own.
fn told_of_our_resolver(folder: &Path, program: &str) -> Command {
    let mut command = Command::new("/usr/bin/unshare");
    command
        .args(["--mount", "--propagation", "private", "/bin/sh", "-c"])
        .arg("mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"")
        .arg(folder.join("resolv.conf"))
        .arg(program);
    command
}
