//! What a service record promises, held against what is there (RFC 9460 §7). Pure.

use std::net::IpAddr;

use super::binding::{Endpoint, Lost, Point, Repair, port, reach, target};
use super::zone::{self, list};
use crate::checks::rule::Case;
use crate::model::name::HostName;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::{DEFAULT_PROTOCOL, Https};
use crate::model::observation::tls::{ChainProblem, TlsHandshake, TlsSession};
use crate::model::text::escape;
use crate::model::verdict::Verdict;
use crate::remedy::catalog::platform;

/// HTTP/2, the only protocol beside the default that a TLS handshake shows.
const H2: &str = "h2";

/// Whether a TLS handshake can show anything of what the record promises.
pub fn is_seen_over_tcp(record: &Https) -> bool {
    let speaks = record.protocols();
    let over_tcp = speaks.contains(H2) || speaks.contains(DEFAULT_PROTOCOL);
    over_tcp && (speaks.contains(H2) || port(record) != 443)
}

/// Whether HTTP/3 is promised: it runs over QUIC, where a TCP handshake sees nothing.
pub fn promises_h3(record: &Https) -> bool {
    record
        .alpn
        .iter()
        .any(|name| name == "h3" || name.starts_with("h3-"))
}

/// What a service record promises, part by part.
pub fn of_service(
    record: &Https,
    owner: &str,
    case: Case<'_>,
    endpoints: &[Endpoint],
) -> Vec<Point> {
    let whole = |seen: &str| Point::good("record", record.to_string(), seen);
    if let Err(why) = record.consistent() {
        let text = format!("{why}, so clients throw the record away");
        return vec![whole("at odds with itself").bad(Verdict::Fail, Repair::Delete, text)];
    }
    let unknown = record.unknown_mandatory();
    if !unknown.is_empty() {
        let text = format!(
            "it may only be used by who knows {}, so common clients ignore it",
            list(&unknown)
        );
        return vec![whole("ignored").bad(Verdict::Warn, Repair::Delete, text)];
    }
    let to = target(record, owner);
    let leads = |seen: &str| Point::good("target", to, seen);
    let Some(endpoint) = endpoints.iter().find(|e| e.is_of(record, owner)) else {
        return vec![leads("not looked at").unknown(format!("{to} was not looked at"))];
    };
    let first = match reach(endpoint) {
        Ok(found) => leads(&found),
        Err(Lost::Untold(why)) => {
            let text = format!("where {to} leads is not known: {why}");
            return vec![leads(&why).unknown(text)];
        }
        Err(Lost::Nowhere) => {
            let text = format!("it leads to {to}, which has no address");
            return vec![leads("no address").bad(Verdict::Fail, Repair::Delete, text)];
        }
    };
    let mut points = vec![first];
    let sway = sway(owner, endpoint, case);
    points.extend(
        [true, false]
            .into_iter()
            .filter_map(|v4| of_hints(record, endpoint, v4, &sway)),
    );
    if is_seen_over_tcp(record) {
        points.extend(of_handshakes(record, endpoint, case.subject));
    }
    points
}

/// How far addresses may differ from the hints by themselves.
enum Sway {
    /// Both are the operator's own.
    Steady,
    /// The addresses are made by somebody who may give others the next time.
    Varies(String),
    /// So are the hints: the whole record is somebody else's.
    Foreign,
}

fn sway(owner: &str, endpoint: &Endpoint, case: Case<'_>) -> Sway {
    let zone = zone::of(case.intent);
    let is_own = |name: &str| HostName::parse(name).is_ok_and(|name| name.is_within(&zone));
    if !is_own(owner) {
        return Sway::Foreign;
    }
    if !is_own(endpoint.name.as_str()) {
        return Sway::Varies(endpoint.name.to_string());
    }
    let edge = case.intent.edge.as_deref().and_then(platform::edge);
    match edge.filter(|edge| edge.blocks.is_empty()) {
        Some(edge) => Sway::Varies(edge.title.clone()),
        None => Sway::Steady,
    }
}

