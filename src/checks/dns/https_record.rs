//! `dns.https-record`: no HTTPS record, or one that keeps its promises. Browsers ask for it before anything else and connect
//! by what it says, so a hint or a protocol left over from a former host sends them astray while A and AAAA are right.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::binding::{self, Endpoint, Point, Repair};
use super::promise;
use super::told::Told;
use super::zone::{self, list};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::tls::look::{PER_FAMILY, chosen};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::{RecordChange, Remedy};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, Https, RecordData, RecordType};
use crate::model::verdict::{Severity, Verdict};
use crate::net::Network;
use crate::remedy::{self, records};

/// The check.
pub struct HttpsRecord;

/// Records that are looked at, the most preferred first.
const LOOKED_AT: usize = 4;

const META: Meta = Meta {
    id: "dns.https-record",
    title: "The HTTPS record, if there is one, agrees with addresses and protocols",
    severity: Severity::Advice,
    intrusive: false,
    deadline_s: 45,
    version: 1,
    standards: &["RFC 9460 §2.4", "RFC 9460 §7", "RFC 9460 §8"],
    guide: include_str!("../../../assets/guides/dns.https-record.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    https: Told,
    /// A of the host: whether it is an alias for other types.
    a: Told,
    endpoints: Vec<Endpoint>,
}

impl Rule for HttpsRecord {
    type Seen = Option<Seen>;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let host = HostName::parse(look.subject).ok()?;
        let zone = zone::of(look.intent);
        let (https, a) = futures_util::join!(
            Told::ask(look.network, &zone, &host, RecordType::Https),
            Told::ask(look.network, &zone, &host, RecordType::A),
        );
        let wanted = https.best().map(|answer| wanted(answer, &host));
        let endpoints = wanted
            .unwrap_or_default()
            .into_iter()
            .map(|(name, port, visited)| {
                endpoint(look.network, &zone, &host, name, (port, visited))
            });
        Some(Seen {
            endpoints: join_all(endpoints).await,
            https,
            a,
        })
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        judge_seen(seen, case)
            .evidence(seen.https.evidence())
            .evidence(seen.endpoints.iter().flat_map(|endpoint| {
                let told = [&endpoint.a, &endpoint.aaaa];
                told.map(|told| evidence::dns(&told.truth))
                    .into_iter()
                    .chain(endpoint.handshakes.iter().map(evidence::tls))
            }))
    }
}

/// The name that the records stand at: the end of the alias chain.
fn owner(answer: &DnsAnswer) -> String {
    answer
        .records()
        .first()
        .map_or_else(|| answer.name.to_string(), |r| r.name.clone())
}

/// The records, the most preferred first.
fn found(answer: &DnsAnswer) -> Vec<&Https> {
    let mut list: Vec<&Https> = answer
        .records()
        .into_iter()
        .filter_map(|record| match &record.data {
            RecordData::Https(https) => Some(https),
            _ => None,
        })
        .collect();
    list.sort_by_key(|https| (https.priority, https.to_string()));
    list.truncate(LOOKED_AT);
    list
}

/// Name and port of every endpoint, and whether it is visited: the host's own, and one elsewhere. Each visit takes from the
/// handshakes that the host may get in a run.
fn wanted(answer: &DnsAnswer, host: &HostName) -> Vec<(HostName, u16, bool)> {
    let owner = owner(answer);
    let mut wanted: Vec<(HostName, u16, bool)> = Vec::new();
    let is_own = |name: &HostName, port: u16| name == host && port == 443;
    for record in found(answer) {
        let Ok(name) = HostName::parse(binding::target(record, &owner)) else {
            continue;
        };
        let port = binding::port(record);
        let is_free = is_own(&name, port) || !wanted.iter().any(|w| w.2 && !is_own(&w.0, w.1));
        let visited = !record.is_alias() && promise::is_seen_over_tcp(record) && is_free;
        match wanted.iter_mut().find(|w| w.0 == name && w.1 == port) {
            Some(known) => known.2 |= visited,
            None => wanted.push((name, port, visited)),
        }
    }
    wanted
}

async fn endpoint(
    network: &Network,
    zone: &HostName,
    host: &HostName,
    name: HostName,
    (port, visited): (u16, bool),
) -> Endpoint {
    let (a, aaaa) = futures_util::join!(
        Told::ask(network, zone, &name, RecordType::A),
        Told::ask(network, zone, &name, RecordType::Aaaa),
    );
    let mut addresses: Vec<_> = [&a, &aaaa]
        .into_iter()
        .filter_map(|told| told.best().ok())
        .flat_map(DnsAnswer::addresses)
        .collect();
    let onward = match addresses.is_empty() {
        true => Some(Told::ask(network, zone, &name, RecordType::Https).await),
        false => None,
    };
    // The host's own addresses are visited by the TLS checks as well; elsewhere one visit is enough.
    let limit = if name == *host && port == 443 {
        addresses = network.addresses(host).await.unwrap_or(addresses);
        PER_FAMILY
    } else {
        addresses.truncate(1);
        1
    };
    let visits = if visited {
        chosen(&addresses, limit)
    } else {
        Vec::new()
    };
    let shakes = visits
        .into_iter()
        .map(|address| network.handshake(host, address, port));
    let handshakes = join_all(shakes)
        .await
        .iter()
        .map(|shake| (**shake).clone())
        .collect();
    Endpoint {
        name,
        port,
        a,
        aaaa,
        onward,
        handshakes,
    }
}

