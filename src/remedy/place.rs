//! Where a record is typed in, and in whose words: the console of the DNS host that the intent names.

use super::catalog::dns_host::{self, DnsHost, NameForm, TextForm};
use super::catalog::platform::{self, Platform};
use super::records;
use crate::model::clock::ago;
use crate::model::finding::{RecordAction, RecordChange};
use crate::model::intent::Intent;
use crate::model::name::HostName;

/// A record editor: of a known DNS host, or of an unknown one in general words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    host: Option<&'static DnsHost>,
    /// The zone that the editor shows: the registrable domain.
    zone: HostName,
    /// Where the site runs, as far as it is known.
    platform: Option<&'static Platform>,
}

/// The record editor for `intent`.
pub fn console(intent: &Intent) -> Place {
    Place {
        host: intent.dns_host.as_deref().and_then(dns_host::find),
        zone: intent
            .domain
            .registrable()
            .unwrap_or_else(|| intent.domain.clone()),
        platform: intent.platform.as_deref().and_then(platform::platform),
    }
}

impl Place {
    /// Who hosts the zone, for a sentence: `Cloudflare`, `your DNS host`.
    pub fn name(&self) -> &str {
        self.host.map_or("your DNS host", |host| &host.title)
    }

    /// The catalogue's entry, when the host is known.
    pub const fn host(&self) -> Option<&'static DnsHost> {
        self.host
    }

    /// The first step: how to get to the editor.
    pub fn open(&self) -> String {
        match self.host {
            Some(host) => format!(
                "Open {} ({}) for {} → {}.",
                host.title, host.open, self.zone, host.path
            ),
            None => format!(
                "Open the DNS record editor for {}: sign in at the company that runs its name servers, often the one that sold you the domain (an engineer asks `dig NS {}`).",
                self.zone, self.zone
            ),
        }
    }

    /// What goes into the name field for `name`, in this host's form: `_dmarc`, `@`, `_dmarc.acme.example`. Empty: leave
    /// the field empty.
    pub fn name_field(&self, name: &str) -> String {
        let relative = match name.strip_suffix(self.zone.as_str()) {
            Some("") => None,
            Some(head) => match head.strip_suffix('.') {
                Some(label) => Some(label),
                // `evilacme.example` ends with `acme.example` but is not below it.
                None => return name.to_owned(),
            },
            None => return name.to_owned(),
        };
        let form = self.host.map_or(NameForm::Relative, |host| host.name);
        match (form, relative) {
            (NameForm::Full, _) => name.to_owned(),
            (NameForm::Relative | NameForm::Either, Some(label)) => label.to_owned(),
            (NameForm::Relative | NameForm::Either, None) => {
                self.host.map_or("@", |host| &host.apex).to_owned()
            }
        }
    }

    /// What goes into the value field, in this host's form: a TXT in quotes and pieces, a host name with its dot.
    pub fn value_field(&self, rtype: &str, value: &str) -> String {
        match (rtype, self.host) {
            ("TXT", Some(host)) if host.text == TextForm::Quoted => records::quoted(value),
            ("CNAME" | "MX" | "NS", Some(host)) if host.dotted && !value.ends_with('.') => {
                format!("{value}.")
            }
            _ => value.to_owned(),
        }
    }

    /// Every step for `changes`, the way to the editor first, the wait last.
    pub fn steps(&self, changes: &[RecordChange]) -> Vec<String> {
        let mut steps = vec![self.open()];
        steps.extend(changes.iter().map(|change| self.step(change)));
        steps.extend(changes.iter().filter_map(|change| self.at_the_apex(change)));
        steps.extend(changes.iter().filter_map(|change| self.when_long(change)));
        if changes.iter().any(is_proxied) {
            steps.extend(self.platform.and_then(for_platform));
        }
        if let Some(host) = self.host {
            if !host.proxy.is_empty() && changes.iter().any(is_proxied) {
                steps.push(format!("{}.", host.proxy));
            }
            if !host.quirks.is_empty() {
                steps.push(format!(
                    "Mind at {}: {}.",
                    host.title,
                    host.quirks.join("; ")
                ));
            }
            if !changes.is_empty() {
                steps.push(wait(host, changes));
            }
        } else if changes.iter().any(|c| c.name != self.zone.as_str()) {
            steps.push(
                "If the editor shows the domain behind the name field, type only the part given above; typing the whole name there would double the domain.".to_owned(),
            );
        }
        steps
    }

    /// How to take `changes` back.
    pub fn undo(&self, changes: &[RecordChange]) -> String {
        let lines: Vec<String> = changes
            .iter()
            .map(|change| {
                let what = format!("{} {}", change.rtype, change.name);
                match (change.action, &change.old) {
                    (RecordAction::Add, _) => format!("delete the record {what} again"),
                    (RecordAction::Replace, Some(old)) => {
                        format!("put back {what} with the old content `{old}`")
                    }
                    (RecordAction::Replace, None) => format!("put the old TTL of {what} back"),
                    (RecordAction::Delete, _) => {
                        format!("add {what} with content `{}` again", change.value)
                    }
                }
            })
            .collect();
        match lines.is_empty() {
            true => "Nothing is changed in DNS.".to_owned(),
            false => format!("In the same editor: {}.", lines.join("; ")),
        }
    }

    /// A CNAME at the apex is refused, or takes the whole zone down (RFC 1912 section 2.4): what to use there.
    fn at_the_apex(&self, change: &RecordChange) -> Option<String> {
        let host = self.host?;
        let is_alias = change.rtype == "CNAME" && change.action != RecordAction::Delete;
        if !is_alias || change.name != self.zone.as_str() {
            return None;
        }
        Some(match host.alias.as_str() {
            "" => format!(
                "A CNAME cannot stand at {} itself, and {} offers nothing in its place: use the addresses that the platform names.",
                self.zone, host.title
            ),
            alias => format!(
                "A plain CNAME cannot stand at {} itself: {} has {alias}. The target stays the same.",
                self.zone, host.title
            ),
        })
    }

    /// How to type a TXT that is longer than one piece, where the editor is not known to see to it.
    fn when_long(&self, change: &RecordChange) -> Option<String> {
        let form = self.host.map_or(TextForm::Plain, |host| host.text);
        let is_long = change.rtype == "TXT"
            && change.action != RecordAction::Delete
            && change.value.len() > records::TEXT_PIECE;
        (is_long && form == TextForm::Plain).then(|| {
            format!(
                "The value is longer than {} characters. If the editor refuses it, type it in quoted pieces: {}.",
                records::TEXT_PIECE,
                records::quoted(&change.value)
            )
        })
    }

    fn step(&self, change: &RecordChange) -> String {
        let (name_label, value_label) = self.host.map_or(("name", "content"), |h| {
            (h.name_label.as_str(), h.value_label.as_str())
        });
        let name = match self.name_field(&change.name).as_str() {
            "" => format!("leave {name_label} empty (it stands for {})", change.name),
            field => format!("{name_label} `{field}`"),
        };
        let record = format!("type {}; {name}", change.rtype);
        let value = self.value_field(&change.rtype, &change.value);
        let value = format!("{value_label} `{value}`");
        let ttl = format!(
            "TTL {} s ({})",
            change.ttl,
            ago(jiff::SignedDuration::from_secs(change.ttl.into()))
        );
        match change.action {
            RecordAction::Add => format!("Add a record: {record}; {value}; {ttl}."),
            RecordAction::Replace => match &change.old {
                Some(old) => format!(
                    "Edit the record: {record}; it reads `{old}` now; make it {value}; {ttl}."
                ),
                None => {
                    format!("Edit the record: {record}; leave {value} as it is; make it {ttl}.")
                }
            },
            RecordAction::Delete => format!("Delete the record: {record}; {value}."),
        }
    }
}

