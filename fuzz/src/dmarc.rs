//! DMARC: the version, the record, its report addresses, and the tidy record that a finding proposes.

use launch_ready::checks::mail::dmarc::mend::tidy;
use launch_ready::checks::mail::dmarc::record::{DmarcRecord, Policy, read};
use launch_ready::checks::mail::dmarc::version::{is_dmarc, near_miss};
use launch_ready::checks::mail::dmarc_reports::address::{Address, Kind};

use super::world::assert_harmless;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if is_dmarc(&text) {
        assert_eq!(near_miss(&text), None);
        record(&text);
    } else {
        record(&format!("v=DMARC1; {text}"));
    }
    if let Some(why) = near_miss(&text) {
        assert!(!is_dmarc(&text) && !why.is_empty());
    }
    address(&text);
}

fn record(text: &str) {
    let record = read(text);
    words(&record);
    // Testing never makes a policy stronger.
    let stern = DmarcRecord {
        testing: false,
        ..record.clone()
    };
    for (asked, meant) in [
        (record.effective(), stern.effective()),
        (record.effective_subdomains(), stern.effective_subdomains()),
        (record.effective_missing(), stern.effective_missing()),
    ] {
        assert!(asked <= meant, "{text:?}");
        assert!(record.policy.is_some() || asked <= Policy::Reject);
    }
    let new = tidy(&record);
    assert_harmless(&new);
    assert!(is_dmarc(&new), "{new:?}");
    if record.errors.is_empty() {
        let again = read(&new);
        let left: Vec<&String> = again.errors.iter().chain(&again.notes).collect();
        assert!(left.is_empty(), "{left:?}: {new:?} out of {text:?}");
        assert!(again.policy >= record.policy, "{new:?} out of {text:?}");
        assert_eq!(tidy(&again), new, "out of {text:?}");
    }
    for uri in record.rua.iter().chain(&record.ruf) {
        address(uri);
    }
}

fn words(record: &DmarcRecord) {
    for line in record.errors.iter().chain(&record.notes) {
        assert_harmless(line);
    }
    let uris = record.rua.iter().chain(&record.ruf);
    assert!(
        uris.clone()
            .all(|uri| !uri.is_empty() && record.text.contains(uri.as_str()))
    );
}

fn address(uri: &str) {
    let address = Address::read(uri);
    assert_harmless(&address.text);
    match address.kind {
        Kind::Mail { host, .. } => {
            assert!(host.labels() > 1);
        }
        _ => assert!(address.flaw().is_some_and(|why| !why.is_empty())),
    }
}
