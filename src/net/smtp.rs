//! What a mail server says on port 25 before any mail: banner and answer to EHLO (RFC 5321 §3.1, §4.2). Sends no mail.

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
use crate::model::observation::smtp::{SmtpBanner, SmtpGreeting};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::{escape, escape_bytes};

/// Says who greets, and that no mail can come back (RFC 2606 §2).
const GREETER: &str = "launch-ready.invalid";
/// Most bytes of a reply line; RFC 5321 §4.5.3.1.5 allows 512.
const LONGEST_LINE: u64 = 2_048;
/// Most lines of a reply.
const MOST_LINES: usize = 100;

impl Sight for SmtpGreeting {
    fn saw_nothing(&self) -> bool {
        self.outcome.is_err()
    }
}

/// Listens to the banner of `address`, greets, and leaves.
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
    let outcome = dialogue(&reach, &host, peer).await;
    SmtpGreeting {
        host,
        address,
        at,
        took_ms: millis(begun.elapsed()),
        outcome,
    }
}

async fn dialogue(reach: &Reach, host: &str, peer: SocketAddr) -> Result<SmtpBanner, Failure> {
    let doing = format!("greeting the mail server {} at {}", escape(host), peer.ip());
    reach.limits.count_smtp();
    let limit = reach.timeout();
    let stream = connect(&reach.ground.routes, peer, limit, &doing).await?;
    let mut line = Line {
        stream: BufReader::new(stream),
        doing,
    };
    // Against spam some servers make their guests wait: twice the usual patience.
    let banner = line.reply(limit * 2).await?;
    let mut extensions = Vec::new();
    if banner.code == 220 {
        let answer = line.command(&format!("EHLO {GREETER}"), limit).await?;
        if answer.code == 250 {
            extensions = keywords(&answer.lines);
        }
    }
    // Politeness only: whatever comes of it, the observation is made.
    let _ = line.command("QUIT", limit / 4).await;
    Ok(SmtpBanner {
        code: banner.code,
        text: banner.lines.join("\n"),
        extensions,
    })
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
