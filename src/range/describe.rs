//! A running range in words for scripts: what `range serve --json` prints.

use std::net::IpAddr;

use serde::Serialize;

use super::Range;

/// How to reach a running range, and what is wrong in it.
#[derive(Debug, Clone, Serialize)]
pub struct Description {
    pub domain: String,
    /// `None` when single faults were asked for.
    pub scenario: Option<String>,
    pub faults: Vec<String>,
    /// `IP:PORT`.
    pub resolvers: Vec<String>,
    pub root_hints: Vec<IpAddr>,
    pub trust_anchor: String,
    pub ca_file: String,
    /// `IP:PORT=IP:PORT`.
    pub reroutes: Vec<String>,
    pub intent_file: String,
    /// Where the passwords of its mail accounts are, a file each.
    pub credentials_dir: String,
    /// Everything that `check` needs.
    pub flags: Vec<String>,
    /// Where `range mend` and `range break` knock.
    pub control: Option<String>,
}

impl Range {
    /// Describes this range as it is now.
    pub async fn describe(&self, scenario: Option<&str>, control: Option<&str>) -> Description {
        Description {
            domain: self.domain().to_owned(),
            scenario: scenario.map(str::to_owned),
            faults: self.faults().await,
            resolvers: self.resolvers().iter().map(ToString::to_string).collect(),
            root_hints: self.root_hints(),
            trust_anchor: self.trust_anchor().display().to_string(),
            ca_file: self.ca_file().display().to_string(),
            reroutes: self
                .reroutes()
                .iter()
                .map(|(public, local)| format!("{public}={local}"))
                .collect(),
            intent_file: self.intent_file().display().to_string(),
            credentials_dir: self.credentials_dir().display().to_string(),
            flags: self.flags(),
            control: control.map(str::to_owned),
        }
    }
}
