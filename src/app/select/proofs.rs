//! The lines of the proofs: way back and drills, the rotation list, the journey as far as it is walked.

use jiff::SignedDuration;

use super::super::proofs::ProofRow;
use super::super::state::State;
use crate::model::drill::{Drill, DrillKind, Outcome, WayBack, stopwatch};
use crate::model::exposed::{Exposed, entries_of_findings};
use crate::model::finding::Finding;
use crate::model::playbook::{JourneyStep, ProofKind};
use crate::model::proofs::{Proofs, StepStanding, Walked};

/// A part of the screen, with its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<'a> {
    pub title: String,
    pub lines: Vec<Line<'a>>,
    /// What comes after its lines and is not shown yet.
    pub rest: Option<String>,
}

/// A line of the proofs.
#[derive(Debug, Clone, PartialEq)]
pub enum Line<'a> {
    WayBack(Option<&'a WayBack>),
    Drill(DrillKind, Option<&'a Drill>),
    Secret(&'a Exposed),
    Seen(&'a Finding),
    AddSecret,
    Step(Box<StepLine<'a>>),
}

/// A step of the journey.
#[derive(Debug, Clone, PartialEq)]
pub struct StepLine<'a> {
    pub step: &'a JourneyStep,
    /// Counted from 1.
    pub number: usize,
    pub of: usize,
    pub standing: StepStanding,
    pub walked: Option<&'a Walked>,
    /// It is the one that is walked now: shown whole.
    pub is_now: bool,
}

impl Line<'_> {
    /// What the cursor remembers of it.
    pub fn key(&self) -> ProofRow {
        match self {
            Self::WayBack(_) => ProofRow::WayBack,
            Self::Drill(kind, _) => ProofRow::Drill(*kind),
            Self::Secret(entry) => ProofRow::Secret(entry.name.clone()),
            Self::Seen(finding) => ProofRow::Seen(finding.key()),
            Self::AddSecret => ProofRow::AddSecret,
            Self::Step(line) => ProofRow::Step(line.step.id.clone()),
        }
    }
}

/// The three parts.
pub fn parts(state: &State) -> Vec<Part<'_>> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let proofs = &opened.session.proofs;
    let drill = |kind| Line::Drill(kind, proofs.latest(kind));
    let mut drills = vec![Line::WayBack(proofs.way_back.as_ref())];
    drills.extend(DrillKind::ALL.into_iter().map(drill));
    let mut secrets: Vec<Line<'_>> = proofs.exposed.iter().map(Line::Secret).collect();
    let seen = entries_of_findings(&opened.session.findings, &proofs.exposed);
    secrets.extend(seen.into_iter().map(Line::Seen));
    secrets.push(Line::AddSecret);
    let part = |title: &str, lines| Part {
        title: title.to_owned(),
        lines,
        rest: None,
    };
    let mut parts = vec![
        part("the way back, and drills", drills),
        part("rotation list", secrets),
    ];
    parts.extend(journey(state));
    parts
}

/// The journey up to the step that is walked now: later steps are not read before their time.
fn journey(state: &State) -> Option<Part<'_>> {
    let session = &state.opened.as_ref()?.session;
    let playbook = state.playbook()?;
    let now = session.journey_now(playbook).map(|step| &step.id);
    let of = playbook.journey.len();
    let mut lines = Vec::new();
    for (step, number) in playbook.journey.iter().zip(1..) {
        let is_now = now == Some(&step.id);
        lines.push(Line::Step(Box::new(StepLine {
            step,
            number,
            of,
            standing: session.journey_step(playbook, step, state.now),
            walked: session.proofs.journey.get(&step.id),
            is_now,
        })));
        if is_now {
            break;
        }
    }
    let rest = match of - lines.len() {
        0 => None,
        1 => Some("one more step after this".to_owned()),
        n => Some(format!("{n} more steps after this")),
    };
    (of > 0).then(|| Part {
        title: "the client's journey".to_owned(),
        lines,
        rest,
    })
}

/// The keys of the lines.
pub fn keys(state: &State) -> Vec<ProofRow> {
    parts(state)
        .iter()
        .flat_map(|part| part.lines.iter().map(Line::key))
        .collect()
}

