//! The access map: the places that a session knows of, and what is dangerous about who holds them.

use super::quiz::leaves;
use super::record::Access;
use super::session::Session;
use super::standing::same_name;

/// A place that should stand in the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub name: String,
    /// What is known of it: `by name at the registry: Example Registrar`.
    pub hint: String,
}

/// Places that the session knows of and of which nobody wrote a line yet.
pub fn proposed(session: &Session) -> Vec<Place> {
    let mut list = vec![place(
        "registrar",
        registrar(session).unwrap_or_else(|| format!("where {} is registered", session.domain)),
    )];
    let intent = session.intent();
    let known = |id: Option<&String>, what: &str| id.cloned().unwrap_or_else(|| what.to_owned());
    if let Some(intent) = &intent {
        let zone = "where the records are edited";
        list.push(place("DNS", known(intent.dns_host.as_ref(), zone)));
        let host = "what serves the portal";
        list.push(place("hosting", known(intent.platform.as_ref(), host)));
        list.extend(intent.edge.as_ref().map(|id| place("edge", id.clone())));
    }
    list.push(place("repository", "where the code lives".to_owned()));
    if let Some(intent) = &intent {
        let sends = "sends mail in the domain's name".to_owned();
        let senders = intent.senders.iter();
        list.extend(senders.map(|s| place(&format!("mail: {}", s.name), sends.clone())));
        let monitors = intent.monitors.iter();
        list.extend(monitors.map(|m| {
            let watches = format!("watches {}", m.url);
            place(&format!("monitoring: {}", m.provider), watches)
        }));
    }
    let mut unsaid: Vec<Place> = Vec::new();
    for place in list {
        let written = session
            .access
            .iter()
            .any(|line| same_name(&line.place, &place.name));
        let twice = unsaid.iter().any(|p| same_name(&p.name, &place.name));
        if !written && !twice {
            unsaid.push(place);
        }
    }
    unsaid
}

/// What is dangerous about the map, a line each.
pub fn warnings(session: &Session) -> Vec<String> {
    let mut lines = Vec::new();
    let alone: Vec<&str> = session
        .access
        .iter()
        .filter(|line| leaves_with_the_key(session, line))
        .map(|line| line.place.as_str())
        .collect();
    if !alone.is_empty() {
        lines.push(format!(
            "nobody who stays holds the second factor of {}",
            alone.join(", ")
        ));
    }
    lines.extend(session.access.iter().filter_map(|line| {
        let address = recovers_itself(&session.domain, line)?;
        Some(format!(
            "{} is recovered by {address}, which is lost with {} itself",
            line.place, session.domain
        ))
    }));
    lines
}

/// Whether all who hold the second factor leave with the handover.
fn leaves_with_the_key(session: &Session, line: &Access) -> bool {
    let mut names = line
        .second_factor
        .split([',', ';', '/', '&', '+'])
        .flat_map(|part| part.split(" and "))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .peekable();
    names.peek().is_some() && names.all(|name| leaves(session, name))
}

/// The address by which a place is recovered, when it is in the domain that depends on that place.
fn recovers_itself<'a>(domain: &str, line: &'a Access) -> Option<&'a str> {
    let edge = |c: char| !c.is_alphanumeric();
    line.recovery
        .split(|c: char| c.is_whitespace() || ",;<>()".contains(c))
        .map(|word| word.trim_matches(edge))
        .find(|word| {
            let host = word
                .rsplit_once('@')
                .map(|(_, host)| host.to_ascii_lowercase());
            let within = |host: String| {
                host.strip_suffix(domain)
                    .is_some_and(|head| head.is_empty() || head.ends_with('.'))
            };
            !domain.is_empty() && host.is_some_and(within)
        })
}

/// The registrar by name, as a registry told it.
pub fn registrar(session: &Session) -> Option<String> {
    session
        .findings
        .values()
        .filter(|finding| finding.subject == session.domain)
        .flat_map(|finding| &finding.evidence)
        .filter(|seen| seen.kind == "rdap")
        .flat_map(|seen| seen.text.lines())
        .find_map(|line| line.strip_prefix("registrar "))
        // An event of that name has a date behind it, not a company.
        .filter(|name| !name.starts_with("expiration "))
        .map(str::to_owned)
}

fn place(name: &str, hint: String) -> Place {
    Place {
        name: name.to_owned(),
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::intent::{Intent, Monitor, Sender};
    use crate::model::name::HostName;

    fn session() -> Session {
        let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
        intent.dns_host = Some("cloudflare".into());
        intent.senders = ["resend", "resend"]
            .map(|name| Sender {
                name: name.into(),
                selectors: Vec::new(),
                include: None,
                bounce_domain: None,
            })
            .to_vec();
        intent.monitors = vec![Monitor {
            provider: "uptimerobot".into(),
            url: "https://portal.acme.example/health".parse().unwrap(),
        }];
        let mut session = Session {
            domain: "acme.example".into(),
            intent: Some(intent),
            ..Session::default()
        };
        session.pack.operator = "ada".into();
        session
    }

    fn line(place: &str, second_factor: &str, recovery: &str) -> Access {
        Access {
            place: place.into(),
            second_factor: second_factor.into(),
            recovery: recovery.into(),
            ..Access::default()
        }
    }

    #[test]
    fn what_the_session_knows_is_proposed_until_somebody_wrote_it_down() {
        let mut session = session();
        let shown = |session: &Session| -> Vec<String> {
            let list = proposed(session).into_iter();
            list.map(|p| format!("{}: {}", p.name, p.hint)).collect()
        };
        assert_eq!(
            shown(&session),
            [
                "registrar: where acme.example is registered",
                "DNS: cloudflare",
                "hosting: what serves the portal",
                "repository: where the code lives",
                "mail: resend: sends mail in the domain's name",
                "monitoring: uptimerobot: watches https://portal.acme.example/health",
            ]
        );
        session.access.push(line("Registrar", "", ""));
        session.access.push(line("dns", "", ""));
        assert_eq!(shown(&session).len(), 4);
    }

    #[test]
    fn a_second_factor_that_leaves_is_a_warning() {
        let mut session = session();
        session.access = vec![
            line("registrar", "Ada", ""),
            line("DNS", "consultant; ada", ""),
            line("hosting", "Ada and Grace", ""),
            line("mail", "", ""),
        ];
        assert_eq!(
            warnings(&session),
            ["nobody who stays holds the second factor of registrar, DNS"]
        );
    }

    #[test]
    fn an_address_in_the_domain_recovers_nothing() {
        let mut session = session();
        session.access = vec![
            line("registrar", "", "mail to <admin@ACME.example>."),
            line("DNS", "", "it@mail.acme.example"),
            line("hosting", "", "grace@notacme.example, codes in the safe"),
            line("mail", "", "acme.example support desk"),
        ];
        assert_eq!(
            warnings(&session),
            [
                "registrar is recovered by admin@ACME.example, which is lost with acme.example itself",
                "DNS is recovered by it@mail.acme.example, which is lost with acme.example itself",
            ]
        );
    }
}
