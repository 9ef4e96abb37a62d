//! The intent: what *should* be true. Proposed from what is found, confirmed by the operator.

pub mod message;

use std::net::IpAddr;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use super::name::HostName;
use message::{ExpectedMessage, MessageKind, SubmissionServer, TestInbox};

/// What should be true of one client's portal. The TOML form is the contract's intent file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The apex that everything is about.
    pub domain: HostName,
    /// Where every entry must end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<Url>,
    /// `Some(false)`: a domain that must not send. `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_mail: Option<bool>,
    #[serde(default)]
    pub hsts_preload: bool,
    /// What `mail.dmarc-policy` asks for.
    #[serde(default)]
    pub stage: Stage,
    /// Catalog id of the DNS host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_host: Option<String>,
    /// Catalog id of the hosting platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Catalog id of the edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<String>,
    /// The day on which the registration ends, as the operator read it at the registrar.
    #[serde(
        default,
        deserialize_with = "day",
        skip_serializing_if = "Option::is_none"
    )]
    pub domain_expires: Option<Date>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_urls: Vec<OldUrl>,
    /// Sibling domains that send nothing: other endings, old brands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<HostName>,
    #[serde(default, rename = "host", skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<Host>,
    #[serde(default, rename = "sender", skip_serializing_if = "Vec::is_empty")]
    pub senders: Vec<Sender>,
    #[serde(default, rename = "route", skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    #[serde(default, rename = "account", skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Account>,
    #[serde(default, rename = "monitor", skip_serializing_if = "Vec::is_empty")]
    pub monitors: Vec<Monitor>,
    /// Where real messages are received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_inbox: Option<TestInbox>,
    /// Where the portal hands its mail over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<SubmissionServer>,
    /// Real messages that must arrive.
    #[serde(default, rename = "message", skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<ExpectedMessage>,
}

impl Intent {
    /// An intent of which only the domain is known.
    pub fn of(domain: HostName) -> Self {
        Self {
            domain,
            canonical: None,
            sends_mail: None,
            hsts_preload: false,
            stage: Stage::default(),
            dns_host: None,
            platform: None,
            edge: None,
            domain_expires: None,
            old_urls: Vec::new(),
            parked: Vec::new(),
            hosts: Vec::new(),
            senders: Vec::new(),
            routes: Vec::new(),
            accounts: Vec::new(),
            monitors: Vec::new(),
            test_inbox: None,
            submission: None,
            messages: Vec::new(),
        }
    }

    /// Names a message of that kind, unless one is named already.
    pub fn expect(&mut self, kind: MessageKind) {
        if !self.messages.iter().any(|message| message.kind == kind) {
            self.messages.push(ExpectedMessage {
                kind,
                from: None,
                subject: None,
            });
        }
    }

    /// The vault's names of the passwords that looking at real messages takes.
    pub fn passwords(&self) -> Vec<&'static str> {
        let reads = self
            .test_inbox
            .as_ref()
            .is_some_and(|inbox| inbox.imap.is_some());
        let inbox = reads.then_some(message::INBOX_PASSWORD);
        let submission = self
            .submission
            .as_ref()
            .map(|_| message::SUBMISSION_PASSWORD);
        inbox.into_iter().chain(submission).collect()
    }

    /// Hosts that serve web pages: everything but pure mail hosts.
    pub fn web_hosts(&self) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(|host| host.role != Role::Mail)
    }

    /// The host of a role, the first if there are several.
    pub fn host_of(&self, role: Role) -> Option<&Host> {
        self.hosts.iter().find(|host| host.role == role)
    }

    /// The host entry of that name.
    pub fn host_named(&self, name: &HostName) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == *name)
    }

    /// Routes of a class.
    pub fn routes_of(&self, class: RouteClass) -> impl Iterator<Item = &Route> {
        self.routes.iter().filter(move |route| route.class == class)
    }

    /// Whether the domain is meant to send mail: said so, or senders are named.
    pub fn is_sender(&self) -> bool {
        self.sends_mail.unwrap_or(!self.senders.is_empty())
    }
}

/// A day as text (`"2027-03-01"`) or as a date of TOML, which serde shows as a map with the text as its only value. A time
/// behind it is dropped.
fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    struct Day;
    impl<'de> Visitor<'de> for Day {
        type Value = Option<Date>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a day such as 2027-03-01")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            let head = text.split(['T', ' ']).next().unwrap_or_default();
            head.parse()
                .map(Some)
                .map_err(|_| E::custom(format!("`{text}` is not a day such as 2027-03-01")))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            match map.next_entry::<String, String>()? {
                Some((_, text)) => self.visit_str(&text),
                None => Err(A::Error::custom("a day such as 2027-03-01 is expected")),
            }
        }
    }
    from.deserialize_any(Day)
}

