//! A message with its envelope, in the form in which it goes over the wire.

use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;

/// Longest address (RFC 5321 §4.5.3.1.3, without the brackets).
const LONGEST_ADDRESS: usize = 254;

/// What is handed over.
pub(super) struct Letter {
    from: String,
    to: String,
    data: Vec<u8>,
    /// Whether the message holds more than ASCII.
    wide: bool,
}

impl Letter {
    /// Fails where an address could be taken for more than an address.
    pub(super) fn new(from: &str, to: &str, message: &str) -> Result<Self, Failure> {
        Ok(Self {
            from: address(from, "the sender")?,
            to: address(to, "the recipient")?,
            data: stuffed(message),
            wide: !message.is_ascii(),
        })
    }

    /// `MAIL FROM:<…>` with the parameters that this message needs of the server (RFC 6152, RFC 6531).
    pub(super) fn sender(&self, offers: impl Fn(&str) -> bool) -> Result<String, Failure> {
        let mut command = format!("MAIL FROM:<{}>", self.from);
        if self.wide && offers("8BITMIME") {
            command.push_str(" BODY=8BITMIME");
        }
        if !self.from.is_ascii() || !self.to.is_ascii() {
            if !offers("SMTPUTF8") {
                return Err(Failure::new(
                    FailureKind::Refused,
                    "the server takes no address with letters beyond ASCII (no SMTPUTF8)",
                ));
            }
            command.push_str(" SMTPUTF8");
        }
        Ok(command)
    }

    pub(super) fn recipient(&self) -> String {
        format!("RCPT TO:<{}>", self.to)
    }

    /// The message as DATA wants it, with the line that ends it.
    pub(super) fn data(&self) -> &[u8] {
        &self.data
    }
}

/// The bare address of `Acme <a@acme.example>` or `a@acme.example`.
fn address(text: &str, whose: &str) -> Result<String, Failure> {
    let inner = text
        .trim()
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
        .map_or(text.trim(), |(_, inner)| inner);
    let fits = !text.chars().any(char::is_control)
        && inner.len() <= LONGEST_ADDRESS
        && !inner.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';'))
        && inner
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if fits {
        return Ok(inner.to_owned());
    }
    Err(Failure::new(
        FailureKind::Malformed,
        format!(
            "the address of {whose}, `{}`, is none: correct it in the intent",
            escape(text)
        ),
    ))
}

/// Lines end with CRLF, a dot at the beginning of one is doubled (RFC 5321 §4.5.2), and a dot alone ends it all.
fn stuffed(message: &str) -> Vec<u8> {
    let text = message.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = Vec::with_capacity(text.len() + 64);
    for line in text.strip_suffix('\n').unwrap_or(&text).split('\n') {
        if line.starts_with('.') {
            out.push(b'.');
        }
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_every_line_ends_with_crlf() {
        for (message, want) in [
            ("a: b\n\n.\n..x\n", "a: b\r\n\r\n..\r\n...x\r\n.\r\n"),
            ("a\rb\r\nc", "a\r\nb\r\nc\r\n.\r\n"),
            ("a\r\n.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(message)).unwrap(), want);
        }
    }

    #[test]
    fn an_address_is_one_address_and_nothing_behind_it() {
        for (text, want) in [
            ("a@acme.example", Some("a@acme.example")),
            ("Acme <a@acme.example>", Some("a@acme.example")),
            ("a+code@acme.example", Some("a+code@acme.example")),
            ("a@acme.example\r\nRCPT TO:<b@x.example>", None),
            ("a@acme.example> BODY=8BITMIME <x", None),
            ("a@acme.example b@x.example", None),
            ("a\0@acme.example", None),
            ("acme.example", None),
            ("@acme.example", None),
        ] {
            assert_eq!(address(text, "x").ok().as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn what_the_server_lacks_is_not_asked_of_it() {
        let letter = Letter::new("a@acme.example", "b@x.example", "é").unwrap();
        let command = letter.sender(|_| true).unwrap();
        assert_eq!(command, "MAIL FROM:<a@acme.example> BODY=8BITMIME");
        let command = letter.sender(|_| false).unwrap();
        assert_eq!(command, "MAIL FROM:<a@acme.example>");
        let letter = Letter::new("ä@acme.example", "b@x.example", "e").unwrap();
        assert!(letter.sender(|_| false).is_err());
        let command = letter.sender(|_| true).unwrap();
        assert_eq!(command, "MAIL FROM:<ä@acme.example> SMTPUTF8");
    }
}
