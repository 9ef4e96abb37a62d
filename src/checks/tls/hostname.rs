//! `tls.hostname`: a name in the certificate covers the host (T04, trap 65). Only subject alternative names count.

use serde_json::json;

use super::look::{self, HostLook};
use super::names::covering;
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::subject;
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::{Certificate, TlsSession};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// Names that a summary shows.
const SHOWN: usize = 5;

/// See the module.
pub struct Hostname;

impl Rule for Hostname {
    type Seen = HostLook;

    const META: Meta = Meta {
        id: "tls.hostname",
        title: "The certificate names the host",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 20,
        version: 1,
        standards: &["RFC 9525 §6.3", "RFC 5280 §4.2.1.6"],
        guide: include_str!("../../../assets/guides/tls.hostname.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> HostLook {
        look::look(look).await
    }

    fn judge(&self, seen: &HostLook, case: Case<'_>) -> Judgement {
        let severity = look::severity(case.intent, case.subject, Severity::Blocker);
        says::judge_sessions(seen, case.subject, |session| {
            let says = judge_session(session, case.subject);
            match says.verdict {
                Verdict::Fail => says.severity(severity).remedy(remedy(case)),
                _ => says,
            }
        })
        .detail("names", names(seen))
    }
}

fn judge_session(session: &TlsSession, host: &str) -> Says {
    let Some(leaf) = session.chain.first() else {
        return Says::new(
            Verdict::Unknown,
            "no certificate was sent",
            "The server showed no certificate, so its names cannot be told.",
        );
    };
    let plain = "Visitors see a full-page warning: the certificate was made out to another name.";
    if leaf.dns_names.is_empty() {
        let text = format!(
            "the certificate has no subject alternative name; its subject {} is not looked at by browsers",
            escape(&leaf.subject)
        );
        return Says::new(Verdict::Fail, text, plain);
    }
    match covering(&leaf.dns_names, host).first() {
        Some(name) => Says::new(
            Verdict::Pass,
            format!("covered by the certificate's name {}", escape(name)),
            "The certificate is made out to this name.",
        ),
        None => Says::new(
            Verdict::Fail,
            format!(
                "the certificate is for {}{}",
                listed(leaf),
                hint(leaf, host)
            ),
            plain,
        ),
    }
}

fn listed(leaf: &Certificate) -> String {
    let shown: Vec<String> = leaf
        .dns_names
        .iter()
        .take(SHOWN)
        .map(|n| escape(n))
        .collect();
    match leaf.dns_names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The two misunderstandings behind most wrong names.
fn hint(leaf: &Certificate, host: &str) -> &'static str {
    let below = |name: &String| {
        name.strip_prefix("*.")
            .is_some_and(|rest| host.ends_with(&format!(".{rest}")))
    };
    let apex = |name: &String| name.strip_prefix("*.") == Some(host);
    if leaf.dns_names.iter().any(apex) {
        " (a wildcard does not cover the name above it)"
    } else if leaf.dns_names.iter().any(below) {
        " (a wildcard stands for one label only)"
    } else {
        ""
    }
}

fn names(seen: &HostLook) -> serde_json::Value {
    seen.handshakes
        .iter()
        .filter_map(|shake| {
            let leaf = shake.session()?.chain.first()?;
            Some(json!({"address": shake.address.to_string(), "names": leaf.dns_names.iter().map(|n| escape(n)).collect::<Vec<_>>()}))
        })
        .collect()
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    remedy::configure(
        "tls.hostname",
        [
            format!("Add {host} as a domain of the project or server block that answers it, so that a certificate is ordered for exactly this name."),
            format!("With certbot: `certbot certonly --expand -d` with every old name and {host}. Name apex and www both: neither covers the other."),
            "If the certificate belongs to somebody else's site, the DNS record points at the wrong machine: correct the record instead.".to_owned(),
        ],
        remedy::http::full_chain(case.intent, host),
        "Take the name out of the project or certificate again; the old certificate stays valid.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::tls::ChainProblem;

    fn judged(names: &[&str]) -> Judgement {
        let leaf = Certificate {
            dns_names: names.iter().map(|n| (*n).to_owned()).collect(),
            ..leaf()
        };
        // The library's word is of no matter: it stops at the first thing it finds.
        let expired = Err(ChainProblem::Expired("x".into()));
        let intent = intent();
        Hostname.judge(&seen(vec![Ok(session(vec![leaf], expired))]), case(&intent))
    }

    #[test]
    fn only_alternative_names_count() {
        for (names, want, says) in [
            (
                vec!["acme.example", "www.acme.example"],
                Verdict::Pass,
                "www.acme.example",
            ),
            (vec!["*.acme.example"], Verdict::Pass, "*.acme.example"),
            (vec!["acme.example"], Verdict::Fail, "is for acme.example"),
            (vec![], Verdict::Fail, "no subject alternative name"),
            (
                vec!["*.www.acme.example"],
                Verdict::Fail,
                "the name above it",
            ),
            (vec!["*.example"], Verdict::Fail, "one label only"),
            (
                vec!["a", "b", "c", "d", "e", "f"],
                Verdict::Fail,
                "e and 1 more",
            ),
        ] {
            let judged = judged(&names);
            assert_eq!(judged.verdict, want, "{}", judged.summary);
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
        }
    }

    #[test]
    fn a_bad_second_address_is_named() {
        let good = Ok(session(vec![leaf()], Ok(())));
        let bad = Ok(session(
            vec![certificate("old.example", "Range CA 1")],
            Ok(()),
        ));
        let intent = intent();
        let judged = Hostname.judge(&seen(vec![good, bad]), case(&intent));
        assert_eq!(judged.verdict, Verdict::Fail);
        assert!(
            judged.summary.contains("1 of 2 addresses: at 203.0.113.11"),
            "{}",
            judged.summary
        );
    }

    #[test]
    fn without_a_handshake_it_is_unknown() {
        let intent = intent();
        assert_eq!(
            Hostname
                .judge(&seen(vec![Err(timeout())]), case(&intent))
                .verdict,
            Verdict::Unknown
        );
    }
}
