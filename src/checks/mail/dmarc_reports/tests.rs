//! Records and their destinations, and what becomes of the reports.

use super::super::worlds::{
    broken, case, intent, mx, name, no_name, nothing, sending_intent, silent, txt,
};
use super::destination::tests::{CONSENT, elsewhere};
use super::*;
use crate::model::verdict::Verdict;

const AT: &str = "_dmarc.acme.example";

fn seen(record: &str, destinations: Vec<Destination>) -> ReportsSeen {
    ReportsSeen {
        dmarc: DmarcSeen {
            walk: TreeWalk {
                answers: vec![txt(AT, &[record])],
            },
            txt: nothing("acme.example", RecordType::Txt),
            mx: nothing("acme.example", RecordType::Mx),
            doubled: None,
        },
        climb: Some(TreeWalk {
            answers: vec![
                txt(AT, &[record]),
                no_name("_dmarc.example", RecordType::Txt),
            ],
        }),
        destinations,
    }
}

fn own() -> Destination {
    Destination {
        host: name("acme.example"),
        mx: mx("acme.example", &[(10, "mx.acme.example")]),
        addresses: Vec::new(),
        walk: None,
        consent: None,
    }
}

fn verdict(seen: &ReportsSeen) -> Judgement {
    DmarcReports.judge(seen, case("acme.example", &sending_intent()))
}

#[test]
fn worlds_and_verdicts() {
    let denied = || elsewhere(no_name(CONSENT, RecordType::Txt));
    let agreed = || elsewhere(txt(CONSENT, &["v=DMARC1"]));
    let unheard = || elsewhere(silent(CONSENT, RecordType::Txt));
    let mine = "mailto:d@acme.example";
    let theirs = "mailto:d@reports.example";
    for (tags, destinations, want, words) in [
        (
            format!("rua={mine}"),
            vec![own()],
            Verdict::Pass,
            "go to acme.example",
        ),
        (
            format!("rua={mine},{theirs}"),
            vec![own(), agreed()],
            Verdict::Pass,
            "reports.example",
        ),
        (
            format!("rua={theirs}"),
            vec![denied()],
            Verdict::Fail,
            "does not agree",
        ),
        (
            format!("rua={mine},{theirs}"),
            vec![own(), denied()],
            Verdict::Warn,
            "does not agree",
        ),
        (
            format!("rua={theirs}"),
            vec![unheard()],
            Verdict::Unknown,
            "no answer",
        ),
        (
            format!("rua={mine},{theirs}"),
            vec![own(), unheard()],
            Verdict::Unknown,
            "no answer",
        ),
        (
            "rua=d@acme.example".to_owned(),
            vec![],
            Verdict::Fail,
            "write `mailto:d@acme.example`",
        ),
        (
            format!("rua={mine},d@b.example"),
            vec![own()],
            Verdict::Warn,
            "write `mailto:",
        ),
        (
            "rua=https://a.example/".to_owned(),
            vec![],
            Verdict::Fail,
            "no `mailto:`",
        ),
        (
            format!("rua={mine}!10m"),
            vec![own()],
            Verdict::Warn,
            "size limit",
        ),
        (
            format!("rua={mine}; ruf={theirs}"),
            vec![own(), denied()],
            Verdict::Warn,
            "in `ruf=`",
        ),
        (
            format!("rua={mine}; ruf=d@x.example"),
            vec![own()],
            Verdict::Warn,
            "in `ruf=`",
        ),
        (
            format!("rua={mine},{mine},{mine}"),
            vec![own()],
            Verdict::Warn,
            "3 addresses",
        ),
        ("aspf=s".to_owned(), vec![], Verdict::Fail, "no `rua=`"),
    ] {
        let judgement = verdict(&seen(&format!("v=DMARC1; p=none; {tags}"), destinations));
        assert_eq!(judgement.verdict, want, "{tags}: {}", judgement.summary);
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
        assert!(!judgement.plain.is_empty());
        let has_remedy = matches!(want, Verdict::Warn | Verdict::Fail);
        assert_eq!(judgement.remedy.is_some(), has_remedy, "{tags}");
    }
}

#[test]
fn without_a_record_nobody_reports_and_silence_is_unknown() {
    let with = |answer, intent: &Intent| {
        let mut world = seen("v=DMARC1; p=none", vec![]);
        world.dmarc.walk.answers = vec![answer];
        DmarcReports
            .judge(&world, case("acme.example", intent))
            .verdict
    };
    let none = || no_name(AT, RecordType::Txt);
    assert_eq!(with(none(), &sending_intent()), Verdict::Fail);
    assert_eq!(with(none(), &intent()), Verdict::Warn);
    assert_eq!(
        with(broken(AT, RecordType::Txt), &sending_intent()),
        Verdict::Unknown
    );
    // A domain that sends nothing needs no reports.
    let parked = txt(AT, &["v=DMARC1; p=reject; sp=reject"]);
    assert_eq!(with(parked, &intent()), Verdict::Pass);
}

#[test]
fn the_record_to_publish_is_composed() {
    let change = |tags: &str, destinations| {
        let judgement = verdict(&seen(&format!("v=DMARC1; p=none; {tags}"), destinations));
        judgement.remedy.unwrap().records[0].clone()
    };
    let consent = change(
        "rua=mailto:d@reports.example",
        vec![elsewhere(nothing(CONSENT, RecordType::Txt))],
    );
    assert_eq!(
        (consent.name.as_str(), consent.value.as_str()),
        (CONSENT, "v=DMARC1;")
    );
    let tidied = change("rua=d@acme.example", vec![]);
    assert_eq!(tidied.value, "v=DMARC1; p=none; rua=mailto:d@acme.example");
    let other = change("rua=https://a.example/", vec![]);
    assert_eq!(
        other.value,
        "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"
    );
    let added = change("aspf=s", vec![]);
    assert_eq!(added.old.as_deref(), Some("v=DMARC1; p=none; aspf=s"));
    assert_eq!(
        added.value,
        "v=DMARC1; p=none; aspf=s; rua=mailto:dmarc@acme.example"
    );
}

#[test]
fn a_record_above_names_the_policy_domain() {
    let mut world = seen("v=DMARC1; p=none", vec![]);
    world.dmarc.walk.answers = vec![
        no_name("_dmarc.a.acme.example", RecordType::Txt),
        txt(AT, &["v=DMARC1; p=none; rua=mailto:d@acme.example"]),
    ];
    let walk = &world.dmarc.walk;
    let applied = Applied::of(walk, &name("a.acme.example")).unwrap();
    assert_eq!(applied.domain, name("acme.example"));
    assert_eq!(applied.hosts(), [name("acme.example")]);
    // The reports of a public suffix go to its operator.
    world.dmarc.walk.answers[1] = txt(
        "_dmarc.example",
        &["v=DMARC1; p=none; psd=y; rua=mailto:d@nic.example"],
    );
    assert!(Applied::of(&world.dmarc.walk, &name("acme.example")).is_none());
}
