//! `tls.ciphers`: nothing broken is accepted, and an AEAD with forward secrecy is what an ordinary client gets (T11, trap 71).
//!
//! One hello that offers broken suites alone: a ServerHello is a failure, an alert or a cut connection a refusal, silence
//! proves nothing. Where TLS refuses our ordinary hello, another of old suites tells whether these are all that is spoken.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::look::{self, HostLook};
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::{Remedy, Setting};
use crate::model::intent::Intent;
use crate::model::observation::tls::{Offer, ProbeReply, TlsHandshake, TlsProbe};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct Ciphers;

/// One handshake an address, and one hello of broken suites to some of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub host: HostLook,
    pub probes: Vec<TlsProbe>,
}

impl Rule for Ciphers {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "tls.ciphers",
        title: "No broken cipher is accepted, and a modern one is agreed",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9325 §4.1", "RFC 9325 §4.2", "RFC 7465"],
        guide: include_str!("../../../assets/guides/tls.ciphers.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let host = look::look(look).await;
        let mut probes: Vec<TlsProbe> = match subject::host_name(look.subject) {
            Some(name) => join_all(
                look::shares(&host)
                    .iter()
                    .filter(|share| share.broken)
                    .map(|share| look.network.probe(&name, share.address, Offer::Broken)),
            )
            .await
            .iter()
            .map(|probe| (**probe).clone())
            .collect(),
            None => Vec::new(),
        };
        probes.extend(look::old_hellos(look, &host).await);
        Seen { host, probes }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let judgement = says::judge(
            &look::greeted(&seen.host, |share| share.broken),
            case.subject,
            |shake| {
                let broken = |p: &&TlsProbe| p.address == shake.address && p.offer == Offer::Broken;
                let old = look::old_suite(&seen.probes, shake.address);
                let says = judge_address(shake, seen.probes.iter().find(broken), old);
                match says.verdict {
                    Verdict::Fail | Verdict::Warn => {
                        let severity = says.severity.unwrap_or(Self::META.severity);
                        says.severity(look::severity(case.intent, case.subject, severity))
                            .remedy(remedy(case))
                    }
                    _ => says,
                }
            },
        );
        judgement
            .detail("hellos", told_all(&seen.probes))
            .evidence(seen.probes.iter().map(evidence::probe))
    }
}

/// What became of the hellos of broken suites.
fn told_all(probes: &[TlsProbe]) -> Vec<serde_json::Value> {
    let broken = probes.iter().filter(|p| p.offer == Offer::Broken);
    broken.map(told).collect()
}

fn told(probe: &TlsProbe) -> serde_json::Value {
    let reply = match &probe.reply {
        ProbeReply::Agreed { suite, .. } => format!("accepted: {}", broken_name(*suite).1),
        ProbeReply::Alert(_) | ProbeReply::Closed => "refused".to_owned(),
        ProbeReply::Unknown(_) => "unknown".to_owned(),
    };
    json!({"address": probe.address.to_string(), "reply": reply})
}

fn judge_address(shake: &TlsHandshake, probe: Option<&TlsProbe>, old: Option<u16>) -> Says {
    if let Some(ProbeReply::Agreed { suite, .. }) = probe.map(|p| &p.reply) {
        let (kind, name) = broken_name(*suite);
        let unprotected = matches!(kind, Kind::Null | Kind::Anonymous | Kind::Export);
        return Says::new(
            Verdict::Fail,
            format!(
                "a client that offers nothing better gets {name}: {}",
                kind.words()
            ),
            "The server still agrees to encryption that has been broken for years; auditors will object, and old or misled clients are not protected.",
        )
        .severity(if unprotected {
            Severity::Blocker
        } else {
            Severity::Fix
        });
    }
    let session = match &shake.outcome {
        Ok(session) => session,
        Err(failure) => {
            return old.map_or_else(|| Says::unseen(failure), only_old);
        }
    };
    let silent = match probe.map(|p| &p.reply) {
        Some(ProbeReply::Unknown(failure)) => Some(escape(&failure.text)),
        None => Some("they were not offered".to_owned()),
        _ => None,
    };
    if let Some(why) = silent {
        return Says::new(
            Verdict::Unknown,
            format!(
                "agrees on {}; whether broken suites are refused could not be told: {why}",
                session.cipher
            ),
            "Whether broken encryption is switched off could not be told this time.",
        );
    }
    if !is_modern(&session.cipher) {
        return Says::new(
            Verdict::Warn,
            format!(
                "broken suites are refused, but the best that is agreed is {}, which is no AEAD with forward secrecy",
                escape(&session.cipher)
            ),
            "The encryption holds today, but what is recorded now could be read later if the server's key is ever lost.",
        );
    }
    Says::new(
        Verdict::Pass,
        format!(
            "agrees on {} and refuses NULL, anonymous, export, RC4, 3DES and DES suites",
            session.cipher
        ),
        "Only sound encryption is agreed on.",
    )
}

