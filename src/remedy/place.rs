//! Where a record is typed in, and in whose words: the console of the DNS host that the intent names.

use super::catalog::dns_host::{self, DnsHost, NameForm};
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
}

/// The record editor for `intent`.
pub fn console(intent: &Intent) -> Place {
    Place {
        host: intent.dns_host.as_deref().and_then(dns_host::find),
        zone: intent
            .domain
            .registrable()
            .unwrap_or_else(|| intent.domain.clone()),
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
                "Open the DNS record editor for {} at the company that runs its name servers (`dig NS {}` names them).",
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

    /// Every step for `changes`, the way to the editor first, the wait last.
    pub fn steps(&self, changes: &[RecordChange]) -> Vec<String> {
        let mut steps = vec![self.open()];
        steps.extend(changes.iter().map(|change| self.step(change)));
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
                    (RecordAction::Replace, None) => format!("put the old content of {what} back"),
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

    fn step(&self, change: &RecordChange) -> String {
        let (name_label, value_label) = self.host.map_or(("name", "content"), |h| {
            (h.name_label.as_str(), h.value_label.as_str())
        });
        let name = match self.name_field(&change.name).as_str() {
            "" => format!("leave {name_label} empty (it stands for {})", change.name),
            field => format!("{name_label} `{field}`"),
        };
        let record = format!("type {}; {name}", change.rtype);
        let value = format!("{value_label} `{}`", change.value);
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
                None => format!("Edit the record: {record}; make it {value}; {ttl}."),
            },
            RecordAction::Delete => format!("Delete the record: {record}; {value}."),
        }
    }
}

fn is_proxied(change: &RecordChange) -> bool {
    change.action != RecordAction::Delete && matches!(change.rtype.as_str(), "A" | "AAAA" | "CNAME")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::observation::dns::RecordType;
    use crate::remedy::records;

    fn place(host: Option<&str>) -> Place {
        let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
        intent.dns_host = host.map(str::to_owned);
        console(&intent)
    }

    #[test]
    fn a_name_is_typed_as_the_host_wants_it() {
        for (host, name, want) in [
            (Some("godaddy"), "_dmarc.acme.example", "_dmarc"),
            (Some("godaddy"), "acme.example", "@"),
            (Some("route53"), "acme.example", ""),
            (
                Some("hurricane-electric"),
                "_dmarc.acme.example",
                "_dmarc.acme.example",
            ),
            (Some("hurricane-electric"), "acme.example", "acme.example"),
            (None, "a.b.acme.example", "a.b"),
            (None, "other.example", "other.example"),
            (None, "evilacme.example", "evilacme.example"),
        ] {
            assert_eq!(place(host).name_field(name), want, "{host:?} {name}");
        }
    }

    #[test]
    fn steps_name_the_console_the_fields_and_the_value() {
        let name = HostName::parse("_dmarc.acme.example").unwrap();
        let changes = [records::add(&name, RecordType::Txt, "v=DMARC1; p=none")];
        let steps = place(Some("cloudflare")).steps(&changes);
        assert!(steps[0].contains("dash.cloudflare.com"), "{steps:?}");
        assert_eq!(
            steps[1],
            "Add a record: type TXT; Name `_dmarc`; Content `v=DMARC1; p=none`; TTL 3600 s (1 h)."
        );
        assert!(
            place(None)
                .undo(&changes)
                .contains("delete the record TXT _dmarc.acme.example")
        );
    }

    #[test]
    fn undo_puts_the_old_content_back() {
        let name = HostName::parse("acme.example").unwrap();
        let changes = [records::replace(
            &name,
            RecordType::A,
            "203.0.113.9",
            "203.0.113.10",
        )];
        assert!(place(None).undo(&changes).contains("`203.0.113.9`"));
    }
}
