//! The lines of the plan.

use super::super::plan::PlanRow;
use super::super::screen::Screen;
use super::super::state::{State, Words};
use crate::model::board::{self, Board, StepReport};
use crate::model::burndown::{self, Chart};
use crate::model::clock::{hours_minutes, wall_time};
use crate::model::finding::Finding;
use crate::model::playbook::{Phase, Playbook, Question, RedFlag, Workstream};
use crate::model::schedule::{self, Late};
use crate::model::session::Answer;

/// A part of the plan, with its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<'a> {
    pub title: String,
    /// The workstreams whose window begins in it, a line each.
    pub windows: Vec<String>,
    pub lines: Vec<Line<'a>>,
}

/// A line of the plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Line<'a> {
    Access(&'a Question, Option<&'a Answer>),
    Flag(&'a RedFlag, Option<&'a Answer>),
    Step(StepReport<'a>),
    Gate(Board<'a>),
}

impl Line<'_> {
    /// What the cursor remembers of it.
    pub fn key(&self) -> PlanRow {
        match self {
            Self::Access(question, _) => PlanRow::Access(question.id.clone()),
            Self::Flag(flag, _) => PlanRow::Flag(flag.id.clone()),
            Self::Step(step) => PlanRow::Step(step.id.to_owned()),
            Self::Gate(board) => PlanRow::Gate(board.gate.id.clone()),
        }
    }
}

/// Before hour 0, the red flags, then each phase with its steps and the gate at its end.
pub fn parts(state: &State) -> Vec<Part<'_>> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let session = &opened.session;
    let answer = |id: &str| session.answers.get(id);
    let access = playbook.access.iter();
    let flags = playbook.red_flags.iter();
    let mut parts = vec![
        Part {
            title: "before hour 0".to_owned(),
            windows: Vec::new(),
            lines: access.map(|q| Line::Access(q, answer(&q.id))).collect(),
        },
        Part {
            title: "red flags".to_owned(),
            windows: Vec::new(),
            lines: flags.map(|f| Line::Flag(f, answer(&f.id))).collect(),
        },
    ];
    let steps = board::steps(playbook, session, state.now);
    let mut boards = board::boards(playbook, session, state.now);
    for phase in &playbook.phases {
        let here = steps.iter().filter(|step| step.phase == phase.id);
        let mut lines: Vec<Line<'_>> = here.cloned().map(Line::Step).collect();
        let rest = boards.split_off(boards.partition_point(|b| b.gate.hour <= phase.to));
        lines.extend(boards.into_iter().map(Line::Gate));
        boards = rest;
        parts.push(Part {
            title: format!(
                "{} · h {} – {}{}",
                phase.title.to_lowercase(),
                phase.from,
                phase.to,
                span(state, phase.from, phase.to)
            ),
            windows: windows(state, playbook, phase),
            lines,
        });
    }
    parts.retain(|part| !part.lines.is_empty());
    parts
}

/// ` · Fri 14:00 – Sat 06:00` once the clock was started: as planned now, with every pause so far.
fn span(state: &State, from: u32, to: u32) -> String {
    let wall = |hour| wall(state, hour);
    match (wall(from), wall(to)) {
        (Some(from), Some(to)) => format!(" · {from} – {to}"),
        _ => String::new(),
    }
}

/// The planned moment of an hour, as a clock on the wall shows it here.
pub fn wall(state: &State, hour: u32) -> Option<String> {
    let clock = &state.opened.as_ref()?.session.clock;
    let at = clock.wall(hour, state.now)?;
    Some(wall_time(at, state.now, &state.zone))
}

fn windows(state: &State, playbook: &Playbook, phase: &Phase) -> Vec<String> {
    let here = |work: &&Workstream| (phase.from..phase.to).contains(&work.from);
    let works = playbook.workstreams.iter().filter(here);
    works
        .map(|work| {
            let span = span(state, work.from, work.to);
            format!("{} · h {} – {}{span}", work.title, work.from, work.to)
        })
        .collect()
}

/// What is late, the latest first.
pub fn late(state: &State) -> Vec<Late> {
    match (&state.opened, state.playbook()) {
        (Some(opened), Some(playbook)) => schedule::late(playbook, &opened.session, state.now),
        _ => Vec::new(),
    }
}

