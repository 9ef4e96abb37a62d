//! The submission server of the mail sender: STARTTLS on 587, TLS first on 465, and nothing without signing in (RFC 6409).

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;

use super::receive::{Envelope, author, deliver, is_known};
use super::{SENDER, SUBMISSION_HOST, is_plain_of, line, say, secure};
use crate::range::DOMAIN;
use crate::range::change::PostDoes;
use crate::range::state::Shared;

/// Most bytes of a message.
const LARGEST: usize = 1024 * 1024;
/// What those hear who write in the clear.
const TLS_FIRST: &str = "530 5.7.0 Must issue a STARTTLS command first\r\n";

/// Serves one connection that came for a port of the submission server.
pub async fn serve(stream: TcpStream, public: SocketAddr, shared: Arc<Shared>) {
    let met = format!("{SUBMISSION_HOST}:{}", public.port());
    *shared.counts().smtp.entry(met).or_default() += 1;
    shared.pause().await;
    if public.port() == 465 {
        if let Some(tls) = secure(stream, SUBMISSION_HOST, public, &shared).await {
            let mut tls = BufReader::new(tls);
            if say(&mut tls, banner().as_bytes()).await.is_ok() {
                Client::new(&shared).serve(tls).await;
            }
        }
        return;
    }
    let Some(stream) = until_starttls(stream).await else {
        return;
    };
    if let Some(tls) = secure(stream, SUBMISSION_HOST, public, &shared).await {
        Client::new(&shared).serve(BufReader::new(tls)).await;
    }
}

fn banner() -> String {
    format!("220 {SUBMISSION_HOST} ESMTP\r\n")
}

/// Talks in the clear until TLS is asked for.
async fn until_starttls(stream: TcpStream) -> Option<TcpStream> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, banner().as_bytes()).await.ok()?;
    loop {
        let command = line(&mut stream).await?;
        let reply = match verb(&command).as_str() {
            "EHLO" => format!("250-{SUBMISSION_HOST}\r\n250-8BITMIME\r\n250 STARTTLS\r\n"),
            "STARTTLS" => {
                say(&mut stream, b"220 2.0.0 Ready to start TLS\r\n")
                    .await
                    .ok()?;
                return Some(stream.into_inner());
            }
            "QUIT" => {
                let _ = say(&mut stream, b"221 2.0.0 Bye\r\n").await;
                return None;
            }
            _ => TLS_FIRST.to_owned(),
        };
        say(&mut stream, reply.as_bytes()).await.ok()?;
    }
}

fn verb(command: &str) -> String {
    command
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase()
}

/// One client behind TLS.
struct Client<'a> {
    shared: &'a Shared,
    signed_in: bool,
    from: Option<String>,
    to: Vec<String>,
}

