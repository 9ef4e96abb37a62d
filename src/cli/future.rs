//! `--as-if` and `--as-if-ns`: the network of a run about the world after the switch.
//!
//! Not a setting: no configuration file and no environment variable can make a later run speak of a world that is not there.

use anyhow::Result;

use super::args;
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use crate::model::name::HostName;
use crate::net::{FutureProblem, Network};

/// The network that `target` asks for: `today`'s, or that after the switch of `domain`.
pub async fn network(target: &args::Target, domain: &HostName, today: Network) -> Result<Network> {
    let switch = target.switch();
    if switch.is_empty() {
        return Ok(today);
    }
    let zone = domain.registrable().unwrap_or_else(|| domain.clone());
    for (host, _) in switch
        .hosts
        .iter()
        .filter(|(host, _)| !host.is_within(&zone))
    {
        out::note(&format!("{host} of --as-if is not in {zone}"));
    }
    Ok(today
        .after(&switch, zone)
        .await
        .map_err(|why| refused(&why))?)
}

fn refused(problem: &FutureProblem) -> Problem {
    let at = |server: &HostName| {
        (
            format!("resolving the name server {server} of --as-if-ns"),
            format!("give its address: --as-if-ns {server}=192.0.2.53"),
        )
    };
    match problem {
        FutureProblem::NoAddress(server) => {
            let (doing, hint) = at(server);
            Problem::usage(doing, "it has no address today", hint)
        }
        FutureProblem::Unresolved { server, failure } => {
            let (doing, hint) = at(server);
            Problem::usage(doing, &failure.text, hint).exit(Exit::CouldNotTell)
        }
        FutureProblem::Network(why) => {
            Problem::usage("setting up the network", why, "try it without --as-if")
        }
    }
}
