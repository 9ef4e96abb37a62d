//! The same for scripts.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{index, map, shown};
use crate::model::access::{proposed, warnings};
use crate::model::quiz::gaps;
use crate::model::renewal::renewals;
use crate::model::risk::risks;
use crate::model::text::escape;
use crate::remedy::portal_records::portal_records;
use crate::report::session::{Account, Edition};

/// What those who take over get beside the findings.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct HandoverPack {
    access: Vec<AccessReport>,
    /// Places that are known and of which nobody wrote a line.
    access_missing: Vec<String>,
    /// What is dangerous about the map; internal edition only.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_warnings: Option<Vec<String>>,
    contacts: Vec<ContactReport>,
    /// Within 90 days, the earliest first.
    renewals: Vec<RenewalReport>,
    records: Vec<RecordReport>,
    /// What whoever takes over does not know.
    gaps: Vec<GapReport>,
    risks: Vec<RiskReport>,
    evidence: Vec<EvidenceReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AccessReport {
    place: String,
    owner: String,
    who: String,
    how: String,
    second_factor: String,
    /// Internal edition only.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ContactReport {
    name: String,
    calls_for: String,
    channel: String,
    hours: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RenewalReport {
    id: String,
    what: String,
    ends: Timestamp,
    over: bool,
    payer: String,
    /// `registration`, `certificate`, `waiver` …
    known_from: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RecordReport {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    values: Vec<String>,
    purpose: String,
    seen: Option<Timestamp>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct GapReport {
    question: String,
    said: String,
    by: String,
    owner: Option<String>,
    due: Option<Timestamp>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RiskReport {
    /// `red flag`, `accepted`, `gap`.
    kind: String,
    what: String,
    why: String,
    by: String,
    until: Option<Timestamp>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EvidenceReport {
    row: String,
    what: String,
    at: Timestamp,
    from: String,
}

impl HandoverPack {
    /// What this edition of the account shows.
    pub(in crate::report) fn of(of: &Account<'_>) -> Self {
        let internal = of.edition == Edition::Internal;
        let text = |raw: &str| escape(&shown(of, raw));
        let access = map(of).into_iter().map(|line| AccessReport {
            place: text(&line.place),
            owner: text(&line.owner),
            who: text(&line.who),
            how: text(&line.how),
            second_factor: text(&line.second_factor),
            recovery: internal.then(|| text(&line.recovery)),
        });
        let contacts = of.session.pack.contacts.iter().map(|c| ContactReport {
            name: text(&c.name),
            calls_for: text(&c.calls_for),
            channel: text(&c.channel),
            hours: text(&c.hours),
        });
        let renewals = renewals(of.session, of.playbook, of.now);
        let renewals = renewals.into_iter().map(|r| RenewalReport {
            over: r.is_over(of.now),
            what: text(&r.what),
            ends: r.at,
            payer: text(&r.payer),
            known_from: r.kind.source().to_owned(),
            id: text(&r.id),
        });
        let records = portal_records(of.session)
            .into_iter()
            .map(|r| RecordReport {
                purpose: text(&r.purpose),
                name: r.name,
                rtype: r.rtype,
                values: r.values,
                seen: r.seen,
            });
        let gaps = gaps(of.playbook, of.session);
        let gaps = gaps.into_iter().map(|gap| GapReport {
            question: gap.question.id.clone(),
            said: text(&gap.answer.evidence),
            by: text(&gap.answer.by),
            owner: gap.owner.map(|owner| text(&owner.name)),
            due: gap.owner.and_then(|owner| owner.due),
        });
        let risks = risks(of.session, of.playbook, of.now);
        let risks = risks.into_iter().map(|risk| RiskReport {
            kind: risk.kind.word().to_owned(),
            why: text(&risk.why),
            what: text(&risk.what),
            by: text(&risk.by),
            until: risk.until,
        });
        let evidence = index::lines(of).into_iter().map(|line| EvidenceReport {
            row: line.row,
            what: line.what,
            at: line.at,
            from: escape(&line.from),
        });
        let missing = proposed(of.session).into_iter();
        Self {
            access: access.collect(),
            access_missing: missing.map(|place| text(&place.name)).collect(),
            access_warnings: internal
                .then(|| warnings(of.session).iter().map(|w| text(w)).collect()),
            contacts: contacts.collect(),
            renewals: renewals.collect(),
            records: records.collect(),
            gaps: gaps.collect(),
            risks: risks.collect(),
            evidence: evidence.collect(),
        }
    }
}
