//! The lines of the handover.

use super::super::handover::HandoverRow;
use super::super::state::State;
use super::gate::signatures;
use crate::model::gate::GateVerdict;
use crate::model::standing::same_name;

/// How many names must stand under the go-live gate.
pub const SIGNATURES: usize = 2;

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
    rows.extend([
        HandoverRow::AddAccess,
        HandoverRow::SignOff,
        HandoverRow::HandOver,
    ]);
    rows
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
    let names = signatures(state, super::super::gate::GO_LIVE).len();
    if names < SIGNATURES {
        list.push(format!(
            "{names} of {SIGNATURES} people signed the go-live gate"
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

/// The gate that would be signed next on this screen: go-live until two people did, then the handover.
pub fn gate_to_sign(state: &State) -> &'static str {
    if signatures(state, super::super::gate::GO_LIVE).len() < SIGNATURES {
        super::super::gate::GO_LIVE
    } else {
        super::super::handover::HANDOVER
    }
}

/// Whether that name stands under a gate already.
pub fn has_signed(state: &State, gate: &str, name: &str) -> bool {
    signatures(state, gate)
        .iter()
        .any(|s| same_name(&s.by, name))
}
