//! Does a mechanism match the client's address? (RFC 7208 §5)

use std::net::IpAddr;

use crate::checks::mail::spf::expand::as_name;
use crate::checks::mail::spf::macros::{DomainSpec, Piece};
use crate::checks::mail::spf::tally::MOST_MX;
use crate::checks::mail::spf::term::{DualCidr, Mechanism};
use crate::checks::mail::spf::zone::{Reply, is_askable};
use crate::model::observation::dns::{RecordData, RecordType};

use super::{Check, SpfResult, Stop};

impl Check<'_> {
    pub(super) fn matches(
        &mut self,
        mechanism: &Mechanism,
        domain: &str,
        depth: usize,
    ) -> Result<bool, Stop> {
        if mechanism.looks_up() {
            self.charge()?;
        }
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip4 { network, prefix } => {
                let cidr = DualCidr {
                    ip4: *prefix,
                    ..DualCidr::default()
                };
                Ok(is_within(self.ip, IpAddr::V4(*network), cidr))
            }
            Mechanism::Ip6 { network, prefix } => {
                let cidr = DualCidr {
                    ip6: *prefix,
                    ..DualCidr::default()
                };
                Ok(is_within(self.ip, IpAddr::V6(*network), cidr))
            }
            Mechanism::Include(spec) => {
                let name = self.target(Some(spec), domain)?;
                self.includes(&name, depth)
            }
            Mechanism::A { domain: spec, cidr } => {
                let name = self.target(spec.as_ref(), domain)?;
                let found = self.found(&name, self.address_type())?;
                Ok(self.is_among(&found, *cidr))
            }
            Mechanism::Mx { domain: spec, cidr } => {
                let name = self.target(spec.as_ref(), domain)?;
                self.exchanges(&name, *cidr)
            }
            Mechanism::Ptr(spec) => {
                let name = self.target(spec.as_ref(), domain)?;
                self.points_below(&name)
            }
            // Always A, also for a client on IPv6 (§5.7).
            Mechanism::Exists(spec) => {
                let name = self.target(Some(spec), domain)?;
                Ok(!self.found(&name, RecordType::A)?.is_empty())
            }
        }
    }

    /// The name that a term is about. A `%{p}` in it costs the question for the client's names.
    pub(super) fn target(
        &mut self,
        spec: Option<&DomainSpec>,
        domain: &str,
    ) -> Result<String, Stop> {
        let Some(spec) = spec else {
            return Ok(domain.to_owned());
        };
        let asks = |piece: &Piece| matches!(piece, Piece::Expand(expand) if expand.letter == 'p');
        if spec.pieces.iter().any(asks) {
            self.charge()?;
        }
        Ok(as_name(&self.written(&spec.pieces, domain)?))
    }

    fn includes(&mut self, name: &str, depth: usize) -> Result<bool, Stop> {
        match self.host(name, depth + 1)?.result {
            SpfResult::Pass => Ok(true),
            SpfResult::None => Err(Stop::permanent(format!(
                "the included {name} has no SPF record"
            ))),
            _ => Ok(false),
        }
    }

    /// The names behind `mx`; an implicit one is never made up (§5.4).
    fn exchanges(&mut self, name: &str, cidr: DualCidr) -> Result<bool, Stop> {
        let mut servers: Vec<(u16, String)> = self
            .found(name, RecordType::Mx)?
            .into_iter()
            .filter_map(|data| match data {
                RecordData::Mx {
                    preference,
                    exchange,
                } => Some((preference, exchange)),
                _ => None,
            })
            .collect();
        if servers.len() > MOST_MX {
            return Err(Stop::permanent(format!(
                "{name} has {} mail servers, {MOST_MX} are allowed",
                servers.len()
            )));
        }
        servers.sort_by_key(|(preference, _)| *preference);
        for (_, exchange) in servers {
            let exchange = as_name(&exchange);
            // The null MX is no host (RFC 7505).
            if !is_askable(&exchange) {
                continue;
            }
            match self.ask(&exchange, self.address_type())? {
                Reply::Failed(why) => return Err(Stop::temporary(&exchange, &why)),
                Reply::Found(records) if self.is_among(&records, cidr) => return Ok(true),
                Reply::Found(_) => {}
            }
        }
        Ok(false)
    }

    /// `ptr`: a validated name of the client is `name` or below it (§5.5). A failed question matches nothing.
    fn points_below(&mut self, name: &str) -> Result<bool, Stop> {
        if self.pointed()?.is_some_and(|names| names.is_empty()) {
            self.count_void()?;
        }
        Ok(self
            .validated()?
            .iter()
            .any(|found| is_at_or_below(found, name)))
    }

    /// The records of a term's name; none behind a name that cannot be asked for.
    fn found(&mut self, name: &str, rtype: RecordType) -> Result<Vec<RecordData>, Stop> {
        if !is_askable(name) {
            return Ok(Vec::new());
        }
        match self.ask(name, rtype)? {
            Reply::Failed(why) => Err(Stop::temporary(name, &why)),
            Reply::Found(records) => {
                if records.is_empty() {
                    self.count_void()?;
                }
                Ok(records)
            }
        }
    }

    pub(super) const fn address_type(&self) -> RecordType {
        match self.ip {
            IpAddr::V4(_) => RecordType::A,
            IpAddr::V6(_) => RecordType::Aaaa,
        }
    }

    pub(super) fn is_among(&self, records: &[RecordData], cidr: DualCidr) -> bool {
        records
            .iter()
            .filter_map(RecordData::address)
            .any(|address| is_within(self.ip, address, cidr))
    }
}

/// Whether `name` is `top` or below it; both in lower case.
pub(super) fn is_at_or_below(name: &str, top: &str) -> bool {
    name.strip_suffix(top)
        .is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

fn is_within(ip: IpAddr, network: IpAddr, cidr: DualCidr) -> bool {
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            (u32::from(ip) ^ u32::from(network)).leading_zeros() >= u32::from(cidr.ip4)
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            (u128::from(ip) ^ u128::from(network)).leading_zeros() >= u32::from(cidr.ip6)
        }
        _ => false,
    }
}
