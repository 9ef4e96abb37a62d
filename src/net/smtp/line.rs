//! The lines of an SMTP dialogue (RFC 5321 §4.2): a command goes out, a reply comes back, within a time and within bounds.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

use crate::model::observation::smtp::SmtpReply;
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape_bytes;
use crate::net::hidden::Hidden;
use crate::net::socket::{io_failure, timed_out};

/// Says who greets, and that no mail can come back (RFC 2606 §2). A name of two labels: some servers refuse a bare one.
pub(in crate::net) const GREETER: &str = "launch-ready.invalid";
/// Against spam servers make their guests wait for the banner, six seconds often and up to thirty: so many times the usual
/// patience is had with it.
pub(in crate::net) const BANNER: u32 = 6;
/// Most bytes of a reply line; RFC 5321 §4.5.3.1.5 allows 512.
const LONGEST_LINE: u64 = 2_048;
/// Most lines of a reply.
const MOST_LINES: usize = 100;

/// The dialogue's connection.
pub(in crate::net) struct Line<S> {
    stream: BufReader<S>,
    /// Begins the failures' texts.
    pub(in crate::net) doing: String,
    hidden: Hidden,
}

/// What a server said.
pub(in crate::net) struct Reply {
    pub(in crate::net) code: u16,
    /// Without codes, escaped.
    pub(in crate::net) lines: Vec<String>,
}

impl Reply {
    /// The reply with its lines joined.
    pub(in crate::net) fn said(&self) -> SmtpReply {
        SmtpReply {
            code: self.code,
            text: self.lines.join("\n"),
        }
    }

    /// The keywords of an answer to EHLO, as they are: `STARTTLS`, `SIZE 35882577`; upper case.
    pub(in crate::net) fn keywords(&self) -> Vec<String> {
        self.lines
            .iter()
            .skip(1)
            .map(|line| line.to_ascii_uppercase())
            .collect()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    /// A dialogue over `stream`, in which `hidden` is never shown.
    pub(in crate::net) fn new(stream: S, doing: String, hidden: Hidden) -> Self {
        Self {
            stream: BufReader::new(stream),
            doing,
            hidden,
        }
    }

    /// The connection below. What was read ahead of it is lost: see [`Self::nothing_early`].
    pub(in crate::net) fn into_inner(self) -> S {
        self.stream.into_inner()
    }

    /// A failure when more came than was asked for. Before TLS that could have come from anybody (RFC 3207 §6).
    pub(in crate::net) fn nothing_early(&self) -> Result<(), Failure> {
        match self.stream.buffer() {
            [] => Ok(()),
            early => Err(self.malformed(early)),
        }
    }

    /// Sends a command and waits for the reply.
    pub(in crate::net) async fn command(
        &mut self,
        command: &str,
        limit: Duration,
    ) -> Result<Reply, Failure> {
        self.exchange(format!("{command}\r\n").as_bytes(), limit)
            .await
    }

    /// Sends bytes as they are and waits for the reply.
    pub(in crate::net) async fn exchange(
        &mut self,
        bytes: &[u8],
        limit: Duration,
    ) -> Result<Reply, Failure> {
        let dialogue = async {
            let sent = async {
                self.stream.write_all(bytes).await?;
                self.stream.flush().await
            };
            sent.await
                .map_err(|error| io_failure(&self.doing, &error))?;
            self.read().await
        };
        let outcome = tokio::time::timeout(limit, dialogue).await;
        outcome.unwrap_or_else(|_| Err(timed_out(&self.doing, limit)))
    }

    /// Waits for a reply.
    pub(in crate::net) async fn reply(&mut self, limit: Duration) -> Result<Reply, Failure> {
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
            lines.push(self.hidden.mask(&text));
            if is_last {
                return Ok(Reply { code, lines });
            }
        }
        Err(self.malformed(b"a reply without end"))
    }

    fn malformed(&self, raw: &[u8]) -> Failure {
        let whole = self.hidden.mask(&escape_bytes(raw.trim_ascii_end()));
        let shown: String = whole.chars().take(120).collect();
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
