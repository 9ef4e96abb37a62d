//! `domain.expiry`: the registration lasts for more than 60 days (W01 W03).
//!
//! The date is the registry's; where the registry does not tell one, a date that the operator attests is judged by the same
//! measure, and said to be attested. A registry that renewed by itself has moved its date a year ahead though nobody may have
//! paid yet: there the registrar's own date counts, or the finding only warns.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::gap;
use crate::checks::dns::zone;
use crate::checks::evidence;
use crate::checks::evidence::registration::registration;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Bar, Exhibit};
use crate::model::fact::UNTIL;
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::rdap::{DomainObject, RdapGap, Registration};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

const WARN_BELOW: i64 = 60;
const FIX_BELOW: i64 = 30;
const BLOCK_BELOW: i64 = 7;

/// No registry sells that many years: a date beyond it stands for "none".
const PLACEHOLDER_YEARS: i64 = 101;

/// What stays untold where nothing was learned.
const MISSING: &str = "when the registration ends";

/// The check.
pub struct Expiry;

impl Rule for Expiry {
    type Seen = Option<Registration>;

    const META: Meta = Meta {
        id: "domain.expiry",
        title: "The domain stays registered for more than 60 days",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 9083 §4.5", "RFC 9224 §4"],
        guide: include_str!("../../../assets/guides/domain.expiry.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::subject(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Self::Seen {
        let domain = HostName::parse(look.subject).ok()?;
        Some((*look.network.registration(&domain).await).clone())
    }

    fn judge(&self, seen: &Self::Seen, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a domain name", case.subject));
        };
        let told = match &seen.outcome {
            Ok(object) => told(object, case.now).map_err(|why| Box::new(untold(seen, &why))),
            Err(gap) => Err(Box::new(gap::judge(seen, gap, MISSING))),
        };
        match (told, attested(case.intent)) {
            (Ok(until), _) => judge_term(&until, case)
                .exhibit([bar(seen, &until, case)])
                .evidence([registration(seen)]),
            // A name that a platform gives out has no end that could be attested.
            (Err(judgement), _) if matches!(seen.outcome, Err(RdapGap::PrivateSuffix(_))) => {
                *judgement
            }
            (Err(_), Some(until)) => judge_term(&until, case)
                .exhibit([bar(seen, &until, case)])
                .evidence([
                    registration(seen),
                    evidence::note(
                        seen.at,
                        &format!("the intent attests domain_expires = {}", day(until.at)),
                    ),
                ]),
            (Err(judgement), None) => judgement.remedy(attest(case.subject)),
        }
    }
}

/// The end of a registration and how it is known.
struct Until {
    at: Timestamp,
    source: Source,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Registry,
    /// The registrar's date, while the registry's was moved ahead by itself.
    Registrar,
    /// The registry's date in the auto-renew period, and no other: it may be a year too late.
    RenewedByItself,
    Attested,
}

/// Where the registry answered without a date that counts.
fn untold(seen: &Registration, why: &str) -> Judgement {
    Judgement::unknown(format!("{MISSING} is not known: {why}"))
        .plainly("The register of domains does not publish when this domain runs out. Read the date at your registrar and note it down here.")
        .fact("no date")
        .evidence([registration(seen)])
}

/// The date that the registry tells; else why that is none.
fn told(object: &DomainObject, now: Timestamp) -> Result<Until, String> {
    let renewed = object.has_status("auto renew period");
    let registrar = object.event("registrar expiration").and_then(Result::ok);
    match (object.event("expiration"), registrar) {
        (Some(Ok(_)), Some(at)) if renewed => Ok(Until {
            at,
            source: Source::Registrar,
        }),
        (Some(Ok(at)), _) if is_placeholder(at, now) => Err(format!(
            "the registry gives {}, which stands for no date",
            day(at)
        )),
        (Some(Ok(at)), _) => Ok(Until {
            at,
            source: match renewed {
                true => Source::RenewedByItself,
                false => Source::Registry,
            },
        }),
        (Some(Err(text)), _) => Err(format!("the registry's date `{text}` cannot be read")),
        (None, Some(at)) => Ok(Until {
            at,
            source: Source::Registrar,
        }),
        (None, None) => Err("the registry tells no expiration date".to_owned()),
    }
}

fn is_placeholder(at: Timestamp, now: Timestamp) -> bool {
    at.duration_since(now) > SignedDuration::from_hours(PLACEHOLDER_YEARS * 366 * 24)
}

/// The attested day, from its beginning: what is left is never overstated.
fn attested(intent: &Intent) -> Option<Until> {
    let zoned = intent.domain_expires?.to_zoned(TimeZone::UTC).ok()?;
    Some(Until {
        at: zoned.timestamp(),
        source: Source::Attested,
    })
}

/// How a registration stands to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    Over,
    /// Less than [`BLOCK_BELOW`] days.
    Days,
    /// Less than [`FIX_BELOW`] days.
    Weeks,
    /// Less than [`WARN_BELOW`] days.
    Months,
    Good,
}

