//! Beside testssl.sh: the same questions to the same TLS server, wall time and TCP connections of each.
//!
//! Versions, broken suites, chain, name, dates and key. Both go through a proxy that counts connections and is the same for
//! both. testssl.sh is a script that asks more thoroughly (each category of suites on its own, extensions, resumption): the
//! ratio says what a look at the same verdicts costs, not which program is better.

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use launch_ready::range::{Range, scenario};

use super::{check, row, spread};

const RUNS: usize = 5;
const HOST: &str = "www.acme.example";
/// Where the range says that the host is.
const PUBLIC: &str = "203.0.113.10:443";
const INTENT: &str =
    "domain = \"acme.example\"\n[[host]]\nname = \"www.acme.example\"\nrole = \"www\"\n";
/// The checks that both have.
const CHECKS: [&str; 7] = [
    "tls.reachable",
    "tls.chain",
    "tls.hostname",
    "tls.expiry",
    "tls.key",
    "tls.versions",
    "tls.ciphers",
];

pub fn measure() {
    let there = Command::new("testssl")
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    if there.is_err() {
        println!("beside testssl.sh: skipped, `testssl` is not installed");
        return;
    }
    let runtime = check::runtime();
    let world = scenario::find("healthy").unwrap().world();
    let range = runtime.block_on(Range::start(world)).unwrap();
    let proxy = Proxy::start(server(&range));

    let times: Vec<Duration> = (0..RUNS).map(|_| ours(&range, &proxy)).collect();
    let connections = proxy.count() / RUNS;
    let median = {
        let mut sorted = times.clone();
        sorted.sort();
        sorted[RUNS / 2]
    };
    row("TLS of one host, whole program", &spread(times), "");
    row("  its TCP connections", &connections.to_string(), "");

    let before = proxy.count();
    let took = theirs(&range, &proxy);
    let more = proxy.count() - before;
    row(
        "  the same by testssl.sh -p -s -S",
        &format!("{:.1} s", took.as_secs_f64()),
        "",
    );
    row("  its TCP connections", &more.to_string(), "");
    let faster = took.as_secs_f64() / median.as_secs_f64();
    row("  how many times faster", &format!("{faster:.0}"), ">= 20");
    let part = connections as f64 / more as f64;
    row(
        "  part of its connections",
        &format!("1/{:.1}", 1.0 / part),
        "<= 1/5",
    );
}

/// Where the host's TLS server really listens.
fn server(range: &Range) -> SocketAddr {
    let public: SocketAddr = PUBLIC.parse().unwrap();
    let mut ways = range.reroutes().iter();
    ways.find(|(from, _)| *from == public).unwrap().1
}

/// Start to exit of `launch-ready check`.
fn ours(range: &Range, proxy: &Proxy) -> Duration {
    let intent = range.folder().join("one-host.toml");
    std::fs::write(&intent, INTENT).unwrap();
    // The first way for an address counts.
    let way = format!("{PUBLIC}={}", proxy.address);
    let flags = range.flags();
    let flags = flags.iter().take_while(|flag| *flag != "--intent");
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_launch-ready"))
        .args(["check", "acme.example", "--format", "json"])
        .args(["--reroute", &way])
        .args(flags)
        .args(CHECKS.iter().flat_map(|check| ["--only", check]))
        .arg("--intent")
        .arg(&intent)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    let took = begun.elapsed();
    assert!(matches!(status.code(), Some(0 | 1 | 3)), "{status}");
    took
}

/// Start to exit of testssl.sh, offline.
fn theirs(range: &Range, proxy: &Proxy) -> Duration {
    let begun = Instant::now();
    let status = Command::new("testssl")
        .current_dir(range.folder())
        .args(["--quiet", "--color", "0", "--warnings", "off", "-n", "none"])
        .args(["--openssl-timeout", "5", "--connect-timeout", "5"])
        .arg("--add-ca")
        .arg(range.ca_file())
        .args(["--ip", "127.0.0.1", "-p", "-s", "-S"])
        .arg(format!("{HOST}:{}", proxy.address.port()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.code().is_some(), "{status}");
    begun.elapsed()
}

/// Passes connections on and counts them.
struct Proxy {
    address: SocketAddr,
    count: Arc<AtomicUsize>,
}

impl Proxy {
    fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&count);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                counting.fetch_add(1, Ordering::Relaxed);
                if let Ok(server) = TcpStream::connect(server) {
                    join(&client, &server);
                }
            }
        });
        Self { address, count }
    }

    fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

/// Copies both ways until each side has ended.
fn join(client: &TcpStream, server: &TcpStream) {
    for (from, to) in [(client, server), (server, client)] {
        let _ = from.set_nodelay(true);
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}
