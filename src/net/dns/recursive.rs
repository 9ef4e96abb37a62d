//! Questions to the recursive resolvers, the first that answers. Fails over on silence, never on an answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::ask::{Asked, Mode, Question, ask};
use super::moved::ask_moved;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType, Transport};
use crate::model::observation::{Failure, FailureKind};
use crate::net::reach::Reach;
use crate::net::socket::{literal, peer_name};

/// Which resolvers a question may go to.
#[derive(Debug, Clone, Copy)]
pub(in crate::net) enum Through {
    /// The first that answers.
    Any,
    One(SocketAddr),
}

/// Asks `resolver` over UDP first.
pub(in crate::net) async fn ask_resolver(
    reach: &Arc<Reach>,
    resolver: SocketAddr,
    name: &HostName,
    rtype: RecordType,
    mode: Mode,
) -> Arc<Asked> {
    ask_through(reach, Through::One(resolver), name, rtype, mode).await
}

/// Asks the resolvers in turn, beginning with the one that answered last, so that a dead one costs its time once a run.
pub(in crate::net) async fn ask_any(
    reach: &Arc<Reach>,
    name: &HostName,
    rtype: RecordType,
    mode: Mode,
) -> Arc<Asked> {
    ask_through(reach, Through::Any, name, rtype, mode).await
}

async fn ask_through(
    reach: &Arc<Reach>,
    through: Through,
    name: &HostName,
    rtype: RecordType,
    mode: Mode,
) -> Arc<Asked> {
    match &reach.ground.config.future.zone {
        Some(moved) => ask_moved(reach, moved, through, (name, rtype), mode).await,
        None => ask_today(reach, through, name, rtype, mode).await,
    }
}

/// What the resolvers say, wherever they get it.
pub(in crate::net) async fn ask_today(
    reach: &Arc<Reach>,
    through: Through,
    name: &HostName,
    rtype: RecordType,
    mode: Mode,
) -> Arc<Asked> {
    let put = |server| {
        let question = Question {
            server,
            name: name.clone(),
            rtype,
            mode,
            transport: Transport::Udp,
        };
        ask(reach, question)
    };
    if let Through::One(resolver) = through {
        return put(resolver).await;
    }
    let resolvers = &reach.ground.resolvers;
    let first = reach.preferred.load(Ordering::Relaxed);
    let mut silent: Option<Arc<Asked>> = None;
    for turn in 0..resolvers.len() {
        let index = (first + turn) % resolvers.len();
        let Some(resolver) = resolvers.get(index) else {
            break;
        };
        let asked = put(*resolver).await;
        if asked.answer.outcome.is_ok() {
            reach.preferred.store(index, Ordering::Relaxed);
            return asked;
        }
        silent = Some(silent.map_or(Arc::clone(&asked), |earlier| both_silent(&earlier, &asked)));
    }
    silent.unwrap_or_else(|| Arc::new(nobody(name, rtype)))
}

/// Addresses of `host`, IPv4 first. `Ok` and empty: proven that there are none.
pub(in crate::net) async fn addresses(
    reach: &Arc<Reach>,
    host: &HostName,
) -> Result<Vec<IpAddr>, Failure> {
    if let Some(address) = literal(host.as_str()) {
        return Ok(vec![address]);
    }
    let (v4, v6) = futures_util::future::join(
        ask_any(reach, host, RecordType::A, Mode::Recursive),
        ask_any(reach, host, RecordType::Aaaa, Mode::Recursive),
    )
    .await;
    let mut found = v4.answer.addresses();
    found.extend(v6.answer.addresses());
    let unusable = [&v4.answer, &v6.answer]
        .into_iter()
        .find(|answer| answer.is_unusable());
    match unusable {
        Some(answer) if found.is_empty() => Err(unresolved(answer)),
        _ => Ok(found),
    }
}

/// Why an unusable answer leaves a name without known addresses.
pub(in crate::net) fn unresolved(answer: &DnsAnswer) -> Failure {
    match &answer.outcome {
        Err(failure) => failure.clone(),
        Ok(_) => Failure::new(
            FailureKind::NoAddress,
            format!(
                "asking {} for {} {}: {}",
                answer.server,
                answer.name,
                answer.rtype,
                answer.outcome_line()
            ),
        ),
    }
}

fn both_silent(first: &Asked, then: &Asked) -> Arc<Asked> {
    let mut answer = (*first.answer).clone();
    if let (Err(failure), Err(other)) = (&mut answer.outcome, &then.answer.outcome) {
        failure.text = format!("{}; {}", failure.text, other.text);
    }
    answer.took_ms += then.answer.took_ms;
    Arc::new(Asked {
        answer: Arc::new(answer),
        message: None,
    })
}

fn nobody(name: &HostName, rtype: RecordType) -> Asked {
    Asked {
        answer: Arc::new(DnsAnswer {
            name: name.clone(),
            rtype,
            server: String::new(),
            recursive: true,
            transport: Transport::Udp,
            at: jiff::Timestamp::now(),
            took_ms: 0,
            outcome: Err(Failure::new(
                FailureKind::Unreachable,
                format!("asking for {name} {rtype}: no resolver is configured"),
            )),
        }),
        message: None,
    }
}

/// The system's resolvers.
pub(in crate::net) fn of_the_system() -> Result<Vec<SocketAddr>, String> {
    let (config, _) =
        hickory_resolver::system_conf::read_system_conf().map_err(|why| why.to_string())?;
    let mut found: Vec<SocketAddr> = Vec::new();
    for server in config.name_servers() {
        let port = server.connections.first().map_or(53, |c| c.port);
        let address = SocketAddr::new(server.ip, port);
        if !found.contains(&address) {
            found.push(address);
        }
    }
    if found.is_empty() {
        return Err("it names no resolver".to_owned());
    }
    Ok(found)
}

/// The resolvers as people know them.
pub(in crate::net) fn names(resolvers: &[SocketAddr]) -> Vec<String> {
    resolvers.iter().map(|r| peer_name(*r, 53)).collect()
}
