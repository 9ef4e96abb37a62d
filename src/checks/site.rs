//! The client's own hosts, and addresses on them that cannot exist.

use url::Url;

use crate::model::intent::{Host, Intent, Role};
use crate::model::name::HostName;

/// A name that no site has, without an extension and without a dot in front.
pub const NOWHERE: &str = "nothing-here-q7x2kd";

/// Whether `host` is in the inventory or below the client's domain.
pub fn is_own_host(host: &str, intent: &Intent) -> bool {
    HostName::parse(host).is_ok_and(|name| {
        let zone = intent.domain.registrable();
        let zone = zone.as_ref().unwrap_or(&intent.domain);
        intent.host_named(&name).is_some() || name.is_within(zone)
    })
}

/// A sibling of `url` that cannot exist: catch-alls differ by folder.
pub fn nowhere_beside(url: &Url) -> Url {
    let mut sibling = url.clone();
    let path = url.path().trim_end_matches('/');
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    sibling.set_path(&format!("{folder}/{NOWHERE}"));
    sibling.set_query(None);
    sibling.set_fragment(None);
    sibling
}

/// `https://host/`.
pub fn root_of(host: &HostName) -> Option<Url> {
    Url::parse(&format!("https://{host}/")).ok()
}

/// Where the home page is: the canonical URL, else the domain.
pub fn home(intent: &Intent) -> Option<Url> {
    intent.canonical.clone().or_else(|| root_of(&intent.domain))
}

/// Hosts of the portal and its API, the API first; the home page's host when there are none.
pub fn service_hosts(intent: &Intent) -> Vec<HostName> {
    let of = |role: Role| {
        intent
            .hosts
            .iter()
            .filter(move |host: &&Host| host.role == role)
            .map(|host| host.name.clone())
    };
    let mut names: Vec<HostName> = of(Role::Api)
        .chain(of(Role::Portal))
        .chain(of(Role::App))
        .collect();
    if names.is_empty() {
        names.extend(
            home(intent)
                .as_ref()
                .and_then(Url::host_str)
                .and_then(|host| HostName::parse(host).ok()),
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_hosts_are_told_by_label() {
        let intent = Intent::of(HostName::parse("acme.example").unwrap());
        assert!(is_own_host("login.acme.example", &intent));
        assert!(!is_own_host("acme.example.evil.example", &intent));
        assert!(!is_own_host("evilacme.example", &intent));
    }

    #[test]
    fn the_neighbour_stands_in_the_same_folder() {
        for (url, want) in [
            (
                "https://a.example/v1/invoices?x=1#y",
                "https://a.example/v1/nothing-here-q7x2kd",
            ),
            (
                "https://a.example/app/",
                "https://a.example/nothing-here-q7x2kd",
            ),
            (
                "https://a.example/",
                "https://a.example/nothing-here-q7x2kd",
            ),
        ] {
            assert_eq!(nowhere_beside(&url.parse().unwrap()).as_str(), want);
        }
    }
}
