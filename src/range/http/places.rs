//! Stand-in of Globalping (API v1): eight probes, each asking the range's own DNS by a resolver of its own, unless a world says
//! that it remembers something else or tells nothing. A measurement is under way when it is first looked at.
//!
//! How the service itself answers (429, 422, HTML) is a matter of `http` changes of its URLs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::page::{Ask, Page};
use super::probe::{PROBES, Question};
use crate::range::state::State;

/// The service.
pub const HOST: &str = "api.globalping.io";

/// Between two looks at one measurement; whoever looks sooner is told to wait.
const BETWEEN: Duration = Duration::from_millis(450);

/// Types that can be asked for.
const TYPES: [&str; 16] = [
    "A", "AAAA", "ANY", "CNAME", "DNSKEY", "DS", "HTTPS", "MX", "NS", "NSEC", "PTR", "RRSIG",
    "SOA", "TXT", "SRV", "SVCB",
];

/// What was asked for since the range began.
#[derive(Default)]
pub struct Measurements {
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    /// Every request for a measurement, as it came.
    heard: Vec<String>,
    begun: Vec<Measurement>,
}

struct Measurement {
    question: Question,
    probes: usize,
    created: Timestamp,
    looked: Option<Instant>,
    looks: usize,
}

impl Measurements {
    /// Every request for a measurement, as it came.
    pub fn heard(&self) -> Vec<String> {
        self.book().heard.clone()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the service answers over https; `None`: the request is for somebody else.
pub fn answer(ask: &Ask, state: &State, measurements: &Measurements) -> Option<Page> {
    if (ask.scheme, ask.host.as_str()) != ("https", HOST) {
        return None;
    }
    let page = match (ask.method.as_str(), ask.path.as_str()) {
        ("POST", "/v1/measurements") => begin(ask, measurements),
        ("GET", path) => match path.strip_prefix("/v1/measurements/") {
            Some(id) => look(id, state, measurements),
            None => not_found(),
        },
        _ => not_found(),
    };
    Some(page)
}

fn begin(ask: &Ask, measurements: &Measurements) -> Page {
    let body = String::from_utf8_lossy(&ask.body).into_owned();
    let mut book = measurements.book();
    book.heard.push(body.clone());
    let is_json = ask
        .header("content-type")
        .is_some_and(|value| value.starts_with("application/json"));
    if !is_json {
        return error(
            415,
            "unsupported_media_type",
            "Unsupported Media Type.",
            &json!({}),
        );
    }
    match wanted(&body) {
        Err((field, why)) => error(
            400,
            "validation_error",
            "Parameter validation failed.",
            &json!({ field: why }),
        ),
        Ok(measurement) => {
            let probes = measurement.probes;
            book.begun.push(measurement);
            let id = id(book.begun.len());
            let begun = json!({ "id": id, "probesCount": probes });
            Page::json(202, &begun.to_string())
                .with("location", &format!("https://{HOST}/v1/measurements/{id}"))
                .with("x-ratelimit-limit", "250")
                .with("x-ratelimit-consumed", &probes.to_string())
                .with("x-ratelimit-remaining", &(250 - probes).to_string())
                .with("x-ratelimit-reset", "3599")
        }
    }
}

/// Sixteen letters and digits, as the service has them.
fn id(number: usize) -> String {
    format!("practiceRange{number:03}")
}

/// Reads a request as the service validates it: what it does not know it refuses, with the field and why.
fn wanted(body: &str) -> Result<Measurement, (&'static str, &'static str)> {
    let value: Value = serde_json::from_str(body).map_err(|_| ("measurement", "must be JSON"))?;
    let fields = value
        .as_object()
        .ok_or(("measurement", "must be an object"))?;
    let known = [
        "type",
        "target",
        "limit",
        "locations",
        "measurementOptions",
        "inProgressUpdates",
    ];
    if fields.keys().any(|key| !known.contains(&key.as_str())) {
        return Err(("measurement", "holds a field that is not allowed"));
    }
    if value.get("type").and_then(Value::as_str) != Some("dns") {
        return Err(("type", "must be dns here"));
    }
    let target = value
        .get("target")
        .and_then(Value::as_str)
        .filter(|target| target.contains('.'))
        .ok_or(("target", "must be a public name"))?;
    let limit = value.get("limit").map_or(Some(1), Value::as_u64);
    let limit = limit
        .filter(|limit| (1..=500).contains(limit))
        .and_then(|limit| usize::try_from(limit).ok())
        .ok_or(("limit", "must be from 1 to 500"))?;
    let everywhere = value
        .get("locations")
        .and_then(|locations| locations.get(0)?.get("magic")?.as_str());
    if everywhere.is_none() {
        return Err(("locations", "must hold a magic location here"));
    }
    let rtype = value
        .pointer("/measurementOptions/query/type")
        .map_or(Some("A"), Value::as_str)
        .filter(|rtype| TYPES.contains(rtype))
        .and_then(|rtype| rtype.parse().ok())
        .ok_or(("measurementOptions.query.type", "must be a known type"))?;
    Ok(Measurement {
        question: Question {
            target: target.to_owned(),
            rtype,
        },
        probes: limit.min(PROBES.len()),
        created: Timestamp::now(),
        looked: None,
        looks: 0,
    })
}

fn look(id_asked: &str, state: &State, measurements: &Measurements) -> Page {
    let mut book = measurements.book();
    let found = book
        .begun
        .iter_mut()
        .enumerate()
        .find(|(index, _)| id(index + 1) == id_asked);
    let Some((_, measurement)) = found else {
        return not_found();
    };
    let now = Instant::now();
    let too_soon = measurement
        .looked
        .is_some_and(|last| now.duration_since(last) < BETWEEN);
    measurement.looked = Some(now);
    if too_soon {
        let message = "Too many requests. Please retry in 1 second.";
        return error(429, "too_many_requests", message, &json!({})).with("retry-after", "1");
    }
    measurement.looks += 1;
    let results: Vec<Value> = PROBES
        .iter()
        .take(measurement.probes)
        .enumerate()
        // The first is quicker than the others.
        .map(|(index, probe)| {
            let is_done = measurement.looks > 1 || index == 0;
            probe.entry(&measurement.question, state, is_done)
        })
        .collect();
    let under_way = results.iter().any(|result| {
        result.pointer("/result/status").and_then(Value::as_str) == Some("in-progress")
    });
    let measurement = json!({
        "id": id_asked,
        "type": "dns",
        "status": if under_way { "in-progress" } else { "finished" },
        "createdAt": measurement.created.to_string(),
        "updatedAt": Timestamp::now().to_string(),
        "target": measurement.question.target,
        "probesCount": measurement.probes,
        "locations": [{ "magic": "World" }],
        "limit": measurement.probes,
        "measurementOptions": { "query": { "type": measurement.question.rtype.to_string() } },
        "results": results
    });
    Page::json(200, &measurement.to_string())
}

fn not_found() -> Page {
    error(
        404,
        "not_found",
        "Couldn't find the requested item.",
        &json!({}),
    )
}

fn error(status: u16, kind: &str, message: &str, params: &Value) -> Page {
    let mut error = json!({ "type": kind, "message": message });
    if let (Some(error), false) = (
        error.as_object_mut(),
        params.as_object().is_some_and(serde_json::Map::is_empty),
    ) {
        error.insert("params".to_owned(), params.clone());
    }
    let body = json!({
        "error": error,
        "links": { "documentation": "https://globalping.io/docs/api.globalping.io" }
    });
    Page::json(status, &body.to_string())
}
