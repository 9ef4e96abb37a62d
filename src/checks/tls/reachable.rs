//! `tls.reachable`: a handshake with the host's name succeeds on every address (T01, traps 64 and 74).
//!
//! Whether the certificate is any good is for the other rules. Silence is never a failure: it may be our own network.

use serde::{Deserialize, Serialize};

use super::look::{self, HostLook};
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::TlsProbe;
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct Reachable;

/// One handshake an address, and a hello of old suites where TLS refused it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub host: HostLook,
    pub old: Vec<TlsProbe>,
}

impl Rule for Reachable {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "tls.reachable",
        title: "Every address of the host answers a TLS handshake",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 20,
        version: 1,
        standards: &["RFC 6066 §3", "RFC 8446 §4.1"],
        guide: include_str!("../../../assets/guides/tls.reachable.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let host = look::look(look).await;
        let old = look::old_hellos(look, &host).await;
        Seen { host, old }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let host = case.subject;
        let severity = look::severity(case.intent, host, Severity::Blocker);
        says::judge(&seen.host, host, |shake| match &shake.outcome {
            Ok(session) => Says::new(
                Verdict::Pass,
                format!("{} agreed", session.protocol),
                "A secure connection can be made to every server behind this name.",
            )
            .fact("agreed"),
            Err(failure) => match look::old_suite(&seen.old, shake.address) {
                Some(suite) => antiquated(suite, host),
                None => broken(failure, &shake.address.to_string(), host, severity),
            },
        })
        .evidence(seen.old.iter().map(evidence::probe))
    }
}

/// The server answers, though not in words that we speak.
fn antiquated(suite: u16, host: &str) -> Says {
    Says::new(
        Verdict::Warn,
        format!("agrees only on suites that are being given up, such as 0x{suite:04x}"),
        "The address opens in browsers that still speak an old kind of encryption, and in no newer program.",
    )
    .severity(Severity::Fix)
    .remedy(remedy::manual(
        "tls.reachable",
        [format!(
            "Let {host} speak TLS 1.3, or ECDHE with AES-GCM under TLS 1.2; see the check tls.ciphers."
        )],
        "Put the old server configuration back.",
    ))
}

fn broken(failure: &Failure, address: &str, host: &str, severity: Severity) -> Says {
    let plain = "Some visitors cannot open this address securely: a server behind the name does not answer the way browsers need.";
    let (text, confidence) = match failure.kind {
        FailureKind::Refused => ("port 443 is closed".to_owned(), Confidence::Certain),
        FailureKind::Tls => (
            format!("the handshake is refused: {}", escape(&failure.text)),
            Confidence::Certain,
        ),
        FailureKind::Malformed => (
            format!("port 443 does not speak TLS: {}", escape(&failure.text)),
            Confidence::Certain,
        ),
        FailureKind::Reset => (
            "the connection is cut during the handshake".to_owned(),
            Confidence::Likely,
        ),
        _ => return Says::unseen(failure),
    };
    Says::new(Verdict::Fail, text, plain)
        .severity(severity)
        .confidence(confidence)
        .remedy(remedy(failure.kind, address, host))
}

fn remedy(kind: FailureKind, address: &str, host: &str) -> Remedy {
    let first = match kind {
        FailureKind::Refused => format!(
            "Find out whose machine {address} is. If it is an old one, delete the record that points there; if it is the right one, open port 443 in its firewall and start the web server."
        ),
        FailureKind::Malformed => format!(
            "Something else than TLS listens on port 443 of {address}: in the web server's configuration mark the port as TLS (nginx: `listen 443 ssl;`)."
        ),
        _ => format!(
            "Add {host} to the web server or platform behind {address} and let it order a certificate: servers that do not know a name often refuse the handshake."
        ),
    };
    remedy::manual(
        "tls.reachable",
        [
            first,
            format!("If a proxy or CDN stands in front, check that {host} is active there."),
            format!(
                "Try it: openssl s_client -connect {address}:443 -servername {host} </dev/null"
            ),
        ],
        "Put the deleted record or the old server configuration back.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::tls::{Offer, ProbeReply, TlsSession};

    fn plain(outcomes: Vec<Result<TlsSession, Failure>>) -> Seen {
        Seen {
            host: seen(outcomes),
            old: Vec::new(),
        }
    }

    #[test]
    fn a_server_that_speaks_only_old_suites_is_there() {
        let mut seen = plain(vec![Err(Failure::new(FailureKind::Tls, "alert 40"))]);
        seen.old = vec![TlsProbe {
            host: subject::host_name("www.acme.example").unwrap(),
            address: seen.host.handshakes[0].address,
            offer: Offer::Old,
            at: now(),
            reply: ProbeReply::Agreed {
                version: 0x0303,
                suite: 0x009c,
                sct_logs: Vec::new(),
            },
        }];
        let judged = Reachable.judge(&seen, case(&intent()));
        assert_eq!(judged.verdict, Verdict::Warn);
        assert!(judged.summary.contains("0x009c"), "{}", judged.summary);
        let too_old = ProbeReply::Agreed {
            version: 0x0301,
            suite: 0xc009,
            sct_logs: Vec::new(),
        };
        for lost in [too_old, ProbeReply::Alert(40)] {
            seen.old[0].reply = lost;
            let judged = Reachable.judge(&seen, case(&intent()));
            assert_eq!(judged.verdict, Verdict::Fail);
        }
    }

    #[test]
    fn closed_and_refused_fail_silence_is_unknown() {
        let good = || Ok(session(vec![leaf()], Ok(())));
        let broken = |kind| Err(Failure::new(kind, "x"));
        let intent = intent();
        for (outcomes, want) in [
            (vec![good(), good()], Verdict::Pass),
            (vec![good(), broken(FailureKind::Refused)], Verdict::Fail),
            (vec![broken(FailureKind::Tls)], Verdict::Fail),
            (vec![broken(FailureKind::Malformed)], Verdict::Fail),
            (vec![broken(FailureKind::Reset)], Verdict::Fail),
            (vec![good(), broken(FailureKind::Timeout)], Verdict::Unknown),
            (vec![broken(FailureKind::Unreachable)], Verdict::Unknown),
            (vec![broken(FailureKind::Budget)], Verdict::Unknown),
        ] {
            let judged = Reachable.judge(&plain(outcomes.clone()), case(&intent));
            assert_eq!(judged.verdict, want, "{outcomes:?}");
            assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
        }
    }

    #[test]
    fn a_staging_host_does_not_stop_a_launch() {
        let intent = intent();
        let mut staging = case(&intent);
        staging.subject = "staging.acme.example";
        let seen = plain(vec![Err(Failure::new(FailureKind::Refused, "x"))]);
        assert_eq!(
            Reachable.judge(&seen, staging).severity,
            Some(Severity::Fix)
        );
        assert_eq!(
            Reachable.judge(&seen, case(&intent)).severity,
            Some(Severity::Blocker)
        );
    }
}
