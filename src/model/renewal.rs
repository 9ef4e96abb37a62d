//! What ends or must be renewed: read from the findings, the waivers and the answers of a session, and completed by people,
//! who alone know plans, trials, tokens, and who pays.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::exhibit::{Bar, Shape};
use super::finding::Finding;
use super::playbook::{Playbook, Question};
use super::session::Session;
use super::verdict::Verdict;

/// How far ahead the handover looks.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Something that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// `domain:acme.example`, `certificate:portal.acme.example`, `waiver:api-latency`: what people say of it is kept under this.
    pub id: String,
    pub what: String,
    pub at: Timestamp,
    /// Who pays, or sees to it; empty when nobody said.
    pub payer: String,
    pub kind: RenewalKind,
}

/// How it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenewalKind {
    Domain,
    Certificate,
    /// The security.txt of a host (RFC 9116 §2.5.5).
    ContactFile,
    Waiver,
    /// An answer that is good for some days only.
    Answer,
    /// Somebody wrote it down: a plan, a trial, a token.
    ByHand,
}

impl RenewalKind {
    /// How it is known, in words.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Domain => "registration",
            Self::Certificate => "certificate",
            Self::ContactFile => "security.txt",
            Self::Waiver => "waiver",
            Self::Answer => "answer",
            Self::ByHand => "by hand",
        }
    }

    /// Whether somebody pays for it or renews it; a waiver or an answer is looked at again instead.
    pub const fn has_payer(self) -> bool {
        matches!(self, Self::Domain | Self::Certificate | Self::ByHand)
    }
}

impl Renewal {
    /// Whether its day is past.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.at <= now
    }
}

/// What ends within [`AHEAD`], and what is over and was not renewed, the earliest first.
pub fn renewals(session: &Session, playbook: &Playbook, now: Timestamp) -> Vec<Renewal> {
    let mut list = all(session, playbook, now);
    list.retain(|renewal| renewal.at.duration_since(now) <= AHEAD);
    list
}

/// Everything with an end, the earliest first.
pub fn all(session: &Session, playbook: &Playbook, now: Timestamp) -> Vec<Renewal> {
    let mut list = domains(session);
    list.extend(certificates(session));
    list.extend(contact_files(session));
    let waivers = session.waivers.iter().filter(|waiver| now < waiver.until);
    list.extend(waivers.map(|waiver| {
        let title = playbook
            .criterion(&waiver.criterion)
            .map_or(waiver.criterion.as_str(), |row| row.title.as_str());
        of(
            RenewalKind::Waiver,
            &waiver.criterion,
            format!("accepted as it is: {title}"),
            waiver.until,
        )
    }));
    list.extend(answers(session, playbook));
    for renewal in &mut list {
        if let Some(said) = session.pack.planned.get(&renewal.id) {
            renewal.payer.clone_from(&said.payer);
        }
    }
    list.extend(session.pack.planned.iter().filter_map(|(id, said)| {
        (!said.what.is_empty()).then_some(Renewal {
            id: id.clone(),
            what: said.what.clone(),
            at: said.at?,
            payer: said.payer.clone(),
            kind: RenewalKind::ByHand,
        })
    }));
    list.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    list
}

/// The id of a renewal that somebody writes down.
pub fn id_by_hand(what: &str) -> String {
    format!("by-hand:{}", what.trim().to_lowercase())
}

fn of(kind: RenewalKind, key: &str, what: String, at: Timestamp) -> Renewal {
    let word = match kind {
        RenewalKind::Domain => "domain",
        RenewalKind::Certificate => "certificate",
        RenewalKind::ContactFile => "security-txt",
        RenewalKind::Waiver => "waiver",
        RenewalKind::Answer => "answer",
        RenewalKind::ByHand => "by-hand",
    };
    Renewal {
        id: format!("{word}:{key}"),
        what,
        at,
        payer: String::new(),
        kind,
    }
}

