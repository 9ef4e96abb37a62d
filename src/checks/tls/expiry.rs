//! `tls.expiry`: the certificate is valid now and stays so long enough (T05 T06, trap 67).
//!
//! Measured in parts of its lifetime, since lifetimes run from six days to a year: automation that renews in time keeps
//! more than a third; a sixth or less than 48 hours left means that nobody renews.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::look::{self, HostLook};
use super::says::{self, Says};
use super::show;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::subject;
use crate::model::fact::{KEY, UNTIL};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::{Certificate, TlsHandshake, TlsSession};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// Less than this is a failure whatever the lifetime.
const FLOOR: SignedDuration = SignedDuration::from_hours(48);

/// See the module.
pub struct Expiry;

impl Rule for Expiry {
    type Seen = HostLook;

    const META: Meta = Meta {
        id: "tls.expiry",
        title: "The certificate is valid and more than a third of its lifetime is left",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 20,
        version: 1,
        standards: &["RFC 5280 §4.1.2.5", "CA/Browser Forum BR §6.3.2"],
        guide: include_str!("../../../assets/guides/tls.expiry.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> HostLook {
        look::look(look).await
    }

    fn judge(&self, seen: &HostLook, case: Case<'_>) -> Judgement {
        let of_leaf = |leaf: &Certificate| match term(leaf, case.now) {
            Term::NotYet | Term::Expired | Term::Ending => Verdict::Fail,
            Term::Short => Verdict::Warn,
            Term::Good => Verdict::Pass,
        };
        let judgement =
            says::judge_sessions(seen, case.subject, |session| judge_session(session, case))
                .exhibit(show::lifetimes(seen, of_leaf));
        told(judgement, seen, case.subject)
    }
}

/// The facts of the certificates that are served; nothing where none was seen. Of the issuer, the organisation: which of its
/// keys signs is up to it.
fn told(judgement: Judgement, seen: &HostLook, host: &str) -> Judgement {
    let sessions = seen.handshakes.iter().filter_map(TlsHandshake::session);
    let leaves: Vec<&Certificate> = sessions.filter_map(|s| s.chain.first()).collect();
    if leaves.is_empty() {
        return judgement;
    }
    let all = |what: fn(&Certificate) -> String| leaves.iter().map(|leaf| what(leaf)).collect();
    let facts: [(&str, Vec<String>); 4] = [
        (UNTIL, all(|leaf| leaf.not_after.to_string())),
        (
            KEY,
            all(|leaf| format!("{} {}", leaf.key.kind, leaf.key.bits)),
        ),
        (" issuer", all(|leaf| escape(organisation(&leaf.issuer)))),
        (
            " names",
            all(|leaf| {
                let names: BTreeSet<&str> = leaf.dns_names.iter().map(String::as_str).collect();
                escape(&names.into_iter().collect::<Vec<_>>().join(" "))
            }),
        ),
    ];
    let named = |(of, list): (&str, Vec<String>)| (format!("certificate {host}{of}"), list);
    judgement.told_all(facts.map(named))
}

/// `O` of a distinguished name, else the whole: `C=US, O=Let's Encrypt, CN=R10`. A value may have commas of its own.
fn organisation(name: &str) -> &str {
    let mut parts = name.match_indices("O=").filter(|(at, _)| {
        let before = name.get(..*at).unwrap_or_default();
        before.is_empty() || before.ends_with(", ")
    });
    let Some(value) = parts.next().and_then(|(at, _)| name.get(at + 2..)) else {
        return name;
    };
    let is_next = |at: usize| {
        let rest = value.get(at + 2..).unwrap_or_default();
        let key = rest.split('=').next().unwrap_or_default();
        rest.contains('=') && !key.is_empty() && key.bytes().all(|b| b.is_ascii_uppercase())
    };
    let end = value
        .match_indices(", ")
        .map(|(at, _)| at)
        .find(|at| is_next(*at));
    end.and_then(|at| value.get(..at)).unwrap_or(value)
}

/// How a certificate stands to its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    NotYet,
    Expired,
    /// Below a sixth, or below [`FLOOR`].
    Ending,
    /// Below a third.
    Short,
    Good,
}

