//! What the registry says of a domain's registration, over RDAP (RFC 9082, RFC 9083).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;
use crate::model::name::HostName;

/// A look at the registration of one registrable domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    pub domain: HostName,
    pub at: Timestamp,
    /// The URL that was asked last: of the bootstrap file, or of the domain at its registry.
    pub source: String,
    pub outcome: Result<DomainObject, RdapGap>,
}

/// Why nothing was learned of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RdapGap {
    /// Asking registries was not opted in to.
    NotOptedIn,
    /// The name stands below this private suffix: a company gives it out, no registry holds it.
    PrivateSuffix(String),
    /// The list of RDAP servers (RFC 9224) names none for this top-level domain.
    NoService(String),
    /// 404: the registry knows no such domain.
    NotFound,
    /// 429: asked too often. The value of Retry-After in seconds and when that is over, where it was said.
    RateLimited {
        seconds: Option<i64>,
        again: Option<Timestamp>,
    },
    /// An answer that is not an RDAP object of this domain; how, in words.
    NotRdap(String),
    /// The server's certificate does not verify, or the only way leads over plain http.
    NotTrusted(String),
    /// No answer, or one with another status.
    Failed(Failure),
}

/// The members of an RDAP domain object that are judged (RFC 9083 §5.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainObject {
    /// As the registry writes it.
    pub name: String,
    /// As sent: RFC 8056 words such as `client transfer prohibited`. `None`: there is no such member.
    pub status: Option<Vec<String>>,
    pub events: Vec<RdapEvent>,
    /// Lower case, without a trailing dot, sorted. `None`: there is no such member.
    pub nameservers: Option<Vec<String>>,
    /// Whether the registry has a DS record for the domain.
    pub delegation_signed: Option<bool>,
    pub registrar: Option<String>,
}

/// One event of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RdapEvent {
    /// Lower case: `registration`, `expiration`, `last changed`.
    pub action: String,
    /// `Err`: what stood there and is no date.
    pub date: Result<Timestamp, String>,
}

impl Registration {
    /// What the registry says, when it said anything.
    pub fn object(&self) -> Option<&DomainObject> {
        self.outcome.as_ref().ok()
    }
}

impl DomainObject {
    /// The earliest event of that action; `Err` when there are some and none has a date that can be read.
    pub fn event(&self, action: &str) -> Option<Result<Timestamp, &str>> {
        let of_action = || self.events.iter().filter(|event| event.action == action);
        let earliest = of_action().filter_map(|e| e.date.as_ref().ok()).min();
        match earliest {
            Some(date) => Some(Ok(*date)),
            None => of_action()
                .find_map(|e| e.date.as_ref().err())
                .map(|text| Err(text.as_str())),
        }
    }

    /// Whether it has that status, in EPP's or RDAP's spelling (RFC 8056 §2): `client hold` is `clientHold`.
    pub fn has_status(&self, status: &str) -> bool {
        let wanted = squeezed(status);
        self.status
            .iter()
            .flatten()
            .any(|said| squeezed(said) == wanted)
    }
}

/// Letters alone, lower case; registries append the address of an explanation to EPP words.
fn squeezed(status: &str) -> String {
    let word = status.split("http").next().unwrap_or_default();
    word.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_status_are_one() {
        let with = |status: &str| DomainObject {
            status: Some(vec![status.to_owned()]),
            ..DomainObject::default()
        };
        for said in [
            "client hold",
            "clientHold",
            "Client Hold",
            "client-hold",
            "clientHold https://icann.org/epp#clientHold",
        ] {
            assert!(with(said).has_status("client hold"), "{said}");
        }
        assert!(!with("server hold").has_status("client hold"));
    }

    #[test]
    fn the_earliest_readable_date_counts() {
        let date = |text: &str| text.parse::<Timestamp>().unwrap();
        let event = |date| RdapEvent {
            action: "expiration".to_owned(),
            date,
        };
        let (early, late) = (date("2027-01-01T00:00:00Z"), date("2028-01-01T00:00:00Z"));
        let object = |events| DomainObject {
            events,
            ..DomainObject::default()
        };
        let bad = || event(Err("soon".to_owned()));
        assert_eq!(object(vec![]).event("expiration"), None);
        assert_eq!(object(vec![bad()]).event("expiration"), Some(Err("soon")));
        let many = object(vec![event(Ok(late)), bad(), event(Ok(early))]);
        assert_eq!(many.event("expiration"), Some(Ok(early)));
        assert_eq!(many.event("registration"), None);
    }
}
