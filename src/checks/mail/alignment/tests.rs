//! The worlds that alignment is judged by, and their verdicts.

use super::super::dkim::key::samples::rsa;
use super::super::worlds::{case, intent, mx, name, no_name, nothing, sending_intent, silent, txt};
use super::*;

const HOME: &str = "acme.example";
const STRICT: &str = "v=DMARC1; p=quarantine; adkim=s; aspf=s";
const LOOSE: &str = "v=DMARC1; p=quarantine";

fn key() -> String {
    format!("v=DKIM1; p={}", rsa(2048))
}

/// The walk from `start`, with `record` at the domain.
fn climbed(start: &str, record: &str) -> TreeWalk {
    let own = txt("_dmarc.acme.example", &[record]);
    let top = no_name("_dmarc.example", RecordType::Txt);
    let first = no_name(&format!("_dmarc.{start}"), RecordType::Txt);
    let answers = match start {
        HOME => vec![own, top],
        below if below.ends_with(".acme.example") => vec![first, own, top],
        _ => vec![first],
    };
    TreeWalk { answers }
}

fn place(domain: &str, record: &str, answer: DnsAnswer) -> KeyPlace {
    KeyPlace {
        domain: name(domain),
        walk: climbed(domain, record),
        wildcard: no_name(&format!("x._domainkey.{domain}"), RecordType::Txt),
        answers: vec![answer],
    }
}

fn key_at(domain: &str) -> DnsAnswer {
    txt(&format!("mailer._domainkey.{domain}"), &[&key()])
}

fn no_key_at(domain: &str) -> DnsAnswer {
    no_name(&format!("mailer._domainkey.{domain}"), RecordType::Txt)
}

fn bounce_at(domain: &str, record: &str, list: &str) -> Bounce {
    Bounce {
        domain: name(domain),
        walk: climbed(domain, record),
        spf: SpfNode {
            domain: domain.into(),
            answer: Some(txt(domain, &[list])),
            branches: vec![super::super::spf::tree::Branch {
                term: "include:_spf.mailer.example".into(),
                looked: super::super::spf::tree::Looked::Record(Box::new(SpfNode {
                    domain: "_spf.mailer.example".into(),
                    answer: Some(txt("_spf.mailer.example", &["v=spf1 ip4:192.0.2.1 -all"])),
                    branches: Vec::new(),
                })),
            }],
        },
    }
}

fn seen(record: &str, places: Vec<KeyPlace>, bounce: Option<Bounce>) -> AlignmentSeen {
    AlignmentSeen {
        mx: mx(HOME, &[(10, "mx.acme.example")]),
        txt: nothing(HOME, RecordType::Txt),
        home: climbed(HOME, record),
        places,
        bounce,
    }
}

fn verdict(seen: &AlignmentSeen, intent: &Intent) -> Judgement {
    Alignment.judge(seen, case("mailer", intent))
}

#[test]
fn one_way_is_enough_and_none_is_a_failure() {
    let lists = "v=spf1 include:_spf.mailer.example -all";
    let below = "bounce.acme.example";
    let here = |record| vec![place(HOME, record, key_at(HOME))];
    let gone = |record| vec![place(HOME, record, no_key_at(HOME))];
    for (seen, want, words) in [
        (seen(STRICT, here(STRICT), None), Verdict::Pass, "by DKIM"),
        (
            seen(STRICT, gone(STRICT), Some(bounce_at(HOME, STRICT, lists))),
            Verdict::Pass,
            "by SPF",
        ),
        (
            seen(LOOSE, gone(LOOSE), Some(bounce_at(below, LOOSE, lists))),
            Verdict::Pass,
            "by SPF (bounce.acme.example)",
        ),
        (
            seen(LOOSE, here(LOOSE), Some(bounce_at(below, LOOSE, lists))),
            Verdict::Pass,
            "by DKIM (mailer._domainkey.acme.example) and by SPF",
        ),
        (
            seen(STRICT, gone(STRICT), Some(bounce_at(below, STRICT, lists))),
            Verdict::Fail,
            "`aspf=s`",
        ),
        (
            seen(
                LOOSE,
                gone(LOOSE),
                Some(bounce_at("amazonses.test", LOOSE, lists)),
            ),
            Verdict::Fail,
            "no name of acme.example",
        ),
        (
            seen(
                LOOSE,
                gone(LOOSE),
                Some(bounce_at(below, LOOSE, "v=spf1 -all")),
            ),
            Verdict::Fail,
            "lets nobody in",
        ),
        (
            seen(LOOSE, gone(LOOSE), None),
            Verdict::Unknown,
            "bounce domain is not known",
        ),
    ] {
        let judgement = verdict(&seen, &sending_intent());
        assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
        assert_eq!(judgement.remedy.is_some(), want != Verdict::Pass);
        assert_eq!(judgement.exhibits.len(), 1);
    }
}

