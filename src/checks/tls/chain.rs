//! `tls.chain`: a path to a public root builds from what the server itself sent (T02 T03, traps 61–63).
//!
//! A wrong name, a date or a weak key is another rule's fault: when only that is wrong, the path is judged without it. Nothing is
//! fetched to complete a chain; where a browser could fetch the missing piece, the finding says so and names it.

use jiff::Timestamp;

use super::look::{self, HostLook};
use super::path::{Links, Top, is_current, links};
use super::says::{self, Says};
use super::show;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::subject;
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::{Certificate, ChainProblem, TlsSession};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct Chain;

impl Rule for Chain {
    type Seen = HostLook;

    const META: Meta = Meta {
        id: "tls.chain",
        title: "The certificate chain that is sent leads to a public root",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 20,
        version: 1,
        standards: &["RFC 5280 §6", "RFC 8446 §4.4.2", "RFC 5246 §7.4.2"],
        guide: include_str!("../../../assets/guides/tls.chain.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> HostLook {
        look::look(look).await
    }

    fn judge(&self, seen: &HostLook, case: Case<'_>) -> Judgement {
        let judgement = says::judge(&look::routable(seen), case.subject, |shake| {
            match &shake.outcome {
                Err(failure) => Says::unseen(failure),
                Ok(session) => {
                    let mut says = judge_chain(session, shake.at);
                    if says.verdict == Verdict::Fail {
                        says.severity =
                            Some(look::severity(case.intent, case.subject, Severity::Blocker));
                        says.remedy = Some(remedy(session, shake.at, case));
                    }
                    says
                }
            }
        });
        judgement.exhibit(show::trees(seen))
    }
}

/// Judges what was sent, as at the time of the handshake.
fn judge_chain(session: &TlsSession, at: Timestamp) -> Says {
    let links = links(&session.chain, at);
    let Some(leaf) = session.chain.first() else {
        return fails("no certificate was sent");
    };
    match &session.verified {
        // The name is looked at only after the path was built.
        Ok(()) | Err(ChainProblem::WrongName(_)) => holds(&session.chain, &links),
        Err(ChainProblem::Weak(why)) => {
            let mut says = holds(&session.chain, &links);
            says.text = format!("{}; {} (see tls.key)", says.text, escape(why));
            says
        }
        Err(ChainProblem::Unproven(why)) => Says::new(
            Verdict::Unknown,
            format!(
                "a path to a public root builds, but whether the server holds the certificate's key could not be told: {}",
                escape(why)
            ),
            "The certificate's paperwork is in order, but whether it really belongs to this server could not be tested from here.",
        ),
        Err(ChainProblem::Expired(_) | ChainProblem::NotYetValid(_)) if !is_current(leaf, at) => {
            undated(&links)
        }
        Err(ChainProblem::Expired(_) | ChainProblem::NotYetValid(_)) => {
            let culprit = session.chain.iter().skip(1).find(|c| !is_current(c, at));
            match culprit {
                Some(c) => fails(format!(
                    "the intermediate {} is valid only from {} to {}",
                    escape(&c.subject),
                    day(c.not_before),
                    day(c.not_after)
                )),
                None => fails("a certificate above the leaf is out of its dates"),
            }
        }
        Err(problem) => broken(problem, &links),
    }
}

/// The library stopped at the leaf's dates before it looked for a path: the links say what it would have found.
fn undated(links: &Links<'_>) -> Says {
    match links.top {
        Top::SelfSigned(_) | Top::Nothing => broken(&ChainProblem::Other(String::new()), links),
        Top::LeafOnly(leaf) => missing(leaf).confidence(Confidence::Likely),
        Top::Intermediate(top) | Top::Root(top) => Says::new(
            Verdict::Pass,
            format!(
                "the certificates link up to {}; the leaf's own dates (see tls.expiry) kept them from being verified",
                escape(&top.issuer)
            ),
            "The certificate's paperwork looks complete; its dates are the problem.",
        )
        .confidence(Confidence::Likely),
    }
}

fn broken(problem: &ChainProblem, links: &Links<'_>) -> Says {
    match (problem, links.top) {
        (ChainProblem::BadSignature(text), _) => {
            fails(format!("a signature is wrong: {}", escape(text)))
        }
        (ChainProblem::SelfSigned(_), _) | (_, Top::SelfSigned(_)) => {
            fails("the certificate signed itself: no authority stands behind it")
        }
        (_, Top::LeafOnly(leaf)) => missing(leaf),
        (ChainProblem::UnknownIssuer(_), Top::Intermediate(top)) => fails(format!(
            "the chain ends at {}, whose issuer {} was neither sent nor is a public root{}",
            escape(&top.subject),
            escape(&top.issuer),
            repair(top)
        )),
        (ChainProblem::UnknownIssuer(_), Top::Root(root)) => fails(format!(
            "the chain ends at {}, a root that browsers do not know",
            escape(&root.subject)
        )),
        (problem, _) => fails(format!(
            "no path to a public root: {}",
            escape(problem.text())
        )),
    }
}

fn missing(leaf: &Certificate) -> Says {
    fails(format!(
        "only the leaf is sent, its issuer {} is missing{}",
        escape(&leaf.issuer),
        repair(leaf)
    ))
}

/// What a browser that fetches issuers by itself would do.
fn repair(top: &Certificate) -> String {
    match top.issuer_urls.first() {
        Some(url) => format!(
            " (some browsers would fetch it from {}; curl, webhooks and phones will not)",
            escape(url)
        ),
        None => String::new(),
    }
}

fn fails(text: impl Into<String>) -> Says {
    Says::new(
        Verdict::Fail,
        text,
        "Some visitors, phones and connected services will be warned that this site cannot be trusted, or cannot connect at all.",
    )
}

fn holds(chain: &[Certificate], links: &Links<'_>) -> Says {
    let plain = "Browsers and other programs can verify that this site is genuine.";
    let extra: Vec<String> = chain
        .iter()
        .enumerate()
        .filter(|(i, c)| !links.used.contains(i) || *i > 0 && c.self_signed)
        .map(|(i, c)| {
            match links
                .used
                .iter()
                .any(|used| *used != i && same(chain, *used, c))
            {
                true => format!("the other certificate of {}", escape(&c.subject)),
                false => escape(&c.subject),
            }
        })
        .collect();
    if let Some(end) = links.astray {
        return Says::new(
            Verdict::Warn,
            format!(
                "a path to a public root builds, but of two certificates of {} the one that leads to {} is sent first; OpenSSL (curl, webhooks, payment providers) tries no other and fails",
                escape(&end.subject),
                escape(&end.issuer)
            ),
            "Browsers trust the site, but some connected services cannot connect to it because of the order of its certificate files.",
        )
        .confidence(Confidence::Likely)
        .severity(Severity::Fix);
    }
    if !links.in_order() {
        return Says::new(
            Verdict::Warn,
            "a path to a public root builds, but the certificates are sent out of order, which strict TLS 1.2 clients refuse",
            "The site is trusted, but its certificate files are in the wrong order, which a few older programs reject.",
        )
        .severity(Severity::Advice);
    }
    let text = if extra.is_empty() {
        "a path to a public root builds from what is sent".to_owned()
    } else {
        format!(
            "a path to a public root builds from what is sent; not needed: {}",
            extra.join(", ")
        )
    };
    Says::new(Verdict::Pass, text, plain).fact("a path builds")
}

/// Whether the certificate at `place` is of the same subject.
fn same(chain: &[Certificate], place: usize, as_other: &Certificate) -> bool {
    chain
        .get(place)
        .is_some_and(|c| c.subject == as_other.subject)
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn remedy(session: &TlsSession, at: Timestamp, case: Case<'_>) -> Remedy {
    let host = case.subject;
    let first = match links(&session.chain, at).top {
        Top::SelfSigned(_) | Top::Nothing => format!(
            "Order a certificate for {host} from a public authority (Let's Encrypt by ACME is free) instead of the one the server made for itself."
        ),
        Top::Root(_) => format!(
            "The certificate comes from a private authority. Order one for {host} from a public authority (Let's Encrypt by ACME is free)."
        ),
        Top::LeafOnly(leaf) | Top::Intermediate(leaf) => format!(
            "Serve the certificate together with its intermediates (the file that ACME clients call fullchain.pem); missing now: {}.",
            escape(&leaf.issuer)
        ),
    };
    remedy::configure(
        "tls.chain",
        [
            first,
            "Reload the web server, on every machine that answers for this name.".to_owned(),
        ],
        remedy::http::full_chain(case.intent, host),
        "Point the server at the old certificate file again and reload it.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;

    fn judged(chain: Vec<Certificate>, verified: Result<(), ChainProblem>) -> Judgement {
        let intent = intent();
        Chain.judge(&seen(vec![Ok(session(chain, verified))]), case(&intent))
    }

    #[test]
    fn what_was_sent_is_judged() {
        let unknown = || Err(ChainProblem::UnknownIssuer("UnknownIssuer".into()));
        let own = certificate("www.acme.example", "www.acme.example");
        for (chain, verified, want, says) in [
            (
                vec![leaf(), intermediate()],
                Ok(()),
                Verdict::Pass,
                "builds from what is sent",
            ),
            (
                vec![leaf(), intermediate(), root()],
                Ok(()),
                Verdict::Pass,
                "not needed: CN=Range Root",
            ),
            (
                vec![leaf(), root(), intermediate()],
                Ok(()),
                Verdict::Warn,
                "out of order",
            ),
            (
                vec![leaf()],
                unknown(),
                Verdict::Fail,
                "fetch it from http://ca.example/Range-CA-1.crt",
            ),
            (
                vec![leaf(), intermediate()],
                unknown(),
                Verdict::Fail,
                "whose issuer CN=Range Root was neither",
            ),
            (
                vec![leaf(), intermediate(), root()],
                unknown(),
                Verdict::Fail,
                "browsers do not know",
            ),
            (vec![own.clone()], unknown(), Verdict::Fail, "signed itself"),
            (
                vec![own],
                Err(ChainProblem::Other("CaUsedAsEndEntity".into())),
                Verdict::Fail,
                "signed itself",
            ),
            (
                vec![leaf(), intermediate()],
                Err(ChainProblem::BadSignature("x".into())),
                Verdict::Fail,
                "signature",
            ),
            (
                vec![leaf(), intermediate()],
                Err(ChainProblem::Weak("SHA-1".into())),
                Verdict::Pass,
                "what is sent; SHA-1 (see tls.key)",
            ),
            (
                vec![leaf(), intermediate()],
                Err(ChainProblem::Unproven("P-521".into())),
                Verdict::Unknown,
                "could not be told: P-521",
            ),
            (vec![], unknown(), Verdict::Fail, "no certificate"),
        ] {
            let judged = judged(chain, verified);
            assert_eq!(judged.verdict, want, "{}", judged.summary);
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
        }
    }

    #[test]
    fn a_wrong_name_or_an_expired_leaf_is_another_rules_fault() {
        let wrong = judged(
            vec![leaf(), intermediate()],
            Err(ChainProblem::WrongName("x".into())),
        );
        assert_eq!(
            (wrong.verdict, wrong.confidence),
            (Verdict::Pass, Confidence::Certain)
        );
        let old = Certificate {
            not_after: now() - days(1),
            ..leaf()
        };
        let expired = || Err(ChainProblem::Expired("x".into()));
        let linked = judged(vec![old.clone(), intermediate()], expired());
        assert_eq!(
            (linked.verdict, linked.confidence),
            (Verdict::Pass, Confidence::Likely)
        );
        let alone = judged(vec![old], expired());
        assert_eq!(
            (alone.verdict, alone.confidence),
            (Verdict::Fail, Confidence::Likely)
        );
    }

    #[test]
    fn a_foreign_twin_in_front_stops_those_who_do_not_turn_back() {
        let known = Certificate {
            below_root: true,
            ..intermediate()
        };
        let foreign = Certificate {
            issuer: "CN=Unknown Root".into(),
            ..intermediate()
        };
        let first = judged(vec![leaf(), foreign.clone(), known.clone()], Ok(()));
        assert_eq!(
            (first.verdict, first.severity),
            (Verdict::Warn, Some(Severity::Fix))
        );
        assert!(
            first.summary.contains("leads to CN=Unknown Root"),
            "{}",
            first.summary
        );
        let last = judged(vec![leaf(), known, foreign], Ok(()));
        assert_eq!(last.verdict, Verdict::Pass);
        assert!(
            last.summary.contains("the other certificate of"),
            "{}",
            last.summary
        );
    }

    #[test]
    fn an_expired_intermediate_is_this_rules_fault_unless_another_path_exists() {
        let old = Certificate {
            not_after: now() - days(1),
            ..intermediate()
        };
        let judged_old = judged(
            vec![leaf(), old.clone()],
            Err(ChainProblem::Expired("x".into())),
        );
        assert_eq!(judged_old.verdict, Verdict::Fail);
        assert!(
            judged_old.summary.contains("CN=Range CA 1 is valid only"),
            "{}",
            judged_old.summary
        );
        assert_eq!(
            judged(vec![leaf(), intermediate(), old], Ok(())).verdict,
            Verdict::Pass,
            "trap 61"
        );
    }

    #[test]
    fn names_in_a_certificate_cannot_write_on_the_terminal() {
        let evil = Certificate {
            issuer: "CN=\x1b[2Jevil".into(),
            ..leaf()
        };
        let judged = judged(vec![evil], Err(ChainProblem::UnknownIssuer(String::new())));
        assert!(!format!("{judged:?}").contains('\x1b'));
    }
}
