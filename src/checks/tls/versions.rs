//! `tls.versions`: TLS 1.2 or 1.3 is spoken, older versions are really refused (T10, trap 71).
//!
//! An alert or a closed connection proves a refusal only where a modern handshake went through; silence proves nothing.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::look::{self, HostLook, LEGACY, NEWEST_LEGACY};
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::intent::Intent;
use crate::model::observation::tls::{LegacyHello, LegacyReply, LegacyVersion, TlsHandshake};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct Versions;

/// One handshake an address, and legacy hellos: three to one, one or three to others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub host: HostLook,
    pub hellos: Vec<LegacyHello>,
}

impl Rule for Versions {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "tls.versions",
        title: "TLS 1.2 or newer is spoken and everything older is refused",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 8996", "RFC 7568", "RFC 9325 §3.1.1"],
        guide: include_str!("../../../assets/guides/tls.versions.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let host = look::look(look).await;
        let hellos =
            match subject::host_name(look.subject) {
                Some(name) => {
                    let shares = look::shares(&host);
                    let asked = shares.iter().flat_map(|share| {
                        let versions = share.versions.iter();
                        versions.map(move |version| (share.address, *version))
                    });
                    join_all(asked.map(|(address, version)| {
                        look.network.legacy_hello(&name, address, version)
                    }))
                    .await
                    .iter()
                    .map(|hello| (**hello).clone())
                    .collect()
                }
                None => Vec::new(),
            };
        Seen { host, hellos }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let judgement = says::judge(
            &look::greeted(&seen.host, |_| true),
            case.subject,
            |shake| {
                let of_address: Vec<&LegacyHello> = seen
                    .hellos
                    .iter()
                    .filter(|h| h.address == shake.address)
                    .collect();
                let says = judge_address(shake, &of_address);
                match says.verdict {
                    Verdict::Fail => {
                        let severity = says.severity.unwrap_or(Self::META.severity);
                        says.severity(look::severity(case.intent, case.subject, severity))
                            .remedy(remedy(case))
                    }
                    _ => says,
                }
            },
        );
        judgement
            .detail("hellos", seen.hellos.iter().map(told).collect::<Vec<_>>())
            .evidence(seen.hellos.iter().map(evidence::legacy))
    }
}

fn told(hello: &LegacyHello) -> serde_json::Value {
    let reply = match &hello.reply {
        LegacyReply::Accepted => "accepted",
        LegacyReply::Alert(_) | LegacyReply::Closed => "refused",
        LegacyReply::OtherVersion(_) => "another version",
        LegacyReply::Unknown(_) => "unknown",
    };
    json!({"address": hello.address.to_string(), "version": hello.version.name(), "reply": reply})
}

/// The version that a reply shows to be accepted. A server may answer a hello with an older version than was asked.
fn accepted(hello: &LegacyHello) -> Option<LegacyVersion> {
    match hello.reply {
        LegacyReply::Accepted => Some(hello.version),
        LegacyReply::OtherVersion(wire) => {
            LEGACY.into_iter().find(|version| version.wire() == wire)
        }
        _ => None,
    }
}

fn judge_address(shake: &TlsHandshake, hellos: &[&LegacyHello]) -> Says {
    let mut old: Vec<LegacyVersion> = hellos.iter().filter_map(|hello| accepted(hello)).collect();
    old.sort_by_key(|version| version.wire());
    old.dedup();
    if !old.is_empty() {
        let names: Vec<&str> = old.iter().map(|version| version.name()).collect();
        let also = match shake.session() {
            Some(session) => format!("{} too", session.protocol),
            None => "and nothing newer".to_owned(),
        };
        let severity = if old.contains(&LegacyVersion::Ssl3) || shake.outcome.is_err() {
            Severity::Blocker
        } else {
            Severity::Fix
        };
        return Says::new(
            Verdict::Fail,
            format!("accepts {} ({also})", names.join(" and ")),
            "The server still speaks versions of the secure protocol that were retired for being breakable; auditors will object.",
        )
        .severity(severity);
    }
    let session = match &shake.outcome {
        Ok(session) => session,
        Err(failure) => return Says::unseen(failure),
    };
    let silent: Vec<String> = hellos
        .iter()
        .filter_map(|hello| match &hello.reply {
            LegacyReply::Unknown(failure) => {
                Some(format!("{} ({})", hello.version.name(), failure.text))
            }
            _ => None,
        })
        .collect();
    let told_apart = |versions: &[LegacyVersion]| {
        versions
            .iter()
            .all(|version| hellos.iter().any(|hello| hello.version == *version))
    };
    if !silent.is_empty() || !told_apart(&NEWEST_LEGACY) {
        return Says::new(
            Verdict::Unknown,
            format!(
                "speaks {}; it could not be told whether older versions are refused: {}",
                session.protocol,
                silent.join("; ")
            ),
            "Whether old versions of the secure protocol are switched off could not be told this time.",
        );
    }
    let plain = "Only current versions of the secure protocol are spoken.";
    let protocol = &session.protocol;
    if told_apart(&LEGACY) {
        let text = format!("speaks {protocol} and refuses SSLv3, TLS 1.0 and TLS 1.1");
        return Says::new(Verdict::Pass, text, plain);
    }
    let text = format!("speaks {protocol} and refuses a greeting of TLS 1.1 and older");
    Says::new(Verdict::Pass, text, plain).confidence(Confidence::Likely)
}