/// The blockers over time, once the clock was started.
pub fn burndown(state: &State) -> Option<Chart> {
    let opened = state.opened.as_ref()?;
    burndown::chart(
        state.playbook()?,
        &opened.session,
        &opened.events,
        state.now,
    )
}

/// The keys of the lines.
pub fn keys(state: &State) -> Vec<PlanRow> {
    parts(state)
        .iter()
        .flat_map(|part| part.lines.iter().map(Line::key))
        .collect()
}

/// Checks and questions of a step, by its id.
fn bound<'a>(playbook: &'a Playbook, step: &str) -> Option<(&'a [String], &'a [String])> {
    let first = playbook.first_checks.iter().find(|s| s.id == step);
    let alone = playbook.diy.iter().find(|s| s.id == step);
    first
        .map(|s| (s.checks.as_slice(), s.questions.as_slice()))
        .or_else(|| alone.map(|s| (s.checks.as_slice(), s.questions.as_slice())))
}

/// What a step rests on, gravest first.
pub fn findings<'a>(state: &'a State, step: &str) -> Vec<&'a Finding> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let Some((checks, _)) = bound(playbook, step) else {
        return Vec::new();
    };
    let named = |f: &&Finding| checks.iter().any(|id| id == f.check.as_str());
    opened.session.ranked().into_iter().filter(named).collect()
}

/// The first question of a step that has no yes, else its first.
pub fn question(state: &State, step: &str) -> Option<String> {
    let session = &state.opened.as_ref()?.session;
    let (_, questions) = bound(state.playbook()?, step)?;
    let open = questions
        .iter()
        .find(|id| !session.answers.get(*id).is_some_and(|a| a.yes));
    open.or_else(|| questions.first()).cloned()
}

/// What a step says.
pub fn title(state: &State, step: &str) -> String {
    let Some(playbook) = state.playbook() else {
        return String::new();
    };
    let first = playbook.first_checks.iter().find(|s| s.id == step);
    let alone = playbook.diy.iter().find(|s| s.id == step);
    first
        .map(|s| s.title.clone())
        .or_else(|| alone.map(|s| s.text.clone()))
        .unwrap_or_default()
}

/// What owners and notes are about on this screen, and its name for people.
pub fn item(state: &State) -> Option<(String, String)> {
    let Screen::Plan(screen) = state.screen()? else {
        return None;
    };
    let playbook = state.playbook()?;
    match screen.cursor.current(&keys(state))?.clone() {
        PlanRow::Access(id) => {
            let text = playbook.question(&id)?.text.clone();
            Some((id, text))
        }
        PlanRow::Flag(id) => {
            let text = playbook.red_flag(&id)?.text.clone();
            Some((id, text))
        }
        PlanRow::Step(id) => {
            let text = title(state, &id);
            Some((id, text))
        }
        PlanRow::Gate(_) => None,
    }
}

/// A question in the words that are asked for.
pub fn words<'a>(state: &State, question: &'a Question) -> &'a str {
    match state.words {
        Words::Founder if !question.plain.is_empty() => &question.plain,
        Words::Founder | Words::Engineer => &question.text,
    }
}

/// The plan as text.
pub fn text(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    let said = |answer: Option<&Answer>| match answer {
        None => "nobody answered".to_owned(),
        Some(a) => format!(
            "{}, {}: {}",
            if a.yes { "yes" } else { "no" },
            a.by,
            a.evidence
        ),
    };
    lines.extend(late(state).iter().map(|late| {
        let by = hours_minutes(late.by);
        format!("{} is {by} late · {}", late.title, late.waits_for)
    }));
    for part in parts(state) {
        lines.push(part.title);
        lines.extend(part.windows.iter().map(|window| format!("  {window}")));
        lines.extend(part.lines.iter().map(|line| match line {
            Line::Access(question, answer) => {
                format!("  {} · {}", words(state, question), said(*answer))
            }
            Line::Flag(flag, answer) => format!("  {} · {}", flag.text, said(*answer)),
            Line::Step(step) => format!("  {} · {}", step.text, step.report.state),
            Line::Gate(board) => {
                let blocks = board.blocking().join(", ");
                let names: Vec<&str> = board.signed.iter().map(|s| s.by.as_str()).collect();
                format!(
                    "  gate {} · h {} · blocks: {blocks} · signed: {}",
                    board.gate.title,
                    board.gate.hour,
                    names.join(", ")
                )
            }
        }));
    }
    lines
}
