//! Services at which an alias can be left behind, and what each shows for a name that nobody holds there.

use std::sync::LazyLock;

use serde::Deserialize;

/// One service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: String,
    pub title: String,
    /// Globs over alias targets.
    pub cname: Vec<String>,
    pub claim: Claim,
    /// Sentences of its page for a name without owner, in lower case.
    #[serde(default)]
    pub body: Vec<String>,
}

/// How a stranger gets hold of a name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// The DNS name itself goes to whoever makes a resource of that name: NXDOMAIN means free.
    Name,
    /// Whoever adds the host name to a project is served under it.
    Host,
    /// The service asks for a proof of ownership first.
    Guarded,
}

impl Service {
    /// The sentence of this service that the body holds.
    pub fn shown_in(&self, body: &str) -> Option<&str> {
        let body = body.to_lowercase().replace('\u{2019}', "'");
        self.body
            .iter()
            .find(|sentence| body.contains(sentence.as_str()))
            .map(String::as_str)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    service: Vec<Service>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/takeover.toml")));

/// Every known service.
pub fn services() -> &'static [Service] {
    &FILE.service
}

/// The service of that id.
pub fn service(id: &str) -> Option<&'static Service> {
    services().iter().find(|service| service.id == id)
}

/// The service to which an alias target belongs.
pub fn service_of_target(target: &str) -> Option<&'static Service> {
    services()
        .iter()
        .find(|service| super::fits(&service.cname, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_by_target_and_told_by_their_sentence() {
        assert!(services().len() >= 12);
        let pages = service_of_target("acme.github.io").unwrap();
        assert!(
            pages
                .shown_in("<p>There isn\u{2019}t a GitHub Pages site here.</p>")
                .is_some()
        );
        assert!(pages.shown_in("<p>Welcome</p>").is_none());
        assert_eq!(service_of_target("evilgithub.io"), None);
        assert_eq!(service_of_target("x.github.io.evil.example"), None);
    }

    #[test]
    fn every_service_has_a_sign_that_can_be_seen() {
        for service in services() {
            assert!(
                service.claim == Claim::Name || !service.body.is_empty(),
                "{}",
                service.id
            );
            for sentence in &service.body {
                assert_eq!(*sentence, sentence.to_lowercase(), "{}", service.id);
            }
        }
    }
}
