//! The IMAP server of the test inbox (RFC 3501), with TLS first: enough of it to look, nothing to change.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;

use super::{INBOX_HOST, READER, Stored, is_plain_of, line, say, secure};
use crate::range::change::PostDoes;
use crate::range::state::Shared;

const ABILITIES: &str = "IMAP4rev1 SPECIAL-USE AUTH=PLAIN";

/// Serves one connection that came for the inbox.
pub async fn serve(stream: TcpStream, public: SocketAddr, shared: Arc<Shared>) {
    shared.pause().await;
    if let Some(tls) = secure(stream, INBOX_HOST, public, &shared).await {
        let client = Client {
            shared: &shared,
            signed_in: false,
            in_junk: None,
        };
        // A client that is gone ends it.
        let _ = client.serve(BufReader::new(tls)).await;
    }
}

/// One client, and the folder that it has open.
struct Client<'a> {
    shared: &'a Shared,
    signed_in: bool,
    in_junk: Option<bool>,
}

impl Client<'_> {
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
        mut self,
        mut stream: BufReader<S>,
    ) -> Option<()> {
        let greeting = format!("* OK [CAPABILITY {ABILITIES}] {INBOX_HOST} ready\r\n");
        say(&mut stream, greeting.as_bytes()).await.ok()?;
        loop {
            let command = line(&mut stream).await?;
            self.shared.pause().await;
            let (tag, rest) = command.split_once(' ').unwrap_or((&command, ""));
            let (verb, arguments) = rest.split_once(' ').unwrap_or((rest, ""));
            let verb = verb.to_ascii_uppercase();
            if verb == "AUTHENTICATE" && arguments.eq_ignore_ascii_case("PLAIN") {
                say(&mut stream, b"+ \r\n").await.ok()?;
                let message = line(&mut stream).await?;
                let message = BASE64.decode(message).unwrap_or_default();
                let reply = self.sign_in(is_plain_of(&message, &READER));
                say(&mut stream, format!("{tag} {reply}\r\n").as_bytes())
                    .await
                    .ok()?;
                continue;
            }
            let mut out = Vec::new();
            let status = self.answer(&verb, arguments, &mut out);
            out.extend_from_slice(format!("{tag} {status}\r\n").as_bytes());
            say(&mut stream, &out).await.ok()?;
            if verb == "LOGOUT" {
                return None;
            }
        }
    }

    fn sign_in(&mut self, right: bool) -> &'static str {
        let refuses = PostDoes::InboxRefuses;
        let state = self.shared.now();
        self.signed_in = right && !state.post.contains(&refuses);
        self.shared.post.refresh(&state);
        match self.signed_in {
            true => "OK signed in",
            false => "NO [AUTHENTICATIONFAILED] Invalid credentials",
        }
    }

    /// The untagged responses, and the status of the tagged one.
    fn answer(&mut self, verb: &str, arguments: &str, out: &mut Vec<u8>) -> &'static str {
        match verb {
            "CAPABILITY" => {
                tell(out, &format!("CAPABILITY {ABILITIES}"));
                "OK done"
            }
            "NOOP" => "OK done",
            "LOGOUT" => {
                tell(out, "BYE see you");
                "OK done"
            }
            "LOGIN" => {
                let words = strings(arguments);
                self.sign_in(words == [READER.user, READER.password])
            }
            _ if !self.signed_in => "BAD sign in first",
            "LIST" => {
                tell(out, r#"LIST (\HasNoChildren) "/" INBOX"#);
                tell(out, r#"LIST (\HasNoChildren \Junk) "/" Junk"#);
                "OK done"
            }
            "SELECT" | "EXAMINE" => self.open(arguments, out),
            "UID" => self.look(arguments, out),
            _ => "BAD not here",
        }
    }

    fn open(&mut self, arguments: &str, out: &mut Vec<u8>) -> &'static str {
        let names = strings(arguments);
        self.in_junk = match names
            .first()
            .map(|name| name.to_ascii_lowercase())
            .as_deref()
        {
            Some("inbox") => Some(false),
            Some("junk") => Some(true),
            _ => None,
        };
        if self.in_junk.is_none() {
            return "NO there is no such folder";
        }
        let count = self.letters().len();
        tell(out, r"FLAGS (\Seen)");
        tell(out, &format!("{count} EXISTS"));
        tell(out, "0 RECENT");
        tell(out, "OK [UIDVALIDITY 1] as ever");
        "OK [READ-ONLY] nothing changes here"
    }

    /// The messages of the open folder.
    fn letters(&self) -> Vec<Stored> {
        let kept = self.shared.post.kept();
        kept.letters
            .iter()
            .filter(|letter| Some(letter.in_junk) == self.in_junk)
            .cloned()
            .collect()
    }

    fn look(&self, arguments: &str, out: &mut Vec<u8>) -> &'static str {
        if self.in_junk.is_none() {
            return "BAD open a folder first";
        }
        let (what, arguments) = arguments.split_once(' ').unwrap_or((arguments, ""));
        match what.to_ascii_uppercase().as_str() {
            "SEARCH" => {
                let wanted: Vec<String> = strings(arguments)
                    .into_iter()
                    .skip_while(|word| word != "SUBJECT")
                    .filter(|word| !matches!(word.as_str(), "OR" | "SUBJECT" | "TO" | "FROM"))
                    .map(|word| word.to_lowercase())
                    .collect();
                let found: Vec<String> = self
                    .letters()
                    .into_iter()
                    .filter(|letter| holds(letter, &wanted))
                    .map(|letter| format!(" {}", letter.uid))
                    .collect();
                tell(out, &format!("SEARCH{}", found.concat()));
                "OK done"
            }
            "FETCH" => {
                let (set, items) = arguments.split_once(' ').unwrap_or((arguments, ""));
                let set: Vec<usize> = set.split(',').filter_map(|n| n.parse().ok()).collect();
                let most = items
                    .split_once("]<0.")
                    .and_then(|(_, rest)| rest.split_once('>'))
                    .and_then(|(most, _)| most.parse::<usize>().ok());
                for (number, letter) in (1..).zip(self.letters()) {
                    if set.contains(&letter.uid) {
                        fetch(out, number, &letter, most);
                    }
                }
                "OK done"
            }
            _ => "BAD not here",
        }
    }
}

