//! How long answers take: one on a cold connection, then more on the warm one, each due at a fixed moment.
//!
//! A late answer delays the next request, whose time counts from when it was due and not from when it could be sent: so a
//! stall shows in every request that it held up (no coordinated omission).

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use url::Url;

use super::connection::{Connection, Target};
use super::exchange::{candidates, once, origin, target, without_secrets};
use crate::model::observation::http::Timing;
use crate::model::observation::{Failure, FailureKind};
use crate::net::limits::Peer;
use crate::net::memory::Sight;
use crate::net::reach::Reach;
use crate::net::request::HttpRequest;

/// Between the moments at which requests are due.
const INTERVAL: Duration = Duration::from_millis(25);
/// Requests without an answer after which there is no point in more.
const MOST_FAILURES: usize = 3;

impl Sight for Timing {
    fn saw_nothing(&self) -> bool {
        self.statuses.is_empty()
    }
}

/// Times one cold request to `url` and `warm` more.
pub(in crate::net) async fn time(reach: Arc<Reach>, url: Url, warm: usize) -> Timing {
    let mut timing = Timing {
        url: url.clone(),
        at: Timestamp::now(),
        cold_ms: None,
        warm_ms: Vec::new(),
        statuses: Vec::new(),
        failures: Vec::new(),
    };
    match destination(&reach, &url).await {
        Err(failure) => timing.failures.push(failure),
        Ok(target) => {
            let _waiting = reach.waits.begin(format!(
                "{}:{} {} timed requests",
                target.address,
                target.port,
                warm + 1
            ));
            let _place = reach.limits.enter(Peer::Host(target.host.clone())).await;
            let mut series = Series {
                reach: &reach,
                request: HttpRequest::get(url),
                target,
                connection: None,
            };
            series.run(warm, &mut timing).await;
        }
    }
    timing
}

async fn destination(reach: &Arc<Reach>, url: &Url) -> Result<Target, Failure> {
    let first = candidates(reach, url, None).await?.into_iter().next();
    let address = first.ok_or_else(|| {
        Failure::new(
            FailureKind::NoAddress,
            format!("timing {}: its host has no address", without_secrets(url)),
        )
    })?;
    target(url, address)
}

/// Requests one after the other on one connection.
struct Series<'a> {
    reach: &'a Reach,
    request: HttpRequest,
    target: Target,
    connection: Option<Connection>,
}

impl Series<'_> {
    async fn run(&mut self, warm: usize, timing: &mut Timing) {
        let begun = Instant::now();
        match self.once().await {
            Err(failure) => {
                timing.failures.push(failure);
                return;
            }
            Ok(status) => {
                timing.cold_ms = Some(to_ms(begun.elapsed()));
                timing.statuses.push(status);
            }
        }
        let mut due = Instant::now();
        for _ in 0..warm {
            due += INTERVAL;
            tokio::time::sleep_until(due.into()).await;
            match self.once().await {
                Ok(status) => {
                    timing.warm_ms.push(to_ms(due.elapsed()));
                    timing.statuses.push(status);
                }
                Err(failure) => {
                    let spent = failure.kind == FailureKind::Budget;
                    timing.failures.push(failure);
                    if spent || timing.failures.len() >= MOST_FAILURES {
                        return;
                    }
                }
            }
        }
    }

    /// One answered request: its status.
    async fn once(&mut self) -> Result<u16, Failure> {
        self.reach
            .limits
            .patience
            .permits(&origin(&self.request.url))?;
        let mut connection = match self.connection.take() {
            Some(kept) => kept,
            None => Connection::open(self.reach, &self.target)
                .await
                .map_err(|unopened| unopened.failure)?,
        };
        self.reach.limits.take_request(&self.target.host)?;
        let answered = once(self.reach, &self.request, &mut connection).await?;
        if answered.dripped {
            let doing = format!("timing {}", without_secrets(&self.request.url));
            return Err(Failure::new(
                FailureKind::Timeout,
                format!("{doing}: the answer began, and did not end in time"),
            ));
        }
        if answered.finished && connection.ready().await {
            self.connection = Some(connection);
        }
        Ok(answered.response.status)
    }
}

fn to_ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}
