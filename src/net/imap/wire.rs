//! IMAP on the wire (RFC 3501 §2.2): commands with tags go out, responses come back, and a session reads so many bytes and no
//! more, whatever the server announces.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

use super::tokens::{Token, announced, tokens};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape_bytes;
use crate::net::hidden::Hidden;
use crate::net::socket::{io_failure, timed_out};

/// Most bytes of a whole session.
const MOST_BYTES: u64 = 48 * 1024 * 1024;
/// Most bytes of a response outside its literals: a thousand folders' search result fits.
const LONGEST_LINE: usize = 256 * 1024;
/// Most bytes of a literal where no message is awaited.
const SMALL_LITERAL: u64 = 64 * 1024;
/// Longest piece of a server's words that is shown, in characters.
const SHOWN: usize = 200;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
    /// Signed in already.
    PreAuth,
    Bye,
}

/// What came back to a command.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: Status,
    /// The server's words, safe to show.
    pub(super) text: String,
    /// The responses that were to be kept, without their `*`.
    pub(super) data: Vec<Vec<Token>>,
}

/// A session's connection.
pub(super) struct Wire<S> {
    stream: BufReader<S>,
    /// Begins the failures' texts.
    pub(super) doing: String,
    hidden: Hidden,
    limit: Duration,
    tag: u32,
    left: u64,
    /// Most bytes of a literal.
    longest: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Every command gets `limit` of time; `hidden` is never shown.
    pub(super) fn new(stream: S, doing: String, hidden: Hidden, limit: Duration) -> Self {
        Self {
            stream: BufReader::new(stream),
            doing,
            hidden,
            limit,
            tag: 0,
            left: MOST_BYTES,
            longest: SMALL_LITERAL,
        }
    }

    /// The greeting (RFC 3501 §7.1).
    pub(super) async fn greeting(&mut self, limit: Duration) -> Result<Status, Failure> {
        let line = tokio::time::timeout(limit, self.response())
            .await
            .unwrap_or_else(|_| Err(timed_out(&self.doing, limit)))?;
        match line.strip_prefix(b"* ").and_then(status) {
            Some((Status::Bye, text)) => Err(self.goodbye(text)),
            Some((status @ (Status::Ok | Status::PreAuth), _)) => Ok(status),
            _ => Err(self.malformed(&line)),
        }
    }

    /// Runs a command and keeps the untagged responses that are about `keep`.
    pub(super) async fn command(&mut self, command: &str, keep: &str) -> Result<Answer, Failure> {
        self.run(command, keep, None, self.limit).await
    }

    /// Runs a command to which a literal of up to `longest` bytes may come.
    pub(super) async fn fetch(&mut self, command: &str, longest: u64) -> Result<Answer, Failure> {
        self.longest = longest;
        let answer = self.run(command, "FETCH", None, self.limit * 2).await;
        self.longest = SMALL_LITERAL;
        answer
    }

    /// Runs a command that asks back once.
    pub(super) async fn converse(&mut self, command: &str, then: &str) -> Result<Answer, Failure> {
        self.run(command, "", Some(then), self.limit).await
    }

    /// Whether the server takes a command badly is for the caller to say; silence, nonsense and goodbyes are failures.
    async fn run(
        &mut self,
        command: &str,
        keep: &str,
        then: Option<&str>,
        limit: Duration,
    ) -> Result<Answer, Failure> {
        let dialogue = self.dialogue(command, keep, then);
        match tokio::time::timeout(limit, dialogue).await {
            Ok(answer) => answer,
            Err(_) => Err(timed_out(&self.doing, limit)),
        }
    }

    async fn dialogue(
        &mut self,
        command: &str,
        keep: &str,
        mut then: Option<&str>,
    ) -> Result<Answer, Failure> {
        self.tag += 1;
        let tag = format!("a{} ", self.tag);
        self.send(&format!("{tag}{command}")).await?;
        let mut data = Vec::new();
        loop {
            let line = self.response().await?;
            if let Some(rest) = line.strip_prefix(tag.as_bytes()) {
                let Some((status, text)) = status(rest) else {
                    return Err(self.malformed(&line));
                };
                let text = self.shown(text);
                return Ok(Answer { status, text, data });
            }
            if line.starts_with(b"+") {
                let Some(answer) = then.take() else {
                    return Err(self.malformed(&line));
                };
                self.send(answer).await?;
            } else if let Some(rest) = line.strip_prefix(b"* ") {
                match status(rest) {
                    Some((Status::Bye, text)) => return Err(self.goodbye(text)),
                    Some(_) => {}
                    None => data.extend(about(rest, keep)),
                }
            } else {
                return Err(self.malformed(&line));
            }
        }
    }

