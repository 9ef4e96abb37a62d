//! `tls.transparency`: as many signed certificate timestamps as browsers ask for (T22, trap 73).
//!
//! They may be in the certificate, in the handshake or in the stapled OCSP response; all three are looked at before a
//! certificate is said to lack them. Without the keys of the logs their signatures are not verified: they are *present*.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::look::{self, HostLook};
use super::path::{Top, links};
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::{
    Certificate, ChainProblem, Offer, ProbeReply, TlsHandshake, TlsProbe, TlsSession,
};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// Up to this lifetime two logs are enough.
const SHORT: SignedDuration = SignedDuration::from_hours(24 * 180);

/// See the module.
pub struct Transparency;

/// One handshake an address, and a hello that asks for SCTs where the certificate has too few.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub host: HostLook,
    pub probes: Vec<TlsProbe>,
}

impl Rule for Transparency {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "tls.transparency",
        title: "The certificate is in as many transparency logs as browsers ask for",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 25,
        version: 1,
        standards: &["RFC 6962 §3.3", "Chrome Certificate Transparency Policy"],
        guide: include_str!("../../../assets/guides/tls.transparency.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let host = look::look(look).await;
        let lacking: Vec<&TlsHandshake> = host
            .handshakes
            .iter()
            .filter(|shake| {
                shake
                    .session()
                    .is_some_and(|s| is_public(s) != Some(false) && logs(s, None).len() < wanted(s))
            })
            .take(1)
            .collect();
        let probes = match subject::host_name(look.subject) {
            Some(name) => join_all(
                lacking
                    .iter()
                    .map(|shake| look.network.probe(&name, shake.address, Offer::Timestamps)),
            )
            .await
            .iter()
            .map(|probe| (**probe).clone())
            .collect(),
            None => Vec::new(),
        };
        Seen { host, probes }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let judgement = says::judge(
            &look::routable(&seen.host),
            case.subject,
            |shake| match &shake.outcome {
                Err(failure) => Says::unseen(failure),
                Ok(session) => {
                    // One certificate stands at every address as a rule; its hello was sent to one of them.
                    let probe = seen
                        .probes
                        .iter()
                        .find(|probe| probe.address == shake.address)
                        .or_else(|| seen.probes.first().filter(|_| same_leaf(seen, shake)));
                    let says = judge_session(session, probe);
                    match says.verdict {
                        Verdict::Fail => says
                            .severity(look::severity(case.intent, case.subject, Severity::Blocker))
                            .remedy(remedy(case.subject)),
                        _ => says,
                    }
                }
            },
        );
        judgement.evidence(seen.probes.iter().map(evidence::probe))
    }
}

/// Whether the probed address shows the same certificate as `shake`.
fn same_leaf(seen: &Seen, shake: &TlsHandshake) -> bool {
    let leaf = |shake: &TlsHandshake| {
        shake
            .session()
            .and_then(|s| s.chain.first())
            .map(|leaf| leaf.sha256.clone())
    };
    seen.probes.first().is_some_and(|probe| {
        seen.host
            .handshakes
            .iter()
            .any(|other| other.address == probe.address && leaf(other) == leaf(shake))
    })
}

/// Whether a public root vouches for the certificate. `None`: no path was built, so it cannot be told.
fn is_public(session: &TlsSession) -> Option<bool> {
    let at = session
        .chain
        .first()
        .map_or(jiff::Timestamp::UNIX_EPOCH, |c| c.not_before);
    match (&session.verified, links(&session.chain, at).top) {
        (_, Top::SelfSigned(_))
        | (Err(ChainProblem::SelfSigned(_)), _)
        | (Err(ChainProblem::UnknownIssuer(_)), Top::Root(_)) => Some(false),
        _ => session.public,
    }
}

/// Distinct logs that vouch for the certificate, wherever their word came from.
fn logs(session: &TlsSession, probe: Option<&TlsProbe>) -> BTreeSet<String> {
    let mut logs: BTreeSet<String> = session
        .chain
        .first()
        .map(|leaf| leaf.sct_logs.iter().cloned().collect())
        .unwrap_or_default();
    if let Some(Ok(staple)) = &session.staple {
        logs.extend(staple.sct_logs.iter().cloned());
    }
    if let Some(ProbeReply::Agreed { sct_logs, .. }) = probe.map(|probe| &probe.reply) {
        logs.extend(sct_logs.iter().cloned());
    }
    logs
}

/// How many logs browsers ask for.
fn wanted(session: &TlsSession) -> usize {
    let lifetime = |leaf: &Certificate| leaf.not_after.duration_since(leaf.not_before);
    match session.chain.first().map(lifetime) {
        Some(lifetime) if lifetime > SHORT => 3,
        _ => 2,
    }
}

