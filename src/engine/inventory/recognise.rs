//! Which companies stand behind the domain: its DNS host, the platform, the edge.

use super::Search;
use super::hosts::Listed;
use crate::checks::dns::zone;
use crate::model::intent::{Intent, Role};
use crate::model::inventory::{Discovery, Part, Recognised};
use crate::model::name::HostName;
use crate::model::observation::dns::{RecordData, RecordType};
use crate::model::observation::http::HttpResponse;
use crate::remedy::catalog::{dns_host as hosts, platform};

/// What was recognised.
#[derive(Default)]
pub(super) struct Services {
    pub platform: Option<String>,
    pub edge: Option<String>,
}

/// The DNS host, by the names of the zone's servers.
pub(super) async fn dns_host(search: Search<'_>) -> Option<String> {
    let zone = zone::of(&Intent::of(search.domain.clone()));
    let answer = search.asker.ask(&zone, RecordType::Ns).await;
    let names: Vec<String> = answer
        .records()
        .iter()
        .filter_map(|r| match &r.data {
            RecordData::Ns(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let host = hosts::of_name_servers(names.iter().map(String::as_str))?;
    search.tell(Discovery::Recognised(Recognised {
        what: Part::DnsHost,
        value: host.id.clone(),
        name: host.title.clone(),
        why: format!("name servers {}", zone::list(&names)),
    }));
    Some(host.id.clone())
}

/// Platform and edge of the hosts that matter most: the portal before the home page, the home page before the rest.
pub(super) fn services(
    search: Search<'_>,
    listed: &[Listed],
    answers: &[(HostName, HttpResponse)],
) -> Services {
    let mut services = Services::default();
    let mut order: Vec<&Listed> = listed.iter().collect();
    order.sort_by_key(|entry| weight(entry.host.role));
    for entry in order {
        let name = &entry.host.name;
        let response = answers
            .iter()
            .find(|(host, _)| host == name)
            .map(|(_, r)| r);
        if services.platform.is_none()
            && let Some((found, why)) = platform_of(entry, response)
        {
            tell(
                search,
                Part::Platform,
                (&found.id, &found.title),
                name,
                &why,
            );
            services.platform = Some(found.id.clone());
        }
        if services.edge.is_none()
            && let Some((found, why)) = edge_of(entry, response)
        {
            tell(search, Part::Edge, (&found.id, &found.title), name, &why);
            services.edge = Some(found.id.clone());
        }
    }
    services
}

const fn weight(role: Role) -> u8 {
    match role {
        Role::Portal | Role::App => 0,
        Role::Www | Role::Apex => 1,
        Role::Api => 2,
        Role::Other | Role::Staging | Role::Mail => 3,
    }
}

fn tell(search: Search<'_>, what: Part, (id, title): (&str, &str), host: &HostName, why: &str) {
    search.tell(Discovery::Recognised(Recognised {
        what,
        value: id.to_owned(),
        name: title.to_owned(),
        why: format!("{host}: {why}"),
    }));
}

fn platform_of(
    entry: &Listed,
    response: Option<&HttpResponse>,
) -> Option<(&'static platform::Platform, String)> {
    // A host that only serves mail, or that somebody else runs (a status page), says nothing of the portal's platform.
    if matches!(entry.host.role, Role::Mail | Role::Other) {
        return None;
    }
    let by_target = entry.resolved.targets.iter().find_map(|target| {
        platform::platform_of_target(target.as_str()).map(|p| (p, format!("an alias of {target}")))
    });
    let by_address = || {
        entry.resolved.addresses.iter().find_map(|address| {
            platform::platform_of_address(*address).map(|p| (p, format!("its address {address}")))
        })
    };
    let by_headers = || {
        let found = platform::platform_of_headers(&response?.headers)?;
        Some((found, "headers of its page".to_owned()))
    };
    by_target.or_else(by_address).or_else(by_headers)
}

fn edge_of(
    entry: &Listed,
    response: Option<&HttpResponse>,
) -> Option<(&'static platform::Edge, String)> {
    if matches!(entry.host.role, Role::Mail | Role::Other) {
        return None;
    }
    let by_target = entry.resolved.targets.iter().find_map(|target| {
        platform::edge_of_target(target.as_str()).map(|e| (e, format!("an alias of {target}")))
    });
    let by_address = || {
        entry.resolved.addresses.iter().find_map(|address| {
            platform::edge_of_address(*address).map(|e| (e, format!("its address {address}")))
        })
    };
    let by_headers = || {
        let found = platform::edge_of_headers(&response?.headers)?;
        Some((found, "headers of its page".to_owned()))
    };
    by_target.or_else(by_address).or_else(by_headers)
}
