//! A run of the checks while it lasts: what is queued, what is being looked at, and what each waits for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::finding::FindingKey;
use crate::model::observation::self_check::SelfCheck;
use crate::model::progress::Progress;

/// The run under way, or the last one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunState {
    pub phase: RunPhase,
    /// Id of the run, once it is planned.
    pub run: Option<String>,
    /// Everything that the playbook needs, not some rows again.
    pub whole: bool,
    pub asked_at: Option<Timestamp>,
    pub queued: BTreeSet<FindingKey>,
    pub running: BTreeMap<FindingKey, Running>,
    pub finished: usize,
    pub total: usize,
    pub self_check: Option<SelfCheck>,
    pub took_ms: Option<u64>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RunPhase {
    /// None was asked for yet.
    #[default]
    Idle,
    /// Asked for, not planned yet.
    Asked,
    Running,
    /// The operator stopped it; what is under way winds up.
    Stopping,
    Stopped,
    Done,
}

/// A check that is being looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub since: Timestamp,
    /// What it waits for, once it is slow.
    pub waits_for: Option<String>,
    /// Why it looks again.
    pub retrying: Option<String>,
}

impl RunState {
    /// A run was asked for.
    pub fn ask(&mut self, whole: bool, now: Timestamp) {
        *self = Self {
            whole,
            phase: RunPhase::Asked,
            asked_at: Some(now),
            ..Self::default()
        };
    }

    /// Whether something is under way.
    pub const fn is_busy(&self) -> bool {
        matches!(
            self.phase,
            RunPhase::Asked | RunPhase::Running | RunPhase::Stopping
        )
    }

    /// Takes one step of the engine.
    pub fn apply(&mut self, progress: &Progress, now: Timestamp) {
        match progress {
            Progress::Planned { run, keys, .. } => {
                self.run = Some(run.clone());
                self.total = keys.len();
                self.queued = keys.iter().cloned().collect();
                if self.phase != RunPhase::Stopping {
                    self.phase = RunPhase::Running;
                }
            }
            Progress::SelfChecked(check) => self.self_check = Some(check.clone()),
            Progress::Started(key) => {
                self.queued.remove(key);
                self.running.insert(
                    key.clone(),
                    Running {
                        since: now,
                        waits_for: None,
                        retrying: None,
                    },
                );
            }
            Progress::Slow { key, waits_for, .. } => {
                if let Some(running) = self.running.get_mut(key) {
                    running.waits_for = Some(waits_for.clone());
                }
            }
            Progress::Retrying { key, why } => {
                if let Some(running) = self.running.get_mut(key) {
                    running.retrying = Some(why.clone());
                }
            }
            Progress::Finished(finding) => {
                let key = finding.key();
                self.queued.remove(&key);
                self.running.remove(&key);
                self.finished += 1;
            }
            Progress::Ended {
                took_ms, cancelled, ..
            } => {
                self.took_ms = Some(*took_ms);
                self.queued.clear();
                self.running.clear();
                self.phase = if *cancelled {
                    RunPhase::Stopped
                } else {
                    RunPhase::Done
                };
            }
        }
    }
}
