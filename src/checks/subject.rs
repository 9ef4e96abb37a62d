//! Which hosts of the intent a web or TLS rule is about. Pure; asks nobody.

use std::collections::BTreeSet;

use url::Url;

use crate::model::intent::{Host, Intent, Role};
use crate::model::name::HostName;

/// Names of every host that serves https: all but pure mail hosts, sorted. Without an inventory the domain itself.
pub fn web_hosts(intent: &Intent) -> Vec<String> {
    names(intent, intent.web_hosts())
}

/// Names of the hosts whose answers are meant for people: [`web_hosts`] without APIs, sorted.
pub fn page_hosts(intent: &Intent) -> Vec<String> {
    names(
        intent,
        intent.web_hosts().filter(|host| host.role != Role::Api),
    )
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
