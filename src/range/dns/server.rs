//! DNS over real sockets: datagrams, and length-prefixed messages over TCP (RFC 1035 §4.2, RFC 7766).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::task::JoinSet;

use super::answer::{Arrival, Reply, Via, question};
use crate::range::state::Shared;

/// Answers datagrams that came for `public`, until it is dropped.
pub async fn serve_udp(socket: UdpSocket, public: SocketAddr, shared: Arc<Shared>) {
    let socket = Arc::new(socket);
    let mut answering = JoinSet::new();
    let mut buffer = vec![0_u8; 4096];
    loop {
        // An error here is a client's port that is gone; the socket stays good.
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        while answering.try_join_next().is_some() {}
        let Some(bytes) = buffer.get(..length).map(<[u8]>::to_vec) else {
            continue;
        };
        let (socket, shared) = (Arc::clone(&socket), Arc::clone(&shared));
        answering.spawn(async move {
            // The client may be gone.
            match reply(&bytes, public, &shared, Via::Udp).await {
                Some(Reply::Bytes(reply) | Reply::Drip(reply)) => {
                    let _ = socket.send_to(&reply, client).await;
                }
                Some(Reply::Elsewhere(reply)) => send_from_elsewhere(&reply, client).await,
                Some(Reply::Forged([other_id, other_place, right])) => {
                    let _ = socket.send_to(&other_id, client).await;
                    send_from_elsewhere(&other_place, client).await;
                    let _ = socket.send_to(&right, client).await;
                }
                Some(Reply::Silence | Reply::HangUp) | None => {}
            }
        });
    }
}

async fn send_from_elsewhere(reply: &[u8], client: SocketAddr) {
    if let Ok(socket) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await {
        // As above.
        let _ = socket.send_to(reply, client).await;
    }
}

/// Answers the messages of one connection that came for `public`.
pub async fn serve_tcp(mut stream: TcpStream, public: SocketAddr, shared: Arc<Shared>) {
    while let Ok(length) = stream.read_u16().await {
        let mut bytes = vec![0_u8; usize::from(length)];
        if stream.read_exact(&mut bytes).await.is_err() {
            return;
        }
        match reply(&bytes, public, &shared, Via::Tcp).await {
            Some(Reply::Bytes(reply)) => {
                let Some(framed) = framed(&reply) else {
                    return;
                };
                if stream.write_all(&framed).await.is_err() {
                    return;
                }
            }
            Some(Reply::Drip(reply)) => {
                for byte in framed(&reply).unwrap_or_default() {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Some(Reply::Silence) => {}
            Some(Reply::Elsewhere(_) | Reply::Forged(_) | Reply::HangUp) | None => return,
        }
    }
}

fn framed(reply: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(reply.len()).ok()?;
    Some([length.to_be_bytes().as_slice(), reply].concat())
}

async fn reply(bytes: &[u8], public: SocketAddr, shared: &Shared, via: Via) -> Option<Reply> {
    let request = Message::from_vec(bytes).ok()?;
    let mut is_first = false;
    if let Some((name, rtype)) = question(&request) {
        let ascii = name.to_ascii();
        let bare = match ascii.strip_suffix('.') {
            Some("") | None => ascii.as_str(),
            Some(bare) => bare,
        };
        let asked = format!("{bare} {rtype}");
        is_first = via == Via::Udp && shared.is_first(public.ip(), &asked);
        *shared.counts().dns.entry(asked).or_default() += 1;
    }
    shared.pause().await;
    let arrival = Arrival {
        at: public.ip(),
        via,
        is_first,
    };
    Some(shared.now().dns.reply(arrival, &request))
}
