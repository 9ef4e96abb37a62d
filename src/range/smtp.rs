//! The mail exchanger: greeting, EHLO, STARTTLS, QUIT (RFC 5321, RFC 3207). It takes no mail.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::change::{Conduct, TlsChange};
use super::state::Shared;
use super::tls::authority::Shape;

const NAME: &str = "mx.acme.example";

/// Serves one connection that came for port 25 of `public`.
pub async fn serve(mut stream: TcpStream, public: SocketAddr, shared: Arc<Shared>) {
    *shared
        .counts()
        .smtp
        .entry(public.ip().to_string())
        .or_default() += 1;
    shared.pause().await;
    let state = shared.now();
    let rule = state.smtp.iter().find(|rule| rule.address == public.ip());
    match rule.map(|rule| rule.does) {
        Some(Conduct::Silent) => return std::future::pending().await,
        Some(Conduct::Reset) => {
            let _ = stream.set_zero_linger();
            return;
        }
        Some(Conduct::Busy) => {
            let _ = stream
                .write_all(format!("421 {NAME} too busy, try later\r\n").as_bytes())
                .await;
            return;
        }
        _ => {}
    }
    if stream
        .write_all(format!("220 {NAME} ESMTP\r\n").as_bytes())
        .await
        .is_err()
    {
        return;
    }
    if talk(&mut stream, Offer::StartTls, &shared).await != Some(Next::StartTls) {
        return;
    }
    let rules: Vec<&TlsChange> = state.tls_rules(NAME, public.ip()).collect();
    let shape = Shape::of(&rules);
    let Ok(config) = shared.authority.config(NAME, &shape) else {
        return;
    };
    if let Ok(mut tls) = TlsAcceptor::from(config).accept(stream).await {
        talk(&mut tls, Offer::Nothing, &shared).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    StartTls,
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Gone,
    StartTls,
}

/// Answers commands until the client leaves or asks for TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    offer: Offer,
    shared: &Shared,
) -> Option<Next> {
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await.ok()? == 0 {
            return Some(Next::Gone);
        }
        shared.pause().await;
        let verb = line
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" if offer == Offer::StartTls => {
                format!("250-{NAME}\r\n250-SIZE 26214400\r\n250-8BITMIME\r\n250 STARTTLS\r\n")
            }
            "EHLO" => format!("250-{NAME}\r\n250-SIZE 26214400\r\n250 8BITMIME\r\n"),
            "HELO" => format!("250 {NAME}\r\n"),
            "NOOP" | "RSET" => "250 ok\r\n".to_owned(),
            "QUIT" => "221 bye\r\n".to_owned(),
            "STARTTLS" if offer == Offer::StartTls => "220 go ahead\r\n".to_owned(),
            _ => "502 not here\r\n".to_owned(),
        };
        lines.get_mut().write_all(reply.as_bytes()).await.ok()?;
        lines.get_mut().flush().await.ok()?;
        match verb.as_str() {
            "QUIT" => return Some(Next::Gone),
            "STARTTLS" if offer == Offer::StartTls => return Some(Next::StartTls),
            _ => {}
        }
    }
}