impl<'a> Client<'a> {
    fn new(shared: &'a Shared) -> Self {
        Self {
            shared,
            signed_in: false,
            from: None,
            to: Vec::new(),
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut self, mut stream: BufReader<S>) {
        while let Some(command) = line(&mut stream).await {
            let verb = verb(&command);
            self.shared.pause().await;
            let reply = match verb.as_str() {
                "AUTH" => match self.sign_in(&command, &mut stream).await {
                    Some(reply) => reply,
                    None => return,
                },
                "DATA" if !self.to.is_empty() => {
                    let invitation = b"354 End data with <CR><LF>.<CR><LF>\r\n";
                    if say(&mut stream, invitation).await.is_err() {
                        return;
                    }
                    let Some(message) = data(&mut stream).await else {
                        return;
                    };
                    self.take(&message).to_owned()
                }
                _ => self.answer(&verb, &command),
            };
            if say(&mut stream, reply.as_bytes()).await.is_err() || verb == "QUIT" {
                return;
            }
        }
    }

    fn answer(&mut self, verb: &str, command: &str) -> String {
        match verb {
            "EHLO" => format!("250-{SUBMISSION_HOST}\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n"),
            "QUIT" => "221 2.0.0 Bye\r\n".to_owned(),
            "NOOP" => "250 2.0.0 Ok\r\n".to_owned(),
            "RSET" => {
                self.from = None;
                self.to.clear();
                "250 2.0.0 Ok\r\n".to_owned()
            }
            "MAIL" | "RCPT" if !self.signed_in => {
                "530 5.7.1 Authentication required\r\n".to_owned()
            }
            "MAIL" => match path(command).filter(|from| is_own(from)) {
                Some(from) => {
                    self.from = Some(from);
                    self.to.clear();
                    "250 2.1.0 Ok\r\n".to_owned()
                }
                None => format!("550 5.7.1 {} may not send for that domain\r\n", SENDER.user),
            },
            "RCPT" if self.from.is_some() => match path(command).filter(|to| is_known(to)) {
                Some(to) => {
                    self.to.push(to);
                    "250 2.1.5 Ok\r\n".to_owned()
                }
                None => "550 5.1.2 There is no such domain\r\n".to_owned(),
            },
            "RCPT" | "DATA" => "503 5.5.1 Bad sequence of commands\r\n".to_owned(),
            _ => "502 5.5.1 Command not implemented\r\n".to_owned(),
        }
    }

    /// PLAIN with or without an initial response, and LOGIN; `None` when the client is gone.
    async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        command: &str,
        stream: &mut BufReader<S>,
    ) -> Option<String> {
        let mut words = command.split_whitespace().skip(1);
        let way = words.next().unwrap_or_default().to_ascii_uppercase();
        let right = match (way.as_str(), words.next()) {
            ("PLAIN", Some(message)) => is_plain_of(&decoded(message), &SENDER),
            ("PLAIN", None) => {
                say(stream, b"334 \r\n").await.ok()?;
                is_plain_of(&decoded(&line(stream).await?), &SENDER)
            }
            ("LOGIN", _) => {
                say(stream, b"334 VXNlcm5hbWU6\r\n").await.ok()?;
                let user = decoded(&line(stream).await?);
                say(stream, b"334 UGFzc3dvcmQ6\r\n").await.ok()?;
                let password = decoded(&line(stream).await?);
                user == SENDER.user.as_bytes() && password == SENDER.password.as_bytes()
            }
            _ => return Some("504 5.5.4 Unrecognized authentication type\r\n".to_owned()),
        };
        let refuses = PostDoes::SubmissionRefuses;
        if !right || self.shared.now().post.contains(&refuses) {
            return Some("535 5.7.8 Authentication credentials invalid\r\n".to_owned());
        }
        self.signed_in = true;
        Some("235 2.7.0 Authentication successful\r\n".to_owned())
    }

    /// Takes the message over, and delivers it at once.
    fn take(&mut self, message: &[u8]) -> &'static str {
        let message = String::from_utf8_lossy(message);
        if !author(&message).is_some_and(|domain| is_own(&format!("x@{domain}"))) {
            return "550 5.7.1 From is not of a domain that you may send for\r\n";
        }
        let state = self.shared.now();
        let now = Timestamp::now();
        let from = self.from.take().unwrap_or_default();
        for to in std::mem::take(&mut self.to) {
            let envelope = Envelope {
                from: &from,
                to: &to,
            };
            if let Some(letter) = deliver(&state, &message, envelope, now) {
                self.shared.post.keep(letter);
            }
        }
        "250 2.0.0 Ok: queued\r\n"
    }
}

/// Whether the sender may write from there: its account is the client's.
fn is_own(address: &str) -> bool {
    let domain = address
        .rsplit_once('@')
        .map(|(_, domain)| domain.to_ascii_lowercase());
    domain.is_some_and(|domain| {
        domain == DOMAIN
            || domain
                .strip_suffix(DOMAIN)
                .is_some_and(|head| head.ends_with('.'))
    })
}

/// The address between the brackets of MAIL and RCPT.
fn path(command: &str) -> Option<String> {
    let (_, rest) = command.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    address.contains('@').then(|| address.to_owned())
}

fn decoded(text: &str) -> Vec<u8> {
    BASE64.decode(text.trim()).unwrap_or_default()
}

/// The message up to the dot, with CRLF and without the doubled dots; `None` when it is cut off or too large.
async fn data<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let text = line(stream).await?;
        if text == "." {
            return Some(message);
        }
        message.extend_from_slice(text.strip_prefix('.').unwrap_or(&text).as_bytes());
        message.extend_from_slice(b"\r\n");
        if message.len() > LARGEST {
            return None;
        }
    }
}
