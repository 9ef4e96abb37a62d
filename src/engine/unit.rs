//! The life of one check on one subject: started, perhaps slow, perhaps tried again, finished.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::plan::{Plan, Unit};
use crate::checks::rule::{Judgement, Look};
use crate::model::finding::Finding;
use crate::model::progress::Progress;
use crate::model::verdict::Verdict;
use crate::net::Network;

/// An unknown that came this fast may have been a hiccup: it is looked at once more.
const HICCUP: Duration = Duration::from_millis(800);
/// Pause before the second look.
const BREATH: Duration = Duration::from_millis(200);

/// Runs `unit` to its finding. Sends `Started`, `Slow` and `Retrying`; the caller sends `Finished`.
pub async fn live(
    unit: &Unit,
    plan: &Plan,
    network: &Network,
    events: &mpsc::Sender<Progress>,
) -> Finding {
    let meta = unit.check.meta();
    let begun = Instant::now();
    let finish = |judgement: Judgement| {
        judgement.into_finding(
            meta,
            &unit.subject,
            Timestamp::now(),
            millis(begun.elapsed()),
        )
    };
    if meta.intrusive && !plan.authorised {
        return finish(Judgement::blocked(
            "needs your authority to test this domain: state it in the session, or with --authorised",
        ));
    }
    tell(events, Progress::Started(unit.key())).await;
    let deadline = Duration::from_secs(meta.deadline_s.max(1));
    let mut judgement = look(unit, plan, network, events, deadline).await;
    if judgement.verdict == Verdict::Unknown
        && begun.elapsed() < HICCUP
        && network.forget_failures()
    {
        let why = judgement.summary.clone();
        tell(
            events,
            Progress::Retrying {
                key: unit.key(),
                why,
            },
        )
        .await;
        tokio::time::sleep(BREATH).await;
        judgement = look(
            unit,
            plan,
            network,
            events,
            deadline.saturating_sub(begun.elapsed()),
        )
        .await;
    }
    finish(judgement)
}

/// One look, bounded by `deadline`; a panic inside the check becomes `unknown` for this check alone.
async fn look(
    unit: &Unit,
    plan: &Plan,
    network: &Network,
    events: &mpsc::Sender<Progress>,
    deadline: Duration,
) -> Judgement {
    let look = Look {
        subject: &unit.subject,
        intent: &plan.intent,
        network,
        authorised: plan.authorised,
        kept: plan.kept.get(&unit.key()),
    };
    let work = AssertUnwindSafe(async { unit.check.run(look).await.judgement }).catch_unwind();
    let slow = async {
        tokio::time::sleep(deadline / 3).await;
        let waits_for = waits_for(network, &unit.subject);
        let since_ms = millis(deadline / 3);
        tell(
            events,
            Progress::Slow {
                key: unit.key(),
                waits_for,
                since_ms,
            },
        )
        .await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased;
        done = work => done.unwrap_or_else(|_| {
            tracing::error!(check = unit.check.meta().id, subject = %unit.subject, "a check broke");
            Judgement::unknown("this check broke: that is a fault of launch-ready, the log says more")
        }),
        () = slow => Judgement::unknown("this check was lost"),
        () = tokio::time::sleep(deadline) => Judgement::unknown(format!(
            "not finished in {} s, was waiting for {}", deadline.as_secs(), waits_for(network, &unit.subject)
        )).fact("deadline"),
    }
}

/// What the network waits for, preferring waits that name the subject.
fn waits_for(network: &Network, subject: &str) -> String {
    let waits = network.waiting();
    waits
        .iter()
        .find(|wait| wait.what.contains(subject))
        .or_else(|| waits.first())
        .map_or_else(
            || "nothing on the network".to_owned(),
            |wait| wait.what.clone(),
        )
}

async fn tell(events: &mpsc::Sender<Progress>, progress: Progress) {
    // A listener that has gone away is no reason to stop looking: the caller decides that.
    let _ = events.send(progress).await;
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
