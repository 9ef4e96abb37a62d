//! DNS hosts: recognised by name servers, with the words of their record editors.

use std::sync::LazyLock;

use serde::Deserialize;

/// A company that serves zones, and how its record editor speaks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsHost {
    pub id: String,
    pub title: String,
    /// Globs over name-server names.
    pub ns: Vec<String>,
    /// Where to sign in.
    pub open: String,
    /// Where the records are, click by click.
    pub path: String,
    /// What the name field takes.
    pub name: NameForm,
    pub name_label: String,
    pub value_label: String,
    /// What to type for the domain itself; empty: leave the field empty.
    pub apex: String,
    /// What it offers in place of a CNAME at the apex; empty: nothing.
    pub alias: String,
    /// What to set beside A, AAAA and CNAME records where the host is also a proxy.
    #[serde(default)]
    pub proxy: String,
    /// How a TXT value is typed.
    #[serde(default)]
    pub text: TextForm,
    /// Whether host names in values end with a dot.
    #[serde(default)]
    pub dotted: bool,
    /// How long after saving its own name servers have the new answer, in words; empty when not known.
    #[serde(default)]
    pub wait: String,
    #[serde(default)]
    pub quirks: Vec<String>,
    /// Where DNSSEC is switched on; empty when not known.
    #[serde(default)]
    pub dnssec: String,
}

/// What a name field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameForm {
    /// Without the domain.
    Relative,
    /// The whole name.
    Full,
    /// Both are understood.
    Either,
}

/// How a TXT value is typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextForm {
    /// As it is; whether a long one is split is not known.
    #[default]
    Plain,
    /// As it is; a long one is split by the editor.
    Splits,
    /// In double quotes, in pieces of at most 255 octets.
    Quoted,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    host: Vec<DnsHost>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/dns-hosts.toml")));

/// Every known DNS host.
pub fn all() -> &'static [DnsHost] {
    &FILE.host
}

/// The host of that id.
pub fn find(id: &str) -> Option<&'static DnsHost> {
    all().iter().find(|host| host.id == id)
}

/// The host that all of these name servers belong to. Two hosts at once are no host: the zone is half migrated.
pub fn of_name_servers<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<&'static DnsHost> {
    let mut found: Option<&'static DnsHost> = None;
    for name in names {
        let host = all().iter().find(|host| super::fits(&host.ns, name))?;
        if found.is_some_and(|before| before.id != host.id) {
            return None;
        }
        found = Some(host);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_reads_and_ids_are_unique() {
        let mut ids: Vec<&str> = all().iter().map(|h| h.id.as_str()).collect();
        assert!(ids.len() >= 15, "{}", ids.len());
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn a_host_is_recognised_when_every_server_is_its_own() {
        for (names, want) in [
            (
                vec!["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
                Some("cloudflare"),
            ),
            (
                vec!["ns-1.awsdns-07.com", "ns-9.awsdns-01.co.uk"],
                Some("route53"),
            ),
            (vec!["dns1.p03.nsone.net"], Some("netlify")),
            (vec!["ns1.acme.example", "ns2.acme.example"], None),
            (vec!["ada.ns.cloudflare.com", "ns1.digitalocean.com"], None),
            (vec![], None),
        ] {
            assert_eq!(
                of_name_servers(names.clone()).map(|h| h.id.as_str()),
                want,
                "{names:?}"
            );
        }
    }
}
