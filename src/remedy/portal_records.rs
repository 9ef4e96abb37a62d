//! The records that a portal lives from, each with its purpose: what was seen, in the light of the intent and of what services
//! are known to publish. What nobody can tell stays without a purpose until a person says it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::catalog::mail_sender::{self, MailSender};
use super::catalog::{MailSender as Service, fits};
use crate::model::intent::{Host, Intent, Role};
use crate::model::session::Session;

/// Records that follow from others and that nobody edits.
const MADE: [&str; 7] = [
    "SOA",
    "RRSIG",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "DNSKEY",
    "OPT",
];

/// Asks for names that nobody made.
const PROBES: [&str; 1] = ["dns.wildcard"];

/// A record, or several of one name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalRecord {
    /// Without the trailing dot.
    pub name: String,
    pub rtype: String,
    /// As they were seen last, escaped; empty when nobody saw one.
    pub values: Vec<String>,
    /// What it is for; empty when nobody knows.
    pub purpose: String,
    pub by_hand: bool,
    pub seen: Option<Timestamp>,
}

impl PortalRecord {
    /// Under which a purpose is kept: `send.acme.example MX`.
    pub fn key(&self) -> String {
        format!("{} {}", self.name, self.rtype)
    }
}

/// Every record of the portal's domain that was seen or is meant to be there, by name and type, the domain itself first.
pub fn portal_records(session: &Session) -> Vec<PortalRecord> {
    let Some(intent) = session.intent() else {
        return Vec::new();
    };
    let mut sets = seen(session, intent.domain.as_str());
    for (name, rtype) in meant(&intent) {
        let there = sets.keys().any(|(known, kind)| {
            *known == name && (*kind == rtype || kind == "CNAME" || ANY_TYPE.contains(&rtype))
        });
        if !there {
            sets.insert((name, rtype.to_owned()), Set::default());
        }
    }
    let mut list: Vec<PortalRecord> = sets
        .into_iter()
        .map(|((name, rtype), set)| {
            let by_hand = session.pack.purposes.get(&format!("{name} {rtype}"));
            let known = || Reading::of(&intent, &name, &rtype, &set.values).purpose();
            PortalRecord {
                purpose: by_hand.cloned().unwrap_or_else(known),
                by_hand: by_hand.is_some(),
                seen: set.at,
                values: set.values,
                name,
                rtype,
            }
        })
        .collect();
    let apex = intent.domain.as_str();
    list.sort_by(|a, b| {
        let place = |r: &PortalRecord| (r.name != apex, backwards(&r.name), r.rtype.clone());
        place(a).cmp(&place(b))
    });
    list
}

/// How a DKIM key is published, as long as nobody saw it.
const ANY_KEY: &str = "TXT or CNAME";

/// Of these any record at the name will do: a key has two forms, and a return path need not take mail.
const ANY_TYPE: [&str; 2] = [ANY_KEY, "MX"];

#[derive(Debug, Default)]
struct Set {
    values: Vec<String>,
    at: Option<Timestamp>,
}

/// The labels of a name from the right, so that what belongs together stands together.
fn backwards(name: &str) -> Vec<String> {
    name.rsplit('.').map(str::to_owned).collect()
}

/// Record sets in the evidence of the findings; where several saw one, the latest counts.
fn seen(session: &Session, domain: &str) -> BTreeMap<(String, String), Set> {
    let mut sets: BTreeMap<(String, String), Set> = BTreeMap::new();
    let findings = session.findings.values();
    let answers = findings
        .filter(|finding| !PROBES.contains(&finding.check.as_str()))
        .flat_map(|finding| &finding.evidence)
        .filter(|seen| seen.kind == "dns");
    for answer in answers {
        let mut here: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (name, rtype, value) in answer.text.lines().filter_map(record) {
            let within = name
                .strip_suffix(domain)
                .is_some_and(|head| head.is_empty() || head.ends_with('.'));
            if within && !MADE.contains(&rtype) {
                let values = here.entry((name, rtype.to_owned())).or_default();
                if !values.iter().any(|known| known == value) {
                    values.push(value.to_owned());
                }
            }
        }
        for (key, mut values) in here {
            values.sort();
            let set = sets.entry(key).or_default();
            if set.at.is_none_or(|at| at <= answer.at) {
                *set = Set {
                    values,
                    at: Some(answer.at),
                };
            }
        }
    }
    sets
}

