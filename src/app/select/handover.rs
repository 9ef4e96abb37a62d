//! The lines of the handover.

use super::super::gate::GO_LIVE;
use super::super::handover::{HANDOVER, HandoverRow};
use super::super::state::State;
use super::gate::{board_of, is_signed, signatures, wanted};
use crate::model::gate::GateVerdict;
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
