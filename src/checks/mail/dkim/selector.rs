//! What stands at a selector's name, once CNAMEs are followed and wildcards are seen through.

use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::net::Network;

use super::key::{KeyRecord, is_key_record, read};

/// A selector that nobody uses: what answers there is a wildcard (trap 30).
const PROBE: &str = "no-such-selector-q7x2";

/// `selector._domainkey.domain`; `None` when the selector is no label.
pub fn owner_of(selector: &str, domain: &HostName) -> Option<HostName> {
    HostName::parse(&format!("{selector}._domainkey.{domain}")).ok()
}

/// Asks for a selector that cannot exist.
pub async fn probe(network: &Network, domain: &HostName) -> DnsAnswer {
    let name = domain.child("_domainkey").child(PROBE);
    (*network.ask(&name, RecordType::Txt).await).clone()
}

/// What an answer holds, once a wildcard is seen through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtSelector {
    Keys(Vec<KeyRecord>),
    /// Records, but none of them a key.
    NoKey(Vec<String>),
    Absent,
    /// Only what a wildcard says at every name.
    Wildcard,
    Unreadable(String),
}

/// Reads the answer at a selector.
pub fn at_selector(answer: &DnsAnswer, wildcard: &DnsAnswer) -> AtSelector {
    if answer.is_unusable() {
        return AtSelector::Unreadable(escape(&answer.outcome_line()));
    }
    let texts = answer.texts();
    if texts.is_empty() {
        return AtSelector::Absent;
    }
    let everywhere = wildcard.texts();
    if texts.iter().all(|text| everywhere.contains(text)) {
        return AtSelector::Wildcard;
    }
    let keys: Vec<KeyRecord> = texts
        .iter()
        .filter(|text| is_key_record(text))
        .map(|text| read(text))
        .collect();
    if keys.is_empty() {
        AtSelector::NoKey(texts.iter().map(|t| escape(t)).collect())
    } else {
        AtSelector::Keys(keys)
    }
}

/// Why nothing is there: the record is missing, or the CNAME leads nowhere.
pub fn absent(answer: &DnsAnswer, at: &str) -> String {
    let target = answer
        .message()
        .map(|message| message.chain(&answer.name))
        .filter(|chain| chain.len() > 1)
        .and_then(|chain| chain.last().cloned());
    match (target, answer.shape()) {
        (Some(target), _) => format!(
            "there is no DKIM key at {at}: its CNAME leads to {target}, where there is nothing"
        ),
        (None, AnswerShape::NoName) => format!("there is no DKIM key at {at}: no such name"),
        (None, _) => format!("there is no DKIM key at {at}"),
    }
}
