//! The mail exchangers: greeting, EHLO, STARTTLS, QUIT (RFC 5321, RFC 3207), and the ways of failing at it. They take no mail.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::change::{SmtpDoes, TlsChange};
use super::state::Shared;
use super::tls::authority::Shape;

/// How long a late banner takes.
const LATE: Duration = Duration::from_secs(3);

/// What a server says and does.
#[derive(Clone, Copy)]
struct Server {
    name: &'static str,
    does: Option<SmtpDoes>,
}

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
    let server = Server {
        name: name_of(public.ip()),
        does: rule.map(|rule| rule.does),
    };
    if server.does == Some(SmtpDoes::Reset) {
        let _ = stream.set_zero_linger();
        return;
    }
    if welcome(&mut stream, server).await.is_err()
        || server.does == Some(SmtpDoes::Busy)
        || talk(&mut stream, server, Offer::StartTls, &shared).await != Some(Next::StartTls)
    {
        return;
    }
    match server.does {
        Some(SmtpDoes::StartTlsSilent) => return std::future::pending().await,
        Some(SmtpDoes::StartTlsBroken) => {
            let _ = stream.write_all(b"500 that is no command\r\n").await;
            return;
        }
        _ => {}
    }
    let rules: Vec<&TlsChange> = state.tls_rules(server.name, public.ip()).collect();
    let shape = Shape {
        // As Exim: whoever offers the protocols of the web alone is sent away.
        protocols: vec!["smtp".to_owned()],
        ..Shape::of(&rules)
    };
    let Ok(config) = shared.authority.config(server.name, &shape) else {
        return;
    };
    if let Ok(mut tls) = TlsAcceptor::from(config).accept(stream).await {
        talk(&mut tls, server, Offer::Nothing, &shared).await;
    }
}

fn name_of(address: IpAddr) -> &'static str {
    match address {
        IpAddr::V4(v4) if v4.octets().last() == Some(&26) => "mx2.acme.example",
        _ => "mx.acme.example",
    }
}

/// The banner, or what comes instead.
async fn welcome(stream: &mut TcpStream, server: Server) -> io::Result<()> {
    let name = server.name;
    let banner = match server.does {
        Some(SmtpDoes::Silent) => return std::future::pending().await,
        Some(SmtpDoes::Busy) => format!("421 {name} too busy, try later\r\n"),
        Some(SmtpDoes::Masked) => "220 ****************************\r\n".to_owned(),
        _ => format!("220 {name} ESMTP\r\n"),
    };
    match server.does {
        Some(SmtpDoes::Late) => tokio::time::sleep(LATE).await,
        Some(SmtpDoes::Drip) => {
            for byte in banner.bytes() {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            return Ok(());
        }
        _ => {}
    }
    stream.write_all(banner.as_bytes()).await
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
    server: Server,
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
        let (reply, next) = answer(&verb, server, offer);
        lines.get_mut().write_all(reply.as_bytes()).await.ok()?;
        lines.get_mut().flush().await.ok()?;
        if next.is_some() {
            return next;
        }
    }
}

/// The answer to a command, and where it leads.
fn answer(verb: &str, server: Server, offer: Offer) -> (String, Option<Next>) {
    let name = server.name;
    let started = |reply: &str| (reply.to_owned(), Some(Next::StartTls));
    let said = |reply: &str| (reply.to_owned(), None);
    match (verb, server.does) {
        ("EHLO", Some(SmtpDoes::BusyLater)) => (
            format!("421 {name} too many connections from you\r\n"),
            Some(Next::Gone),
        ),
        ("EHLO", Some(SmtpDoes::Unwelcoming)) => said("550 who are you?\r\n"),
        ("EHLO", does) => {
            let last = match does {
                Some(SmtpDoes::NoStartTls) => "250 HELP",
                Some(SmtpDoes::Masked) => "250 XXXXXXXA",
                _ if offer == Offer::StartTls => "250 STARTTLS",
                _ => "250 HELP",
            };
            said(&format!(
                "250-{name}\r\n250-SIZE 26214400\r\n250-8BITMIME\r\n{last}\r\n"
            ))
        }
        ("HELO", _) => said(&format!("250 {name}\r\n")),
        ("NOOP" | "RSET", _) => said("250 ok\r\n"),
        ("QUIT", _) => ("221 bye\r\n".to_owned(), Some(Next::Gone)),
        ("STARTTLS", Some(SmtpDoes::StartTlsRefused)) => {
            said("454 4.7.0 TLS not available due to local problem\r\n")
        }
        ("STARTTLS", Some(SmtpDoes::StartTlsTalks)) => {
            started("220 go ahead\r\n250 and by the way\r\n")
        }
        ("STARTTLS", _) if offer == Offer::StartTls => started("220 go ahead\r\n"),
        _ => said("502 not here\r\n"),
    }
}
