//! One run: many units at once, within limits, stoppable, leaving nothing behind.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::plan::{Plan, Unit};
use super::{AT_ONCE, unit};
use crate::checks::registry::RULES;
use crate::checks::rule::Judgement;
use crate::model::finding::Finding;
use crate::model::observation::self_check::SelfCheck;
use crate::model::progress::Progress;
use crate::model::run::{QueryCounts, sort};
use crate::net::Network;

/// No run lasts longer; what is not done by then is `unknown`.
const RUN_BUDGET: Duration = Duration::from_mins(3);

/// A run that was started.
pub struct Handle {
    stop: CancellationToken,
    task: JoinHandle<Outcome>,
}

impl Handle {
    /// Asks the run to stop; it ends soon after, with what it has.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Waits for the end. `None` only when the runtime itself is going down.
    pub async fn join(self) -> Option<Outcome> {
        self.task.await.ok()
    }
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub run: String,
    /// Sorted by check and subject.
    pub findings: Vec<Finding>,
    pub self_check: SelfCheck,
    pub queries: QueryCounts,
    pub started: Timestamp,
    pub finished: Timestamp,
    pub took_ms: u64,
    pub cancelled: bool,
}

/// Starts a run. Its steps go to `events`; a full channel slows the run down instead of growing.
pub fn start(plan: Plan, network: Network, events: mpsc::Sender<Progress>) -> Handle {
    let stop = CancellationToken::new();
    let task = tokio::spawn(conduct(plan, network, events, stop.clone()));
    Handle { stop, task }
}

/// A whole run to which nobody listens. Dropped, it leaves nothing behind.
pub(super) async fn unheard(plan: Plan, network: Network) -> Outcome {
    let (events, listener) = mpsc::channel(1);
    drop(listener);
    conduct(plan, network, events, CancellationToken::new()).await
}

async fn conduct(
    plan: Plan,
    network: Network,
    events: mpsc::Sender<Progress>,
    stop: CancellationToken,
) -> Outcome {
    let (started, begun) = (Timestamp::now(), Instant::now());
    let keys = plan.units.iter().map(Unit::key).collect();
    let _ = events
        .send(Progress::Planned {
            run: plan.run.clone(),
            rules: RULES,
            keys,
        })
        .await;
    let self_check = (*network.self_check().await).clone();
    let _ = events.send(Progress::SelfChecked(self_check.clone())).await;
    let mut findings = match footing(&self_check) {
        Ok(()) => look_at_all(&plan, &network, &events, &stop).await,
        Err(why) => refuse(&plan, &why, &events).await,
    };
    sort(&mut findings);
    let outcome = Outcome {
        run: plan.run.clone(),
        findings,
        self_check,
        queries: network.counts(),
        started,
        finished: Timestamp::now(),
        took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        cancelled: stop.is_cancelled(),
    };
    let (took_ms, queries, cancelled) = (outcome.took_ms, outcome.queries, outcome.cancelled);
    let _ = events
        .send(Progress::Ended {
            run: plan.run,
            took_ms,
            queries,
            cancelled,
        })
        .await;
    outcome
}

/// Whether anything seen from here can be believed; `Err` says why not.
pub(super) fn footing(check: &SelfCheck) -> Result<(), String> {
    if check.resolver_is_honest() && check.network == "up" {
        return Ok(());
    }
    Err(check
        .problems
        .first()
        .cloned()
        .unwrap_or_else(|| "the network cannot be used from here".to_owned()))
}

/// Every unit, at most [`AT_ONCE`] at a time. When stopped, running units are dropped where they wait.
async fn look_at_all(
    plan: &Plan,
    network: &Network,
    events: &mpsc::Sender<Progress>,
    stop: &CancellationToken,
) -> Vec<Finding> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let shared = Arc::new(plan.clone());
    let mut units = JoinSet::new();
    for unit in plan.units.clone() {
        let (plan, network, events) = (Arc::clone(&shared), network.clone(), events.clone());
        let places = Arc::clone(&places);
        units.spawn(async move {
            let _place = places.acquire_owned().await;
            unit::live(&unit, &plan, &network, &events).await
        });
    }
    let mut findings = Vec::with_capacity(plan.units.len());
    let budget = tokio::time::sleep(RUN_BUDGET);
    tokio::pin!(budget);
    loop {
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => None,
            next = units.join_next() => next,
            () = &mut budget => None,
        };
        match ended {
            Some(Ok(finding)) => {
                let _ = events
                    .send(Progress::Finished(Box::new(finding.clone())))
                    .await;
                findings.push(finding);
            }
            Some(Err(broken)) => tracing::error!(%broken, "a unit ended without a finding"),
            None => break,
        }
    }
    units.shutdown().await;
    if !stop.is_cancelled() && findings.len() < plan.units.len() {
        let missing = plan
            .units
            .iter()
            .filter(|u| !findings.iter().any(|f| f.key() == u.key()));
        let late: Vec<Unit> = missing.cloned().collect();
        findings.extend(
            conclude(
                &late,
                "the run's time was over before this was looked at",
                events,
            )
            .await,
        );
    }
    findings
}

/// Nothing can be looked at: every unit is `unknown`, for the one reason.
async fn refuse(plan: &Plan, why: &str, events: &mpsc::Sender<Progress>) -> Vec<Finding> {
    conclude(&plan.units, why, events).await
}

async fn conclude(units: &[Unit], why: &str, events: &mpsc::Sender<Progress>) -> Vec<Finding> {
    let mut findings = Vec::with_capacity(units.len());
    for unit in units {
        let finding = Judgement::unknown(why).into_finding(
            unit.check.meta(),
            &unit.subject,
            Timestamp::now(),
            0,
        );
        let _ = events
            .send(Progress::Finished(Box::new(finding.clone())))
            .await;
        findings.push(finding);
    }
    findings
}
