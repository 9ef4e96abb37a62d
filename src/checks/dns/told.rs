//! What two sides say of one name: an authoritative server and the recursive resolver.

use futures_util::future;
use serde::{Deserialize, Serialize};

use super::zone;
use crate::checks::evidence;
use crate::model::finding::Evidence;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordData, RecordType};
use crate::net::Network;

/// One question, asked of both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// From an authoritative server of the zone; from the resolver where none could be asked.
    pub truth: DnsAnswer,
    pub resolver: DnsAnswer,
    /// Whether the resolver was seen not to make answers up.
    pub honest: bool,
}

impl Told {
    /// Asks both.
    pub async fn ask(
        network: &Network,
        zone: &HostName,
        name: &HostName,
        rtype: RecordType,
    ) -> Self {
        let (truth, resolver, footing) = future::join3(
            zone::truth(network, zone, name, rtype),
            network.ask(name, rtype),
            network.self_check(),
        )
        .await;
        Self {
            truth: (*truth).clone(),
            resolver: (*resolver).clone(),
            honest: footing.resolver != "lying",
        }
    }

    /// The answer to go by: the authority's, unless its alias leads out of its zones, where only the resolver follows.
    /// `Err` says why there is none.
    pub fn best(&self) -> Result<&DnsAnswer, String> {
        let leads_out = aliases(&self.truth).len() > 1
            && self.truth.shape() == AnswerShape::NoData
            && !denies_the_end(&self.truth);
        let answer = if self.truth.is_unusable() || leads_out {
            &self.resolver
        } else {
            &self.truth
        };
        if answer.is_unusable() {
            return Err(format!(
                "{} {}: {}",
                answer.name,
                answer.rtype,
                answer.outcome_line()
            ));
        }
        if answer.recursive && !self.honest {
            return Err(format!(
                "the resolver {} makes answers up, so its word on {} counts for nothing",
                answer.server, answer.name
            ));
        }
        Ok(answer)
    }

    /// Both answers as evidence; one where both are the same.
    pub fn evidence(&self) -> Vec<Evidence> {
        let mut list = vec![evidence::dns(&self.truth)];
        if !self.truth.recursive {
            list.push(evidence::dns(&self.resolver));
        }
        list
    }
}

/// Whether a negative answer speaks of the end of the chain: its SOA is of a zone that holds that name (RFC 2308 §2.2).
fn denies_the_end(answer: &DnsAnswer) -> bool {
    let end = aliases(answer).pop();
    answer.message().is_some_and(|message| {
        message
            .authority
            .iter()
            .filter(|r| matches!(r.data, RecordData::Soa(_)))
            .filter_map(|r| HostName::parse(&r.name).ok())
            .any(|zone| end.as_ref().is_some_and(|name| name.is_within(&zone)))
    })
}

/// The asked name and the aliases that the answer leads through.
pub fn aliases(answer: &DnsAnswer) -> Vec<HostName> {
    answer
        .message()
        .map_or_else(Vec::new, |message| message.chain(&answer.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::dns::fixtures as make;

    #[test]
    fn the_authority_is_believed_before_the_resolver() {
        let old = make::reply(
            "a.acme.example",
            RecordType::A,
            vec![make::address("a.acme.example", 60, "203.0.113.1")],
        );
        let mut truth = make::nxdomain("a.acme.example", RecordType::A, "acme.example");
        truth.recursive = false;
        let told = Told {
            truth,
            resolver: old,
            honest: true,
        };
        assert!(told.best().unwrap().is_absent());
    }

    #[test]
    fn an_alias_that_leads_out_is_followed_by_the_resolver_if_it_is_honest() {
        let mut truth = make::reply(
            "a.acme.example",
            RecordType::A,
            vec![make::cname("a.acme.example", "x.host.example")],
        );
        truth.recursive = false;
        let resolver = make::reply(
            "a.acme.example",
            RecordType::A,
            vec![
                make::cname("a.acme.example", "x.host.example"),
                make::address("x.host.example", 60, "203.0.113.1"),
            ],
        );
        let told = Told {
            truth,
            resolver,
            honest: true,
        };
        assert_eq!(told.best().unwrap().addresses().len(), 1);
        let lying = Told {
            honest: false,
            ..told
        };
        assert!(lying.best().is_err());
    }

    #[test]
    fn an_alias_within_the_zone_needs_no_resolver() {
        let www = "www.acme.example";
        let mut truth = make::nodata(www, RecordType::Aaaa, "acme.example");
        truth.recursive = false;
        if let Ok(message) = truth.outcome.as_mut() {
            message.answers.push(make::cname(www, "acme.example"));
        }
        let told = Told {
            truth,
            resolver: make::timeout(www, RecordType::Aaaa),
            honest: true,
        };
        assert!(told.best().unwrap().is_absent());
    }
}
