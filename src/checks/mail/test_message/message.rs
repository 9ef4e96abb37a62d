//! A message taken apart: its header fields as they stand, and its body (RFC 5322 §2.2, §3.5).
//!
//! Line ends are made CRLF once, since a pasted message may have lost them and signatures are made over CRLF. Everything is one
//! pass over the bytes, and a header of any shape is read without a panic.

use std::fmt;

/// Most header fields that are read; a message of people has far fewer.
pub const MOST_FIELDS: usize = 1_000;
/// Longest field that is looked into, in bytes, its name and folds included.
pub const LONGEST_FIELD: usize = 64 * 1024;

/// The bytes of a message with CRLF at every line end.
#[derive(Clone, PartialEq, Eq)]
pub struct Lines(Vec<u8>);

/// A message in its parts.
#[derive(Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// In their order, the topmost first.
    pub fields: Vec<Field<'a>>,
    /// Behind the empty line; empty where there is none.
    pub body: &'a [u8],
    /// Whether there were more than [`MOST_FIELDS`].
    pub crowded: bool,
}

/// One header field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// As it stands, without white space before the colon (RFC 5322 §4.5.8).
    name: &'a [u8],
    /// Behind the colon, folds included, without the last CRLF.
    pub value: &'a [u8],
    /// Name, colon and value, without the last CRLF.
    pub raw: &'a [u8],
}

/// Names the field and its size: what it holds may name a person.
impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.escape_ascii();
        write!(f, "{name} ({} bytes)", self.raw.len())
    }
}

impl Lines {
    /// Makes line ends CRLF; a byte order mark, empty lines and an mbox separator before the header are left out.
    pub fn of(bytes: &[u8]) -> Self {
        let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        while let Some((b'\r' | b'\n', after)) = rest.split_first() {
            rest = after;
        }
        let mut out = Vec::with_capacity(rest.len() + rest.len() / 32);
        let mut before = 0;
        for byte in rest {
            if *byte == b'\n' && before != b'\r' {
                out.push(b'\r');
            }
            out.push(*byte);
            before = *byte;
        }
        if out.starts_with(b"From ") || out.starts_with(b">From ") {
            let end = find(&out, b"\r\n").map_or(out.len(), |at| at + 2);
            out.drain(..end);
        }
        Self(out)
    }

    /// The message in its parts.
    pub fn message(&self) -> Message<'_> {
        let mut message = Message {
            fields: Vec::new(),
            body: &[],
            crowded: false,
        };
        let mut rest = self.0.as_slice();
        while !rest.is_empty() {
            let (line, after) = field_end(rest);
            if line.is_empty() {
                message.body = after;
                break;
            }
            rest = after;
            match Field::read(line) {
                Some(_) if message.fields.len() >= MOST_FIELDS => message.crowded = true,
                Some(field) => message.fields.push(field),
                None => {}
            }
        }
        message
    }
}

impl<'a> Field<'a> {
    /// A field from its lines; `None`: that is none (RFC 5322 §2.2).
    fn read(raw: &'a [u8]) -> Option<Self> {
        let colon = raw.iter().position(|byte| *byte == b':')?;
        let (name, value) = (raw.get(..colon)?, raw.get(colon + 1..)?);
        let name = name.trim_ascii_end();
        let is_name = !name.is_empty() && name.iter().all(|byte| (33..=126).contains(byte));
        is_name.then_some(Self { name, value, raw })
    }

    /// A field made for a test or a signature, `raw` being name, colon and value.
    pub fn of(raw: &'a [u8]) -> Option<Self> {
        Self::read(raw)
    }

    /// Whether it is called so, whatever the case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The name as it stands.
    pub fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The value unfolded and trimmed; bytes that are no UTF-8 become U+FFFD. `None`: longer than [`LONGEST_FIELD`].
    pub fn text(&self) -> Option<String> {
        if self.raw.len() > LONGEST_FIELD {
            return None;
        }
        let text = String::from_utf8_lossy(self.value);
        let unfolded: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        Some(unfolded.trim().to_owned())
    }
}

impl<'a> Message<'a> {
    /// The fields of that name, the topmost first.
    pub fn all<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Field<'a>> {
        self.fields.iter().filter(move |field| field.is(name))
    }

    /// The topmost field of that name.
    pub fn first(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.is(name))
    }
}

/// One field with its folded lines, without its last CRLF, and what follows it.
fn field_end(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| find(rest, b"\r\n")) {
        let end = from + at;
        let next = bytes.get(end + 2);
        let folded = end > 0 && matches!(next, Some(b' ' | b'\t'));
        if !folded {
            return (
                bytes.get(..end).unwrap_or_default(),
                bytes.get(end + 2..).unwrap_or_default(),
            );
        }
        from = end + 2;
    }
    (bytes, &[])
}

/// Where `needle` begins in `hay`, `needle` being two bytes or so.
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(bytes: &[u8]) -> Vec<(String, Option<String>)> {
        let lines = Lines::of(bytes);
        let message = lines.message();
        let name = |f: &Field<'_>| String::from_utf8_lossy(f.name()).into_owned();
        message.fields.iter().map(|f| (name(f), f.text())).collect()
    }

    #[test]
    fn fields_are_unfolded_and_the_body_begins_behind_the_empty_line() {
        let text = "\n\r\nFrom: a@b.example\nSubject : one\n\ttwo\n \n three\nno field\n: none\nX-Y:\n\nbody\n\nmore";
        let read = names(text.as_bytes());
        let want = [
            ("From", "a@b.example"),
            ("Subject", "one\ttwo  three"),
            ("X-Y", ""),
        ];
        let want: Vec<_> = want
            .iter()
            .map(|(n, v)| ((*n).to_owned(), Some((*v).to_owned())))
            .collect();
        assert_eq!(read, want);
        let lines = Lines::of(text.as_bytes());
        assert_eq!(lines.message().body, b"body\r\n\r\nmore");
    }

    #[test]
    fn a_separator_a_mark_and_bytes_that_are_no_text_are_got_over() {
        let read = names(b"\xef\xbb\xbfFrom x Mon\nSubject: gr\xfc\xdfe\r\n");
        assert_eq!(
            read,
            [("Subject".to_owned(), Some("gr\u{fffd}\u{fffd}e".to_owned()))]
        );
    }

    #[test]
    fn what_is_too_much_is_said() {
        let long = format!("Subject: {}\n", "x".repeat(LONGEST_FIELD));
        assert_eq!(names(long.as_bytes()), [("Subject".to_owned(), None)]);
        let many = "A: b\n".repeat(MOST_FIELDS + 5);
        let lines = Lines::of(many.as_bytes());
        assert!(lines.message().crowded);
        assert_eq!(lines.message().fields.len(), MOST_FIELDS);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let lines = Lines::of(&bytes);
            for field in lines.message().fields {
                let _ = field.text();
            }
        }
    }
}
