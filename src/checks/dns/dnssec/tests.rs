//! Worlds for `dns.dnssec`.

use jiff::SignedDuration;

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::observation::dns::{Record, RecordData, RecordType, Signature};
use crate::model::verdict::Verdict;

const ZONE: &str = "acme.example";

fn signature(covers: &str, key_tag: u16, hours_left: i64) -> Signature {
    Signature {
        covers: covers.into(),
        key_tag,
        algorithm: 13,
        inception: make::now() - SignedDuration::from_hours(48),
        expiration: make::now() + SignedDuration::from_hours(hours_left),
        verified: Ok(()),
    }
}

fn secure() -> Dnssec {
    let ds = RecordData::Ds {
        key_tag: 7,
        algorithm: 13,
        digest_type: 2,
        digest: "AB".into(),
    };
    let key = |key_tag| RecordData::Dnskey {
        flags: 257,
        algorithm: 13,
        key_tag,
        bits: None,
    };
    Dnssec {
        zone: make::name(ZONE),
        at: make::now(),
        ds: make::reply(ZONE, RecordType::Ds, vec![make::record(ZONE, 60, ds)]),
        dnskey: make::reply(
            ZONE,
            RecordType::Dnskey,
            vec![make::record(ZONE, 60, key(7))],
        ),
        checked: make::soa(ZONE, 1),
        unchecked: make::soa(ZONE, 1),
        ds_matches: vec![7],
        signatures: vec![signature("DNSKEY", 7, 240), signature("SOA", 7, 240)],
    }
}

fn judge(change: impl FnOnce(&mut Dnssec)) -> Judgement {
    let mut seen = secure();
    change(&mut seen);
    DnssecCheck.judge(&seen, make::case(ZONE, &make::intent(&[])))
}

fn ds(key_tag: u16, algorithm: u8, digest_type: u8) -> Record {
    let data = RecordData::Ds {
        key_tag,
        algorithm,
        digest_type,
        digest: "AB".into(),
    };
    make::record(ZONE, 60, data)
}

/// The parent has these DS records; `matches` of them fit.
fn at_parent(records: Vec<Record>, matches: &[u16]) -> Judgement {
    judge(|s| {
        s.ds = make::reply(ZONE, RecordType::Ds, records);
        s.ds_matches = matches.to_vec();
        s.checked = failed();
    })
}

fn steps(judgement: &Judgement) -> String {
    judgement.remedy.as_ref().unwrap().steps.join("\n")
}

#[test]
fn a_ds_that_the_move_left_behind_is_named_and_goes_first() {
    let signed = at_parent(vec![ds(2_371, 13, 2)], &[]);
    let unsigned = judge(|s| {
        s.dnskey = make::nodata(ZONE, RecordType::Dnskey, ZONE);
        s.checked = failed();
    });
    for (judgement, says, last) in [
        (
            signed,
            "key tag 2371) fits no key",
            "enter at the registrar the DS record that it shows today",
        ),
        (unsigned, "the zone has no DNSKEY", "switch DNSSEC on"),
    ] {
        assert_eq!(judgement.verdict, Verdict::Fail);
        assert!(judgement.summary.contains(says), "{}", judgement.summary);
        assert!(
            judgement
                .summary
                .contains("left behind by the move from the former DNS host"),
            "{}",
            judgement.summary
        );
        let steps = &judgement.remedy.as_ref().unwrap().steps;
        assert!(
            steps[0].starts_with("First, at the registrar") && steps[0].contains("delete the DS")
        );
        assert!(steps[1].contains("TTL"), "{steps:?}");
        assert!(steps[2].contains(last), "{steps:?}");
    }
}

#[test]
fn where_the_zone_does_not_answer_either_nothing_is_said_of_a_move() {
    let judgement = judge(|s| {
        s.ds_matches.clear();
        s.dnskey = make::reply(ZONE, RecordType::Dnskey, vec![]);
        s.ds = make::reply(ZONE, RecordType::Ds, vec![ds(9, 13, 2)]);
        s.checked = failed();
        s.unchecked = failed();
    });
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert!(!judgement.summary.contains("move"), "{}", judgement.summary);
}

#[test]
fn old_signatures_under_a_ds_that_fits_are_another_fault() {
    let judgement = judge(|s| {
        for signature in &mut s.signatures {
            signature.expiration = make::now() - SignedDuration::from_hours(1);
        }
        s.checked = failed();
    });
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert!(judgement.summary.contains("ran out") && !judgement.summary.contains("move"));
    let steps = steps(&judgement);
    assert!(
        steps.contains("re-signing") && steps.contains("Leave the DS record"),
        "{steps}"
    );
}

#[test]
fn a_digest_that_was_copied_wrongly_is_no_move() {
    let judgement = at_parent(vec![ds(7, 13, 2)], &[]);
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert!(
        judgement.summary.contains("names key 7"),
        "{}",
        judgement.summary
    );
}

