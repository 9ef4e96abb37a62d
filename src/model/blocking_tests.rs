//! What waits for what.

use super::*;
use crate::model::story::{Story, at, playbook};
use crate::model::verdict::{Severity, Verdict};

fn broken() -> Story {
    Story::started()
        .found("mail.spf", Verdict::Fail, Severity::Blocker)
        .found("tls.chain", Verdict::Fail, Severity::Blocker)
}

fn text(story: &Story, item: &str) -> Option<String> {
    waits(&playbook(), &story.session(), item, at(1)).map(|waits| waits.text())
}

#[test]
fn an_item_is_free_when_what_it_waited_for_is_settled() {
    let spf = "mail.spf acme.example";
    let story = broken().owned(spf, "tls.chain acme.example");
    assert_eq!(
        text(&story, spf).unwrap(),
        "waits for tls.chain acme.example"
    );
    assert_eq!(text(&story, "tls.chain acme.example"), None);
    let free = story.found("tls.chain", Verdict::Pass, Severity::Blocker);
    assert_eq!(
        text(&free, spf).unwrap(),
        "no longer blocked: tls.chain acme.example is settled"
    );
    // A cause is settled by a person alone.
    let cause = broken().owned(spf, "client: registrar access");
    assert_eq!(
        text(&cause, spf).unwrap(),
        "waits for client: registrar access"
    );
    // A row, an answer and a red flag settle too.
    for (what, story) in [
        (
            "mail",
            broken().found("mail.spf", Verdict::Pass, Severity::Blocker),
        ),
        ("alert-drill", broken().answered("alert-drill", true)),
        ("shared-admin", broken()),
    ] {
        let session = story.owned("tls", what).session();
        assert!(!is_blocked(&playbook(), &session, "tls", at(1)), "{what}");
    }
}

#[test]
fn what_is_no_item_and_what_goes_round_is_refused() {
    let spf = "mail.spf acme.example";
    let session = broken().owned("tls", "mail").owned("mail", spf).session();
    let accept = |item: &str, typed: &str| accept(&playbook(), &session, item, typed, at(1));
    assert_eq!(
        accept(spf, "  client:   registrar access "),
        Ok("client: registrar access".into())
    );
    assert_eq!(accept(spf, ""), Ok(String::new()));
    assert_eq!(accept(spf, "drill"), Ok("drill".into()));
    assert_eq!(accept("drill", "tls"), Ok("tls".into()));
    for (typed, want) in [
        (
            "mial.spf acme.example",
            "did you mean mail.spf acme.example?",
        ),
        ("client:", "name what the client has to do"),
        ("weather: rain", "no item has that id"),
        (
            spf,
            "that would go round: mail.spf acme.example waits for mail.spf acme.example",
        ),
        (
            "tls",
            "that would go round: mail.spf acme.example waits for tls waits for mail waits for mail.spf acme.example",
        ),
    ] {
        let why = accept(spf, typed).unwrap_err();
        assert!(why.contains(want), "{typed}: {why}");
    }
}

#[test]
fn two_programs_that_made_a_ring_do_not_hang_a_third() {
    let session = broken().owned("tls", "mail").owned("mail", "tls").session();
    assert_eq!(
        accept(&playbook(), &session, "drill", "tls", at(1)),
        Ok("tls".into())
    );
    assert!(accept(&playbook(), &session, "tls", "mail", at(1)).is_err());
}
