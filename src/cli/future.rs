//! `--as-if` and `--as-if-ns`: the network of a run about the world after the switch.
//!
//! Not a setting: no configuration file and no environment variable can make a later run speak of a world that is not there.

use std::collections::BTreeMap;
use std::net::IpAddr;

use anyhow::Result;

use super::args;
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use super::settings::Settings;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::net::{Future, MovedZone, Network, NetworkConfig};

/// The network that `target` asks for: today's, or that after the switch of `domain`.
pub async fn network(
    target: &args::Target,
    domain: &HostName,
    settings: &Settings,
) -> Result<Network> {
    let today = settings.network(&target.third_parties)?;
    if !is_assumed(target) {
        return Ok(today);
    }
    let mut future = Future::default();
    for (host, address) in &target.as_if {
        let addresses = future.hosts.entry(host.clone()).or_default();
        if !addresses.contains(address) {
            addresses.push(*address);
        }
    }
    let zone = domain.registrable().unwrap_or_else(|| domain.clone());
    for host in future.hosts.keys().filter(|host| !host.is_within(&zone)) {
        out::note(&format!("{host} of --as-if is not in {zone}"));
    }
    if !target.as_if_ns.is_empty() {
        let servers = servers(&target.as_if_ns, &today).await?;
        future.zone = Some(MovedZone { zone, servers });
    }
    let config = NetworkConfig {
        future,
        ..today.config().clone()
    };
    Network::new(config).map_err(|why| {
        Problem::usage("setting up the network", why, "try it without --as-if").into()
    })
}

/// Whether the run is about the world after the switch.
pub fn is_assumed(target: &args::Target) -> bool {
    !target.as_if.is_empty() || !target.as_if_ns.is_empty()
}

/// What is assumed of a host is what it should be: the addresses that the intent names are those before the switch.
pub fn adapt(intent: &mut Intent, network: &Network) {
    for host in &mut intent.hosts {
        if let Some(addresses) = network.config().future.hosts.get(&host.name) {
            host.address.clone_from(addresses);
            host.target = None;
        }
    }
}

async fn servers(
    named: &[(HostName, Option<IpAddr>)],
    today: &Network,
) -> Result<BTreeMap<HostName, Vec<IpAddr>>> {
    let mut servers: BTreeMap<HostName, Vec<IpAddr>> = BTreeMap::new();
    for (name, address) in named {
        let found = match address {
            Some(address) => vec![*address],
            None => resolve(name, today).await?,
        };
        let addresses = servers.entry(name.clone()).or_default();
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    Ok(servers)
}

async fn resolve(name: &HostName, today: &Network) -> Result<Vec<IpAddr>> {
    let problem = |why: String| {
        Problem::usage(
            format!("resolving the name server {name} of --as-if-ns"),
            why,
            format!("give its address: --as-if-ns {name}=192.0.2.53"),
        )
    };
    match today.addresses(name).await {
        Ok(found) if found.is_empty() => Err(problem("it has no address today".to_owned()).into()),
        Ok(found) => Ok(found),
        Err(failure) => Err(problem(failure.text).exit(Exit::CouldNotTell).into()),
    }
}
