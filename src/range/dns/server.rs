//! DNS over real sockets: datagrams, and length-prefixed messages over TCP (RFC 1035 §4.2, RFC 7766).

use std::net::SocketAddr;
use std::sync::Arc;

use hickory_proto::op::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::task::JoinSet;

use super::answer::{Reply, Via, question};
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
            if let Some(Reply::Bytes(reply)) = reply(&bytes, public, &shared, Via::Udp).await {
                // The client may be gone.
                let _ = socket.send_to(&reply, client).await;
            }
        });
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
                let Ok(length) = u16::try_from(reply.len()) else {
                    return;
                };
                let framed = [length.to_be_bytes().as_slice(), &reply].concat();
                if stream.write_all(&framed).await.is_err() {
                    return;
                }
            }
            Some(Reply::Silence) => {}
            Some(Reply::HangUp) | None => return,
        }
    }
}

async fn reply(bytes: &[u8], public: SocketAddr, shared: &Shared, via: Via) -> Option<Reply> {
    let request = Message::from_vec(bytes).ok()?;
    if let Some((name, rtype)) = question(&request) {
        let ascii = name.to_ascii();
        let bare = match ascii.strip_suffix('.') {
            Some("") | None => ascii.as_str(),
            Some(bare) => bare,
        };
        *shared
            .counts()
            .dns
            .entry(format!("{bare} {rtype}"))
            .or_default() += 1;
    }
    shared.pause().await;
    Some(shared.now().dns.reply(public.ip(), &request, via))
}
