//! What every TLS rule looks at, and how the words on single addresses become one judgement on the host.

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::checks::rule::{Judgement, Look};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role};
use crate::model::observation::tls::{TlsHandshake, TlsSession};
use crate::model::observation::{Failure, FailureKind};
use crate::model::verdict::{Confidence, Severity, Verdict};

/// Addresses of one family that a run looks at; more of them would use up the host's twelve handshakes.
const PER_FAMILY: usize = 3;
/// Handshakes that are kept as evidence, the worst first.
const SHOWN: usize = 4;

/// One handshake with each address of a host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostLook {
    /// All addresses that the name resolves to; those beyond the first of each family were not asked.
    pub addresses: Result<Vec<IpAddr>, Failure>,
    pub handshakes: Vec<TlsHandshake>,
}

/// Resolves the subject and shakes hands with its addresses, all at once.
pub async fn look(look: Look<'_>) -> HostLook {
    let Some(host) = subject::host_name(look.subject) else {
        let failure = Failure::new(FailureKind::NoAddress, "the subject is not a host name");
        return HostLook {
            addresses: Err(failure),
            handshakes: Vec::new(),
        };
    };
    let addresses = look.network.addresses(&host).await;
    let asked = chosen(addresses.as_deref().unwrap_or_default(), PER_FAMILY);
    let shakes = asked
        .into_iter()
        .map(|address| look.network.handshake(&host, address, 443));
    let handshakes = join_all(shakes)
        .await
        .iter()
        .map(|shake| (**shake).clone())
        .collect();
    HostLook {
        addresses,
        handshakes,
    }
}

/// The first `limit` addresses of each family, in their order.
pub fn chosen(addresses: &[IpAddr], limit: usize) -> Vec<IpAddr> {
    let of = |v4: bool| {
        addresses
            .iter()
            .copied()
            .filter(move |a| a.is_ipv4() == v4)
            .take(limit)
    };
    of(true).chain(of(false)).collect()
}

/// The severity of a failure on a host that clients do not use yet: to be fixed, never in the way of the launch.
pub fn severity(intent: &Intent, host: &str, on_production: Severity) -> Severity {
    match subject::role(intent, host) {
        Role::Staging => on_production.max(Severity::Fix),
        _ => on_production,
    }
}

/// What a rule says about one address.
#[derive(Debug, Clone)]
pub struct Says {
    pub verdict: Verdict,
    pub severity: Option<Severity>,
    pub confidence: Confidence,
    /// A clause for an engineer, without the host and the address.
    pub text: String,
    /// A sentence for a founder.
    pub plain: String,
    /// What the verdict rests on, without counts that run by themselves. Empty: the text.
    pub fact: String,
    pub remedy: Option<Remedy>,
}

impl Says {
    /// A word on one address.
    pub fn new(verdict: Verdict, text: impl Into<String>, plain: impl Into<String>) -> Self {
        Self {
            verdict,
            severity: None,
            confidence: Confidence::Certain,
            text: text.into(),
            plain: plain.into(),
            fact: String::new(),
            remedy: None,
        }
    }

    /// Nothing could be seen there.
    pub fn unseen(failure: &Failure) -> Self {
        Self::new(
            Verdict::Unknown,
            format!("no handshake: {}", failure.text),
            "The secure connection could not be looked at from here, so nothing can be said yet.",
        )
    }

    /// Another severity than the check's own.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Another confidence than `certain`.
    #[must_use]
    pub const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// What the verdict rests on.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.fact = fact.into();
        self
    }

    /// How to put it right.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }
}

/// Judges each session that was agreed; an address without one is unknown.
pub fn judge_sessions(
    seen: &HostLook,
    host: &str,
    says: impl Fn(&TlsSession) -> Says,
) -> Judgement {
    judge(seen, host, |shake| match &shake.outcome {
        Ok(session) => says(session),
        Err(failure) => Says::unseen(failure),
    })
}

/// Judges each address; the worst counts, and the summary lists where.
pub fn judge(seen: &HostLook, host: &str, says: impl Fn(&TlsHandshake) -> Says) -> Judgement {
    let addresses = match &seen.addresses {
        Err(failure) => {
            return Judgement::unknown(format!("{host}: {}", failure.text))
                .plainly("The name could not be looked up from here, so its secure connection was not tested.");
        }
        Ok(list) if list.is_empty() => {
            return Judgement::unknown(format!(
                "{host} has no address, so there is nothing to shake hands with"
            ))
            .plainly("This name leads nowhere yet, so its secure connection cannot be tested.");
        }
        Ok(list) => list,
    };
    let mut words: Vec<(&TlsHandshake, Says)> = seen
        .handshakes
        .iter()
        .map(|shake| (shake, says(shake)))
        .collect();
    words.sort_by_key(|(_, says)| order(says));
    let Some((_, worst)) = words.first() else {
        return Judgement::unknown(format!("{host}: no address was asked"));
    };
    let (verdict, grave) = (worst.verdict, worst.severity);
    let alike: Vec<&(&TlsHandshake, Says)> =
        words.iter().filter(|(_, s)| s.verdict == verdict).collect();
    let mut judgement = Judgement::new(verdict, summary(host, &alike, words.len()))
        .plainly(worst.plain.clone())
        .confidence(confidence(verdict, &alike))
        .fact(fact(&alike))
        .detail("addresses", details(&words))
        .evidence(
            words
                .iter()
                .take(SHOWN)
                .map(|(shake, _)| evidence::tls(shake)),
        );
    judgement.severity = grave;
    judgement.remedy = worst.remedy.clone();
    let left = addresses.len().saturating_sub(words.len());
    if left > 0 {
        judgement = judgement.detail("addresses_not_asked", left);
    }
    judgement
}

