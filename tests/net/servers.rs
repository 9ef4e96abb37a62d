//! Servers that do as a test says, and networks that reach them.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use launch_ready::model::name::HostName;
use launch_ready::net::{Network, NetworkConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio_util::task::AbortOnDropHandle;

/// Where everything seems to be.
pub const HOST: &str = "www.acme.example";
pub const ADDRESS: &str = "203.0.113.10";

pub fn host(name: &str) -> HostName {
    HostName::parse(name).unwrap()
}

pub fn address() -> IpAddr {
    ADDRESS.parse().unwrap()
}

/// How a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Udp,
    Tcp,
}

/// What goes back.
pub enum Reply {
    Message(Message),
    Bytes(Vec<Vec<u8>>),
    Silence,
}

/// A DNS server on one loopback port, UDP and TCP.
pub struct Dns {
    pub at: SocketAddr,
    asked: Arc<AtomicUsize>,
    pub questions: Arc<Mutex<Vec<(Message, Via)>>>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Dns {
    pub async fn start(answer: impl Fn(&Message, Via) -> Reply + Send + Sync + 'static) -> Self {
        let (udp, tcp) = both_on_one_port().await;
        let at = udp.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let questions = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new({
            let (asked, questions) = (Arc::clone(&asked), Arc::clone(&questions));
            move |bytes: &[u8], via| {
                let message = Message::from_vec(bytes).unwrap();
                asked.fetch_add(1, Ordering::SeqCst);
                let reply = answer(&message, via);
                questions.lock().unwrap().push((message, via));
                match reply {
                    Reply::Message(message) => vec![message.to_vec().unwrap()],
                    Reply::Bytes(bytes) => bytes,
                    Reply::Silence => Vec::new(),
                }
            }
        });
        let over_tcp = Arc::clone(&answer);
        let tasks = [
            AbortOnDropHandle::new(tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
                    for reply in answer(&buffer[..length], Via::Udp) {
                        udp.send_to(&reply, from).await.unwrap();
                    }
                }
            })),
            AbortOnDropHandle::new(tokio::spawn(async move {
                while let Ok((mut stream, _)) = tcp.accept().await {
                    let Ok(length) = stream.read_u16().await else {
                        continue;
                    };
                    let mut bytes = vec![0; usize::from(length)];
                    stream.read_exact(&mut bytes).await.unwrap();
                    for reply in over_tcp(&bytes, Via::Tcp) {
                        let length = u16::try_from(reply.len()).unwrap();
                        stream.write_u16(length).await.unwrap();
                        stream.write_all(&reply).await.unwrap();
                    }
                }
            })),
        ];
        Self {
            at,
            asked,
            questions,
            _tasks: tasks,
        }
    }

    /// Answers every A question with [`ADDRESS`], everything else with nothing.
    pub async fn plain() -> Self {
        Self::start(|question, _| Reply::Message(plain(question))).await
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn both_on_one_port() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

/// The beginning of an answer.
pub fn reply(question: &Message) -> Message {
    let mut message = question.clone().into_response();
    message.metadata.recursion_available = true;
    message
}

pub fn failed(question: &Message, code: ResponseCode) -> Message {
    let mut message = reply(question);
    message.metadata.response_code = code;
    message
}

pub fn plain(question: &Message) -> Message {
    let mut message = reply(question);
    let query = &question.queries[0];
    if query.query_type == RecordType::A {
        let IpAddr::V4(v4) = address() else {
            unreachable!()
        };
        message.add_answer(record(&query.name, RData::A(v4.into())));
    }
    message
}

pub fn record(owner: &Name, data: RData) -> Record {
    Record::from_rdata(owner.clone(), 300, data)
}

/// A network that waits for little.
pub fn config(resolvers: &[&Dns]) -> NetworkConfig {
    NetworkConfig {
        resolvers: resolvers.iter().map(|dns| dns.at).collect(),
        timeout: Duration::from_secs(1),
        ..NetworkConfig::default()
    }
}

pub fn network(resolvers: &[&Dns]) -> Network {
    Network::new(config(resolvers)).unwrap()
}

/// A network to which `port` of [`ADDRESS`] is `at`.
pub fn network_to(dns: &Dns, port: u16, at: SocketAddr) -> Network {
    Network::new(NetworkConfig {
        reroutes: vec![(SocketAddr::new(address(), port), at)],
        ..config(&[dns])
    })
    .unwrap()
}

/// A TCP server that hands every connection to `serve`.
pub struct Tcp {
    pub at: SocketAddr,
    met: Arc<AtomicUsize>,
    _task: AbortOnDropHandle<()>,
}

impl Tcp {
    pub async fn start<F, S>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> S + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let met = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&met);
        let task = AbortOnDropHandle::new(tokio::spawn(async move {
            let mut serving = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                serving.spawn(serve(stream));
            }
        }));
        Self {
            at,
            met,
            _task: task,
        }
    }

    pub fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }
}

/// A folder for the files that a test writes.
pub fn file(folder: &tempfile::TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}
