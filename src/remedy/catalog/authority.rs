//! Certificate authorities: which CAA domains stand for which issuer.

use std::sync::LazyLock;

use serde::Deserialize;

/// One authority.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    pub title: String,
    /// Beginnings of the issuer's organisation.
    pub organisation: Vec<String>,
    /// Domains that it recognises in CAA `issue` and `issuewild`, the first to be published.
    pub domains: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    authority: Vec<Authority>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/authorities.toml")));

/// Every known authority.
pub fn all() -> &'static [Authority] {
    &FILE.authority
}

/// The authority whose certificates name this organisation as issuer.
pub fn of_organisation(organisation: &str) -> Option<&'static Authority> {
    let lower = organisation.to_ascii_lowercase();
    all().iter().find(|authority| {
        authority
            .organisation
            .iter()
            .any(|start| lower.starts_with(&start.to_ascii_lowercase()))
    })
}

/// The authority that recognises this CAA domain.
pub fn of_domain(domain: &str) -> Option<&'static Authority> {
    all().iter().find(|authority| {
        authority
            .domains
            .iter()
            .any(|d| d.eq_ignore_ascii_case(domain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_recognised_by_organisation_and_domain() {
        assert_eq!(
            of_organisation("Google Trust Services LLC")
                .unwrap()
                .domains,
            ["pki.goog"]
        );
        assert_eq!(of_organisation("Range CA"), None);
        assert_eq!(of_domain("LetsEncrypt.org").unwrap().title, "Let's Encrypt");
    }
}
