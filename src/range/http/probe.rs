//! The probes of the stand-in of Globalping, each with a resolver of its own, and what each says of a name.

use std::net::{IpAddr, Ipv4Addr};

use hickory_proto::rr::{Name, Record, RecordType};
use serde_json::{Value, json};

use crate::range::change::{PlaceChange, PlaceDoes};
use crate::range::dns::resolve::{Exists, Trust, Walk};
use crate::range::dns::say::Proofs;
use crate::range::dns::zone::parse_records;
use crate::range::state::State;

/// A probe, and where it stands.
pub struct Probe {
    city: &'static str,
    country: &'static str,
    continent: &'static str,
    network: &'static str,
    asn: u32,
}

/// Every probe, in the order in which they are chosen.
pub const PROBES: [Probe; 8] = [
    probe("Sydney", "AU", "OC", "Southern Cable", 64_500),
    probe("Sao Paulo", "BR", "SA", "Rede Leste", 64_501),
    probe("Frankfurt", "DE", "EU", "Mainhafen Netz", 64_502),
    probe("Mumbai", "IN", "AS", "Harbour Fibre", 64_503),
    probe("Tokyo", "JP", "AS", "Kanda Line", 64_504),
    probe("Lagos", "NG", "AF", "Lagoon Connect", 64_505),
    probe("Ashburn", "US", "NA", "Dominion Hosting", 64_506),
    probe("Cape Town", "ZA", "AF", "Table Bay Net", 64_507),
];

/// The resolver that a probe asks, unless a world names another: it remembers nothing.
const OWN_RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 53));

const fn probe(
    city: &'static str,
    country: &'static str,
    continent: &'static str,
    network: &'static str,
    asn: u32,
) -> Probe {
    Probe {
        city,
        country,
        continent,
        network,
        asn,
    }
}

/// What is asked of every probe.
pub struct Question {
    pub target: String,
    pub rtype: RecordType,
}

impl Probe {
    /// Its entry in a measurement; `is_done`: whether it had the time to ask.
    pub fn entry(&self, question: &Question, state: &State, is_done: bool) -> Value {
        let change = state.places.iter().find(|change| change.city == self.city);
        let resolver = change
            .and_then(|change| change.resolver)
            .unwrap_or(OWN_RESOLVER);
        let result = match change.and_then(|change| change.does) {
            Some(PlaceDoes::Hangs) => under_way(),
            _ if !is_done => under_way(),
            does => result(does, change, resolver, question, state),
        };
        json!({
            "probe": {
                "continent": self.continent,
                "region": "Somewhere",
                "country": self.country,
                "state": null,
                "city": self.city,
                "asn": self.asn,
                "longitude": 0.5,
                "latitude": -0.5,
                "network": self.network,
                "tags": ["eyeball-network"],
                "resolvers": [resolver.to_string()]
            },
            "result": result
        })
    }
}

fn under_way() -> Value {
    json!({ "status": "in-progress", "rawOutput": "" })
}

fn result(
    does: Option<PlaceDoes>,
    change: Option<&PlaceChange>,
    resolver: IpAddr,
    question: &Question,
    state: &State,
) -> Value {
    let told = |code: u16, answers: Value| finished(code, &answers, resolver, question);
    match does {
        Some(PlaceDoes::Failed) => json!({
            "status": "failed",
            "statusCodeName": null,
            "statusCode": null,
            "rawOutput": format!(
                "\n; <<>> DiG 9.18.28-Debian <<>> -t {} {} -p 53 -4 +timeout=3 +tries=2 +nocookie +nsid\n;; global options: +cmd\n;; connection timed out; no servers could be reached\n",
                question.rtype, question.target
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
                "name": format!("{}.", question.target),
                "type": "A",
                "ttl": 60,
                "class": "IN",
                "value": "0.0.0.0"
            }]),
        ),
        Some(PlaceDoes::Hangs) | None => {
            let remembered = change.map(|change| remembered(change, question));
            let (code, records) = match remembered.filter(|records| !records.is_empty()) {
                Some(records) => (0, records),
                None => asked(resolver, question, state),
            };
            told(code, records.iter().map(answer_of).collect())
        }
    }
}

/// What a world says that the resolver there remembers of the target.
fn remembered(change: &PlaceChange, question: &Question) -> Vec<Record> {
    let records = change
        .remembers
        .iter()
        .filter_map(|line| parse_records(line).ok());
    records
        .flatten()
        .filter(|record| is_named(&record.name, &question.target))
        .collect()
}

fn is_named(name: &Name, text: &str) -> bool {
    name.to_ascii()
        .trim_end_matches('.')
        .eq_ignore_ascii_case(text.trim_end_matches('.'))
}

/// What the range's own DNS says to a resolver.
fn asked(resolver: IpAddr, question: &Question, state: &State) -> (u16, Vec<Record>) {
    let walk = Walk {
        resolver,
        copies: &state.dns.copies,
        servers: &state.dns.servers,
    };
    let found = Name::from_ascii(&question.target)
        .ok()
        .and_then(|mut name| {
            name.set_fqdn(true);
            walk.find(&name, question.rtype, Proofs::Unwanted)
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

fn finished(code: u16, answers: &Value, resolver: IpAddr, question: &Question) -> Value {
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
            question.target, question.rtype
        ),
        "answers": answers,
        "timings": { "total": 21 },
        "resolver": resolver.to_string()
    })
}
