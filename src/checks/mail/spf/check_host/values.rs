//! What the macros stand for in one evaluation (RFC 7208 §7.2).

use std::net::IpAddr;

use crate::checks::mail::spf::expand::{as_name, text};
use crate::checks::mail::spf::macros::Piece;
use crate::checks::mail::spf::term::DualCidr;
use crate::checks::mail::spf::zone::{Reply, is_askable};
use crate::model::observation::dns::{RecordData, RecordType};

use super::matching::is_at_or_below;
use super::{Check, Stop};

/// Names of a client that are looked at; the others are ignored (RFC 7208 §4.6.4).
const MOST_NAMES: usize = 10;

impl Check<'_> {
    /// A macro string of the record of `domain`, written out.
    pub(super) fn written(&self, pieces: &[Piece], domain: &str) -> Result<String, Stop> {
        text(pieces, |letter| self.value(letter, domain))
    }

    fn value(&self, letter: char, domain: &str) -> Result<String, Stop> {
        Ok(match letter {
            's' => format!("{}@{}", self.local, self.origin),
            'l' => self.local.to_owned(),
            'o' => self.origin.to_owned(),
            'd' => domain.to_owned(),
            'i' => dotted(self.ip),
            'v' => family(self.ip).to_owned(),
            'p' => self.validated_name(domain)?,
            'h' => self.request.helo.clone(),
            'c' => self.ip.to_string(),
            'r' => self
                .request
                .receiver
                .clone()
                .unwrap_or_else(|| "unknown".to_owned()),
            't' => self.request.at.to_string(),
            _ => String::new(),
        })
    }

    /// `%{p}`: the domain itself, else a name below it, else any; `unknown` when none is true (§7.3).
    fn validated_name(&self, domain: &str) -> Result<String, Stop> {
        let names = self.validated()?;
        let below = || names.iter().find(|name| is_at_or_below(name, domain));
        let best = names.iter().find(|name| *name == domain).or_else(below);
        Ok(best
            .or_else(|| names.first())
            .cloned()
            .unwrap_or_else(|| "unknown".to_owned()))
    }

    /// The names that the client's address points to; `None` when that could not be asked.
    pub(super) fn pointed(&self) -> Result<Option<Vec<String>>, Stop> {
        let mut labels: Vec<String> = dotted(self.ip).split('.').map(str::to_owned).collect();
        labels.reverse();
        let name = format!("{}.{}.arpa", labels.join("."), family(self.ip));
        Ok(match self.ask(&name, RecordType::Ptr)? {
            Reply::Failed(_) => None,
            Reply::Found(records) => Some(
                records
                    .into_iter()
                    .filter_map(|data| match data {
                        RecordData::Ptr(name) => Some(as_name(&name)),
                        _ => None,
                    })
                    .collect(),
            ),
        })
    }

    /// Those of the first ten names that lead back to the client; a name that cannot be looked up is skipped (§5.5).
    pub(super) fn validated(&self) -> Result<Vec<String>, Stop> {
        let mut validated = Vec::new();
        let names = self.pointed()?.unwrap_or_default();
        for name in names.into_iter().take(MOST_NAMES) {
            if !is_askable(&name) {
                continue;
            }
            if let Reply::Found(records) = self.ask(&name, self.address_type())?
                && self.is_among(&records, DualCidr::default())
            {
                validated.push(name);
            }
        }
        Ok(validated)
    }
}

const fn family(ip: IpAddr) -> &'static str {
    match ip {
        IpAddr::V4(_) => "in-addr",
        IpAddr::V6(_) => "ip6",
    }
}

/// `%{i}`: IPv4 as usual, IPv6 as its 32 digits with dots between them (RFC 7208 §7.3).
fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let digits: Vec<String> = format!("{:032X}", u128::from(ip))
                .chars()
                .map(String::from)
                .collect();
            digits.join(".")
        }
    }
}
