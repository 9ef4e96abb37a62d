//! The origins that are tried, and what an answer grants to them.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::checks::rule::Look;
use crate::checks::sight::Sight;
use crate::checks::site::{home, root_of};
use crate::model::intent::{Intent, Role};
use crate::net::HttpRequest;

/// A foreign site; the name is reserved for documentation, so nobody's site is named (RFC 6761 §6.5).
const FOREIGN: &str = "origin-probe.example.net";

/// What an origin tries to get past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trick {
    /// None: the portal's own origin.
    Own,
    /// A foreign site, unlike the client's.
    Foreign,
    /// `null`: sandboxed frames and local files.
    Null,
    /// A foreign host that begins with the client's domain.
    Suffix,
    /// A foreign domain that ends with the client's.
    Prefix,
    /// The question that browsers ask before a request that changes something, from a foreign site.
    Preflight,
}

/// What an answer grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    Nothing,
    /// The body may be read; cookies are not sent.
    Read,
    WithCredentials,
}

/// One origin and the answer to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    pub trick: Trick,
    pub origin: String,
    pub sight: Sight,
}

impl Trick {
    /// Every trick; the number of requests to a host.
    pub const ALL: [Self; 6] = [
        Self::Own,
        Self::Foreign,
        Self::Null,
        Self::Suffix,
        Self::Prefix,
        Self::Preflight,
    ];

    /// The `Origin` to send.
    pub fn origin(self, url: &Url, domain: &str, own: &str) -> String {
        match self {
            Self::Own if own.is_empty() => url.origin().ascii_serialization(),
            Self::Own => own.to_owned(),
            Self::Foreign | Self::Preflight => format!("https://{FOREIGN}"),
            Self::Null => "null".to_owned(),
            Self::Suffix => format!("https://{domain}.{FOREIGN}"),
            Self::Prefix => format!("https://origin-probe-{domain}"),
        }
    }

    /// Whether the origin is somebody else's.
    pub const fn is_foreign(self) -> bool {
        !matches!(self, Self::Own)
    }

    /// Who is let in, in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Own => "the portal",
            Self::Foreign | Self::Preflight => "any origin",
            Self::Null => "the origin `null` (any sandboxed frame)",
            Self::Suffix => "any host whose name begins like the client's domain",
            Self::Prefix => "any domain whose name ends like the client's",
        }
    }
}

impl Probe {
    /// The request headers, for the evidence.
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![("origin".to_owned(), self.origin.clone())];
        if self.trick == Trick::Preflight {
            headers.push((
                "access-control-request-method".to_owned(),
                "DELETE".to_owned(),
            ));
        }
        headers
    }

    /// `Access-Control-Allow-Origin`, when it is sent once.
    pub fn allow_origin(&self) -> Option<&str> {
        self.sight
            .header("access-control-allow-origin")
            .map(str::trim)
    }

    /// Whether the header is sent more than once: browsers then refuse.
    pub fn is_doubled(&self) -> bool {
        let twice = self.sight.exchange.response().is_some_and(|response| {
            response
                .headers_named("access-control-allow-origin")
                .count()
                > 1
        });
        twice || self.allow_origin().is_some_and(|v| v.contains(','))
    }

    /// Whether `*` is allowed.
    pub fn is_wildcard(&self) -> bool {
        self.allow_origin() == Some("*")
    }

    /// Whether cookies may go along. Only the exact, lower-case word counts (Fetch §3.2.3).
    pub fn allows_credentials(&self) -> bool {
        self.sight
            .header("access-control-allow-credentials")
            .is_some_and(|v| v.trim() == "true")
    }

    /// Whether caches are told that the answer depends on the origin.
    pub fn varies_by_origin(&self) -> bool {
        self.sight.exchange.response().is_some_and(|response| {
            response
                .headers_named("vary")
                .flat_map(|v| v.split(','))
                .any(|name| name.trim() == "*" || name.trim().eq_ignore_ascii_case("origin"))
        })
    }

    /// What a browser would grant to the origin that was sent: the value is compared byte by byte.
    pub fn grant(&self) -> Grant {
        if self.is_doubled() {
            return Grant::Nothing;
        }
        match self.allow_origin() {
            Some("*") => Grant::Read,
            Some(value) if value == self.origin && self.allows_credentials() => {
                Grant::WithCredentials
            }
            Some(value) if value == self.origin => Grant::Read,
            _ => Grant::Nothing,
        }
    }
}

/// Where the API's own pages come from: the portal, else the home page.
fn own_origin(intent: &Intent) -> String {
    let portal = intent
        .host_of(Role::Portal)
        .or_else(|| intent.host_of(Role::App));
    portal
        .and_then(|host| root_of(&host.name))
        .or_else(|| home(intent))
        .map_or_else(String::new, |url| url.origin().ascii_serialization())
}

/// Sends the six requests, one after the other.
pub async fn look(look: Look<'_>) -> Vec<Probe> {
    let Ok(url) = Url::parse(look.subject) else {
        return Vec::new();
    };
    let own = own_origin(look.intent);
    let mut probes = Vec::new();
    for trick in Trick::ALL {
        let origin = trick.origin(&url, look.intent.domain.as_str(), &own);
        let mut request = HttpRequest::get(url.clone()).header("origin", &origin);
        if trick == Trick::Preflight {
            request = request
                .method("OPTIONS")
                .header("access-control-request-method", "DELETE");
        }
        let answer = look.network.send(&request).await;
        probes.push(Probe {
            trick,
            origin,
            sight: Sight::of(&answer),
        });
    }
    probes
}