/// What a platform needs beside the record that leads to it.
fn for_platform(platform: &Platform) -> Option<String> {
    let keep = (!platform.keep.is_empty())
        .then(|| format!("leave {} where it is, if it is there", platform.keep));
    let bare = platform
        .dns_only
        .then(|| "no proxy in front of it until it has its certificate".to_owned());
    let both: Vec<String> = keep.into_iter().chain(bare).collect();
    (!both.is_empty()).then(|| format!("For {}: {}.", platform.title, both.join("; ")))
}

/// How long until everybody sees `changes`.
fn wait(host: &DnsHost, changes: &[RecordChange]) -> String {
    let own = match host.wait.as_str() {
        "" => "mostly within the hour",
        known => known,
    };
    let caches = if changes.iter().all(|c| c.action == RecordAction::Add) {
        "whoever asked before may be told that there is none until the negative TTL of the zone is over"
    } else {
        "whoever asked before may see the old record until its TTL is over"
    };
    format!(
        "After saving: the name servers of {} have it {own}; {caches}.",
        host.title
    )
}

fn is_proxied(change: &RecordChange) -> bool {
    let has_new_content = match change.action {
        RecordAction::Add => true,
        RecordAction::Replace => change.old.is_some(),
        RecordAction::Delete => false,
    };
    has_new_content && matches!(change.rtype.as_str(), "A" | "AAAA" | "CNAME")
}

#[cfg(test)]
mod tests;
