//! No network at all, or one that answers in place of everybody.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::clean::assert_clean;
use super::findings;
use super::stage::{Stage, bare};

/// A port at which nobody is, and that nobody takes while this lives: connected sockets are told so at once.
fn refused() -> (UdpSocket, String) {
    let held = UdpSocket::bind("127.0.0.1:0").unwrap();
    // Bound to a peer that is itself: datagrams of strangers are refused by the kernel.
    held.connect(held.local_addr().unwrap()).unwrap();
    let address = held.local_addr().unwrap().to_string();
    (held, address)
}

#[test]
fn a_resolver_that_refuses_is_could_not_tell_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (_held, resolver) = refused();
    let begun = Instant::now();
    let output = bare(folder.path())
        .args(["check", "acme.example", "--resolver", &resolver])
        .args(["--root-hints", "192.0.2.1"])
        .args(["--reroute", &format!("192.0.2.1:53={resolver}")])
        .output()
        .unwrap();
    let took = begun.elapsed();
    let (said, told) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(3), "{said}\n{told}");
    assert!(took < Duration::from_secs(10), "took {took:?}");
    assert_clean("stdout", said.as_bytes());
    assert_clean("stderr", told.as_bytes());
    assert_eq!(
        told.trim_end().lines().count(),
        1,
        "one sentence says why:\n{told}"
    );
    assert!(told.contains("could not tell"), "{told}");
}

#[test]
fn behind_a_captive_portal_nothing_passes_and_nothing_fails() {
    let servers: String = ["1", "2", "11", "12", "21", "53", "54"]
        .iter()
        .map(|last| format!("[[server]]\naddress = \"198.51.100.{last}\"\ndoes = \"captive\"\n"))
        .collect();
    let stage = Stage::new(&servers);
    let (_, json) = stage.checked();
    let told: Vec<Value> = findings(&json)
        .into_iter()
        .filter(|f| f["verdict"] != "unknown" && f["verdict"] != "not-applicable")
        .collect();
    assert!(told.is_empty(), "{told:#?}");
    assert!(json.contains("a name that cannot exist"), "it says why");
}
