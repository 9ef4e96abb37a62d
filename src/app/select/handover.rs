//! The lines of the handover.

use super::super::gate::GO_LIVE;
mod text;

use jiff::Timestamp;

use super::super::handover::{self, HANDOVER, HandoverRow};
use super::super::state::State;
use super::gate::{board_of, is_signed, signatures, wanted};
use crate::model::access::{self, Place};
use crate::model::gate::GateVerdict;
use crate::model::quiz::{self, Gap};
use crate::model::renewal::{self, AHEAD, Renewal, RenewalKind};
use crate::model::risk::{self, Risk};
use crate::remedy::portal_records::portal_records;

pub use crate::remedy::portal_records::PortalRecord;
pub use text::text;

use crate::model::standing::same_name;

/// The gates that must be signed before the portal changes hands, in the order in which they are signed.
pub const LAST: [&str; 2] = [GO_LIVE, HANDOVER];

/// Every line that the cursor can stand on, in order.
pub fn keys(state: &State) -> Vec<HandoverRow> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let mut rows: Vec<HandoverRow> = Vec::new();
    rows.extend(
        playbook
            .founder_questions
            .iter()
            .map(|q| HandoverRow::Question(q.id.clone())),
    );
    rows.extend(
        playbook
            .checklist
            .iter()
            .map(|i| HandoverRow::Item(i.id.clone())),
    );
    rows.extend(
        playbook
            .criteria
            .iter()
            .map(|c| HandoverRow::Owner(c.id.clone())),
    );
    rows.extend(
        opened
            .session
            .access
            .iter()
            .map(|a| HandoverRow::Access(a.place.clone())),
    );
    let unsaid = proposed(state).into_iter();
    rows.extend(unsaid.map(|place| HandoverRow::Access(place.name)));
    rows.push(HandoverRow::AddAccess);
    let contacts = opened.session.pack.contacts.iter();
    rows.extend(contacts.map(|c| HandoverRow::Contact(c.name.clone())));
    rows.push(HandoverRow::AddContact);
    let ends = renewals(state).into_iter();
    rows.extend(ends.map(|renewal| HandoverRow::Renewal(renewal.id)));
    rows.push(HandoverRow::AddRenewal);
    rows.extend(records(state).iter().map(|r| HandoverRow::Record(r.key())));
    let asked = playbook.quiz.iter();
    rows.extend(asked.map(|q| HandoverRow::Quiz(q.id.clone())));
    rows.extend([HandoverRow::SignOff, HandoverRow::HandOver]);
    rows
}

/// The section that a line stands in.
pub const fn section(row: &HandoverRow) -> &'static str {
    match row {
        HandoverRow::Question(_) => "the founder answers",
        HandoverRow::Item(_) => "checklist",
        HandoverRow::Owner(_) => "owners",
        HandoverRow::Access(_) | HandoverRow::AddAccess => "who may reach what",
        HandoverRow::Contact(_) | HandoverRow::AddContact => "who is called",
        HandoverRow::Renewal(_) | HandoverRow::AddRenewal => "what ends within 90 days",
        HandoverRow::Record(_) => "records that the portal lives from",
        HandoverRow::Quiz(_) => "whoever takes over answers",
        HandoverRow::SignOff | HandoverRow::HandOver => "signatures",
    }
}

/// Places of the access map that the session knows of and of which nobody wrote yet.
pub fn proposed(state: &State) -> Vec<Place> {
    let opened = state.opened.as_ref();
    opened.map_or_else(Vec::new, |o| access::proposed(&o.session))
}

/// What is dangerous about the access map.
pub fn warnings(state: &State) -> Vec<String> {
    let opened = state.opened.as_ref();
    opened.map_or_else(Vec::new, |o| access::warnings(&o.session))
}

/// What ends within 90 days, and everything that somebody wrote down.
pub fn renewals(state: &State) -> Vec<Renewal> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let mut list = renewal::all(&opened.session, playbook, state.now);
    let near = |at: Timestamp| at.duration_since(state.now) <= AHEAD;
    list.retain(|renewal| renewal.kind == RenewalKind::ByHand || near(renewal.at));
    list
}

/// The records of the zone with their purposes.
pub fn records(state: &State) -> Vec<PortalRecord> {
    let opened = state.opened.as_ref();
    opened.map_or_else(Vec::new, |o| portal_records(&o.session))
}

/// What whoever takes over does not know.
pub fn gaps(state: &State) -> Vec<Gap<'_>> {
    match (&state.opened, state.playbook()) {
        (Some(opened), Some(playbook)) => quiz::gaps(playbook, &opened.session),
        _ => Vec::new(),
    }
}

/// Whether that question of the quiz is a gap.
pub fn is_gap(state: &State, item: &str) -> bool {
    gaps(state).iter().any(|gap| gap.question.id == item)
}

/// What is known and goes along.
pub fn risks(state: &State) -> Vec<Risk> {
    match (&state.opened, state.playbook()) {
        (Some(opened), Some(playbook)) => risk::risks(&opened.session, playbook, state.now),
        _ => Vec::new(),
    }
}

/// The gap that the operator is on: under which name its owner is kept, and its text.
pub fn item(state: &State) -> Option<(String, String)> {
    let Some(HandoverRow::Quiz(id)) = handover::current(state) else {
        return None;
    };
    let gaps = gaps(state);
    let gap = gaps.iter().find(|gap| gap.question.id == id)?;
    Some((id, gap.question.text.clone()))
}

/// What still stands before the handover, in words; empty when nothing does.
pub fn missing(state: &State) -> Vec<String> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return vec!["no session is open".to_owned()];
    };
    let session = &opened.session;
    let mut list = Vec::new();
    if session.gate(playbook, state.now).verdict != GateVerdict::Go {
        list.push("the gate is not at go".to_owned());
    }
    for line in LAST
        .iter()
        .filter_map(|gate| board_of(state, gate))
        .flat_map(|board| board.missing)
    {
        if !list.contains(&line) {
            list.push(line);
        }
    }
    if let Some(gate) = LAST.iter().find(|gate| !is_signed(state, gate)) {
        list.push(format!(
            "{} of {} people signed the {gate} gate",
            signatures(state, gate).len(),
            wanted(state, gate)
        ));
    }
    let unanswered = playbook
        .founder_questions
        .iter()
        .filter(|q| !session.answers.get(&q.id).is_some_and(|a| a.yes))
        .count();
    if unanswered > 0 {
        list.push(format!(
            "{unanswered} of the founder's questions have no yes"
        ));
    }
    list.extend(quiz::missing(playbook, session));
    let unticked = playbook
        .checklist
        .iter()
        .filter(|i| !session.ticked.contains(&i.id))
        .count();
    if unticked > 0 {
        list.push(format!("{unticked} lines of the checklist are not ticked"));
    }
    if session.runs.iter().all(|r| r.finished.is_none()) {
        list.push("no run of the checks is complete".to_owned());
    }
    list
}

/// The gate that would be signed next on this screen: going live until enough people did, then the handover.
pub fn gate_to_sign(state: &State) -> &'static str {
    if is_signed(state, GO_LIVE) {
        HANDOVER
    } else {
        GO_LIVE
    }
}

/// Whether that name stands under a gate already.
pub fn has_signed(state: &State, gate: &str, name: &str) -> bool {
    signatures(state, gate)
        .iter()
        .any(|s| same_name(&s.by, name))
}
