//! What a mail server says on port 25 before any mail: banner, answer to EHLO, and TLS after STARTTLS (RFC 5321 §3.1, §4.2;
//! RFC 3207). Sends no mail.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::limits::Peer;
use super::memory::Sight;
use super::reach::Reach;
use super::socket::{connect, io_failure, millis, timed_out};
use super::tls::certificate::prints;
use super::tls::handshake::{Secured, Shake, agreed, secure};
use crate::model::observation::smtp::{SmtpBanner, SmtpGreeting, SmtpReply, StartTls};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::{escape, escape_bytes};

/// Says who greets, and that no mail can come back (RFC 2606 §2). A name of two labels: some servers refuse a bare one.
const GREETER: &str = "launch-ready.invalid";
/// Against spam servers make their guests wait for the banner, six seconds often and up to thirty: so many times the usual
/// patience is had with it.
const BANNER: u32 = 6;
/// Most bytes of a reply line; RFC 5321 §4.5.3.1.5 allows 512.
const LONGEST_LINE: u64 = 2_048;
/// Most lines of a reply.
const MOST_LINES: usize = 100;

impl Sight for SmtpGreeting {
    fn saw_nothing(&self) -> bool {
        self.outcome.is_err()
    }
}

/// Listens to the banner of `address`, greets, asks for TLS, and leaves.
pub(in crate::net) async fn greet(
    reach: Arc<Reach>,
    host: String,
    address: IpAddr,
) -> SmtpGreeting {
    let peer = SocketAddr::new(address, 25);
    let _waiting = reach.waits.begin(format!("{peer} SMTP"));
    let _place = reach.limits.enter(Peer::Smtp(address.to_string())).await;
    let at = Timestamp::now();
    let begun = Instant::now();
    reach.limits.count_smtp();
    let doing = format!("connecting to the mail server {} at {peer}", escape(&host));
    let met = connect(&reach.ground.routes, peer, reach.timeout(), &doing).await;
    let connected = met.is_ok();
    let outcome = match met {
        Ok(stream) => dialogue(&reach, &host, peer, stream).await,
        Err(failure) => Err(failure),
    };
    SmtpGreeting {
        host,
        address,
        at,
        took_ms: millis(begun.elapsed()),
        connected,
        outcome,
    }
}

async fn dialogue(
    reach: &Reach,
    host: &str,
    peer: SocketAddr,
    stream: TcpStream,
) -> Result<SmtpBanner, Failure> {
    let limit = reach.timeout();
    let whom = format!("the mail server {} at {}", escape(host), peer.ip());
    let mut line = Line {
        stream: BufReader::new(stream),
        doing: format!("waiting for the banner of {whom}"),
    };
    let banner = line.reply(limit * BANNER).await?;
    let mut seen = SmtpBanner {
        code: banner.code,
        text: banner.lines.join("\n"),
        ehlo: None,
        extensions: Vec::new(),
        starttls: StartTls::NotAsked,
    };
    if banner.code == 220 {
        line.doing = format!("greeting {whom}");
        let answer = line.command(&format!("EHLO {GREETER}"), limit * 2).await?;
        if answer.code == 250 {
            seen.extensions = keywords(&answer.lines);
            seen.starttls = StartTls::NotOffered;
        }
        seen.ehlo = Some(answer.said());
    }
    let offers = |extension: &String| extension.split_whitespace().next() == Some("STARTTLS");
    if seen.extensions.iter().any(offers) {
        line.doing = format!("STARTTLS with {whom}");
        seen.starttls = upgrade(reach, host, line).await;
    } else {
        // Politeness only: whatever comes of it, the observation is made.
        let _ = line.command("QUIT", limit / 4).await;
    }
    Ok(seen)
}

