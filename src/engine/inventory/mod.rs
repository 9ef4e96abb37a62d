//! Finds the hosts of a domain and proposes the intent.
//!
//! Few questions, all through [`Network`]; what is found streams out as [`Discovery`]. It judges nothing and changes nothing:
//! the operator confirms what is proposed here. Expected addresses are left open, since what is found is not what is meant.

mod asker;
mod hosts;
mod labels;
mod mail;
mod recognise;
mod web;

use std::collections::BTreeMap;

use crate::checks::dns::zone;
use crate::model::intent::Intent;
use crate::model::inventory::Discovery;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordType};
use crate::net::Network;
use asker::Asker;
use url::Url;

/// Hosts that are taken from pages and certificates, at most.
const SEEN_ELSEWHERE: usize = 40;

/// Why nothing can be proposed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryProblem {
    #[error("the domain {domain} does not exist: {said}")]
    NoSuchName { domain: HostName, said: String },
    #[error("could not tell whether {domain} exists: {why}")]
    CouldNotTell { domain: HostName, why: String },
}

/// Names that something spoke of, and what spoke of them.
type Named = BTreeMap<HostName, Vec<String>>;

/// What a part of the discovery needs.
#[derive(Clone, Copy)]
struct Search<'a> {
    domain: &'a HostName,
    network: &'a Network,
    asker: Asker<'a>,
    found: &'a (dyn Fn(Discovery) + Send + Sync),
}

impl Search<'_> {
    fn tell(&self, step: Discovery) {
        (self.found)(step);
    }

    fn looking(&self, at: impl Into<String>) {
        self.tell(Discovery::Looking(at.into()));
    }

    fn note(&self, text: impl Into<String>) {
        self.tell(Discovery::Note(text.into()));
    }
}

/// Looks for the hosts and services of `domain`; tells each through `found` as it is seen.
pub async fn discover(
    domain: &HostName,
    network: &Network,
    found: impl Fn(Discovery) + Send + Sync,
) -> Result<Intent, InventoryProblem> {
    let found: &(dyn Fn(Discovery) + Send + Sync) = &found;
    found(Discovery::Looking(format!("whether {domain} exists")));
    let asker = existing(domain, network, found).await?;
    let search = Search {
        domain,
        network,
        asker,
        found,
    };
    let mut intent = Intent::of(domain.clone());
    search.looking(format!("the name servers of {domain}"));
    intent.dns_host = recognise::dns_host(search).await;
    let wildcard = hosts::wildcard(search).await;
    search.looking(format!(
        "the pages and certificates of {domain}, and its mail"
    ));
    let (web, mail, guessed) = futures_util::join!(
        web::look(search),
        mail::look(search),
        hosts::resolve(search, labels::candidates(domain)),
    );
    intent.sends_mail = mail.sends_mail;
    intent.senders = mail.senders;
    intent.canonical = web.canonical.map(plain_address);
    let mut named: Named = web.named;
    for (name, why) in mail.named {
        named.entry(name).or_default().extend(why);
    }
    if named.len() > SEEN_ELSEWHERE {
        search.note(format!(
            "{} hosts are named in pages and certificates; the first {SEEN_ELSEWHERE} are listed",
            named.len()
        ));
        named = named.into_iter().take(SEEN_ELSEWHERE).collect();
    }
    let listed = hosts::list(search, guessed, named, wildcard.as_ref()).await;
    let services = recognise::services(search, &listed, &web.answers);
    intent.platform = services.platform;
    intent.edge = services.edge;
    intent.hosts = listed.into_iter().map(|entry| entry.host).collect();
    Ok(intent)
}

/// Whether the domain exists, and how its records can be asked for. A domain that only validating resolvers cannot see
/// exists all the same: it is asked about unchecked, so that the checks can say what is broken.
async fn existing<'a>(
    domain: &HostName,
    network: &'a Network,
    found: &(dyn Fn(Discovery) + Send + Sync),
) -> Result<Asker<'a>, InventoryProblem> {
    let soa = network.ask(domain, RecordType::Soa).await;
    if !soa.is_unusable() {
        return exists(domain, &soa).map(|()| Asker::checked(network));
    }
    let unchecked = network.ask_unchecked(domain, RecordType::Soa).await;
    if !unchecked.is_unusable() {
        exists(domain, &unchecked)?;
        found(Discovery::Note(format!(
            "validating resolvers refuse {domain}: its DNSSEC is broken"
        )));
        return Ok(Asker::unchecked(network));
    }
    let delegation = network
        .delegation(&zone::of(&Intent::of(domain.clone())))
        .await;
    match &delegation.outcome {
        Ok(delegated) if delegated.absent => Err(InventoryProblem::NoSuchName {
            domain: domain.clone(),
            said: format!("{} delegates nothing for it", delegated.parent_server),
        }),
        Ok(_) => {
            found(Discovery::Note(format!(
                "{domain} is delegated, but its records cannot be looked up: {}",
                soa.outcome_line()
            )));
            Ok(Asker::checked(network))
        }
        Err(_) => Err(InventoryProblem::CouldNotTell {
            domain: domain.clone(),
            why: soa.outcome_line(),
        }),
    }
}

fn exists(domain: &HostName, soa: &DnsAnswer) -> Result<(), InventoryProblem> {
    if soa.shape() != AnswerShape::NoName {
        return Ok(());
    }
    Err(InventoryProblem::NoSuchName {
        domain: domain.clone(),
        said: format!("{} says {}", soa.server, soa.outcome_line()),
    })
}

/// The place alone: what a redirect carried along (a password, a token) is nobody's address and stays out of the record.
fn plain_address(mut url: Url) -> Url {
    // Refused only where there is nothing to take away.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url
}
