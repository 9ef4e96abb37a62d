//! Text from outside is hostile: here it is made safe to show, log, store and copy.

/// Longest piece of evidence that is kept, in characters.
pub const EVIDENCE_LIMIT: usize = 2_000;

/// Makes `raw` safe for a terminal, a log line, a file and the clipboard: control characters, escape sequences and
/// bidirectional overrides become visible escapes (`\x1b`, `\u{202e}`), line breaks too.
pub fn escape(raw: &str) -> String {
    raw.chars()
        .fold(String::with_capacity(raw.len()), |mut out, c| {
            push_escaped(&mut out, c);
            out
        })
}

/// Like [`escape`], but line feeds stay: for blocks of evidence that a report shows as lines.
pub fn escape_lines(raw: &str) -> String {
    raw.replace("\r\n", "\n")
        .split('\n')
        .map(escape)
        .collect::<Vec<_>>()
        .join("\n")
}

/// [`escape_lines`], cut to `limit` characters with a note of how much was left out.
pub fn excerpt(raw: &str, limit: usize) -> String {
    let total = raw.chars().count();
    if total <= limit {
        return escape_lines(raw);
    }
    let head: String = raw.chars().take(limit).collect();
    format!(
        "{}… [{} more characters]",
        escape_lines(&head),
        total - limit
    )
}

/// Bytes of unknown encoding as safe text: UTF-8 where it is, `\xNN` elsewhere.
pub fn escape_bytes(raw: &[u8]) -> String {
    raw.utf8_chunks()
        .fold(String::with_capacity(raw.len()), |mut out, chunk| {
            chunk
                .valid()
                .chars()
                .for_each(|c| push_escaped(&mut out, c));
            chunk
                .invalid()
                .iter()
                .for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
            out
        })
}

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// Whether a character may reach a terminal as it is.
pub fn is_harmless(c: char) -> bool {
    !c.is_control() && !is_invisible(c)
}

/// The candidate that was most likely meant by `typed`, if any is near enough: at most a third of the letters differ
/// (two neighbours swapped count as two, and are always near enough; one letter, in a word of up to three).
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = typed.chars().count();
    let limit = (length / 3).max(if length > 3 { 2 } else { 1 });
    candidates
        .into_iter()
        .map(|candidate| (distance(typed, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace) from one word to the other, whatever the case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().take(100).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (above, x) in a.to_lowercase().chars().take(100).enumerate() {
        let mut left = above + 1;
        let mut next = vec![left];
        for (pair, y) in row.windows(2).zip(&b) {
            let &[diagonal, up] = pair else { continue };
            left = (diagonal + usize::from(x != *y)).min(up + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

fn push_escaped(out: &mut String, c: char) {
    if is_harmless(c) {
        out.push(c);
    } else if (c as u32) < 0x100 {
        out.push_str(&format!("\\x{:02x}", c as u32));
    } else {
        out.push_str(&format!("\\u{{{:x}}}", c as u32));
    }
}

/// Bidi controls, zero-width characters, line separators, tags and other characters that change how their neighbours
/// look (Unicode TR 36, TR 9).
fn is_invisible(c: char) -> bool {
    matches!(c as u32,
        0x00ad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
        | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff
        | 0xffa0 | 0xfff0..=0xfffb | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_bidi_and_nul_become_visible() {
        assert_eq!(
            escape("a\x1b]52;c;eA==\x07b\0"),
            "a\\x1b]52;c;eA==\\x07b\\x00"
        );
        assert_eq!(escape("pay\u{202e}cod"), "pay\\u{202e}cod");
        assert_eq!(escape("grüße 日本"), "grüße 日本");
        assert_eq!(escape("a\nb"), "a\\x0ab");
    }

    #[test]
    fn lines_survive_only_where_asked() {
        assert_eq!(escape_lines("a\r\nb\rc\n"), "a\nb\\x0dc\n");
    }

    #[test]
    fn an_excerpt_says_what_is_missing() {
        assert_eq!(excerpt("abcdef", 3), "abc… [3 more characters]");
        assert_eq!(excerpt("abc", 3), "abc");
    }

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        let ids = ["mail.spf", "mail.dkim", "dns.soa"];
        for (typed, want) in [
            ("mail.spff", Some("mail.spf")),
            ("MAIL.SPF", Some("mail.spf")),
            ("mail.dikm", Some("mail.dkim")),
            ("web.hsts", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, ids), want, "{typed}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn bytes_that_are_not_text_are_shown_in_hex() {
        assert_eq!(escape_bytes(b"ok\xff\x1b"), "ok\\xff\\x1b");
    }
}