fn term(certificate: &Certificate, now: Timestamp) -> Term {
    let left = certificate.not_after.duration_since(now);
    let lifetime = certificate.not_after.duration_since(certificate.not_before);
    if now < certificate.not_before {
        Term::NotYet
    } else if left <= SignedDuration::ZERO {
        Term::Expired
    } else if left < FLOOR || left < lifetime / 6 {
        Term::Ending
    } else if left < lifetime / 3 {
        Term::Short
    } else {
        Term::Good
    }
}

fn judge_session(session: &TlsSession, case: Case<'_>) -> Says {
    let Some(leaf) = session.chain.first() else {
        return Says::new(
            Verdict::Unknown,
            "no certificate was sent",
            "The server showed no certificate, so its dates cannot be told.",
        );
    };
    let (from, until) = (leaf.not_before, leaf.not_after);
    let left = span(until.duration_since(case.now));
    let lifetime = span(until.duration_since(from));
    let term = term(leaf, case.now);
    let (verdict, severity, text, plain) = match term {
        Term::NotYet => (
            Verdict::Fail,
            Severity::Blocker,
            format!("the certificate is not valid before {from}"),
            "Visitors are warned away: the certificate starts to be valid only later.",
        ),
        Term::Expired => (
            Verdict::Fail,
            Severity::Blocker,
            format!("the certificate expired on {until}"),
            "Visitors see a full-page warning instead of the site: the certificate ran out.",
        ),
        Term::Ending => (
            Verdict::Fail,
            Severity::Fix,
            format!(
                "the certificate expires on {until}, {left} of {lifetime} are left: renewal did not happen when it should have"
            ),
            "The certificate runs out very soon and was not renewed by itself; then visitors would see a full-page warning.",
        ),
        Term::Short => (
            Verdict::Warn,
            Severity::Fix,
            format!(
                "the certificate expires on {until}, {left} of {lifetime} are left: renewal is due"
            ),
            "The certificate should be renewed by now. It still works; look whether the renewal runs.",
        ),
        Term::Good => (
            Verdict::Pass,
            Severity::Blocker,
            format!("the certificate is valid until {until}, {left} of {lifetime} are left"),
            "The certificate is valid and has plenty of time left.",
        ),
    };
    let says = Says::new(verdict, text, plain)
        .severity(look::severity(case.intent, case.subject, severity))
        .fact(format!("{term:?} until {until}"));
    match term {
        Term::Good => says,
        _ => says.remedy(remedy(term, case.subject)),
    }
}

