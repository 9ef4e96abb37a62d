//! `mail.bimi`: where a logo for the inbox is published, the record, the policy that it needs and the logo itself are right.
//! None is no failing.
//!
//! Looks at DNS and at one file. The logo is asked for only on a host of the client's own; the certificate of the mark (`a=`)
//! is never asked for.

pub mod record;
pub mod svg;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::subject;
use crate::model::finding::RecordChange;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::observation::http::HttpExchange;
use crate::model::text::escape;
use crate::model::verdict::Severity;

use super::change::{delete_txt, remedy};
use super::dmarc::discover::{self, Discovery, TreeWalk};
use super::dmarc::record::Policy;
use super::tags::Tags;
use record::{BimiRecord, read, records};

/// A published logo is right.
pub struct Bimi;

/// The record, the policy and the logo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BimiSeen {
    pub txt: DnsAnswer,
    pub dmarc: TreeWalk,
    /// `None`: there is no logo to ask for, or it stands on a host of somebody else.
    pub logo: Option<HttpExchange>,
}

impl Rule for Bimi {
    type Seen = BimiSeen;

    const META: Meta = Meta {
        id: "mail.bimi",
        title: "A logo for the inbox is published rightly, where there is one",
        severity: Severity::Info,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &[
            "draft-brand-indicators-for-message-identification §4",
            "RFC 9989 §4.7",
        ],
        guide: include_str!("../../../assets/guides/mail.bimi.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> BimiSeen {
        let domain = &look.intent.domain;
        let name = owner(domain);
        let (txt, dmarc) = futures_util::join!(
            look.network.ask(&name, RecordType::Txt),
            discover::walk(look.network, domain)
        );
        let logo = match records(&txt).as_slice() {
            [only] => read(only).logo,
            _ => None,
        };
        let logo = match logo.filter(|url| is_own(url, look.intent)) {
            Some(url) => Some((*look.network.get(&url).await).clone()),
            None => None,
        };
        BimiSeen {
            txt: (*txt).clone(),
            dmarc,
            logo,
        }
    }

    fn judge(&self, seen: &BimiSeen, case: Case<'_>) -> Judgement {
        let name = owner(&case.intent.domain);
        let found = records(&seen.txt);
        let judgement = if seen.txt.is_unusable() {
            Judgement::unknown(format!(
                "the BIMI record at {name} could not be read: {}",
                escape(&seen.txt.outcome_line())
            ))
            .plainly("We could not see whether you publish a logo for the inbox.")
        } else {
            match found.as_slice() {
                [] => Judgement::not_applicable(format!("there is no BIMI record at {name}"))
                    .plainly(
                        "You publish no logo for the inbox. Nothing is missing: it is an extra.",
                    ),
                [only] => one(seen, case, &read(only)),
                several => too_many(several, &name, case),
            }
        };
        let answers = std::iter::once(&seen.txt).chain(seen.dmarc.own());
        judgement
            .evidence(answers.map(evidence::dns))
            .evidence(seen.logo.as_ref().map(evidence::http))
    }
}

/// `default._bimi.domain`.
fn owner(domain: &HostName) -> HostName {
    domain.child("_bimi").child("default")
}

/// Whether a logo stands on a host that belongs to the domain; nobody else is asked.
fn is_own(url: &Url, intent: &Intent) -> bool {
    url.host_str()
        .is_some_and(|host| subject::same_site(host, intent.domain.as_str()))
}

const WRONG: &str =
    "You publish a logo for the inbox, but mail programs will not show it as it stands.";

fn too_many(several: &[String], name: &HostName, case: Case<'_>) -> Judgement {
    let changes: Vec<RecordChange> = several
        .iter()
        .skip(1)
        .map(|text| delete_txt(name, text))
        .collect();
    Judgement::fail(format!(
        "{name} holds {} BIMI records; receivers discard them all",
        several.len()
    ))
    .plainly(WRONG)
    .remedy(remedy(
        case.intent,
        Bimi::META.id,
        ["Keep one of the records and delete the others."],
        changes,
    ))
}

fn one(seen: &BimiSeen, case: Case<'_>, record: &BimiRecord) -> Judgement {
    if record.declines {
        return Judgement::pass(format!("{} declines BIMI on purpose", case.subject))
            .plainly("You say that no logo should be shown, and the record says so rightly.");
    }
    let policy = policy(&seen.dmarc);
    let logo = logo(seen, record);
    let mut problems = record.problems.clone();
    problems.extend(policy.as_ref().err().and_then(Flaw::wrong));
    problems.extend(logo.as_ref().err().and_then(Flaw::wrong));
    let unread = [policy.as_ref().err(), logo.as_ref().err()]
        .into_iter()
        .flatten()
        .find_map(Flaw::unread);
    let judgement = if !problems.is_empty() {
        Judgement::fail(format!("the logo of {} is not shown: {}", case.subject, problems.join("; ")))
            .plainly(WRONG)
            .detail("problems", problems)
            .remedy(remedy(
                case.intent,
                Bimi::META.id,
                [
                    "First DMARC: `p=quarantine` or `p=reject` in effect for the domain and its subdomains, without `t=y`.",
                    "Then the logo: an SVG of the profile Tiny PS (`version=\"1.2\" baseProfile=\"tiny-ps\"`, a `<title>`, a square, no script and nothing from elsewhere), at most 32 KB, served over https without a redirect.",
                    "Then the record: `v=BIMI1; l=https://…/logo.svg; a=https://…/mark.pem`.",
                ],
                Vec::new(),
            ))
    } else if let Some(why) = unread {
        Judgement::unknown(format!(
            "the BIMI record of {} is valid; {why}",
            case.subject
        ))
        .plainly(
            "You publish a logo for the inbox. A part of what it needs could not be looked at.",
        )
    } else {
        let mut notes = record.notes.clone();
        notes.extend(logo.unwrap_or_default());
        match notes.first() {
            None => Judgement::pass(format!("the BIMI record of {} and its logo are right", case.subject))
                .plainly("Your logo for the inbox is published as mail programs want it."),
            Some(_) => Judgement::warn(format!("the BIMI record of {} is right, but {}", case.subject, notes.join("; ")))
                .plainly("Your logo for the inbox is published; not every mail program will show it.")
                .detail("notes", notes)
                .remedy(remedy(
                    case.intent,
                    Bimi::META.id,
                    ["Gmail and Apple Mail ask for a certificate of the mark (VMC or CMC) at `a=`; others show the logo without it."],
                    Vec::new(),
                )),
        }
    };
    judgement.detail("record", escape(&record.text))
}

/// Why a part is not right, or was not seen.
enum Flaw {
    Wrong(String),
    Unread(String),
}

impl Flaw {
    fn wrong(&self) -> Option<String> {
        match self {
            Self::Wrong(why) => Some(why.clone()),
            Self::Unread(_) => None,
        }
    }

