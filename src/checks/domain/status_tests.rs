//! `domain.status` on hand-made registrations.

use super::super::fixtures::{gaps, object, seen};
use super::*;
use crate::checks::dns::fixtures::{case, intent, ip, name, now};
use crate::model::observation::dns::DelegationFound;
use crate::model::observation::{Failure, FailureKind};

fn parent(servers: &[&str]) -> Delegation {
    Delegation {
        zone: name("acme.example"),
        at: now(),
        outcome: Ok(DelegationFound {
            parent: "example".to_owned(),
            parent_server: ip("198.51.100.2"),
            parent_ns: servers.iter().map(|s| (*s).to_owned()).collect(),
            parent_ttl: None,
            absent: false,
            ds: Vec::new(),
            glue: Vec::new(),
            servers: Vec::new(),
        }),
    }
}

fn judge(outcome: Result<DomainObject, RdapGap>, parent: Option<Delegation>) -> Judgement {
    let intent = intent(&[]);
    let seen = Seen {
        registration: seen(outcome),
        parent,
    };
    Status.judge(&Some(seen), case("acme.example", &intent))
}

fn with_status(status: &[&str]) -> DomainObject {
    DomainObject {
        status: Some(status.iter().map(|s| (*s).to_owned()).collect()),
        ..object(300)
    }
}

const BOTH: [&str; 2] = ["ns1.acme.example", "NS2.acme.example."];

#[test]
fn states_are_told_apart_in_both_spellings() {
    const LOCK: &str = "client transfer prohibited";
    for (status, verdict, severity) in [
        (&[LOCK][..], Verdict::Pass, None),
        (&["clientTransferProhibited", "ok"], Verdict::Pass, None),
        (&["server transfer prohibited"], Verdict::Pass, None),
        (&["active"], Verdict::Warn, None),
        (&["client delete prohibited"], Verdict::Warn, None),
        (&["pending transfer", LOCK], Verdict::Warn, None),
        (
            &["client hold", LOCK],
            Verdict::Fail,
            Some(Severity::Blocker),
        ),
        (
            &["serverHold", LOCK],
            Verdict::Fail,
            Some(Severity::Blocker),
        ),
        (
            &["redemption period"],
            Verdict::Fail,
            Some(Severity::Blocker),
        ),
        (&["pendingDelete"], Verdict::Fail, Some(Severity::Blocker)),
        (&["pending restore"], Verdict::Fail, Some(Severity::Blocker)),
        (&["inactive", LOCK], Verdict::Fail, None),
        // Additional grace and the like are no harm, and no lock.
        (&["add period", LOCK], Verdict::Pass, None),
        (&[], Verdict::Unknown, None),
    ] {
        let judged = judge(Ok(with_status(status)), Some(parent(&BOTH)));
        assert_eq!(
            (judged.verdict, judged.severity),
            (verdict, severity),
            "{status:?}"
        );
        assert_eq!(
            judged.remedy.is_some(),
            verdict != Verdict::Pass,
            "{status:?}"
        );
    }
}

#[test]
fn name_servers_are_compared_as_sets_of_names() {
    let same = judge(Ok(object(300)), Some(parent(&BOTH)));
    assert_eq!(same.verdict, Verdict::Pass, "{}", same.summary);
    let other = judge(
        Ok(object(300)),
        Some(parent(&["ns1.acme.example", "ns3.acme.example"])),
    );
    assert_eq!(other.verdict, Verdict::Fail);
    assert!(
        other
            .summary
            .contains("ns2.acme.example only at the registry"),
        "{}",
        other.summary
    );
    assert!(
        other
            .summary
            .contains("ns3.acme.example only in the parent zone")
    );
    let untold = DomainObject {
        nameservers: None,
        ..object(300)
    };
    assert_eq!(
        judge(Ok(untold), Some(parent(&BOTH))).verdict,
        Verdict::Unknown
    );
    let failed = Delegation {
        outcome: Err(Failure::new(FailureKind::Timeout, "no answer")),
        ..parent(&[])
    };
    assert_eq!(
        judge(Ok(object(300)), Some(failed.clone())).verdict,
        Verdict::Unknown
    );
    // A hold is a hold, whatever else could not be seen.
    let held = judge(Ok(with_status(&["client hold"])), Some(failed));
    assert_eq!(held.verdict, Verdict::Fail);
}

#[test]
fn nothing_learned_is_unknown_and_not_opted_in_is_blocked() {
    for gap in gaps() {
        assert_eq!(
            judge(Err(gap.clone()), None).verdict,
            Verdict::Unknown,
            "{gap:?}"
        );
    }
    assert_eq!(
        judge(Err(RdapGap::NotOptedIn), None).verdict,
        Verdict::Blocked
    );
    let private = judge(Err(RdapGap::PrivateSuffix("vercel.app".to_owned())), None);
    assert_eq!(private.verdict, Verdict::NotApplicable);
}
