//! Globalping: one question asked at once from many places in the world, by a network of probes that stand in other people's
//! networks (`https://globalping.io`, API v1).
//!
//! A third party is asked, so only where the operator opted in; always over TLS with a certificate that verifies. The only
//! thing of the client's that goes out is the name of a host. Each measurement uses the network of strangers: few places, at
//! most two measurements a run, and what was seen is good for some minutes, however often a watch looks.

mod measurement;
mod recent;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::http::exchange::send;
use super::http::retry::retry_after;
use super::memory::Sight;
use super::reach::Reach;
use super::request::HttpRequest;
use crate::model::name::HostName;
use crate::model::observation::http::{HttpExchange, HttpResponse};
use crate::model::observation::places::{Place, Places, PlacesGap};
use crate::model::observation::{Failure, FailureKind};
use crate::model::third_party::GLOBALPING;
use measurement::{Measured, excerpt};

pub(in crate::net) use recent::Recent;

/// Places that are asked.
const PLACES: usize = 8;

/// Measurements that one run may ask for.
const MOST: usize = 2;

/// From the request to the first look whether it is done.
const FIRST: Duration = Duration::from_millis(600);

/// Between two looks; the service allows two a second.
const BETWEEN: Duration = Duration::from_secs(1);

/// The longest id of a measurement.
const LONGEST_ID: usize = 64;

impl Sight for Places {
    /// Never asked twice in a run, whatever came of it.
    fn saw_nothing(&self) -> bool {
        false
    }
}

/// Looks at the addresses of `name` from many places.
pub(in crate::net) async fn look(reach: Arc<Reach>, name: HostName) -> Places {
    if let Some(seen) = reach.ground.seen_from.of(&name) {
        return seen;
    }
    let mut asking = Asking {
        source: reach.ground.config.globalping.clone(),
        sent: String::new(),
    };
    // Whatever holds it up, the check that asked must have its time for the authorities.
    let wall = reach.timeout() * 6;
    let outcome = tokio::time::timeout(wall, asking.ask(&reach, &name))
        .await
        .unwrap_or(Err(PlacesGap::NotFinished(wall.as_secs())));
    let seen = Places {
        name,
        at: Timestamp::now(),
        source: asking.source.to_string(),
        sent: asking.sent,
        outcome,
    };
    reach.ground.seen_from.keep(&seen);
    seen
}

/// One measurement on its way.
struct Asking {
    source: Url,
    sent: String,
}

impl Asking {
    async fn ask(&mut self, reach: &Arc<Reach>, name: &HostName) -> Result<Vec<Place>, PlacesGap> {
        if !reach.ground.config.may_ask(&GLOBALPING) {
            return Err(PlacesGap::NotOptedIn);
        }
        if !reach.limits.take_measurement(MOST) {
            return Err(PlacesGap::Spent(MOST));
        }
        self.source = joined(&self.source, "v1/measurements")?;
        let body = question(name);
        let request = HttpRequest::post_json(self.source.clone(), body.clone());
        let begun = answered(reach, request).await;
        if !matches!(begun, Err(PlacesGap::NotTrusted(_))) {
            self.sent = body;
        }
        let id = id(&begun?.body)?;
        self.source = joined(&self.source, &format!("measurements/{id}"))?;
        self.wait(reach, name).await
    }

    /// Looks again and again until every place is done; at the deadline, what is there counts.
    async fn wait(&self, reach: &Arc<Reach>, name: &HostName) -> Result<Vec<Place>, PlacesGap> {
        let patience = reach.timeout() * 4;
        let deadline = Instant::now() + patience;
        let mut pause = FIRST;
        loop {
            tokio::time::sleep(pause).await;
            pause = BETWEEN;
            let answer =
                answered(reach, HttpRequest::get(self.source.clone()).only_trusted()).await?;
            let Measured { finished, places } =
                measurement::read(&answer.body, name, Timestamp::now())
                    .map_err(PlacesGap::NotMeasurement)?;
            if finished {
                return Ok(places);
            }
            if Instant::now() + pause > deadline {
                return match places.iter().any(|place| place.answer.is_ok()) {
                    true => Ok(places),
                    false => Err(PlacesGap::NotFinished(patience.as_secs())),
                };
            }
        }
    }
}