#[test]
fn a_key_below_a_subdomain_counts_when_alignment_is_relaxed() {
    let below = "bounce.acme.example";
    let places = |record| {
        vec![
            place(HOME, record, no_key_at(HOME)),
            place(below, record, key_at(below)),
        ]
    };
    let list = "v=spf1 mx -all";
    let loose = seen(LOOSE, places(LOOSE), Some(bounce_at(below, LOOSE, list)));
    assert_eq!(verdict(&loose, &sending_intent()).verdict, Verdict::Pass);
    let strict = seen(STRICT, places(STRICT), Some(bounce_at(below, STRICT, list)));
    let judgement = verdict(&strict, &sending_intent());
    assert_eq!(judgement.verdict, Verdict::Fail);
    let change = judgement.remedy.unwrap().records[0].clone();
    assert_eq!(change.name, "_dmarc.acme.example");
    assert_eq!(change.value, "v=DMARC1; p=quarantine");
}

#[test]
fn what_was_guessed_or_not_read_never_fails() {
    let mut guessed = sending_intent();
    guessed.senders[0].selectors.clear();
    let stranger = || Some(bounce_at("amazonses.test", LOOSE, "v=spf1 -all"));
    let absent = vec![place(HOME, LOOSE, no_key_at(HOME))];
    let judgement = verdict(&seen(LOOSE, absent.clone(), stranger()), &guessed);
    assert_eq!(judgement.verdict, Verdict::Unknown, "{}", judgement.summary);
    let quiet = vec![place(
        HOME,
        LOOSE,
        silent("mailer._domainkey.acme.example", RecordType::Txt),
    )];
    let judgement = verdict(&seen(LOOSE, quiet, stranger()), &sending_intent());
    assert_eq!(judgement.verdict, Verdict::Unknown, "{}", judgement.summary);
    let sure = verdict(&seen(LOOSE, absent, stranger()), &sending_intent());
    assert_eq!(sure.verdict, Verdict::Fail, "{}", sure.summary);
}

#[test]
fn a_policy_that_could_not_be_read_spoils_only_what_depends_on_it() {
    let below = "bounce.acme.example";
    let lists = "v=spf1 include:_spf.mailer.example -all";
    let mut blind = seen(
        LOOSE,
        vec![place(HOME, LOOSE, no_key_at(HOME))],
        Some(bounce_at(below, LOOSE, lists)),
    );
    blind.home = TreeWalk {
        answers: vec![silent("_dmarc.acme.example", RecordType::Txt)],
    };
    assert_eq!(verdict(&blind, &sending_intent()).verdict, Verdict::Unknown);
    blind.places = vec![place(HOME, LOOSE, key_at(HOME))];
    assert_eq!(verdict(&blind, &sending_intent()).verdict, Verdict::Pass);
}

#[test]
fn without_senders_it_depends_on_whether_mail_is_sent() {
    assert_eq!(Alignment.subjects(&sending_intent()), ["mailer"]);
    assert_eq!(Alignment.subjects(&intent()), [HOME]);
    let mut world = seen(LOOSE, Vec::new(), None);
    let said = |world: &AlignmentSeen| Alignment.judge(world, case(HOME, &intent())).verdict;
    assert_eq!(said(&world), Verdict::Unknown);
    world.mx = nothing(HOME, RecordType::Mx);
    assert_eq!(said(&world), Verdict::NotApplicable);
}
