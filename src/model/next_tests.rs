//! A table: what happened, and what is to be done next.

use super::*;
use crate::model::event::EventBody;
use crate::model::story::{Story, at, playbook};
use crate::model::verdict::Severity::{Blocker, Fix};
use crate::model::verdict::Verdict;

const NOBODY: BTreeSet<FindingKey> = BTreeSet::new();

fn line(next: Option<Next>) -> String {
    next.map_or_else(String::new, |n| format!("{} | {}", n.what, n.why))
}

fn said(story: &Story, hour: i64) -> String {
    line(next(&playbook(), &story.session(), at(hour), &NOBODY))
}

fn key(check: &str) -> FindingKey {
    FindingKey {
        check: check.into(),
        subject: "acme.example".into(),
    }
}

/// Everything looked at and good at that hour.
fn good(story: Story) -> Story {
    story
        .ran()
        .found("mail.spf", Verdict::Pass, Blocker)
        .found("tls.chain", Verdict::Pass, Blocker)
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
fn each_state_of_a_sprint_has_its_next_step() {
    let new = Story::default();
    let flags = Story::default().answered("access-dns", true);
    let up = flags.clone().answered("shared-admin", true);
    let calm = flags.clone().answered("shared-admin", false);
    let started = Story::started();
    let broken = Story::started()
        .ran()
        .found("mail.spf", Verdict::Fail, Blocker);
    let owned = Story::started().ran().found("mail.spf", Verdict::Fail, Fix);
    let lapsed = broken.clone().waived("mail", 4);
    let closed = good(Story::started()).signed("audit-closed", "Ada");
    let drilled = closed.clone().answered("alert-drill", true);
    let twice = drilled.clone().signed("go-live", "Ada");
    let live = twice.clone().signed("go-live", "Bo");
    let over = live.clone().then(EventBody::HandedOver {
        run: "1".into(),
        to: "team".into(),
    });
    let paused = good(Story::started()).then(EventBody::ClockPaused {
        cause: "client: a signature".into(),
    });
    for (what, story, hour, want) in [
        (
            "access first",
            &new,
            1,
            "ask: Can you change records? | the last access before hour 0",
        ),
        (
            "then red flags",
            &flags,
            1,
            "ask: One administrator account is shared. | 1 red flag was not asked about",
        ),
        (
            "one is up",
            &up,
            1,
            "bring in an engineer: One administrator account is shared. | An engineer separates them.",
        ),
        (
            "then the clock",
            &calm,
            1,
            "start the clock | all access is there",
        ),
        (
            "then a look",
            &started,
            1,
            "check everything | nobody looked yet",
        ),
        (
            "then blockers",
            &broken,
            1,
            "fix: mail.spf is fail | the last blocker: mail.spf is fail",
        ),
        (
            "an owner is missing",
            &owned,
            1,
            "name an owner of “Mail” | “Audit closed” is shut by “Mail”",
        ),
        (
            "a waiver is over",
            &lapsed,
            5,
            "decide again: Mail | the waiver by Bo lapsed: its day came",
        ),
        (
            "it stands until then",
            &lapsed,
            3,
            "sign “Audit closed” | nothing keeps the gate shut; one name is missing",
        ),
        (
            "a question",
            &closed,
            1,
            "ask: Drilled? | “Go-live” is shut by “Drill”",
        ),
        (
            "old evidence",
            &drilled,
            30,
            "look again, then sign “Go-live” | only old evidence keeps the gate shut",
        ),
        (
            "two names",
            &drilled,
            1,
            "sign “Go-live” | nothing keeps the gate shut; 2 names are missing",
        ),
        (
            "one name",
            &twice,
            1,
            "sign “Go-live” | nothing keeps the gate shut; one name is missing",
        ),
        ("hand over", &live, 1, "hand over | every gate is signed"),
        ("day one is fresh", &over, 1, ""),
        (
            "a day later",
            &over,
            26,
            "check everything again | the last look is older than a day",
        ),
        (
            "the clock stands",
            &paused,
            1,
            "go on with the clock | once it is there: client: a signature",
        ),
    ] {
        assert_eq!(said(story, hour), want, "{what}");
    }
}

#[test]
fn what_must_spread_longest_is_changed_first() {
    let story = Story::started()
        .ran()
        .found("tls.chain", Verdict::Fail, Blocker)
        .changing_to("mail.spf", "acme.example", 300)
        .changing_to("tls.caa", "www.acme.example", 86_400);
    assert_eq!(
        said(&story, 1),
        "add TXT www.acme.example | first, it needs up to 24 h to spread: tls.caa is fail"
    );
    let after = story.found("tls.caa", Verdict::Pass, Blocker);
    assert_eq!(
        said(&after, 1),
        "add TXT acme.example | first, it needs up to 5 min to spread: mail.spf is fail"
    );
    // While that spreads, the next one; and when everything spreads, what the gate asks.
    let waiting = BTreeSet::from([key("mail.spf")]);
    let meanwhile = line(next(&playbook(), &after.session(), at(1), &waiting));
    assert_eq!(
        meanwhile,
        "fix: tls.chain is fail | while mail.spf spreads: the last blocker: tls.chain is fail"
    );
}

#[test]
fn what_is_blocked_waits_and_says_so_no_more_once_it_is_settled() {
    let story = Story::started()
        .ran()
        .found("mail.spf", Verdict::Fail, Blocker)
        .owned("mail.spf acme.example", "tls")
        .found("tls.chain", Verdict::Fail, Blocker);
    assert!(
        said(&story, 1).starts_with("fix: tls.chain"),
        "{}",
        said(&story, 1)
    );
    let after = story.found("tls.chain", Verdict::Pass, Blocker);
    let next = next(&playbook(), &after.session(), at(1), &NOBODY).unwrap();
    assert_eq!(
        (next.what.as_str(), next.owner.as_str()),
        ("fix: mail.spf is fail", "Bo")
    );
    assert_eq!(next.place, Place::Finding(key("mail.spf")));
}
