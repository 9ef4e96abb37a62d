//! Plan, list and counts of a sprint.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::super::run::Running;
use super::super::sprint::{PlanKey, Sprint};
use super::super::state::State;
use crate::model::clock::Window;
use crate::model::finding::{Finding, FindingKey};
use crate::model::playbook::{Phase, Workstream};
use crate::model::session::Owner;
use crate::model::verdict::{Severity, Verdict};
use crate::model::waiving;

use super::super::opened::{WatchPhase, Watching};

/// A row of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    pub key: FindingKey,
    /// The latest finding; `None` while the first look lasts.
    pub finding: Option<&'a Finding>,
    /// Being looked at now.
    pub running: Option<&'a Running>,
    pub watch: Option<&'a Watching>,
    /// Accepted in every row of the scorecard that it would break.
    pub waived: bool,
    pub owner: Option<&'a Owner>,
    /// Title of the workstream that does the work.
    pub workstream: Option<&'a str>,
}

/// The list: findings, gravest first, then checks that have no finding yet.
pub fn rows<'a>(state: &'a State, sprint: &Sprint) -> Vec<Row<'a>> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let busy = &opened.run.running;
    // A watch that turned green has told so; its row has nothing left to do.
    let is_watched = |key: &FindingKey| {
        let watch = opened.watches.get(key);
        watch.is_some_and(|w| w.phase == WatchPhase::Looking)
    };
    let mut rows: Vec<Row<'a>> = opened
        .session
        .ranked()
        .into_iter()
        .filter(|f| sprint.show_all || is_open(f) || is_watched(&f.key()))
        .map(|f| row(state, f.key(), Some(f)))
        .collect();
    rows.extend(
        busy.keys()
            .filter(|key| !opened.session.findings.contains_key(*key))
            .map(|key| row(state, key.clone(), None)),
    );
    rows.retain(|r| wanted(state, sprint, r));
    rows
}

/// The keys of the list.
pub fn keys(state: &State, sprint: &Sprint) -> Vec<FindingKey> {
    rows(state, sprint).into_iter().map(|r| r.key).collect()
}

/// One row, also for the other screens.
pub fn row<'a>(state: &'a State, key: FindingKey, finding: Option<&'a Finding>) -> Row<'a> {
    let opened = state.opened.as_deref();
    Row {
        running: opened.and_then(|o| o.run.running.get(&key)),
        watch: opened.and_then(|o| o.watches.get(&key)),
        waived: finding.is_some_and(|f| is_waived(state, f)),
        owner: opened.and_then(|o| o.session.owners.get(&super::item_of(&key))),
        workstream: workstream_of(state, &key).map(|w| w.title.as_str()),
        finding,
        key,
    }
}

/// Whether something is left to do about a finding.
pub fn is_open(finding: &Finding) -> bool {
    !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable)
}

/// Whether the fact behind a finding was accepted, and still is.
pub fn is_waived(state: &State, finding: &Finding) -> bool {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return false;
    };
    waiving::is_waived(playbook, &opened.session, finding, state.now)
}

/// The workstream that does the work on a row: that of the first criterion that names its check.
pub fn workstream_of<'a>(state: &'a State, key: &FindingKey) -> Option<&'a Workstream> {
    let playbook = state.playbook()?;
    let id = &playbook
        .criteria
        .iter()
        .find(|c| c.names(key.check.as_str()))?
        .workstream;
    playbook.workstreams.iter().find(|w| w.id == *id)
}

fn wanted(state: &State, sprint: &Sprint, row: &Row<'_>) -> bool {
    let in_stream = sprint
        .workstream
        .as_ref()
        .is_none_or(|id| workstream_of(state, &row.key).is_some_and(|w| w.id == *id));
    let text = format!(
        "{} {} {} {} {}",
        row.key.check,
        row.key.subject,
        row.finding.map_or("", |f| f.verdict.word()),
        row.finding.map_or("", |f| f.severity.word()),
        row.finding.map_or("", |f| &f.summary),
    );
    in_stream && sprint.filter.lets(&text)
}

/// Findings counted for the status line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Failures of severity blocker that were not waived.
    pub blockers: usize,
    /// Every other failure that was not waived.
    pub fails: usize,
    pub warns: usize,
    pub unknown: usize,
    pub blocked: usize,
    pub passes: usize,
    pub waived: usize,
}

/// Counts the findings of the open session.
pub fn counts(state: &State) -> Counts {
    let mut counts = Counts::default();
    let Some(opened) = &state.opened else {
        return counts;
    };
    for finding in opened.session.findings.values() {
        let slot = match finding.verdict {
            Verdict::Pass | Verdict::NotApplicable => &mut counts.passes,
            _ if is_waived(state, finding) => &mut counts.waived,
            Verdict::Fail if finding.severity == Severity::Blocker => &mut counts.blockers,
            Verdict::Fail => &mut counts.fails,
            Verdict::Warn => &mut counts.warns,
            Verdict::Unknown => &mut counts.unknown,
            Verdict::Blocked => &mut counts.blocked,
        };
        *slot += 1;
    }
    counts
}

