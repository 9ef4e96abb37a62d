//! How others reach a running range: addresses, files, flags, and a network's configuration.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::dns::copies::{Copies, RESOLVERS, ROOT};
use super::post::PASSWORDS;
use super::state::Shared;
use super::world::WorldProblem;
use super::{DOMAIN, Range, RangeProblem};
use crate::model::intent::Intent;
use crate::model::third_party::{BLOCKLISTS, RDAP};
use crate::net::{Credentials, NetworkConfig};

const CA_FILE: &str = "ca.pem";
const ANCHOR_FILE: &str = "trust-anchor.txt";
const INTENT_FILE: &str = "intent.toml";
const CREDENTIALS: &str = "credentials";

/// Writes the files by which others reach the range into a folder of their own.
pub(super) fn files(
    healthy: &Copies,
    shared: &Shared,
    intent: &Intent,
) -> Result<TempDir, RangeProblem> {
    let anchor = healthy.trust_anchor()?;
    let intent = toml::to_string(intent).map_err(|e| WorldProblem::Making {
        what: "the intent file",
        why: e.to_string(),
    })?;
    tempfile::Builder::new()
        .prefix("launch-ready-range-")
        .tempdir()
        .and_then(|dir| {
            std::fs::write(dir.path().join(CA_FILE), shared.authority.root_pem())?;
            std::fs::write(dir.path().join(ANCHOR_FILE), anchor)?;
            std::fs::write(dir.path().join(INTENT_FILE), intent)?;
            std::fs::create_dir(dir.path().join(CREDENTIALS))?;
            for (name, password) in PASSWORDS {
                std::fs::write(dir.path().join(CREDENTIALS).join(name), password)?;
            }
            Ok(dir)
        })
        .map_err(|source| RangeProblem::Io {
            what: "writing the files",
            source,
        })
}

impl Range {
    /// What the portal is called.
    pub fn domain(&self) -> &'static str {
        DOMAIN
    }

    /// The recursive resolvers, by their public-looking addresses.
    pub fn resolvers(&self) -> Vec<SocketAddr> {
        RESOLVERS
            .iter()
            .map(|ip| SocketAddr::new(*ip, 53))
            .collect()
    }

    /// Where delegation walks start.
    pub fn root_hints(&self) -> Vec<IpAddr> {
        vec![ROOT]
    }

    /// PEM file of the root that signs the portal's certificates.
    pub fn ca_file(&self) -> PathBuf {
        self.files.path().join(CA_FILE)
    }

    /// DS line of the root zone's key.
    pub fn trust_anchor(&self) -> PathBuf {
        self.files.path().join(ANCHOR_FILE)
    }

    /// The intent as TOML.
    pub fn intent_file(&self) -> PathBuf {
        self.files.path().join(INTENT_FILE)
    }

    /// A folder with a file for each password that the intent needs.
    pub fn credentials_dir(&self) -> PathBuf {
        self.files.path().join(CREDENTIALS)
    }

    /// The folder of these files; it goes when the range is dropped.
    pub fn folder(&self) -> &Path {
        self.files.path()
    }

    /// Public-looking address to real address, for every server and every closed port.
    pub fn reroutes(&self) -> &[(SocketAddr, SocketAddr)] {
        &self.reroutes
    }

    /// What the operator of this world has confirmed.
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// Third parties that the operator opted in to; both ends are inside the range.
    fn third_parties(&self) -> Vec<String> {
        self.world
            .third_parties
            .clone()
            .unwrap_or_else(|| [RDAP, BLOCKLISTS].map(|party| party.name.to_owned()).into())
    }

    /// The command line flags by which `check` reaches this range.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        let mut flag = |name: &str, value: String| flags.extend([name.to_owned(), value]);
        for resolver in self.resolvers() {
            flag("--resolver", resolver.to_string());
        }
        let hints: Vec<String> = self.root_hints().iter().map(ToString::to_string).collect();
        flag("--root-hints", hints.join(","));
        flag("--trust-anchor", self.trust_anchor().display().to_string());
        flag("--ca-file", self.ca_file().display().to_string());
        flag("--public-ca-file", self.ca_file().display().to_string());
        for (public, local) in &self.reroutes {
            flag("--reroute", format!("{public}={local}"));
        }
        if !self.third_parties().is_empty() {
            flag("--third-parties", self.third_parties().join(","));
        }
        let credentials = self.credentials_dir();
        flag("--credentials-dir", credentials.display().to_string());
        flag("--intent", self.intent_file().display().to_string());
        flags
    }

    /// How a [`Network`](crate::net::Network) reaches this range.
    pub fn network_config(&self) -> NetworkConfig {
        let mut credentials = Credentials::default();
        for (name, password) in PASSWORDS {
            credentials.insert(name, password.into());
        }
        NetworkConfig {
            credentials,
            resolvers: self.resolvers(),
            root_hints: self.root_hints(),
            ca_files: vec![self.ca_file()],
            public_ca_files: vec![self.ca_file()],
            reroutes: self.reroutes.clone(),
            trust_anchor: Some(self.trust_anchor()),
            third_parties: self.third_parties(),
            ..NetworkConfig::default()
        }
    }
}
