//! What each list says, and what is made of it: listings, refusals, dead zones and rewritten answers.

use super::ask::tests::asked;
use super::*;
use crate::checks::mail::worlds::{case, intent, name};

const FINE: (&str, &str) = ("127.0.0.2", "-");
const REFUSED: (&str, &str) = ("127.255.255.254", "127.255.255.254");
const ADDRESS: &str = "203.0.113.25";
const DOMAIN: &str = "acme.example";

fn seen(lists: Vec<Asked>) -> BlocklistsSeen {
    BlocklistsSeen {
        may_ask: true,
        own: Own {
            addresses: vec![ADDRESS.parse().unwrap()],
            names: vec![name(DOMAIN)],
            ..Own::default()
        },
        lists,
    }
}

/// The domain on the DBL, clean.
fn dbl() -> Asked {
    asked("spamhaus-dbl", ("127.0.1.2", "-"), &[(DOMAIN, "-")])
}

fn judged(seen: &BlocklistsSeen, intent: &Intent) -> Judgement {
    Blocklists.judge(seen, case(DOMAIN, intent))
}

#[test]
fn worlds_and_verdicts() {
    let zen = |said| asked("spamhaus-zen", FINE, &[(ADDRESS, said)]);
    let spamcop = |test, said| asked("spamcop", test, &[(ADDRESS, said)]);
    let psbl = |said| asked("psbl", FINE, &[(ADDRESS, said)]);
    let listed = asked("spamhaus-dbl", ("127.0.1.2", "-"), &[(DOMAIN, "127.0.1.4")]);
    for (lists, want, words) in [
        (
            vec![zen("-"), dbl()],
            Verdict::Pass,
            "not on Spamhaus ZEN, Spamhaus DBL",
        ),
        (
            vec![zen("127.0.0.3"), dbl()],
            Verdict::Fail,
            "203.0.113.25 is on Spamhaus ZEN (CSS",
        ),
        (
            vec![zen("-"), listed],
            Verdict::Fail,
            "acme.example is on Spamhaus DBL",
        ),
        (
            vec![zen("-"), psbl("127.0.0.2"), dbl()],
            Verdict::Warn,
            "PSBL",
        ),
        (
            vec![zen("127.0.0.10"), dbl()],
            Verdict::Warn,
            "not meant for sending",
        ),
        // One weighty list answers: the pass names the one that does not.
        (
            vec![zen("-"), spamcop(REFUSED, "-"), dbl()],
            Verdict::Pass,
            "could not be asked: SpamCop: it does not answer this resolver",
        ),
        (
            vec![spamcop(REFUSED, "-"), psbl("-"), dbl()],
            Verdict::Unknown,
            "SpamCop",
        ),
        (vec![zen("-")], Verdict::Unknown, "acme.example"),
        (vec![zen("?"), dbl()], Verdict::Unknown, "no answer"),
        // A dead zone that lists everything, and a resolver that makes addresses up.
        (
            vec![spamcop(("127.0.0.2", "127.0.0.2"), "127.0.0.2"), dbl()],
            Verdict::Unknown,
            "it lists what must never be listed",
        ),
        (
            vec![zen("203.0.113.80"), dbl()],
            Verdict::Unknown,
            "rewrites answers",
        ),
        (Vec::new(), Verdict::Unknown, "acme.example"),
    ] {
        let judgement = judged(&seen(lists), &intent());
        assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
    }
}

#[test]
fn nobody_is_asked_who_was_not_allowed() {
    let mut world = seen(Vec::new());
    world.may_ask = false;
    let judgement = judged(&world, &intent());
    assert_eq!(judgement.verdict, Verdict::NotApplicable);
    assert!(judgement.summary.contains("--third-parties blocklists"));
}

#[test]
fn an_address_that_may_stand_somewhere_unseen_lets_nothing_pass() {
    let zen = asked("spamhaus-zen", FINE, &[(ADDRESS, "-")]);
    let mut world = seen(vec![zen, dbl()]);
    world
        .own
        .unseen
        .push("the SPF record of acme.example".into());
    assert_eq!(judged(&world, &intent()).verdict, Verdict::Unknown);
}

#[test]
fn a_web_server_need_not_be_meant_for_sending() {
    let mut intent = intent();
    let world = seen(vec![
        asked("spamhaus-zen", FINE, &[(ADDRESS, "127.0.0.11")]),
        dbl(),
    ]);
    assert_eq!(judged(&world, &intent).verdict, Verdict::Warn);
    let mut host = crate::model::intent::Host {
        name: name("www.acme.example"),
        role: Role::Www,
        target: None,
        address: vec![ADDRESS.parse().unwrap()],
        why: String::new(),
    };
    intent.hosts.push(host.clone());
    let judgement = judged(&world, &intent);
    assert_eq!(judgement.verdict, Verdict::Pass, "{}", judgement.summary);
    assert!(judgement.summary.contains("normal for a web server"));
    host.role = Role::Mail;
    intent.hosts.push(host);
    assert_eq!(judged(&world, &intent).verdict, Verdict::Warn);
}

#[test]
fn the_remedy_looks_for_the_cause_first_and_names_each_list_once() {
    let world = seen(vec![
        asked("spamhaus-zen", FINE, &[(ADDRESS, "127.0.0.2")]),
        asked("psbl", FINE, &[(ADDRESS, "127.0.0.2")]),
        dbl(),
    ]);
    let steps = judged(&world, &intent()).remedy.unwrap().steps;
    assert!(steps[0].contains("Find the cause"), "{steps:?}");
    let of = |page: &str| steps.iter().filter(|step| step.contains(page)).count();
    assert_eq!(
        [
            of("https://check.spamhaus.org/"),
            of("https://psbl.org/"),
            of("https://surbl.org")
        ],
        [1, 1, 0],
        "{steps:?}"
    );
}