/// The end of each registration that was seen; without one, the day that the intent attests.
fn domains(session: &Session) -> Vec<Renewal> {
    let seen: Vec<Renewal> = of_check(session, "domain.expiry")
        .filter_map(|finding| {
            let at = lifetimes(finding)
                .flatten()
                .map(|bar| bar.to)
                .min()
                .or_else(|| day(finding.details.get("expires")?.as_str()?))?;
            Some(domain(&finding.subject, at))
        })
        .collect();
    if !seen.is_empty() {
        return seen;
    }
    let attested = session.intent.iter().filter_map(|intent| {
        let at = intent.domain_expires?.to_zoned(TimeZone::UTC).ok()?;
        Some(domain(intent.domain.as_str(), at.timestamp()))
    });
    attested.collect()
}

fn domain(name: &str, at: Timestamp) -> Renewal {
    let what = format!("registration of {name}");
    of(RenewalKind::Domain, name, what, at)
}

/// The certificate that ends first at each host. Hosts that show one and the same stand in one line.
fn certificates(session: &Session) -> Vec<Renewal> {
    let mut hosts: BTreeMap<(Timestamp, &str), Vec<&str>> = BTreeMap::new();
    for finding in of_check(session, "tls.expiry") {
        // The first bar is the server's own certificate, the others are of those who issued it.
        let own = lifetimes(finding).filter_map(<[Bar]>::first);
        if let Some(first) = own.min_by_key(|bar| bar.to) {
            let place = (first.to, first.label.as_str());
            hosts.entry(place).or_default().push(&finding.subject);
        }
    }
    hosts
        .into_iter()
        .filter_map(|((at, _), mut hosts)| {
            hosts.sort_unstable();
            let first = *hosts.first()?;
            let what = format!("certificate of {}", hosts.join(", "));
            Some(of(RenewalKind::Certificate, first, what, at))
        })
        .collect()
}

fn contact_files(session: &Session) -> Vec<Renewal> {
    of_check(session, "web.security-txt")
        .filter_map(|finding| {
            let at = finding.details.get("expires")?.as_str()?.parse().ok()?;
            let what = format!("security.txt of {}", finding.subject);
            Some(of(RenewalKind::ContactFile, &finding.subject, what, at))
        })
        .collect()
}

/// Answers that are good for some days, each once, though a row and the founder may be asked the same.
fn answers(session: &Session, playbook: &Playbook) -> Vec<Renewal> {
    let mut ends: BTreeMap<&str, (&Question, Timestamp)> = BTreeMap::new();
    for question in playbook.questions() {
        let answer = session.answers.get(&question.id).filter(|a| a.yes);
        if let (Some(answer), Some(days)) = (answer, question.good_for_days) {
            let at = answer
                .at
                .saturating_add(SignedDuration::from_hours(i64::from(days) * 24));
            if let Ok(at) = at {
                ends.entry(&question.id).or_insert((question, at));
            }
        }
    }
    ends.into_iter()
        .map(|(id, (question, at))| {
            let what = format!("ask again: {}", question.text);
            of(RenewalKind::Answer, id, what, at)
        })
        .collect()
}

/// Findings of a check that could look.
fn of_check<'a>(session: &'a Session, check: &str) -> impl Iterator<Item = &'a Finding> {
    let told = |finding: &&Finding| {
        matches!(
            finding.verdict,
            Verdict::Pass | Verdict::Warn | Verdict::Fail
        )
    };
    session
        .findings
        .values()
        .filter(move |finding| finding.check.as_str() == check)
        .filter(told)
}

fn lifetimes(finding: &Finding) -> impl Iterator<Item = &[Bar]> {
    finding
        .exhibits
        .iter()
        .filter_map(|shown| match &shown.shape {
            Shape::Lifetimes { bars } => Some(bars.as_slice()),
            _ => None,
        })
}

fn day(text: &str) -> Option<Timestamp> {
    let day: jiff::civil::Date = text.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
#[path = "renewal_tests.rs"]
mod tests;
