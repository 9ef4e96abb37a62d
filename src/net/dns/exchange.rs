//! One DNS question to one server over real sockets (RFC 1035 §4.2, RFC 6891, RFC 7766). Knows no memory and no fail-over.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, MessageType, Query, ResponseCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;

use super::ask::Mode;
use crate::model::observation::dns::Transport;
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::net::reach::Reach;
use crate::net::socket::{connect, io_failure, timed_out};

/// What UDP answers may be long: fits every path without fragments (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1232;
/// Tries over UDP, each with its own id and port.
const UDP_TRIES: u32 = 2;

/// A question on its way to one server.
pub(in crate::net) struct Errand<'a> {
    pub(in crate::net) reach: &'a Reach,
    /// Before rerouting.
    pub(in crate::net) server: SocketAddr,
    pub(in crate::net) query: Query,
    pub(in crate::net) mode: Mode,
    /// Begins the text of every failure: `asking 198.51.100.7 for acme.example MX`.
    pub(in crate::net) doing: String,
}

impl Errand<'_> {
    /// Asks over `first`; a truncated UDP answer is asked again over TCP, and stays truncated when that fails. Returns the
    /// transport of the answer that counts.
    pub(in crate::net) async fn run(
        &self,
        first: Transport,
    ) -> (Transport, Result<Message, Failure>) {
        let deadline = Instant::now() + self.reach.timeout();
        let (transport, outcome) = self.ask(first, Extension::Edns, deadline).await;
        match outcome {
            // A server from before 1999 may not know EDNS (RFC 6891 §7).
            Ok(message) if knows_no_edns(&message) => {
                self.ask(first, Extension::None, deadline).await
            }
            outcome => (transport, outcome),
        }
    }

    async fn ask(
        &self,
        first: Transport,
        extension: Extension,
        deadline: Instant,
    ) -> (Transport, Result<Message, Failure>) {
        if first == Transport::Tcp {
            return (Transport::Tcp, self.over_tcp(extension, deadline).await);
        }
        let answer = self.over_udp(extension, deadline).await;
        if !answer.as_ref().is_ok_and(|m| m.metadata.truncation) {
            return (Transport::Udp, answer);
        }
        match self.over_tcp(extension, deadline).await {
            Ok(whole) => (Transport::Tcp, Ok(whole)),
            Err(_) => (Transport::Udp, answer),
        }
    }

    async fn over_udp(&self, extension: Extension, deadline: Instant) -> Result<Message, Failure> {
        // Two tries leave a third of the time for TCP.
        let each = self.reach.timeout() * 7 / 20;
        let mut last = Err(timed_out(&self.doing, each * UDP_TRIES));
        for _ in 0..UDP_TRIES {
            let limit = each.min(deadline.saturating_duration_since(Instant::now()));
            last = match tokio::time::timeout(limit, self.udp_once(extension)).await {
                Ok(Ok(message)) => return Ok(message),
                Ok(Err(failure)) if failure.kind == FailureKind::Malformed => Err(failure),
                Ok(Err(failure)) => return Err(failure),
                Err(_) => last,
            };
        }
        last
    }

    async fn udp_once(&self, extension: Extension) -> Result<Message, Failure> {
        let question = self.question(extension);
        let bytes = self.encode(&question)?;
        let server = self.reach.ground.routes.to(self.server);
        let broken = |error: std::io::Error| io_failure(&self.doing, &error);
        let local = match server {
            SocketAddr::V4(_) => "0.0.0.0:0",
            SocketAddr::V6(_) => "[::]:0",
        };
        let socket = UdpSocket::bind(local).await.map_err(broken)?;
        // Connected: the kernel drops datagrams of strangers and reports a closed port.
        socket.connect(server).await.map_err(broken)?;
        self.reach.limits.count_dns();
        socket.send(&bytes).await.map_err(broken)?;
        let mut buffer = vec![0_u8; usize::from(u16::MAX)];
        let patience = Instant::now() + self.reach.timeout() * 6 / 20;
        let mut rubbish = None;
        loop {
            let left = patience.saturating_duration_since(Instant::now());
            let received = match (
                tokio::time::timeout(left, socket.recv(&mut buffer)).await,
                rubbish,
            ) {
                (Ok(received), _) => received.map_err(broken)?,
                // Something came back, though never an answer: say that rather than "silence".
                (Err(_), Some(why)) => return Err(why),
                (Err(_), None) => std::future::pending().await,
            };
            rubbish = match self.decode(buffer.get(..received).unwrap_or_default(), &question) {
                Ok(message) => return Ok(message),
                Err(why) => Some(why),
            };
        }
    }

    async fn over_tcp(&self, extension: Extension, deadline: Instant) -> Result<Message, Failure> {
        let limit = deadline.saturating_duration_since(Instant::now());
        tokio::time::timeout(limit, self.tcp_once(extension, limit))
            .await
            .unwrap_or_else(|_| Err(timed_out(&self.doing_tcp(), limit)))
    }

    async fn tcp_once(&self, extension: Extension, limit: Duration) -> Result<Message, Failure> {
        let doing = self.doing_tcp();
        let broken = |error: std::io::Error| io_failure(&doing, &error);
        let question = self.question(extension);
        let bytes = self.encode(&question)?;
        let mut stream = connect(&self.reach.ground.routes, self.server, limit, &doing).await?;
        self.reach.limits.count_dns();
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        let framed = [&length.to_be_bytes()[..], &bytes].concat();
        stream.write_all(&framed).await.map_err(broken)?;
        let announced = stream.read_u16().await.map_err(broken)?;
        let mut answer = vec![0_u8; usize::from(announced)];
        stream.read_exact(&mut answer).await.map_err(broken)?;
        self.decode(&answer, &question)
    }

    fn doing_tcp(&self) -> String {
        format!("{} over TCP", self.doing)
    }

    /// A fresh message with a random id.
    fn question(&self, extension: Extension) -> Message {
        let mut message = Message::query();
        message.metadata.recursion_desired = self.mode != Mode::Authority;
        message.metadata.checking_disabled = self.mode == Mode::Unchecked;
        message.add_query(self.query.clone());
        if extension == Extension::Edns {
            let mut edns = Edns::new();
            edns.set_max_payload(UDP_PAYLOAD).set_version(0);
            edns.set_dnssec_ok(true);
            message.set_edns(edns);
        }
        message
    }

    fn encode(&self, question: &Message) -> Result<Vec<u8>, Failure> {
        question
            .to_vec()
            .map_err(|why| self.malformed(&why.to_string()))
    }

    fn decode(&self, bytes: &[u8], question: &Message) -> Result<Message, Failure> {
        let message = Message::from_vec(bytes)
            .map_err(|why| self.malformed(&format!("what came back is no DNS message ({why})")))?;
        if answers(&message, question) {
            Ok(message)
        } else {
            Err(self.malformed("what came back answers another question"))
        }
    }

    fn malformed(&self, why: &str) -> Failure {
        Failure::new(
            FailureKind::Malformed,
            format!("{}: {}", self.doing, escape(why)),
        )
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extension {
    Edns,
    None,
}

/// Same id, and the same question, whatever the case of its name; servers that report an error may leave the question out.
fn answers(message: &Message, question: &Message) -> bool {
    let same_question = message.queries == question.queries
        || message.queries.is_empty() && message.metadata.response_code != ResponseCode::NoError;
    message.metadata.message_type == MessageType::Response
        && message.metadata.id == question.metadata.id
        && same_question
}

fn knows_no_edns(message: &Message) -> bool {
    message.edns.is_none()
        && matches!(
            message.metadata.response_code,
            ResponseCode::FormErr | ResponseCode::NotImp
        )
}
