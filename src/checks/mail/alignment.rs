//! `mail.alignment`: each sender can prove that it writes for the From domain, by a DKIM key below it or by a bounce domain of
//! the same organisation.
//!
//! A pass of SPF or DKIM counts for DMARC only when its domain fits the one that people see (RFC 9989 §4.4). What is not known
//! (a selector that nobody named, a bounce domain) is unknown, never a failure.

pub mod mode;
pub mod ways;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::Evidence;
use crate::model::intent::{Intent, Sender};
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy::catalog::mail_sender;

use super::change::{remedy, replace_txt};
use super::dkim::selector::{owner_of, probe};
use super::dmarc::discover::TreeWalk;
use super::dmarc::organisation::{climb, organisation};
use super::dmarc::owner;
use super::posture;
use super::senders;
use super::spf::tree::SpfNode;
use super::spf::walk::walk;
use mode::{mode, relaxed};
use ways::{Home, Way, by_dkim, by_spf};

/// Selectors asked for at one name.
const MOST: usize = 16;

/// Each sender can align.
pub struct Alignment;

/// What tells whether one sender can align.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlignmentSeen {
    pub mx: DnsAnswer,
    pub txt: DnsAnswer,
    /// From the From domain up.
    pub home: TreeWalk,
    /// Names below which the sender's keys may stand, the From domain first.
    pub places: Vec<KeyPlace>,
    pub bounce: Option<Bounce>,
}

/// A name that a sender may sign for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyPlace {
    pub domain: HostName,
    pub walk: TreeWalk,
    /// A selector that cannot exist.
    pub wildcard: DnsAnswer,
    pub answers: Vec<DnsAnswer>,
}

/// The domain that a sender's bounces go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bounce {
    pub domain: HostName,
    pub walk: TreeWalk,
    pub spf: SpfNode,
}

impl Rule for Alignment {
    type Seen = AlignmentSeen;

    const META: Meta = Meta {
        id: "mail.alignment",
        title: "Every sender can prove that it writes for the From domain",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 9989 §4.4", "RFC 9989 §4.10.2"],
        guide: include_str!("../../../assets/guides/mail.alignment.md"),
    };

    /// The senders by name; the domain when none is named.
    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut subjects: Vec<String> = Vec::new();
        for sender in &intent.senders {
            let subject = escape(&sender.name);
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        if subjects.is_empty() {
            subjects.push(intent.domain.to_string());
        }
        subjects
    }

    async fn observe(&self, look: Look<'_>) -> AlignmentSeen {
        let home = &look.intent.domain;
        let (mx, txt, walk) = futures_util::join!(
            look.network.ask(home, RecordType::Mx),
            look.network.ask(home, RecordType::Txt),
            climb(look.network, home)
        );
        let mut seen = AlignmentSeen {
            mx: (*mx).clone(),
            txt: (*txt).clone(),
            home: walk,
            places: Vec::new(),
            bounce: None,
        };
        let Some(sender) = sender_of(look.intent, look.subject) else {
            return seen;
        };
        let (places, bounce) = futures_util::join!(
            join_all(
                names_to_sign_for(home, &seen.home, sender)
                    .into_iter()
                    .map(|name| key_place(look, sender, name))
            ),
            bounce(look, sender)
        );
        seen.places = places;
        seen.bounce = bounce;
        seen
    }

    fn judge(&self, seen: &AlignmentSeen, case: Case<'_>) -> Judgement {
        match sender_of(case.intent, case.subject) {
            Some(sender) => of_sender(seen, case, sender).evidence(shown(seen)),
            None => nobody(seen, case),
        }
    }
}

fn sender_of<'a>(intent: &'a Intent, subject: &str) -> Option<&'a Sender> {
    intent.senders.iter().find(|s| escape(&s.name) == subject)
}

