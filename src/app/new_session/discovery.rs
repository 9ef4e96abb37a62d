//! How far the discovery of a domain is. What it finds is [`crate::model::inventory`]'s.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::inventory;

/// How far the discovery is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Discovery {
    #[default]
    NotAsked,
    Looking {
        since: Timestamp,
        /// `the name servers of acme.example`.
        at: String,
    },
    Done,
    /// What went wrong; hosts can still be added by hand.
    Failed(String),
}

/// One step of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discovered {
    Found(inventory::Discovery),
    Done,
    Failed(String),
}
