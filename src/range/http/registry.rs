//! Stand-ins of the IANA's list of RDAP servers (RFC 9224) and of the RDAP server of the registry of `example` (RFC 9082, RFC
//! 9083, RFC 7480).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::page::{Ask, Page};
use crate::range::DOMAIN;
use crate::range::change::RegistrationChange;

/// Who lists the RDAP servers.
pub const LIST_HOST: &str = "data.iana.org";

/// The registry's RDAP server.
pub const HOST: &str = "rdap.nic.example";

/// How long the healthy domain stays registered.
const EXPIRES_IN: i64 = 300;

/// Since when it is.
const REGISTERED_AGO: i64 = 795;

/// What a registry answers over https; `None`: the request is for somebody else.
pub fn answer(ask: &Ask, changes: &[RegistrationChange], now: Timestamp) -> Option<Page> {
    let page = match (ask.scheme, ask.host.as_str()) {
        ("https", LIST_HOST) => list(ask),
        ("https", HOST) => registry(ask, changes, now),
        _ => return None,
    };
    Some(page)
}

fn list(ask: &Ask) -> Page {
    match ask.path.as_str() {
        "/rdap/dns.json" => {
            let list = json!({
                "description": "RDAP bootstrap file for Domain Name System registrations",
                "publication": "2026-11-20T20:00:02Z",
                "services": [
                    [["com", "net"], ["https://rdap.verisign.example/com/v1/"]],
                    [["example"], [format!("https://{HOST}/")]]
                ],
                "version": "1.0"
            });
            Page::json(200, &list.to_string())
        }
        _ => Page::new(404, "text/plain; charset=utf-8", "Not found\n"),
    }
}

fn registry(ask: &Ask, changes: &[RegistrationChange], now: Timestamp) -> Page {
    let object = match ask.path.strip_prefix("/domain/") {
        Some(name) if name.eq_ignore_ascii_case(DOMAIN) => domain(changes, now),
        Some(_) => return rdap(404, &error(404, "Object not found")),
        None => return rdap(400, &error(400, "Bad request")),
    };
    rdap(200, &object)
}

fn rdap(status: u16, object: &Value) -> Page {
    Page::new(status, "application/rdap+json", object.to_string())
        .with("access-control-allow-origin", "*")
}

fn error(code: u16, title: &str) -> Value {
    json!({
        "rdapConformance": ["rdap_level_0"],
        "errorCode": code,
        "title": title,
        "description": [title]
    })
}

fn domain(changes: &[RegistrationChange], now: Timestamp) -> Value {
    let today = now.to_zoned(TimeZone::UTC).date();
    let expires_in = said(changes, |c| c.expires_in).unwrap_or(EXPIRES_IN);
    let mut events = vec![
        ("registration", day(today, -REGISTERED_AGO)),
        ("expiration", day(today, expires_in)),
        ("last changed", day(today, -65)),
        ("last update of RDAP database", day(today, 0)),
    ];
    if let Some(days) = said(changes, |c| c.registrar_expires_in) {
        events.push(("registrar expiration", day(today, days)));
    }
    let hidden = |action: &str| {
        changes
            .iter()
            .any(|c| c.without.iter().any(|w| w == action))
    };
    let events: Vec<Value> = events
        .into_iter()
        .filter(|(action, _)| !hidden(action))
        .map(|(action, date)| json!({ "eventAction": action, "eventDate": date }))
        .collect();
    let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let status = said(changes, |c| c.status.clone())
        .unwrap_or_else(|| words(&["client transfer prohibited", "client delete prohibited"]));
    let nameservers: Vec<Value> = said(changes, |c| c.nameservers.clone())
        .unwrap_or_else(|| words(&["NS1.ACME.EXAMPLE", "NS2.ACME.EXAMPLE"]))
        .into_iter()
        .map(|name| json!({ "objectClassName": "nameserver", "ldhName": name }))
        .collect();
    let name = said(changes, |c| c.name.clone()).unwrap_or_else(|| DOMAIN.to_ascii_uppercase());
    let url = format!("https://{HOST}/domain/{DOMAIN}");
    json!({
        "objectClassName": "domain",
        "rdapConformance": ["rdap_level_0", "icann_rdap_response_profile_0"],
        "handle": "7430215_DOMAIN-EXAMPLE",
        "ldhName": name,
        "status": status,
        "events": events,
        "nameservers": nameservers,
        "secureDNS": { "delegationSigned": true },
        "entities": [{
            "objectClassName": "entity",
            "handle": "9001",
            "roles": ["registrar"],
            "publicIds": [{ "type": "IANA Registrar ID", "identifier": "9001" }],
            "vcardArray": ["vcard", [
                ["version", {}, "text", "4.0"],
                ["fn", {}, "text", "Harbour Names"]
            ]]
        }],
        "links": [{ "rel": "self", "href": url, "value": url, "type": "application/rdap+json" }],
        "notices": []
    })
}

/// The first change that says something.
fn said<T>(
    changes: &[RegistrationChange],
    of: impl Fn(&RegistrationChange) -> Option<T>,
) -> Option<T> {
    changes.iter().find_map(of)
}

/// Four in the morning of a day: whole days, so that two answers of one day are the same.
fn day(today: Date, days: i64) -> String {
    let date = today.checked_add(days.days()).unwrap_or(today);
    format!("{date}T04:00:00Z")
}
