//! The way from the addresses of a host to those that are meant.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::checks::dns::zone;
use crate::checks::rule::Case;
use crate::model::finding::{RecordChange, Remedy};
use crate::model::intent::Host;
use crate::model::observation::dns::RecordType;
use crate::remedy::{self, catalog::platform, records};

/// What leads from the addresses that were found to those that are meant.
pub(super) fn repair(case: Case<'_>, found: &BTreeSet<IpAddr>) -> Remedy {
    let host = case
        .intent
        .hosts
        .iter()
        .find(|h| h.name.as_str() == case.subject);
    let changes = host.map(|host| changes(host, found)).unwrap_or_default();
    if !changes.is_empty() {
        return remedy::change(case.intent, super::META.id, changes);
    }
    let place = remedy::place::console(case.intent);
    let is_apex = case.subject == zone::of(case.intent).as_str();
    let wanted = case
        .intent
        .platform
        .as_deref()
        .and_then(platform::platform)
        .map_or_else(
            || {
                "the address (A) or target (CNAME) that the hosting platform shows for this host"
                    .to_owned()
            },
            |p| {
                format!(
                    "what {} asks for: {}",
                    p.title,
                    if is_apex { &p.apex } else { &p.subdomain }
                )
            },
        );
    remedy::manual(
        super::META.id,
        [
            place.open(),
            format!(
                "Make `{}` a record with {wanted}.",
                place.name_field(case.subject)
            ),
            "Delete other A, AAAA and CNAME records of the same name.".to_owned(),
            format!(
                "If {} is not in use any more, take it out of the inventory instead.",
                case.subject
            ),
        ],
        "In the same editor: put the former records back; their contents stand in the evidence.",
    )
}

/// The records that lead from what was found to what is meant.
fn changes(host: &Host, found: &BTreeSet<IpAddr>) -> Vec<RecordChange> {
    let kind = |address: &IpAddr| {
        if address.is_ipv4() {
            RecordType::A
        } else {
            RecordType::Aaaa
        }
    };
    if let Some(target) = &host.target {
        let mut list: Vec<RecordChange> = found
            .iter()
            .map(|old| records::delete(&host.name, kind(old), old.to_string()))
            .collect();
        list.push(records::add(&host.name, RecordType::Cname, target.as_str()));
        return list;
    }
    let mut missing: Vec<&IpAddr> = host.address.iter().filter(|a| !found.contains(a)).collect();
    let mut list = Vec::new();
    if host.address.is_empty() {
        return list;
    }
    for old in found.iter().filter(|a| !host.address.contains(a)) {
        match missing
            .iter()
            .position(|new| new.is_ipv4() == old.is_ipv4())
        {
            Some(at) => {
                let new = missing.remove(at);
                list.push(records::replace(
                    &host.name,
                    kind(old),
                    old.to_string(),
                    new.to_string(),
                ));
            }
            None => list.push(records::delete(&host.name, kind(old), old.to_string())),
        }
    }
    list.extend(
        missing
            .into_iter()
            .map(|new| records::add(&host.name, kind(new), new.to_string())),
    );
    list.into_iter()
        .map(|c| records::with_ttl(c, records::TTL_WHILE_CHANGING))
        .collect()
}
