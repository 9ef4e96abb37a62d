//! From what was found and confirmed to the intent, and from the intent to what a run is asked for.

use url::Url;

use super::super::effect::{RunRequest, WatchRequest};
use super::super::new_session::{NewSession, Part};
use super::super::state::State;
use crate::model::event::EventBody;
use crate::model::finding::FindingKey;
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::standing::WITHOUT_ACCESS;
use crate::model::third_party;

/// The domain that a new session is about: the registrable domain of what was typed.
pub fn domain(new: &NewSession) -> Option<HostName> {
    let typed = &new.parsed.as_ref()?.name;
    Some(typed.registrable().unwrap_or_else(|| typed.clone()))
}

/// The words beside a recognised part.
pub const fn part_title(part: Part) -> &'static str {
    match part {
        Part::Canonical => "canonical address",
        Part::DnsHost => "DNS host",
        Part::Platform => "site on",
        Part::Edge => "edge",
    }
}

/// The intent that a new session would confirm.
pub fn proposed(new: &NewSession) -> Option<Intent> {
    let mut intent = Intent::of(domain(new)?);
    intent.hosts = new
        .hosts
        .iter()
        .filter(|row| row.keep)
        .map(|row| {
            let mut host = row.found.host.clone();
            if host.why.is_empty() {
                host.why = row.found.why.join(" · ");
            }
            host
        })
        .collect();
    for row in new.facts.iter().filter(|row| row.keep) {
        let value = row.fact.value.clone();
        match row.fact.what {
            Part::Canonical => intent.canonical = Url::parse(&value).ok(),
            Part::DnsHost => intent.dns_host = Some(value),
            Part::Platform => intent.platform = Some(value),
            Part::Edge => intent.edge = Some(value),
        }
    }
    intent.senders = new
        .senders
        .iter()
        .filter(|row| row.keep)
        .map(|row| row.sender.clone())
        .collect();
    intent.sends_mail = new.sends_mail;
    Some(intent)
}

/// The words that the operator says yes to.
pub fn authority_statement(new: &NewSession) -> Option<String> {
    let domain = domain(new)?;
    Some(format!(
        "I am allowed by the owner of {domain} to test it and the hosts of this inventory, with the few requests that each \
         check announces."
    ))
}

/// The hosts that the authority is stated for.
pub fn authority_hosts(new: &NewSession) -> Vec<String> {
    let mut hosts: Vec<String> = domain(new).iter().map(ToString::to_string).collect();
    for row in new.hosts.iter().filter(|row| row.keep) {
        let name = row.found.host.name.to_string();
        if !hosts.contains(&name) {
            hosts.push(name);
        }
    }
    hosts
}

/// The first events of the session.
pub fn first_events(
    new: &NewSession,
    playbook: &str,
    start: Option<&str>,
) -> Option<(HostName, Vec<EventBody>)> {
    let intent = proposed(new)?;
    let domain = intent.domain.clone();
    let mut bodies = vec![
        EventBody::Created {
            slug: domain.as_str().replace('.', "-"),
            domain: domain.to_string(),
            playbook: playbook.to_owned(),
        },
        EventBody::IntentConfirmed {
            intent: Box::new(intent),
        },
    ];
    if is_yes(new.authority.text()) {
        bodies.push(EventBody::AuthorityStated {
            statement: authority_statement(new)?,
            hosts: authority_hosts(new),
        });
    }
    if let Some(text) = start.map(str::to_owned) {
        let item = WITHOUT_ACCESS.to_owned();
        bodies.extend([EventBody::Noted { item, text }, EventBody::ClockStarted]);
    }
    Some((domain, bodies))
}

/// Whether a typed answer is a yes.
pub fn is_yes(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "yes" | "y")
}

/// Whether a typed answer is a no.
pub fn is_no(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "no" | "n")
}

/// A host that was added by hand, or the reason why it is none.
pub fn host_problem(raw: &str) -> Result<HostName, String> {
    crate::model::name::parse_domain_input(raw)
        .map(|input| input.name)
        .map_err(|problem| problem.to_string())
}

/// The role that a name suggests.
pub fn role_of(name: &HostName, domain: &HostName) -> Role {
    if name == domain {
        return Role::Apex;
    }
    let label = name.as_str().split('.').next().unwrap_or_default();
    match label {
        "www" => Role::Www,
        "app" => Role::App,
        "api" => Role::Api,
        "portal" | "my" | "account" | "clients" => Role::Portal,
        "mail" | "mx" | "smtp" => Role::Mail,
        "staging" | "stage" | "dev" | "test" => Role::Staging,
        _ => Role::Other,
    }
}

/// A run of the playbook's checks, of all rows or of some.
pub fn run_request(state: &State, only: Vec<FindingKey>) -> Option<RunRequest> {
    let session = &state.opened.as_ref()?.session;
    let mut checks: Vec<String> = state
        .playbook()?
        .criteria
        .iter()
        .flat_map(|c| c.checks.iter().cloned())
        .collect();
    if third_party::RDAP.is_among(&session.third_parties) {
        // No row of a scorecard rests on what a registry says; who lets it be asked wants to see it.
        checks.push("domain.*".to_owned());
    }
    // A row that is asked for by name is looked at, also where no scorecard rests on it.
    checks.extend(only.iter().map(|key| key.check.0.clone()));
    checks.sort();
    checks.dedup();
    Some(RunRequest {
        intent: session.intent()?,
        checks,
        only,
        authorised: session.is_authorised(&session.domain),
        third_parties: session.third_parties.clone(),
        kept: session.kept(),
    })
}

/// A watch over one row.
pub fn watch_request(state: &State, key: &FindingKey) -> Option<WatchRequest> {
    let session = &state.opened.as_ref()?.session;
    Some(WatchRequest {
        key: key.clone(),
        intent: session.intent()?,
        authorised: session.is_authorised(&session.domain),
        third_parties: session.third_parties.clone(),
        kept: session.kept(),
    })
}
