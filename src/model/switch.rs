//! The switch ahead, as the operator states it: hosts that get other addresses, servers that will serve the domain.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::intent::Intent;
use super::name::{HostName, parse_domain_input};
use super::text::escape;

/// What is assumed to be different. Empty: nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Hosts with the addresses that each will have; a host with several stands there several times.
    pub hosts: Vec<(HostName, IpAddr)>,
    /// The name servers that the registrar will name. Without an address: the one that it has today.
    pub servers: Vec<(HostName, Option<IpAddr>)>,
}

impl Switch {
    /// Whether nothing is assumed.
    pub const fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.servers.is_empty()
    }

    /// What is assumed of a host is what it should be: the addresses that `intent` names are those before the switch.
    pub fn adapt(&self, intent: &mut Intent) {
        for host in &mut intent.hosts {
            let assumed: Vec<IpAddr> = self
                .hosts
                .iter()
                .filter(|(name, _)| *name == host.name)
                .map(|(_, address)| *address)
                .collect();
            if !assumed.is_empty() {
                host.address = assumed;
                host.target = None;
            }
        }
    }
}

/// `HOST=IP`.
pub fn moved_host(text: &str) -> Result<(HostName, IpAddr), String> {
    let (name, address) = text
        .rsplit_once('=')
        .ok_or("write a host and an address: www.acme.example=203.0.113.40")?;
    Ok((host(name)?, ip(address)?))
}

/// `NAME` or `NAME=IP`.
pub fn new_server(text: &str) -> Result<(HostName, Option<IpAddr>), String> {
    match text.rsplit_once('=') {
        Some((name, address)) => Ok((host(name)?, Some(ip(address)?))),
        None => Ok((host(text)?, None)),
    }
}

/// Several of one kind in one line, apart by spaces or commas.
pub fn listed<T>(text: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(|c: char| c == ',' || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(one)
        .collect()
}

fn host(text: &str) -> Result<HostName, String> {
    let read = parse_domain_input(text).map_err(|why| why.to_string())?;
    match read.dropped {
        Some(_) => Err(format!("write only the host: {}", read.name)),
        None => Ok(read.name),
    }
}

fn ip(text: &str) -> Result<IpAddr, String> {
    text.trim_matches(['[', ']']).parse().map_err(|_| {
        format!(
            "`{}` is no IP address: write one like 203.0.113.40 or 2001:db8::40",
            escape(text)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::intent::{Host, Role};

    #[test]
    fn assumptions_read() {
        let (host, address) = moved_host("WWW.acme.example=203.0.113.40").unwrap();
        assert_eq!(host.as_str(), "www.acme.example");
        assert_eq!(address.to_string(), "203.0.113.40");
        let (_, address) = moved_host("www.acme.example=[2001:db8::40]").unwrap();
        assert!(address.is_ipv6());
        for (wrong, why) in [
            ("www.acme.example", "write a host and an address"),
            ("www.acme.example=", "is no IP address"),
            ("www.acme.example=new.host.example", "is no IP address"),
            ("203.0.113.1=203.0.113.40", "address"),
            ("https://www.acme.example/=203.0.113.40", "only the host"),
            ("www=203.0.113.40", "`www`"),
        ] {
            let said = moved_host(wrong).unwrap_err();
            assert!(said.contains(why), "{wrong}: {said}");
        }
        assert_eq!(new_server("ns1.new.example").unwrap().1, None);
        assert!(
            new_server("ns1.new.example=192.0.2.53")
                .unwrap()
                .1
                .is_some()
        );
        assert!(new_server("ns1.new.example=x").is_err());
        assert!(new_server("192.0.2.53").is_err());
    }

    #[test]
    fn a_line_holds_several() {
        let line =
            "a.acme.example=203.0.113.1, b.acme.example=203.0.113.2  a.acme.example=203.0.113.3";
        assert_eq!(listed(line, moved_host).unwrap().len(), 3);
        assert_eq!(listed("  ", new_server).unwrap(), []);
        assert!(listed("a.acme.example=203.0.113.1 b", moved_host).is_err());
    }

    #[test]
    fn what_is_assumed_of_a_host_is_what_it_should_be() {
        let name = |text| HostName::parse(text).unwrap();
        let mut intent = Intent::of(name("acme.example"));
        intent.hosts = ["acme.example", "www.acme.example"]
            .map(|host| Host {
                name: name(host),
                role: Role::Www,
                address: vec!["203.0.113.9".parse().unwrap()],
                target: Some(name("old.example")),
                why: String::new(),
            })
            .to_vec();
        let switch = Switch {
            hosts: vec![moved_host("www.acme.example=203.0.113.40").unwrap()],
            ..Switch::default()
        };
        let before = intent.hosts[0].clone();
        switch.adapt(&mut intent);
        assert_eq!(intent.hosts[0], before);
        assert_eq!(
            intent.hosts[1].address,
            ["203.0.113.40".parse::<IpAddr>().unwrap()]
        );
        assert_eq!(intent.hosts[1].target, None);
    }
}
