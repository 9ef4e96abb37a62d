//! No network at all.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use super::clean::assert_clean;
use super::stage::bare;

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