/// Nothing better than this suite was agreed on.
fn only_old(suite: u16) -> Says {
    Says::new(
        Verdict::Warn,
        format!(
            "the best that is agreed is an old suite (0x{suite:04x}), which is no AEAD with an ECDHE key exchange"
        ),
        "The encryption holds today, but newer programs refuse it, and what is recorded now could be read later if the server's key is ever lost.",
    )
}

/// Whether an IANA name is of an AEAD with an ephemeral key exchange; all of TLS 1.3 are.
fn is_modern(name: &str) -> bool {
    let aead = ["_GCM_", "_CCM", "_CHACHA20_POLY1305"]
        .iter()
        .any(|part| name.contains(part));
    let ephemeral = name.starts_with("TLS_ECDHE_") || name.starts_with("TLS_DHE_");
    aead && (ephemeral || !name.contains("_WITH_"))
}

/// Why a suite is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Anonymous,
    Export,
    Rc4,
    Des,
    TripleDes,
}

impl Kind {
    const fn words(self) -> &'static str {
        match self {
            Self::Null => "nothing is encrypted",
            Self::Anonymous => "the server proves nothing about itself",
            Self::Export => "40 or 56 bits, broken within hours",
            Self::Rc4 => "RC4 is forbidden (RFC 7465)",
            Self::Des => "DES has 56 bits",
            Self::TripleDes => "3DES has blocks of 64 bits (Sweet32)",
        }
    }
}

/// What is wrong with a suite of the hello, and a name for it.
fn broken_name(suite: u16) -> (Kind, String) {
    let (kind, what) = match suite {
        0x0001 | 0x0002 | 0x002c..=0x002e | 0x003b | 0xc001 | 0xc006 | 0xc00b | 0xc010 | 0xc015 => {
            (Kind::Null, "a NULL suite")
        }
        0x0003 | 0x0006 | 0x0008 | 0x000b | 0x000e | 0x0011 | 0x0014 | 0x0017 | 0x0019 | 0x0062
        | 0x0064 => (Kind::Export, "an export suite"),
        0x0018
        | 0x001a
        | 0x001b
        | 0x0034
        | 0x003a
        | 0x0046
        | 0x006c
        | 0x006d
        | 0x0089
        | 0x009b
        | 0x00a6
        | 0x00a7
        | 0xc016..=0xc019 => (Kind::Anonymous, "an anonymous suite"),
        0x0004 | 0x0005 | 0x008a | 0x008e | 0x0092 | 0xc002 | 0xc007 | 0xc00c | 0xc011 => {
            (Kind::Rc4, "an RC4 suite")
        }
        0x0009 | 0x000c | 0x000f | 0x0012 | 0x0015 => (Kind::Des, "a DES suite"),
        _ => (Kind::TripleDes, "a 3DES suite"),
    };
    let name = match suite {
        0x0004 => "TLS_RSA_WITH_RC4_128_MD5",
        0x0005 => "TLS_RSA_WITH_RC4_128_SHA",
        0x000a => "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        0x0016 => "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
        0xc011 => "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
        0xc012 => "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        0x003b => "TLS_RSA_WITH_NULL_SHA256",
        _ => "",
    };
    let name = match name {
        "" => format!("{what} (0x{suite:04x})"),
        name => name.to_owned(),
    };
    (kind, name)
}