/// The From domain, its organisation, and the sender's bounce domain where it belongs to either.
fn names_to_sign_for(home: &HostName, walk: &TreeWalk, sender: &Sender) -> Vec<HostName> {
    let mut names = vec![home.clone()];
    let above = organisation(walk, home).unwrap_or_else(|_| home.clone());
    let bounce = sender.bounce_domain.clone();
    let beside = bounce.filter(|name| name.is_within(&above));
    for name in [Some(above), beside].into_iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

async fn key_place(look: Look<'_>, sender: &Sender, domain: HostName) -> KeyPlace {
    let selectors: &[String] = if sender.selectors.is_empty() {
        senders::usual_selectors(sender)
    } else {
        &sender.selectors
    };
    let owners: Vec<HostName> = selectors
        .iter()
        .take(MOST)
        .filter_map(|selector| owner_of(selector, &domain))
        .collect();
    let asked = owners
        .iter()
        .map(|name| look.network.ask(name, RecordType::Txt));
    let (answers, walk, wildcard) = futures_util::join!(
        join_all(asked),
        climb(look.network, &domain),
        probe(look.network, &domain)
    );
    KeyPlace {
        walk,
        wildcard,
        answers: answers.iter().map(|answer| (**answer).clone()).collect(),
        domain,
    }
}

async fn bounce(look: Look<'_>, sender: &Sender) -> Option<Bounce> {
    let domain = sender.bounce_domain.clone()?;
    let (climbed, spf) =
        futures_util::join!(climb(look.network, &domain), walk(look.network, &domain));
    Some(Bounce {
        walk: climbed,
        spf,
        domain,
    })
}

/// The record that asks for alignment, the keys, the list at the bounce domain.
fn shown(seen: &AlignmentSeen) -> Vec<Evidence> {
    let policy = seen.home.own().into_iter();
    let keys = seen.places.iter().flat_map(|place| &place.answers).take(4);
    let list = seen.bounce.iter().filter_map(|b| b.spf.answer.as_ref());
    policy.chain(keys).chain(list).map(evidence::dns).collect()
}

/// No sender is named.
fn nobody(seen: &AlignmentSeen, case: Case<'_>) -> Judgement {
    let sending = posture::sending(case.intent, &seen.mx, Some(&seen.txt));
    if !sending.is_yes() {
        return Judgement::not_applicable(format!(
            "{} sends no mail, as far as its records and the intent say",
            case.subject
        ))
        .plainly("This domain sends no mail, so nothing has to fit.");
    }
    Judgement::unknown(format!(
        "{} sends mail, and the intent names no service that does",
        case.subject
    ))
    .plainly("We do not know which services write in your name, so we cannot see whether their mail counts as yours.")
    .remedy(tell(case))
}

fn tell(case: Case<'_>) -> crate::model::finding::Remedy {
    remedy(
        case.intent,
        Alignment::META.id,
        [
            "Open a message that was sent as the portal sends, and show its source: the domain of `Return-Path:` is the bounce domain; `s=` and `d=` in `DKIM-Signature:` are the selector and the domain that it signs for.",
            "Name the sender in the intent with `selectors` and `bounce_domain`, and check again.",
        ],
        Vec::new(),
    )
}

fn of_sender(seen: &AlignmentSeen, case: Case<'_>, sender: &Sender) -> Judgement {
    let home = Home {
        name: &case.intent.domain,
        walk: &seen.home,
        mode: mode(&seen.home, &case.intent.domain),
    };
    let (dkim, spf) = (by_dkim(seen, sender, &home), by_spf(seen, sender, &home));
    let title = escape(senders::title(sender));
    let (from, dkim_text, spf_text) = (home.name, dkim.text(), spf.text());
    let (judgement, by) = match (&dkim, &spf) {
        (Way::Open(_), Way::Open(_)) => (
            Judgement::pass(format!(
                "{title} aligns with {from} by DKIM ({dkim_text}) and by SPF ({spf_text})"
            )),
            "DKIM and SPF",
        ),
        (Way::Open(_), _) => (
            Judgement::pass(format!("{title} aligns with {from} by DKIM ({dkim_text})")),
            "DKIM",
        ),
        (_, Way::Open(_)) => (
            Judgement::pass(format!("{title} aligns with {from} by SPF ({spf_text})")),
            "SPF",
        ),
        (Way::Closed { .. }, Way::Closed { .. }) => (
            Judgement::fail(format!(
                "{title} cannot align with {from}: {dkim_text}; {spf_text}"
            ))
            .remedy(mend(case, sender, &home, [&dkim, &spf])),
            "nothing",
        ),
        _ => (
            Judgement::unknown(format!(
                "whether {title} aligns with {from} could not be told: {dkim_text}; {spf_text}"
            ))
            .remedy(tell(case)),
            "not known",
        ),
    };
    let plain = match judgement.verdict {
        Verdict::Pass => "Receivers can see that mail of this service is really yours.",
        Verdict::Fail => {
            "This service sends in your name, but nothing in its mail proves that it may. With your own rule against strangers, its mail is treated as forged."
        }
        _ => {
            "We could not see whether receivers can tell that mail of this service is really yours."
        }
    };
    let guessed = sender.selectors.is_empty() || senders::include_of(sender).is_none();
    let sure = if guessed {
        Confidence::Likely
    } else {
        Confidence::Certain
    };
    let row = TableRow::judged(judgement.verdict, [title.as_str(), dkim_text, spf_text, by]);
    let columns = ["sender", "DKIM", "SPF", "aligned by"];
    let table = Exhibit::table(format!("ways to align with {from}"), &columns, [row]);
    judgement
        .plainly(plain)
        .confidence(sure)
        .detail("dkim", dkim_text)
        .detail("spf", spf_text)
        .detail("aligned_by", by)
        .exhibit([table])
}

/// Where only strict alignment stands in the way, the record without it; else what to ask the service for.
fn mend(
    case: Case<'_>,
    sender: &Sender,
    home: &Home<'_>,
    ways: [&Way; 2],
) -> crate::model::finding::Remedy {
    let title = escape(senders::title(sender));
    let helps = |way: &&Way| {
        matches!(
            way,
            Way::Closed {
                relaxed_helps: true,
                ..
            }
        )
    };
    let record = home
        .mode
        .as_ref()
        .ok()
        .and_then(|mode| mode.record.as_ref());
    if let (true, Some((at, text))) = (ways.iter().any(helps), record) {
        return remedy(
            case.intent,
            Alignment::META.id,
            [format!(
                "{title} writes for a subdomain, which relaxed alignment accepts. Take strict alignment out of the DMARC record, or let {title} sign for {} itself.",
                home.name
            )],
            vec![replace_txt(&owner(at), text, escape(&relaxed(text)))],
        );
    }
    let needs = mail_sender::find(&sender.name).map_or("", |known| known.needs.as_str());
    let key = if needs.is_empty() {
        format!(
            "Let {title} sign for {}: its domain settings show the DKIM record to publish.",
            home.name
        )
    } else {
        format!(
            "Let {title} sign for {}: take {needs}, and publish it.",
            home.name
        )
    };
    remedy(
        case.intent,
        Alignment::META.id,
        [
            key,
            format!(
                "If {title} offers a bounce domain of your own (custom MAIL FROM, return path), set one below {}; its default never counts as yours.",
                home.name
            ),
            "Then name the selector and the bounce domain at this sender in the intent.".to_owned(),
        ],
        Vec::new(),
    )
}

#[cfg(test)]
mod tests;