fn judge_seen(seen: &Seen, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let answer = match seen.https.best() {
        Ok(answer) => answer,
        Err(why) => {
            return Judgement::unknown(format!(
                "could not learn whether {host} has an HTTPS record: {why}"
            ))
            .plainly("Whether browsers get directions of their own for this host could not be looked up.")
            .fact("HTTPS not learned");
        }
    };
    let records = found(answer);
    if records.is_empty() {
        return Judgement::pass(format!(
            "{host} has no HTTPS record: clients go by its addresses"
        ))
        .plainly("Browsers get no directions of their own for this host, so there is nothing that could differ.");
    }
    let owner = owner(answer);
    let beside = binding::beside_alias(&seen.https.truth, &seen.a.truth);
    let mut judged: Vec<(&Https, Vec<Point>)> = Vec::new();
    let mut common: Vec<Point> = beside.into_iter().collect();
    if records.iter().any(|record| record.is_alias()) {
        common.extend(binding::of_aliases(&records, &owner, &seen.endpoints));
    } else {
        judged.extend(records.iter().map(|record| {
            let points = promise::of_service(record, &owner, case, &seen.endpoints);
            (*record, points)
        }));
    }
    let remedy = repair(&common, &judged, &records, &owner, case);
    let points: Vec<Point> = common
        .into_iter()
        .chain(judged.into_iter().flat_map(|(_, points)| points))
        .collect();
    let mut judgement = conclude(host, &points, &records)
        .detail(
            "records",
            records.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
        .exhibit([table(&points)]);
    if matches!(judgement.verdict, Verdict::Fail | Verdict::Warn) {
        judgement = judgement.remedy(remedy);
    }
    judgement
}

/// The worst counts; what could not be seen comes before what is only untidy.
fn conclude(host: &str, points: &[Point], records: &[&Https]) -> Judgement {
    let of = |verdict| -> Vec<&str> {
        points
            .iter()
            .filter(|point| point.verdict == verdict)
            .map(|point| point.text.as_str())
            .collect()
    };
    let (fails, unknowns, warns) = (of(Verdict::Fail), of(Verdict::Unknown), of(Verdict::Warn));
    if !fails.is_empty() {
        return Judgement::fail(format!("the HTTPS record of {host}: {}", list(&fails)))
            .plainly("Browsers get directions for this host that are not true any more. Some visitors wait, or end at the old place, while others notice nothing.");
    }
    if !unknowns.is_empty() {
        return Judgement::unknown(format!(
            "the HTTPS record of {host} could not be compared: {}",
            list(&unknowns)
        ))
        .plainly("Browsers get directions of their own for this host, and whether they are true could not be seen.")
        .fact("not compared");
    }
    if !warns.is_empty() {
        return Judgement::warn(format!("the HTTPS record of {host}: {}", list(&warns))).plainly(
            "Browsers get directions for this host that do no harm but are not quite true.",
        );
    }
    let said: Vec<String> = records.iter().map(ToString::to_string).collect();
    let quic = match records.iter().any(|record| promise::promises_h3(record)) {
        true => "; h3 runs over QUIC and cannot be seen from here",
        false => "",
    };
    Judgement::pass(format!(
        "the HTTPS record of {host} agrees with what is there: {}{quic}",
        said.join(" | ")
    ))
    .plainly("Browsers get directions of their own for this host, and they are true.")
}

fn table(points: &[Point]) -> Exhibit {
    Exhibit::table(
        "what the record promises, and what is there",
        &["part", "promised", "seen"],
        points.iter().map(|point| {
            TableRow::judged(
                point.verdict,
                [point.part, point.says.as_str(), point.seen.as_str()],
            )
        }),
    )
}

/// Takes out of each record what is not true; a record that is of no use goes.
fn repair(
    common: &[Point],
    judged: &[(&Https, Vec<Point>)],
    records: &[&Https],
    owner: &str,
    case: Case<'_>,
) -> Remedy {
    let Ok(name) = HostName::parse(owner) else {
        return remedy::manual(META.id, ["Delete the HTTPS record."], "Add it again.");
    };
    let changes: Vec<RecordChange> = if common.iter().any(|p| p.repair == Repair::Delete) {
        records.iter().map(|record| delete(&name, record)).collect()
    } else {
        judged
            .iter()
            .filter_map(|(record, points)| change(&name, record, points))
            .collect()
    };
    let mut remedy = if changes.is_empty() {
        let place = remedy::place::console(case.intent);
        remedy::manual(
            META.id,
            [
                place.open(),
                format!(
                    "Leave one alias, or service records only, of type HTTPS at `{}`.",
                    place.name_field(owner)
                ),
            ],
            "In the same editor: put the former records back; they stand in the evidence.",
        )
    } else {
        remedy::change(case.intent, META.id, changes)
    };
    remedy.steps.push("If the edge or the DNS host publishes the record by itself (Cloudflare does for proxied hosts), it is not in the editor: switch HTTP/2 and HTTP/3 in the edge's settings instead.".to_owned());
    remedy.steps.push("Without an HTTPS record browsers go by A and AAAA and find the same site; nothing but a little time is lost.".to_owned());
    remedy
}

fn delete(name: &HostName, record: &Https) -> RecordChange {
    records::delete(name, RecordType::Https, record.to_string())
}

fn change(name: &HostName, record: &Https, points: &[Point]) -> Option<RecordChange> {
    let needs = |repair| points.iter().any(|point| point.repair == repair);
    let (hints, h2) = (needs(Repair::DropHints), needs(Repair::DropH2));
    if needs(Repair::Delete) || ((hints || h2) && !record.is_shown_whole()) {
        return Some(delete(name, record));
    }
    let mut mended = record.clone();
    if hints {
        mended.drop_hints();
    }
    if h2 {
        mended.drop_protocol("h2");
    }
    (mended != *record).then(|| {
        records::replace(
            name,
            RecordType::Https,
            record.to_string(),
            mended.to_string(),
        )
    })
}

#[cfg(test)]
#[path = "https_record_tests.rs"]
mod tests;
