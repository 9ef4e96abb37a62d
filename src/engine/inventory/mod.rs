//! Finds the hosts of a domain and proposes the intent.
//!
//! Few questions, all through [`Network`]; what is found streams out as [`Discovery`]. It judges nothing and changes nothing:
//! the operator confirms what is proposed here.

use crate::model::intent::Intent;
use crate::model::inventory::Discovery;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, RecordType};
use crate::net::Network;

/// Why nothing can be proposed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryProblem {
    #[error("the domain {domain} does not exist: {said}")]
    NoSuchName { domain: HostName, said: String },
    #[error("could not tell whether {domain} exists: {why}")]
    CouldNotTell { domain: HostName, why: String },
}

/// Looks for the hosts and services of `domain`; tells each through `found` as it is seen.
pub async fn discover(
    domain: &HostName,
    network: &Network,
    found: impl Fn(Discovery) + Send + Sync,
) -> Result<Intent, InventoryProblem> {
    found(Discovery::Looking(format!("the name servers of {domain}")));
    let soa = network.ask(domain, RecordType::Soa).await;
    match soa.shape() {
        AnswerShape::Records | AnswerShape::NoData => Ok(Intent::of(domain.clone())),
        AnswerShape::NoName => Err(InventoryProblem::NoSuchName {
            domain: domain.clone(),
            said: format!("{} says {}", soa.server, soa.outcome_line()),
        }),
        _ => Err(InventoryProblem::CouldNotTell {
            domain: domain.clone(),
            why: soa.outcome_line(),
        }),
    }
}
