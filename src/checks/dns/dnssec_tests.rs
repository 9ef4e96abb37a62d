//! Worlds for `dns.dnssec`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::observation::dns::RecordType;
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