/// Asks for TLS and shakes hands on the same connection (RFC 3207 §4).
async fn upgrade(reach: &Reach, host: &str, mut line: Line) -> StartTls {
    let limit = reach.timeout();
    match line.command("STARTTLS", limit * 2).await {
        Err(failure) => return StartTls::Broken(failure),
        Ok(reply) if reply.code != 220 => {
            let _ = line.command("QUIT", limit / 4).await;
            return StartTls::Refused(reply.said());
        }
        Ok(_) => {}
    }
    // What is in the buffer came before TLS, and could have come from anybody (RFC 3207 §6).
    let early = line.stream.buffer().to_vec();
    if !early.is_empty() {
        return StartTls::Broken(line.malformed(&early));
    }
    let shake = Shake {
        host,
        // Mail has none: some servers hang up on whoever offers the web's.
        protocols: &[],
        limit: limit * 2,
        doing: &line.doing,
    };
    let tcp = line.stream.into_inner();
    match secure(&reach.ground.trust, tcp, shake).await {
        Err(failure) => StartTls::Broken(failure),
        Ok(secured) => {
            let session = agreed(&reach.ground.trust, &secured);
            let prints = secured.seen.chain.iter().map(|der| prints(der)).collect();
            leave(secured, limit / 4).await;
            StartTls::Agreed {
                session: Box::new(session),
                prints,
            }
        }
    }
}

/// Says QUIT and hears the answer, where it comes soon.
async fn leave(mut secured: Secured, limit: Duration) {
    let goodbye = async {
        secured.stream.write_all(b"QUIT\r\n").await?;
        secured.stream.flush().await?;
        secured.stream.read(&mut [0; 64]).await
    };
    // Politeness only.
    let _ = tokio::time::timeout(limit, goodbye).await;
}

/// The lines after the greeting, as they are: `STARTTLS`, `SIZE 35882577`; upper case.
fn keywords(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .skip(1)
        .map(|line| line.to_ascii_uppercase())
        .collect()
}

/// The dialogue's connection.
struct Line {
    stream: BufReader<TcpStream>,
    doing: String,
}

struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    fn said(&self) -> SmtpReply {
        SmtpReply {
            code: self.code,
            text: self.lines.join("\n"),
        }
    }
}

impl Line {
    async fn command(&mut self, command: &str, limit: Duration) -> Result<Reply, Failure> {
        self.stream
            .get_mut()
            .write_all(format!("{command}\r\n").as_bytes())
            .await
            .map_err(|error| io_failure(&self.doing, &error))?;
        self.reply(limit).await
    }

    async fn reply(&mut self, limit: Duration) -> Result<Reply, Failure> {
        tokio::time::timeout(limit, self.read())
            .await
            .unwrap_or_else(|_| Err(timed_out(&self.doing, limit)))
    }

    async fn read(&mut self) -> Result<Reply, Failure> {
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let mut raw = Vec::new();
            (&mut self.stream)
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut raw)
                .await
                .map_err(|error| io_failure(&self.doing, &error))?;
            if raw.is_empty() {
                return Err(Failure::new(
                    FailureKind::Reset,
                    format!("{}: the connection was closed", self.doing),
                ));
            }
            let (code, is_last, text) = parse(&raw).ok_or_else(|| self.malformed(&raw))?;
            lines.push(text);
            if is_last {
                return Ok(Reply { code, lines });
            }
        }
        Err(self.malformed(b"a reply without end"))
    }

    fn malformed(&self, raw: &[u8]) -> Failure {
        let shown: String = escape_bytes(raw.trim_ascii_end())
            .chars()
            .take(120)
            .collect();
        Failure::new(
            FailureKind::Malformed,
            format!("{}: what came back is not SMTP ({shown})", self.doing),
        )
    }
}

/// `250-text` or `250 text`: the code, whether it is the last line, the text.
fn parse(raw: &[u8]) -> Option<(u16, bool, String)> {
    let line = raw.trim_ascii_end();
    let (digits, rest) = line.split_at_checked(3)?;
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let (is_last, text) = match rest.split_first() {
        None => (true, rest),
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return None,
    };
    (200..600)
        .contains(&code)
        .then(|| (code, is_last, escape_bytes(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reply_lines_are_read_and_rubbish_is_not() {
        for (raw, want) in [
            (
                &b"220 mx.acme.example ESMTP\r\n"[..],
                Some((220, true, "mx.acme.example ESMTP")),
            ),
            (b"250-SIZE 1\r\n", Some((250, false, "SIZE 1"))),
            (b"250\r\n", Some((250, true, ""))),
            (b"220 a\x1b[2J\r\n", Some((220, true, "a\\x1b[2J"))),
            (b"HTTP/1.1 400\r\n", None),
            (b"25", None),
            (b"999 x", None),
            (b"220x", None),
        ] {
            let want = want.map(|(c, l, t): (u16, bool, &str)| (c, l, t.to_owned()));
            assert_eq!(parse(raw), want, "{raw:?}");
        }
    }
}
