//! What one server says of one host, comparable with what others say and with the intent.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use super::propagation::Asked;
use super::told::aliases;
use super::zone::list;
use crate::model::intent::Host;
use crate::model::name::HostName;
use crate::model::observation::dns::AnswerShape;

/// One server's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub title: String,
    /// The first alias target, and those behind it.
    pub targets: Vec<HostName>,
    pub addresses: BTreeSet<IpAddr>,
    /// Seconds for which a cache keeps it.
    pub ttl: Option<u32>,
    /// Whether the name does not exist there.
    missing: bool,
}

impl View {
    /// The view in a server's answers, or why there is none. AAAA may be missing from it: many servers stumble over it.
    pub fn of(asked: &Asked) -> Result<Self, String> {
        if asked.a.is_unusable() {
            return Err(asked.a.outcome_line());
        }
        let mut addresses: BTreeSet<IpAddr> = asked.a.addresses().into_iter().collect();
        addresses.extend(
            asked
                .aaaa
                .addresses()
                .into_iter()
                .filter(|a| !super::special::is_synthesised(*a)),
        );
        let ttl = asked
            .a
            .message()
            .and_then(|m| m.answers.iter().map(|r| r.ttl).max())
            .or_else(|| asked.a.negative_ttl());
        Ok(Self {
            title: asked.title.clone(),
            targets: aliases(&asked.a).into_iter().skip(1).collect(),
            addresses,
            ttl,
            missing: asked.a.shape() == AnswerShape::NoName,
        })
    }

    /// Whether there is neither an alias nor an address.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.addresses.is_empty()
    }

    /// What it says, without who says it.
    pub fn said(&self) -> String {
        match (self.targets.first(), self.addresses.is_empty()) {
            (Some(target), _) => format!("an alias to {target}"),
            (None, false) => list(
                &self
                    .addresses
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
            ),
            (None, true) if self.missing => "no such name".to_owned(),
            (None, true) => "no address".to_owned(),
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} says {}", self.title, self.said())
    }
}

/// The answer that everybody should give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// These addresses, of the families among them; with others beside them if `varies`.
    Addresses {
        set: BTreeSet<IpAddr>,
        varies: bool,
    },
    Alias(HostName),
}

impl Truth {
    /// What the intent says; where it says nothing, what the authorities agree on. `Err`: how they disagree.
    pub fn of(intended: Option<&Host>, views: &[View]) -> Result<Self, String> {
        if let Some(host) = intended {
            let direct = views
                .iter()
                .any(|v| v.targets.is_empty() || !v.addresses.is_empty());
            if !host.address.is_empty() && direct {
                let set = host.address.iter().copied().collect();
                return Ok(Self::Addresses { set, varies: false });
            }
            // A flattened alias shows addresses only; then the servers are compared with one another.
            if let Some(target) = host
                .target
                .as_ref()
                .filter(|t| views.iter().any(|v| v.targets.contains(t)))
            {
                return Ok(Self::Alias(target.clone()));
            }
        }
        let Some((first, rest)) = views.split_first() else {
            return Err("none was asked".to_owned());
        };
        let differs = |other: &View| match (first.targets.first(), other.targets.first()) {
            (Some(a), Some(b)) => a != b,
            (None, None) => {
                first.addresses != other.addresses && first.addresses.is_disjoint(&other.addresses)
            }
            _ => true,
        };
        if let Some(other) = rest.iter().find(|v| differs(v)) {
            return Err(format!(
                "the authoritative servers disagree: {first}, {other}"
            ));
        }
        if let Some(target) = first.targets.first() {
            return Ok(Self::Alias(target.clone()));
        }
        let set: BTreeSet<IpAddr> = views
            .iter()
            .flat_map(|v| v.addresses.iter().copied())
            .collect();
        if set.is_empty() {
            return Err(format!("the authoritative servers have nothing: {first}"));
        }
        let varies = rest.iter().any(|v| v.addresses != first.addresses);
        Ok(Self::Addresses { set, varies })
    }

    /// The part of it that an answer to a question for IPv4 addresses can show; `None` where there is none.
    pub fn in_ipv4(&self) -> Option<Self> {
        match self {
            Self::Alias(_) => Some(self.clone()),
            Self::Addresses { set, varies } => {
                let set: BTreeSet<IpAddr> = set.iter().filter(|a| a.is_ipv4()).copied().collect();
                let varies = *varies;
                (!set.is_empty()).then_some(Self::Addresses { set, varies })
            }
        }
    }

    /// Whether a server's view is this answer.
    pub fn holds(&self, view: &View) -> bool {
        match self {
            Self::Alias(target) => view.targets.contains(target),
            Self::Addresses { set, varies: true } => !set.is_disjoint(&view.addresses),
            // The intent often names one family only; the other is for dns.addresses to judge.
            Self::Addresses { set, varies: false } => {
                let spoken = |a: &&IpAddr| set.iter().any(|w| w.is_ipv4() == a.is_ipv4());
                let same: BTreeSet<IpAddr> =
                    view.addresses.iter().filter(spoken).copied().collect();
                same == *set || (!view.targets.is_empty() && view.addresses.is_empty())
            }
        }
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alias(target) => write!(f, "an alias to {target}"),
            Self::Addresses { set, .. } => f.write_str(&list(
                &set.iter().map(ToString::to_string).collect::<Vec<_>>(),
            )),
        }
    }
}
