//! How the words on single addresses become one judgement on the host: the worst counts, and the summary lists where.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::json;

use super::look::{HostLook, routable};
use crate::checks::evidence;
use crate::checks::rule::Judgement;
use crate::model::finding::Remedy;
use crate::model::observation::Failure;
use crate::model::observation::tls::{TlsHandshake, TlsSession};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity, Verdict};

/// Handshakes that are kept as evidence, the worst first.
const SHOWN: usize = 4;

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
            format!("no handshake: {}", escape(&failure.text)),
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
    judge(&routable(seen), host, |shake| match &shake.outcome {
        Ok(session) => says(session),
        Err(failure) => Says::unseen(failure),
    })
}

/// Judges each address; the worst counts, and the summary lists where.
pub fn judge(seen: &HostLook, host: &str, says: impl Fn(&TlsHandshake) -> Says) -> Judgement {
    let addresses = match &seen.addresses {
        Err(failure) => {
            return Judgement::unknown(format!("{host}: {}", escape(&failure.text)))
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
    let mut judgement =
        Judgement::new(verdict, summary(host, &alike, words.len(), addresses.len()))
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
    judgement.remedy.clone_from(&worst.remedy);
    let left = addresses.len().saturating_sub(words.len());
    if left > 0 {
        judgement = judgement.detail("addresses_not_asked", left);
        if verdict != Verdict::Fail {
            judgement.confidence = judgement.confidence.max(Confidence::Likely);
        }
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

fn summary(host: &str, alike: &[&(&TlsHandshake, Says)], all: usize, known: usize) -> String {
    let texts: BTreeSet<&str> = alike.iter().map(|(_, s)| s.text.as_str()).collect();
    match (texts.len(), alike.len()) {
        (1, n) if n == all => {
            let text = texts.first().copied().unwrap_or_default();
            let on = match all {
                _ if all < known => format!(" ({all} of {known} addresses asked)"),
                1 => String::new(),
                _ => format!(" (all {all} addresses)"),
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
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::{Failure, FailureKind};

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
    fn without_ipv6_here_the_other_addresses_still_tell() {
        let stranded = || Err(Failure::new(FailureKind::Unreachable, "no route"));
        let mut both = seen(vec![Ok(session(vec![leaf()], Ok(()))), stranded()]);
        let v6 = "2001:db8::1".parse().unwrap();
        both.handshakes[1].address = v6;
        both.addresses = Ok(vec![both.handshakes[0].address, v6]);
        let judged = judge_sessions(&both, "a.example", |_| word(Verdict::Pass));
        assert_eq!(
            (judged.verdict, judged.confidence),
            (Verdict::Pass, Confidence::Likely)
        );
        both.handshakes.remove(0);
        let alone = judge_sessions(&both, "a.example", |_| word(Verdict::Pass));
        assert_eq!(alone.verdict, Verdict::Unknown);
    }

    #[test]
    fn a_sample_of_many_addresses_is_only_likely() {
        let mut seen = seen(vec![Ok(session(vec![leaf()], Ok(())))]);
        seen.addresses = Ok(vec![
            "203.0.113.10".parse().unwrap(),
            "203.0.113.11".parse().unwrap(),
        ]);
        let judged = judge(&seen, "a.example", |_| word(Verdict::Pass));
        assert_eq!(judged.confidence, Confidence::Likely);
        assert!(
            judged.summary.ends_with("(1 of 2 addresses asked)"),
            "{}",
            judged.summary
        );
    }
}
