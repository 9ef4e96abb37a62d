//! Certificates, sessions and looks for the tests of this family.

use jiff::{SignedDuration, Timestamp};

use super::look::HostLook;
use crate::checks::rule::Case;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::tls::{
    Certificate, ChainProblem, PublicKey, TlsHandshake, TlsSession,
};
use crate::model::observation::{Failure, FailureKind};

/// The moment at which all tests judge.
pub fn now() -> Timestamp {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

pub fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

/// A certificate of 90 days with 60 left.
pub fn certificate(subject: &str, issuer: &str) -> Certificate {
    Certificate {
        subject: format!("CN={subject}"),
        issuer: format!("CN={issuer}"),
        serial: "01".into(),
        sha256: format!("{subject}/{issuer}"),
        not_before: now() - days(30),
        not_after: now() + days(60),
        dns_names: vec![subject.to_owned()],
        ip_names: Vec::new(),
        key: PublicKey {
            kind: "EC".into(),
            bits: 256,
        },
        signature: "ecdsa-with-SHA256".into(),
        is_ca: false,
        self_signed: subject == issuer,
        below_root: false,
        issuer_urls: vec![format!(
            "http://ca.example/{}.crt",
            issuer.replace(' ', "-")
        )],
        ocsp_urls: Vec::new(),
        must_staple: false,
        crl_urls: Vec::new(),
        spki: String::new(),
        scts: 2,
        sct_logs: vec!["aa".into(), "bb".into()],
        problem: None,
    }
}

pub fn leaf() -> Certificate {
    certificate("www.acme.example", "Range CA 1")
}

pub fn intermediate() -> Certificate {
    Certificate {
        is_ca: true,
        dns_names: Vec::new(),
        ..certificate("Range CA 1", "Range Root")
    }
}

pub fn root() -> Certificate {
    Certificate {
        is_ca: true,
        dns_names: Vec::new(),
        ..certificate("Range Root", "Range Root")
    }
}

pub fn session(chain: Vec<Certificate>, verified: Result<(), ChainProblem>) -> TlsSession {
    TlsSession {
        protocol: "TLSv1.3".into(),
        cipher: "TLS13_AES_256_GCM_SHA384".into(),
        alpn: Some("h2".into()),
        group: None,
        chain,
        verified,
        public: Some(true),
        stapled: false,
        staple: None,
    }
}

pub fn shake(address: &str, outcome: Result<TlsSession, Failure>) -> TlsHandshake {
    TlsHandshake {
        host: HostName::parse("www.acme.example").unwrap(),
        address: address.parse().unwrap(),
        port: 443,
        at: now(),
        took_ms: 5,
        outcome,
    }
}

/// One address for each outcome, 203.0.113.10 the first.
pub fn seen(outcomes: Vec<Result<TlsSession, Failure>>) -> HostLook {
    let handshakes: Vec<TlsHandshake> = outcomes
        .into_iter()
        .enumerate()
        .map(|(i, outcome)| shake(&format!("203.0.113.{}", 10 + i), outcome))
        .collect();
    HostLook {
        addresses: Ok(handshakes.iter().map(|s| s.address).collect()),
        handshakes,
    }
}

pub fn intent() -> Intent {
    toml::from_str(
        "domain = \"acme.example\"\n[[host]]\nname = \"www.acme.example\"\nrole = \"www\"\n[[host]]\nname = \"staging.acme.example\"\nrole = \"staging\"",
    )
    .unwrap()
}

pub fn case(intent: &Intent) -> Case<'_> {
    Case {
        subject: "www.acme.example",
        intent,
        now: now(),
    }
}

pub fn timeout() -> Failure {
    Failure::new(FailureKind::Timeout, "203.0.113.10:443: no answer in 5 s")
}
