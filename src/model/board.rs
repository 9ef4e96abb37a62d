//! The sprint's gates and steps, held against a session: what each of them waits for now.

use jiff::Timestamp;

use super::criterion::{CriterionReport, CriterionState, Facts, assess, not_looked_at, only_stale};
use super::finding::FindingKey;
use super::playbook::{Asks, Criterion, Gate, Playbook, Question, RedFlag};
use super::record::SignOff;
use super::session::Session;

/// A gate as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Board<'a> {
    pub gate: &'a Gate,
    /// Its killer rows, in the order of the playbook.
    pub rows: Vec<BoardRow<'a>>,
    /// What keeps it shut beside its rows, a line each.
    pub missing: Vec<String>,
    /// Each name once, with its first signature.
    pub signed: Vec<&'a SignOff>,
    /// The latest signature under an earlier gate, or under this one.
    pub signed_before: Option<&'a SignOff>,
    /// What was found to be different since then.
    pub changed: Vec<FindingKey>,
}

/// A killer row at a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardRow<'a> {
    pub criterion: &'a Criterion,
    pub report: CriterionReport,
    /// Why it keeps the gate shut; `None`: it does not.
    pub blocks: Option<String>,
    /// What to look at again, when evidence that does not count any more is all that keeps it from holding.
    pub stale: Vec<FindingKey>,
}

impl Board<'_> {
    /// Ids of the rows that keep it shut.
    pub fn blocking(&self) -> Vec<&str> {
        let shut = self.rows.iter().filter(|row| row.blocks.is_some());
        shut.map(|row| row.criterion.id.as_str()).collect()
    }

    /// What to look at again, when evidence that does not count any more is all that keeps it shut; empty otherwise.
    pub fn stale(&self) -> Vec<FindingKey> {
        let shut = || self.rows.iter().filter(|row| row.blocks.is_some());
        if !self.missing.is_empty() || shut().any(|row| row.stale.is_empty()) {
            return Vec::new();
        }
        shut().flat_map(|row| row.stale.iter().cloned()).collect()
    }

    /// Whether it may be signed.
    pub fn is_open(&self) -> bool {
        self.missing.is_empty() && self.rows.iter().all(|row| row.blocks.is_none())
    }

    /// Whether enough people signed it.
    pub fn is_signed(&self) -> bool {
        self.signed.len() >= self.gate.signatures
    }
}

/// A step of the work as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct StepReport<'a> {
    pub id: &'a str,
    pub text: &'a str,
    /// The phase that it is done in, by id.
    pub phase: &'a str,
    /// A first check of the playbook, not something that a founder does alone.
    pub first_check: bool,
    pub report: CriterionReport,
}

/// Every step of a playbook: its first checks, then what a founder can do alone.
pub fn steps<'a>(playbook: &'a Playbook, session: &Session, now: Timestamp) -> Vec<StepReport<'a>> {
    let facts = session.facts(playbook, now);
    let report = |id: &str, checks: &[String], questions: &[String]| {
        let asked = questions.iter().filter_map(|id| playbook.question(id));
        let row = Criterion {
            id: id.to_owned(),
            title: String::new(),
            passes: String::new(),
            plain: String::new(),
            breaks: String::new(),
            workstream: String::new(),
            gates: Vec::new(),
            checks: checks.to_vec(),
            questions: asked.cloned().collect(),
        };
        assess(&row, facts)
    };
    let first = playbook.first_checks.iter().map(|step| StepReport {
        id: &step.id,
        text: &step.title,
        phase: &step.phase,
        first_check: true,
        report: report(&step.id, &step.checks, &step.questions),
    });
    let alone = playbook.diy.iter().map(|step| StepReport {
        id: &step.id,
        text: &step.text,
        phase: &step.phase,
        first_check: false,
        report: report(&step.id, &step.checks, &step.questions),
    });
    first.chain(alone).collect()
}

/// Every gate of a playbook.
pub fn boards<'a>(playbook: &'a Playbook, session: &'a Session, now: Timestamp) -> Vec<Board<'a>> {
    let gates = playbook.gates.iter();
    gates
        .map(|gate| board(playbook, session, gate, now))
        .collect()
}

/// One gate of a playbook.
pub fn board<'a>(
    playbook: &'a Playbook,
    session: &'a Session,
    gate: &'a Gate,
    now: Timestamp,
) -> Board<'a> {
    board_of(playbook, session, gate, session.facts(playbook, now))
}

