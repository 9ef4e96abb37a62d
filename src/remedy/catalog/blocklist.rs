//! Blocklists of mail: their zones, what their answers mean, how they say no, and how one gets off (RFC 5782).

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use serde::Deserialize;

/// One list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocklist {
    pub id: String,
    pub title: String,
    pub zone: String,
    pub lists: Kind,
    /// Whether IPv6 addresses are kept too.
    #[serde(default)]
    pub ipv6: bool,
    pub weight: Weight,
    /// Whether codes are bits of the last octet.
    #[serde(default)]
    pub bits: bool,
    /// What is in it at any time (RFC 5782 §5).
    pub listed: String,
    /// What is never in it.
    pub clean: String,
    pub codes: Vec<Code>,
    #[serde(default)]
    pub refusals: Vec<Code>,
    /// Who may ask.
    pub terms: String,
    /// Where to read why, and to ask to be taken off.
    pub page: String,
    /// What that takes.
    pub leaving: String,
}

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Addresses,
    Domains,
}

/// How much a listing means, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Large receivers act on it.
    Weighty,
    /// Few do.
    Minor,
    /// No accusation: how the network is meant to be used.
    Policy,
}

/// An answer, or a bit of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    #[serde(default)]
    from: Option<Ipv4Addr>,
    /// The last one; that of `from` when not written.
    #[serde(default)]
    to: Option<Ipv4Addr>,
    #[serde(default)]
    bit: Option<u8>,
    pub means: String,
    /// That of the list when not written.
    #[serde(default)]
    weight: Option<Weight>,
}

impl Code {
    fn fits(&self, answer: Ipv4Addr) -> bool {
        let [.., last] = answer.octets();
        self.bit.is_some_and(|bit| last & bit != 0)
            || self
                .from
                .is_some_and(|from| (from..=self.to.unwrap_or(from)).contains(&answer))
    }
}

/// What one answer of a list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said<'a> {
    Listed(Vec<(Weight, &'a str)>),
    /// The list does not answer us.
    Refused(&'a str),
    /// An answer that no list gives: somebody on the way made it up.
    Foreign,
    /// An answer of a list, but none that this one is known to give.
    Strange,
}

impl Blocklist {
    /// Reads one address of an answer. Lists answer within 127.0.0.0/8, and 127.0.0.1 is none of theirs (RFC 5782 §2.1).
    pub fn read(&self, answer: Ipv4Addr) -> Said<'_> {
        if !answer.is_loopback() || answer == Ipv4Addr::LOCALHOST && !self.bits {
            return Said::Foreign;
        }
        if let Some(refusal) = self.refusals.iter().find(|code| code.fits(answer)) {
            return Said::Refused(&refusal.means);
        }
        if matches!(answer.octets(), [127, 255, 255, _]) {
            return Said::Refused("it does not answer this resolver");
        }
        let codes: Vec<(Weight, &str)> = self
            .codes
            .iter()
            .filter(|code| code.fits(answer))
            .map(|code| (code.weight.unwrap_or(self.weight), code.means.as_str()))
            .collect();
        if codes.is_empty() {
            return Said::Strange;
        }
        Said::Listed(codes)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    list: Vec<Blocklist>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/blocklists.toml")));

/// Every known list.
pub fn all() -> &'static [Blocklist] {
    &FILE.list
}

/// The list of that id.
pub fn find(id: &str) -> Option<&'static Blocklist> {
    all().iter().find(|list| list.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::IpAddr;

    use super::*;
    use crate::model::name::HostName;

    fn read(list: &str, answer: &str) -> Said<'static> {
        find(list).unwrap().read(answer.parse().unwrap())
    }

    #[test]
    fn an_answer_is_a_listing_a_refusal_or_somebody_else_s() {
        for (list, answer, want) in [
            ("spamhaus-zen", "127.0.0.2", "weighty"),
            ("spamhaus-zen", "127.0.0.5", "weighty"),
            ("spamhaus-zen", "127.0.0.11", "policy"),
            ("spamhaus-zen", "127.255.255.254", "refused"),
            ("spamcop", "127.255.255.254", "refused"),
            ("spamhaus-zen", "127.0.0.99", "strange"),
            ("spamhaus-zen", "127.0.0.1", "foreign"),
            ("spamcop", "203.0.113.80", "foreign"),
            ("spamhaus-dbl", "127.0.1.255", "refused"),
            ("spamhaus-dbl", "127.0.1.104", "weighty"),
            ("surbl", "127.0.0.1", "refused"),
            ("surbl", "127.0.0.2", "strange"),
            ("surbl", "127.0.0.72", "weighty weighty"),
            ("uribl", "127.0.0.3", "refused"),
            ("uribl", "127.0.0.6", "weighty minor"),
            ("uribl", "127.0.0.8", "minor"),
            ("psbl", "127.0.0.2", "minor"),
        ] {
            let said = match read(list, answer) {
                Said::Listed(codes) => codes
                    .iter()
                    .map(|(weight, _)| format!("{weight:?}").to_lowercase())
                    .collect::<Vec<_>>()
                    .join(" "),
                Said::Refused(_) => "refused".to_owned(),
                Said::Foreign => "foreign".to_owned(),
                Said::Strange => "strange".to_owned(),
            };
            assert_eq!(said, want, "{list} {answer}");
        }
    }

    #[test]
    fn every_list_can_be_asked_and_left() {
        assert!(all().len() >= 8);
        let zones: BTreeSet<&str> = all().iter().map(|list| list.zone.as_str()).collect();
        assert_eq!(zones.len(), all().len());
        for list in all() {
            for point in [&list.listed, &list.clean] {
                let is_address = point.parse::<IpAddr>().is_ok();
                assert_eq!(is_address, list.lists == Kind::Addresses, "{}", list.id);
                assert!(HostName::parse(&format!("{point}.{}", list.zone)).is_ok());
            }
            assert!(!list.codes.is_empty(), "{}", list.id);
            for code in list.codes.iter().chain(&list.refusals) {
                assert_eq!(code.bit.is_some(), list.bits, "{} {}", list.id, code.means);
                assert_eq!(code.from.is_none(), list.bits, "{} {}", list.id, code.means);
            }
            assert!(list.page.starts_with("https://"), "{}", list.id);
        }
    }

    /// Closed for good; some of them answered "listed" for everything in the end.
    #[test]
    fn no_closed_list_is_asked() {
        for zone in [
            "dnsbl.sorbs.net",
            "cbl.abuseat.org",
            "dnsbl.njabl.org",
            "list.dsbl.org",
            "dnsbl.ahbl.org",
            "dnsbl.inps.de",
            "ubl.unsubscore.com",
            "bl.spamcannibal.org",
            "blackholes.mail-abuse.org",
        ] {
            assert!(all().iter().all(|list| list.zone != zone), "{zone}");
        }
    }
}
