//! What a default run may cost: questions, handshakes and requests.

use super::{Stage, json};

#[test]
fn a_default_run_is_gentle() {
    let stage = Stage::healthy();
    let run = json(&stage.check(&["--format", "json"]));
    let questions = run["queries"]["dns"].as_u64().unwrap();
    assert!(questions <= 150, "{questions} DNS questions");
    let counts = stage.range.counts();
    for (host, handshakes) in &counts.handshakes {
        assert!(*handshakes <= 12, "{host}: {handshakes} handshakes");
    }
    for (host, requests) in &counts.requests {
        assert!(*requests <= 60, "{host}: {requests} requests");
    }
    assert!(
        !counts.handshakes.is_empty() && !counts.requests.is_empty(),
        "the range counted"
    );
}