/// The same, from facts that may tell their reasons in a founder's words.
pub fn board_of<'a>(
    playbook: &'a Playbook,
    session: &'a Session,
    gate: &'a Gate,
    facts: Facts<'_>,
) -> Board<'a> {
    let rows = playbook
        .killer_rows(&gate.id)
        .map(|criterion| {
            let report = assess(criterion, facts);
            let blocks = match gate.asks {
                Asks::Settled => unsettled(&report),
                Asks::Known => {
                    not_looked_at(criterion, facts).or_else(|| unowned(session, &report))
                }
            };
            BoardRow {
                stale: only_stale(criterion, facts),
                criterion,
                report,
                blocks,
            }
        })
        .collect();
    let signed = session.signatures(&gate.id);
    let signed_before = signed_before(playbook, session, gate);
    Board {
        missing: missing(playbook, session, gate, facts.now),
        changed: signed_before.map_or_else(Vec::new, |last| changed(session, last)),
        signed_before,
        rows,
        signed,
        gate,
    }
}

/// Access that nobody confirmed, in the order in which it is asked.
pub fn access_missing<'a>(playbook: &'a Playbook, session: &Session) -> Vec<&'a Question> {
    let confirmed = |question: &&Question| {
        let answer = session.answers.get(&question.id);
        answer.is_some_and(|answer| answer.yes)
    };
    playbook
        .access
        .iter()
        .filter(|question| !confirmed(question))
        .collect()
}

/// Red flags that hold.
pub fn flags_up<'a>(playbook: &'a Playbook, session: &Session) -> Vec<&'a RedFlag> {
    let holds = |flag: &&RedFlag| {
        let answer = session.answers.get(&flag.id);
        answer.is_some_and(|answer| answer.yes)
    };
    playbook.red_flags.iter().filter(holds).collect()
}

fn unsettled(report: &CriterionReport) -> Option<String> {
    if report.state.settled() {
        return None;
    }
    let why = report.because.first().cloned();
    Some(why.unwrap_or_else(|| "waits for an answer".to_owned()))
}

/// At the end of the audit a row may fail, if somebody has it.
fn unowned(session: &Session, report: &CriterionReport) -> Option<String> {
    let troubled = matches!(
        report.state,
        CriterionState::Failing | CriterionState::Undetermined
    );
    (troubled && !session.owners.contains_key(&report.id))
        .then(|| "does not hold, and has no owner".to_owned())
}

/// What a gate asks for beside its rows: at the end of the audit, access and the red flags; later, that no flag is up.
fn missing(playbook: &Playbook, session: &Session, gate: &Gate, now: Timestamp) -> Vec<String> {
    let mut list = Vec::new();
    if gate.asks == Asks::Known {
        let access = access_missing(playbook, session);
        if !access.is_empty() && !session.started_without_access() {
            list.push(format!(
                "{} of {} kinds of access are not confirmed",
                access.len(),
                playbook.access.len()
            ));
        }
        let flags = playbook.red_flags.iter();
        let unasked = flags
            .filter(|flag| !session.answers.contains_key(&flag.id))
            .count();
        if unasked > 0 {
            list.push(format!(
                "{unasked} of {} red flags were not asked about",
                playbook.red_flags.len()
            ));
        }
    } else if gate.signatures > 1 || gate.hour >= last_hour(playbook) {
        let accepted = |flag: &&RedFlag| {
            let mut waivers = session.waivers.iter();
            waivers.any(|waiver| waiver.covers_row(&flag.id, now))
        };
        let up = flags_up(playbook, session).into_iter();
        list.extend(
            up.filter(|flag| !accepted(flag))
                .map(|flag| format!("a red flag is up: {} {}", flag.text, flag.stop)),
        );
    }
    list
}

fn last_hour(playbook: &Playbook) -> u32 {
    playbook
        .gates
        .iter()
        .map(|gate| gate.hour)
        .max()
        .unwrap_or(0)
}

/// The latest signature under a gate up to this one.
fn signed_before<'a>(
    playbook: &Playbook,
    session: &'a Session,
    gate: &Gate,
) -> Option<&'a SignOff> {
    let is_before = |sign: &&SignOff| {
        let other = playbook.gate(&sign.gate);
        other.is_some_and(|other| other.hour <= gate.hour)
    };
    session.sign_offs.iter().rfind(is_before)
}

/// Keys whose finding is another one than at a signature.
fn changed(session: &Session, last: &SignOff) -> Vec<FindingKey> {
    let now = session.findings.iter();
    now.filter(|(key, finding)| last.facts.get(*key) != Some(&finding.fingerprint))
        .map(|(key, _)| key.clone())
        .chain(
            last.facts
                .keys()
                .filter(|key| !session.findings.contains_key(*key))
                .cloned(),
        )
        .collect()
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