/// `acme.example. 300 IN A 203.0.113.10`, as evidence writes it.
fn record(line: &str) -> Option<(String, &str, &str)> {
    let mut words = line.splitn(5, ' ');
    let name = words.next()?.strip_suffix('.')?.to_ascii_lowercase();
    words.next()?.parse::<u32>().ok()?;
    if words.next()? != "IN" {
        return None;
    }
    Some((name, words.next()?, words.next()?))
}

/// What the intent says must be there, whether it was seen or not.
fn meant(intent: &Intent) -> Vec<(String, &'static str)> {
    let mut list = Vec::new();
    for host in &intent.hosts {
        let name = host.name.to_string();
        if host.target.is_some() {
            list.push((name, "CNAME"));
        } else if !host.address.is_empty() {
            list.push((name, "A"));
        }
    }
    for sender in &intent.senders {
        let keys = sender.selectors.iter();
        list.extend(keys.map(|s| (format!("{s}._domainkey.{}", intent.domain), ANY_KEY)));
        list.extend(sender.bounce_domain.iter().map(|d| (d.to_string(), "MX")));
    }
    let within = |(name, _): &(String, &str)| {
        name.strip_suffix(intent.domain.as_str())
            .is_some_and(|head| head.is_empty() || head.ends_with('.'))
    };
    list.retain(within);
    list
}

/// A record set as it is read for its purpose.
struct Reading<'a> {
    intent: &'a Intent,
    name: &'a str,
    rtype: &'a str,
    values: &'a [String],
}

impl<'a> Reading<'a> {
    const fn of(intent: &'a Intent, name: &'a str, rtype: &'a str, values: &'a [String]) -> Self {
        Self {
            intent,
            name,
            rtype,
            values,
        }
    }

    fn is_apex(&self) -> bool {
        self.name == self.intent.domain.as_str()
    }

    /// Whether the name is the domain under this label.
    fn is_under(&self, label: &str) -> bool {
        self.name
            .strip_suffix(self.intent.domain.as_str())
            .is_some_and(|head| head.strip_suffix('.') == Some(label))
    }

    fn purpose(&self) -> String {
        let known = self
            .of_the_zone()
            .or_else(|| self.of_mail())
            .or_else(|| self.of_a_return_path())
            .or_else(|| self.of_a_host())
            .or_else(|| self.of_a_proof());
        known.unwrap_or_default()
    }

    fn of_the_zone(&self) -> Option<String> {
        let text = match self.rtype {
            "NS" if self.is_apex() => {
                "says who answers for the domain: it must agree with the registrar".to_owned()
            }
            "NS" => "hands this part of the domain to other name servers".to_owned(),
            "DS" => "DNSSEC: delete it before the zone's keys, never after".to_owned(),
            "CAA" => "says which authorities may issue certificates: renewals need it".to_owned(),
            "TLSA" => "DANE: must change with the certificate of the mail server".to_owned(),
            _ => return None,
        };
        Some(text)
    }

    fn of_mail(&self) -> Option<String> {
        let domain = &self.intent.domain;
        if self.rtype == "MX" && self.is_apex() {
            let by = self.values.iter().find_map(|value| {
                let exchange = value.rsplit(' ').next().unwrap_or_default();
                mail_sender::of_mx(exchange.trim_end_matches('.'))
            });
            let at = by.map_or_else(String::new, |s| format!(" at {}", s.title));
            return Some(format!("mail to @{domain} arrives{at}: do not delete"));
        }
        if let Some((selector, _)) = self.name.split_once("._domainkey") {
            let by = self.signer(selector).unwrap_or_else(|| "mail".to_owned());
            return Some(format!("signature key of {by} (DKIM): do not delete"));
        }
        let text = match self.rtype {
            "TXT" if self.is_under("_dmarc") => {
                format!("says what happens to forged mail of {domain} (DMARC)")
            }
            _ if self.name.starts_with("_dmarc.") => {
                "says what happens to forged mail (DMARC)".to_owned()
            }
            _ if self.is_under("_mta-sts") || self.is_under("mta-sts") => {
                "mail to the domain travels encrypted (MTA-STS): belongs to the policy file"
                    .to_owned()
            }
            _ if self.is_under("_smtp._tls") => {
                "where reports of failed encryption go (TLS-RPT)".to_owned()
            }
            _ if self.name.contains("._bimi.") => "the logo beside your mail (BIMI)".to_owned(),
            _ if self.name.contains("_report._dmarc.") => {
                "lets reports of another domain arrive here (DMARC)".to_owned()
            }
            _ => return None,
        };
        Some(text)
    }