/// Whether one of the words stands in the head, or there are none.
fn holds(letter: &Stored, wanted: &[String]) -> bool {
    let text = String::from_utf8_lossy(&letter.bytes).to_lowercase();
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    wanted.is_empty() || wanted.iter().any(|word| head.contains(word))
}

fn fetch(out: &mut Vec<u8>, number: usize, letter: &Stored, most: Option<usize>) {
    let date = letter.arrived.strftime("%d-%b-%Y %H:%M:%S +0000");
    let (uid, size) = (letter.uid, letter.bytes.len());
    let mut head =
        format!("* {number} FETCH (UID {uid} INTERNALDATE \"{date}\" RFC822.SIZE {size}");
    if let Some(most) = most {
        let shown = letter.bytes.get(..most).unwrap_or(&letter.bytes);
        head.push_str(&format!(" BODY[]<0> {{{}}}\r\n", shown.len()));
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(shown);
    } else {
        out.extend_from_slice(head.as_bytes());
    }
    out.extend_from_slice(b")\r\n");
}

fn tell(out: &mut Vec<u8>, line: &str) {
    out.extend_from_slice(format!("* {line}\r\n").as_bytes());
}

/// The words and quoted strings of a line.
fn strings(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut text = String::new();
            let mut chars = quoted.char_indices();
            let mut end = quoted.len();
            while let Some((at, c)) = chars.next() {
                match c {
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
                    _ => text.push(c),
                }
            }
            found.push(text);
            rest = quoted.get(end..).unwrap_or_default();
        } else {
            let (word, behind) = rest.split_once(' ').unwrap_or((rest, ""));
            found.push(word.to_owned());
            rest = behind;
        }
        rest = rest.trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_quoted_strings_are_read() {
        assert_eq!(strings(r#"a "b \"c\\" d"#), ["a", "b \"c\\", "d"]);
        assert_eq!(strings(r#""open"#), ["open"]);
        assert!(strings("").is_empty());
    }
}
