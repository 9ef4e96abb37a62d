//! Labels that portals are found under, and what a host's name says of its role. Pure.

use std::collections::BTreeSet;

use crate::model::intent::Role;
use crate::model::name::HostName;

/// Labels that are asked for below the domain.
const GUESSED: [&str; 32] = [
    "www",
    "app",
    "portal",
    "api",
    "mail",
    "smtp",
    "staging",
    "stage",
    "dev",
    "test",
    "preview",
    "client",
    "clients",
    "customer",
    "customers",
    "my",
    "login",
    "auth",
    "account",
    "dashboard",
    "admin",
    "status",
    "shop",
    "store",
    "help",
    "support",
    "docs",
    "blog",
    "cdn",
    "assets",
    "go",
    "m",
];

/// Words in a name that speak of a place which is not production.
const NOT_PRODUCTION: [&str; 12] = [
    "staging",
    "stage",
    "stg",
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "uat",
    "preview",
    "sandbox",
    "demo",
];

/// The domain itself and every guessed name below it.
pub(super) fn candidates(domain: &HostName) -> Vec<HostName> {
    let mut names = vec![domain.clone()];
    names.extend(GUESSED.iter().map(|label| domain.child(label)));
    names
}

/// The role that a host's name speaks of, and a question where it is a guess.
pub(super) fn role(
    name: &HostName,
    domain: &HostName,
    mail_servers: &BTreeSet<HostName>,
) -> (Role, Option<String>) {
    if name == domain {
        return (Role::Apex, None);
    }
    if mail_servers.contains(name) {
        return (Role::Mail, None);
    }
    let head = name
        .as_str()
        .strip_suffix(domain.as_str())
        .unwrap_or_default()
        .trim_end_matches('.');
    let words: Vec<&str> = head.split(['.', '-', '_']).collect();
    if words.iter().any(|word| NOT_PRODUCTION.contains(word)) {
        return (Role::Staging, Some("not production?".to_owned()));
    }
    let ask = |what: &str| Some(what.to_owned());
    match words.first().copied().unwrap_or_default() {
        "www" if words.len() == 1 => (Role::Www, None),
        "portal" => (Role::Portal, None),
        "client" | "clients" | "customer" | "customers" | "my" => {
            (Role::Portal, ask("the clients' portal?"))
        }
        "app" => (Role::App, None),
        "dashboard" | "login" | "auth" | "account" | "accounts" | "admin" | "sso" => {
            (Role::App, ask("part of the portal?"))
        }
        "api" => (Role::Api, None),
        "mail" | "smtp" | "imap" | "mx" | "webmail" | "autodiscover" | "autoconfig" => {
            (Role::Mail, None)
        }
        _ => (Role::Other, None),
    }
}

/// Where a host of that role stands in the inventory.
pub(super) fn place(role: Role) -> usize {
    Role::ALL
        .iter()
        .position(|r| *r == role)
        .unwrap_or(Role::ALL.len())
}

/// Hosts below `domain` that a text names in URLs (`//host…`). A mail address or a bare word is no such name.
pub(super) fn named_in(text: &str, domain: &HostName) -> BTreeSet<HostName> {
    text.split("//")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-._".contains(c));
            HostName::parse(rest.get(..end.unwrap_or(rest.len()))?).ok()
        })
        .filter(|host| host.is_within(domain))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> HostName {
        HostName::parse(text).unwrap()
    }

    #[test]
    fn names_speak_of_roles() {
        let domain = name("acme.example");
        let mx = BTreeSet::from([name("in.acme.example")]);
        for (host, want, asked) in [
            ("acme.example", Role::Apex, false),
            ("www.acme.example", Role::Www, false),
            ("portal.acme.example", Role::Portal, false),
            ("my.acme.example", Role::Portal, true),
            ("api.acme.example", Role::Api, false),
            ("api-staging.acme.example", Role::Staging, true),
            ("staging.app.acme.example", Role::Staging, true),
            ("in.acme.example", Role::Mail, false),
            ("mail.acme.example", Role::Mail, false),
            ("status.acme.example", Role::Other, false),
            ("www.shop.acme.example", Role::Other, false),
        ] {
            let (role, doubt) = role(&name(host), &domain, &mx);
            assert_eq!((role, doubt.is_some()), (want, asked), "{host}");
        }
    }

    #[test]
    fn hosts_are_read_from_urls_only() {
        let text = r#"<a href="https://portal.acme.example/x">p</a> mail a@mail.acme.example
            <script>fetch("https://api.acme.example:8443/v1")</script> //cdn.acme.example'
            https://evilacme.example/ https://acme.example.evil.example/ //-bad.acme.example"#;
        let found: Vec<String> = named_in(text, &name("acme.example"))
            .into_iter()
            .map(|h| h.to_string())
            .collect();
        assert_eq!(
            found,
            [
                "api.acme.example",
                "cdn.acme.example",
                "portal.acme.example"
            ]
        );
    }
}