/// How far the mail policy has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// First look: a DMARC record is enough.
    Audit,
    /// Launch: a record with reports.
    #[default]
    Launch,
    /// Quarantine or reject.
    Enforced,
}

/// A host of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    pub name: HostName,
    pub role: Role,
    /// Expected addresses; empty when not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<IpAddr>,
    /// Expected CNAME target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<HostName>,
    /// Why this host is in the inventory, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// What a host is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Apex,
    Www,
    App,
    Api,
    Portal,
    Mail,
    Staging,
    Other,
}

impl Role {
    /// Every role, in the order in which the cockpit cycles through them.
    pub const ALL: [Self; 8] = [
        Self::Apex,
        Self::Www,
        Self::App,
        Self::Api,
        Self::Portal,
        Self::Mail,
        Self::Staging,
        Self::Other,
    ];

    /// The word on the command line and in the intent file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Apex => "apex",
            Self::Www => "www",
            Self::App => "app",
            Self::Api => "api",
            Self::Portal => "portal",
            Self::Mail => "mail",
            Self::Staging => "staging",
            Self::Other => "other",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// An old URL and where it must lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldUrl {
    pub from: Url,
    pub to: Url,
}

/// A service that sends mail in the domain's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// A catalog id, or any name.
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selectors: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<HostName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounce_domain: Option<HostName>,
}

/// A route of the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// May hold `{parameters}`.
    pub url: String,
    pub class: RouteClass,
    #[serde(default = "get")]
    pub method: String,
}

fn get() -> String {
    "GET".to_owned()
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteClass {
    Public,
    Protected,
    Admin,
    Api,
    File,
    Webhook,
}

/// A test account. Its credentials are in the vault under this name, never here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    #[serde(default = "form")]
    pub sign_in: String,
}

fn form() -> String {
    "form".to_owned()
}

/// A monitor that should be watching.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    pub provider: String,
    pub url: Url,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_example_reads() {
        let text = r#"
            domain = "acme.example"
            canonical = "https://www.acme.example/"
            sends_mail = true
            hsts_preload = false
            stage = "launch"
            old_urls = [ { from = "https://old.acme.example/pricing", to = "https://www.acme.example/pricing" } ]
            parked = ["acme-old.example"]
            [[host]]
            name = "portal.acme.example"
            role = "portal"
            address = ["203.0.113.20"]
            [[sender]]
            name = "resend"
            selectors = ["resend"]
            include = "amazonses.com"
            bounce_domain = "send.acme.example"
            [[route]]
            url = "https://portal.acme.example/api/invoices/{id}"
            class = "protected"
            method = "GET"
            [[account]]
            name = "a"
            tenant = "one"
            sign_in = "form"
            [[monitor]]
            provider = "uptimerobot"
            url = "https://portal.acme.example/health"
        "#;
        let intent: Intent = toml::from_str(text).unwrap();
        assert_eq!(intent.host_of(Role::Portal).unwrap().address.len(), 1);
        assert!(intent.is_sender());
        let again: Intent = toml::from_str(&toml::to_string(&intent).unwrap()).unwrap();
        assert_eq!(again, intent);
    }

    #[test]
    fn the_day_of_expiry_is_a_date_or_a_text() {
        let read = |value: &str| {
            toml::from_str::<Intent>(&format!(
                "domain = \"acme.example\"\ndomain_expires = {value}"
            ))
        };
        for value in ["2027-03-01", "\"2027-03-01\"", "2027-03-01T10:00:00Z"] {
            let intent = read(value).unwrap();
            assert_eq!(
                intent.domain_expires,
                Some(jiff::civil::date(2027, 3, 1)),
                "{value}"
            );
            let json = serde_json::to_string(&intent).unwrap();
            assert!(json.contains("\"2027-03-01\""), "{json}");
            assert_eq!(serde_json::from_str::<Intent>(&json).unwrap(), intent);
            let toml = toml::to_string(&intent).unwrap();
            assert_eq!(toml::from_str::<Intent>(&toml).unwrap(), intent);
        }
        for value in ["\"March\"", "7", "\"\"", "10:00:00"] {
            assert!(read(value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_typo_is_an_error() {
        assert!(toml::from_str::<Intent>("domain = \"acme.example\"\ncannonical = \"x\"").is_err());
    }
}