fn remedy(case: Case<'_>) -> crate::model::finding::Remedy {
    let host = case.subject;
    remedy::configure(
        "tls.versions",
        [
            format!("Make TLS 1.2 the oldest version on {host}, in the configuration of whatever ends the TLS connection (proxy, load balancer or web server)."),
            "On nginx the default server of the port decides for all names on it: set it there too.".to_owned(),
            "Reload it. Browsers of the last ten years are not affected.".to_owned(),
        ],
        remedy::http::modern_versions(case.intent, host),
        "Put the old list of versions back and reload.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::tls::TlsSession;
    use crate::model::observation::{Failure, FailureKind};

    fn hellos(address: &str, replies: [LegacyReply; 3]) -> Vec<LegacyHello> {
        LEGACY
            .into_iter()
            .zip(replies)
            .map(|(version, reply)| LegacyHello {
                host: subject::host_name("www.acme.example").unwrap(),
                address: address.parse().unwrap(),
                version,
                at: now(),
                reply,
            })
            .collect()
    }

    fn judged(outcome: Result<TlsSession, Failure>, replies: [LegacyReply; 3]) -> Judgement {
        let seen = Seen {
            host: seen(vec![outcome]),
            hellos: hellos("203.0.113.10", replies),
        };
        let intent = intent();
        Versions.judge(&seen, case(&intent))
    }

    #[test]
    fn alert_reset_and_silence_are_three_answers() {
        use LegacyReply::{Accepted, Alert, Closed, OtherVersion, Unknown};
        let good = || Ok(session(vec![leaf()], Ok(())));
        let refused = || Err(Failure::new(FailureKind::Tls, "alert 70"));
        for (outcome, replies, want, severity) in [
            (good(), [Alert(70), Alert(40), Closed], Verdict::Pass, None),
            (
                good(),
                [Alert(70), Accepted, Closed],
                Verdict::Fail,
                Some(Severity::Fix),
            ),
            (
                good(),
                [Accepted, Closed, Closed],
                Verdict::Fail,
                Some(Severity::Blocker),
            ),
            (
                good(),
                [Alert(70), Alert(70), OtherVersion(0x0301)],
                Verdict::Fail,
                Some(Severity::Fix),
            ),
            (
                good(),
                [Alert(70), Alert(70), OtherVersion(0x0303)],
                Verdict::Pass,
                None,
            ),
            (
                good(),
                [Alert(70), Unknown(timeout()), Closed],
                Verdict::Unknown,
                None,
            ),
            (
                good(),
                [Unknown(timeout()), Accepted, Closed],
                Verdict::Fail,
                Some(Severity::Fix),
            ),
            (
                refused(),
                [Alert(70), Accepted, Closed],
                Verdict::Fail,
                Some(Severity::Blocker),
            ),
            (
                Err(timeout()),
                [Closed, Closed, Closed],
                Verdict::Unknown,
                None,
            ),
        ] {
            let judged = judged(outcome, replies.clone());
            assert_eq!(
                (judged.verdict, judged.severity),
                (want, severity),
                "{replies:?} {}",
                judged.summary
            );
        }
    }

    #[test]
    fn one_greeting_of_the_newest_is_likely_and_none_is_unknown() {
        let good = || Ok(session(vec![leaf()], Ok(())));
        let intent = intent();
        let judged = |second: Option<LegacyReply>| {
            let mut three = seen(vec![good(), good(), good()]);
            three.handshakes[1].address = "2001:db8::11".parse().unwrap();
            let refused = || LegacyReply::Closed;
            let mut hellos = hellos("203.0.113.10", [refused(), refused(), refused()]);
            let newest = self::hellos("2001:db8::11", [refused(), refused(), refused()]);
            hellos.extend(second.into_iter().map(|reply| LegacyHello {
                reply,
                ..newest[2].clone()
            }));
            hellos.extend(self::hellos(
                "203.0.113.12",
                [refused(), refused(), refused()],
            ));
            let seen = Seen {
                host: three,
                hellos,
            };
            let judged = Versions.judge(&seen, case(&intent));
            (judged.verdict, judged.confidence)
        };
        assert_eq!(
            judged(Some(LegacyReply::Alert(70))),
            (Verdict::Pass, Confidence::Likely)
        );
        // Asked for 1.1, it answers with what it has.
        assert_eq!(
            judged(Some(LegacyReply::OtherVersion(0x0301))),
            (Verdict::Fail, Confidence::Certain)
        );
        assert_eq!(judged(None).0, Verdict::Unknown);
    }
}