fn judge_session(session: &TlsSession, probe: Option<&TlsProbe>) -> Says {
    let Some(leaf) = session.chain.first() else {
        return Says::new(
            Verdict::Unknown,
            "no certificate was sent",
            "The server showed no certificate, so nothing can be said about it.",
        );
    };
    let (seen, wanted, public) = (logs(session, probe), wanted(session), is_public(session));
    if public == Some(false) {
        return Says::new(
            Verdict::NotApplicable,
            format!(
                "the certificate comes from a private authority ({}): browsers ask for transparency of public ones only",
                escape(&leaf.issuer)
            ),
            "The certificate does not come from a public authority, so the public registers of certificates do not apply to it.",
        );
    }
    if seen.len() >= wanted {
        return Says::new(
            Verdict::Pass,
            format!(
                "SCTs of {} different logs are present, {wanted} are asked for (their signatures were not verified)",
                seen.len()
            ),
            "The certificate is entered in the public registers that browsers ask for.",
        )
        .fact("enough logs");
    }
    let count = match seen.len() {
        0 => "no SCT is".to_owned(),
        1 => "SCTs of 1 log are".to_owned(),
        n => format!("SCTs of {n} logs are"),
    };
    let elsewhere = match probe.map(|probe| &probe.reply) {
        Some(ProbeReply::Agreed { .. }) => None,
        Some(ProbeReply::Unknown(failure)) => Some(escape(&failure.text)),
        // TLS 1.3 hides the extension from a hand-made hello.
        Some(ProbeReply::Alert(_) | ProbeReply::Closed) => {
            Some("the server speaks no TLS 1.2 in which it would show".to_owned())
        }
        None => Some("it was not asked".to_owned()),
    };
    if let Some(why) = elsewhere {
        return Says::new(
            Verdict::Unknown,
            format!(
                "{count} in the certificate or the stapled response, {wanted} are asked for; whether the handshake carries them could not be seen: {why}"
            ),
            "Whether the certificate is entered in the public registers could not be told this time.",
        );
    }
    if public.is_none() {
        return Says::new(
            Verdict::Unknown,
            format!(
                "{count} present, {wanted} are asked for of a public certificate; whether this is one cannot be told, since no path to a root could be verified (see tls.chain, tls.expiry and tls.key)"
            ),
            "Whether the public registers matter for this certificate can be told once its other faults are mended.",
        );
    }
    Says::new(
        Verdict::Fail,
        format!(
            "{count} present (certificate, handshake and stapled response looked at), {wanted} of different logs are asked for"
        ),
        "Chrome, Edge and Safari refuse the site with a full-page warning, since its certificate is not in the public registers.",
    )
}

fn remedy(host: &str) -> Remedy {
    remedy::manual(
        "tls.transparency",
        [
            format!("Have the certificate of {host} issued again: every public authority embeds SCTs in what it issues today. `certbot renew --force-renewal --cert-name {host}`, or the reissue button of the authority."),
            "If the order has an option such as \"do not publish in transparency logs\", switch it off.".to_owned(),
            "Install the new file and reload the server, on every machine that answers for this name.".to_owned(),
        ],
        "Point the server at the old certificate file again and reload it; browsers will refuse it as before.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::tls::{Staple, Status};

    fn with(logs: &[&str], days_long: i64) -> TlsSession {
        let leaf = Certificate {
            not_after: leaf().not_before + days(days_long),
            sct_logs: logs.iter().map(|log| (*log).to_owned()).collect(),
            ..leaf()
        };
        session(vec![leaf, intermediate()], Ok(()))
    }

    fn probe(reply: ProbeReply) -> TlsProbe {
        TlsProbe {
            host: subject::host_name("www.acme.example").unwrap(),
            address: "203.0.113.10".parse().unwrap(),
            offer: Offer::Timestamps,
            at: now(),
            reply,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the field wants it")]
    fn agreed(logs: &[&str]) -> Option<TlsProbe> {
        Some(probe(ProbeReply::Agreed {
            version: 0x0303,
            suite: 0xc02b,
            sct_logs: logs.iter().map(|log| (*log).to_owned()).collect(),
        }))
    }

    #[test]
    fn logs_are_counted_in_all_three_places() {
        let mut stapled = with(&["aa"], 90);
        stapled.staple = Some(Ok(Staple {
            status: Status::Good,
            about_leaf: true,
            signed: Ok(()),
            this_update: now(),
            next_update: None,
            sct_logs: vec!["cc".into()],
        }));
        let private = TlsSession {
            public: Some(false),
            ..with(&[], 90)
        };
        let pathless = TlsSession {
            public: None,
            verified: Err(ChainProblem::UnknownIssuer(String::new())),
            ..with(&[], 90)
        };
        for (session, probe, want) in [
            (with(&["aa", "bb"], 90), None, Verdict::Pass),
            (with(&["aa", "bb"], 180), None, Verdict::Pass),
            (with(&["aa", "bb"], 181), agreed(&[]), Verdict::Fail),
            (with(&["aa", "bb", "cc"], 398), None, Verdict::Pass),
            (with(&["aa", "aa"], 90), agreed(&[]), Verdict::Fail),
            (with(&["aa"], 90), agreed(&["bb"]), Verdict::Pass),
            (with(&["aa"], 90), agreed(&["aa"]), Verdict::Fail),
            (with(&[], 90), None, Verdict::Unknown),
            (
                with(&[], 90),
                Some(self::probe(ProbeReply::Alert(70))),
                Verdict::Unknown,
            ),
            (stapled, None, Verdict::Pass),
            (private, None, Verdict::NotApplicable),
            (pathless, agreed(&[]), Verdict::Unknown),
        ] {
            let says = judge_session(&session, probe.as_ref());
            assert_eq!(says.verdict, want, "{}", says.text);
        }
    }
}