/// Fail, then what could not be told, then the rest; the gravest first, then by text so that the order never depends on
/// the resolver's.
fn order(says: &Says) -> (u8, Option<Severity>, String) {
    let rank = match says.verdict {
        Verdict::Fail => 0,
        Verdict::Unknown | Verdict::Blocked => 1,
        Verdict::Warn => 2,
        Verdict::Pass | Verdict::NotApplicable => 3,
    };
    (rank, says.severity, says.text.clone())
}

/// One certain failure makes the failure certain; anything else is as sure as its least sure part.
fn confidence(verdict: Verdict, alike: &[&(&TlsHandshake, Says)]) -> Confidence {
    let all = alike.iter().map(|(_, s)| s.confidence);
    let chosen = if verdict == Verdict::Fail {
        all.min()
    } else {
        all.max()
    };
    chosen.unwrap_or(Confidence::Certain)
}

fn summary(host: &str, alike: &[&(&TlsHandshake, Says)], all: usize) -> String {
    let texts: BTreeSet<&str> = alike.iter().map(|(_, s)| s.text.as_str()).collect();
    match (texts.len(), alike.len()) {
        (1, n) if n == all => {
            let text = texts.first().copied().unwrap_or_default();
            let on = if all > 1 {
                format!(" (all {all} addresses)")
            } else {
                String::new()
            };
            format!("{host}: {text}{on}")
        }
        _ => {
            let mut parts: Vec<String> = alike
                .iter()
                .map(|(shake, s)| format!("at {}: {}", shake.address, s.text))
                .collect();
            parts.sort();
            format!(
                "{host}, {} of {all} addresses: {}",
                alike.len(),
                parts.join("; ")
            )
        }
    }
}

fn fact(alike: &[&(&TlsHandshake, Says)]) -> String {
    let facts: BTreeSet<&str> = alike
        .iter()
        .map(|(_, s)| {
            if s.fact.is_empty() {
                s.text.as_str()
            } else {
                s.fact.as_str()
            }
        })
        .collect();
    facts.into_iter().collect::<Vec<_>>().join("; ")
}

fn details(words: &[(&TlsHandshake, Says)]) -> serde_json::Value {
    let mut list: Vec<(IpAddr, serde_json::Value)> = words
        .iter()
        .map(|(shake, says)| {
            let value = json!({
                "address": shake.address.to_string(),
                "verdict": says.verdict.word(),
                "says": says.text,
            });
            (shake.address, value)
        })
        .collect();
    list.sort_by_key(|(address, _)| *address);
    list.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
pub(super) mod samples {
    //! Certificates, sessions and looks for the tests of this family.

    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::checks::rule::Case;
    use crate::model::name::HostName;
    use crate::model::observation::tls::{Certificate, ChainProblem, PublicKey};

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
            issuer_urls: vec![format!(
                "http://ca.example/{}.crt",
                issuer.replace(' ', "-")
            )],
            ocsp_urls: Vec::new(),
            must_staple: false,
            scts: 2,
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
            stapled: false,
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
}

#[cfg(test)]
mod tests {
    use super::samples::*;
    use super::*;

    fn word(verdict: Verdict) -> Says {
        Says::new(verdict, format!("it is {verdict}"), "")
    }

    #[test]
    fn one_good_address_hides_no_bad_one() {
        let good = || Ok(session(vec![leaf()], Ok(())));
        let seen = seen(vec![good(), good(), Err(timeout())]);
        let judged = judge(&seen, "www.acme.example", |shake| {
            word(if shake.address.to_string() == "203.0.113.11" {
                Verdict::Fail
            } else {
                Verdict::Pass
            })
        });
        assert_eq!(judged.verdict, Verdict::Fail);
        assert_eq!(
            judged.summary,
            "www.acme.example, 1 of 3 addresses: at 203.0.113.11: it is fail"
        );
        let unknown = judge_sessions(&seen, "www.acme.example", |_| word(Verdict::Warn));
        assert_eq!(
            unknown.verdict,
            Verdict::Unknown,
            "an address that was not seen is not good"
        );
    }

    #[test]
    fn a_name_that_does_not_resolve_is_unknown() {
        let mut seen = seen(vec![]);
        seen.addresses = Err(Failure::new(FailureKind::Timeout, "no answer in 3 s"));
        assert_eq!(
            judge(&seen, "a.example", |_| word(Verdict::Pass)).verdict,
            Verdict::Unknown
        );
        seen.addresses = Ok(Vec::new());
        assert_eq!(
            judge(&seen, "a.example", |_| word(Verdict::Pass)).verdict,
            Verdict::Unknown
        );
    }

    #[test]
    fn both_families_are_asked() {
        let addresses: Vec<IpAddr> = [
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "2001:db8::1",
        ]
        .iter()
        .map(|a| a.parse().unwrap())
        .collect();
        assert_eq!(chosen(&addresses, 3).len(), 4);
        assert_eq!(chosen(&addresses, 1).len(), 2);
    }
}
