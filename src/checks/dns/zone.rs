//! What the DNS checks share: the zone of an intent, its servers, and how to ask the truth of them.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::checks::evidence;
use crate::checks::rule::{Judgement, Look};
use crate::model::finding::Evidence;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::{
    AnswerShape, Delegation, DelegationFound, DnsAnswer, RecordData, RecordType, Transport,
    ZoneServer,
};
use crate::net::Network;

/// Authoritative servers that are asked for one name before the recursive resolver is.
const SERVERS_TRIED: usize = 3;

/// The zone that an intent is about: the registrable domain.
pub fn of(intent: &Intent) -> HostName {
    intent
        .domain
        .registrable()
        .unwrap_or_else(|| intent.domain.clone())
}

/// The zone as the only subject.
pub fn subject(intent: &Intent) -> Vec<String> {
    vec![of(intent).to_string()]
}

/// Every host of the intent; the domain alone where none is named.
pub fn hosts(intent: &Intent) -> Vec<String> {
    if intent.hosts.is_empty() {
        return vec![intent.domain.to_string()];
    }
    intent.hosts.iter().map(|h| h.name.to_string()).collect()
}

/// Hosts that serve web pages; the domain alone where none is named.
pub fn web_hosts(intent: &Intent) -> Vec<String> {
    if intent.hosts.is_empty() {
        return vec![intent.domain.to_string()];
    }
    intent.web_hosts().map(|h| h.name.to_string()).collect()
}

/// A name in `zone` that nobody has made: its label is derived from the zone, so that every check of every run asks the
/// same question.
pub fn nobodys_name(zone: &HostName) -> HostName {
    let digest = Sha256::digest(format!("nobody made this name in {zone}"));
    let label = digest
        .iter()
        .take(10)
        .fold(String::from("lr-"), |text, byte| {
            text + &format!("{byte:02x}")
        });
    zone.child(&label)
}

/// Addresses of the servers that answer for `zone` with authority.
pub async fn authorities(network: &Network, zone: &HostName) -> Vec<IpAddr> {
    match &network.delegation(zone).await.outcome {
        Ok(found) => found
            .servers
            .iter()
            .filter(|s| s.is_authoritative())
            .filter_map(|s| s.address.as_ref().ok().copied())
            .collect(),
        Err(_) => Vec::new(),
    }
}

/// The answer of an authoritative server; of the recursive resolver where none answers or the name lies in a zone below.
pub async fn truth(
    network: &Network,
    zone: &HostName,
    name: &HostName,
    rtype: RecordType,
) -> Arc<DnsAnswer> {
    if name.is_within(zone) {
        for server in authorities(network, zone)
            .await
            .into_iter()
            .take(SERVERS_TRIED)
        {
            let answer = network
                .ask_authority(server, name, rtype, Transport::Udp)
                .await;
            if !answer.is_unusable() {
                return answer;
            }
        }
    }
    network.ask(name, rtype).await
}

/// The walk to a zone, and what the recursive resolver says of its SOA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneSeen {
    pub soa: DnsAnswer,
    pub delegation: Delegation,
}

impl ZoneSeen {
    /// Looks at the zone that is the subject.
    pub async fn look(look: Look<'_>) -> Self {
        let zone = of(look.intent);
        let soa = look.network.ask(&zone, RecordType::Soa).await;
        let delegation = look.network.delegation(&zone).await;
        Self {
            soa: (*soa).clone(),
            delegation: (*delegation).clone(),
        }
    }

    /// What the walk found; else why there is nothing to judge.
    pub fn found(&self) -> Result<&DelegationFound, Box<Judgement>> {
        let zone = &self.delegation.zone;
        if let Some(above) = zone_above(&self.soa) {
            return Err(Box::new(
                Judgement::not_applicable(format!(
                    "{zone} is no zone of its own: it lives in the zone {above}"
                ))
                .plainly(format!(
                    "{zone} is part of a larger domain, {above}, which has its own settings."
                ))
                .evidence([evidence::dns(&self.soa)]),
            ));
        }
        self.delegation.outcome.as_ref().map_err(|failure| {
            Box::new(
                Judgement::unknown(format!(
                    "the delegation of {zone} could not be followed from the root: {}",
                    failure.text
                ))
                .plainly(format!(
                    "We could not ask the world's directory who is responsible for {zone}, so nothing can be said about it yet."
                ))
                .fact("walk failed")
                .evidence([evidence::note(self.delegation.at, &failure.text)]),
            )
        })
    }
}

/// The zone that a negative answer comes from, when the asked name is not its apex.
pub fn zone_above(soa: &DnsAnswer) -> Option<String> {
    if soa.shape() != AnswerShape::NoData {
        return None;
    }
    let owner = soa
        .message()?
        .authority
        .iter()
        .find_map(|r| matches!(r.data, RecordData::Soa(_)).then(|| r.name.clone()))?;
    (owner != soa.name.as_str()).then_some(owner)
}

/// How a delegated server stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It answers with authority over UDP and TCP.
    Good,
    /// It does not do its work; how, in words.
    Broken(String),
    /// It gave no answer at all; it may be down, or the way to it may be.
    Silent(String),
    /// It could not be looked at from here.
    Unseen(String),
}

