//! The intent for a run: the file that was given, the hosts that were added, and what is found for the rest.

use std::path::Path;

use anyhow::Result;

use super::out;
use super::problem::Problem;
use crate::engine::inventory::{self, InventoryProblem};
use crate::model::intent::{Host, Intent, Role};
use crate::model::name::{DomainInput, HostName, parse_domain_input};
use crate::model::text::{escape, nearest};
use crate::net::Network;

/// Keys of the intent file, for hints.
const KEYS: [&str; 42] = [
    "domain",
    "canonical",
    "sends_mail",
    "hsts_preload",
    "stage",
    "dns_host",
    "platform",
    "edge",
    "domain_expires",
    "old_urls",
    "parked",
    "host",
    "sender",
    "route",
    "account",
    "monitor",
    "name",
    "role",
    "address",
    "target",
    "why",
    "selectors",
    "include",
    "bounce_domain",
    "url",
    "class",
    "method",
    "tenant",
    "sign_in",
    "provider",
    "from",
    "test_inbox",
    "submission",
    "message",
    "imap",
    "user",
    "receiver",
    "code",
    "server",
    "kind",
    "subject",
    "to",
];

/// A domain as a person types it.
pub fn domain(typed: &str) -> Result<DomainInput> {
    parse_domain_input(typed).map_err(|why| {
        Problem::usage(
            format!("reading the domain `{typed}`"),
            why,
            "launch-ready check acme.example",
        )
        .into()
    })
}

/// Reads an intent file; its domain must be `domain`.
pub fn load(path: &Path, domain: &HostName) -> Result<Intent> {
    let what = format!("reading the intent {}", path.display());
    let text = std::fs::read_to_string(path)
        .map_err(|why| Problem::usage(what.clone(), why, "check the path given with --intent"))?;
    let intent: Intent = toml::from_str(&text).map_err(|why| {
        let line = why.span().map_or(1, |span| {
            text.bytes()
                .take(span.start)
                .filter(|b| *b == b'\n')
                .count()
                + 1
        });
        let stranger = why.message().split('`').nth(1).unwrap_or_default();
        let hint = nearest(stranger, KEYS)
            .filter(|near| *near != stranger)
            .map_or_else(
                || "the keys are in the README, under “The intent”".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
        Problem::usage(
            what.clone(),
            format!("line {line}: {}", why.message().replace('\n', " ")),
            hint,
        )
    })?;
    if intent.domain != *domain {
        let why = format!("it is about {}, the run is about {domain}", intent.domain);
        return Err(Problem::usage(what, why, "give the file of this domain").into());
    }
    Ok(intent)
}

/// `NAME[=ROLE]` of `--host`.
pub fn added_host(text: &str, domain: &HostName) -> Result<Host> {
    let what = || format!("reading --host {text}");
    let (name, role) = text
        .split_once('=')
        .map_or((text, None), |(name, role)| (name, Some(role)));
    let name = HostName::parse(name)
        .map_err(|why| Problem::usage(what(), why, format!("--host portal.{domain}=portal")))?;
    let role = match role {
        None => Role::Other,
        Some(word) => Role::parse(word).ok_or_else(|| {
            let known = Role::ALL.map(Role::word);
            let hint = nearest(word, known).map_or_else(
                || format!("roles: {}", known.join(" ")),
                |near| format!("did you mean `{near}`?"),
            );
            Problem::usage(what(), format!("`{word}` is no role"), hint)
        })?,
    };
    Ok(Host {
        name,
        role,
        address: Vec::new(),
        target: None,
        why: "named on the command line".to_owned(),
    })
}

/// The intent of a run: from the file where it says something, from what is found where it does not.
pub async fn complete(
    domain: &HostName,
    file: Option<&Path>,
    hosts: &[String],
    network: &Network,
) -> Result<Intent> {
    let mut intent = match file {
        Some(path) => load(path, domain)?,
        None => Intent::of(domain.clone()),
    };
    if intent.hosts.is_empty() {
        intent = match inventory::discover(domain, network, |_| {}).await {
            Ok(found) => merged(intent, found),
            Err(why @ InventoryProblem::NoSuchName { .. }) => return Err(not_found(domain, &why)),
            // The checks say why in their own words: a bogus signature, a silent server.
            Err(why @ InventoryProblem::CouldNotTell { .. }) => {
                out::note(&format!(
                    "{}; only the domain itself is looked at",
                    escape(&why.to_string())
                ));
                Intent {
                    hosts: vec![apex(domain)],
                    ..intent
                }
            }
        };
    }
    for text in hosts {
        let host = added_host(text, domain)?;
        intent.hosts.retain(|known| known.name != host.name);
        intent.hosts.push(host);
    }
    Ok(intent)
}

/// What the file says stays; what it leaves open is taken from what was found.
fn merged(said: Intent, found: Intent) -> Intent {
    let senders = if said.senders.is_empty() {
        found.senders
    } else {
        said.senders
    };
    Intent {
        canonical: said.canonical.or(found.canonical),
        sends_mail: said.sends_mail.or(found.sends_mail),
        dns_host: said.dns_host.or(found.dns_host),
        platform: said.platform.or(found.platform),
        edge: said.edge.or(found.edge),
        hosts: found.hosts,
        senders,
        ..said
    }
}

fn apex(domain: &HostName) -> Host {
    Host {
        name: domain.clone(),
        role: Role::Apex,
        address: Vec::new(),
        target: None,
        why: "the domain itself".to_owned(),
    }
}

fn not_found(domain: &HostName, why: &InventoryProblem) -> anyhow::Error {
    let next = "look at the spelling; a domain that was registered just now may take some minutes";
    Problem::usage(format!("looking at {domain}"), why, next).into()
}
