//! Watch until green: one check on one subject, looked at again and again with an empty memory.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::plan::{Plan, Unit};
use super::unit;
use crate::model::finding::Finding;
use crate::model::progress::Progress;
use crate::model::verdict::Verdict;
use crate::net::Network;

/// How to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Between the starts of two looks.
    pub every: Duration,
    /// Give up after this long.
    pub timeout: Duration,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(10),
            timeout: Duration::from_hours(2),
        }
    }
}

/// One look of a watch.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    pub finding: Finding,
    /// When the next look begins; `None` after the last.
    pub next: Option<Timestamp>,
}

/// Looks until every unit of the plan passes (or does not apply), the time is over, or nobody listens any more.
/// Gives whether all turned green.
pub async fn watch(plan: &Plan, network: &Network, how: Watch, looks: mpsc::Sender<Look>) -> bool {
    let end = Instant::now() + how.timeout;
    let mut waiting: Vec<Unit> = plan.units.clone();
    loop {
        let begun = Instant::now();
        let fresh = network.fresh();
        let last = begun + how.every >= end;
        let mut still = Vec::new();
        for unit in waiting {
            let finding = quiet(&unit, plan, &fresh).await;
            let green = matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable);
            let next = (!green && !last).then(|| Timestamp::now() + how.every);
            if looks.send(Look { finding, next }).await.is_err() {
                return false;
            }
            if !green {
                still.push(unit);
            }
        }
        waiting = still;
        if waiting.is_empty() || last {
            return waiting.is_empty();
        }
        tokio::select! {
            () = tokio::time::sleep_until(begun + how.every) => {}
            () = looks.closed() => return false,
        }
    }
}

/// One unit without anybody listening to its steps.
async fn quiet(unit: &Unit, plan: &Plan, network: &Network) -> Finding {
    let (events, listener) = mpsc::channel::<Progress>(8);
    drop(listener);
    unit::live(unit, plan, network, &events).await
}
