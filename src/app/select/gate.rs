//! The scorecard: its rows, what they rest on, and who signed.

use super::super::gate::{GO_LIVE, Gate};
use super::super::screen::Screen;
use super::super::state::{State, Words};
use crate::model::board::{self, Board};
use crate::model::criterion::{CriterionReport, CriterionState, Facts, assess_all};
use crate::model::finding::{Finding, FindingKey};
use crate::model::gate::GateReport;
use crate::model::playbook::{Criterion, Playbook, Question};
use crate::model::session::{Answer, Owner, Session, SignOff, Waiver};

/// A row of the scorecard.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    pub criterion: &'a Criterion,
    pub report: CriterionReport,
    pub waiver: Option<&'a Waiver>,
    pub owner: Option<&'a Owner>,
    /// Why it keeps the gate in front shut.
    pub blocks: Option<String>,
}

/// Every row that the filter lets through, in the order of the playbook.
pub fn rows<'a>(state: &'a State, gate: &Gate) -> Vec<Row<'a>> {
    let mut rows = all(state);
    if let Some(board) = gate.board.as_ref().and_then(|id| board_of(state, id)) {
        rows.retain_mut(|row| {
            let mut shown = board.rows.iter();
            let at_gate = shown.find(|r| r.criterion.id == row.criterion.id);
            row.blocks = at_gate.and_then(|r| r.blocks.clone());
            at_gate.is_some()
        });
    }
    rows.into_iter()
        .filter(|row| {
            gate.filter.lets(&format!(
                "{} {} {}",
                row.criterion.id,
                row.criterion.title,
                row.report.state.word()
            ))
        })
        .collect()
}

/// The ids of the rows.
pub fn keys(state: &State, gate: &Gate) -> Vec<String> {
    rows(state, gate)
        .into_iter()
        .map(|row| row.criterion.id.clone())
        .collect()
}

/// Every row.
pub fn all(state: &State) -> Vec<Row<'_>> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let session = &opened.session;
    playbook
        .criteria
        .iter()
        .zip(assess_all(playbook, facts(state, session, playbook)))
        .map(|(criterion, report)| Row {
            waiver: session
                .waivers
                .iter()
                .find(|w| w.covers_row(&criterion.id, state.now)),
            owner: session.owners.get(&criterion.id),
            criterion,
            report,
            blocks: None,
        })
        .collect()
}

/// Go or no-go now; `None` without a session.
pub fn report(state: &State) -> Option<GateReport> {
    Some(
        state
            .opened
            .as_ref()?
            .session
            .gate(state.playbook()?, state.now),
    )
}

/// The findings that a row rests on, gravest first.
pub fn findings<'a>(state: &'a State, criterion: &Criterion) -> Vec<&'a Finding> {
    state.opened.as_ref().map_or_else(Vec::new, |opened| {
        opened
            .session
            .ranked()
            .into_iter()
            .filter(|f| criterion.names(f.check.as_str()))
            .collect()
    })
}

/// The questions of a row with their answers.
pub fn questions<'a>(
    state: &'a State,
    criterion: &'a Criterion,
) -> Vec<(&'a Question, Option<&'a Answer>)> {
    criterion
        .questions
        .iter()
        .map(|q| (q, answer(state, &q.id)))
        .collect()
}

/// What was answered to a question.
pub fn answer<'a>(state: &'a State, question: &str) -> Option<&'a Answer> {
    state.opened.as_ref()?.session.answers.get(question)
}

/// Who signed a gate, each name once, the first signature of each.
pub fn signatures<'a>(state: &'a State, gate: &str) -> Vec<&'a SignOff> {
    let opened = state.opened.as_ref();
    opened.map_or_else(Vec::new, |opened| opened.session.signatures(gate))
}

/// How many people must sign a gate of the playbook; one, where the playbook does not know it.
pub fn wanted(state: &State, gate: &str) -> usize {
    let known = state.playbook().and_then(|playbook| playbook.gate(gate));
    known.map_or(1, |gate| gate.signatures)
}

/// Whether enough people signed a gate.
pub fn is_signed(state: &State, gate: &str) -> bool {
    signatures(state, gate).len() >= wanted(state, gate)
}

/// The board in front, when one of the gates is shown.
pub fn board(state: &State) -> Option<Board<'_>> {
    let Some(Screen::Gate(Gate {
        board: Some(id), ..
    })) = state.screen()
    else {
        return None;
    };
    board_of(state, id)
}

/// A gate with its killer rows.
pub fn board_of<'a>(state: &'a State, id: &str) -> Option<Board<'a>> {
    let playbook = state.playbook()?;
    let session = &state.opened.as_ref()?.session;
    Some(board::board_of(
        playbook,
        session,
        playbook.gate(id)?,
        facts(state, session, playbook),
    ))
}

/// What rows are computed from, their reasons in the words that are asked for.
fn facts<'a>(state: &State, session: &'a Session, playbook: &'a Playbook) -> Facts<'a> {
    match state.words {
        Words::Founder => session.plain_facts(playbook, state.now),
        Words::Engineer => session.facts(playbook, state.now),
    }
}

/// What a row asks for, in the words that are asked for.
pub fn passes<'a>(state: &State, criterion: &'a Criterion) -> &'a str {
    match state.words {
        Words::Founder if !criterion.plain.is_empty() => &criterion.plain,
        Words::Founder | Words::Engineer => &criterion.passes,
    }
}

/// The gate that a signature is for: the one in front, the next one of the handover, else going live.
pub fn to_sign(state: &State) -> String {
    match state.screen() {
        Some(Screen::Handover(_)) => super::handover::gate_to_sign(state).to_owned(),
        _ => board(state).map_or_else(|| GO_LIVE.to_owned(), |board| board.gate.id.clone()),
    }
}

/// What must be looked at again before the gate can be signed, when old evidence is all that keeps it shut.
pub fn stale(state: &State) -> Vec<FindingKey> {
    board_of(state, &to_sign(state)).map_or_else(Vec::new, |board| board.stale())
}

/// Why nothing can be listed as changed since the latest signature.
pub fn why_nothing_changed(state: &State) -> Option<&'static str> {
    match board(state) {
        None => Some("tab goes to a gate: what changed is told there"),
        Some(board) if board.signed_before.is_none() => {
            Some("nothing was signed yet that it could be compared with")
        }
        Some(board) if board.changed.is_empty() => {
            Some("nothing changed since the latest signature")
        }
        Some(_) => None,
    }
}

/// Why the gate cannot be signed: the rows that block, by name.
pub fn why_not_signed(state: &State) -> Option<String> {
    if let Some(board) = board_of(state, &to_sign(state)) {
        let names = board.blocking();
        return match names.len() {
            0 => board.missing.first().cloned(),
            1 => Some(format!("one row blocks: {}", names.join(", "))),
            n => Some(format!("{n} rows block: {}", names.join(", "))),
        };
    }
    let report = report(state)?;
    let names = report.blocking.join(", ");
    match report.blocking.len() {
        0 if report.verdict == crate::model::gate::GateVerdict::Go => None,
        0 => Some("nothing was proven yet: run the checks first".to_owned()),
        1 => Some(format!("one row blocks: {names}")),
        n => Some(format!("{n} rows block: {names}")),
    }
}

/// Whether a row asks for something that a waiver can accept.
pub const fn is_waivable(state: CriterionState) -> bool {
    !matches!(state, CriterionState::Proven | CriterionState::Attested)
}
