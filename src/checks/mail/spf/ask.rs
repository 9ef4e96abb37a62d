//! Evaluates a record for one message over the network: asks what the evaluation needs, one question after the other.

use std::collections::BTreeMap;

use crate::model::name::HostName;
use crate::net::Network;

use super::check_host::{self, Evaluation, Request};
use super::zone::{Question, Reply};

/// The result for `request`, as a receiver behind the resolvers in use would get it.
pub async fn check_host(network: &Network, request: &Request) -> Evaluation {
    let mut known: BTreeMap<Question, Reply> = BTreeMap::new();
    // Ends: the limits of an evaluation bound how many different questions it has.
    loop {
        match check_host::check_host(&known, request) {
            Ok(evaluation) => return evaluation,
            Err(question) => {
                let reply = reply(network, &question).await;
                known.insert(question, reply);
            }
        }
    }
}

async fn reply(network: &Network, question: &Question) -> Reply {
    match HostName::parse(&question.name) {
        Ok(name) => Reply::from(&*network.ask(&name, question.rtype).await),
        // It may exist, but it cannot be put to a resolver here.
        Err(problem) => Reply::Failed(problem.to_string()),
    }
}
