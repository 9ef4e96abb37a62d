//! A question put to one server, remembered for the run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use hickory_proto::op::{Message, Query};
use jiff::Timestamp;

use super::convert;
use super::exchange::Errand;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType, Transport};
use crate::model::observation::{Failure, FailureKind};
use crate::net::limits::Peer;
use crate::net::memory::Sight;
use crate::net::reach::Reach;
use crate::net::socket::{millis, peer_name};

/// What the server is wanted to do with the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::net) enum Mode {
    /// Recurse and validate (RD=1, CD=0).
    Recursive,
    /// Recurse, do not validate (RD=1, CD=1; RFC 4035 §3.2.2).
    Unchecked,
    /// Say what it knows itself (RD=0).
    Authority,
}

/// One question to one server: what is remembered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::net) struct Question {
    pub(in crate::net) server: SocketAddr,
    pub(in crate::net) name: HostName,
    pub(in crate::net) rtype: RecordType,
    pub(in crate::net) mode: Mode,
    pub(in crate::net) transport: Transport,
}

/// The answer as data, and the message that it was read from, for who must verify signatures.
pub(in crate::net) struct Asked {
    pub(in crate::net) answer: Arc<DnsAnswer>,
    pub(in crate::net) message: Option<Message>,
}

impl Sight for Asked {
    fn saw_nothing(&self) -> bool {
        self.answer.is_unusable()
    }
}

/// The answer to `question`, asked once a run.
pub(in crate::net) async fn ask(reach: &Arc<Reach>, question: Question) -> Arc<Asked> {
    let own = Arc::clone(reach);
    let asked = question.clone();
    reach
        .questions
        .recall(question, || async move { put(&own, asked).await })
        .await
}

async fn put(reach: &Reach, question: Question) -> Asked {
    let who = peer_name(question.server, 53);
    let _waiting = reach
        .waits
        .begin(format!("{who} {} {}", question.rtype, question.name));
    let _place = reach.limits.enter(Peer::Dns(who.clone())).await;
    let at = Timestamp::now();
    let begun = Instant::now();
    let doing = format!("asking {who} for {} {}", question.name, question.rtype);
    let (transport, outcome) = match convert::wire_name(&question.name) {
        None => (question.transport, Err(unsendable(&doing))),
        Some(name) => {
            let errand = Errand {
                reach,
                server: question.server,
                query: Query::query(name, convert::wire_type(question.rtype)),
                mode: question.mode,
                doing,
            };
            errand.run(question.transport).await
        }
    };
    if let Ok(message) = &outcome {
        reach.footing.note_signatures(message);
    }
    let outcome = outcome.map(|message| reach.ground.config.future.says(&question, message));
    tracing::debug!(server = %who, name = %question.name, rtype = %question.rtype, answered = outcome.is_ok(), "dns");
    let answer = DnsAnswer {
        name: question.name,
        rtype: question.rtype,
        server: who,
        recursive: question.mode != Mode::Authority,
        transport,
        at,
        took_ms: millis(begun.elapsed()),
        outcome: outcome.as_ref().map(convert::message).map_err(Clone::clone),
    };
    Asked {
        answer: Arc::new(answer),
        message: outcome.ok(),
    }
}

fn unsendable(doing: &str) -> Failure {
    Failure::new(
        FailureKind::Malformed,
        format!("{doing}: the name does not fit into a DNS message"),
    )
}