/// The step that a person walks after that one; `None` after the last, or where that one was walked before.
pub fn step_after(state: &State, step: &str) -> Option<String> {
    let session = &state.opened.as_ref()?.session;
    let playbook = state.playbook()?;
    let at = playbook.journey.iter().position(|s| s.id == step)?;
    if session.proofs.journey.contains_key(step) {
        return None;
    }
    let mut later = playbook.journey.iter().skip(at + 1);
    later
        .find(|s| s.look && !session.proofs.journey.contains_key(&s.id))
        .map(|s| s.id.clone())
}

/// How far everything is, a phrase each.
pub fn summary(state: &State) -> Vec<String> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let session = &opened.session;
    let proofs = &session.proofs;
    let in_time = |kind: &DrillKind| {
        let latest = proofs.latest(*kind);
        latest.is_some_and(|drill| drill.outcome() == Outcome::InTime)
    };
    let drills = DrillKind::ALL.iter().filter(|kind| in_time(kind)).count();
    let open = proofs.unrotated().count();
    let passed = |step: &&JourneyStep| {
        session.journey_step(playbook, step, state.now) == StepStanding::Passed
    };
    vec![
        format!("{drills} of {} drills in time", DrillKind::ALL.len()),
        match (open, proofs.exposed.len()) {
            (_, 0) => "no exposed secret listed".to_owned(),
            (0, all) => format!("all {all} secrets rotated"),
            (open, all) => format!("{open} of {all} secrets not rotated"),
        },
        format!(
            "journey {} of {} passed",
            playbook.journey.iter().filter(passed).count(),
            playbook.journey.len()
        ),
    ]
}

/// The drill that runs, for the foot of every screen: what, how long, and whether its time is over.
pub fn running(state: &State) -> Option<(String, bool)> {
    let drill = state.opened.as_ref()?.session.proofs.running()?;
    let took = drill.took(state.now);
    let late = !drill.kind.is_within(whole(took));
    let word = drill.kind.word();
    let told = if late {
        "too slow already"
    } else {
        "the clock runs"
    };
    let text = format!(
        "{word} drill {} ({}): {told}",
        stopwatch(took),
        drill.kind.asks()
    );
    Some((text, late))
}

/// Whole seconds, as they are shown.
fn whole(time: SignedDuration) -> SignedDuration {
    SignedDuration::from_secs(time.as_secs())
}

/// What must be known before a question is answered by hand: secrets that are not rotated yet.
pub fn caution(state: &State, question: &str) -> Option<String> {
    let rotation = state.playbook()?.proven_by(ProofKind::Rotation);
    let proofs: &Proofs = &state.opened.as_ref()?.session.proofs;
    let open = proofs.unrotated().count();
    (open > 0 && rotation.iter().any(|id| id == question)).then(|| {
        let noun = if open == 1 { "secret" } else { "secrets" };
        format!("{open} {noun} of the rotation list not rotated: until then a yes does not hold")
    })
}

/// The same as plain text.
pub fn text(state: &State) -> Vec<String> {
    let mut lines = vec![summary(state).join(" · ")];
    for part in parts(state) {
        lines.push(String::new());
        lines.push(part.title.clone());
        lines.extend(part.lines.iter().map(|line| said(line, state)));
        lines.extend(part.rest);
    }
    lines
}

fn said(line: &Line<'_>, state: &State) -> String {
    match line {
        Line::WayBack(None) => "  way back: not written".to_owned(),
        Line::WayBack(Some(way)) => {
            format!(
                "  way back: {} → {}: {} ({})",
                way.what, way.to, way.steps, way.by
            )
        }
        Line::Drill(kind, None) => format!("  {}: never tried, {}", kind.word(), kind.asks()),
        Line::Drill(_, Some(drill)) => format!("  {}", drill.evidence(state.now)),
        Line::Secret(entry) => {
            let done = match &entry.done {
                Some(done) => format!("rotated by {}: {}", done.by, done.shown),
                None => format!("not rotated, {}", entry.owner),
            };
            format!("  {} · opens {} · {done}", entry.name, entry.opens)
        }
        Line::Seen(finding) => format!("  {} · not listed yet", finding.summary),
        Line::AddSecret => "  + an exposed secret".to_owned(),
        Line::Step(line) => {
            let word = line.standing.word();
            let why = line.standing.why().unwrap_or_default();
            format!("  {} {} · {word} {why}", line.number, line.step.title)
        }
    }
}