/// Whole days, or hours below two days.
fn span(duration: SignedDuration) -> String {
    match duration.as_hours() {
        hours @ ..48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

fn remedy(term: Term, host: &str) -> Remedy {
    if term == Term::NotYet {
        return remedy::manual(
            "tls.expiry",
            [
                "Compare the clock of the machine that ordered the certificate with the right time.".to_owned(),
                format!("Serve the previous certificate of {host} until the new one becomes valid, or order one again."),
            ],
            "Point the server at the other certificate file again and reload it.",
        );
    }
    remedy::manual(
        "tls.expiry",
        [
            format!("Renew the certificate of {host} now: `certbot renew --cert-name {host}`, or the renew button of the platform that manages it."),
            "Read why the automatic renewal did not happen: its log, a CAA record that shuts the authority out, a stale AAAA record, or a redirect or password in front of /.well-known/acme-challenge/.".to_owned(),
            "Make it automatic (a timer that runs twice a day and reloads the web server), and let the monitor watch the date.".to_owned(),
        ],
        "A renewed certificate needs no undoing; the old one may stay on disk until it expires.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;

    fn at(lifetime_h: i64, left_h: i64) -> Certificate {
        let until = now() + SignedDuration::from_hours(left_h);
        Certificate {
            not_after: until,
            not_before: until - SignedDuration::from_hours(lifetime_h),
            ..leaf()
        }
    }

    #[test]
    fn what_is_left_is_measured_against_the_lifetime() {
        const DAY: i64 = 24;
        for (lifetime, left, want) in [
            (90 * DAY, 60 * DAY, Term::Good),
            (90 * DAY, 30 * DAY, Term::Good),
            (90 * DAY, 30 * DAY - 1, Term::Short),
            (90 * DAY, 15 * DAY - 1, Term::Ending),
            (47 * DAY, 16 * DAY, Term::Good),
            (47 * DAY, 15 * DAY, Term::Short),
            (47 * DAY, 7 * DAY, Term::Ending),
            (160, 60, Term::Good),
            (160, 50, Term::Short),
            (160, 47, Term::Ending),
            (398 * DAY, 100 * DAY, Term::Short),
            (90 * DAY, 0, Term::Expired),
            (90 * DAY, -DAY, Term::Expired),
            (90 * DAY, 91 * DAY, Term::NotYet),
        ] {
            assert_eq!(
                term(&at(lifetime, left), now()),
                want,
                "{left} of {lifetime}"
            );
        }
    }

    #[test]
    fn the_fact_does_not_change_by_the_hour() {
        let intent = intent();
        let seen = seen(vec![Ok(session(vec![leaf()], Ok(())))]);
        let first = Expiry.judge(&seen, case(&intent));
        let mut later = case(&intent);
        later.now = now() + SignedDuration::from_hours(30);
        let second = Expiry.judge(&seen, later);
        assert_eq!(first.fact, second.fact);
        assert_ne!(first.summary, second.summary);
    }

    #[test]
    fn the_issuer_is_told_by_its_organisation() {
        for (name, want) in [
            ("C=US, O=Let's Encrypt, CN=R10", "Let's Encrypt"),
            ("C=US, O=DigiCert, Inc., CN=DigiCert CA", "DigiCert, Inc."),
            ("O=Acme", "Acme"),
            ("CN=NOO=x", "CN=NOO=x"),
            ("CN=Range CA 1", "CN=Range CA 1"),
            ("", ""),
        ] {
            assert_eq!(organisation(name), want, "{name}");
        }
    }

    #[test]
    fn the_certificate_is_told_apart_from_the_verdict() {
        let intent = intent();
        let two = vec![
            Ok(session(vec![leaf()], Ok(()))),
            Ok(session(vec![leaf()], Ok(()))),
        ];
        let facts = |seen: &HostLook| Expiry.judge(seen, case(&intent)).details["facts"].clone();
        let told = facts(&seen(two));
        let until = &told["certificate www.acme.example until"];
        assert_eq!(*until, serde_json::json!([leaf().not_after.to_string()]));
        assert_eq!(told.as_object().unwrap().len(), 4);
        let none = seen(vec![Err(timeout())]);
        assert!(
            !Expiry
                .judge(&none, case(&intent))
                .details
                .contains_key("facts")
        );
    }

    #[test]
    fn severity_follows_the_term() {
        let intent = intent();
        for (left, verdict, severity) in [
            (-1, Verdict::Fail, Severity::Blocker),
            (24, Verdict::Fail, Severity::Fix),
            (24 * 20, Verdict::Warn, Severity::Fix),
        ] {
            let seen = seen(vec![Ok(session(vec![at(90 * 24, left)], Ok(())))]);
            let judged = Expiry.judge(&seen, case(&intent));
            assert_eq!((judged.verdict, judged.severity), (verdict, Some(severity)));
            assert!(judged.remedy.is_some());
        }
        let none = seen(vec![Err(timeout())]);
        assert_eq!(Expiry.judge(&none, case(&intent)).verdict, Verdict::Unknown);
    }
}