    fn unread(&self) -> Option<&str> {
        match self {
            Self::Unread(why) => Some(why),
            Self::Wrong(_) => None,
        }
    }
}

/// Whether the DMARC policy in effect is strict enough: quarantine for all mail, or reject; subdomains not left open.
fn policy(walk: &TreeWalk) -> Result<(), Flaw> {
    let record = match walk.discovery() {
        Discovery::Unclear(why) => {
            return Err(Flaw::Unread(format!(
                "the DMARC policy could not be read: {why}"
            )));
        }
        Discovery::Own(record) | Discovery::Inherited { record, .. } => record,
        Discovery::Absent | Discovery::Several(_) => {
            return Err(Flaw::Wrong("no DMARC policy applies".to_owned()));
        }
    };
    let tags = Tags::parse(&record.text);
    let part = tags.value("pct").and_then(|v| v.parse::<u8>().ok());
    let (own, below) = (record.effective(), record.effective_subdomains());
    if own == Policy::None {
        return Err(Flaw::Wrong(
            "the DMARC policy in effect is `none`".to_owned(),
        ));
    }
    if below == Policy::None {
        return Err(Flaw::Wrong(
            "the DMARC policy leaves subdomains open (`sp=none`)".to_owned(),
        ));
    }
    match part {
        Some(part) if part < 100 && own == Policy::Quarantine => Err(Flaw::Wrong(format!(
            "the DMARC policy is for {part} % of the mail only"
        ))),
        _ => Ok(()),
    }
}

/// What the logo lacks; notes when it does not lack anything that counts.
fn logo(seen: &BimiSeen, record: &BimiRecord) -> Result<Vec<String>, Flaw> {
    let Some(url) = &record.logo else {
        return Ok(Vec::new());
    };
    let Some(exchange) = &seen.logo else {
        return Err(Flaw::Unread(format!(
            "its logo stands on {}, which is not asked",
            escape(url.host_str().unwrap_or_default())
        )));
    };
    let Some(response) = exchange.response() else {
        let why = escape(&exchange.outcome_line());
        return Err(Flaw::Unread(format!(
            "its logo could not be fetched: {why}"
        )));
    };
    if response.certificate_ok == Some(false) {
        return Err(Flaw::Wrong(
            "the certificate of the logo's host does not verify".to_owned(),
        ));
    }
    match response.status {
        200 => svg::look(response).map_err(|problems| Flaw::Wrong(problems.join("; "))),
        404 | 410 => Err(Flaw::Wrong(format!(
            "the logo is not there ({})",
            response.status
        ))),
        _ => Err(Flaw::Unread(format!(
            "its logo was not seen: {}",
            escape(&exchange.outcome_line())
        ))),
    }
}

#[cfg(test)]
mod tests;
