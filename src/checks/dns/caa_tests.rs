//! Worlds for `dns.caa`.

use super::*;
use crate::checks::dns::fixtures as make;
use crate::model::observation::dns::{Caa, Rcode, RecordData};
use crate::model::observation::tls::{PublicKey, TlsSession};
use crate::model::verdict::Verdict;

const HOST: &str = "portal.acme.example";

fn certificate(organisation: &str, names: &[&str]) -> Certificate {
    Certificate {
        subject: format!("CN={HOST}"),
        issuer: format!("C=US, O={organisation}, CN=R1"),
        serial: "01".into(),
        sha256: "00".into(),
        not_before: make::now(),
        not_after: make::now(),
        dns_names: names.iter().map(|n| (*n).to_owned()).collect(),
        ip_names: Vec::new(),
        key: PublicKey {
            kind: "EC".into(),
            bits: 256,
        },
        signature: String::new(),
        is_ca: false,
        self_signed: false,
        below_root: false,
        issuer_urls: Vec::new(),
        ocsp_urls: Vec::new(),
        must_staple: false,
        crl_urls: Vec::new(),
        spki: String::new(),
        scts: 0,
        sct_logs: Vec::new(),
        problem: None,
    }
}

fn shown(leaf: Certificate) -> TlsHandshake {
    TlsHandshake {
        host: make::name(HOST),
        address: make::ip("203.0.113.20"),
        port: 443,
        at: make::now(),
        took_ms: 1,
        outcome: Ok(TlsSession {
            protocol: "TLSv1.3".into(),
            cipher: "TLS_AES_128_GCM_SHA256".into(),
            alpn: None,
            group: None,
            chain: vec![leaf],
            verified: Ok(()),
            public: Some(true),
            stapled: false,
            staple: None,
        }),
    }
}

fn told(answer: DnsAnswer) -> Told {
    Told {
        truth: answer.clone(),
        resolver: answer,
        honest: true,
    }
}

fn caa(owner: &str, values: &[&str]) -> DnsAnswer {
    let records = values
        .iter()
        .map(|value| {
            let data = RecordData::Caa(Caa {
                critical: false,
                tag: "issue".into(),
                value: (*value).to_owned(),
            });
            make::record(owner, 300, data)
        })
        .collect();
    make::reply(owner, RecordType::Caa, records)
}

fn none(owner: &str) -> Told {
    told(make::nodata(owner, RecordType::Caa, "acme.example"))
}

fn judge(
    climb: Vec<Told>,
    shown: impl Into<Option<TlsHandshake>>,
    change: impl FnOnce(&mut Intent),
) -> Judgement {
    let mut intent = make::intent(&[(HOST, crate::model::intent::Role::Portal)]);
    change(&mut intent);
    CaaCheck.judge(
        &Seen {
            climb,
            shown: shown.into(),
        },
        make::case(HOST, &intent),
    )
}

fn set(values: &[&str]) -> Vec<Told> {
    vec![none(HOST), told(caa("acme.example", values))]
}

fn lets_encrypt() -> TlsHandshake {
    shown(certificate("Let's Encrypt", &[HOST]))
}

#[test]
fn absent_everywhere_passes_and_an_error_on_the_way_does_not() {
    assert_eq!(
        judge(
            vec![none(HOST), none("acme.example"), none("example")],
            None::<TlsHandshake>,
            |_| {}
        )
        .verdict,
        Verdict::Pass
    );
    for broken in [
        make::error("acme.example", RecordType::Caa, Rcode::ServFail),
        make::timeout("acme.example", RecordType::Caa),
    ] {
        assert_eq!(
            judge(vec![none(HOST), told(broken)], lets_encrypt(), |_| {}).verdict,
            Verdict::Unknown
        );
    }
}

#[test]
fn the_issuer_must_be_among_the_allowed() {
    for (values, issuer, want) in [
        (vec!["letsencrypt.org"], "Let's Encrypt", Verdict::Pass),
        (
            vec!["digicert.com", "letsencrypt.org"],
            "Let's Encrypt",
            Verdict::Pass,
        ),
        (vec!["digicert.com"], "Let's Encrypt", Verdict::Fail),
        (vec!["some-ca.example"], "Let's Encrypt", Verdict::Fail),
        (vec![";"], "Let's Encrypt", Verdict::Fail),
        (vec!["small-ca.example"], "Small CA", Verdict::Pass),
        (vec!["letsencrypt.org"], "Small CA", Verdict::Fail),
        (vec!["other.example"], "Small CA", Verdict::Unknown),
    ] {
        let judgement = judge(set(&values), shown(certificate(issuer, &[HOST])), |_| {});
        assert_eq!(judgement.verdict, want, "{values:?} {issuer}");
        assert_eq!(judgement.remedy.is_some(), want == Verdict::Fail);
    }
    assert_eq!(
        judge(set(&["letsencrypt.org"]), None::<TlsHandshake>, |_| {}).verdict,
        Verdict::Unknown
    );
}

#[test]
fn an_unknown_authority_is_known_by_its_own_servers() {
    let leaf = || {
        let mut leaf = certificate("Small CA", &[HOST]);
        leaf.issuer_urls = vec!["http://aia.small.example/1.der".into()];
        shown(leaf)
    };
    assert_eq!(
        judge(set(&["small.example"]), leaf(), |_| {}).verdict,
        Verdict::Pass
    );
    let other = judge(set(&["other.example"]), leaf(), |_| {});
    assert_eq!(
        (other.verdict, other.confidence),
        (Verdict::Fail, Confidence::Likely)
    );
}

#[test]
fn what_the_platform_orders_from_counts_before_what_is_shown() {
    let on_vercel = |intent: &mut Intent| intent.platform = Some("vercel".into());
    let digicert = || shown(certificate("DigiCert Inc", &[HOST]));
    let judgement = judge(set(&["digicert.com"]), digicert(), on_vercel);
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert_eq!(
        judgement.remedy.unwrap().records[0].value,
        "0 issue \"letsencrypt.org\""
    );
    assert_eq!(
        judge(
            set(&["digicert.com", "letsencrypt.org"]),
            digicert(),
            on_vercel
        )
        .verdict,
        Verdict::Pass
    );
}

#[test]
fn a_closed_domain_is_opened_by_replacing_the_closing_record() {
    let remedy = judge(set(&[";"]), lets_encrypt(), |_| {}).remedy.unwrap();
    let values: Vec<&str> = remedy.records.iter().map(|r| r.value.as_str()).collect();
    assert_eq!(values, ["0 issue \";\"", "0 issue \"letsencrypt.org\""]);
    assert!(remedy.records.iter().all(|r| r.name == "acme.example"));
}

#[test]
fn a_set_behind_an_alias_outside_is_not_ours_to_change() {
    let answer = {
        let mut answer = caa("x.host.example", &["digicert.com"]);
        answer.name = make::name(HOST);
        if let Ok(message) = answer.outcome.as_mut() {
            message
                .answers
                .insert(0, make::cname(HOST, "x.host.example"));
        }
        answer
    };
    let judgement = judge(vec![told(answer)], lets_encrypt(), |_| {});
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert!(judgement.remedy.unwrap().records.is_empty());
}

#[test]
fn an_organisation_may_hold_a_comma() {
    assert_eq!(
        attribute("C=US, O=GoDaddy.com, Inc., CN=G2", "O="),
        Some("GoDaddy.com, Inc.")
    );
    assert_eq!(
        attribute("O=Let's Encrypt, C=US", "O="),
        Some("Let's Encrypt")
    );
    assert_eq!(attribute("CN=x", "O="), None);
}
