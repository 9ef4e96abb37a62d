//! A glance at a front door: one request on a connection of its own, each part of it timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use url::Url;

use super::connection::{Connection, Target};
use super::exchange::{candidates, once, origin, target, without_secrets};
use crate::model::observation::glance::{Answered, Glance};
use crate::model::observation::{Failure, FailureKind};
use crate::net::limits::Peer;
use crate::net::reach::Reach;
use crate::net::request::HttpRequest;

/// Requests `url` once. An address at which nobody is met is passed over, as a browser would.
pub(in crate::net) async fn glance(reach: &Arc<Reach>, url: &Url) -> Glance {
    let mut seen = Glance {
        url: url.clone(),
        at: Timestamp::now(),
        address: None,
        outcome: Err(Failure::new(
            FailureKind::NoAddress,
            format!(
                "requesting {}: its host has no address",
                without_secrets(url)
            ),
        )),
    };
    let found = match candidates(reach, url, None).await {
        Ok(found) => found,
        Err(failure) => {
            seen.outcome = Err(failure);
            return seen;
        }
    };
    for address in found {
        seen.address = Some(address);
        let met = match target(url, address) {
            Ok(target) => at(reach, url, &target).await,
            Err(failure) => Err((failure, false)),
        };
        match met {
            Ok(answered) => {
                seen.outcome = Ok(answered);
                return seen;
            }
            Err((failure, nobody_there)) => {
                seen.outcome = Err(failure);
                if !nobody_there {
                    return seen;
                }
            }
        }
    }
    seen
}

/// What `target` answers; else why not, and whether nobody was met there.
async fn at(reach: &Reach, url: &Url, target: &Target) -> Result<Answered, (Failure, bool)> {
    let _waiting = reach.waits.begin(format!(
        "{}:{} one timed request",
        target.address, target.port
    ));
    let _place = reach.limits.enter(Peer::Host(target.host.clone())).await;
    let there = |failure| (failure, false);
    let permitted = reach.limits.patience.permits(&origin(url));
    permitted.map_err(there)?;
    let begun = Instant::now();
    let mut connection = Connection::open(reach, target)
        .await
        .map_err(|unopened| (unopened.failure, unopened.nobody_there))?;
    reach.limits.take_request(&target.host).map_err(there)?;
    let request = HttpRequest::get(url.clone());
    let answered = once(reach, &request, &mut connection)
        .await
        .map_err(there)?;
    if answered.dripped {
        let doing = format!("GET {}", without_secrets(url));
        return Err(there(Failure::new(
            FailureKind::Timeout,
            format!("{doing}: the answer began, and did not end in time"),
        )));
    }
    let (connect, tls) = connection.took;
    Ok(Answered {
        status: answered.response.status,
        certificate_ok: answered.response.certificate_ok,
        connect_ms: ms(connect),
        tls_ms: ms(tls),
        first_byte_ms: u32::try_from(answered.response.ttfb_ms).unwrap_or(u32::MAX),
        total_ms: ms(begun.elapsed()),
    })
}

fn ms(took: Duration) -> u32 {
    u32::try_from(took.as_millis()).unwrap_or(u32::MAX)
}
