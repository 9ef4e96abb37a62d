//! Recursion in a world where one zone has moved: names of the zone are asked of its new servers, everything else of the
//! resolvers, and an alias is followed across that border in both directions.

use std::sync::Arc;

use jiff::Timestamp;

use super::ask::{Asked, Mode, Question, ask};
use super::recursive::{Through, ask_today};
use super::walk::Walk;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, Rcode, RecordType, Transport};
use crate::model::observation::{Failure, FailureKind};
use crate::net::future::MovedZone;
use crate::net::reach::Reach;

/// Servers that one question may lead to; aliases that go on longer are not followed by resolvers either.
const MOST_HOPS: usize = 12;

/// The answer as a resolver will give it, from the records as they are: nothing is validated.
pub(in crate::net) async fn ask_moved(
    reach: &Arc<Reach>,
    moved: &MovedZone,
    through: Through,
    question: (&HostName, RecordType),
    mode: Mode,
) -> Arc<Asked> {
    let (name, rtype) = question;
    let mut hops: Vec<Arc<Asked>> = Vec::new();
    let mut met = vec![name.clone()];
    let mut at = name.clone();
    loop {
        let inside = moved.answers(&at, rtype);
        let asked = if inside {
            at_new_servers(reach, &at, rtype).await
        } else {
            ask_today(reach, through, &at, rtype, mode).await
        };
        let next = leads_to(moved, &asked.answer, inside);
        hops.push(asked);
        match next {
            Some(next) if !met.contains(&next) && hops.len() < MOST_HOPS => {
                met.push(next.clone());
                at = next;
            }
            _ => return joined(&hops, &met, &at),
        }
    }
}

/// Where the question goes on: over the border, or to an alias's target that a new server did not follow.
fn leads_to(moved: &MovedZone, answer: &DnsAnswer, inside: bool) -> Option<HostName> {
    if answer.rtype == RecordType::Cname {
        return None;
    }
    let message = answer.message()?;
    let chain = message.chain(&answer.name);
    let over = chain
        .iter()
        .skip(1)
        .find(|name| name.is_within(&moved.zone) != inside);
    let unfollowed = || {
        let open = inside && message.rcode == Rcode::NoError && answer.records().is_empty();
        chain.last().filter(|last| open && **last != answer.name)
    };
    over.or_else(unfollowed).cloned()
}

async fn at_new_servers(reach: &Arc<Reach>, name: &HostName, rtype: RecordType) -> Arc<Asked> {
    match Walk::new(reach).answer_of(name, rtype).await {
        // Remembered: this gives the message that the walk has seen.
        Ok(arrival) => {
            let question = Question {
                server: (arrival.server, 53).into(),
                name: name.clone(),
                rtype,
                mode: Mode::Authority,
                transport: Transport::Udp,
            };
            ask(reach, question).await
        }
        Err(failure) => Arc::new(Asked {
            answer: Arc::new(unanswered(name, rtype, failure)),
            message: None,
        }),
    }
}

fn unanswered(name: &HostName, rtype: RecordType, failure: Failure) -> DnsAnswer {
    DnsAnswer {
        name: name.clone(),
        rtype,
        server: String::new(),
        recursive: false,
        transport: Transport::Udp,
        at: Timestamp::now(),
        took_ms: 0,
        outcome: Err(failure),
    }
}

/// One answer out of all hops: the aliases of each, then what the last one says. There is no single message behind it.
fn joined(hops: &[Arc<Asked>], met: &[HostName], last_name: &HostName) -> Arc<Asked> {
    let (Some(first), Some(last)) = (hops.first(), hops.last()) else {
        let none = Failure::new(FailureKind::Unreachable, "nothing was asked");
        return Arc::new(Asked {
            answer: Arc::new(unanswered(last_name, RecordType::A, none)),
            message: None,
        });
    };
    if hops.len() == 1 {
        return Arc::clone(first);
    }
    let mut answer = (*first.answer).clone();
    answer.took_ms = hops.iter().map(|hop| hop.answer.took_ms).sum();
    answer.outcome.clone_from(&last.answer.outcome);
    if let Ok(message) = &mut answer.outcome {
        let aliases = hops.iter().zip(met.iter().skip(1)).flat_map(|(hop, next)| {
            let whole = hop.answer.message();
            let chain = whole.map_or_else(Vec::new, |m| m.chain(&hop.answer.name));
            let before: Vec<HostName> = chain.into_iter().take_while(|n| n != next).collect();
            whole
                .map_or(&[][..], |m| m.answers.as_slice())
                .iter()
                .filter(move |r| before.iter().any(|n| n.as_str() == r.name))
                .cloned()
        });
        message.answers = aliases
            .chain(std::mem::take(&mut message.answers))
            .collect();
    }
    Arc::new(Asked {
        answer: Arc::new(answer),
        message: None,
    })
}
