//! Stand-in of Globalping (API v1): eight probes, each asking the range's own DNS by a resolver of its own, unless a world says
//! that it remembers something else or tells nothing. A measurement is under way when it is first looked at.
//!
//! How the service itself answers (429, 422, HTML) is a matter of `http` changes of its URLs.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hickory_proto::rr::{Name, Record, RecordType};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::page::{Ask, Page};
use crate::range::change::{PlaceChange, PlaceDoes};
use crate::range::dns::resolve::{Exists, Trust, Walk};
use crate::range::dns::say::Proofs;
use crate::range::dns::zone::parse_records;
use crate::range::state::State;

/// The service.
pub const HOST: &str = "api.globalping.io";

/// City, country, continent, network, and the address of its resolver.
const PROBES: [(&str, &str, &str, &str, [u8; 4]); 8] = [
    ("Sydney", "AU", "OC", "Southern Cable", [192, 0, 2, 11]),
    ("Sao Paulo", "BR", "SA", "Rede Leste", [192, 0, 2, 12]),
    ("Frankfurt", "DE", "EU", "Mainhafen Netz", [192, 0, 2, 13]),
    ("Mumbai", "IN", "AS", "Harbour Fibre", [192, 0, 2, 14]),
    ("Tokyo", "JP", "AS", "Kanda Line", [192, 0, 2, 15]),
    ("Lagos", "NG", "AF", "Lagoon Connect", [192, 0, 2, 16]),
    ("Ashburn", "US", "NA", "Dominion Hosting", [192, 0, 2, 17]),
    ("Cape Town", "ZA", "AF", "Table Bay Net", [192, 0, 2, 18]),
];

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
    target: String,
    rtype: RecordType,
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
        target: target.to_owned(),
        rtype,
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
        .map(|(index, probe)| {
            let [a, b, c, d] = probe.4;
            let own = IpAddr::from([a, b, c, d]);
            let change = state.places.iter().find(|change| change.city == probe.0);
            let resolver = change.and_then(|change| change.resolver).unwrap_or(own);
            // The first is quicker than the others.
            let is_done = measurement.looks > 1 || index == 0;
            let result = match change.and_then(|change| change.does) {
                Some(PlaceDoes::Hangs) => under_way(),
                _ if !is_done => under_way(),
                does => result(does, change, resolver, measurement, state),
            };
            json!({
                "probe": {
                    "continent": probe.2,
                    "region": "Somewhere",
                    "country": probe.1,
                    "state": null,
                    "city": probe.0,
                    "asn": 64_500 + index,
                    "longitude": 0.5,
                    "latitude": -0.5,
                    "network": probe.3,
                    "tags": ["eyeball-network"],
                    "resolvers": [resolver.to_string()]
                },
                "result": result
            })
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
        "target": measurement.target,
        "probesCount": measurement.probes,
        "locations": [{ "magic": "World" }],
        "limit": measurement.probes,
        "measurementOptions": { "query": { "type": measurement.rtype.to_string() } },
        "results": results
    });
    Page::json(200, &measurement.to_string())
}

fn under_way() -> Value {
    json!({ "status": "in-progress", "rawOutput": "" })
}

fn result(
    does: Option<PlaceDoes>,
    change: Option<&PlaceChange>,
    resolver: IpAddr,
    measurement: &Measurement,
    state: &State,
) -> Value {
    let told = |code: u16, answers: Value| finished(code, &answers, resolver, measurement);
    match does {
        Some(PlaceDoes::Failed) => json!({
            "status": "failed",
            "statusCodeName": null,
            "statusCode": null,
            "rawOutput": format!(
                "\n; <<>> DiG 9.18.28-Debian <<>> -t {} {} -p 53 -4 +timeout=3 +tries=2 +nocookie +nsid\n;; global options: +cmd\n;; connection timed out; no servers could be reached\n",
                measurement.rtype, measurement.target
            ),
            "answers": [],
            "timings": { "total": 0 },
            "resolver": null
        }),
        Some(PlaceDoes::Offline) => json!({
            "status": "offline",
            "rawOutput": "This probe is currently offline. Please try again later."
        }),
        Some(PlaceDoes::Stranger) => json!({ "status": "quarantined", "rawOutput": "" }),
        Some(PlaceDoes::NoSuchName) => told(3, json!([])),
        Some(PlaceDoes::NoAnswers) => told(0, Value::Null),
        Some(PlaceDoes::Servfail) => told(2, json!([])),
        Some(PlaceDoes::Filters) => told(
            0,
            json!([{
                "name": format!("{}.", measurement.target),
                "type": "A",
                "ttl": 60,
                "class": "IN",
                "value": "0.0.0.0"
            }]),
        ),
        Some(PlaceDoes::Hangs) | None => {
            let remembered = change.map(|change| remembered(change, measurement));
            match remembered.filter(|records| !records.is_empty()) {
                Some(records) => told(0, records.iter().map(answer_of).collect()),
                None => {
                    let (code, records) = asked(resolver, measurement, state);
                    told(code, records.iter().map(answer_of).collect())
                }
            }
        }
    }
}

/// What a world says that the resolver there remembers of the target.
fn remembered(change: &PlaceChange, measurement: &Measurement) -> Vec<Record> {
    let records = change
        .remembers
        .iter()
        .filter_map(|line| parse_records(line).ok());
    records
        .flatten()
        .filter(|record| is_named(&record.name, &measurement.target))
        .collect()
}

fn is_named(name: &Name, text: &str) -> bool {
    name.to_ascii()
        .trim_end_matches('.')
        .eq_ignore_ascii_case(text.trim_end_matches('.'))
}

/// What the range's own DNS says to a resolver.
fn asked(resolver: IpAddr, measurement: &Measurement, state: &State) -> (u16, Vec<Record>) {
    let walk = Walk {
        resolver,
        copies: &state.dns.copies,
        servers: &state.dns.servers,
    };
    let found = Name::from_ascii(&measurement.target)
        .ok()
        .and_then(|mut name| {
            name.set_fqdn(true);
            walk.find(&name, measurement.rtype, Proofs::Unwanted)
        });
    match found {
        None => (2, Vec::new()),
        Some(found) if found.trust == Trust::Bogus => (2, Vec::new()),
        Some(found) if found.exists == Exists::Nothing => (3, found.answers),
        Some(found) => (0, found.answers),
    }
}

fn answer_of(record: &Record) -> Value {
    json!({
        "name": record.name.to_string(),
        "type": record.record_type().to_string(),
        "ttl": record.ttl,
        "class": "IN",
        "value": record.data.to_string()
    })
}

fn finished(code: u16, answers: &Value, resolver: IpAddr, measurement: &Measurement) -> Value {
    let name = match code {
        0 => "NOERROR",
        2 => "SERVFAIL",
        _ => "NXDOMAIN",
    };
    json!({
        "status": "finished",
        "statusCodeName": name,
        "statusCode": code,
        "rawOutput": format!(
            ";; ->>HEADER<<- opcode: QUERY, status: {name}, id: 50465\n;; QUESTION SECTION:\n;{}.\t\tIN\t{}\n\n;; SERVER: {resolver}#53({resolver})\n",
            measurement.target, measurement.rtype
        ),
        "answers": answers,
        "timings": { "total": 21 },
        "resolver": resolver.to_string()
    })
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