/// How `server` stands.
pub fn standing(server: &ZoneServer) -> Standing {
    if let Err(failure) = &server.address {
        return match failure.kind {
            FailureKind::NoAddress => Standing::Broken("its name has no address".to_owned()),
            _ => Standing::Unseen(failure.text.clone()),
        };
    }
    let Some(udp) = &server.soa_udp else {
        return Standing::Unseen("it was not asked".to_owned());
    };
    let over_tcp = server.soa_tcp.as_ref().map(unanswered);
    match (&udp.outcome, udp.shape()) {
        (Err(failure), _) => match (unseen(udp), over_tcp) {
            (true, _) => Standing::Unseen(failure.text.clone()),
            (false, Some(None)) => {
                Standing::Broken("no answer over UDP, though it answers over TCP".to_owned())
            }
            (false, _) => Standing::Silent(failure.text.clone()),
        },
        (Ok(_), AnswerShape::Truncated) => {
            Standing::Broken("truncated answers over UDP, and nothing over TCP".to_owned())
        }
        (Ok(_), AnswerShape::Error | AnswerShape::None) => {
            Standing::Broken(format!("answers {}", udp.outcome_line()))
        }
        (Ok(message), AnswerShape::Records) if message.aa => match over_tcp {
            None | Some(None) => Standing::Good,
            Some(Some(said)) => Standing::Broken(format!("no usable answer over TCP ({said})")),
        },
        (Ok(_), AnswerShape::Records | AnswerShape::Referral) => {
            Standing::Broken("answers without authority (lame)".to_owned())
        }
        (Ok(_), AnswerShape::NoData | AnswerShape::NoName) => {
            Standing::Broken("does not hold the zone (no SOA)".to_owned())
        }
    }
}

/// Why an answer over TCP is of no use; `None` when it is.
fn unanswered(answer: &DnsAnswer) -> Option<String> {
    (answer.shape() != AnswerShape::Records).then(|| answer.outcome_line())
}

/// Whether the question never left, for reasons on this side.
pub fn unseen(answer: &DnsAnswer) -> bool {
    answer.outcome.as_ref().err().is_some_and(|f| {
        matches!(
            f.kind,
            FailureKind::Unreachable
                | FailureKind::Budget
                | FailureKind::Cancelled
                | FailureKind::NotAllowed
        )
    })
}

/// `ns2.acme.example (198.51.100.12)`, or the name alone.
pub fn server_title(server: &ZoneServer) -> String {
    match &server.address {
        Ok(address) => format!("{} ({address})", server.name),
        Err(_) => server.name.clone(),
    }
}

/// What the parent said, as evidence that can be repeated.
pub fn referral_evidence(delegation: &Delegation, found: &DelegationFound) -> Evidence {
    let glue: Vec<String> = found
        .glue
        .iter()
        .map(|r| format!("{} {}", r.name, r.data))
        .collect();
    let parent = if found.parent.is_empty() {
        "."
    } else {
        &found.parent
    };
    let text = match found.absent {
        true => format!(
            "the zone {parent} delegates nothing for {}",
            delegation.zone
        ),
        false => format!(
            "the zone {parent} delegates {} to {}\nglue: {}",
            delegation.zone,
            found.parent_ns.join(", "),
            if glue.is_empty() {
                "none".to_owned()
            } else {
                glue.join(", ")
            }
        ),
    };
    Evidence {
        kind: "dns".to_owned(),
        source: found.parent_server.to_string(),
        repeat: format!(
            "dig @{} +norecurse {} NS",
            found.parent_server, delegation.zone
        ),
        ..evidence::note(delegation.at, &text)
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => "none".to_owned(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::dns::fixtures::{name, nodata, nxdomain, server, soa, timeout};

    #[test]
    fn the_zone_is_the_registrable_domain() {
        let zone = |domain| of(&Intent::of(name(domain))).to_string();
        assert_eq!(zone("acme.example"), "acme.example");
        assert_eq!(zone("portal.acme.co.uk"), "acme.co.uk");
    }

    #[test]
    fn a_name_inside_a_zone_is_told_from_an_apex() {
        let inside = nodata("portal.acme.example", RecordType::Soa, "acme.example");
        assert_eq!(zone_above(&inside).as_deref(), Some("acme.example"));
        assert_eq!(zone_above(&soa("acme.example", 1)), None);
        assert_eq!(
            zone_above(&nxdomain("acme.example", RecordType::Soa, "example")),
            None
        );
    }

    #[test]
    fn ways_of_standing_are_told_apart() {
        let good = server("ns1.acme.example", "198.51.100.11", 7);
        assert_eq!(standing(&good), Standing::Good);
        let mut lame = good.clone();
        if let Some(Ok(message)) = lame.soa_udp.as_mut().map(|a| a.outcome.as_mut()) {
            message.aa = false;
        }
        assert!(matches!(standing(&lame), Standing::Broken(text) if text.contains("lame")));
        let mut no_tcp = good.clone();
        no_tcp.soa_tcp = Some(timeout("acme.example", RecordType::Soa));
        assert!(matches!(standing(&no_tcp), Standing::Broken(text) if text.contains("TCP")));
        let mut silent = no_tcp.clone();
        silent.soa_udp = Some(timeout("acme.example", RecordType::Soa));
        assert!(matches!(standing(&silent), Standing::Silent(_)));
        let mut no_udp = good;
        no_udp.soa_udp = Some(timeout("acme.example", RecordType::Soa));
        assert!(matches!(standing(&no_udp), Standing::Broken(text) if text.contains("UDP")));
    }

    #[test]
    fn nobodys_name_is_the_same_every_time() {
        let zone = name("acme.example");
        assert_eq!(nobodys_name(&zone), nobodys_name(&zone));
        assert!(nobodys_name(&zone).is_within(&zone));
        assert_ne!(
            nobodys_name(&zone).as_str().split('.').next(),
            nobodys_name(&name("b.example")).as_str().split('.').next()
        );
    }
}
