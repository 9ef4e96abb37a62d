//! Header and body made the same everywhere, so that a signature survives what mail servers do to white space (RFC 6376 §3.4).

use super::message::{Field, Message};
use super::signature::Canon;

/// The body as it is hashed; `length` bytes of it, where `l=` says so (§3.4.5). `None`: there are fewer.
pub fn body(body: &[u8], canon: Canon, length: Option<u64>) -> Option<Vec<u8>> {
    let mut out = match canon {
        Canon::Simple => body.to_vec(),
        Canon::Relaxed => relaxed_body(body),
    };
    // Empty lines at the end are none; a simple body ends in one CRLF, a relaxed one only where it is not empty.
    while out.ends_with(b"\r\n\r\n") {
        out.truncate(out.len() - 2);
    }
    let empty = out.is_empty() || out == b"\r\n";
    match canon {
        _ if !empty && !out.ends_with(b"\r\n") => out.extend(b"\r\n"),
        Canon::Simple if out.is_empty() => out.extend(b"\r\n"),
        Canon::Relaxed if empty => out.clear(),
        _ => {}
    }
    match length.map(usize::try_from) {
        None => Some(out),
        Some(Ok(length)) if length <= out.len() => {
            out.truncate(length);
            Some(out)
        }
        Some(_) => None,
    }
}

/// White space at the ends of lines goes, other runs of it become one space (§3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut space = false;
    let mut bytes = body.iter().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' => space = true,
            b'\r' if bytes.peek() == Some(&&b'\n') => {
                space = false;
                out.push(b'\r');
            }
            b'\n' => out.push(b'\n'),
            other => {
                if std::mem::take(&mut space) {
                    out.push(b' ');
                }
                out.push(*other);
            }
        }
    }
    out
}

/// What the signature is made over: the signed fields, of each name from the bottom up, then the signature's own field with
/// an empty `b=` (§3.7, §5.4.2). A field that is not there counts as nothing.
pub fn header(message: &Message<'_>, own: &Field<'_>, signed: &[String], canon: Canon) -> Vec<u8> {
    let mut out = Vec::new();
    let mut taken = vec![false; message.fields.len()];
    for name in signed {
        let from_below = message.fields.iter().zip(&mut taken).rev();
        for (field, taken) in from_below {
            if !*taken && field.is(name) {
                *taken = true;
                push(&mut out, field.name(), field.value, field.raw, canon);
                out.extend(b"\r\n");
                break;
            }
        }
    }
    let colon = own.raw.len() - own.value.len();
    let head = own.raw.get(..colon).unwrap_or_default();
    let value = without_signature(own.value);
    push(
        &mut out,
        own.name(),
        &value,
        &[head, &value].concat(),
        canon,
    );
    out
}

fn push(out: &mut Vec<u8>, name: &[u8], value: &[u8], raw: &[u8], canon: Canon) {
    match canon {
        Canon::Simple => out.extend(raw),
        Canon::Relaxed => {
            out.extend(name.to_ascii_lowercase());
            out.push(b':');
            out.extend(relaxed_value(value));
        }
    }
}

/// Unfolded, runs of white space one space, none at either end (§3.4.2).
fn relaxed_value(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut space = false;
    for byte in value {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => space = true,
            other => {
                if std::mem::take(&mut space) && !out.is_empty() {
                    out.push(b' ');
                }
                out.push(*other);
            }
        }
    }
    out
}

/// The value of a DKIM-Signature field with everything between `b=` and the next semicolon taken out.
fn without_signature(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for (index, tag) in value.split(|byte| *byte == b';').enumerate() {
        if index > 0 {
            out.push(b';');
        }
        let at = tag.iter().position(|byte| *byte == b'=');
        match at.and_then(|at| tag.split_at_checked(at)) {
            Some((name, _)) if name.trim_ascii().eq_ignore_ascii_case(b"b") => {
                out.extend(name);
                out.push(b'=');
            }
            _ => out.extend(tag),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::message::Lines;
    use super::*;

    #[test]
    fn bodies_of_the_rfc() {
        // RFC 6376 §3.4.6.
        let example = b" C \r\nD \t E\r\n\r\n\r\n";
        let relaxed = |bytes: &[u8]| body(bytes, Canon::Relaxed, None).unwrap();
        let simple = |bytes: &[u8]| body(bytes, Canon::Simple, None).unwrap();
        assert_eq!(relaxed(example), b" C\r\nD E\r\n");
        assert_eq!(simple(example), b" C \r\nD \t E\r\n");
        for empty in [&b""[..], b"\r\n", b"\r\n\r\n\r\n"] {
            assert_eq!(simple(empty), b"\r\n");
            assert_eq!(relaxed(empty), b"");
        }
        assert_eq!(relaxed(b" \t\r\n \r\n"), b"");
        assert_eq!(simple(b"a"), b"a\r\n");
        assert_eq!(relaxed(b"a"), b"a\r\n");
        assert_eq!(relaxed(b"a\rb \rc"), b"a\rb \rc\r\n");
        assert_eq!(body(b"abc", Canon::Simple, Some(2)).unwrap(), b"ab");
        assert_eq!(body(b"abc", Canon::Simple, Some(6)), None);
    }

    #[test]
    fn headers_of_the_rfc() {
        let lines = Lines::of(
            b"A: X\r\nB : Y\t\r\n\tZ  \r\nA: lower\r\nDKIM-Signature: b = x y ; bh=b=\r\n",
        );
        let message = lines.message();
        let own = message.first("dkim-signature").unwrap();
        let names = ["a", "b", "a", "a", "none"].map(str::to_owned);
        assert_eq!(
            header(&message, own, &names, Canon::Relaxed),
            b"a:lower\r\nb:Y Z\r\na:X\r\ndkim-signature:b =; bh=b="
        );
        assert_eq!(
            header(&message, own, &names, Canon::Simple),
            b"A: lower\r\nB : Y\t\r\n\tZ  \r\nA: X\r\nDKIM-Signature: b =; bh=b="
        );
    }
}
