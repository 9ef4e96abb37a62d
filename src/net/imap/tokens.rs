//! One IMAP response as words (RFC 3501 §9), without recursion: however deep a server nests, nothing grows but a list.

/// A piece of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// A word as it stands: `FETCH`, `\Junk`, `BODY[]<0>`, `NIL`.
    Atom(String),
    /// A quoted string or a literal.
    Text(Vec<u8>),
}

impl Token {
    /// Whether it is that word, whatever the case.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Atom(atom) if atom.eq_ignore_ascii_case(word))
    }

    /// The characters of a word or of a string.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Atom(atom) => Some(atom.as_bytes()),
            Self::Text(text) => Some(text),
            Self::Open | Self::Close => None,
        }
    }

    /// The number that a word is.
    pub(super) fn number(&self) -> Option<u32> {
        match self {
            Self::Atom(atom) => atom.parse().ok(),
            _ => None,
        }
    }
}

/// Reads a whole response, literals included; `None` where a string or a literal does not end.
pub(super) fn tokens(mut rest: &[u8]) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    while let Some((first, behind)) = rest.split_first() {
        match first {
            b' ' | b'\r' | b'\n' | b'\t' => rest = behind,
            b'(' => {
                found.push(Token::Open);
                rest = behind;
            }
            b')' => {
                found.push(Token::Close);
                rest = behind;
            }
            b'"' => {
                let (text, after) = quoted(behind)?;
                found.push(Token::Text(text));
                rest = after;
            }
            b'{' => {
                let end = behind.iter().position(|byte| *byte == b'\n')?;
                let (head, after) = behind.split_at_checked(end + 1)?;
                let (text, after) = after.split_at_checked(length(head)?)?;
                found.push(Token::Text(text.to_vec()));
                rest = after;
            }
            _ => {
                let (atom, after) = rest.split_at_checked(atom_end(rest))?;
                found.push(Token::Atom(String::from_utf8_lossy(atom).into_owned()));
                rest = after;
            }
        }
    }
    Some(found)
}

/// The length that `…{123}` or `…{123+}` at the end of a line announces.
pub(super) fn announced(line: &[u8]) -> Option<u64> {
    let line = line.trim_ascii_end();
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = line.get(open + 1..)?.strip_suffix(b"}")?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    let all = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    // What no number holds is too long, not unannounced.
    all.then(|| {
        std::str::from_utf8(digits)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(u64::MAX)
    })
}

/// The values of a list of `name value` pairs, the parenthesis of a FETCH response: the first of that name.
pub(super) fn value(list: &[Token], name: impl Fn(&Token) -> bool) -> Option<&Token> {
    let mut depth = 0_usize;
    let mut is_name = true;
    let mut found = false;
    for token in list {
        if found {
            return Some(token);
        }
        match token {
            Token::Open => {
                depth += 1;
                continue;
            }
            Token::Close => depth = depth.saturating_sub(1),
            _ if depth == 1 && is_name && name(token) => found = true,
            _ => {}
        }
        if depth == 1 {
            is_name = !is_name;
        }
    }
    None
}

fn length(head: &[u8]) -> Option<usize> {
    let mut line = vec![b'{'];
    line.extend_from_slice(head);
    usize::try_from(announced(&line)?).ok()
}

fn quoted(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut text = Vec::new();
    loop {
        match rest {
            [b'"', after @ ..] => return Some((text, after)),
            [b'\\', byte, after @ ..] | [byte, after @ ..] => {
                text.push(*byte);
                rest = after;
            }
            [] => return None,
        }
    }
}

/// Where a word ends; what stands in brackets belongs to it.
fn atom_end(rest: &[u8]) -> usize {
    let mut in_brackets = false;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'\r' | b'\n' => return at,
            b'[' => in_brackets = true,
            b']' => in_brackets = false,
            b' ' | b'(' | b')' | b'"' if !in_brackets => return at,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_strings_and_literals_are_told_apart() {
        let read = tokens(b"* 2 FETCH (UID 7 INTERNALDATE \"a \\\"b\\\"\" BODY[HEADER.FIELDS (A B)] NIL BODY[]<0> {4}\r\n) \r\n)\r\n").unwrap();
        assert!(read[2].is("fetch"));
        let uid = value(&read, |token| token.is("UID")).unwrap();
        assert_eq!(uid.number(), Some(7));
        let date = value(&read, |token| token.is("INTERNALDATE")).unwrap();
        assert_eq!(date.bytes().unwrap(), b"a \"b\"");
        let body = value(&read, |token| token.is("BODY[]<0>")).unwrap();
        assert_eq!(*body, Token::Text(b") \r\n".to_vec()));
    }

    #[test]
    fn a_name_inside_another_value_is_none() {
        let read = tokens(b"* 1 FETCH (X (UID 1) FLAGS (UID) UID 9)").unwrap();
        let uid = value(&read, |token| token.is("UID")).unwrap();
        assert_eq!(uid.number(), Some(9));
        let read = tokens(b"* 1 FETCH (X \"UID\" UID 3)").unwrap();
        assert_eq!(value(&read, |t| t.is("UID")).unwrap().number(), Some(3));
    }

    #[test]
    fn what_does_not_end_is_no_response_and_depth_is_no_danger() {
        assert_eq!(tokens(b"* LIST (\"abc"), None);
        assert_eq!(tokens(b"* 1 FETCH (BODY[] {9}\r\nabc)"), None);
        assert_eq!(tokens(b"* {x}\r\n"), None);
        assert_eq!(tokens(&vec![b'('; 100_000]).unwrap().len(), 100_000);
        assert!(value(&vec![Token::Close; 9], |_| true).is_none());
    }

    #[test]
    fn literals_are_announced_at_the_end_of_a_line() {
        for (line, want) in [
            (&b"* 1 FETCH (BODY[] {12}\r\n"[..], Some(12)),
            (b"x {0+}\r\n", Some(0)),
            (b"x {4294967296}\r\n", Some(1 << 32)),
            (b"x {99999999999999999999999}\r\n", Some(u64::MAX)),
            (b"x {}\r\n", None),
            (b"x {12} \"\r\n", None),
            (b"x 12}\r\n", None),
        ] {
            assert_eq!(announced(line), want, "{line:?}");
        }
    }
}
