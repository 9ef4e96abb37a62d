//! The catalogue of faults: each a named change of the healthy world, with the check that must see it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::change::{
    Changes, DnsChange, HttpChange, PostChange, RegistrationChange, ServerChange, SmtpChange,
    TlsChange,
};
use crate::model::verdict::Verdict;

/// A fault that can be set and mended.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `family.what`.
    pub id: String,
    /// What is wrong, in one line.
    pub title: String,
    /// The check that must see it.
    pub check: String,
    /// Other checks that fail because of it, and hold again once it is mended.
    #[serde(default)]
    pub also: Vec<String>,
    /// The verdict that the check must give for at least one of its subjects.
    pub verdict: Verdict,
    #[serde(default)]
    dns: Vec<DnsChange>,
    #[serde(default)]
    server: Vec<ServerChange>,
    #[serde(default)]
    tls: Vec<TlsChange>,
    #[serde(default)]
    http: Vec<HttpChange>,
    #[serde(default)]
    smtp: Vec<SmtpChange>,
    #[serde(default)]
    post: Vec<PostChange>,
    #[serde(default)]
    registration: Vec<RegistrationChange>,
}

impl Fault {
    /// What the fault changes.
    pub fn changes(&self) -> Changes {
        Changes {
            dns: self.dns.clone(),
            servers: self.server.clone(),
            tls: self.tls.clone(),
            http: vec![self.http.clone()],
            smtp: self.smtp.clone(),
            post: self.post.clone(),
            registrations: self.registration.clone(),
            places: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    #[serde(default, rename = "fault")]
    faults: Vec<Fault>,
}

fn read() -> Result<Vec<Fault>, toml::de::Error> {
    toml::from_str::<Catalogue>(include_str!("../../assets/range/faults.toml"))
        .map(|catalogue| catalogue.faults)
}

static CATALOGUE: LazyLock<Vec<Fault>> = LazyLock::new(|| read().unwrap_or_default());

/// Every fault, sorted by id.
pub fn catalogue() -> &'static [Fault] {
    &CATALOGUE
}

/// The fault of that id.
pub fn find(id: &str) -> Option<&'static Fault> {
    CATALOGUE.iter().find(|fault| fault.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_reads_and_is_sorted() {
        let faults = read().unwrap();
        let ids: Vec<_> = faults.iter().map(|f| f.id.as_str()).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
        assert!(ids.len() >= 34);
    }
}
