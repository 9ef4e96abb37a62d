//! A world: the healthy range with changes, and the verdicts it must give. The form of `tests/simulations/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::change::{
    Changes, DnsChange, HttpChange, PlaceChange, RegistrationChange, ServerChange, SmtpChange,
    TlsChange,
};
use super::fault;
use crate::model::intent::Intent;
use crate::model::verdict::Verdict;

/// A healthy range with changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// What the world shows, in one sentence.
    #[serde(default)]
    pub about: String,
    /// Ids of the catalogue's faults that are on.
    #[serde(default)]
    pub faults: Vec<String>,
    /// Top-level keys that replace the healthy intent's.
    #[serde(default)]
    intent: toml::Table,
    /// Third parties that the operator of this world opted in to; when not said: the registries, and those that a fault needs.
    pub third_parties: Option<Vec<String>>,
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
    registration: Vec<RegistrationChange>,
    #[serde(default)]
    place: Vec<PlaceChange>,
    /// `check` (every finding of it) or `check subject`, and its verdict.
    #[serde(default)]
    pub expect: BTreeMap<String, Verdict>,
    /// `check subject`, and words that its finding must hold: in the summary, the details or the evidence.
    #[serde(default)]
    pub says: BTreeMap<String, Vec<String>>,
}

/// Why a world cannot be.
#[derive(Debug, thiserror::Error)]
pub enum WorldProblem {
    #[error("reading the world: {0}")]
    Syntax(#[from] Box<toml::de::Error>),
    #[error("the intent of the world: {0}")]
    Intent(Box<toml::de::Error>),
    #[error("no fault is called `{0}`; `launch-ready range list` names them")]
    NoSuchFault(String),
    #[error("`{line}` is not a record: {why}")]
    Record { line: String, why: String },
    #[error("`{line}` is not `owner` or `owner TYPE`: {why}")]
    Removal { line: String, why: String },
    #[error("nothing to remove for `{0}`")]
    NothingThere(String),
    #[error("no DNS server of the range has the address {0}")]
    NoSuchServer(std::net::IpAddr),
    #[error("no zone of the range is called `{0}`")]
    NoSuchZone(String),
    #[error("making {what}: {why}")]
    Making { what: &'static str, why: String },
}

impl World {
    /// The healthy world.
    pub fn healthy() -> Self {
        Self::default()
    }

    /// The healthy world with just these faults.
    pub fn with_faults<S: Into<String>>(faults: impl IntoIterator<Item = S>) -> Self {
        Self {
            faults: faults.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Reads a world from TOML.
    pub fn parse(text: &str) -> Result<Self, WorldProblem> {
        let world: Self = toml::from_str(text).map_err(Box::new)?;
        for id in &world.faults {
            fault::find(id).ok_or_else(|| WorldProblem::NoSuchFault(id.clone()))?;
        }
        world.intent()?;
        Ok(world)
    }

    /// What the operator of this world has confirmed.
    pub fn intent(&self) -> Result<Intent, WorldProblem> {
        let mut table: toml::Table =
            toml::from_str(HEALTHY_INTENT).map_err(|e| WorldProblem::Intent(Box::new(e)))?;
        table.extend(self.intent.clone());
        table
            .try_into()
            .map_err(|e| WorldProblem::Intent(Box::new(e)))
    }

    /// The world's own changes, without its faults.
    pub fn changes(&self) -> Changes {
        Changes {
            dns: self.dns.clone(),
            servers: self.server.clone(),
            tls: self.tls.clone(),
            http: vec![self.http.clone()],
            smtp: self.smtp.clone(),
            registrations: self.registration.clone(),
            places: self.place.clone(),
        }
    }
}

/// The intent that fits the healthy world, as TOML.
pub const HEALTHY_INTENT: &str = include_str!("../../assets/range/intent.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_reads_and_a_typo_is_named() {
        let world = World::parse(
            r#"
            about = "x"
            intent = { sends_mail = false, sender = [] }
            [[dns]]
            remove = ["_dmarc.acme.example TXT"]
            [[http]]
            url = "https://www.acme.example/*"
            when = { origin = "*" }
            does = "drip"
            [expect]
            "mail.spf acme.example" = "fail"
            "#,
        )
        .unwrap();
        let intent = world.intent().unwrap();
        assert_eq!(intent.sends_mail, Some(false));
        assert!(intent.senders.is_empty());
        assert_eq!(intent.hosts.len(), 5);
        assert_eq!(world.expect["mail.spf acme.example"], Verdict::Fail);
        let problem = World::parse("[[http]]\nurl = \"https://x/\"\nstaus = 3").unwrap_err();
        assert!(problem.to_string().contains("staus"), "{problem}");
        let problem = World::parse("faults = [\"mail.nothing\"]").unwrap_err();
        assert!(problem.to_string().contains("mail.nothing"));
    }

    #[test]
    fn the_healthy_intent_is_whole() {
        let intent = World::healthy().intent().unwrap();
        assert_eq!(intent.domain.as_str(), "acme.example");
        assert_eq!(intent.routes.len(), 4);
        assert!(intent.is_sender());
    }
}