/// Suites with forward secrecy and authenticated encryption (RFC 9325 §4.2), as OpenSSL names them.
const SUITES: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    let setting = |place: String, name: &str, value: &str| Setting {
        place,
        name: name.to_owned(),
        value: value.to_owned(),
    };
    remedy::configure(
        "tls.ciphers",
        [
            format!("Set the list of suites of {host} to ECDHE with AES-GCM or ChaCha20, in the configuration of whatever ends the TLS connection (proxy, load balancer or web server)."),
            "A load balancer or edge has a named policy instead: choose the newest that speaks TLS 1.2.".to_owned(),
            "Reload it. Browsers of the last ten years are not affected.".to_owned(),
        ],
        vec![
            setting("nginx, the default server of the port".to_owned(), "ssl_ciphers", SUITES),
            setting(format!("Apache, VirtualHost of {host}"), "SSLCipherSuite", SUITES),
        ],
        "Put the old list of suites back and reload.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::tls::TlsSession;
    use crate::model::observation::{Failure, FailureKind};

    fn judged(outcome: Result<TlsSession, Failure>, reply: ProbeReply) -> Judgement {
        let probe = TlsProbe {
            host: subject::host_name("www.acme.example").unwrap(),
            address: "203.0.113.10".parse().unwrap(),
            offer: Offer::Broken,
            at: now(),
            reply,
        };
        let seen = Seen {
            host: seen(vec![outcome]),
            probes: vec![probe],
        };
        let intent = intent();
        Ciphers.judge(&seen, case(&intent))
    }

    fn agreed(suite: u16) -> ProbeReply {
        ProbeReply::Agreed {
            version: 0x0303,
            suite,
            sct_logs: Vec::new(),
        }
    }

    #[test]
    fn alert_reset_and_silence_are_three_answers() {
        let good = || Ok(session(vec![leaf()], Ok(())));
        let plain_rsa = || {
            Ok(TlsSession {
                cipher: "TLS_RSA_WITH_AES_128_GCM_SHA256".into(),
                ..session(vec![leaf()], Ok(()))
            })
        };
        let refused = || Err(Failure::new(FailureKind::Tls, "alert 40"));
        for (outcome, reply, want, severity) in [
            (good(), ProbeReply::Alert(40), Verdict::Pass, None),
            (good(), ProbeReply::Closed, Verdict::Pass, None),
            (
                good(),
                ProbeReply::Unknown(timeout()),
                Verdict::Unknown,
                None,
            ),
            (good(), agreed(0x0005), Verdict::Fail, Some(Severity::Fix)),
            (good(), agreed(0x000a), Verdict::Fail, Some(Severity::Fix)),
            (
                good(),
                agreed(0x003b),
                Verdict::Fail,
                Some(Severity::Blocker),
            ),
            (
                good(),
                agreed(0xc017),
                Verdict::Fail,
                Some(Severity::Blocker),
            ),
            (
                refused(),
                agreed(0x0003),
                Verdict::Fail,
                Some(Severity::Blocker),
            ),
            (refused(), ProbeReply::Alert(40), Verdict::Unknown, None),
            (
                plain_rsa(),
                ProbeReply::Alert(40),
                Verdict::Warn,
                Some(Severity::Fix),
            ),
        ] {
            let judged = judged(outcome, reply.clone());
            assert_eq!(
                (judged.verdict, judged.severity),
                (want, severity),
                "{reply:?} {}",
                judged.summary
            );
        }
    }

    #[test]
    fn modern_suites_are_known_by_name() {
        for (name, want) in [
            ("TLS_AES_128_GCM_SHA256", true),
            ("TLS_CHACHA20_POLY1305_SHA256", true),
            ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", true),
            ("TLS_DHE_RSA_WITH_AES_128_CCM", true),
            ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", false),
            ("TLS_RSA_WITH_AES_128_GCM_SHA256", false),
            ("", false),
        ] {
            assert_eq!(is_modern(name), want, "{name}");
        }
    }
}