/// Hints are taken before any address is looked up, so one that is not among the addresses leads clients astray (§7.3).
fn of_hints(record: &Https, endpoint: &Endpoint, v4: bool, sway: &Sway) -> Option<Point> {
    let hints: Vec<IpAddr> = record
        .hints
        .iter()
        .copied()
        .filter(|hint| hint.is_ipv4() == v4)
        .collect();
    if hints.is_empty() {
        return None;
    }
    let (part, kind) = if v4 {
        ("ipv4hint", "A")
    } else {
        ("ipv6hint", "AAAA")
    };
    let says = texts(&hints);
    let found = match endpoint.addresses(v4) {
        Ok(found) => found,
        Err(why) => {
            let text = format!("{part} could not be compared: {why}");
            return Some(Point::good(part, says, why).unknown(text));
        }
    };
    let found: Vec<IpAddr> = found.into_iter().collect();
    let stale: Vec<IpAddr> = hints
        .into_iter()
        .filter(|hint| !found.contains(hint) && !is_same_edge(*hint, &found))
        .collect();
    let point = Point::good(part, says, texts(&found));
    if stale.is_empty() || matches!(sway, Sway::Foreign) {
        return Some(point);
    }
    let text = format!(
        "{part} sends clients to {}, while {kind} of {} is {}",
        texts(&stale),
        endpoint.name,
        texts(&found)
    );
    Some(match sway {
        Sway::Varies(who) => point.bad(
            Verdict::Warn,
            Repair::DropHints,
            format!("{text}; {who} may give other addresses each time"),
        ),
        _ => point.bad(Verdict::Fail, Repair::DropHints, text),
    })
}

/// Whether the hint and all addresses belong to one edge, which answers with any of its own.
fn is_same_edge(hint: IpAddr, found: &[IpAddr]) -> bool {
    platform::edge_of_address(hint).is_some_and(|edge| {
        let holds = |address: &IpAddr| edge.blocks.iter().any(|b| b.holds(*address));
        !found.is_empty() && found.iter().all(holds)
    })
}

fn of_handshakes(record: &Https, endpoint: &Endpoint, host: &str) -> Vec<Point> {
    let sessions: Vec<(&TlsHandshake, &TlsSession)> = endpoint
        .handshakes
        .iter()
        .filter_map(|shake| Some((shake, shake.session()?)))
        .collect();
    if sessions.is_empty() {
        return vec![unanswered(record, endpoint)];
    }
    let mut points = Vec::new();
    if let Some(port) = record.port {
        points.push(Point::good("port", port.to_string(), "TLS answers there"));
    }
    points.extend(
        sessions
            .iter()
            .find_map(|(shake, session)| match &session.verified {
                Err(ChainProblem::WrongName(_)) if endpoint.name.as_str() != host => {
                    Some(Point::good("certificate", host, "another name").bad(
                        Verdict::Fail,
                        Repair::Delete,
                        format!(
                            "{} ({}) shows no certificate for {host}",
                            endpoint.name, shake.address
                        ),
                    ))
                }
                _ => None,
            }),
    );
    if record.alpn.iter().any(|name| name == H2) {
        points.push(of_h2(record, &sessions));
    }
    points
}

/// Both protocols were offered in the handshake; a server that has HTTP/2 on takes it.
fn of_h2(record: &Https, sessions: &[(&TlsHandshake, &TlsSession)]) -> Point {
    let agreed = |session: &TlsSession| {
        session
            .alpn
            .clone()
            .unwrap_or_else(|| DEFAULT_PROTOCOL.to_owned())
    };
    let point = |seen: String| Point::good("alpn", record.alpn.join(", "), seen);
    let Some((shake, session)) = sessions.iter().find(|(_, session)| agreed(session) != H2) else {
        return point("h2 is agreed".to_owned());
    };
    let other = escape(&agreed(session));
    let seen = point(format!("{other} is agreed"));
    let text = format!("h2 is promised, and {} agrees on {other}", shake.address);
    match record.protocols().contains(agreed(session).as_str()) {
        true => seen.bad(Verdict::Warn, Repair::DropH2, text),
        false => seen.bad(
            Verdict::Fail,
            Repair::DropH2,
            format!("{text}, which `no-default-alpn` excludes"),
        ),
    }
}

/// Nothing was agreed. On a port of the record's own a refusal proves that nothing listens; on 443 that is for tls.reachable.
fn unanswered(record: &Https, endpoint: &Endpoint) -> Point {
    let failure = endpoint
        .handshakes
        .iter()
        .find_map(|shake| shake.outcome.as_ref().err());
    let why = failure.map_or_else(|| "no address was tried".to_owned(), |f| escape(&f.text));
    let port = port(record);
    let point = Point::good("port", port.to_string(), &*why);
    match failure.map(|f| f.kind) {
        Some(FailureKind::Refused) if port != 443 => point.bad(
            Verdict::Fail,
            Repair::Delete,
            format!("nothing listens at port {port} of {}", endpoint.name),
        ),
        _ => point.unknown(format!(
            "what is spoken at {} could not be seen: {why}",
            endpoint.name
        )),
    }
}

fn texts(addresses: &[IpAddr]) -> String {
    list(
        &addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
    )
}
