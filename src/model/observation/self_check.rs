//! The tool looks at its own footing before it judges anybody else.

use serde::{Deserialize, Serialize};

/// What the tool found about where it runs. Each word also stands in the run's JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SelfCheck {
    /// `up`, or what is wrong.
    pub network: String,
    /// `honest`, `lying` (a name under `.invalid` resolved), `silent`, `filtered`.
    pub resolver: String,
    /// `sane`, or by how much it is off.
    pub clock: String,
    /// `open`, `closed`, `not-tested`.
    pub port_25: String,
    /// Who was asked.
    pub resolvers: Vec<String>,
    /// One plain sentence per problem, with what to do.
    pub problems: Vec<String>,
}

impl SelfCheck {
    /// Whether DNS answers can be believed.
    pub fn resolver_is_honest(&self) -> bool {
        self.resolver == "honest"
    }
}