    /// Says goodbye; whatever comes of it.
    pub(super) async fn leave(&mut self, limit: Duration) {
        // Politeness only: BYE is what is to come.
        let _ = self.run("LOGOUT", "", None, limit).await;
    }

    async fn send(&mut self, line: &str) -> Result<(), Failure> {
        let sent = async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.write_all(b"\r\n").await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| io_failure(&self.doing, &error))
    }

    /// One response, with its literals as they came.
    async fn response(&mut self) -> Result<Vec<u8>, Failure> {
        let mut whole = Vec::new();
        let mut outside = 0;
        loop {
            let begins = whole.len();
            let most = (LONGEST_LINE - outside) as u64;
            let read = (&mut self.stream)
                .take(most.min(self.left))
                .read_until(b'\n', &mut whole)
                .await
                .map_err(|error| io_failure(&self.doing, &error))?;
            outside += read;
            self.left = self.left.saturating_sub(read as u64);
            let line = whole.get(begins..).unwrap_or_default();
            if !line.ends_with(b"\n") {
                return Err(if outside >= LONGEST_LINE || self.left == 0 {
                    self.too_much("a response without end")
                } else {
                    self.cut_off()
                });
            }
            match announced(line).filter(|_| has_literals(&whole)) {
                None => return Ok(whole),
                Some(length) => self.literal(length, &mut whole).await?,
            }
        }
    }

    async fn literal(&mut self, length: u64, whole: &mut Vec<u8>) -> Result<(), Failure> {
        if length > self.longest || length > self.left {
            return Err(self.too_much(&format!("{length} bytes at once")));
        }
        self.left -= length;
        let read = (&mut self.stream)
            .take(length)
            .read_to_end(whole)
            .await
            .map_err(|error| io_failure(&self.doing, &error))?;
        if (read as u64) < length {
            return Err(self.cut_off());
        }
        Ok(())
    }

    fn shown(&self, raw: &[u8]) -> String {
        let whole = self.hidden.mask(&escape_bytes(raw.trim_ascii()));
        whole.chars().take(SHOWN).collect()
    }

    fn goodbye(&self, text: &[u8]) -> Failure {
        Failure::new(
            FailureKind::Refused,
            format!("{}: the server hung up ({})", self.doing, self.shown(text)),
        )
    }

    fn cut_off(&self) -> Failure {
        Failure::new(
            FailureKind::Reset,
            format!("{}: the connection was closed", self.doing),
        )
    }

    fn too_much(&self, what: &str) -> Failure {
        Failure::new(
            FailureKind::Malformed,
            format!(
                "{}: the server sends more than is read ({what})",
                self.doing
            ),
        )
    }

    fn malformed(&self, raw: &[u8]) -> Failure {
        Failure::new(
            FailureKind::Malformed,
            format!(
                "{}: what came back is not IMAP ({})",
                self.doing,
                self.shown(raw)
            ),
        )
    }
}

/// `OK text`: the status and its text.
fn status(rest: &[u8]) -> Option<(Status, &[u8])> {
    let rest = rest.trim_ascii();
    let end = rest
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(rest.len());
    let (word, text) = rest.split_at_checked(end)?;
    let known = [
        (&b"OK"[..], Status::Ok),
        (b"NO", Status::No),
        (b"BAD", Status::Bad),
        (b"PREAUTH", Status::PreAuth),
        (b"BYE", Status::Bye),
    ];
    known
        .into_iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name))
        .map(|(_, status)| (status, text))
}

/// Whether literals may come in this response: the words of a status may end in braces.
fn has_literals(response: &[u8]) -> bool {
    response.strip_prefix(b"* ").is_some_and(|rest| {
        status(rest.split(|byte| *byte == b'\n').next().unwrap_or(rest)).is_none()
    })
}

/// The response's words when it is about `keep`: `LIST …`, `12 FETCH …`. What cannot be read is about nothing.
fn about(rest: &[u8], keep: &str) -> Option<Vec<Token>> {
    if keep.is_empty() {
        return None;
    }
    let words = tokens(rest)?;
    words
        .iter()
        .take(2)
        .any(|word| word.is(keep))
        .then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_from_data() {
        assert_eq!(status(b"ok [X] fine\r\n").unwrap().0, Status::Ok);
        assert_eq!(status(b"BYE\r\n").unwrap(), (Status::Bye, &b""[..]));
        assert!(status(b"OKAY x").is_none());
        assert!(!has_literals(b"* OK look at {12}\r\n"));
        assert!(has_literals(b"* 1 FETCH (BODY[] {12}\r\n"));
        assert!(!has_literals(b"a1 NO {12}\r\n"));
        assert!(about(b"12 FETCH (UID 1)", "FETCH").is_some());
        assert!(about(b"LIST (FETCH) \"/\" x", "FETCH").is_none());
    }
}
