//! Services where mail is received: recognised by the inbox's address or its IMAP host.

use std::sync::LazyLock;

use serde::Deserialize;

/// One service where mail is received.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    pub id: String,
    pub title: String,
    /// Globs over the domain of an address.
    #[serde(default)]
    pub domain: Vec<String>,
    /// IMAP hosts, the one to name first; empty where there is none.
    #[serde(default)]
    pub imap: Vec<String>,
    /// Globs over its authserv-id.
    #[serde(default)]
    pub authserv: Vec<String>,
    /// Whether its Authentication-Results name nobody.
    #[serde(default)]
    pub nameless: bool,
    /// Whether it writes a field for each method.
    #[serde(default)]
    pub several: bool,
    /// Globs over the host behind `by` in its own Received fields.
    #[serde(default)]
    pub received: Vec<String>,
    /// Names of its folder for junk.
    #[serde(default)]
    pub junk: Vec<String>,
    /// Where a password for programs is made, or what to do instead.
    pub password: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    inbox: Vec<Inbox>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/inboxes.toml")));

/// Every known service.
pub fn all() -> &'static [Inbox] {
    &FILE.inbox
}

/// The service that has this IMAP host (a port may follow), else the one whose addresses end so.
pub fn of(address: &str, imap: Option<&str>) -> Option<&'static Inbox> {
    let host = imap.map(|named| named.split(':').next().unwrap_or_default());
    let by_host = host.and_then(|host| {
        let has = |inbox: &&Inbox| inbox.imap.iter().any(|h| h.eq_ignore_ascii_case(host));
        all().iter().find(has)
    });
    let domain = address.rsplit('@').next().unwrap_or_default();
    by_host.or_else(|| {
        // A host that nobody knows says that the mail is elsewhere than the address looks.
        let elsewhere = host.is_some_and(|host| !host.is_empty());
        let ends_so = |inbox: &&Inbox| super::fits(&inbox.domain, domain);
        all().iter().find(ends_so).filter(|_| !elsewhere)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inboxes_are_known_by_host_or_address() {
        let id = |address, imap| of(address, imap).map(|inbox| inbox.id.as_str());
        assert!(all().len() >= 8);
        assert_eq!(id("t@gmail.com", None), Some("gmail"));
        assert_eq!(
            id("t@client.example", Some("IMAP.gmail.com:993")),
            Some("gmail")
        );
        assert_eq!(id("t@yahoo.co.uk", None), Some("yahoo"));
        assert_eq!(id("t@client.example", None), None);
        assert_eq!(id("t@gmail.com", Some("imap.client.example")), None);
        for inbox in all() {
            assert!(inbox.nameless == inbox.authserv.is_empty(), "{}", inbox.id);
            assert!(
                !inbox.received.is_empty() && !inbox.password.is_empty(),
                "{}",
                inbox.id
            );
        }
    }
}