#[test]
fn a_ds_that_validators_do_not_know_leaves_the_zone_unsigned() {
    let left_out = |records: Vec<Record>, change: fn(&mut Dnssec)| {
        let judgement = judge(|s| {
            s.ds = make::reply(ZONE, RecordType::Ds, records);
            s.ds_matches.clear();
            change(s);
        });
        (judgement.verdict, judgement.severity)
    };
    let advice = (Verdict::Warn, Some(Severity::Advice));
    assert_eq!(left_out(vec![ds(7, 12, 2)], |_| {}), advice);
    assert_eq!(left_out(vec![ds(7, 13, 3), ds(7, 253, 2)], |_| {}), advice);
    // By a resolver that knows more it is secure, or broken; where none could be asked nothing is known.
    let secure = |s: &mut Dnssec| {
        if let Ok(message) = s.checked.outcome.as_mut() {
            message.ad = true;
        }
    };
    assert_eq!(left_out(vec![ds(7, 16, 2)], secure).0, Verdict::Pass);
    assert_eq!(
        left_out(vec![ds(7, 16, 2)], |s| s.checked = failed()).0,
        Verdict::Fail
    );
    let silent = |s: &mut Dnssec| s.checked = make::timeout(ZONE, RecordType::Soa);
    assert_eq!(left_out(vec![ds(7, 12, 2)], silent).0, Verdict::Unknown);
    // One that is known counts alone: it fits, or it does not.
    assert_eq!(
        at_parent(vec![ds(7, 12, 2), ds(9, 13, 2)], &[]).verdict,
        Verdict::Fail
    );
    let one_fits = judge(|s| {
        s.ds = make::reply(
            ZONE,
            RecordType::Ds,
            vec![ds(7, 13, 2), ds(9, 13, 2), ds(8, 12, 2)],
        );
    });
    assert_eq!(one_fits.verdict, Verdict::Pass);
}

#[test]
fn an_anchor_of_the_operators_vouches_without_the_parent() {
    let judgement = judge(|s| s.ds = make::reply(ZONE, RecordType::Ds, vec![ds(9, 13, 2)]));
    assert_eq!(judgement.verdict, Verdict::Pass);
}

fn failed() -> DnsAnswer {
    make::error(ZONE, RecordType::Soa, Rcode::ServFail)
}

#[test]
fn secure_passes_and_unsigned_is_advice() {
    assert_eq!(judge(|_| {}).verdict, Verdict::Pass);
    let unsigned = judge(|s| {
        s.ds = make::nodata(ZONE, RecordType::Ds, "example");
        s.dnskey = make::nodata(ZONE, RecordType::Dnskey, ZONE);
        s.ds_matches.clear();
        s.signatures.clear();
    });
    assert_eq!(
        (unsigned.verdict, unsigned.severity),
        (Verdict::Warn, Some(Severity::Advice))
    );
}

#[test]
fn every_way_of_being_bogus_blocks() {
    let ways: [fn(&mut Dnssec); 8] = [
        |s| s.ds_matches.clear(),
        |s| s.dnskey = make::nodata(ZONE, RecordType::Dnskey, ZONE),
        |s| {
            s.signatures
                .iter_mut()
                .for_each(|g| g.expiration = make::now() - SignedDuration::from_hours(1));
        },
        |s| {
            s.signatures
                .iter_mut()
                .for_each(|g| g.inception = make::now() + SignedDuration::from_hours(1));
        },
        |s| s.signatures.clear(),
        |s| {
            s.signatures
                .iter_mut()
                .for_each(|g| g.verified = Err("bad".into()));
        },
        |s| s.signatures[0].key_tag = 9,
        |s| s.checked = failed(),
    ];
    for (index, way) in ways.into_iter().enumerate() {
        let judgement = judge(way);
        assert_eq!(
            (judgement.verdict, judgement.severity),
            (Verdict::Fail, None),
            "way {index}"
        );
        assert!(judgement.remedy.is_some());
    }
}

#[test]
fn one_good_signature_among_bad_ones_is_enough() {
    let judgement = judge(|s| {
        let mut bad = signature("SOA", 8, 240);
        bad.verified = Err("unknown key".into());
        s.signatures.push(bad);
    });
    assert_eq!(judgement.verdict, Verdict::Pass);
}

#[test]
fn an_outage_is_not_bogus() {
    let both_fail = judge(|s| {
        s.checked = failed();
        s.unchecked = failed();
    });
    assert_eq!(both_fail.verdict, Verdict::Unknown);
    let no_ds = judge(|s| s.ds = make::timeout(ZONE, RecordType::Ds));
    assert_eq!(no_ds.verdict, Verdict::Unknown);
    let no_keys = judge(|s| s.dnskey = make::timeout(ZONE, RecordType::Dnskey));
    assert_eq!(no_keys.verdict, Verdict::Unknown);
}

#[test]
fn signatures_that_are_about_to_end_are_worth_a_look() {
    let judgement = judge(|s| s.signatures[1] = signature("SOA", 7, 3));
    assert_eq!(judgement.verdict, Verdict::Warn);
}

#[test]
fn a_name_inside_a_zone_is_none() {
    let inside = judge(|s| s.unchecked = make::nodata(ZONE, RecordType::Soa, "example"));
    assert_eq!(inside.verdict, Verdict::NotApplicable);
}