    /// Whose key a selector holds: as the intent says, or as the target of the alias shows.
    fn signer(&self, selector: &str) -> Option<String> {
        let mut senders = self.intent.senders.iter();
        let said = senders
            .find(|s| s.selectors.iter().any(|known| known == selector))
            .map(|s| title(&s.name));
        let alias = || {
            let target = self.values.first()?.trim_end_matches('.');
            (self.rtype == "CNAME").then(|| mail_sender::of_dkim_target(target))?
        };
        said.or_else(|| alias().map(|s: &MailSender| s.title.clone()))
    }

    /// Where bounces of a sender go, and what lets it send.
    fn of_a_return_path(&self) -> Option<String> {
        let named = self.intent.senders.iter().find(|sender| {
            let bounce = sender.bounce_domain.as_ref();
            bounce.is_some_and(|domain| domain.as_str() == self.name)
        });
        let shown = || {
            self.values.iter().find_map(|value| {
                let target = value.rsplit(' ').next()?.trim_end_matches('.');
                let fitting = |s: &&&Service| fits(&s.bounce, target);
                // Two services that share one path are told apart by the intent alone.
                let all: Vec<&Service> =
                    mail_sender::all().iter().filter(|s| fitting(&s)).collect();
                let sends = |s: &&&Service| self.intent.senders.iter().any(|i| i.name == s.id);
                all.iter().find(sends).or_else(|| all.first()).copied()
            })
        };
        let by = match named {
            Some(sender) => Some(title(&sender.name)),
            None if matches!(self.rtype, "MX" | "CNAME") && !self.is_apex() => {
                shown().map(|s| s.title.clone())
            }
            None => None,
        };
        if let Some(by) = by {
            return Some(format!("return path of {by}: do not delete"));
        }
        let policy = self
            .values
            .iter()
            .any(|v| unquoted(v).starts_with("v=spf1"));
        policy.then(|| match self.is_apex() {
            true => format!(
                "says which services may send mail of {} (SPF)",
                self.intent.domain
            ),
            false => "says who may send mail in this name (SPF)".to_owned(),
        })
    }

    fn of_a_host(&self) -> Option<String> {
        if !matches!(self.rtype, "A" | "AAAA" | "CNAME" | "HTTPS") {
            return None;
        }
        let named = |host: &&Host| host.name.as_str() == self.name;
        let host = self.intent.hosts.iter().find(named);
        let text = match host.map(|h| h.role) {
            Some(Role::Apex) => "leads visitors of the bare domain to the site".to_owned(),
            Some(Role::Www) => "leads visitors to the site".to_owned(),
            Some(Role::Portal) => "leads clients to the portal".to_owned(),
            Some(Role::App) => "leads users to the app".to_owned(),
            Some(Role::Api) => "leads the portal to its API".to_owned(),
            Some(Role::Mail) => "the address of a mail server".to_owned(),
            Some(Role::Staging) => "leads to staging, not to production".to_owned(),
            Some(Role::Other) => host.map(|h| h.why.clone()).filter(|why| !why.is_empty())?,
            None if self.is_apex() => "leads visitors of the bare domain to the site".to_owned(),
            None => return None,
        };
        Some(text)
    }

    /// What a service wants to see before it believes that the domain is yours.
    fn of_a_proof(&self) -> Option<String> {
        if self.name.starts_with("_acme-challenge.") {
            return Some("certificates are issued by it: do not delete an alias".to_owned());
        }
        let proof = self.values.iter().any(|value| {
            let value = unquoted(value).to_ascii_lowercase();
            value.starts_with("ms=") || value.contains("verif") || value.contains("domain-check")
        });
        (self.rtype == "TXT" && proof)
            .then(|| "proves to a service that the domain is yours: ask before deleting".to_owned())
    }
}

fn unquoted(value: &str) -> &str {
    value.trim_start_matches('"')
}

/// A sender's name for people.
fn title(name: &str) -> String {
    mail_sender::find(name).map_or_else(|| name.to_owned(), |sender| sender.title.clone())
}

#[cfg(test)]
#[path = "portal_records_tests.rs"]
mod tests;