/// A line of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanLine<'a> {
    pub key: PlanKey,
    pub title: &'a str,
    /// Hours since the start.
    pub from: u32,
    pub to: u32,
    pub window: Window,
    /// The worst verdict of the work in it; `None`: nothing is wrong so far, and not every row of it is settled.
    pub worst: Option<Verdict>,
    /// Findings left to do.
    pub open: usize,
    /// The phase that the clock is in, or a workstream whose window is open.
    pub current: bool,
}

/// The phases, each followed by the workstreams whose window begins in it.
pub fn plan(state: &State) -> Vec<PlanLine<'_>> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let clock = &opened.session.clock;
    let now_in = clock.phase(&playbook.phases, state.now);
    let hours = clock.elapsed(state.now).as_hours();
    let mut lines = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut work = Work::of(state);
    for phase in &playbook.phases {
        lines.push(PlanLine {
            key: PlanKey::Phase(phase.id.clone()),
            title: &phase.title,
            from: phase.from,
            to: phase.to,
            window: phase_window(phase, hours, clock.started.is_some()),
            worst: None,
            open: 0,
            current: now_in.is_some_and(|p| p.id == phase.id),
        });
        let here = playbook
            .workstreams
            .iter()
            .filter(|w| w.from < phase.to || phase.id == last_id(&playbook.phases));
        for stream in here {
            if told.insert(&stream.id) {
                let (worst, open) = work.so_far(state, stream);
                let window = clock.window(stream, state.now);
                lines.push(PlanLine {
                    key: PlanKey::Workstream(stream.id.clone()),
                    title: &stream.title,
                    from: stream.from,
                    to: stream.to,
                    window,
                    worst,
                    open,
                    current: window == Window::Open,
                });
            }
        }
    }
    lines
}

/// The keys of the plan.
pub fn plan_keys(state: &State) -> Vec<PlanKey> {
    plan(state).into_iter().map(|line| line.key).collect()
}

fn last_id(phases: &[Phase]) -> &str {
    phases.last().map_or("", |p| p.id.as_str())
}

fn phase_window(phase: &Phase, hours: i64, started: bool) -> Window {
    if !started || hours < i64::from(phase.from) {
        Window::Ahead
    } else if hours < i64::from(phase.to) {
        Window::Open
    } else {
        Window::Over
    }
}

/// The findings of each workstream, and the scorecard where one is needed.
struct Work<'a> {
    findings: BTreeMap<&'a str, Vec<&'a Finding>>,
    scorecard: Option<Vec<super::gate::Row<'a>>>,
}

impl<'a> Work<'a> {
    fn of(state: &'a State) -> Self {
        let mut findings: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in state
            .opened
            .iter()
            .flat_map(|o| o.session.findings.values())
        {
            if let Some(stream) = workstream_of(state, &finding.key()) {
                findings.entry(&stream.id).or_default().push(finding);
            }
        }
        Self {
            findings,
            scorecard: None,
        }
    }

    /// The worst verdict of a workstream and the number of findings left to do. Good findings settle nothing alone: it is
    /// done when every row of the scorecard in it is.
    fn so_far(&mut self, state: &'a State, stream: &Workstream) -> (Option<Verdict>, usize) {
        let left: Vec<Verdict> = self
            .findings
            .get(stream.id.as_str())
            .into_iter()
            .flatten()
            .filter(|f| is_open(f) && !is_waived(state, f))
            .map(|f| f.verdict)
            .collect();
        let worst = left.iter().copied().min_by_key(|v| v.rank());
        let worst = match worst {
            Some(verdict) => Some(verdict),
            None => self.is_settled(state, stream).then_some(Verdict::Pass),
        };
        (worst, left.len())
    }

    fn is_settled(&mut self, state: &'a State, stream: &Workstream) -> bool {
        let rows = self
            .scorecard
            .get_or_insert_with(|| super::gate::all(state));
        let mut rows = rows
            .iter()
            .filter(|row| row.criterion.workstream == stream.id)
            .peekable();
        rows.peek().is_some() && rows.all(|row| row.report.state.settled())
    }
}

/// The phase that ends next, and the time until then; negative when the whole sprint is over.
pub fn next_gate(state: &State) -> Option<(&Phase, SignedDuration)> {
    let opened = state.opened.as_ref()?;
    let clock = &opened.session.clock;
    let phase = clock.phase(&state.playbook()?.phases, state.now)?;
    let end = SignedDuration::from_hours(i64::from(phase.to));
    Some((phase, end - clock.elapsed(state.now)))
}