/// What is asked: the addresses of `name`, of the resolver that each place uses itself.
fn question(name: &HostName) -> String {
    json!({
        "type": "dns",
        "target": name.as_str(),
        "limit": PLACES,
        "locations": [{ "magic": "World" }],
        "measurementOptions": { "query": { "type": "A" } }
    })
    .to_string()
}

fn joined(base: &Url, path: &str) -> Result<Url, PlacesGap> {
    base.join(path)
        .map_err(|why| PlacesGap::NotMeasurement(format!("the address of the service: {why}")))
}

/// Sends, and gives an answer that came whole from whom it should, with status 200 or 202.
async fn answered(reach: &Arc<Reach>, request: HttpRequest) -> Result<HttpResponse, PlacesGap> {
    let exchange = send(Arc::clone(reach), request).await;
    let response = exchange
        .outcome
        .as_ref()
        .map_err(|failure| match failure.kind {
            FailureKind::NotAllowed => PlacesGap::NotTrusted(failure.text.clone()),
            _ => PlacesGap::Failed(failure.clone()),
        })?;
    match gap(&exchange, response) {
        Some(gap) => Err(gap),
        None => Ok(response.clone()),
    }
}

fn gap(exchange: &HttpExchange, response: &HttpResponse) -> Option<PlacesGap> {
    let gap = match response.status {
        200 | 202 if response.truncated => {
            PlacesGap::NotMeasurement("it did not come whole".to_owned())
        }
        200 | 202 => return None,
        400 => PlacesGap::Refused(message(&response.body)),
        404 => PlacesGap::Gone,
        422 => PlacesGap::NoProbes(message(&response.body)),
        429 => {
            let (seconds, again) = retry_after(response.header("retry-after"), exchange.at);
            PlacesGap::RateLimited { seconds, again }
        }
        status => PlacesGap::Failed(Failure::new(
            FailureKind::Malformed,
            format!("asking {}: it answers {status}", exchange.url),
        )),
    };
    Some(gap)
}

/// What an error says of itself.
fn message(body: &str) -> String {
    let said: Option<String> = serde_json::from_str::<Value>(body)
        .ok()
        .and_then(|error| Some(excerpt(error.get("error")?.get("message")?.as_str()?)));
    said.unwrap_or_else(|| "without a reason".to_owned())
}

/// The id of the measurement that was begun, fit to stand in a URL.
fn id(body: &str) -> Result<String, PlacesGap> {
    let not = |why: &str| PlacesGap::NotMeasurement(format!("the answer to the question {why}"));
    let begun: Value = serde_json::from_str(body).map_err(|_| not("is not JSON"))?;
    let id = begun
        .get("id")
        .and_then(Value::as_str)
        .ok_or_else(|| not("has no id"))?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(is_plain) {
        return Err(not("has an id that is none"));
    }
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_never_leads_elsewhere() {
        assert_eq!(
            id(r#"{"id":"PY5fMsREMmIq45VR"}"#).unwrap(),
            "PY5fMsREMmIq45VR"
        );
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"id":7}"#,
            r#"{"id":""}"#,
            r#"{"id":"../../admin"}"#,
            r#"{"id":"//evil.example/"}"#,
        ] {
            assert!(
                matches!(id(body), Err(PlacesGap::NotMeasurement(_))),
                "{body}"
            );
        }
        assert!(id(&format!(r#"{{"id":"{}"}}"#, "a".repeat(65))).is_err());
    }

    #[test]
    fn only_the_name_goes_out() {
        let name = HostName::parse("portal.acme.example").unwrap();
        assert_eq!(
            question(&name),
            r#"{"type":"dns","target":"portal.acme.example","limit":8,"locations":[{"magic":"World"}],"measurementOptions":{"query":{"type":"A"}}}"#
        );
    }

    #[test]
    fn an_error_is_quoted_and_cut() {
        assert_eq!(
            message(
                r#"{"error":{"type":"no_probes_found","message":"No suitable probes found."}}"#
            ),
            "No suitable probes found."
        );
        assert_eq!(message("<html>"), "without a reason");
        let long = format!(r#"{{"error":{{"message":"{}"}}}}"#, "x".repeat(5000));
        assert!(message(&long).len() < 300);
    }
}