fn term(until: Timestamp, now: Timestamp) -> Term {
    let left = until.duration_since(now);
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    if left <= SignedDuration::ZERO {
        Term::Over
    } else if left < days(BLOCK_BELOW) {
        Term::Days
    } else if left < days(FIX_BELOW) {
        Term::Weeks
    } else if left <= days(WARN_BELOW) {
        Term::Months
    } else {
        Term::Good
    }
}

fn verdict(term: Term, source: Source) -> (Verdict, Severity) {
    match term {
        Term::Over | Term::Days => (Verdict::Fail, Severity::Blocker),
        Term::Weeks => (Verdict::Fail, Severity::Fix),
        Term::Months => (Verdict::Warn, Severity::Fix),
        Term::Good if source == Source::RenewedByItself => (Verdict::Warn, Severity::Fix),
        Term::Good => (Verdict::Pass, Severity::Fix),
    }
}

fn judge_term(until: &Until, case: Case<'_>) -> Judgement {
    let domain = case.subject;
    let term = term(until.at, case.now);
    let (verdict, severity) = verdict(term, until.source);
    let date = day(until.at);
    let source = match until.source {
        Source::Registry => String::new(),
        Source::Registrar => " by the registrar's own date".to_owned(),
        Source::RenewedByItself => {
            "; the registry renewed it by itself, whether the registrar was paid is not seen"
                .to_owned()
        }
        Source::Attested => " (attested in the intent, not seen at the registry)".to_owned(),
    };
    let (text, plain) = match term {
        Term::Over => (
            format!("the registration of {domain} ended on {date}"),
            format!(
                "{domain} has run out. Site and mail stop, and after a while anybody can buy it."
            ),
        ),
        Term::Days => (
            format!("the registration of {domain} ends on {date}, in less than {BLOCK_BELOW} days"),
            format!(
                "{domain} runs out within days. If nobody pays, site and mail stop, and anybody can buy it."
            ),
        ),
        Term::Weeks => (
            format!("the registration of {domain} ends on {date}, in less than {FIX_BELOW} days"),
            format!("{domain} runs out within weeks, and it has not been renewed by itself."),
        ),
        Term::Months => (
            format!("the registration of {domain} ends on {date}, in {WARN_BELOW} days or less"),
            format!("{domain} runs out within two months. Make sure now that it renews by itself."),
        ),
        Term::Good => (
            format!("{domain} is registered until {date}"),
            format!("{domain} is yours until {date}."),
        ),
    };
    let judgement = Judgement::new(verdict, format!("{text}{source}"))
        .severity(severity)
        .confidence(match until.source {
            Source::Registry | Source::Registrar => Confidence::Certain,
            Source::RenewedByItself | Source::Attested => Confidence::Likely,
        })
        .plainly(plain)
        .detail("expires", date.clone())
        .detail("attested", until.source == Source::Attested)
        .told(format!("registration {domain}{UNTIL}"), [date.clone()])
        .fact(format!("{term:?} until {date}{source}"));
    match verdict {
        Verdict::Pass => judgement,
        _ => judgement.remedy(renew(domain)),
    }
}

/// From the registration, where it is told, to its end.
fn bar(seen: &Registration, until: &Until, case: Case<'_>) -> Exhibit {
    let from = seen
        .object()
        .and_then(|object| object.event("registration"))
        .and_then(Result::ok)
        .filter(|from| *from < until.at)
        .unwrap_or(seen.at.min(until.at));
    let (verdict, _) = verdict(term(until.at, case.now), until.source);
    let label = match until.source {
        Source::Attested => format!("{}, attested", seen.domain),
        _ => seen.domain.to_string(),
    };
    Exhibit::lifetimes(
        "registration",
        [Bar {
            label,
            verdict: Some(verdict),
            from,
            to: until.at,
        }],
    )
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

fn renew(domain: &str) -> Remedy {
    remedy::manual(
        Expiry::META.id,
        [
            format!("Sign in at the registrar of {domain} and renew it, for several years if you can."),
            "Turn auto-renew on, and look that the payment card behind it is valid for longer than the domain.".to_owned(),
            "Make sure that the registrar's mails reach a mailbox that somebody reads and that is not on this domain.".to_owned(),
            "If it has already lapsed, ask the registrar to restore it: within about a month that is still possible, for a fee.".to_owned(),
        ],
        "A renewal cannot be taken back and need not be; auto-renew can be switched off at the same place.",
    )
}

fn attest(domain: &str) -> Remedy {
    remedy::manual(
        Expiry::META.id,
        [
            format!(
                "Allow the question with `--third-parties {}` (T in the sprint), where the registry answers it.",
                crate::model::third_party::RDAP.name
            ),
            format!(
                "Or read the date at the registrar of {domain} and put it in the intent: `domain_expires = \"2027-03-01\"` with that date. It is judged by the same measure and shown as attested."
            ),
        ],
        "Take `domain_expires` out of the intent again.",
    )
}

#[cfg(test)]
#[path = "expiry_tests.rs"]
mod tests;
