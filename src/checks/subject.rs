//! Which hosts of the intent a web or TLS rule is about. Pure; asks nobody.

use std::collections::BTreeSet;

use url::Url;

use crate::model::intent::{Host, Intent, Role};
use crate::model::name::HostName;

/// Names of every host that serves https: all but pure mail hosts, sorted. Without an inventory the domain itself.
pub fn web_hosts(intent: &Intent) -> Vec<String> {
    names(intent, intent.web_hosts())
}

/// Names of the hosts that show pages: [`web_hosts`] without APIs and without the one of apex and www that only leads to the
/// canonical other, sorted.
pub fn page_hosts(intent: &Intent) -> Vec<String> {
    let pages = |host: &&Host| host.role != Role::Api && !is_side_door(intent, host);
    names(intent, intent.web_hosts().filter(pages))
}

/// Names of the hosts whose own answers count: [`web_hosts`] without the side door of apex and www, sorted.
pub fn answering_hosts(intent: &Intent) -> Vec<String> {
    names(
        intent,
        intent
            .web_hosts()
            .filter(|host| !is_side_door(intent, host)),
    )
}

/// An apex or www host of which the intent says that it is not where visitors end.
fn is_side_door(intent: &Intent, host: &Host) -> bool {
    let canonical = intent.canonical.as_ref().and_then(Url::host_str);
    let other_is_canonical = canonical.is_some_and(|name| {
        name != host.name.as_str()
            && intent
                .hosts
                .iter()
                .any(|h| h.name.as_str() == name && matches!(h.role, Role::Apex | Role::Www))
    });
    matches!(host.role, Role::Apex | Role::Www) && other_is_canonical
}

fn names<'a>(intent: &Intent, hosts: impl Iterator<Item = &'a Host>) -> Vec<String> {
    if intent.web_hosts().next().is_none() {
        return vec![intent.domain.to_string()];
    }
    hosts
        .map(|host| host.name.to_string())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// The role of a subject host; [`Role::Other`] when the inventory does not name it.
pub fn role(intent: &Intent, host: &str) -> Role {
    intent
        .hosts
        .iter()
        .find(|h| h.name.as_str() == host)
        .map_or_else(
            || {
                if host == intent.domain.as_str() {
                    Role::Apex
                } else {
                    Role::Other
                }
            },
            |h| h.role,
        )
}

/// The subject as a name; `None` for a subject that another rule made.
pub fn host_name(subject: &str) -> Option<HostName> {
    HostName::parse(subject).ok()
}

/// `scheme://host/`.
pub fn root(scheme: &str, host: &str) -> Option<Url> {
    Url::parse(&format!("{scheme}://{host}/")).ok()
}

/// Where every entry must end: the intent's canonical URL, else the apex over https.
pub fn canonical(intent: &Intent) -> Option<Url> {
    intent
        .canonical
        .clone()
        .or_else(|| root("https", intent.domain.as_str()))
}

/// Whether a URL's host is `host`, by parsed names: never by a part of the text.
pub fn is_on(url: &Url, host: &str) -> bool {
    url.host_str().is_some_and(|h| h == host)
}

/// Whether both hosts belong to one registrable domain (names without one: whether they are equal).
pub fn same_site(a: &str, b: &str) -> bool {
    let site = |host: &str| {
        HostName::parse(host)
            .ok()
            .and_then(|name| name.registrable())
    };
    match (site(a), site(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_chosen_by_role() {
        let intent: Intent = toml::from_str(
            r#"
            domain = "acme.example"
            [[host]]
            name = "www.acme.example"
            role = "www"
            [[host]]
            name = "api.acme.example"
            role = "api"
            [[host]]
            name = "mx.acme.example"
            role = "mail"
        "#,
        )
        .unwrap();
        assert_eq!(web_hosts(&intent), ["api.acme.example", "www.acme.example"]);
        assert_eq!(page_hosts(&intent), ["www.acme.example"]);
        assert_eq!(role(&intent, "api.acme.example"), Role::Api);
        let mut both = intent.clone();
        both.canonical = root("https", "www.acme.example");
        both.hosts[2] = Host {
            name: both.domain.clone(),
            role: Role::Apex,
            address: Vec::new(),
            target: None,
            why: String::new(),
        };
        assert_eq!(page_hosts(&both), ["www.acme.example"]);
        assert_eq!(web_hosts(&both).len(), 3);
        assert_eq!(answering_hosts(&both).len(), 2);
        let bare = Intent::of(HostName::parse("acme.example").unwrap());
        assert_eq!(web_hosts(&bare), ["acme.example"]);
        assert_eq!(role(&bare, "acme.example"), Role::Apex);
    }

    #[test]
    fn sites_are_compared_by_registrable_domain() {
        assert!(same_site("www.acme.example", "portal.acme.example"));
        assert!(!same_site("acme.example", "evilacme.example"));
        assert!(!same_site("a.co.uk", "b.co.uk"));
    }
}
