//! The names of one address, and whether they lead back to it.

use std::net::IpAddr;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::rule::Look;
use crate::model::name::HostName;
use crate::model::observation::Failure;
use crate::model::observation::dns::{DnsAnswer, RecordData, RecordType};
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// Names of one address that are looked up.
const MOST_NAMES: usize = 5;

/// An address, and what it is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pointer {
    pub address: IpAddr,
    /// The PTR answer.
    pub answer: DnsAnswer,
    /// The names in it, each with its addresses.
    pub names: Vec<Name>,
}

/// A name of an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Name {
    pub text: String,
    pub addresses: Result<Vec<IpAddr>, Failure>,
}

/// Looks up the names of `address`, and their addresses.
pub(super) async fn look_up(look: Look<'_>, address: IpAddr) -> Option<Pointer> {
    let reverse = reverse(address)?;
    let answer = look.network.ask(&reverse, RecordType::Ptr).await;
    let names = join_all(names(&answer).into_iter().map(|text| async move {
        let addresses = match HostName::parse(&text) {
            Ok(host) => look.network.addresses(&host).await,
            Err(_) => Ok(Vec::new()),
        };
        Name { text, addresses }
    }))
    .await;
    Some(Pointer {
        address,
        answer: (*answer).clone(),
        names,
    })
}

/// The owner of an address's PTR record (RFC 1035 §3.5, RFC 3596 §2.5).
fn reverse(address: IpAddr) -> Option<HostName> {
    let text = match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(v6) => {
            let nibbles = v6
                .octets()
                .into_iter()
                .rev()
                .flat_map(|byte| [byte & 15, byte >> 4]);
            nibbles.map(|n| format!("{n:x}.")).collect::<String>() + "ip6.arpa"
        }
    };
    HostName::parse(&text).ok()
}

/// Every PTR of the answer: where a network smaller than 256 addresses is delegated, it stands behind an alias whose name may
/// hold a slash, which is no host name (RFC 2317 §4).
fn names(answer: &DnsAnswer) -> Vec<String> {
    let records = answer.message().map_or(&[][..], |message| &message.answers);
    records
        .iter()
        .filter_map(|record| match &record.data {
            RecordData::Ptr(name) => Some(name.clone()),
            _ => None,
        })
        .take(MOST_NAMES)
        .collect()
}

impl Pointer {
    /// A verdict, and a clause without the address.
    pub(super) fn judged(&self) -> (Verdict, String) {
        let listed: Vec<String> = self.names.iter().map(|name| escape(&name.text)).collect();
        let listed = listed.join(", ");
        let leads_back = |name: &Name| name.addresses.iter().flatten().any(|a| *a == self.address);
        if self.names.is_empty() {
            let said = escape(&self.answer.outcome_line());
            return match self.answer.is_absent() {
                true => (Verdict::Fail, "it has no name (no PTR record)".to_owned()),
                false => (
                    Verdict::Unknown,
                    format!("its name could not be looked up: {said}"),
                ),
            };
        }
        if let Some(name) = self.names.iter().find(|name| leads_back(name)) {
            return (
                Verdict::Pass,
                format!(
                    "it is called {}, which leads back to it",
                    escape(&name.text)
                ),
            );
        }
        match self
            .names
            .iter()
            .find_map(|name| name.addresses.as_ref().err())
        {
            Some(failure) => (
                Verdict::Unknown,
                format!(
                    "it is called {listed}, and where that leads could not be looked up: {}",
                    escape(&failure.text)
                ),
            ),
            None => (
                Verdict::Fail,
                format!("it is called {listed}, which does not lead back to it"),
            ),
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use crate::checks::mail::worlds::{answer, no_name, record, silent};
    use crate::model::observation::dns::Rcode;

    /// An address with names and their addresses; none: NXDOMAIN.
    pub fn pointer(address: &str, names: &[(&str, &[&str])]) -> Pointer {
        let address: IpAddr = address.parse().unwrap();
        let owner = reverse(address).unwrap();
        let records = names
            .iter()
            .map(|(name, _)| record(owner.as_str(), RecordData::Ptr((*name).to_owned())))
            .collect();
        Pointer {
            address,
            answer: match names {
                [] => no_name(owner.as_str(), RecordType::Ptr),
                _ => answer(
                    owner.as_str(),
                    RecordType::Ptr,
                    Ok((Rcode::NoError, records)),
                ),
            },
            names: names
                .iter()
                .map(|(text, addresses)| Name {
                    text: (*text).to_owned(),
                    addresses: Ok(addresses.iter().map(|a| a.parse().unwrap()).collect()),
                })
                .collect(),
        }
    }

    pub fn unanswered(address: &str) -> Pointer {
        let address: IpAddr = address.parse().unwrap();
        Pointer {
            address,
            answer: silent(reverse(address).unwrap().as_str(), RecordType::Ptr),
            names: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{pointer, unanswered};
    use super::*;
    use crate::checks::mail::worlds::{answer, record};
    use crate::model::observation::FailureKind;
    use crate::model::observation::dns::Rcode;

    const HERE: &str = "203.0.113.25";

    #[test]
    fn the_owner_is_the_address_backwards() {
        let of = |address: &str| reverse(address.parse().unwrap()).unwrap().to_string();
        assert_eq!(of(HERE), "25.113.0.203.in-addr.arpa");
        let v6 = of("2001:db8::25");
        assert!(v6.starts_with("5.2.0.0.0.0.0.0."), "{v6}");
        assert!(v6.ends_with(".8.b.d.0.1.0.0.2.ip6.arpa"), "{v6}");
        assert_eq!(v6.split('.').count(), 34);
    }

    #[test]
    fn one_name_that_leads_back_is_enough() {
        let other: (&str, &[&str]) = ("host25.isp.example", &["203.0.113.99"]);
        let own: (&str, &[&str]) = ("mx.acme.example", &["203.0.113.7", HERE]);
        for (world, want) in [
            (pointer(HERE, &[own]), Verdict::Pass),
            (pointer(HERE, &[other, own]), Verdict::Pass),
            (pointer(HERE, &[other]), Verdict::Fail),
            (
                pointer(HERE, &[("nowhere.acme.example", &[])]),
                Verdict::Fail,
            ),
            (pointer(HERE, &[]), Verdict::Fail),
            (unanswered(HERE), Verdict::Unknown),
        ] {
            let (verdict, text) = world.judged();
            assert_eq!(verdict, want, "{text}");
        }
        let mut blind = pointer(HERE, &[other, own]);
        blind.names[1].addresses = Err(Failure::new(FailureKind::Timeout, "no answer in 3 s"));
        assert_eq!(blind.judged().0, Verdict::Unknown);
    }

    #[test]
    fn a_name_behind_a_slash_is_found() {
        let owner = "25.113.0.203.in-addr.arpa";
        let target = "25.0/27.113.0.203.in-addr.arpa";
        let records = vec![
            record(owner, RecordData::Cname(target.into())),
            record(target, RecordData::Ptr("mx.acme.example".into())),
        ];
        let answer = answer(owner, RecordType::Ptr, Ok((Rcode::NoError, records)));
        assert_eq!(names(&answer), ["mx.acme.example"]);
    }
}
