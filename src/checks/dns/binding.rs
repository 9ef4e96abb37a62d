//! Where HTTPS records lead (RFC 9460 §2): their endpoints, and what aliases among them say. Pure; the verdict on the host
//! is the check's, and what a service record promises stands in [`super::promise`].

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::special;
use super::told::Told;
use super::zone::list;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, Https};
use crate::model::observation::tls::TlsHandshake;
use crate::model::verdict::Verdict;

/// Where a record leads, and what was seen there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    pub name: HostName,
    pub port: u16,
    pub a: Told,
    pub aaaa: Told,
    /// The HTTPS record at the end of an alias; asked where there is no address.
    pub onward: Option<Told>,
    /// With the host's name as SNI; none where nothing that TCP could show is promised.
    pub handshakes: Vec<TlsHandshake>,
}

/// One promise, and what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub verdict: Verdict,
    pub part: &'static str,
    pub says: String,
    pub seen: String,
    /// A clause for the summary.
    pub text: String,
    pub repair: Repair,
}

/// What to do to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    Keep,
    DropHints,
    DropH2,
    Delete,
}

impl Point {
    /// It holds.
    pub fn good(part: &'static str, says: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Pass,
            part,
            says: says.into(),
            seen: seen.into(),
            text: String::new(),
            repair: Repair::Keep,
        }
    }

    /// The same, and it does not.
    #[must_use]
    pub fn bad(self, verdict: Verdict, repair: Repair, text: impl Into<String>) -> Self {
        Self {
            verdict,
            repair,
            text: text.into(),
            ..self
        }
    }

    /// The same, and whether it does could not be seen.
    #[must_use]
    pub fn unknown(self, text: impl Into<String>) -> Self {
        self.bad(Verdict::Unknown, Repair::Keep, text)
    }
}

impl Endpoint {
    /// Whether this is where `record` leads; `owner` is the record's name.
    pub fn is_of(&self, record: &Https, owner: &str) -> bool {
        self.name.as_str() == target(record, owner) && self.port == port(record)
    }

    /// Its addresses of one family; `Err` where they could not be learned.
    pub fn addresses(&self, v4: bool) -> Result<BTreeSet<IpAddr>, String> {
        let told = if v4 { &self.a } else { &self.aaaa };
        let found = told.best()?.addresses();
        Ok(found
            .into_iter()
            .filter(|address| !special::is_synthesised(*address))
            .collect())
    }
}

/// The name that a record leads to: a dot in a service record stands for its owner (§2.5.2).
pub fn target<'a>(record: &'a Https, owner: &'a str) -> &'a str {
    match (record.target.is_empty(), record.is_alias()) {
        (true, false) => owner,
        _ => &record.target,
    }
}

/// The port that a record leads to.
pub fn port(record: &Https) -> u16 {
    record.port.unwrap_or(443)
}

/// What an alias among the records says. Service records beside it are ignored (§2.4.1).
pub fn of_aliases(records: &[&Https], owner: &str, endpoints: &[Endpoint]) -> Vec<Point> {
    let mut points = Vec::new();
    let (aliases, services): (Vec<&Https>, Vec<&Https>) =
        records.iter().copied().partition(|r| r.is_alias());
    if !services.is_empty() || aliases.len() > 1 {
        let said = format!(
            "{} aliases, {} service records",
            aliases.len(),
            services.len()
        );
        points.push(Point::good("set", said, "one alias alone counts").bad(
            Verdict::Warn,
            Repair::Keep,
            match services.is_empty() {
                true => "several aliases stand side by side, and clients take any of them",
                false => "an alias stands beside service records, which clients then ignore",
            },
        ));
    }
    points.extend(
        aliases
            .iter()
            .map(|record| of_alias(record, owner, endpoints)),
    );
    points
}

fn of_alias(record: &Https, owner: &str, endpoints: &[Endpoint]) -> Point {
    let point = |seen: &str| Point::good("alias", format!("{}.", record.target), seen);
    if record.target.is_empty() {
        return point("the host is in use").bad(
            Verdict::Fail,
            Repair::Delete,
            "it says that there is no https service here at all",
        );
    }
    let to = &record.target;
    if to == owner {
        return point("itself").bad(Verdict::Fail, Repair::Delete, "it is an alias to itself");
    }
    let Some(endpoint) = endpoints.iter().find(|e| e.is_of(record, owner)) else {
        return point("not looked at").unknown(format!("where {to} leads was not looked at"));
    };
    match reach(endpoint) {
        Ok(found) => point(&found),
        Err(Lost::Untold(why)) => {
            point(&why).unknown(format!("where {to} leads is not known: {why}"))
        }
        Err(Lost::Nowhere) => match endpoint.onward.as_ref().map(Told::best) {
            Some(Ok(answer)) if !answer.is_absent() => {
                point("another HTTPS record").unknown(format!(
                    "{to} has no address but an HTTPS record of its own, which is not followed"
                ))
            }
            Some(Err(why)) => point(&why).unknown(format!("where {to} leads is not known: {why}")),
            _ => point("no address").bad(
                Verdict::Fail,
                Repair::Delete,
                format!("it is an alias to {to}, which has no address"),
            ),
        },
    }
}

/// Why there is no address.
pub enum Lost {
    Nowhere,
    Untold(String),
}

/// The addresses of an endpoint, listed.
pub fn reach(endpoint: &Endpoint) -> Result<String, Lost> {
    let (v4, v6) = (endpoint.addresses(true), endpoint.addresses(false));
    let found: Vec<String> = [&v4, &v6]
        .into_iter()
        .flatten()
        .flatten()
        .map(ToString::to_string)
        .collect();
    match (found.is_empty(), v4.err().or(v6.err())) {
        (false, _) => Ok(list(&found)),
        (true, Some(why)) => Err(Lost::Untold(why)),
        (true, None) => Err(Lost::Nowhere),
    }
}

/// Whether the host is an alias for other types and has the HTTPS record beside it: who sees it depends on who asked before.
pub fn beside_alias(https: &DnsAnswer, a: &DnsAnswer) -> Option<Point> {
    let is_alias = |answer: &DnsAnswer| super::told::aliases(answer).len() > 1;
    if https.recursive || a.recursive || is_alias(https) || !is_alias(a) {
        return None;
    }
    let to = super::told::aliases(a);
    let to = to.get(1).map_or("", HostName::as_str);
    Some(
        Point::good("owner", "an HTTPS record", format!("a CNAME to {to}")).bad(
            Verdict::Fail,
            Repair::Delete,
            format!(
                "it stands beside a CNAME to {to}, so resolvers that know the alias never show it"
            ),
        ),
    )
}
